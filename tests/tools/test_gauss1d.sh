#!/bin/sh
# models/gauss1d.yaml, figure 1 of Goodfellow et al. 2014: at its end D is within 0.05 of its optimum,
# and about 1/2, wherever both densities matter. Over seeds 1 to 10 the distance was 0.012 to 0.028 and
# D from 0.48 to 0.51 (docs/figure-1.md).
. "$(dirname "$0")/lib.sh"
gan-train "$source_folder/models/gauss1d.yaml" --quiet --out run --sample-every 0
tail -n 1 run/metrics.jsonl >end.txt
# figure KEY: the last step's.
figure() { sed -n "s/.*\"$1\": \([^,}]*\).*/\1/p" end.txt; }
grep -q '"step": 6000,' end.txt || fail "the run ended early: $(cat end.txt)"
awk -v distance="$(figure optimum_distance)" -v lowest="$(figure d_lowest)" \
    -v highest="$(figure d_highest)" 'BEGIN {
        exit !(distance > 0 && distance < 0.05 && lowest > 0.45 && highest > 0 && highest < 0.55)
    }' || fail "D is not the optimum's: $(cat end.txt)"
