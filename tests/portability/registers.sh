#!/bin/bash
# The table of registers in docs/portability.md: for each recipe how many of its kernels multiply
# (products and convolutions, of one lane), the most registers that one of them takes on an AMD and an
# NVIDIA GPU, and how many spill any there or on an Intel one.
#     tests/portability/registers.sh BUILD [RECIPE...]
# RECIPE is a file; default: all of models/. vendor-spills.sh fails where any spills; this only tells.
[ $# -gt 0 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
build=$(cd "$1" && pwd)
shift
. "$(dirname "$0")/common.sh"
[ $# -gt 0 ] || set -- "$source_folder"/models/*.yaml

kernels=$work/kernels told=$work/told
clang=$(command -v clang-15 || command -v clang)
flags="-x cl -cl-std=CL1.2 -nogpulib -Xclang -finclude-default-header -O2"
mkdir -p "$told"

# "REGISTERS SPILLS" of one source, for each target.
tell_amd() {
    $clang -target amdgcn-amd-amdhsa -mcpu=gfx90a $flags -Xclang -mlink-builtin-bitcode \
        -Xclang /usr/lib/clc/amdgcn--amdhsa.bc -Rpass-analysis=kernel-resource-usage -c "$1" \
        -o "$work/a.o" 2>&1 |
        awk '/ VGPRs: /{v=$(NF-1)} /GPRs Spill: /{s+=$(NF-1)} END{print v, s+0}'
}
tell_nvidia() {
    $clang -target nvptx64-unknown-nvidiacl -march=sm_86 $flags -Xclang -mlink-builtin-bitcode \
        -Xclang /usr/lib/clc/nvptx64--nvidiacl.bc -S "$1" -o "$work/a.ptx" 2>/dev/null
    ptxas -v -arch=sm_90 "$work/a.ptx" -o "$work/a.cubin" 2>&1 |
        awk '/Used/{for(i=1;i<NF;i++)if($i=="Used")r=$(i+1)} /spill/{for(i=1;i<NF;i++)if($(i+2)=="spill")s+=$i} END{print r, s+0}'
}
tell_intel() {
    local said
    said=$(ocloc compile -file "$1" -device dg2 -options -cl-std=CL1.2 -out_dir "$work/ocloc" 2>&1)
    grep -q 'Build succeeded' <<<"$said" && echo "0 $(grep -ci spill <<<"$said")" || echo "0 1"
}

echo "| recipe | kernels that multiply | registers, gfx90a | sm_90 | that spill: gfx90a, sm_90, dg2 |"
echo "|---|---|---|---|---|"
for recipe; do
    data=$(data_for "$recipe")
    rm -rf "$kernels"
    CLGAN_LANES=1 CLGAN_GEMM=tile CLGAN_DUMP_KERNELS=$kernels \
        "$build/tests/dump_kernels" "$recipe" "${data#--data }" >"$work/log" || cat "$work/log" >&2
    grep -lE 'kernel void gan_(gemm|convolution)\w*\(' "$kernels"/*.cl >"$work/files"
    while IFS= read -r file; do
        name=$told/$(basename "$file")
        [ -f "$name" ] || echo "$(tell_amd "$file") $(tell_nvidia "$file") $(tell_intel "$file")" >"$name"
        cat "$name"
    done <"$work/files" |
        awk -v recipe="$(basename "$recipe" .yaml)" '
            {if ($1 > a) a = $1; if ($3 > n) n = $3; as += $2 > 0; ns += $4 > 0; is += $6 > 0}
            END {printf "| %s | %d | %d | %d | %d, %d, %d |\n", recipe, NR, a, n, as, ns, is}'
done
