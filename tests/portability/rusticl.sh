# On Mesa's rusticl over llvmpipe, that is with another compiler, another driver and the code for
# GPUs (llvmpipe runs a work-item a lane): the tests of the runtime, the graph's tests on devices,
# and ten training steps of three networks.
build=$1
. "$(dirname "$0")/common.sh"

if ! has_rusticl; then
    skip rusticl "no rusticl with llvmpipe here (mesa-opencl-icd)"
    exit 0
fi
export RUSTICL_ENABLE=llvmpipe CLGAN_DEVICE=rusticl
# Tests that take every device there is shall find no other.
for icd in /etc/OpenCL/vendors/rusticl*.icd; do
    [ -f "$icd" ] || continue
    mkdir -p "$work/vendors"
    cp "$icd" "$work/vendors"
    export OCL_ICD_VENDORS=$work/vendors OPENCL_VENDOR_PATH=$work/vendors
done

for test in "$build"/tests/runtime_test_* "$build"/tests/graph_test_device_* \
    "$build/tests/nn_test_training"; do
    [ -x "$test" ] || continue
    case $test in *_limits | *_tuner) continue ;; esac # they measure speed, which is none here
    name=rusticl/$(basename "$test")
    limited 600 "$test"
    code=$?
    case $code in
    0) pass "$name" ;;
    124) fail "$name" "not done in 600 s" ;;
    *) fail "$name" "exit code $code, see portability/rusticl.log" ;;
    esac
done
