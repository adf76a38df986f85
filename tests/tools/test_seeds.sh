# tools/seeds: means and standard errors over seeds, runs that go on, and what it refuses.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 0; }
seeds=$source_folder/tools/seeds

small_recipe small.yaml
run() { "$seeds" small.yaml --gan-train "$tools/gan-train" --out runs --set log_every=20 \
    --set sample_every=20 "$@"; }

# One program trains what is missing; the second call trains nothing that is there.
run --seeds 1-3 --steps 40 --variant plain: --variant 'pair: objective.pack=2' --json found.json >table
[ "$(grep -c '^plain *40 ' table)" -eq 1 ] || fail "no line of plain: $(cat table)"
[ "$(grep -c '^pair *40 ' table)" -eq 1 ] || fail "no line of pair: $(cat table)"
cp runs/plain/seed-2/metrics.jsonl before
run --seeds 1-3 --steps 40 --variant plain: --variant 'pair: objective.pack=2' >again
cmp -s table again || fail "the second call says something else: $(cat again)"
cmp -s before runs/plain/seed-2/metrics.jsonl || fail "a run that was done was trained again"

# More steps go on from where a run was, as if it had never stopped.
run --seeds 2 --steps 60 --variant plain: >/dev/null
head -n 2 runs/plain/seed-2/metrics.jsonl | cmp -s - before || fail "the run began anew"
[ "$(wc -l <runs/plain/seed-2/metrics.jsonl)" -eq 3 ] || fail "the run did not go on"

# The figures are those of metrics.jsonl: 1, 2 and 6 have the mean 3 and the standard error
# sqrt(7 / 3) = 1.5275; one that is null is left out and counted.
for seed in 1 2 3; do
    mkdir -p made/hand/seed-$seed
    value=$(echo 1 2 6 | cut -d' ' -f$seed)
    other=$([ $seed -eq 2 ] && echo null || echo 0.5)
    lost=$([ $value -lt 4 ] && echo true || echo false)
    echo "{\"step\": 10, \"modes\": $value, \"reverse_kl\": $other, \"collapsed\": $lost}" \
        >made/hand/seed-$seed/metrics.jsonl
done
"$seeds" small.yaml --report --out made --seeds 1-3 --variant hand: --figures modes,reverse_kl >table
grep -q '^hand *10 *3 +- 1\.53 *0\.5 +- 0 (of 2) *1 2 6$' table || fail "other figures: $(cat table)"

# What is true counts as 1: of the runs above two thirds collapsed, with the error sqrt((1 / 3) / 3).
"$seeds" small.yaml --report --out made --seeds 1-3 --variant hand: --figures collapsed >table
grep -q '^hand *10 *0\.6667 +- 0\.333 *1 1 0$' table || fail "other shares: $(cat table)"

expect 1 'not every|each seed once' "$seeds" small.yaml --report --seeds 1,1
expect 1 'KEY=VALUE' "$seeds" small.yaml --report --variant 'bad: objective'
