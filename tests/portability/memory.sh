#!/usr/bin/env bash
# Whether each recipe takes the device memory that is printed before it starts, to the byte: two steps
# of each, with pictures and a checkpoint, counted by tests/gan/test_device_memory.c at OpenCL's door.
#   tests/portability/memory.sh BUILD [RECIPE...]     (all of models/: some minutes; lines as run's)
set -u
build=$(cd "$1" && pwd)
shift
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ $# -gt 0 ] || set -- "$source_folder"/models/*.yaml
recipes=()
for recipe in "$@"; do recipes+=("$(realpath -- "$recipe")"); done
cd "$work" || exit 1
failures=0
for recipe in "${recipes[@]}"; do
    data=$(data_for "$recipe")
    if "$build/tests/gan_test_device_memory" "$recipe" "${data#--data }" >"$work/log" 2>&1; then
        pass "memory of $(basename "$recipe")"
    else
        fail "memory of $(basename "$recipe")" "$(grep -m 1 ERROR "$work/log")"
        failures=$((failures + 1))
    fi
done
exit "$((failures > 0))"
