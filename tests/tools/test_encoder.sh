#!/bin/sh
# Encoders by the tools: trained beside the game and on a generator that stays as it is, evaluated, and
# asked for reconstructions.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml
gan-train small.yaml --quiet --out first --steps 20

# A latent regressor on a frozen generator: only the encoder changes, and it learns.
frozen='encoder={kind: latents, from: first/latest.gan, layers: [dense: 32, relu, dense: 4]}'
gan-train small.yaml --quiet --out second --steps 100 --set "$frozen" --set optimizer.encoder.lr=1e-2
got=0
gan-inspect --diff first/latest.gan second/latest.gan >diff.txt || got=$?
[ "$got" -eq 1 ] || fail "exit $got of a comparison"
! grep -E '^(generator|ema|discriminator)\.' diff.txt || fail "a frozen network changed"
grep -q '^encoder.0.weight  *only in second' diff.txt || fail "no encoder: $(cat diff.txt)"
loss() { sed -n "$1s/.*\"e_loss\": \([^,}]*\).*/\1/p" second/metrics.jsonl; }
awk -v a="$(loss 1)" -v b="$(loss 2)" 'BEGIN { exit !(b < a) }' || fail "it does not learn"
gan-train small.yaml --quiet --out second --resume --steps 120 --set "$frozen" \
    --set optimizer.encoder.lr=1e-2
expect 0 '' gan-inspect second/latest.gan
grep -q '^ *encoder\.2 ' out.txt || fail "its layers are not listed: $(cat out.txt)"
expect 4 'encoder.from: absent.gan' gan-train small.yaml --quiet --out third --steps 2 \
    --set 'encoder={kind: latents, from: absent.gan, layers: [dense: 4]}'

# What it makes of test samples, the same as text and as JSON (tests/gan/test_evaluate_inference.c has
# the figures themselves): `same ROW OBJECT KEY FACTOR`.
evaluate() {
    expect 0 '' gan-inspect --evaluate --json -n 200 "$1"
    cp out.txt out.json
    expect 0 '' gan-inspect --evaluate -n 200 "$1"
}
same() {
    told=$(sed -n "s/^$1  *\([0-9.]*\).*/\1/p" out.txt)
    meant=$(sed -n "/\"$2\": {/,/}/s/.*\"$3\": \([0-9.e+-]*\).*/\1/p" out.json)
    awk -v told="$told" -v meant="$meant" -v factor="$4" 'BEGIN {
        off = told - factor * meant
        bound = factor > 1 ? 0.0051 : 0.0006 * told
        exit !(told != "" && meant != "" && off <= bound && -off <= bound) }' ||
        fail "$1 is $told as text, $meant as JSON: $(cat out.txt)"
}
evaluate second/latest.gan
same 'distance |x - G(E(x))|' reconstruction distance 1
nearest=$told
same "to another sample's" reconstruction shuffled 1
awk -v own="$nearest" -v other="$told" 'BEGIN { exit !(own < other) }' ||
    fail "its own is no nearer than another's: $(cat out.txt)"
same 'error of the nearest neighbour' nearest_neighbour error 100

# Reconstructions: rows of test samples, and what they are encoded as.
expect 0 '' gan-sample second/latest.gan --reconstruct builtin:ring8 --grid 3x4 -o made.png
expect 2 'rows come in pairs' gan-sample second/latest.gan --reconstruct builtin:ring8 --grid 3x3 -o x.png
expect 4 'no encoder' gan-sample first/latest.gan --reconstruct builtin:ring8 -o x.png

# It is a network like the others to gan-convert.
gan-convert second/latest.gan encoder.safetensors --network encoder -q
[ "$(LC_ALL=C tr -cd '[:print:]' <encoder.safetensors | grep -o 'encoder\.[02]\.[a-z]*' | sort -u | wc -l)" -eq 4 ] ||
    fail "not the encoder's four tensors"
expect 0 '' gan-convert second/latest.gan encoder.onnx --network encoder -q
expect 2 'nothing is left' gan-convert first/latest.gan none.onnx --network encoder

# Codes, and a discriminator of pairs.
sed 's/^latent.*/latent: {size: 8, categorical: [1, 3], continuous: 1}/' small.yaml >coded.yaml
gan-train coded.yaml --quiet --out coded --steps 20 --log-every 10 \
    --set 'encoder={kind: codes, layers: [dense: 16, relu, dense: 4]}'
[ "$(grep -c '"categorical_information": .*"continuous_information": ' coded/metrics.jsonl)" -eq 2 ] ||
    fail "no information in: $(cat coded/metrics.jsonl)"
evaluate coded/latest.gan
same 'error of the category as a class' categories error 100
same 'classes that categories stand for' categories classes_found 1
same 'error of the nearest neighbour' nearest_neighbour error 100
[ "$told" != "$(sed -n 's/^error of the category as a class  *\([0-9.]*\) %/\1/p' out.txt)" ] ||
    fail "two errors are one: $(cat out.txt)"
expect 2 'what codes a sample has' gan-sample coded/latest.gan --reconstruct builtin:ring8 -o x.png
expect 4 'give it a layer latent' gan-train small.yaml --quiet --out joint --steps 2 \
    --set 'encoder={kind: joint, layers: [dense: 4]}'
sed 's/^discriminator:/&\n  - latent\n  - concat: -1/' small.yaml >pairs.yaml
expect 4 'for the discriminator of a recipe with an encoder' gan-train pairs.yaml -q --out x --steps 2
gan-train pairs.yaml --quiet --out joint --steps 20 --set 'encoder={kind: joint, layers: [dense: 4]}'
expect 0 '' gan-sample joint/latest.gan --reconstruct builtin:ring8 --grid 4x2 -o made.png
expect 0 '' gan-inspect --layers joint/latest.gan
[ ! -e x.png ] || fail "a failed command left a file"
