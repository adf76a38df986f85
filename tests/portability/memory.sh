#!/usr/bin/env bash
# Whether each recipe takes the device memory that is printed before it starts, to the byte: two steps
# of each, with pictures and a checkpoint, counted by tests/gan/test_device_memory.c at OpenCL's door.
#   tests/portability/memory.sh BUILD [RECIPE...]     (models/*.yaml: six minutes; lines as run's)
# By itself it takes one recipe of each kind of memory: penalties, attention, tokens, classes, stacks.
set -u
build=$(cd "$1" && pwd)
shift
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
models=$source_folder/models
[ $# -gt 0 ] || set -- "$models"/{dcgan-64,wgan-gp,text-wgan-gp,mnist-semisup,stacked-mnist}.yaml
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
