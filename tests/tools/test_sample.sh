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
for format in png npy npz raw idx pnm y4m; do
    expect 0 '' gan-sample run/latest.gan -n 10 -q -o "ten.$format"
    [ -s "ten.$format" ] || fail "ten.$format is empty"
done
head -c 8 ten.png | od -An -tx1 | tr -d ' \n' | grep -q 89504e470d0a1a0a || fail "no PNG"
expect 0 '' gan-sample run/latest.gan -n 3 -q --format npy -o new/folder/
[ "$(ls new/folder | wc -l)" -eq 3 ] || fail "a folder does not hold a file a sample"
expect 0 '' gan-sample run/latest.gan -n 4 --grid 2x2 -o grid.png

# Errors.
expect 2 'past the largest' gan-sample run/latest.gan -n 2 --seed 18446744073709551615 -o x.png
expect 2 'format|suffix' gan-sample run/latest.gan -o x.gif
expect 2 'grid' gan-sample run/latest.gan -n 10 --grid 2x2 -o x.png
expect 2 'each from 1 to 99999' gan-sample run/latest.gan --grid=-1x-1 -o x.png
expect 2 'lower one to the higher' gan-sample run/latest.gan --seeds 4-1 -o x.png
expect 2 'more seeds than 2' gan-sample run/latest.gan --seeds 0-18446744073709551615 -o x.raw
expect 2 'terminal|-o' gan-sample run/latest.gan
expect 4 'absent' gan-sample absent.gan -o x.png
expect 4 'small\.yaml' gan-sample small.yaml -o x.png
expect 5 'no-such' gan-sample run/latest.gan -o no-such/x.png
[ ! -e x.png ] || fail "a failed command left a file"

# A walk goes from the first seed's image to the last one's, through those between; one that loops
# does not repeat the first.
gan-sample run/latest.gan --interpolate 42,7,9 --frames 5 -q -o walk.raw
[ "$(wc -c <walk.raw)" -eq 40 ] || fail "5 frames are not 40 bytes"
gan-sample run/latest.gan --seeds 42,7,9 -o keys.raw
for frame in 0:0 2:1 4:2; do
    tail -c +$((${frame%:*} * 8 + 1)) walk.raw | head -c 8 >frame.raw
    tail -c +$((${frame#*:} * 8 + 1)) keys.raw | head -c 8 | cmp -s - frame.raw ||
        fail "frame:seed $frame of a walk differs from the seed's image"
done
gan-sample run/latest.gan --interpolate 42,7 --loop --frames 4 -q -o loop.raw
gan-sample run/latest.gan --seeds 42,7 -o keys.raw
head -c 8 loop.raw | cmp -s - one.raw || fail "a loop does not begin at its first seed"
tail -c +17 loop.raw | head -c 8 >frame.raw
tail -c 8 keys.raw | cmp -s - frame.raw || fail "the middle of a loop is not its second seed"
gan-sample run/latest.gan --interpolate 42,7 --frames 3 --path linear -q -o line.raw
gan-sample run/latest.gan --interpolate 42,7 --frames 3 --path spherical -q -o arc.raw
gan-sample run/latest.gan --interpolate 42,7 --frames 3 -q -o auto.raw
! cmp -s line.raw arc.raw || fail "a line and an arc are the same"
cmp -s auto.raw arc.raw || fail "the way between normal latents is not an arc"
gan-sample run/latest.gan --interpolate 42,7 --frames 3 -q -o frames/
[ "$(echo frames/*)" = "frames/frame-00000000.png frames/frame-00000001.png \
frames/frame-00000002.png" ] || [ "$(ls frames | wc -l)" -eq 3 ] || fail "$(ls frames)"

# A sweep: rows are the first code's categories, all of one seed, and columns go through another code.
sed 's/^latent.*/latent: {size: 8, categorical: [1, 3], continuous: 1}/' small.yaml >coded.yaml
gan-train coded.yaml --quiet --out coded --steps 2
gan-sample coded/latest.gan --sweep 2 --span 2 --grid 5x4 --seed 9 --save-latents swept.npy -q -o swept.png
tail -c +129 swept.npy | od -An -v -w32 -t f4 >swept.txt
gan-sample coded/latest.gan --sweep 1 --grid 3x2 --seed 9 --save-latents rows.npy -q -o rows.png
tail -c +129 rows.npy | od -An -v -w32 -t f4 >rows.txt
awk '{ column = (NR - 1) % 5; row = int((NR - 1) / 5) }
    $8 != column - 2 || $(5 + row % 3) != 1 || $5 + $6 + $7 != 1 { exit 1 }
    row < 3 && NR > 1 && $1 != first { exit 1 }
    row == 3 && $1 == first { exit 1 }
    NR == 1 { first = $1 }' swept.txt || fail "not a sweep of a continuous code: $(cat swept.txt)"
awk '{ column = (NR - 1) % 3; row = int((NR - 1) / 3) }
    $(5 + column) != 1 || $5 + $6 + $7 != 1 { exit 1 }
    column > 0 && ($1 != noise || $8 != code) { exit 1 }
    row == 1 && column == 0 && $1 == noise { exit 1 }
    { noise = $1; code = $8 }' rows.txt || fail "not a sweep of a category: $(cat rows.txt)"
expect 2 'have 2 codes, 1 of them categorical' gan-sample coded/latest.gan --sweep 3 -o x.png
expect 2 'have 0 codes' gan-sample run/latest.gan --sweep 1 -o x.png
expect 2 'sweep and --seeds' gan-sample coded/latest.gan --sweep 1 --seeds 4 -o x.png
expect 2 'span has no effect without --sweep' gan-sample coded/latest.gan --span 2 -o x.png

# Latents out and in again: the same images, and any part of them.
gan-sample run/latest.gan -n 300 --seed 7 --save-latents z.npy -q -o first.raw
head -c 2400 all.raw | head -c 800 >some.raw
head -c 800 first.raw | cmp -s - some.raw || fail "keeping latents changes the samples"
gan-sample run/latest.gan --latents z.npy -q -o second.raw
cmp -s first.raw second.raw || fail "latents read back give other samples"
gan-sample run/latest.gan --latents z.npy -n 100 -q -o part.raw
cmp -s all.raw part.raw || fail "a part of the latents gives other samples"
gan-sample run/latest.gan -n 20 --truncation 0.5 --save-latents t.npy -q -o cut.raw
tail -c +129 t.npy | od -An -v -t f4 | tr -s ' ' '\n' | awk 'NF && ($1 > 0.5 || $1 < -0.5) { exit 1 }' ||
    fail "truncated latents go past 0.5"

# A picture says where it comes from.
gan-sample run/latest.gan --seeds 3,5-6 --truncation 2 -q -o said.png
for text in 'Checkpoint.latest.gan, step 60' 'Seeds.3,5-6' 'Weights.averaged' 'Truncation.2' \
    'Software.clgan '; do
    LC_ALL=C tr '\000' '.' <said.png | grep -aq "$text" || fail "a picture does not say '$text'"
done
LC_ALL=C tr '\000' '.' <frames/frame-00000001.png | grep -aq 'Frame.1' || fail "no frame's number"

# A grid is one picture: not a file of numbers by another name, and not a file a sample.
for format in npy npz raw idx y4m; do
    expect 2 "grid is one picture.* $format" gan-sample run/latest.gan --grid 2x2 -o "grid.$format"
done
expect 2 'grid is one picture.*a file a sample' gan-sample run/latest.gan --grid 2x2 -o grids/
[ ! -e grids ] || fail "a refused command made a folder"
expect 0 '' gan-sample run/latest.gan --grid 2x2 -q -o grid.pnm
[ "$(head -c 2 grid.pnm)" = P6 ] || fail "a grid is no PNM picture"
# Sweeps have columns and rows in any format.
expect 0 '' gan-sample coded/latest.gan --sweep 2 --grid 5x4 -q -o swept.raw
[ "$(wc -c <swept.raw)" -eq 160 ] || fail "20 samples of a sweep are not 160 bytes"

# Contradictions.
expect 2 'seeds and --latents' gan-sample run/latest.gan --seeds 1 --latents z.npy -o x.png
expect 2 'frames has no effect without --interpolate' gan-sample run/latest.gan --frames 3 -o x.png
expect 2 'two seeds or more' gan-sample run/latest.gan --interpolate 3 -o x.png
expect 2 'only 300 latents' gan-sample run/latest.gan --latents z.npy -n 301 -o x.png
expect 2 'save-latents -: ' gan-sample run/latest.gan --save-latents - -o x.png
expect 2 '^gan-sample: stdout is no terminal' gan-sample run/latest.gan
expect 2 'truncation' gan-sample run/latest.gan --truncation 0 -o x.png
expect 2 'here they are given' gan-sample run/latest.gan --latents z.npy --truncation 1 -o x.png
expect 4 'absent.npy' gan-sample run/latest.gan --latents absent.npy -o x.png
head -c 1000 z.npy >cut.npy
expect 4 'cut.npy: cut short' gan-sample run/latest.gan --latents cut.npy -o x.png
expect 4 'one.raw' gan-sample run/latest.gan --latents one.raw -o x.png
[ ! -e x.png ] || fail "a failed command left a file"

# A pipeline whose reader leaves ends without a word, by SIGPIPE's convention; so does one that
# begins in a file that is full or a reader that takes nothing.
for format in raw npy npz pnm idx y4m; do
    { got=0; gan-sample run/latest.gan -n 1000000 -q --format $format -o - 2>pipe.txt || got=$?
      echo $got >code.txt; } | head -c 100000 >/dev/null
    [ "$(cat code.txt)" -eq 141 ] || fail "$format into a closed pipe: exit $(cat code.txt)"
    [ ! -s pipe.txt ] || fail "a closed pipe made it say: $(cat pipe.txt)"
done
[ "$(gan-sample run/latest.gan -n 1000 -q --format raw -o - | wc -c)" -eq 8000 ] ||
    fail "a whole pipe does not get 8000 bytes"

# An interrupted one leaves nothing behind.
for signal in INT:130 TERM:143; do
    gan-sample run/latest.gan -n 1000000000 -q -o endless.raw 2>said.txt &
    for wait in $(seq 100); do
        ls -a | grep -q 'endless.raw.tmp' && break
        sleep 0.1
    done
    kill -s "${signal%:*}" $!
    got=0
    wait $! || got=$?
    [ "$got" -eq "${signal#*:}" ] || fail "$signal: exit $got: $(cat said.txt)"
    [ -z "$(ls -a | grep endless)" ] || fail "an interrupted command left $(ls -a | grep endless)"
done

# On a terminal: through chafa where there is one that works, else in half blocks; without colours in
# characters. (util-linux's script makes the terminal.)
if script -qec true /dev/null >/dev/null 2>&1; then
    mkdir with without
    on_terminal() { # on_terminal FOLDER OPTIONS...: gan-sample with FOLDER's chafa
        folder=$1
        shift
        env -u NO_COLOR TERM=xterm-256color LC_ALL=C.UTF-8 PATH="$PWD/$folder:$PATH" \
            script -qec "gan-sample run/latest.gan -n 4 $*" /dev/null </dev/null >shown.txt
    }
    printf '#!/bin/sh\nhead -c 4 >chafa-got\ncat >/dev/null\necho "by chafa: $*"\n' >with/chafa
    printf '#!/bin/sh\nexit 1\n' >without/chafa
    chmod +x with/chafa without/chafa
    on_terminal with
    grep -q '^by chafa: -' shown.txt || fail "chafa is not asked: $(cat shown.txt)"
    [ "$(tail -c 3 chafa-got)" = PNG ] || fail "chafa gets no PNG"
    on_terminal without
    grep -q '▀\|▄\|█' shown.txt || fail "no half blocks where chafa fails: $(cat shown.txt)"
    on_terminal with --color never
    ! grep -q 'by chafa' shown.txt || fail "chafa is asked for a picture without colours"
    [ -s shown.txt ] || fail "nothing is shown without colours"
fi
