// IDX, the format of MNIST (http://yann.lecun.com/exdb/mnist/): two zero bytes, the element type,
// the rank, one big-endian 32-bit size an axis, then the elements, big-endian, row-major. Labels
// are a second IDX file beside the images.
#include "base/bytes.h"
#include "data/formats.h"

#include <stdio.h>
#include <string.h>

#define IDX_RANK_MAX 4

static bool idx_element(uint8_t code, gan_element *out) {
    static const struct {
        uint8_t code;
        gan_element element;
    } codes[] = {
        {0x08, GAN_ELEMENT_U8},  {0x09, GAN_ELEMENT_I8},  {0x0B, GAN_ELEMENT_I16},
        {0x0C, GAN_ELEMENT_I32}, {0x0D, GAN_ELEMENT_F32}, {0x0E, GAN_ELEMENT_F64},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i)
        if (codes[i].code == code) {
            *out = codes[i].element;
            return true;
        }
    return false;
}

static uint64_t read_size(const uint8_t *bytes) {
    return gan__get_word(bytes, 4, true);
}

bool gan__idx_fits(const uint8_t *bytes, size_t length) {
    gan_element element;
    if (length < 4 || bytes[0] || bytes[1] || !idx_element(bytes[2], &element)) return false;
    size_t rank = bytes[3];
    if (rank < 1 || rank > IDX_RANK_MAX || length < 4 + 4 * rank) return false;
    uint64_t left = (length - 4 - 4 * rank) / gan__element_bytes(element);
    uint64_t count = 1;
    for (size_t i = 0; i < rank; ++i) {
        uint64_t size = read_size(bytes + 4 + 4 * i);
        if (size && count > left / size) return false;
        count *= size;
    }
    return 4 + 4 * rank + count * gan__element_bytes(element) == length;
}

gan_status gan__idx_parse(const gan_file *file, gan_array *out) {
    const uint8_t *bytes = file->bytes;
    if (file->length < 4 || bytes[0] || bytes[1])
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte 0: IDX begins with two zero bytes, type and rank; this does not",
                         file->path);
    *out = (gan_array){.big_endian = true, .rank = bytes[3]};
    if (!idx_element(bytes[2], &out->element))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte 2: 0x%02x is no element type of IDX (0x08 uint8, 0x0d float32, "
                         "...)",
                         file->path, bytes[2]);
    if (out->rank < 1 || out->rank > IDX_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte 3: %d axes; 1 to %d can be read: (count, ...), at most (count, "
                         "channels, height, width)",
                         file->path, out->rank, IDX_RANK_MAX);
    out->offset = 4 + 4 * (uint64_t)out->rank;
    if (file->length < out->offset)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "%s: cut short: the sizes of %d axes should end at byte %d, but the "
                         "content ends at byte %zu; fetch the file again",
                         file->path, out->rank, (int)out->offset, file->length);
    for (int i = 0; i < out->rank; ++i) out->size[i] = read_size(bytes + 4 + 4 * i);
    return gan__array_check(file->path, file->length, out);
}

// A name that says "labels" where another says "images": the wrong one of the two was given.
static bool named_labels(const char *path) {
    const char *slash = strrchr(path, '/');
    return strstr(slash ? slash : path, "labels") != NULL;
}

gan_status gan__idx_load(gan_file *file, gan_dataset *dataset) {
    gan_array array;
    GAN_TRY(gan__idx_parse(file, &array));
    if (array.rank == 1 && named_labels(file->path))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s holds labels; give the file with the images, labels are found beside "
                         "it",
                         file->path);
    snprintf(dataset->info.kind, sizeof dataset->info.kind, "IDX");
    GAN_TRY(gan__dataset_take_samples(dataset, file, &array, false));
    return gan__dataset_find_labels(dataset, file->path, gan__idx_parse);
}
