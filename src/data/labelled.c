// Implements data/labelled.h.
#include "data/labelled.h"

#include "base/memory.h"
#include "base/philox.h"

#include <inttypes.h>

struct gan_labelled_set {
    const gan_dataset *dataset;
    uint64_t seed;
    size_t sample_bytes, count;
    uint64_t *samples; // numbers in the data set, class by class
};

static size_t sample_bytes(const gan_dataset_info *info) {
    size_t bytes = info->type == GAN_SAMPLE_TYPE_U8 ? 1 : sizeof(float);
    for (int i = 0; i < info->rank; ++i) bytes *= (size_t)info->size[i];
    return bytes;
}

// Fills in set->samples; `found` counts each class's, `sample` has room for one.
static gan_status choose(gan_labelled_set *set, uint64_t each, uint64_t *found, void *sample) {
    const gan_dataset_info *info = gan__dataset_info(set->dataset);
    size_t missing = set->count;
    for (uint64_t i = 0; i < info->count && missing > 0; ++i) {
        const uint64_t number =
            gan__philox_permute(set->seed, GAN_STREAM_LABELLED, 0, i, info->count);
        uint32_t label = 0;
        GAN_TRY(gan__dataset_sample(set->dataset, number, sample, &label));
        if (label >= info->classes || found[label] == each) continue;
        set->samples[label * each + found[label]++] = number;
        missing--;
    }
    for (uint32_t class = 0; class < info->classes; ++class)
        if (found[class] < each)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "of class %" PRIu32 " the data (%s) have %" PRIu64
                             " samples, and data.labelled asks for %" PRIu64,
                             class, info->kind, found[class], each);
    return GAN_STATUS_OK;
}

static gan_status fill(gan_labelled_set *set, uint64_t each) {
    const uint32_t classes = gan__dataset_info(set->dataset)->classes;
    void *samples = NULL, *found = NULL, *sample = NULL;
    gan_status status = gan__alloc(set->count, sizeof *set->samples, &samples);
    set->samples = samples;
    if (status == GAN_STATUS_OK) status = gan__alloc(classes, sizeof(uint64_t), &found);
    if (status == GAN_STATUS_OK) status = gan__alloc(1, set->sample_bytes, &sample);
    if (status == GAN_STATUS_OK) status = choose(set, each, found, sample);
    gan__free(found);
    gan__free(sample);
    return status;
}

gan_status gan__labelled_set_create(const gan_dataset *dataset, uint64_t seed, uint64_t each,
                                    gan_labelled_set **out) {
    const gan_dataset_info *info = gan__dataset_info(dataset);
    void *memory = NULL;
    *out = NULL;
    if (info->classes == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "data.labelled: the data (%s) have no labels",
                         info->kind);
    if (each > info->count / info->classes)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "data.labelled asks for %" PRIu64 " samples of each of %" PRIu32
                         " classes, and the data (%s) have %" PRIu64 " in all",
                         each, info->classes, info->kind, info->count);
    GAN_TRY(gan__alloc(1, sizeof **out, &memory));
    gan_labelled_set *set = memory;
    *set = (gan_labelled_set){.dataset = dataset,
                              .seed = seed,
                              .sample_bytes = sample_bytes(info),
                              .count = (size_t)(each * info->classes)};
    const gan_status status = fill(set, each);
    if (status != GAN_STATUS_OK) {
        gan__labelled_set_destroy(set);
        return status;
    }
    *out = set;
    return GAN_STATUS_OK;
}

void gan__labelled_set_destroy(gan_labelled_set *set) {
    if (!set) return;
    gan__free(set->samples);
    gan__free(set);
}

size_t gan__labelled_set_count(const gan_labelled_set *set) {
    return set->count;
}

uint64_t gan__labelled_set_sample(const gan_labelled_set *set, size_t index) {
    return set->samples[index];
}

gan_status gan__labelled_set_read(const gan_labelled_set *set, uint64_t number, size_t batch,
                                  void *samples, uint32_t *labels) {
    uint8_t *sample = samples;
    for (size_t i = 0; i < batch; ++i, sample += set->sample_bytes) {
        const uint64_t at = number * batch + i;
        const uint64_t index = gan__philox_permute(
            set->seed, GAN_STREAM_LABELLED, 1 + at / set->count, at % set->count, set->count);
        GAN_TRY(gan__dataset_sample(set->dataset, set->samples[index], sample, labels + i));
    }
    return GAN_STATUS_OK;
}
