// libFuzzer's own mutations, after most of which the input's checksums are made right again
// (fuzz_seal): a format with checksums would else be fuzzed no deeper than these.
#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t longest);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t longest, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t longest, unsigned seed) {
    const size_t mutated = LLVMFuzzerMutate(bytes, length, longest);
    if (seed % 8 != 0) fuzz_seal(bytes, mutated);
    return mutated;
}
