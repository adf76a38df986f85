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

// How far below a batch that has no plan one that has is looked for.
#define NEIGHBOURS 16

// 0 where not even one sample fits. By halving: more samples never take less.
static int64_t largest_batch(gan_device *device, gan_recipe *recipe, const gan_dataset *dataset,
                             uint64_t limit) {
    const char *const text = gan_recipe_text(recipe), *const source = gan__recipe_source(recipe);
    int64_t best = 0, low = 0, high = gan__recipe_values(recipe)->batch;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        int64_t batch = middle + 1;
        uint64_t bytes = 0;
        while (bytes == 0 && batch - 1 > low && batch - 1 > middle - NEIGHBOURS)
            bytes = bytes_with_batch(device, text, source, dataset, --batch);
        if (bytes > limit) {
            high = batch;
            continue;
        }
        if (bytes > 0) best = batch;
        low = middle;
    }
    return best;
}

gan_status gan__run_check_fit(gan_trainer *trainer, gan_device *device, gan_recipe *recipe,
                              const gan_dataset *dataset, uint64_t limit) {
    const uint64_t bytes = bytes_of(trainer);
    const int64_t batch = gan__recipe_values(recipe)->batch;
    if (bytes <= limit) return GAN_STATUS_OK;
    const int64_t fits = largest_batch(device, recipe, dataset, limit);
    gan_text advice = {0};
    if (fits > 0)
        gan__text_append(&advice, "the largest batch that fits is %lld (batch: %lld)",
                         (long long)fits, (long long)fits);
    else
        gan__text_append(&advice, "not even a batch of 1 fits; use smaller networks, or another "
                                  "device (--device)");
    const gan_status status =
        gan__fail(GAN_STATUS_DEVICE_MEMORY,
                  "%s: the plan takes %.1f MiB on the device with a batch of %lld, and the device "
                  "has %.1f MiB: %s",
                  gan__recipe_source(recipe), (double)bytes / MIB, (long long)batch,
                  (double)limit / MIB, gan__text_string(&advice));
    gan__text_destroy(&advice);
    return status;
}
