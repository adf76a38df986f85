#!/bin/sh
# gan-sample: every format, and an image is a function of checkpoint and seed alone.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml
gan-train small.yaml --quiet --out run --steps 60

# One sample of two float32 values is 8 bytes, whatever it is drawn with.
gan-sample run/latest.gan -n 100 --seed 7 --format raw -o all.raw
[ "$(wc -c <all.raw)" -eq 800 ] || fail "100 samples are not 800 bytes"
gan-sample run/latest.gan --seed 42 -o one.raw
tail -c +$((35 * 8 + 1)) all.raw | head -c 8 | cmp -s - one.raw || fail "seed 42 differs in a batch"
gan-sample run/latest.gan --seeds 42,7-8 -o - --format raw >list.raw
head -c 8 list.raw | cmp -s - one.raw || fail "seed 42 differs in a list"
head -c 16 all.raw >two.raw
tail -c 16 list.raw | cmp -s - two.raw || fail "seeds 7-8 differ in a list"

# Averaged weights are the default; raw ones differ; and there must be some.
gan-sample run/latest.gan --seed 42 --weights ema -o ema.raw
cmp -s one.raw ema.raw || fail "averaged weights are not the default"
gan-sample run/latest.gan --seed 42 --weights raw -o raw.raw
! cmp -s one.raw raw.raw || fail "raw weights give the averaged weights' sample"

# Formats by suffix and by name.
for format in png npy npz raw idx; do
    expect 0 '' gan-sample run/latest.gan -n 10 -q -o "ten.$format"
    [ -s "ten.$format" ] || fail "ten.$format is empty"
done
head -c 8 ten.png | od -An -tx1 | tr -d ' \n' | grep -q 89504e470d0a1a0a || fail "no PNG"
expect 0 '' gan-sample run/latest.gan -n 3 -q --format npy -o folder/
[ "$(ls folder | wc -l)" -eq 3 ] || fail "a folder does not hold a file a sample"
expect 0 '' gan-sample run/latest.gan -n 4 --grid 2x2 -o grid.png

# Errors.
expect 2 'past the largest' gan-sample run/latest.gan -n 2 --seed 18446744073709551615 -o x.png
expect 2 'format|suffix' gan-sample run/latest.gan -o x.gif
expect 2 'grid' gan-sample run/latest.gan -n 10 --grid 2x2 -o x.png
expect 2 'seeds' gan-sample run/latest.gan --seeds 4-1 -o x.png
expect 2 'terminal|-o' gan-sample run/latest.gan
expect 4 'absent' gan-sample absent.gan -o x.png
expect 4 'small\.yaml' gan-sample small.yaml -o x.png
expect 5 'no-such' gan-sample run/latest.gan -o no-such/x.png
[ ! -e x.png ] || fail "a failed command left a file"

# A closed pipe ends it without a word.
gan-sample run/latest.gan -n 100000 -q --format raw -o - 2>pipe.txt | head -c 100 >/dev/null
[ ! -s pipe.txt ] || fail "a closed pipe made it say: $(cat pipe.txt)"
