// The header of one .npy member (numpy.lib.format, versions 1 to 3).
#ifndef GAN_CONVERT_NPY_H
#define GAN_CONVERT_NPY_H

#include "base/text.h"
#include "clgan/checkpoint.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_npy_header {
    char type[16]; // without the byte order: "f4", "S12", "U3"
    bool big_endian;
    bool columns_first; // Fortran's order
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX];
    size_t data; // where the elements begin
} gan_npy_header;

// Errors: CORRUPT, BAD_INPUT (structured types, more than 8 sizes).
gan_status gan__npy_parse_header(const uint8_t *bytes, size_t length, gan_npy_header *out);

// Version 1.0, little-endian, rows first, padded to 64 bytes. `type` is without the byte order.
void gan__npy_print_header(const char *type, int rank, const int64_t *size, gan_text *out);

#endif
