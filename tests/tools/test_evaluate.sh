#!/bin/sh
# gan-inspect --evaluate: what it says of trained models, in both forms, and what it refuses; the modes
# that gan-train writes and warns of.
. "$(dirname "$0")/lib.sh"

# ring8: the figures are those of the run's last metrics, which come from the same seeds.
small_recipe small.yaml
sed 's/^ema.*//' small.yaml >plain.yaml
gan-train plain.yaml --quiet --out run --sample-every 100
expect 0 '' gan-inspect --evaluate run/latest.gan
grep -q '^captured  *[0-8] of 8  *8 of 8$' out.txt || fail "no modes in: $(cat out.txt)"
grep -q '^samples  *2,500  *2,500$' out.txt || fail "not 2,500 samples: $(cat out.txt)"
cp out.txt first.txt
expect 0 '' gan-inspect --evaluate run/latest.gan
cmp -s first.txt out.txt || fail "a second evaluation says something else"
expect 0 '' gan-inspect --evaluate --json run/latest.gan
for key in high_quality reverse_kl; do
    logged=$(tail -n 1 run/metrics.jsonl | sed "s/.*\"$key\": \([^,}]*\).*/\1/")
    shown=$(sed -n "/\"generated\"/,/}/s/.*\"$key\": \([^,]*\),*/\1/p" out.txt)
    awk -v a="$logged" -v b="$shown" 'BEGIN { exit !(a == b || (a - b)^2 < 1e-12) }' ||
        fail "$key is $logged in metrics.jsonl and $shown in the evaluation"
done
expect 0 '' gan-inspect --evaluate -n 100 run/latest.gan
grep -q '^samples  *100  *100$' out.txt || fail "not 100 samples: $(cat out.txt)"
[ "$(grep -c '"modes"' run/metrics.jsonl)" -eq 2 ] || fail "not two lines with modes"

# A run that ends with less than half of the modes says so, once, unless it is to be quiet.
gan-train plain.yaml --out collapsed --steps 2 2>err.txt
[ "$(grep -c 'warning: mode collapse at step 2: 0 of 8 modes' err.txt)" -eq 1 ] ||
    fail "no warning of collapse: $(cat err.txt)"
expect 0 '' gan-train plain.yaml --quiet --out quiet --steps 2
for run in collapsed quiet; do
    [ "$(grep -c '"modes": 0, .*"collapsed": true}$' $run/metrics.jsonl)" -eq 1 ] ||
        fail "no collapse in: $(cat $run/metrics.jsonl)"
done
expect 0 '' gan-inspect --history --json quiet/latest.gan
grep -q '"collapsed": true' out.txt || fail "no collapse in: $(cat out.txt)"
expect 0 '' gan-inspect --history quiet/latest.gan

# One dimension.
sed 's/builtin:ring8/builtin:gauss1d/; s/dense: 2$/dense: 1/' plain.yaml >gauss.yaml
gan-train gauss.yaml --quiet --out gauss --steps 5
expect 0 '' gan-inspect --evaluate gauss/latest.gan
grep -q '^Jensen-Shannon  *[0-9.e-]*  *[0-9.e-]*  *[0-9.e-]*$' out.txt ||
    fail "no divergences in: $(cat out.txt)"
expect 0 '' gan-inspect --evaluate --json gauss/latest.gan
grep -q '"jensen_shannon": 0\.' out.txt || fail "no divergences in: $(cat out.txt)"

# Anything else: Parzen windows.
sed 's/builtin:ring8/builtin:swissroll/' plain.yaml >roll.yaml
gan-train roll.yaml --quiet --out roll --steps 5
expect 0 '' gan-inspect --evaluate -n 1000 roll/latest.gan
grep -q '^log-likelihood  *-*[0-9.]* +- [0-9.]*  *-*[0-9.]* +- [0-9.]*$' out.txt ||
    fail "no log-likelihood in: $(cat out.txt)"
expect 0 '' gan-inspect --evaluate -n 1000 --json roll/latest.gan
grep -q '"standard_error": ' out.txt || fail "no standard error in: $(cat out.txt)"

# What does not fit.
expect 2 'evaluate' gan-inspect --data builtin:ring8 run/latest.gan
expect 2 'evaluate' gan-inspect -n 5 run/latest.gan
expect 2 'takes 1 checkpoint' gan-inspect --evaluate
expect 4 'elements' gan-inspect --evaluate --data builtin:digits run/latest.gan
expect 4 'nowhere' gan-inspect --evaluate --data nowhere run/latest.gan
expect 4 'recipe' gan-inspect --evaluate "$source_folder/tests/golden/checkpoint-example.gan"
expect 3 'nonesuch' gan-inspect --evaluate --device nonesuch run/latest.gan
