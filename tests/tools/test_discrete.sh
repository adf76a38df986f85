#!/bin/sh
# Generators of tokens: brackets by every kind of last layer, text from a file, samples as lines.
. "$(dirname "$0")/lib.sh"
cat >words.yaml <<'YAML'
name: words
batch: 16
steps: 6
data: {source: "builtin:brackets"}
latent: {size: 4}
generator: [dense: 24, relu, dense: 64, reshape: [4, 1, 16], gumbel_softmax: {anneal: 10}]
discriminator: [convolution_1d: {channels: 6, kernel: 3}, leaky_relu: 0.2, dense: 1]
log_every: 3
sample_every: 3
samples: {grid: [5, 2]}
YAML
gan-train words.yaml --quiet --out soft --set generator.layers.4=softmax
gan-train words.yaml --quiet --out gumbel
gan-train words.yaml --quiet --out through --set generator.layers.4.gumbel_softmax.straight_through=true
gan-train words.yaml --quiet --out drawn --set generator.layers.4=categorical \
    --set objective.gradient=reinforce

# Lines of the language's symbols, in the run's folder and from gan-sample, the same for a seed
# whatever the count.
for run in soft gumbel through drawn; do
    [ "$(grep -cE '^[][()]{16}$' $run/samples/step-00000006.txt)" -eq 10 ] || fail "$run: no samples"
    gan-sample $run/latest.gan -n 70 --quiet -o all.txt
    gan-sample $run/latest.gan --seeds 3,68 --quiet -o - >two.txt
    [ "$(sed -n '4p;69p' all.txt)" = "$(cat two.txt)" ] || fail "$run: a seed's sample changes"
    gan-sample $run/latest.gan -n 10 --quiet -o ten.txt
    cmp -s ten.txt $run/samples/step-00000006.txt || fail "$run: training shows other samples"
done
[ ! -e soft/samples/step-00000006.png ] || fail "text is drawn as a picture"
mkdir each && gan-sample drawn/latest.gan -n 2 --quiet -o each/
[ "$(cat each/seed-00000000.txt each/seed-00000001.txt)" = "$(sed -n '1,2p' ten.txt)" ] ||
    fail "files of one sample each differ"

# What layers do, on tokens as they are drawn.
for run in soft gumbel drawn; do
    gan-inspect $run/latest.gan --layers >layers.txt || fail "$run: no layers"
    [ "$(grep -c '^generator\.4 ' layers.txt)" -eq 1 ] || fail "$run: no last layer: $(cat layers.txt)"
done

# Kept latents hold what tokens were drawn by.
gan-sample drawn/latest.gan -n 10 --save-latents z.npy --quiet -o kept.txt
gan-sample drawn/latest.gan --latents z.npy --quiet -o read.txt
cmp -s kept.txt read.txt && cmp -s kept.txt ten.txt || fail "kept latents give other samples"

# A resumed run is the run that was never stopped, the baseline included.
gan-train words.yaml --quiet --out half --steps 3 --set generator.layers.4=categorical \
    --set objective.gradient=reinforce
gan-train words.yaml --quiet --out half --resume --steps 6 --set generator.layers.4=categorical \
    --set objective.gradient=reinforce
expect 0 '' gan-inspect --diff drawn/latest.gan half/latest.gan
gan-inspect drawn/latest.gan --tensor baseline >out.txt || fail "no baseline is kept"

gan-inspect gumbel/latest.gan --evaluate --count 200 --quiet >out.txt
grep -Eq '^valid +[0-9.]+ % +100.00 %$' out.txt || fail "no share of valid words: $(cat out.txt)"
grep -Eq '^4-grams, Jensen-Shannon +0\.[0-9]+ +0\.[0-9]+$' out.txt || fail "no 4-grams"

# Text.
for i in $(seq 300); do echo "line $i of the text, which ends here"; done >lines.txt
sed 's/builtin:brackets/lines.txt/; s/dense: 64, reshape: \[4, 1, 16\]/dense: 216, reshape: [27, 1, 8]/
    s/source:/length: 8, lines: true, source:/' words.yaml >text.yaml
gan-train text.yaml --quiet --out text
gan-sample text/latest.gan -n 4 --quiet -o four.txt
[ "$(wc -l <four.txt)" -eq 4 ] || fail "samples are not lines"
gan-inspect text/latest.gan --evaluate --count 100 --quiet >out.txt
grep -q '^valid' out.txt && fail "text has no valid words"
grep -Eq 'against 30 held-out samples' out.txt || fail "the last tenth is not held out"

# An encoder beside it: what a latent lacks to draw tokens by goes with the sample's place.
gan-train words.yaml --quiet --out encoded --set 'encoder={kind: latents, layers: [flatten, dense: 4]}'
gan-inspect encoded/latest.gan --evaluate --count 400 --quiet >out.txt
grep -Eq '^distance \|x - G\(E\(x\)\)\| +[0-9.]+$' out.txt || fail "no distance: $(cat out.txt)"

# What is refused.
expect 2 'format png is for pictures' gan-sample text/latest.gan -o x.png
expect 2 'grid and --sweep are for pictures' gan-sample text/latest.gan --grid 2x2 -o x.txt
tr e v <lines.txt >other.txt
expect 4 'characters are not those' gan-inspect text/latest.gan --evaluate --data other.txt
expect 4 'characters are not those' gan-train text.yaml --out text --resume --data other.txt --steps 9
expect 4 'categorical\) passes no gradient on' \
    gan-train words.yaml --out x --set generator.layers.4=categorical
expect 4 'last layer must be categorical' \
    gan-train words.yaml --out x --set objective.gradient=reinforce
expect 2 'reinforce goes without objective.feature_matching' gan-train words.yaml --out x \
    --set objective.gradient=reinforce --set objective.feature_matching=1
small_recipe small.yaml
gan-train small.yaml --quiet --out plain --steps 2
expect 2 'samples are no text' gan-sample plain/latest.gan -o x.txt
[ ! -e x ] && [ ! -e x.txt ] && [ ! -e x.png ] || fail "a failed command left something"
