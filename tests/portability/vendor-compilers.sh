# Every kernel that the shipped recipes generate, given to compilers of hardware that is not here:
# Intel's ocloc, clang for AMD's and NVIDIA's GPUs (and ptxas behind it), and SPIR. Kernels are those
# that a run of each recipe builds (dump_kernels.c): the code for GPUs (one lane) goes to all
# compilers, the code for CPUs (16 lanes) to SPIR. Recipes without data of their own take built-in
# digits.
build=$1
. "$(dirname "$0")/common.sh"

clang=$(command -v clang-15 || command -v clang || true)
# A warning would stand on the stderr of whoever trains: PoCL prints them.
common_flags="-x cl -cl-std=CL1.2 -Xclang -finclude-default-header -O2 -Werror"
libclc=/usr/lib/clc/nvptx64--nvidiacl.bc
kernels=$build/portability/kernels
rm -rf "$kernels"

# dump LANES: what all recipes build, into $kernels/LANES.
dump() {
    local lanes=$1 recipe arguments=() data
    for recipe in "$source_folder"/models/*.yaml; do
        data=$(data_for "$recipe")
        arguments+=("$recipe" "${data#--data }")
    done
    CLGAN_LANES=$lanes CLGAN_GEMM=tile CLGAN_DUMP_KERNELS=$kernels/$lanes \
        timeout 600 "$build/tests/dump_kernels" "${arguments[@]}" |
        sed "s,^\([a-z]*\) .*/\([^/:]*\).yaml,\1 kernels/\2-lanes-$lanes,"
    local code=${PIPESTATUS[0]}
    [ "$code" -lt 100 ] || fail "kernels/lanes-$lanes" "dump_kernels ended with code $code"
}

# each NAME LANES COMMAND...: runs COMMAND FILE on every kernel, two at a time.
each() {
    local name=$1 lanes=$2 files bad
    shift 2
    files=$(find "$kernels/$lanes" -name '*.cl' 2>/dev/null | wc -l)
    if [ "$files" -eq 0 ]; then
        fail "$name" "no kernels to compile"
        return
    fi
    export -f "$1"
    bad=$(find "$kernels/$lanes" -name '*.cl' -print0 | sort -z |
        xargs -0 -n 1 -P 2 bash -c 'log=$('"$*"' "$0" 2>&1) || printf "%s\n%s\n" "$0" "$log"')
    if [ -z "$bad" ]; then
        pass "$name ($files kernels)"
    else
        echo "$name: $bad" >&2
        fail "$name" "$(grep -c '^/.*\.cl$' <<<"$bad") of $files kernels, see portability/vendor-compilers.log"
    fi
}

compile_ocloc() {
    ocloc compile -q -file "$2" -device "$1" -options -cl-std=CL1.2 -out_dir "$OUT/ocloc-$1"
}
compile_amd() {
    $CLANG -target amdgcn-amd-amdhsa -mcpu="$1" -nogpulib $FLAGS -c "$2" -o "$OUT/amd-$$.o"
}
compile_nvidia() {
    $CLANG -target nvptx64-nvidia-nvcl -march="$1" -nogpulib $FLAGS -S "$2" -o "$OUT/nv-$$.ptx"
}
compile_spir() {
    $CLANG -target spir64 $FLAGS -emit-llvm -c "$2" -o "$OUT/spir-$$.bc"
}
# With libclc's functions linked, so that what ptxas gets is whole.
compile_ptxas() {
    $CLANG -target nvptx64-unknown-nvidiacl -march=sm_86 -nogpulib $FLAGS -S "$2" \
        -Xclang -mlink-builtin-bitcode -Xclang "$LIBCLC" -o "$OUT/ptx-$$.ptx" &&
        ptxas -arch="$1" "$OUT/ptx-$$.ptx" -o "$OUT/ptx-$$.cubin"
}
export CLANG=$clang FLAGS=$common_flags LIBCLC=$libclc OUT=$work

dump 16
if has_rusticl; then # which compiles the code for GPUs fastest
    (export RUSTICL_ENABLE=llvmpipe CLGAN_DEVICE=rusticl && dump 1)
else
    dump 1
fi

for device in skl tgllp dg2 pvc; do
    if has ocloc; then
        each "ocloc/$device" 1 compile_ocloc "$device"
    else
        skip "ocloc/$device" "no ocloc here (intel-opencl-icd)"
    fi
done
if [ -z "$clang" ]; then
    skip "clang" "no clang here"
    exit 0
fi
for chip in gfx906 gfx90a gfx1030 gfx1100; do each "amdgcn/$chip" 1 compile_amd "$chip"; done
for chip in sm_70 sm_86; do each "nvptx64/$chip" 1 compile_nvidia "$chip"; done
each "spir64/lanes-1" 1 compile_spir -
each "spir64/lanes-16" 16 compile_spir -
if has ptxas && [ -f "$libclc" ]; then
    each "ptxas/sm_90" 1 compile_ptxas sm_90
else
    skip "ptxas/sm_90" "no ptxas or no libclc here"
fi
