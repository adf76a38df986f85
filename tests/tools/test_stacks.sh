#!/bin/sh
# Stacked pictures: a classifier of single ones tells which of the 4 x 4 x 4 modes a generator of stacks
# finds, while it trains and afterwards.
. "$(dirname "$0")/lib.sh"

# Pictures of 2x2 with one bright pixel, whose place is the class: 64 to train on, 16 to test.
idx_pictures() {
    printf '\0\0\10\3\0\0\0\'"$1"'\0\0\0\2\0\0\0\2'
    for _ in $(seq "$2"); do printf '\377\0\0\0\0\377\0\0\0\0\377\0\0\0\0\377'; done
}
idx_labels() {
    printf '\0\0\10\1\0\0\0\'"$1"
    for _ in $(seq "$2"); do printf '\0\1\2\3'; done
}
mkdir data
idx_pictures 100 16 >data/train-images-idx3-ubyte
idx_labels 100 16 >data/train-labels-idx1-ubyte
idx_pictures 20 4 >data/t10k-images-idx3-ubyte
idx_labels 20 4 >data/t10k-labels-idx1-ubyte

cat >classifier.yaml <<'YAML'
seed: 3
batch: 64
steps: 60
data: {range: [0, 1]}
objective: {classifier: alone}
discriminator: [dense: 4]
optimizer: {discriminator: {kind: adam, lr: 0.1}}
save_every: 0
YAML
cat >stacks.yaml <<'YAML'
seed: 3
batch: 16
steps: 30
data: {range: [-1, 1], stack: 3, stack_count: 500}
latent: {size: 4}
generator: [dense: 12, tanh]
discriminator: [dense: 8, relu, dense: 1]
schedule: {generator_steps: 2}
modes: {classifier: classifier/latest.gan, samples: 700}
log_every: 10
sample_every: 10
save_every: 0
YAML
gan-train classifier.yaml --quiet --data data --out classifier
expect 0 '' gan-train stacks.yaml --quiet --data data --out straight
grep -c '"modes": [0-9]*, "high_quality": null, "reverse_kl": [0-9.]*, "collapsed": [a-z]*}$' \
    straight/metrics.jsonl >count.txt ||
    fail "no modes in: $(cat straight/metrics.jsonl)"
[ "$(cat count.txt)" -eq 3 ] || fail "modes in $(cat count.txt) lines"

# At the last step fewer than half of the modes is a collapse, and a resumed run measures the same.
gan-train stacks.yaml --data data --out parts --steps 20 2>said.txt
grep -q 'mode collapse at step 20: [0-9]* of 64 modes' said.txt || fail "no warning: $(cat said.txt)"
expect 0 '' gan-train stacks.yaml --quiet --out parts --resume --steps 30
expect 0 '' gan-inspect --diff straight/latest.gan parts/latest.gan
modes() { sed -n 's/.*"step": 30,.*\("modes".*\)/\1/p' "$1/metrics.jsonl"; }
[ "$(modes straight)" = "$(modes parts)" ] || fail "$(modes straight), resumed $(modes parts)"

# Asked afterwards it says the same of as many samples, and of real stacks what there is: all modes.
expect 0 '' gan-inspect --evaluate straight/latest.gan --features classifier/latest.gan -n 700 --json
grep -q "\"captured\": $(modes straight | sed 's/"modes": \([0-9]*\),.*/\1/')," out.txt ||
    fail "not as in training: $(modes straight) -- $(cat out.txt)"
expect 0 '' gan-inspect --evaluate straight/latest.gan --features classifier/latest.gan -n 500
grep -Eq '^captured +[0-9]+ of 64 +64 of 64$' out.txt || fail "real stacks: $(cat out.txt)"
! grep -q 'high quality' out.txt || fail "a classifier tells no quality: $(cat out.txt)"
grep -Eq '^reverse KL +[0-9.]+ +0\.0[0-9]+$' out.txt || fail "reverse KL: $(cat out.txt)"

expect 4 'modes.classifier: absent.gan' gan-train stacks.yaml --data data --out other \
    --set modes.classifier=absent.gan
expect 4 'modes.classifier: straight/latest.gan: .*objective.classifier' gan-train stacks.yaml \
    --data data --out other --set modes.classifier=straight/latest.gan
expect 4 'no multiple' gan-train stacks.yaml --data builtin:ring8 --out other --set data.stack=1 \
    --set 'generator.layers=[dense: 2]'
# A picture of 4x4 has as many elements as four of 2x2, which does not make them its channels.
expect 4 'of \(1, 2, 2\), .* of \(1, 4, 4\), which is no multiple' gan-train stacks.yaml --data data --out other \
    --set data.stack=1 --set 'data.size=[4, 4]' --set 'generator.layers=[dense: 16]'
[ ! -e other ] || fail "something was written: $(ls other)"
