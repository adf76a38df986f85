// A folder of pictures as a data set: which folder is meant, and what the set says of itself.
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/formats.h"

#include <stdio.h>
#include <string.h>

static const char *const training_names[] = {"train", "training", NULL};
static const char *const test_names[] = {"test", "val", "valid", "validation", NULL};

// The first folder of these names in `parent` (`length` bytes of it); NULL where there is none.
static gan_status find_folder(const char *parent, size_t length, const char *const *names,
                              char **out) {
    gan_status status = GAN_STATUS_OK;
    *out = NULL;
    for (size_t i = 0; names[i] && !*out && status == GAN_STATUS_OK; ++i) {
        gan_text path = {0};
        gan__text_append(&path, "%.*s%s%s", (int)length, parent, length ? "/" : "", names[i]);
        status = gan__text_status(&path);
        if (status == GAN_STATUS_OK && gan__file_is_folder(path.bytes))
            status = gan__string_copy(path.bytes, out);
        gan__text_destroy(&path);
    }
    return status;
}

gan_status gan__source_pictures(const char *folder, char **out) {
    GAN_TRY(find_folder(folder, strlen(folder), training_names, out));
    return *out ? GAN_STATUS_OK : gan__string_copy(folder, out);
}

static bool is_training_name(const char *name, size_t length) {
    for (size_t i = 0; training_names[i]; ++i)
        if (strlen(training_names[i]) == length && strncmp(name, training_names[i], length) == 0)
            return true;
    return false;
}

gan_status gan__source_test_pictures(const char *folder, char **out) {
    char *training;
    size_t end = strlen(folder), begin;
    *out = NULL;
    GAN_TRY(find_folder(folder, end, training_names, &training));
    const bool within = training != NULL;
    gan__free(training);
    if (within) return find_folder(folder, end, test_names, out);
    while (end > 0 && folder[end - 1] == '/') end--;
    for (begin = end; begin > 0 && folder[begin - 1] != '/';) begin--;
    if (!is_training_name(folder + begin, end - begin)) return GAN_STATUS_OK;
    while (begin > 1 && folder[begin - 1] == '/') begin--;
    return find_folder(folder, begin, test_names, out);
}

static void describe(gan_dataset *dataset) {
    gan_pictures *pictures = dataset->pictures;
    const gan_bitmap_form *form = gan__pictures_form(pictures);
    gan_dataset_info *info = &dataset->info;
    snprintf(info->kind, sizeof info->kind, "PNG and JPEG");
    info->type = GAN_SAMPLE_TYPE_U8;
    info->rank = 3;
    info->size[0] = (int64_t)form->channels;
    info->size[1] = (int64_t)form->height;
    info->size[2] = (int64_t)form->width;
    info->count = gan__pictures_count(pictures);
    info->skipped = gan__pictures_skipped(pictures);
    info->slow = true;
    dataset->class_names = gan__pictures_take_classes(pictures, &info->classes);
    gan__dataset_measure(dataset);
}

gan_status gan__pictures_load(const char *folder, const gan_dataset_options *options,
                              gan_dataset *dataset) {
    char *meant;
    GAN_TRY(gan__source_pictures(folder, &meant));
    gan_status status = gan__pictures_open(meant, options, &dataset->pictures);
    gan__free(meant);
    if (status == GAN_STATUS_OK) describe(dataset);
    return status;
}
