#!/bin/sh
# A classifier from training to its use: its errors, features for evaluating a generator, resuming, and
# what is refused of a checkpoint without a generator.
. "$(dirname "$0")/lib.sh"

cat >classifier.yaml <<'YAML'
name: classifier
seed: 3
batch: 50
steps: 120
data: {source: builtin:digits, range: [0, 1]}
objective: {classifier: alone}
discriminator:
  - dense: {units: 24, bias: false}
  - batch_norm
  - relu
  - dropout: 0.2
  - dense: 10
optimizer:
  discriminator: {kind: adam, lr: 3e-3, beta1: 0.9}
ema: {discriminator: 0.9}
log_every: 20
save_every: 60
YAML

expect 0 '' gan-train classifier.yaml --quiet --out run
grep -q '"g_loss": null, "d_real": null, "d_fake": null, "errors": 0\.[0-9]*}$' run/metrics.jsonl ||
    fail "no errors in: $(tail -n 1 run/metrics.jsonl)"
[ ! -e run/samples/step-00000120.png ] || fail "a picture of samples without a generator"
gan-train classifier.yaml --dry-run >plan.txt
grep -q '^# Network: a classifier of 19,114 parameters$' plan.txt || fail "plan: $(grep '^#' plan.txt)"
! grep -q 'generator' plan.txt || fail "the plan speaks of a generator: $(grep generator plan.txt)"

# Resumed it is the run that was never interrupted.
expect 0 '' gan-train classifier.yaml --quiet --out twice --steps 60
expect 0 '' gan-train classifier.yaml --quiet --out twice --resume --steps 120
expect 0 '' gan-inspect --diff run/latest.gan twice/latest.gan

# Its errors: more labels, fewer of them.
expect 0 '' gan-inspect --evaluate run/latest.gan
grep -q '^errors  *[0-9,]*  *[0-9,]*$' out.txt || fail "no errors in: $(cat out.txt)"
errors() {
    gan-inspect --evaluate --json "$1" | sed -n '/"test_data"/,/}/s/.*"errors": \([0-9]*\).*/\1/p'
}
expect 0 '' gan-train classifier.yaml --quiet --out few --set data.labelled=1
many=$(errors run/latest.gan) few=$(errors few/latest.gan)
[ "$many" -lt 2000 ] || fail "$many of 10,000 errors"
[ "$few" -gt "$many" ] || fail "$few errors with 10 labels, $many with all"

# As features: of a generator, beside the line of training data.
cat >gan.yaml <<'YAML'
name: conditional
batch: 20
steps: 2
data: {source: builtin:digits, range: [-1, 1]}
latent: {size: 4}
generator: [one_hot, concat: -1, dense: 784, tanh]
discriminator: [flatten, dense: 8, relu, one_hot, concat: 2, dense: 1]
YAML
gan-train gan.yaml --quiet --out gan
expect 0 '' gan-inspect --evaluate --features run/latest.gan -n 200 gan/latest.gan
for row in 'Frechet distance' 'kernel distance' precision recall density coverage \
    'sliced Wasserstein' 'class score' 'of their class'; do
    grep -q "^$row  *[0-9-]" out.txt || fail "no $row in: $(cat out.txt)"
done
grep -q '^samples  *200  *200$' out.txt || fail "not 200 samples: $(cat out.txt)"
grep -q '^against 10,000 test samples, by 24 features' out.txt || fail "no line in: $(cat out.txt)"
cp out.txt first.txt
expect 0 '' gan-inspect --evaluate --features run/latest.gan -n 200 gan/latest.gan
cmp -s first.txt out.txt || fail "a second evaluation says something else"
expect 0 '' gan-inspect --evaluate --json --features run/latest.gan -n 200 gan/latest.gan
grep -q '"agreement": 0\.' out.txt || fail "no agreement in: $(cat out.txt)"

# Through ONNX and PyTorch's format and back it says the same.
for suffix in onnx pt; do
    expect 0 '' gan-convert run/latest.gan "net.$suffix" --network ema_discriminator --quiet
    expect 0 '' gan-convert "net.$suffix" "$suffix.gan" --recipe classifier.yaml --network ema_discriminator \
        --shape 1x28x28 --classes 10 --quiet
    [ "$(errors "$suffix.gan")" -eq "$many" ] || fail "other errors by way of $suffix"
done
expect 2 'has no generator' gan-convert run/latest.gan x.onnx

# What does not fit.
expect 2 'evaluate' gan-inspect --features run/latest.gan gan/latest.gan
expect 4 'tells no classes' gan-inspect --evaluate --features gan/latest.gan gan/latest.gan
expect 4 'of a classifier' gan-inspect --evaluate --features run/latest.gan run/latest.gan
expect 4 'has no generator' gan-sample -n 1 run/latest.gan -o x.png
expect 4 'it has none' gan-inspect --layers run/latest.gan
small_recipe small.yaml
gan-train small.yaml --quiet --steps 2 --out small
expect 4 'elements' gan-inspect --evaluate --features run/latest.gan small/latest.gan
expect 4 'data have none' gan-train classifier.yaml --data builtin:gauss1d --dry-run
expect 2 'no effect while objective.classifier is alone' \
    gan-train classifier.yaml --dry-run --set objective.r1=1
expect 2 'generator.layers is missing' \
    gan-train classifier.yaml --dry-run --set objective.classifier=none
