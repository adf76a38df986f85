// An n-dimensional array as it lies in a file: element type, byte order, shape. What the parsers of
// IDX and NPY hand over, and the one place that turns stored elements into samples and labels.
#ifndef GAN_DATA_ARRAY_H
#define GAN_DATA_ARRAY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAN_ARRAY_RANK_MAX 8

typedef enum gan_element {
    GAN_ELEMENT_U8,
    GAN_ELEMENT_I8,
    GAN_ELEMENT_U16,
    GAN_ELEMENT_I16,
    GAN_ELEMENT_U32,
    GAN_ELEMENT_I32,
    GAN_ELEMENT_U64,
    GAN_ELEMENT_I64,
    GAN_ELEMENT_F32,
    GAN_ELEMENT_F64,
    GAN_ELEMENT_COUNT,
} gan_element;

typedef struct gan_array {
    gan_element element;
    bool big_endian;
    int rank;
    uint64_t size[GAN_ARRAY_RANK_MAX];
    uint64_t count;  // of elements
    uint64_t offset; // of the first element in its file
} gan_array;

const char *gan__element_name(gan_element element); // "uint8", ...
size_t gan__element_bytes(gan_element element);

// Fills in array->count and checks that the elements, from array->offset on, end exactly where the
// file does. Errors: BAD_INPUT (empty, absurd), CORRUPT (cut short, or bytes left over).
gan_status gan__array_check(const char *path, uint64_t file_length, gan_array *array);

// Element `index` of the array that begins at `elements`.
double gan__array_value(const gan_array *array, const uint8_t *elements, uint64_t index);

// "60000 x 28 x 28" into `text`.
void gan__array_shape(const gan_array *array, char *text, size_t size);

#endif
