#!/bin/sh
# Virtual batch norm by the tools: the reference batch is the run's from start to end, and a sample is
# the same alone and in company.
. "$(dirname "$0")/lib.sh"

small_recipe plain.yaml
sed -e 's/^generator:/generator:\n  reference_batch: 12\n  layers:/' \
    -e 's/^  - \(dense: 24\|batch_norm\|relu\|dense: 2\)$/    - \1/' \
    -e 's/- batch_norm/- virtual_batch_norm/' plain.yaml >small.yaml
expect 0 '' gan-train small.yaml --quiet --out whole --steps 30
expect 0 '' gan-train small.yaml --quiet --out parts --steps 12
expect 0 '' gan-train small.yaml --quiet --out parts --resume --steps 30
expect 0 '' gan-inspect --diff whole/latest.gan parts/latest.gan

# It is 12 latents of the run's seed, which training leaves as they are.
crc() { gan-inspect "$1/latest.gan" --tensor "$2" | sed -n 's/.*CRC-32 //p'; }
expect 0 '' gan-train small.yaml --quiet --out begun --steps 1
expect 0 '' gan-train small.yaml --quiet --out other --steps 1 --seed 4
held=$(crc whole generator.reference)
[ -n "$held" ] || fail "no reference batch in the checkpoint"
[ "$(crc begun generator.reference)" = "$held" ] || fail "training changed the reference batch"
[ "$(crc whole ema.reference)" = "$held" ] || fail "averaged weights have another one"
[ "$(crc other generator.reference)" != "$held" ] || fail "another seed has the same one"

gan-sample whole/latest.gan -n 9 --seed 1 --format raw -o nine.raw
gan-sample whole/latest.gan -n 1 --seed 5 --format raw -o one.raw
tail -c +33 nine.raw | head -c 8 | cmp - one.raw || fail "a sample depends on its company"

expect 4 'generator.reference_batch has no effect' sh -c \
    'sed s/virtual_batch_norm/batch_norm/ small.yaml >x.yaml && gan-train x.yaml --quiet --out x'
expect 4 'virtual_batch_norm\): it goes by a reference batch' gan-train small.yaml --quiet --out x \
    --set generator.reference_batch=0
expect 4 'virtual_batch_norm\): this layer has no form in ONNX' gan-convert whole/latest.gan x.onnx \
    --network generator
