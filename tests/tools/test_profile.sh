#!/bin/sh
# gan-train --profile: every kernel that ran, by time, with its rates and its share of the device's
# limits, and which limits these are.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml

expect 0 '' gan-train small.yaml --quiet --steps 20 --out run --profile
head -1 out.txt | grep -Eq '^program +launch +engine +runs +ms each +share % +GFLOP/s +GB/s +limit %$' ||
    fail "other columns: $(head -1 out.txt)"
rows=$(grep -Ec ' (kernel|tile|clblast) +[0-9]+( +[0-9.]+){5}$' out.txt)
[ "$rows" -gt 10 ] || fail "$rows kernels: $(cat out.txt)"
grep -Eq '^limit %: .* [0-9.]+ GFLOP/s of multiply-adds and [0-9.]+ GB/s' out.txt || fail "no limits"
grep -E 'step .* (kernel|tile|clblast) ' out.txt | awk '{ share = $(NF - 3)
    if (NR > 1 && share > last) exit 1
    last = share }' || fail "kernels are not sorted by time"
