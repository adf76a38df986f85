#!/bin/sh
# Bit-exact: twice the same command, and interrupted and resumed, give the same bits of weights.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml

# Waits until the process $victim has written something to FILE.
await() {
    while [ ! -s "$1" ]; do
        kill -0 "$victim" 2>/dev/null || fail "training ended before it wrote $1"
        sleep 0.02
    done
}

gan-train small.yaml --quiet --out straight
gan-train small.yaml --quiet --out again
expect 0 '' gan-inspect --diff straight/latest.gan again/latest.gan

# Killed without warning somewhere after step 120, gone on from what is on disk.
gan-train small.yaml --quiet --out killed --save-every 40 --steps 100000 &
victim=$!
await killed/checkpoint-00000120.gan
kill -9 "$victim"
wait "$victim" || true
gan-inspect --verify killed/latest.gan >/dev/null
mkdir resumed
cp killed/checkpoint-00000120.gan killed/recipe.yaml killed/metrics.jsonl resumed/
expect 0 '' gan-train small.yaml --quiet --out resumed --resume --steps 200 --set save_every=0
expect 0 '' gan-inspect --diff straight/latest.gan resumed/latest.gan
[ "$(wc -l <resumed/metrics.jsonl)" -eq 4 ] || fail "metrics.jsonl holds other lines than 50 to 200"

# A whole checkpoint is found though the newest is damaged.
head -c 1000 straight/latest.gan >resumed/latest.gan.cut
mv resumed/latest.gan.cut resumed/latest.gan
expect 0 '' gan-train small.yaml --quiet --out resumed --resume --steps 220 --set save_every=0
expect 1 '' gan-inspect --diff straight/latest.gan resumed/latest.gan

# Taken up again from an earlier step, a run keeps what it saves from there on; what it had saved beyond
# stays until it comes by.
gan-train small.yaml --quiet --out early --steps 100 --set save_every=0
gan-train small.yaml --quiet --out late --save-every 20 --keep 2
expect 0 '' gan-train small.yaml --quiet --out late --resume early/checkpoint-00000100.gan --steps 160 \
    --set save_every=20 --set keep=2
[ "$(cd late && echo checkpoint-*.gan)" = "checkpoint-00000140.gan checkpoint-00000160.gan \
checkpoint-00000180.gan checkpoint-00000200.gan" ] || fail "kept: $(cd late && echo checkpoint-*.gan)"

# Interrupted on request: saved first, and the right exit codes.
for signal in INT:130 TERM:143; do
    gan-train small.yaml --quiet --out "stopped-$signal" --steps 16000000 2>err.txt &
    victim=$!
    await "stopped-$signal/metrics.jsonl"
    kill -"${signal%:*}" "$victim"
    got=0
    wait "$victim" || got=$?
    [ "$got" -eq "${signal#*:}" ] || fail "SIG${signal%:*} gave exit $got: $(cat err.txt)"
    gan-inspect --verify "stopped-$signal/latest.gan" >/dev/null
done

# SIGUSR1 saves and goes on.
gan-train small.yaml --quiet --out saved --steps 16000000 &
victim=$!
await saved/metrics.jsonl
kill -USR1 "$victim"
await saved/latest.gan
kill -9 "$victim"
wait "$victim" || true
