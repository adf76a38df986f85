#!/bin/sh
# report.html: what a run writes for people to look at, and that nothing in it asks for a network.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml

# shows FILE STATE STEP PICTURES: the page's own figures.
shows() {
    grep -q "\"state\":\"$2\"" "$1" || fail "$1 does not say that the run is $2"
    grep -q "\"state\":\"$2\",\"step\":$3," "$1" || fail "$1 is not of step $3"
    found=$(grep -o '"png":"iVBOR' "$1" | wc -l)
    [ "$found" -eq "$4" ] || fail "$1 holds $found pictures, not $4"
}

gan-train small.yaml --quiet --out run --steps 100 --sample-every 25
shows run/report.html finished 100 4
grep -q 'Content-Security-Policy" content="default-src .none.; img-src data:;' run/report.html ||
    fail "a browser may load things for report.html"
if grep -Eq '(src|href)="?(https?:)?//' run/report.html; then fail "report.html names an address"; fi

# Resumed: what is before the checkpoint stays, what was beyond it is gone.
expect 0 '' gan-train small.yaml --quiet --out run --resume --steps 150 --sample-every 25
shows run/report.html finished 150 6
[ "$(grep -o '"d_loss":' run/report.html | wc -l)" -ge 3 ] || fail "the curves before were lost"

# More pictures than a page holds: the first, the last and as evenly as possible between.
expect 0 '' gan-train small.yaml --quiet --out many --steps 120 --sample-every 1 --log-every 1
shows many/report.html finished 120 48
for step in 1 120; do
    grep -q "\"step\":$step,\"png\"" many/report.html || fail "the picture of step $step is missing"
done

# TensorBoard's file holds the same figures, and after a resume nothing twice.
expect 0 '' gan-train small.yaml --quiet --out board --steps 100 --sample-every 50 --tensorboard
expect 0 '' gan-train small.yaml --quiet --out board --resume --steps 150 --sample-every 50 --tensorboard
for tag in d_loss g_loss images_per_s; do
    found=$(grep -ao "$tag" board/events.out.tfevents.clgan | wc -l)
    [ "$found" -eq "$(wc -l <board/metrics.jsonl)" ] || fail "$tag stands there $found times"
done
[ "$(grep -ao 'IHDR' board/events.out.tfevents.clgan | wc -l)" -eq 3 ] || fail "not every picture is there"
