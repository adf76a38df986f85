// Files of other programs: .safetensors, .npz and .pt, whose format is found by their content.
#include "foreign.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    fuzz_convert(fuzz_file(bytes, length));
    return 0;
}
