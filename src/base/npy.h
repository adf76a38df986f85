// The header of NumPy's .npy arrays (numpy.lib.format, versions 1 to 3): a magic, a version, a
// length, and a Python dictionary literal that says what the elements behind it are. What can be
// done with such elements is the caller's matter; no element is touched here.
#ifndef GAN_BASE_NPY_H
#define GAN_BASE_NPY_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { GAN_NPY_RANK_MAX = 8 };

typedef struct gan_npy_header {
    char type[62];      // without the byte order: "f4", "u1", "S12", "M8[ns]"
    char order;         // as written: '<', '>', '|' (none) or '='
    bool columns_first; // Fortran's order
    int rank;           // 0 for a single number or string
    int64_t size[GAN_NPY_RANK_MAX];
    size_t data;                       // where the elements begin
    size_t type_at, order_at, size_at; // where the three were found, for messages
} gan_npy_header;

// Reads the header that the `length` bytes begin with. It claims nothing about the bytes behind it:
// sizes are not negative, but their product may be absurd. Messages name the byte; put the file's
// name before them (gan__fail_in). Errors: BAD_INPUT (no .npy, structured elements), BAD_VERSION,
// CORRUPT.
gan_status gan__npy_header_parse(const uint8_t *bytes, size_t length, gan_npy_header *out);

// Appends the header that numpy.save writes, to the byte: version 1.0, little-endian, rows first, a
// multiple of 64 bytes long. `type` is without the byte order; rank is at most GAN_NPY_RANK_MAX.
void gan__npy_header_print(const char *type, int rank, const int64_t *size, gan_text *out);

#endif
