// NumPy's .npz as a data set: which member of the archive holds the samples, and which the labels.
#include "base/text.h"
#include "base/zip.h"
#include "data/formats.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX       ".npy"
#define SUFFIX_BYTES (sizeof SUFFIX - 1)

#define LABEL_NAMES 4
// Names under which samples are found, best first, and those of the labels that go with them.
static const struct {
    const char *samples;
    const char *labels[LABEL_NAMES];
} names[] = {
    {"x_train", {"y_train", "labels_train"}},
    {"X_train", {"y_train", "Y_train"}},
    {"train_images", {"train_labels"}},
    {"images", {"labels", "y"}},
    {"x", {"y", "labels"}},
    {"X", {"y", "Y", "labels"}},
    {"data", {"labels", "target", "y"}},
    {"arr_0", {"labels", "y"}},
};
#define NAMES (sizeof names / sizeof *names)

// The length of an array's name, without its suffix; 0 for what is no array.
static size_t array_name(const gan_zip_member *member) {
    size_t length = member->name_length;
    bool array = length > SUFFIX_BYTES &&
                 memcmp(member->name + length - SUFFIX_BYTES, SUFFIX, SUFFIX_BYTES) == 0;
    return array ? length - SUFFIX_BYTES : 0;
}

static const gan_zip_member *find_array(const gan_zip *zip, const char *name) {
    for (size_t i = 0; name && i < zip->count; ++i) {
        const gan_zip_member *member = &zip->members[i];
        size_t length = array_name(member);
        if (length == strlen(name) && memcmp(member->name, name, length) == 0) return member;
    }
    return NULL;
}

// By the names above; else the only array there is.
static gan_status choose(const gan_file *file, const gan_zip *zip, const gan_zip_member **samples,
                         const gan_zip_member **labels) {
    size_t arrays = 0;
    gan_text found = {0};
    *samples = *labels = NULL;
    for (size_t row = 0; row < NAMES && !*samples; ++row) {
        *samples = find_array(zip, names[row].samples);
        for (size_t i = 0; *samples && i < LABEL_NAMES && !*labels; ++i)
            *labels = find_array(zip, names[row].labels[i]);
    }
    if (*samples) return GAN_STATUS_OK;
    for (size_t i = 0; i < zip->count; ++i) {
        size_t length = array_name(&zip->members[i]);
        if (length == 0) continue;
        *samples = &zip->members[i];
        gan__text_append(&found, "%s%.*s", arrays++ ? ", " : "", (int)length, (*samples)->name);
    }
    gan_status status = gan__text_status(&found);
    if (status == GAN_STATUS_OK && arrays != 1)
        status = gan__fail(GAN_STATUS_BAD_INPUT,
                           "%s: which array holds the samples? It should be called x, images, "
                           "x_train or train_images (labels: y, labels, ...); there is: %s",
                           file->path, arrays ? gan__text_string(&found) : "no array at all");
    gan__text_destroy(&found);
    return status;
}

// Extracts and parses one member, which messages call `path`, and hands it to the data set.
static gan_status take_member(const gan_zip *zip, const gan_zip_member *member, const char *path,
                              bool samples, gan_dataset *dataset) {
    gan_file file = {.path = path, .length = member->length};
    gan_array array;
    gan_status status = gan__zip_extract(zip, member, &file.bytes);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", path);
    status = gan__npy_parse(&file, &array);
    if (status == GAN_STATUS_OK)
        status = samples ? gan__dataset_take_samples(dataset, &file, &array, true)
                         : gan__dataset_take_labels(dataset, &file, &array);
    gan__file_close(&file);
    return status;
}

static gan_status load_member(const gan_file *file, const gan_zip *zip,
                              const gan_zip_member *member, bool samples, gan_dataset *dataset) {
    gan_text path = {0};
    gan__text_append(&path, "%s: %.*s", file->path, (int)member->name_length, member->name);
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK)
        status = take_member(zip, member, gan__text_string(&path), samples, dataset);
    gan__text_destroy(&path);
    return status;
}

gan_status gan__npz_load(gan_file *file, gan_dataset *dataset) {
    gan_zip zip;
    const gan_zip_member *samples, *labels;
    snprintf(dataset->info.kind, sizeof dataset->info.kind, "NPZ");
    gan_status status = gan__zip_open(file->bytes, file->length, &zip);
    if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", file->path);
    if (status == GAN_STATUS_OK) status = choose(file, &zip, &samples, &labels);
    if (status == GAN_STATUS_OK) status = load_member(file, &zip, samples, true, dataset);
    if (status == GAN_STATUS_OK && labels) status = load_member(file, &zip, labels, false, dataset);
    gan__zip_close(&zip);
    return status;
}
