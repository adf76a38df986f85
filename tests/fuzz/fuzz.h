// Fuzz targets: one file a reader, each with libFuzzer's one function, which gives the reader any
// bytes and aborts where it does not keep what it promises. README.md says how they are run.
#ifndef GAN_TESTS_FUZZ_H
#define GAN_TESTS_FUZZ_H

#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libFuzzer's name for it. Returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

// The bytes as a regular file; its path lasts until the process ends, its content until the next
// call.
const char *fuzz_file(const uint8_t *bytes, size_t length);

// The same file, empty: its content is what is written to *descriptor, which stays the callee's.
const char *fuzz_file_empty(int *descriptor);

// Aborts, with the reason, where `held` is false.
void fuzz_insist(bool held, const char *what);

// What a reader may answer to any bytes at all: OK, or that the input is bad, with one message of
// one line without control bytes. Returns whether it was OK; aborts on anything else.
bool fuzz_judge(gan_status status);

// Sets what checksums and lengths of the format do not fit the bytes, so that mutated bytes get
// past them; only mutate.c calls it, and a target is linked with one of seal_*.c or none.
void fuzz_seal(uint8_t *bytes, size_t length);

#endif
