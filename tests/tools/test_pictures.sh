#!/bin/sh
# A folder of pictures as a data set: trained on while other threads decode, resumed with the same
# bits, its classes known, and what does not fit or cannot be read said at once.
. "$(dirname "$0")/lib.sh"
pictures=$source_folder/tests/golden/pictures

mkdir -p zoo/cat zoo/dog
cp "$pictures/rgb.png" "$pictures/color.jpg" zoo/cat
cp "$pictures/photo.png" "$pictures/gray.png" "$pictures/progressive.jpg" zoo/dog
cat >zoo.yaml <<'YAML'
seed: 3
batch: 4
steps: 12
data: {size: [8, 8], flip: true, range: [-1, 1]}
latent: {size: 4}
generator:
  - dense: 128
  - reshape: [8, 4, 4]
  - relu
  - transposed_convolution: {channels: 3, kernel: 4, stride: 2, padding: 1}
discriminator:
  - convolution: {channels: 8, kernel: 4, stride: 2, padding: 1}
  - leaky_relu: 0.2
  - convolution: {channels: 1, kernel: 4}
  - flatten
sample_every: 0
save_every: 0
samples: {grid: [2, 2]}
YAML

# A batch is a function of the seed and its number: interrupted or not, with whatever threads.
gan-train zoo.yaml --quiet --data zoo --out whole
gan-train zoo.yaml --quiet --data zoo --out parts --steps 5
expect 0 '' gan-train zoo.yaml --quiet --out parts --resume --steps 12
expect 0 '' gan-inspect --diff whole/latest.gan parts/latest.gan
gan-train zoo.yaml --quiet --data zoo --out other --set data.flip=false
expect 1 '' gan-inspect --diff whole/latest.gan other/latest.gan
gan-train zoo.yaml --data zoo --out new --dry-run >plan.txt
grep -q '^# Data: PNG and JPEG, 5 samples of 3x8x8, 2 classes$' plan.txt || fail "$(cat plan.txt)"

# What does not fit names the layer, and what would.
expect 4 'zoo.yaml:10: generator layer 3 \(transposed_convolution\).*data.size=\[8, 8\]$' \
    gan-train zoo.yaml --data zoo --out new --set 'data.size=[16, 16]'
expect 4 'generator layer 3 .*: data.color=rgb$' \
    gan-train zoo.yaml --data zoo --out new --set data.color=gray
expect 4 'discriminator layer 2 \(convolution\)' gan-train zoo.yaml --data zoo --out new \
    --set 'data.size=[6, 6]' --set 'generator.layers.1.reshape=[8, 3, 3]' \
    --set generator.layers.0.dense=72
expect 2 'data.size must be a height and a width' \
    gan-train zoo.yaml --data zoo --out new --set 'data.size=[0, 8]'
expect 4 'rgb.png is 17 pixels high and 23 wide, but .*data.size' \
    gan-train zoo.yaml --data zoo --out new --set 'data.size=[0, 0]'

# A file that cannot be decoded: its name, and the run saved at the step before; or left out.
head -c 600 "$pictures/rgb.png" >zoo/dog/cut.png
expect 4 'zoo/dog/cut.png: cut short.*saved at step [0-9]+: go on with --resume$' \
    gan-train zoo.yaml --quiet --data zoo --out broken
expect 0 '' gan-inspect --verify broken/latest.gan
rm zoo/dog/cut.png
expect 0 '' gan-train zoo.yaml --quiet --data zoo --out broken --resume
cp "$pictures/cmyk.jpg" zoo/dog
expect 4 'zoo/dog/cmyk.jpg: .*CMYK.*data.skip_bad=true' gan-train zoo.yaml --data zoo --out new
gan-train zoo.yaml --data zoo --out skipping --set data.skip_bad=true --steps 2 2>said.txt
grep -q '^1 of 6 files cannot be read and are left out' said.txt || fail "$(cat said.txt)"

# A picture of a conditional model says its class; latents from outside must have one.
cat >conditional.yaml <<'YAML'
batch: 4
steps: 4
data: {size: [4, 4], range: [-1, 1]}
latent: {size: 4}
generator:
  - dense: 16
  - embedding: 3
  - concat: 0
  - dense: 48
  - reshape: [3, 4, 4]
discriminator:
  - dense: 8
  - relu
  - projection
sample_every: 0
samples: {grid: [2, 2]}
YAML
rm zoo/dog/cmyk.jpg
gan-train conditional.yaml --quiet --data zoo --out classes
gan-sample classes/latest.gan -n 2 --class cat --save-latents cat.npy -q -o said/
LC_ALL=C tr '\000' '.' <said/seed-00000001.png | grep -aq 'Class.cat' || fail "no class in a PNG"
gan-sample classes/latest.gan -n 4 --class 1 -q -o grid.png
LC_ALL=C tr '\000' '.' <grid.png | grep -aq 'Class.dog' || fail "no class in a grid"
{ head -c 144 cat.npy && printf '\000\000\200\277' && tail -c +149 cat.npy; } >minus.npy
expect 4 'minus.npy, from latent 0 on: .*latent 0 is -1; it is its class' \
    gan-sample classes/latest.gan --latents minus.npy -o x.png
