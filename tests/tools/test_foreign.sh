#!/bin/sh
# gan-inspect --evaluate --features with a network as ONNX: it gives the figures of the checkpoint that it
# was made of, and what does not fit is refused by name.
. "$(dirname "$0")/lib.sh"

cat >classifier.yaml <<'YAML'
name: classifier
batch: 20
steps: 5
data: {source: builtin:digits, range: [-1, 1]}
objective: {classifier: alone}
discriminator: [dense: 12, relu, dense: 10]
YAML
cat >gan.yaml <<'YAML'
name: gan
batch: 20
steps: 2
data: {source: builtin:digits, range: [0, 1]}
latent: {size: 4}
generator: [dense: 784, sigmoid]
discriminator: [flatten, dense: 1]
YAML
gan-train classifier.yaml --quiet --out net
gan-train gan.yaml --quiet --out gan
expect 0 '' gan-convert net/latest.gan net.onnx --network discriminator --quiet

# The same features by way of the graph, with the pixels that its recipe says: the same distances.
figures() {
    sed -n '/^Frechet/,/^sliced/p' out.txt | tr -s ' '
}
expect 0 '' gan-inspect --evaluate --features net/latest.gan -n 100 gan/latest.gan
figures >of-checkpoint.txt
grep -q '^class score  *[0-9]' out.txt || fail "no class score in: $(cat out.txt)"
expect 0 '' gan-inspect --evaluate --features net.onnx --value Relu_2 -n 100 gan/latest.gan
figures >of-graph.txt
[ -s of-graph.txt ] && cmp of-checkpoint.txt of-graph.txt || fail "other figures: $(cat out.txt)"
grep -q '^class score  *-  *-$' out.txt || fail "a class score in: $(cat out.txt)"
grep -q 'by 12 features of net.onnx (Relu_2; pixels -1 to 1)$' out.txt || fail "line: $(cat out.txt)"
expect 0 '' gan-inspect --evaluate --features net.onnx --pixels 0,255 --json -n 100 gan/latest.gan
grep -q '"value": "outputs"' out.txt && grep -q '"class_score": null' out.txt &&
    grep -q '255.0' out.txt || fail "JSON: $(cat out.txt)"

# What does not fit.
expect 2 'is for features of an .onnx' gan-inspect --evaluate --features net/latest.gan --value x gan/latest.gan
expect 2 'belongs to --features' gan-inspect --evaluate --pixels 0,1 gan/latest.gan
expect 4 'did you mean Relu_2' gan-inspect --evaluate --features net.onnx --value Relu_3 gan/latest.gan
LC_ALL=C sed 's/Relu/Rulu/g' net.onnx >odd.onnx
expect 4 'node Rulu_2 [(]Rulu[)]: the operator is not known' \
    gan-inspect --evaluate --features odd.onnx -n 100 gan/latest.gan
head -c 300 net.onnx >cut.onnx
expect 4 'cut.onnx' gan-inspect --evaluate --features cut.onnx gan/latest.gan
