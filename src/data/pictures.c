// Pictures as samples: read, decoded and scaled when they are asked for.
#include "base/file.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/pictures_private.h"

#include <string.h>

// A set whose samples take no more than this is decoded once and kept.
#define CACHE_BYTES ((uint64_t)256 << 20)

enum { CACHE_ABSENT, CACHE_BEING_WRITTEN, CACHE_THERE };

static size_t sample_bytes(const gan_pictures *pictures) {
    return pictures->form.channels * pictures->form.height * pictures->form.width;
}

static gan_status create_cache(gan_pictures *pictures) {
    void *cache, *cached;
    if (pictures->count > CACHE_BYTES / sample_bytes(pictures)) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc_large(pictures->count * sample_bytes(pictures), &cache));
    pictures->cache = cache;
    GAN_TRY(gan__alloc(pictures->count, sizeof *pictures->cached, &cached));
    pictures->cached = cached;
    return GAN_STATUS_OK;
}

gan_status gan__pictures_open(const char *folder, const gan_dataset_options *options,
                              gan_pictures **out) {
    void *block;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_pictures *pictures = block;
    pictures->options = options;
    gan_status status = gan__string_copy(folder, &pictures->folder);
    if (status == GAN_STATUS_OK) status = gan__pictures_scan(pictures);
    if (status == GAN_STATUS_OK) status = create_cache(pictures);
    pictures->options = NULL;
    if (status == GAN_STATUS_OK)
        *out = pictures;
    else
        gan__pictures_destroy(pictures);
    return status;
}

void gan__pictures_destroy(gan_pictures *pictures) {
    if (!pictures) return;
    gan__folder_list_free(pictures->classes, pictures->class_count);
    gan__text_destroy(&pictures->paths);
    gan__free(pictures->folder);
    gan__free(pictures->files);
    gan__free(pictures->cache);
    gan__free(pictures->cached);
    gan__free(pictures);
}

uint64_t gan__pictures_count(const gan_pictures *pictures) {
    return pictures->count;
}

uint64_t gan__pictures_skipped(const gan_pictures *pictures) {
    return pictures->skipped;
}

const gan_bitmap_form *gan__pictures_form(const gan_pictures *pictures) {
    return &pictures->form;
}

uint32_t gan__pictures_label(const gan_pictures *pictures, uint64_t index) {
    return pictures->files[index].label;
}

char **gan__pictures_take_classes(gan_pictures *pictures, uint32_t *count) {
    char **classes = pictures->classes;
    *count = pictures->class_count;
    pictures->classes = NULL;
    pictures->class_count = 0;
    return classes;
}

gan_status gan__pictures_path(const gan_pictures *pictures, size_t index, gan_text *out) {
    gan__text_append(out, "%s/%s", pictures->folder,
                     pictures->paths.bytes + pictures->files[index].path);
    return gan__text_status(out);
}

static gan_status decode_file(const char *path, const gan_bitmap_form *form, uint8_t *sample) {
    uint8_t *bytes;
    size_t length;
    gan_bitmap bitmap = {0};
    GAN_TRY(gan__file_read(path, GAN_FILE_BYTES_MAX, &bytes, &length));
    gan_status status = gan__bitmap_decode(bytes, length, &bitmap);
    gan__free(bytes);
    if (status == GAN_STATUS_OK) status = gan__bitmap_fit_into(&bitmap, form, sample);
    gan__bitmap_destroy(&bitmap);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", path);
}

gan_status gan__pictures_decode(const gan_pictures *pictures, size_t index, uint8_t *sample) {
    gan_text path = {0};
    gan_status status = gan__pictures_path(pictures, index, &path);
    if (status == GAN_STATUS_OK)
        status = decode_file(gan__text_string(&path), &pictures->form, sample);
    gan__text_destroy(&path);
    return status;
}

// The first thread that has a sample puts it down; whoever else has it too keeps it to itself.
static void remember(gan_pictures *pictures, uint64_t index, const uint8_t *sample) {
    unsigned char absent = CACHE_ABSENT;
    if (!pictures->cached ||
        !atomic_compare_exchange_strong(&pictures->cached[index], &absent, CACHE_BEING_WRITTEN))
        return;
    memcpy(pictures->cache + index * sample_bytes(pictures), sample, sample_bytes(pictures));
    atomic_store(&pictures->cached[index], CACHE_THERE);
}

gan_status gan__pictures_read(gan_pictures *pictures, uint64_t index, uint8_t *sample) {
    if (pictures->cached && atomic_load(&pictures->cached[index]) == CACHE_THERE) {
        memcpy(sample, pictures->cache + index * sample_bytes(pictures), sample_bytes(pictures));
        return GAN_STATUS_OK;
    }
    GAN_TRY(gan__pictures_decode(pictures, (size_t)index, sample));
    remember(pictures, index, sample);
    return GAN_STATUS_OK;
}
