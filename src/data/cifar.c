// CIFAR-10's binary version (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label
// byte and 32 x 32 red, green and blue planes, with no header at all. Other sets use the same
// records.
#include "base/memory.h"
#include "data/formats.h"

#include <stdio.h>
#include <string.h>

#define PIXELS  (3 * 32 * 32)
#define RECORD  (1 + PIXELS)
#define CLASSES 10

bool gan__cifar_fits(const uint8_t *bytes, size_t length) {
    if (length == 0 || length % RECORD) return false;
    for (size_t at = 0; at < length; at += RECORD)
        if (bytes[at] >= CLASSES) return false;
    return true;
}

static gan_status check(const gan_file *file) {
    if (file->length == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s: the set is empty; give a file with samples",
                         file->path);
    if (file->length % RECORD)
        return gan__fail(
            GAN_STATUS_CORRUPT,
            "%s: cut short: CIFAR-10 records are %d bytes, but the last, from byte %zu "
            "on, has %zu; fetch the file again",
            file->path, RECORD, file->length - file->length % RECORD, file->length % RECORD);
    for (size_t at = 0; at < file->length; at += RECORD)
        if (file->bytes[at] >= CLASSES)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: byte %zu: the label of record %zu is %d; CIFAR-10's are 0 to %d",
                             file->path, at, at / RECORD, file->bytes[at], CLASSES - 1);
    return GAN_STATUS_OK;
}

static gan_status grow(gan_dataset *dataset, size_t count) {
    void *block = dataset->storage;
    GAN_TRY(gan__realloc(count, PIXELS, &block));
    dataset->storage = block;
    dataset->samples = block;
    block = dataset->labels;
    GAN_TRY(gan__realloc(count, sizeof *dataset->labels, &block));
    dataset->labels = block;
    return GAN_STATUS_OK;
}

gan_status gan__cifar_append(const gan_file *file, gan_dataset *dataset) {
    GAN_TRY(check(file));
    gan_dataset_info *info = &dataset->info;
    size_t before = (size_t)info->count;
    size_t records = file->length / RECORD;
    GAN_TRY(grow(dataset, before + records));
    snprintf(info->kind, sizeof info->kind, "CIFAR-10 binary");
    info->type = GAN_SAMPLE_TYPE_U8;
    info->rank = 3;
    info->size[0] = 3;
    info->size[1] = info->size[2] = 32;
    info->count = before + records;
    for (size_t i = 0; i < records; ++i) {
        const uint8_t *record = file->bytes + i * RECORD;
        memcpy(dataset->storage + (before + i) * PIXELS, record + 1, PIXELS);
        dataset->labels[before + i] = record[0];
        if (record[0] >= info->classes) info->classes = record[0] + UINT32_C(1);
    }
    gan__dataset_measure(dataset);
    return GAN_STATUS_OK;
}
