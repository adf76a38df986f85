// Opening a data set, reading it in shuffled order, and its statistics. What is in which bytes is
// the formats' matter (formats.h), which samples exist by formula is builtin.c's.
#include "data/dataset.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/philox.h"
#include "data/formats.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

// Stands for the training seed where an endless set must have samples of its own: those that
// gan__dataset_sample numbers. No one trains with it by accident.
#define STORED_SEED UINT64_C(0x636c67616e73746f)
// How many samples of an endless set its means are taken over.
#define MEANS_SAMPLES 8192

gan_status gan__file_open(const char *path, gan_file *out) {
    *out = (gan_file){.path = path};
    return gan__file_read_gzip(path, GAN_FILE_BYTES_MAX, &out->bytes, &out->length);
}

void gan__file_close(gan_file *file) {
    gan__free(file->bytes);
    file->bytes = NULL;
}

static gan_status load_cifar(gan_file *first, char **paths, size_t count, gan_dataset *dataset) {
    GAN_TRY(gan__cifar_append(first, dataset));
    gan__file_close(first);
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 1; i < count && status == GAN_STATUS_OK; ++i) {
        gan_file file;
        status = gan__file_open(paths[i], &file);
        if (status == GAN_STATUS_OK) status = gan__cifar_append(&file, dataset);
        gan__file_close(&file);
    }
    return status;
}

static gan_status load_first(gan_file *file, char **paths, size_t count,
                             const gan_dataset_options *options, gan_dataset *dataset) {
    gan_source_kind kind = gan__source_look(file->bytes, file->length, true);
    if (kind == GAN_SOURCE_KIND_IDX) return gan__idx_load(file, dataset);
    if (kind == GAN_SOURCE_KIND_NPY) return gan__npy_load(file, dataset);
    if (kind == GAN_SOURCE_KIND_NPZ) return gan__npz_load(file, dataset);
    // A damaged file of records has no other mark than its name; its loader can say what is wrong.
    if (kind == GAN_SOURCE_KIND_CIFAR || strstr(file->path, ".bin"))
        return load_cifar(file, paths, count, dataset);
    if (file->length == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s: the file is empty; known kinds are %s",
                         file->path, GAN_SOURCE_KNOWN);
    if (kind == GAN_SOURCE_KIND_UNKNOWN && gan__text_meant(file->path, options))
        return gan__text_load(file, options, dataset);
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s: byte 0: not a data set (known kinds are %s): this is %s", file->path,
                     GAN_SOURCE_KNOWN, gan__source_advice(kind));
}

static gan_status load(char **paths, size_t count, const gan_dataset_options *options,
                       gan_dataset *dataset) {
    gan_file file;
    GAN_TRY(gan__file_open(paths[0], &file));
    gan_status status = load_first(&file, paths, count, options, dataset);
    gan__file_close(&file);
    if (status == GAN_STATUS_OK && !dataset->vocabulary) gan__dataset_store(dataset, paths[0]);
    return status;
}

static gan_status load_folder(const char *folder, const gan_dataset_options *options,
                              gan_dataset *dataset) {
    char **paths;
    size_t count;
    GAN_TRY(gan__source_pick(folder, &paths, &count));
    if (count == 0) return gan__pictures_load(folder, options, dataset);
    gan_status status = load(paths, count, options, dataset);
    gan__folder_list_free(paths, count);
    return status;
}

bool gan__dataset_is_builtin(const char *source) {
    return strncmp(source, GAN_BUILTIN_PREFIX, strlen(GAN_BUILTIN_PREFIX)) == 0;
}

static gan_status fill(const char *source, const gan_dataset_options *options,
                       gan_dataset *dataset) {
    if (gan__dataset_is_builtin(source))
        return gan__builtin_open(source + strlen(GAN_BUILTIN_PREFIX), dataset);
    if (gan__file_is_folder(source)) return load_folder(source, options, dataset);
    char *path = (char *)(uintptr_t)source; // only read: load takes the paths of a folder too
    return load(&path, 1, options, dataset);
}

static gan_status check_text(const gan_dataset *dataset, const gan_dataset_options *options) {
    if ((options->length == 0 && !options->lines) || dataset->tokens) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "its samples are no text (%s), so they cannot be cut to characters or lines",
                     dataset->info.kind);
}

gan_status gan__dataset_open_as(const char *source, const gan_dataset_options *options,
                                gan_dataset **out) {
    static const gan_dataset_options defaults = {0};
    void *block;
    *out = NULL;
    if (!options) options = &defaults;
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_status status = fill(source, options, block);
    if (status == GAN_STATUS_OK) {
        status = check_text(block, options);
        if (status == GAN_STATUS_OK) status = gan__dataset_reform(block, options);
        if (status == GAN_STATUS_OK) status = gan__dataset_stack(block, options);
        if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", source);
    }
    if (status == GAN_STATUS_OK)
        *out = block;
    else
        gan__dataset_close(block);
    return status;
}

gan_status gan__dataset_open(const char *source, gan_dataset **out) {
    return gan__dataset_open_as(source, NULL, out);
}

void gan__dataset_close(gan_dataset *dataset) {
    if (!dataset) return;
    gan__pictures_destroy(dataset->pictures);
    if (dataset->filed) close(dataset->file);
    gan__free(dataset->storage);
    gan__free(dataset->labels);
    gan__free(dataset->tokens);
    gan__vocabulary_destroy(dataset->vocabulary);
    if (dataset->class_names) gan__folder_list_free(dataset->class_names, dataset->info.classes);
    gan__free(dataset);
}

gan_status gan__dataset_limit(gan_dataset *dataset, uint64_t start, uint64_t count) {
    gan_dataset_info *info = &dataset->info;
    uint64_t present = info->endless ? UINT64_MAX - dataset->start : info->count;
    if (count == 0 || start > present || count > present - start)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "the data set (%s) has %" PRIu64 " samples; %" PRIu64
                         " from number %" PRIu64 " on cannot be taken",
                         info->kind, present, count, start);
    dataset->start += start;
    info->count = count;
    info->endless = false;
    return GAN_STATUS_OK;
}

const gan_dataset_info *gan__dataset_info(const gan_dataset *dataset) {
    return &dataset->info;
}

const char *gan__dataset_class_name(const gan_dataset *dataset, uint32_t index) {
    const bool named = dataset->class_names != NULL && index < dataset->info.classes;
    return named ? dataset->class_names[index] : NULL;
}

const gan_vocabulary *gan__dataset_vocabulary(const gan_dataset *dataset) {
    return dataset->vocabulary;
}

gan_language *gan__dataset_language(const gan_dataset *dataset) {
    return dataset->builtin ? gan__builtin_language(dataset->builtin) : NULL;
}

// The stored bytes of sample `index`, in `room` where they do not lie in memory anyway.
static gan_status find_stored(const gan_dataset *dataset, uint64_t seed, uint64_t index,
                              uint8_t *room, uint32_t *label, const uint8_t **stored) {
    *stored = room;
    if (dataset->builtin) {
        gan__builtin_draw(dataset->builtin, seed, index, room, label);
        return GAN_STATUS_OK;
    }
    if (label) *label = dataset->labels ? dataset->labels[index] : 0;
    if (dataset->filed) return gan__dataset_stored(dataset, index, room);
    *stored = dataset->samples + index * dataset->stored_bytes;
    return GAN_STATUS_OK;
}

static gan_status fetch_reformed(const gan_dataset *dataset, uint64_t seed, uint64_t index,
                                 uint8_t *sample, uint32_t *label) {
    void *room = NULL;
    const uint8_t *stored = NULL;
    if (!dataset->samples) GAN_TRY(gan__alloc(1, dataset->stored_bytes, &room));
    gan_status status = find_stored(dataset, seed, index, room, label, &stored);
    if (status == GAN_STATUS_OK) status = gan__dataset_reform_sample(dataset, stored, sample);
    gan__free(room);
    return status;
}

// Sample `index` of the set's own; the label may be unwanted (NULL).
static gan_status fetch_own(const gan_dataset *dataset, uint64_t seed, uint64_t index, void *sample,
                            uint32_t *label) {
    if (dataset->pictures) {
        if (label) *label = gan__pictures_label(dataset->pictures, index);
        return gan__pictures_read(dataset->pictures, index, sample);
    }
    if (dataset->vocabulary) {
        if (label) *label = 0;
        gan__text_fetch(dataset, seed, index, sample);
        return GAN_STATUS_OK;
    }
    if (dataset->reforms) return fetch_reformed(dataset, seed, index, sample, label);
    const uint8_t *stored = NULL;
    GAN_TRY(find_stored(dataset, seed, index, sample, label, &stored));
    if (stored != sample) memcpy(sample, stored, dataset->stored_bytes);
    return GAN_STATUS_OK;
}

static gan_status fetch_stack(const gan_dataset *dataset, uint64_t seed, uint64_t index,
                              uint8_t *sample, uint32_t *label) {
    uint32_t number = 0;
    for (uint32_t i = 0; i < dataset->stack; ++i, sample += dataset->layer_bytes) {
        uint32_t digit = 0;
        GAN_TRY(fetch_own(dataset, seed, gan__dataset_layer(dataset, index, i), sample, &digit));
        number = number * dataset->layer_classes + digit;
    }
    if (label) *label = number;
    return GAN_STATUS_OK;
}

// Sample `index` of the window.
static gan_status fetch(const gan_dataset *dataset, uint64_t seed, uint64_t index, void *sample,
                        uint32_t *label) {
    index += dataset->start;
    if (dataset->stack > 0) return fetch_stack(dataset, seed, index, sample, label);
    return fetch_own(dataset, seed, index, sample, label);
}

gan_status gan__dataset_read(const gan_dataset *dataset, uint64_t seed, uint64_t position,
                             size_t count, void *samples, uint32_t *labels) {
    const gan_dataset_info *info = &dataset->info;
    uint8_t *sample = samples;
    for (size_t i = 0; i < count; ++i, sample += dataset->sample_bytes) {
        uint64_t at = position + i;
        uint64_t index = at;
        if (!info->endless)
            index = gan__philox_permute(seed, GAN_STREAM_SHUFFLE, at / info->count,
                                        at % info->count, info->count);
        GAN_TRY(fetch(dataset, info->endless ? seed : STORED_SEED, index, sample,
                      labels ? labels + i : NULL));
        gan__dataset_mirror(dataset, seed, at, sample);
    }
    return GAN_STATUS_OK;
}

gan_status gan__dataset_sample(const gan_dataset *dataset, uint64_t index, void *sample,
                               uint32_t *label) {
    const gan_dataset_info *info = &dataset->info;
    if (!info->endless && index >= info->count)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "the data set (%s) has %" PRIu64 " samples; there is no number %" PRIu64,
                         info->kind, info->count, index);
    return fetch(dataset, STORED_SEED, index, sample, label);
}

static void add_sample(const gan_dataset *dataset, const uint8_t *sample, double *sums) {
    for (size_t i = 0; i < dataset->elements; ++i) {
        float value;
        if (dataset->info.type == GAN_SAMPLE_TYPE_U8)
            value = sample[i];
        else
            memcpy(&value, sample + i * sizeof value, sizeof value);
        sums[i] += (double)value;
    }
}

gan_status gan__dataset_means(const gan_dataset *dataset, double *means) {
    uint64_t count = dataset->info.endless ? MEANS_SAMPLES : dataset->info.count;
    void *sample;
    GAN_TRY(gan__alloc(1, dataset->sample_bytes, &sample));
    memset(means, 0, dataset->elements * sizeof *means);
    gan_status status = GAN_STATUS_OK;
    for (uint64_t i = 0; i < count && status == GAN_STATUS_OK; ++i) {
        status = fetch(dataset, STORED_SEED, i, sample, NULL);
        if (status == GAN_STATUS_OK) add_sample(dataset, sample, means);
    }
    gan__free(sample);
    for (size_t i = 0; i < dataset->elements; ++i) means[i] /= (double)count;
    return status;
}

const char *gan__dataset_builtins(void) {
    return gan__builtin_names();
}

size_t gan__dataset_modes(const gan_dataset *dataset, const double **centres, double *deviation) {
    *centres = NULL;
    *deviation = 0;
    return dataset->builtin ? gan__builtin_modes(dataset->builtin, centres, deviation) : 0;
}
