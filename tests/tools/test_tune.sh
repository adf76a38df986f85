#!/bin/sh
# gan-inspect --devices --tune: what it shows and keeps, its time box, its being interrupted, and that
# a resumed run is the same whatever was tuned meanwhile.
. "$(dirname "$0")/lib.sh"
export CLGAN_CACHE_DIR="$work/cache"
small_recipe small.yaml

# The command line.
expect 2 'tune belongs to --devices' gan-inspect --tune
expect 2 'seconds belongs to --tune' gan-inspect --devices --seconds 3
expect 2 'anew belongs to --tune' gan-inspect --devices --anew
expect 2 'data belongs to --evaluate' gan-inspect --devices --data x
expect 2 'seconds' gan-inspect --devices --tune --seconds 0
expect 4 'absent.yaml' gan-inspect --devices --tune absent.yaml
sed '/^ *source:/d' small.yaml >sourceless.yaml
expect 4 'sourceless.yaml does not say what data it trains on' gan-inspect --devices --tune sourceless.yaml
expect 3 'no such device' gan-inspect --devices --tune --device 'no such device' small.yaml

# A time box: nothing but the usual is said, and what there is to do is counted.
expect 0 '' gan-inspect --devices --tune --seconds 0.1 small.yaml
grep -Eq 'tuning: [0-9]+ of [1-9][0-9]* classes done, kept in .*/cache/tuned/' out.txt ||
    fail "it does not say how far it came: $(cat out.txt)"

# Interrupted once something has been found: that stays, and it says so.
# What the time box kept goes first: the file is the sign that this run is at work and heeds signals.
gan-train small.yaml --steps 20 --out before >/dev/null 2>&1
rm -f cache/tuned/*.txt
gan-inspect --devices --tune small.yaml >out.txt 2>err.txt &
tuning=$!
tries=0
until ls cache/tuned/*.txt >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || fail "nothing was kept within two minutes"
    sleep 0.1
done
kill -INT "$tuning"
got=0
wait "$tuning" || got=$?
[ "$got" -eq 130 ] || fail "interrupted, it gave exit $got: $(cat err.txt)"
grep -q 'the same command goes on' err.txt || fail "it does not say what is kept: $(cat err.txt)"
grep -q '^gemm ' out.txt || fail "it does not show what it found: $(cat out.txt)"
grep -q '^clgan tuning 1$' cache/tuned/*.txt || fail "what it found is not kept"

# The first class, done or cut short: the best way so far is kept, or that it is the usual one.
class=$(sed -n 's/^\(gemm [NT]* [0-9]* [0-9]* [0-9]*\) .*/\1/p' out.txt | head -n 1)
way=$(sed -n 's/^gemm .* \(tile .*\)$/\1/p' out.txt | head -n 1)
kept=$(grep -E "^$class \| (done|so far) \|" cache/tuned/*.txt) || fail "$class is not kept: $(cat cache/tuned/*.txt)"
case $kept in
*"| $way" | *'| as usual') ;;
*) fail "'$way' of $class is not what is kept: $kept" ;;
esac

# As JSON, and going on from there.
expect 0 '' gan-inspect --devices --tune --json --seconds 0.1 small.yaml
grep -q '"tuning": {' out.txt || fail "the JSON document has no tuning: $(cat out.txt)"
grep -q "^$class | " cache/tuned/*.txt || fail "what was found is lost: $(cat cache/tuned/*.txt)"

# Tuned, the run goes on with the same bits.
gan-train small.yaml --steps 40 --out before --resume >/dev/null 2>&1
CLGAN_TUNING=off gan-train small.yaml --steps 40 --out whole >/dev/null 2>&1
expect 0 '' gan-inspect --diff before/latest.gan whole/latest.gan

# Convolutions, on what is planned for as a GPU: they are classes, and a run that began before they were
# tuned goes on with the bits it began with.
export CLGAN_LANES=1
cat >pictures.yaml <<'YAML'
name: pictures
batch: 4
steps: 4
data:
  source: builtin:digits
latent: {size: 4, prior: normal}
generator:
  - dense: 784
  - reshape: [1, 28, 28]
discriminator:
  - convolution: {channels: 4, kernel: 4, stride: 4}
  - flatten
  - dense: 1
log_every: 2
YAML
CLGAN_TUNING=off gan-train pictures.yaml --out whole-pictures >/dev/null 2>&1
gan-train pictures.yaml --steps 2 --out pictures >/dev/null 2>&1
expect 0 '' gan-inspect --devices --tune pictures.yaml
grep -q '^convolution forward 1x28x28 4x7x7 kernel 4x4 .* done ' out.txt ||
    fail "the convolution is not tuned: $(cat out.txt)"
gan-train pictures.yaml --steps 4 --out pictures --resume >/dev/null 2>&1
expect 0 '' gan-inspect --diff pictures/latest.gan whole-pictures/latest.gan
