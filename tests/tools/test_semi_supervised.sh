#!/bin/sh
# Semi-supervised learning: a run that is resumed is the one that was never interrupted, data-dependent
# initial values, averages of the discriminator and noise included; its errors are counted.
. "$(dirname "$0")/lib.sh"

cat >semi.yaml <<'YAML'
name: semi
seed: 3
batch: 20
steps: 12
data: {source: builtin:digits, range: [0, 1], labelled: 2}
latent: {size: 8, prior: uniform, range: [0, 1]}
objective:
  classifier: implicit
  discriminator_scale: 0.5
  generator_scale: 0
  feature_matching: 1
  feature_layer: 3
generator:
  init_batch: 30
  layers:
    - dense: {units: 16, bias: false}
    - batch_norm: {scale: false}
    - softplus
    - dense: {units: 784, parametrization: weight_norm}
    - sigmoid
discriminator:
  init_batch: 40
  parametrization: {kind: weight_norm, fixed: 1}
  layers:
    - noise: 0.3
    - dense: 24
    - noise: 0.5
    - relu
    - dense: {units: 10, parametrization: weight_norm}
optimizer:
  generator: &adam {kind: adam, lr: 3e-3, beta1: 0.5}
  discriminator: *adam
ema: {discriminator: 0.9}
log_every: 4
sample_every: 0
save_every: 6
keep: 0
YAML

expect 0 '' gan-train semi.yaml --quiet --out run
expect 0 '' gan-train semi.yaml --quiet --out twice --steps 6
expect 0 '' gan-train semi.yaml --quiet --out twice --resume --steps 12
expect 0 '' gan-inspect --diff run/latest.gan twice/latest.gan

# A scale that is fixed is what the data set it to; one that is not moves on.
scale() {
    gan-inspect --json --tensor "discriminator.$1.weight_g" "run/checkpoint-000000$2.gan" | grep '"mean"'
}
[ "$(scale 1 06)" = "$(scale 1 12)" ] || fail "a fixed scale moved: $(scale 1 06) $(scale 1 12)"
[ "$(scale 4 06)" != "$(scale 4 12)" ] || fail "a scale stayed: $(scale 4 06)"
expect 0 '' gan-train semi.yaml --quiet --out plain --set discriminator.init_batch=0
expect 1 '' gan-inspect --diff run/latest.gan plain/latest.gan

expect 0 '' gan-inspect --evaluate -n 100 run/latest.gan
grep -q '^errors  *[0-9,]*  *[0-9,]*$' out.txt || fail "no errors in: $(cat out.txt)"
grep -q '^log-likelihood' out.txt || fail "no log-likelihood in: $(cat out.txt)"
expect 0 '' gan-sample -n 1 -o x.png run/latest.gan

expect 2 'objective.pack' gan-train semi.yaml --dry-run --set objective.pack=2
expect 4 'must give the logit of being real and 10' \
    gan-train semi.yaml --dry-run --set objective.classifier=auxiliary
expect 4 'init_batch has no effect while no layer of it is under weight norm' sh -c \
    "sed 's/, parametrization: weight_norm}/}/' semi.yaml >bare.yaml && gan-train bare.yaml --dry-run"
