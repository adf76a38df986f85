// NumPy's .npy as a data set: what base/npy.h reads of the header, of the element types and orders
// that samples and labels may have.
#include "base/npy.h"

#include "data/formats.h"

#include <stdio.h>
#include <string.h>

_Static_assert(GAN_ARRAY_RANK_MAX >= (int)GAN_NPY_RANK_MAX, "an array holds every header's shape");

static gan_status find_element(const gan_npy_header *header, gan_element *out) {
    static const struct {
        char type[3];
        gan_element element;
    } types[] = {
        {"u1", GAN_ELEMENT_U8},  {"i1", GAN_ELEMENT_I8},  {"u2", GAN_ELEMENT_U16},
        {"i2", GAN_ELEMENT_I16}, {"u4", GAN_ELEMENT_U32}, {"i4", GAN_ELEMENT_I32},
        {"u8", GAN_ELEMENT_U64}, {"i8", GAN_ELEMENT_I64}, {"f4", GAN_ELEMENT_F32},
        {"f8", GAN_ELEMENT_F64},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; ++i)
        if (strcmp(header->type, types[i].type) == 0) {
            *out = types[i].element;
            return GAN_STATUS_OK;
        }
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "byte %zu: elements of type '%c%s' cannot be read; use numpy.uint8 or "
                     "numpy.float32, and any whole number for labels",
                     header->type_at, header->order, header->type);
}

static gan_status parse(const gan_file *file, gan_array *out) {
    gan_npy_header header;
    GAN_TRY(gan__npy_header_parse(file->bytes, file->length, &header));
    *out =
        (gan_array){.big_endian = header.order == '>', .rank = header.rank, .offset = header.data};
    GAN_TRY(find_element(&header, &out->element));
    if (header.columns_first)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: the array is in Fortran order, which cannot be read; save "
                         "numpy.ascontiguousarray(array) instead",
                         header.order_at);
    if (header.rank == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: the array is a single number (shape ()); save an array of "
                         "samples",
                         header.size_at);
    for (int i = 0; i < header.rank; ++i) out->size[i] = (uint64_t)header.size[i];
    return GAN_STATUS_OK;
}

gan_status gan__npy_parse(const gan_file *file, gan_array *out) {
    gan_status status = parse(file, out);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", file->path);
    return gan__array_check(file->path, file->length, out);
}

gan_status gan__npy_load(gan_file *file, gan_dataset *dataset) {
    gan_array array;
    GAN_TRY(gan__npy_parse(file, &array));
    snprintf(dataset->info.kind, sizeof dataset->info.kind, "NPY");
    GAN_TRY(gan__dataset_take_samples(dataset, file, &array, true));
    return gan__dataset_find_labels(dataset, file->path, gan__npy_parse);
}
