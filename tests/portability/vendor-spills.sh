# Registers of the hot kernels (products and convolutions) on GPUs: what AMD's and NVIDIA's compilers
# say they had to spill to memory. None may. Takes the kernels that vendor-compilers.sh left in
# BUILD/portability/kernels/1, so run that first; Intel's ocloc reports spills only by warning of them.
build=$1
. "$(dirname "$0")/common.sh"

kernels=$build/portability/kernels/1
clang=$(command -v clang-15 || command -v clang || true)
flags="-x cl -cl-std=CL1.2 -nogpulib -Xclang -finclude-default-header -O2"
amd=/usr/lib/clc/amdgcn--amdhsa.bc
nvidia=/usr/lib/clc/nvptx64--nvidiacl.bc

# A kernel's spills on stdout, as "NUMBER what"; without libclc's functions every call would count.
spills_amd() {
    $clang -target amdgcn-amd-amdhsa -mcpu="$1" $flags -Xclang -mlink-builtin-bitcode \
        -Xclang $amd -Rpass-analysis=kernel-resource-usage -c "$2" -o "$work/a.o" 2>&1 |
        sed -n 's/.*remark: *\([SV]GPRs Spill\): \([0-9]*\).*/\2 \1/p; s/.*error: /1 &/p'
}
spills_nvidia() {
    $clang -target nvptx64-unknown-nvidiacl -march=sm_86 $flags -Xclang -mlink-builtin-bitcode \
        -Xclang $nvidia -S "$2" -o "$work/a.ptx" 2>/dev/null &&
        ptxas -v -arch="$1" "$work/a.ptx" -o "$work/a.cubin" 2>&1 |
        sed -n 's/.* \([0-9]*\) bytes spill stores, \([0-9]*\) bytes spill loads.*/\1 stores\n\2 loads/p'
}
spills_intel() {
    local said
    said=$(ocloc compile -file "$2" -device "$1" -options -cl-std=CL1.2 -out_dir "$work/ocloc" 2>&1)
    grep -q 'Build succeeded' <<<"$said" && echo "$(grep -ci spill <<<"$said") warnings of spills"
}

# report NAME FUNCTION DEVICE: over all kernels that multiply.
report() {
    local name=$1 count=0 bad=() file found
    while IFS= read -r file; do
        count=$((count + 1))
        found=$("$2" "$3" "$file")
        if [ -z "$found" ] || grep -q '^[1-9]' <<<"$found"; then
            bad+=("$(basename "$file")")
            echo "$name: $file: ${found:-does not compile}" >&2
        fi
    done < <(grep -lE 'kernel void gan_(gemm|convolution)\w*\(' "$kernels"/*.cl 2>/dev/null)
    if [ $count -eq 0 ]; then
        skip "spills/$name" "no kernels; run vendor-compilers.sh first"
    elif [ ${#bad[@]} -eq 0 ]; then
        pass "spills/$name (none in $count kernels)"
    else
        fail "spills/$name" "${#bad[@]} of $count kernels, see portability/spills.log"
    fi
}

for chip in gfx906 gfx90a; do
    if [ -n "$clang" ] && [ -f $amd ]; then
        report "amdgcn/$chip" spills_amd $chip
    else
        skip "spills/amdgcn/$chip" "no clang or no libclc here"
    fi
done
if [ -n "$clang" ] && [ -f $nvidia ] && has ptxas; then
    report ptxas/sm_90 spills_nvidia sm_90
else
    skip spills/ptxas/sm_90 "no ptxas, clang or libclc here"
fi
if has ocloc; then report ocloc/dg2 spills_intel dg2; else skip spills/ocloc "no ocloc here"; fi
