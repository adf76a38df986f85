// Stacks of images: a sample is several images of the set on top of each other, drawn by Philox,
// and its class the number whose digits their classes are. Of MNIST's digits, three at a time, that
// is stacked MNIST, a set of 1,000 classes by which generators' modes are counted (Metz et al.
// 2017).
#include "base/file.h"
#include "base/philox.h"
#include "data/formats.h"

#include <inttypes.h>

static gan_status check(const gan_dataset *dataset, const gan_dataset_options *options) {
    const gan_dataset_info *const info = &dataset->info;
    if (info->rank != 3 || dataset->vocabulary)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the data set (%s) has no images, so its samples cannot be stacked; leave "
                         "data.stack out",
                         info->kind);
    if (!info->endless || options->stack_count == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "the data set (%s) has no end, and neither have stacks of it; leave "
                     "data.stack_count out, or take the first so many by data.limit",
                     info->kind);
}

// The classes of stacks: 0 where the set has no labels.
static gan_status count_classes(const gan_dataset *dataset, uint32_t stack, uint32_t *out) {
    const uint32_t each = dataset->info.classes;
    uint64_t classes = each > 0;
    for (uint32_t i = 0; i < stack && classes <= GAN_CLASSES_MAX; ++i) classes *= each;
    *out = (uint32_t)classes;
    if (classes <= GAN_CLASSES_MAX) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "stacks of %" PRIu32 " images of %" PRIu32 " classes have more than the %d "
                     "classes that labels can name; lower data.stack",
                     stack, each, GAN_CLASSES_MAX);
}

static void forget_names(gan_dataset *dataset) {
    if (dataset->class_names) gan__folder_list_free(dataset->class_names, dataset->info.classes);
    dataset->class_names = NULL;
}

gan_status gan__dataset_stack(gan_dataset *dataset, const gan_dataset_options *options) {
    gan_dataset_info *info = &dataset->info;
    uint32_t classes = 0;
    if (options->stack <= 1) return GAN_STATUS_OK;
    GAN_TRY(check(dataset, options));
    GAN_TRY(count_classes(dataset, options->stack, &classes));
    forget_names(dataset);
    dataset->stack = options->stack;
    dataset->stack_seed = options->stack_seed;
    dataset->layer_count = info->count;
    dataset->layer_classes = info->classes;
    dataset->layer_bytes = dataset->sample_bytes;
    info->classes = classes;
    info->size[0] *= options->stack;
    if (options->stack_count > 0) info->count = options->stack_count;
    gan__dataset_measure(dataset);
    return GAN_STATUS_OK;
}

// An endless set's images are all new ones: each is in one stack only.
uint64_t gan__dataset_layer(const gan_dataset *dataset, uint64_t index, uint32_t layer) {
    if (dataset->builtin) return index * dataset->stack + layer;
    const gan_philox_words words =
        gan__philox_draw(dataset->stack_seed, GAN_STREAM_STACK, index, layer);
    const uint64_t wide = (uint64_t)words.word[0] << 32 | words.word[1];
    return wide % dataset->layer_count;
}
