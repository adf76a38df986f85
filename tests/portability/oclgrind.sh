# Short trainings of ring8 and of mnist-dcgan (for convolutions' own kernels), their layers narrowed,
# under Oclgrind, which looks for invalid API calls,
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
sed -E 's/channels: 128/channels: 6/; s/channels: 64/channels: 5/; s/dense: \{units: 6272/dense: {units: 294/
    s/\[128, 7, 7\]/[6, 7, 7]/' "$source_folder/models/mnist-dcgan.yaml" >"$work/mnist-dcgan.yaml"

# check RECIPE LANES OPTION...: trains it.
check() {
    local recipe=$1 lanes=$2 name=oclgrind/$1-lanes-$2 log=$build/portability/oclgrind-$1-lanes-$2.log
    shift 2
    rm -f "$log"
    CLGAN_ARENA=off CLGAN_LANES=$lanes CLGAN_GEMM=tile CLGAN_CONVOLUTION=native \
        CLGAN_DEVICE=oclgrind limited 900 oclgrind --check-api --data-races --log "$log" \
        "$build/gan-train" "$work/$recipe.yaml" "$@" --quiet --out "$work/$recipe-$lanes"
    code=$?
    if [ $code -ne 0 ]; then
        fail "$name" "gan-train ended with code $code, see portability/oclgrind.log"
    elif [ -s "$log" ]; then
        fail "$name" "$(grep -m 1 . "$log"), see $(basename "$log")"
    else
        pass "$name"
    fi
}
for lanes in 16 1; do
    check ring8 $lanes --steps 3 --batch 20
done
# With one lane the check of convolutions on first use alone takes Oclgrind minutes: that code is left
# to rusticl and the compilers.
check mnist-dcgan 16 --steps 1 --batch 4 --data builtin:digits
