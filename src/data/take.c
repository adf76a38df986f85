// From an array in a file to the samples or the labels of a data set: the rules on shapes, element
// types and values, the same for every format.
#include "base/memory.h"
#include "data/formats.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

void gan__dataset_measure(gan_dataset *dataset) {
    const gan_dataset_info *info = &dataset->info;
    dataset->elements = 1;
    for (int i = 0; i < info->rank; ++i) dataset->elements *= (size_t)info->size[i];
    dataset->sample_bytes = dataset->elements * (info->type == GAN_SAMPLE_TYPE_U8 ? 1 : 4);
}

static bool is_channels(uint64_t size) {
    return size == 1 || size == 3 || size == 4;
}

static bool has_channels_last(const gan_array *array) {
    return array->rank == 4 && is_channels(array->size[3]) && !is_channels(array->size[1]);
}

static gan_status describe(gan_dataset_info *info, const gan_file *file, const gan_array *array,
                           bool channels_last) {
    char shape[192];
    gan__array_shape(array, shape, sizeof shape);
    if (array->element != GAN_ELEMENT_U8 && array->element != GAN_ELEMENT_F32 &&
        array->element != GAN_ELEMENT_F64)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: samples of %s; they can be uint8 (0 to 255), float32 or float64: "
                         "convert them when writing the file",
                         file->path, gan__element_name(array->element));
    if (array->rank < 1 || array->rank > 4)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: %d axes (%s); samples are (count, values), (count, height, width) or "
                         "(count, channels, height, width)",
                         file->path, array->rank, shape);
    info->type = array->element == GAN_ELEMENT_U8 ? GAN_SAMPLE_TYPE_U8 : GAN_SAMPLE_TYPE_F32;
    info->count = array->size[0];
    info->rank = array->rank < 3 ? 1 : 3;
    info->size[0] = 1;
    for (int i = 1; i < array->rank; ++i)
        info->size[i - (array->rank == 3 ? 0 : 1)] = (int64_t)array->size[i];
    if (channels_last && has_channels_last(array)) {
        info->size[0] = (int64_t)array->size[3];
        info->size[1] = (int64_t)array->size[1];
        info->size[2] = (int64_t)array->size[2];
    }
    return GAN_STATUS_OK;
}

// Rewrites the elements as native float32 at the front of the file's bytes: never ahead of the
// element being read, as float32 is the narrowest type that comes here.
static gan_status to_floats(const gan_file *file, const gan_array *array, size_t per_sample) {
    const uint8_t *elements = file->bytes + array->offset;
    for (uint64_t i = 0; i < array->count; ++i) {
        double value = gan__array_value(array, elements, i);
        if (!(fabs(value) <= (double)FLT_MAX))
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: byte %" PRIu64 ": value %" PRIu64 " of sample %" PRIu64
                             " is not a finite float32; clean the data before training on it",
                             file->path, array->offset + i * gan__element_bytes(array->element),
                             i % per_sample, i / per_sample);
        float narrow = (float)value;
        memcpy(file->bytes + i * sizeof narrow, &narrow, sizeof narrow);
    }
    return GAN_STATUS_OK;
}

// (height, width, channels) to (channels, height, width), sample by sample through a copy of one.
static gan_status channels_first(gan_dataset *dataset, uint8_t *samples) {
    size_t channels = (size_t)dataset->info.size[0];
    size_t pixels = dataset->elements / channels;
    size_t width = dataset->sample_bytes / dataset->elements;
    void *copy;
    GAN_TRY(gan__alloc(1, dataset->sample_bytes, &copy));
    for (uint64_t n = 0; n < dataset->info.count; ++n, samples += dataset->sample_bytes) {
        memcpy(copy, samples, dataset->sample_bytes);
        for (size_t c = 0; c < channels; ++c)
            for (size_t p = 0; p < pixels; ++p)
                memcpy(samples + (c * pixels + p) * width,
                       (uint8_t *)copy + (p * channels + c) * width, width);
    }
    gan__free(copy);
    return GAN_STATUS_OK;
}

gan_status gan__dataset_take_samples(gan_dataset *dataset, gan_file *file, const gan_array *array,
                                     bool channels_last) {
    GAN_TRY(describe(&dataset->info, file, array, channels_last));
    gan__dataset_measure(dataset);
    dataset->storage = file->bytes;
    dataset->samples = file->bytes;
    if (dataset->info.type == GAN_SAMPLE_TYPE_F32) {
        gan_status status = to_floats(file, array, dataset->elements);
        if (status != GAN_STATUS_OK) {
            dataset->storage = NULL; // the file still frees them
            return status;
        }
    } else {
        dataset->samples = file->bytes + array->offset;
    }
    file->bytes = NULL;
    if (!channels_last || !has_channels_last(array)) return GAN_STATUS_OK;
    return channels_first(dataset, dataset->storage + (dataset->samples - dataset->storage));
}

gan_status gan__dataset_take_labels(gan_dataset *dataset, const gan_file *file,
                                    const gan_array *array) {
    char shape[192];
    gan__array_shape(array, shape, sizeof shape);
    uint64_t count = dataset->info.count;
    if (array->size[0] != count)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: %" PRIu64 " labels for %" PRIu64
                         " samples; the two files do not belong together",
                         file->path, array->size[0], count);
    if (array->count != count)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: labels of shape %s; they are one whole number a sample, (count) or "
                         "(count, 1)",
                         file->path, shape);
    void *block;
    GAN_TRY(gan__alloc((size_t)count, sizeof *dataset->labels, &block));
    dataset->labels = block;
    const uint8_t *elements = file->bytes + array->offset;
    for (uint64_t i = 0; i < count; ++i) {
        double value = gan__array_value(array, elements, i);
        if (!(value >= 0 && value < GAN_CLASSES_MAX && floor(value) == value))
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: byte %" PRIu64 ": the label of sample %" PRIu64
                             " is %g; labels are whole numbers from 0 to %d",
                             file->path, array->offset + i * gan__element_bytes(array->element), i,
                             value, GAN_CLASSES_MAX - 1);
        dataset->labels[i] = (uint32_t)value;
        if (dataset->labels[i] >= dataset->info.classes)
            dataset->info.classes = dataset->labels[i] + 1;
    }
    return GAN_STATUS_OK;
}

gan_status gan__dataset_find_labels(gan_dataset *dataset, const char *path,
                                    gan_status (*parse)(const gan_file *, gan_array *)) {
    char *beside;
    GAN_TRY(gan__source_labels(path, &beside));
    if (!beside) return GAN_STATUS_OK;
    gan_file file;
    gan_array array;
    gan_status status = gan__file_open(beside, &file);
    if (status == GAN_STATUS_OK) status = parse(&file, &array);
    if (status == GAN_STATUS_OK) status = gan__dataset_take_labels(dataset, &file, &array);
    gan__file_close(&file);
    gan__free(beside);
    return status;
}
