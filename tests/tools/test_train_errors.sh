#!/bin/sh
# Bad input to gan-train: one message and the exit code of the contract, and nothing lost.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml

# The command line.
expect 2 'RECIPE' gan-train
expect 2 'an empty word' gan-train ''
expect 2 'profile has no effect with --dry-run' gan-train small.yaml --dry-run --profile
expect 2 'steps' gan-train small.yaml --stepz 5
expect 2 'steps' gan-train small.yaml --steps many
expect 2 'optimizer\.generator\.lr' gan-train small.yaml --set optimizer.generator.lrr=1e-3
expect 2 'lr' gan-train small.yaml --set optimizer.generator.lr=-1

# Recipes.
expect 4 'absent\.yaml' gan-train absent.yaml
sed 's/^batch:/bacth:/' small.yaml >typo.yaml
expect 4 'typo\.yaml:3: .*bacth.*batch' gan-train typo.yaml
sed 's/  - dense: 2$/  - dense: 3/' small.yaml >shapes.yaml
expect 4 'shapes\.yaml:.*generator' gan-train shapes.yaml
sed 's/^steps: 200/steps: [1, /' small.yaml >syntax.yaml
expect 4 'syntax\.yaml:' gan-train syntax.yaml
sed 's/builtin:ring8/builtin:ring9/' small.yaml >source.yaml
expect 4 'ring9.*ring8' gan-train source.yaml

# Data.
printf '\000\000\010\003\000\000\000\012\000\000\000\034\000\000\000\034' >short-images-idx3-ubyte
expect 4 'short-images-idx3-ubyte' gan-train small.yaml --data short-images-idx3-ubyte
expect 4 'nowhere' gan-train small.yaml --data nowhere
mkdir empty
expect 4 'empty' gan-train small.yaml --data empty

# Devices.
expect 3 'nonesuch' gan-train small.yaml --device nonesuch
expect 3 'OpenCL' env OCL_ICD_VENDORS="$work/empty" OCL_ICD_FILENAMES= gan-train small.yaml
# A device of 1 GiB, which PoCL pretends to be.
expect 3 'bytes|GiB|MiB' env POCL_MEMORY_LIMIT=1 gan-train small.yaml -q --out large --batch 20000 \
    --set generator.layers.0.dense=10000
[ ! -e large ] || [ ! -e large/metrics.jsonl ] || fail "a run that does not fit wrote metrics"

# Outputs. Root may write anywhere, so a file stands where the folder should be.
: >occupied
expect 5 'occupied' gan-train small.yaml -q --out occupied/run --steps 2
if [ -c /dev/full ]; then
    got=0
    gan-train small.yaml --dry-run >/dev/full 2>err.txt || got=$?
    [ "$got" -eq 5 ] || fail "a full disk gave exit $got"
    grep -q 'stdout cannot be written' err.txt || fail "it does not say where: $(cat err.txt)"
fi
gan-train small.yaml --quiet --out used --steps 10
cp used/latest.gan before.gan
expect 5 '--resume' gan-train small.yaml --out used --steps 20
expect 4 'used/latest.gan: a checkpoint, where a recipe is wanted; .*--resume' gan-train used/latest.gan
cmp -s used/latest.gan before.gan || fail "a refused run changed the folder"

# Resuming.
expect 4 'no whole checkpoint' gan-train small.yaml -q --out fresh --resume
sed 's/- dense: 24/- dense: 25/' small.yaml >other.yaml
expect 4 'generator' gan-train other.yaml -q --out used --resume
head -c 500 used/latest.gan >cut.gan
expect 4 'cut\.gan' gan-train small.yaml -q --out other --resume cut.gan

# Where no step is left it says so, and leaves the run as it is.
gan-train small.yaml --out used --resume --steps 5 2>err.txt
grep -q 'no step is left: the run is at 10 of 5' err.txt || fail "it does not say: $(cat err.txt)"
[ "$(gan-inspect --json used/latest.gan | grep -c '"step": 10,')" -eq 1 ] || fail "another step"

# Divergence: exit 6, and the checkpoint before it is kept whole.
expect 6 'diverged' gan-train small.yaml --quiet --out wild --set log_every=5 --set save_every=1 \
    --set objective.generator_cost=maximum-likelihood --set optimizer.discriminator.lr=5
gan-inspect --verify wild/latest.gan >/dev/null
expect 6 "wilder holds no checkpoint" gan-train small.yaml --quiet --out wilder --set log_every=5 \
    --set objective.generator_cost=maximum-likelihood --set optimizer.discriminator.lr=5 --set save_every=0
