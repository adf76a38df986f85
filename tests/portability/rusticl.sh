# The device tests of the runtime and the graph on Mesa's rusticl over llvmpipe: another compiler,
# another driver, and the code for GPUs (llvmpipe runs a work-item a lane).
build=$1
. "$(dirname "$0")/common.sh"
export RUSTICL_ENABLE=llvmpipe CLGAN_DEVICE=rusticl

if ! has_rusticl; then
    skip rusticl "no rusticl with llvmpipe here (mesa-opencl-icd)"
    exit 0
fi
for test in "$build"/tests/runtime_test_* "$build"/tests/graph_test_device_*; do
    [ -x "$test" ] || continue
    name=rusticl/$(basename "$test")
    limited 600 "$test"
    code=$?
    case $code in
    0) pass "$name" ;;
    124) fail "$name" "not done in 600 s" ;;
    *) fail "$name" "exit code $code, see portability/rusticl.log" ;;
    esac
done
