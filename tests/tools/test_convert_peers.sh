#!/bin/sh
# What gan-convert writes, as safetensors, NumPy, PyTorch, ONNX and ONNX Runtime read and run it, for
# networks trained a step. CLGAN_PYTHON names a Python that has these packages (python3); without
# them the test is skipped. CLGAN_PEERS_RECIPES names recipes in models/ to do it with.
. "$(dirname "$0")/lib.sh"
python=${CLGAN_PYTHON:-python3}
peers=$source_folder/tests/convert/peers.py
missing=$("$python" "$peers" --missing 2>/dev/null) || missing=$python
[ -z "$missing" ] || {
    echo "skipped: no $missing"
    exit 0
}

# Images and labels for recipes that bring no data, of the shape that the recipe is made for.
cat >data.py <<'PYTHON'
import sys
import numpy as np
names = {"64": (3, 64, 64), "32": (3, 32, 32), "cifar": (3, 32, 32)}
shape = next((s for name, s in names.items() if name in sys.argv[1]), (1, 28, 28))
values = np.random.default_rng(1).integers(0, 256, (200, *shape), np.uint8)
np.savez("data.npz", images=values, labels=(np.arange(200) % 10).astype(np.uint8))
PYTHON

for recipe in ${CLGAN_PEERS_RECIPES:-digits labels}; do
    file=$source_folder/models/$recipe.yaml
    [ -e "$file" ] || file=$source_folder/tests/convert/$recipe.yaml
    "$python" data.py "$recipe"
    data='--data data.npz --set data.limit=[0,0]' class=''
    ! grep -q 'source: builtin' "$file" || data=''
    ! grep -Eq "one_hot|embedding" "$file" || class='--class 3'
    mkdir "$recipe"
    # shellcheck disable=SC2086
    gan-train "$file" $data --steps 2 --batch 8 --quiet \
        --set ema.decay=0.5 --set sample_every=0 --out run-"$recipe" >out.txt 2>err.txt ||
        fail "$recipe does not train: $(cat err.txt)"
    cp "run-$recipe/latest.gan" "$recipe/model.gan"
    # shellcheck disable=SC2086
    gan-sample "$recipe/model.gan" -n 9 $class --save-latents "$recipe/latents.npy" \
        --format npy -o "$recipe/samples.npy"
    for format in safetensors npz pt; do
        expect 0 '' gan-convert "$recipe/model.gan" "$recipe/model.$format"
    done
    expect 0 '' gan-convert "$recipe/model.gan" "$recipe/generator.onnx"
    expect 0 '' gan-convert "$recipe/model.gan" "$recipe/discriminator.onnx" --network discriminator
    "$python" "$peers" "$recipe" || fail "$recipe: others read something else"

    # The same in float16, whose initialisers are cast in the graph.
    mkdir "$recipe-half"
    expect 0 '' gan-convert "$recipe/model.gan" "$recipe-half/model.gan" --dtype f16
    # shellcheck disable=SC2086
    gan-sample "$recipe-half/model.gan" -n 9 $class --save-latents "$recipe-half/latents.npy" \
        --format npy -o "$recipe-half/samples.npy"
    for format in safetensors npz pt; do
        expect 0 '' gan-convert "$recipe-half/model.gan" "$recipe-half/model.$format"
    done
    expect 0 '' gan-convert "$recipe-half/model.gan" "$recipe-half/generator.onnx"
    expect 0 '' gan-convert "$recipe-half/model.gan" "$recipe-half/discriminator.onnx" \
        --network discriminator
    "$python" "$peers" "$recipe-half" || fail "$recipe: others read other halves"
done
