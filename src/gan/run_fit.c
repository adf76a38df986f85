// Implements gan/run_fit.h.
#include "gan/run_fit.h"

#include "base/text.h"

#include <stdio.h>

#define MIB (1024.0 * 1024.0)

// What is asked, of which recipe and data.
typedef struct question {
    gan_device *device;
    gan_recipe *recipe;
    const gan_dataset *dataset;
    uint64_t limit; // of the device's memory; 0: it does not say
    uint64_t most;  // of one buffer; 0: the same
} question;

typedef enum answer {
    NO_PLAN, // for other reasons: a layer may want the batch to be a multiple of something
    TOO_LARGE,
    FITS,
} answer;

static bool fits(const question *q, const gan_trainer_memory *memory) {
    return (q->limit == 0 || memory->total_bytes <= q->limit) &&
           (q->most == 0 || memory->largest_bytes <= q->most);
}

// Planning itself refuses results that are too large for one buffer.
static answer answer_of(const question *q, gan_status planned, const gan_trainer *trainer) {
    gan_trainer_memory memory;
    if (planned != GAN_STATUS_OK) return planned == GAN_STATUS_DEVICE_MEMORY ? TOO_LARGE : NO_PLAN;
    gan__trainer_get_memory(trainer, false, &memory);
    return fits(q, &memory) ? FITS : TOO_LARGE;
}

static answer ask(const question *q, int64_t batch) {
    char setting[32];
    gan_recipe *other = NULL;
    gan_trainer *trainer = NULL;
    snprintf(setting, sizeof setting, "batch=%lld", (long long)batch);
    gan_status status =
        gan_recipe_parse(gan_recipe_text(q->recipe), gan__recipe_source(q->recipe), &other);
    if (status == GAN_STATUS_OK) status = gan_recipe_set(other, setting);
    if (status == GAN_STATUS_OK)
        status = gan__trainer_create(q->device, other, q->dataset, &trainer);
    const answer answered = answer_of(q, status, trainer);
    gan__trainer_destroy(trainer);
    gan_recipe_destroy(other);
    return answered;
}

// What batches are multiples of, for packs and groups divide them: the smallest divisor of the
// recipe's own by which one may be smaller than that.
static int64_t batch_unit(const question *q) {
    const int64_t batch = gan__recipe_values(q->recipe)->batch;
    int64_t unit = 1;
    while (unit < batch && (batch % unit != 0 || ask(q, batch - unit) == NO_PLAN)) unit++;
    return unit;
}

// 0 where not even one unit of samples fits. By halving: more samples never take less.
static int64_t largest_batch(const question *q, int64_t unit) {
    int64_t best = 0, low = 0, high = gan__recipe_values(q->recipe)->batch / unit;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        const answer answered = ask(q, middle * unit);
        if (answered == FITS) best = middle * unit;
        if (answered == TOO_LARGE)
            high = middle;
        else
            low = middle;
    }
    return best;
}

static void append_advice(const question *q, gan_text *text) {
    const int64_t unit = batch_unit(q);
    const long long best = (long long)largest_batch(q, unit);
    if (best > 0)
        gan__text_append(text, "the largest batch that fits is %lld (batch: %lld)", best, best);
    else
        gan__text_append(text,
                         "not even a batch of %lld fits; use smaller networks, or another device "
                         "(--device)",
                         (long long)unit);
}

static void append_reason(const question *q, const gan_trainer *trainer, gan_text *text) {
    const long long batch = (long long)gan__recipe_values(q->recipe)->batch;
    gan_trainer_memory memory = {0};
    if (trainer == NULL) {
        gan__text_append(text, "%s", gan_status_message());
        return;
    }
    gan__trainer_get_memory(trainer, false, &memory);
    if (q->limit > 0 && memory.total_bytes > q->limit)
        gan__text_append(text,
                         "the plan takes %.1f MiB on the device with a batch of %lld, and the "
                         "device has %.1f MiB",
                         (double)memory.total_bytes / MIB, batch, (double)q->limit / MIB);
    else
        gan__text_append(text,
                         "the plan takes %.1f MiB in one buffer with a batch of %lld, and the "
                         "device allows %.1f MiB in one",
                         (double)memory.largest_bytes / MIB, batch, (double)q->most / MIB);
}

gan_status gan__run_check_fit(gan_status planned, const gan_trainer *trainer, gan_device *device,
                              gan_recipe *recipe, const gan_dataset *dataset, uint64_t limit) {
    const question q = {.device = device,
                        .recipe = recipe,
                        .dataset = dataset,
                        .limit = limit,
                        .most = gan__device_traits(device)->max_allocation_bytes};
    const answer answered = answer_of(&q, planned, trainer);
    if (answered == FITS) return GAN_STATUS_OK;
    if (answered == NO_PLAN) return planned;
    gan_text reason = {0}, advice = {0};
    append_reason(&q, planned == GAN_STATUS_OK ? trainer : NULL, &reason);
    append_advice(&q, &advice);
    const gan_status status =
        gan__fail(GAN_STATUS_DEVICE_MEMORY, "%s: %s: %s", gan__recipe_source(recipe),
                  gan__text_string(&reason), gan__text_string(&advice));
    gan__text_destroy(&reason);
    gan__text_destroy(&advice);
    return status;
}
