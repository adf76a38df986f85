// Implements gan/run_fit.h.
#include "gan/run_fit.h"

#include "base/text.h"

#include <stdio.h>

#define MIB (1024.0 * 1024.0)

static uint64_t bytes_of(gan_trainer *trainer) {
    gan_module_memory memory;
    gan__module_get_memory(gan__trainer_module(trainer), &memory);
    return memory.total_bytes;
}

// What the recipe's plan would take with another batch; 0 where there is none (a layer may want the
// batch to be a multiple of something).
static uint64_t bytes_with_batch(gan_device *device, const char *recipe, const char *source,
                                 const gan_dataset *dataset, int64_t batch) {
    char setting[32];
    gan_recipe *other = NULL;
    gan_trainer *trainer = NULL;
    uint64_t bytes = 0;
    snprintf(setting, sizeof setting, "batch=%lld", (long long)batch);
    gan_status status = gan_recipe_parse(recipe, source, &other);
    if (status == GAN_STATUS_OK) status = gan_recipe_set(other, setting);
    if (status == GAN_STATUS_OK) status = gan__trainer_create(device, other, dataset, &trainer);
    if (status == GAN_STATUS_OK) bytes = bytes_of(trainer);
    gan__trainer_destroy(trainer);
    gan_recipe_destroy(other);
    return bytes;
}

// What batches are multiples of, for packs and groups divide them: the smallest divisor of the
// recipe's own by which one may be smaller than that.
static int64_t batch_unit(gan_device *device, gan_recipe *recipe, const gan_dataset *dataset) {
    const char *const text = gan_recipe_text(recipe), *const source = gan__recipe_source(recipe);
    const int64_t batch = gan__recipe_values(recipe)->batch;
    int64_t unit = 1;
    while (unit < batch && (batch % unit != 0 ||
                            bytes_with_batch(device, text, source, dataset, batch - unit) == 0))
        unit++;
    return unit;
}

// 0 where not even one unit of samples fits. By halving: more samples never take less.
static int64_t largest_batch(gan_device *device, gan_recipe *recipe, const gan_dataset *dataset,
                             uint64_t limit, int64_t unit) {
    const char *const text = gan_recipe_text(recipe), *const source = gan__recipe_source(recipe);
    int64_t best = 0, low = 0, high = gan__recipe_values(recipe)->batch / unit;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        const uint64_t bytes = bytes_with_batch(device, text, source, dataset, middle * unit);
        if (bytes > limit) {
            high = middle;
            continue;
        }
        if (bytes > 0) best = middle * unit;
        low = middle;
    }
    return best;
}

gan_status gan__run_check_fit(gan_trainer *trainer, gan_device *device, gan_recipe *recipe,
                              const gan_dataset *dataset, uint64_t limit) {
    const uint64_t bytes = bytes_of(trainer);
    const int64_t batch = gan__recipe_values(recipe)->batch;
    if (bytes <= limit) return GAN_STATUS_OK;
    const int64_t unit = batch_unit(device, recipe, dataset);
    const int64_t fits = largest_batch(device, recipe, dataset, limit, unit);
    gan_text advice = {0};
    if (fits > 0)
        gan__text_append(&advice, "the largest batch that fits is %lld (batch: %lld)",
                         (long long)fits, (long long)fits);
    else
        gan__text_append(&advice,
                         "not even a batch of %lld fits; use smaller networks, or another device "
                         "(--device)",
                         (long long)unit);
    const gan_status status =
        gan__fail(GAN_STATUS_DEVICE_MEMORY,
                  "%s: the plan takes %.1f MiB on the device with a batch of %lld, and the device "
                  "has %.1f MiB: %s",
                  gan__recipe_source(recipe), (double)bytes / MIB, (long long)batch,
                  (double)limit / MIB, gan__text_string(&advice));
    gan__text_destroy(&advice);
    return status;
}
