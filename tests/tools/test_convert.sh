#!/bin/sh
# gan-convert: round trips, selections, exit codes, messages.
. "$(dirname "$0")/lib.sh"
golden=$source_folder/tests/golden
cp "$golden/checkpoint-v1.gan" v1.gan

# Through every format and back.
for format in safetensors npz pt gan; do
    expect 0 '' gan-convert v1.gan "there.$format"
    expect 0 '' gan-convert "there.$format" back.gan --level 9
    expect 0 '' gan-inspect --diff v1.gan back.gan
done

# From every format to every format and back, in either precision; a .onnx holds one network, so there
# the model is one.
every_pair() { # every_pair MODEL FORMAT...
    model=$1
    shift
    for from in "$@"; do
        expect 0 '' gan-convert "$model" "from.$from"
        for to in "$@"; do
            expect 0 '' gan-convert "from.$from" "to.$to"
            expect 0 '' gan-convert "to.$to" back.gan
            expect 0 '' gan-inspect --diff "$model" back.gan
            pairs=$((pairs + 1))
        done
    done
}
pairs=0
every_pair v1.gan gan safetensors npz pt # which has tensors of both
gan-convert "$golden/convert/layers.pt" network.gan --recipe "$golden/convert/layers.yaml"
gan-convert network.gan network.gan --network generator
gan-convert network.gan half-network.gan --dtype f16
every_pair network.gan gan safetensors npz pt onnx
every_pair half-network.gan gan safetensors npz pt onnx
[ "$pairs" -eq 66 ] || fail "$pairs pairs were tried"
gan-convert v1.gan - --to npz | cmp -s - there.npz || fail "stdout gets other bytes than a file"

# IN's kind is found by its content, OUT's by suffix or --to.
cp there.npz no-suffix
expect 0 '' gan-convert no-suffix model --to gan
expect 0 '' gan-inspect --diff v1.gan model

# Selections, shown without writing.
expect 0 '' gan-convert v1.gan x.gan --dry-run --network optimizer --only '*.m.*' --dtype f16
cat >wanted.txt <<'TEXT'
tensor                          type  shape  elements
optimizer.generator.m.0.weight  f16   7x8x9       504
1 tensor, 504 elements
texts: recipe, run, history, grüß
TEXT
diff -u wanted.txt out.txt >&2 || fail "--dry-run shows something else"
[ ! -e x.gan ] || fail "--dry-run wrote a file"
expect 0 '' gan-convert v1.gan stripped.gan --strip-training
gan-inspect --json stripped.gan >stripped.json
! grep -q 'optimizer\.' stripped.json || fail "--strip-training leaves optimiser slots"

# A network to run elsewhere, foreign weights to a checkpoint that is sampled, and back.
layers=$golden/convert/layers
expect 0 '' gan-convert "$layers.pt" layers.gan --recipe "$layers.yaml"
expect 0 '' gan-convert layers.gan generator.onnx
expect 0 '' gan-convert generator.onnx back.gan
expect 0 '' gan-convert layers.gan wanted.gan --network generator
expect 0 '' gan-inspect --diff wanted.gan back.gan
expect 0 '' gan-sample back.gan -n 2 --grid 2x1 -o two.png
[ "$(head -c 4 two.png | tail -c 3)" = PNG ] || fail "no picture of converted weights"
expect 0 '' gan-convert layers.gan bare.pt --network generator --bare
expect 0 '' gan-convert bare.pt back.gan --recipe "$layers.yaml" --network generator
expect 0 '' gan-inspect --diff wanted.gan back.gan
expect 0 '' gan-convert "$golden/convert/torch.pt" x.gan --dry-run --only '[01].*'
grep -q '^1.num_batches_tracked' out.txt || fail "--dry-run shows: $(cat out.txt)"
expect 0 '' gan-convert bare.pt x.gan --dry-run --recipe "$layers.yaml" --network generator
grep -Eq '^generator.0.weight +0.weight ' out.txt || fail "--dry-run shows no source: $(cat out.txt)"
expect 0 '' gan-convert layers.gan x.onnx --dry-run --network discriminator
! grep -q '^generator' out.txt || fail "--dry-run shows what an .onnx does not hold"
[ ! -e x.gan ] && [ ! -e x.onnx ] || fail "--dry-run wrote a file"
expect 2 'with --recipe' gan-convert bare.pt x.gan --shape 1x28x28
for shape in 0 1x28 28x28 1x28x28x1 1x28x0 x 99999999999; do
    expect 2 'shape' gan-convert bare.pt x.gan --recipe "$layers.yaml" --shape "$shape"
done
expect 4 'layers.yaml' gan-convert bare.pt x.gan --recipe "$layers.yaml" --shape 1x28x29 \
    --network generator

# Errors.
expect 2 'this version knows .gan, .safetensors, .npz, .pt and .onnx' gan-convert v1.gan x.bin
expect 4 'this version knows .gan, .safetensors, .npz, .pt and .onnx' \
    gan-convert "$golden/convert/expected.txt" x.gan
expect 4 'torch.nn.modules.container.Sequential' gan-convert "$golden/convert/torch-module.pt" x.gan
expect 2 '--to' gan-convert v1.gan -
expect 2 'pipe' gan-convert v1.gan - --to gan
expect 2 'nothing is left' gan-convert v1.gan x.gan --only 'x*'
expect 2 'level' gan-convert v1.gan x.gan --level 10
expect 2 'OUT' gan-convert v1.gan
expect 4 'absent' gan-convert absent.gan x.gan
expect 4 '--dtype f32' gan-convert "$golden/convert/inexact.safetensors" x.gan
expect 5 'no-such' gan-convert v1.gan no-such/x.gan
for format in gan safetensors npz pt; do
    head -c 900 "there.$format" >cut
    expect 4 'cut' gan-convert cut x.gan
done
[ ! -e x.gan ] || fail "a failed command left a file"

# Names from files cannot send commands to the terminal.
header='{"\u001b[2Jx":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} '
[ ${#header} -eq 64 ] || fail "the header has ${#header} bytes"
printf '\100\0\0\0\0\0\0\0%s\0\0\200\077' "$header" >evil
expect 0 '' gan-convert evil x.gan --dry-run
grep -q 'x1b\[2Jx' out.txt || fail "the name is not shown escaped: $(cat out.txt)"
! grep -q "$(printf '\033')" out.txt || fail "an escape sequence came through"

# A closed pipe ends it without a word.
gan-convert v1.gan - --to safetensors 2>pipe.txt | head -c 10 >/dev/null
[ ! -s pipe.txt ] || fail "a closed pipe made it say: $(cat pipe.txt)"
(
    sleep 1
    gan-convert v1.gan x.gan --dry-run 2>pipe.txt
) | true
[ ! -s pipe.txt ] || fail "a closed pipe made --dry-run say: $(cat pipe.txt)"
