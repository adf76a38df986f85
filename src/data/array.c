// Arrays in files: sizes checked against the file that claims them, elements read one at a time in
// either byte order. No file format is known here.
#include "data/array.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    uint8_t bytes;
    bool is_signed;
} elements[GAN_ELEMENT_COUNT] = {
    [GAN_ELEMENT_U8] = {"uint8", 1, false},   [GAN_ELEMENT_I8] = {"int8", 1, true},
    [GAN_ELEMENT_U16] = {"uint16", 2, false}, [GAN_ELEMENT_I16] = {"int16", 2, true},
    [GAN_ELEMENT_U32] = {"uint32", 4, false}, [GAN_ELEMENT_I32] = {"int32", 4, true},
    [GAN_ELEMENT_U64] = {"uint64", 8, false}, [GAN_ELEMENT_I64] = {"int64", 8, true},
    [GAN_ELEMENT_F32] = {"float32", 4, true}, [GAN_ELEMENT_F64] = {"float64", 8, true},
};

const char *gan__element_name(gan_element element) {
    return elements[element].name;
}

size_t gan__element_bytes(gan_element element) {
    return elements[element].bytes;
}

void gan__array_shape(const gan_array *array, char *text, size_t size) {
    size_t at = 0;
    text[0] = 0;
    for (int i = 0; i < array->rank && at < size; ++i) {
        int written = snprintf(text + at, size - at, "%s%" PRIu64, i ? " x " : "", array->size[i]);
        if (written < 0) return;
        at += (size_t)written;
    }
}

gan_status gan__array_check(const char *path, uint64_t file_length, gan_array *array) {
    char shape[192];
    gan__array_shape(array, shape, sizeof shape);
    array->count = 1;
    bool absurd = false;
    for (int i = 0; i < array->rank; ++i) {
        if (array->size[i] == 0)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: the set is empty (its shape is %s); give a file with samples",
                             path, shape);
        absurd = absurd || array->count > (UINT64_MAX >> 4) / array->size[i];
        array->count = absurd ? 0 : array->count * array->size[i];
    }
    if (absurd)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "%s: the header, before byte %" PRIu64
                         ", claims %s elements, more than any file holds; it is damaged: fetch or "
                         "write the file again",
                         path, array->offset, shape);
    uint64_t expected = array->count * gan__element_bytes(array->element);
    uint64_t present = file_length - array->offset;
    if (present == expected) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT,
                     "%s: %s: %s of %s from byte %" PRIu64 " on should end at byte %" PRIu64
                     ", but the content ends at byte %" PRIu64 "; fetch or write the file again",
                     path, present < expected ? "cut short" : "bytes left over", shape,
                     gan__element_name(array->element), array->offset, array->offset + expected,
                     file_length);
}

double gan__array_value(const gan_array *array, const uint8_t *bytes, uint64_t index) {
    size_t length = gan__element_bytes(array->element);
    uint64_t word = gan__get_word(bytes + index * length, length, array->big_endian);
    if (array->element == GAN_ELEMENT_F64) {
        double value;
        memcpy(&value, &word, sizeof value);
        return value;
    }
    if (array->element == GAN_ELEMENT_F32) {
        uint32_t half = (uint32_t)word;
        float value;
        memcpy(&value, &half, sizeof value);
        return (double)value;
    }
    if (!elements[array->element].is_signed) return (double)word;
    unsigned unused = 64 - 8 * (unsigned)length;
    uint64_t sign = UINT64_C(1) << (8 * length - 1);
    uint64_t magnitude = word & sign ? (~word + 1) << unused >> unused : word;
    return word & sign ? -(double)magnitude : (double)magnitude;
}
