# A short training of ring8, its layers narrowed, under Oclgrind, which looks for invalid API calls,
# accesses out of bounds and data races; with a buffer for each tensor (CLGAN_ARENA=off), since in an
# arena one tensor's overrun is another's memory. Once with the code for CPUs and once with that for
# GPUs. Oclgrind's exit code stays 0 whatever it finds: its log must be empty.
# (Not --uninitialized: Oclgrind 21.10 does not know LLVM's freeze instruction there, and stops.)
build=$1
. "$(dirname "$0")/common.sh"

if ! has oclgrind; then
    skip oclgrind "no oclgrind here"
    exit 0
fi
sed -E 's/units: 400/units: 24/; s/units: 200/units: 12/' "$source_folder/models/ring8.yaml" \
    >"$work/ring8.yaml"
for lanes in 16 1; do
    name=oclgrind/lanes-$lanes
    log=$build/portability/oclgrind-lanes-$lanes.log
    rm -f "$log"
    CLGAN_ARENA=off CLGAN_LANES=$lanes CLGAN_GEMM=tile CLGAN_DEVICE=oclgrind \
        limited 900 oclgrind --check-api --data-races --log "$log" "$build/gan-train" \
        "$work/ring8.yaml" --steps 3 --batch 20 --quiet --out "$work/run-$lanes"
    code=$?
    if [ $code -ne 0 ]; then
        fail "$name" "gan-train ended with code $code, see portability/oclgrind.log"
    elif [ -s "$log" ]; then
        fail "$name" "$(grep -m 1 . "$log"), see $(basename "$log")"
    else
        pass "$name"
    fi
done
