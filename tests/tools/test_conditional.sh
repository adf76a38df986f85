#!/bin/sh
# Conditional models: labels reach both networks, samples have the class that is asked for, by number
# or by the name of the sub-folder it was learned from.
. "$(dirname "$0")/lib.sh"
cat >ring.yaml <<'YAML'
name: ring
batch: 32
steps: 40
data: {source: "builtin:ring8"}
latent: {size: 2}
generator: [one_hot, concat: -1, dense: 32, relu, dense: 2]
discriminator: [dense: 32, leaky_relu: 0.2, projection]
ema: {decay: 0.9}
YAML
gan-train ring.yaml --quiet --out run

# A sample is a function of seed and class; without --class of the seed alone.
gan-sample run/latest.gan -n 40 --format raw -o any.raw
gan-sample run/latest.gan -n 40 --format raw -o again.raw
cmp -s any.raw again.raw || fail "classes of seeds change from call to call"
gan-sample run/latest.gan -n 40 --class 3 --format raw -o three.raw
gan-sample run/latest.gan -n 40 --class 4 --format raw -o four.raw
! cmp -s three.raw four.raw || fail "the class changes nothing"
same=0
for seed in $(seq 0 39); do
    tail -c +$((seed * 8 + 1)) any.raw | head -c 8 >one.raw
    tail -c +$((seed * 8 + 1)) three.raw | head -c 8 | cmp -s - one.raw && same=$((same + 1))
done
[ "$same" -ge 1 ] && [ "$same" -le 15 ] || fail "of 40 seeds $same have class 3, not about 5"

# Latents that are kept hold the class, which another one may replace.
gan-sample run/latest.gan -n 40 --class 3 --save-latents z.npy -q -o kept.raw
gan-sample run/latest.gan --latents z.npy -q -o read.raw
cmp -s three.raw read.raw || fail "kept latents lose their class"
gan-sample run/latest.gan --latents z.npy --class 4 -q -o read.raw
cmp -s four.raw read.raw || fail "--class does not replace that of kept latents"

# A sample has the class that is asked for: the first way of docs/conditional.md after 500 steps, the
# nearest of eight centres.
cat >asked.yaml <<'YAML'
name: asked
batch: 128
steps: 500
data: {source: "builtin:ring8"}
latent: {size: 16, prior: normal}
objective: {r1: 0.1}
generator: [one_hot, concat: -1, dense: 128, relu, dense: 128, relu, dense: 2]
discriminator: [one_hot, concat: -1, dense: 128, leaky_relu: 0.2, dense: 128, leaky_relu: 0.2, dense: 1]
optimizer:
  generator: {kind: adam, lr: 1e-3, beta1: 0.5}
  discriminator: {kind: adam, lr: 1e-3, beta1: 0.5}
ema: {decay: 0.99}
sample_every: 0
YAML
gan-train asked.yaml --quiet --out asked
for class in 0 1 2 3 4 5 6 7; do
    gan-sample asked/latest.gan --class $class -n 250 --format raw -q -o - | od -An -v -t f4 -w8 |
        awk -v k=$class '
            { a = atan2($2, $1) * 4 / atan2(0, -1); near += int(a + 8.5) % 8 == k }
            END { if (NR != 250 || near < 0.95 * NR) { print near " of " NR; exit 1 } }' >near.txt ||
        fail "of class $class $(cat near.txt) samples"
done

# A resumed run is the run that was never stopped.
gan-train ring.yaml --quiet --out half --steps 20
gan-train ring.yaml --quiet --out half --resume --steps 40
expect 0 '' gan-inspect --diff run/latest.gan half/latest.gan

# Errors.
expect 2 'no class "8".*0 to 7' gan-sample run/latest.gan --class 8 -o x.raw
expect 2 'no class "north"' gan-sample run/latest.gan --class north -o x.raw
small_recipe small.yaml
gan-train small.yaml --quiet --out plain --steps 2
expect 2 'takes no class' gan-sample plain/latest.gan --class 1 -o x.raw
sed 's/projection/dense: 1/' ring.yaml >half.yaml
expect 4 'half\.yaml:7: the generator looks at labels but the discriminator does not' \
    gan-train half.yaml --out x
sed 's/builtin:ring8/points.npy/' ring.yaml >points.yaml
gan-sample run/latest.gan -n 40 --format npy -o points.npy
expect 4 'points\.yaml:6: generator layer 0 \(one_hot\): the data has no labels' \
    gan-train points.yaml --out x
[ ! -e x.raw ] && [ ! -e x ] || fail "a failed command left something"

# Names of sub-folders.
pictures=$source_folder/tests/golden/pictures
mkdir -p zoo/cat zoo/dog
cp "$pictures/rgb.png" "$pictures/color.jpg" zoo/cat
cp "$pictures/photo.png" "$pictures/gray.png" "$pictures/progressive.jpg" zoo/dog
cat >zoo.yaml <<'YAML'
name: zoo
batch: 4
steps: 3
data: {size: [8, 8], range: [-1, 1]}
latent: {size: 4}
generator:
  - dense: 192
  - reshape: [3, 8, 8]
  - conditional_batch_norm
  - tanh
discriminator:
  - flatten
  - dense: 8
  - tanh
  - projection
samples: {grid: [2, 2]}
YAML
gan-train zoo.yaml --quiet --data zoo --out animals
gan-sample animals/latest.gan -n 5 --class dog -q -o dog.npy
gan-sample animals/latest.gan -n 5 --class 1 -q -o one.npy
cmp -s dog.npy one.npy || fail "dog is not class 1"
expect 2 'no class "dig".*"dog"' gan-sample animals/latest.gan --class dig -o x.png
