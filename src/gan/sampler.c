// Implements clgan/sample.h: a checkpoint's generator on a device, and the samples that it makes of
// latents; what latents are to it is sampler_latent.c. Samples are made in batches of one size that
// the generator alone decides on, so that a sample's bits do not depend on how many are asked for
// with it. Two batches are under way: while the device makes one, the host turns the one before.
#include "base/memory.h"
#include "gan/latent.h"
#include "gan/model_file.h"
#include "gan/run_record.h"
#include "gan/sampler_state.h"

#include <stdio.h>
#include <string.h>

#define BATCH            64
#define LARGE_BATCH      256
#define LARGE_BATCH_WORK 2e9 // floating-point operations; for a generator that makes it in fewer

// --- Opening -------------------------------------------------------------------------------------

static gan_status open_recipe(gan_sampler *sampler, const gan_checkpoint *checkpoint,
                              gan_run_record *record) {
    gan_network *discriminator = NULL;
    GAN_TRY(gan__run_record_open(checkpoint, &sampler->recipe, record));
    sampler->values = gan__recipe_values(sampler->recipe);
    if (!gan__recipe_has_generator(sampler->values))
        return gan__fail(GAN_STATUS_BAD_INPUT, "the checkpoint is of a classifier, which has no "
                                               "generator to draw samples from");
    GAN_TRY(gan__class_names_read(checkpoint, &sampler->class_names));
    GAN_TRY(gan__vocabulary_read(checkpoint, &record->sample, &sampler->vocabulary));
    GAN_TRY(gan__recipe_networks(sampler->recipe, &record->sample, record->classes,
                                 &sampler->generator, &discriminator));
    gan__network_destroy(discriminator);
    return GAN_STATUS_OK;
}

static gan_status choose_weights(const gan_checkpoint *checkpoint, const gan_network *generator,
                                 gan_sample_weights weights, bool *averaged) {
    char first[64];
    snprintf(first, sizeof first, "ema.%s", gan__network_parameter(generator, 0)->name);
    *averaged = weights != GAN_SAMPLE_WEIGHTS_RAW && gan_checkpoint_find(checkpoint, first) != NULL;
    if (weights != GAN_SAMPLE_WEIGHTS_EMA || *averaged) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT, "the checkpoint has no averaged weights; its recipe has "
                                           "no ema.decay; use --weights raw");
}

static void fill_info(gan_sampler *sampler, const gan_run_record *record, bool averaged) {
    gan_sample_info *const info = &sampler->info;
    info->rank = record->sample.rank;
    memcpy(info->size, record->sample.size, (size_t)info->rank * sizeof info->size[0]);
    info->elements = (size_t)gan__shape_elements(&record->sample);
    info->classes = gan__network_uses_labels(sampler->generator) ? record->classes : 0;
    info->latent = (size_t)sampler->values->latent.size +
                   (size_t)gan__network_draws(sampler->generator) + (info->classes > 0);
    info->step = record->step;
    const gan_latent_parts parts = gan__latent_parts(sampler->values);
    info->codes = (size_t)(parts.codes + parts.continuous);
    info->categorical = (size_t)parts.codes;
    info->categories = (size_t)parts.categories;
    info->averaged = averaged;
    info->styles = (size_t)gan__network_style(sampler->generator);
    info->vocabulary = sampler->vocabulary;
    if (!sampler->values->data.has_range) return;
    info->low = sampler->values->data.range[0];
    info->high = sampler->values->data.range[1];
}

// --- On the device -------------------------------------------------------------------------------

static gan_status plan(gan_sampler *sampler, gan_device *device, size_t batch) {
    GAN_TRY(gan__graph_create(&sampler->graph));
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(sampler->generator));
    const int64_t buffers = gan__network_buffer_elements(sampler->generator);
    sampler->batch = batch;
    sampler->parameters = gan__state(sampler->graph, "generator", &parameters);
    if (buffers > 0)
        sampler->buffers = gan__state(sampler->graph, "running statistics", &GAN_SHAPE(buffers));
    if (sampler->info.styles > 0)
        sampler->pull =
            gan__state(sampler->graph, "truncation", &GAN_SHAPE((int64_t)sampler->info.styles + 1));
    GAN_TRY(gan__generation_build(sampler->graph, sampler->generator, sampler->parameters,
                                  sampler->buffers, sampler->pull, (int64_t)batch,
                                  &sampler->generation));
    GAN_TRY(gan__module_create(device, sampler->graph, &sampler->module));
    if (sampler->pull != NULL)
        GAN_TRY(gan__program_create(sampler->module, "styles", &sampler->generation.styles, 1,
                                    &sampler->mapping));
    return gan__program_create(sampler->module, "sampling", &sampler->generation.samples, 1,
                               &sampler->program);
}

static double planned_work(const gan_program *program) {
    double flops = 0;
    for (size_t i = 0; i < gan__program_launches(program); i++) {
        gan_launch_profile profile;
        gan__program_get_profile(program, i, &profile);
        flops += profile.work.flops;
    }
    return flops;
}

// Small generators make more at once: their launches are short beside what it takes to begin one.
static gan_status build(gan_sampler *sampler, gan_device *device) {
    GAN_TRY(plan(sampler, device, BATCH));
    if (planned_work(sampler->program) * LARGE_BATCH / BATCH <= LARGE_BATCH_WORK) {
        gan__module_destroy(sampler->module);
        gan__graph_destroy(sampler->graph);
        sampler->module = NULL;
        sampler->graph = NULL;
        GAN_TRY(plan(sampler, device, LARGE_BATCH));
    }
    return gan__module_prepare(sampler->module, 3);
}

static gan_status make_room(gan_sampler *sampler) {
    for (int i = 0; i < 2; i++) {
        void *made = NULL;
        GAN_TRY(gan__alloc(sampler->batch * sampler->info.elements, sizeof(float), &made));
        sampler->under_way[i].made = made;
    }
    return GAN_STATUS_OK;
}

static gan_status load_weights(gan_sampler *sampler, const gan_checkpoint *checkpoint,
                               bool averaged) {
    const char *const prefix = averaged ? "ema." : "generator.";
    GAN_TRY(gan__model_load_flat(sampler->module, sampler->parameters, sampler->generator, false,
                                 prefix, checkpoint));
    if (sampler->buffers == NULL) return GAN_STATUS_OK;
    return gan__model_load_flat(sampler->module, sampler->buffers, sampler->generator, true, prefix,
                                checkpoint);
}

static gan_status open_all(gan_sampler *sampler, gan_device *device,
                           const gan_checkpoint *checkpoint, gan_sample_weights weights) {
    gan_run_record record;
    bool averaged = false;
    GAN_TRY(open_recipe(sampler, checkpoint, &record));
    GAN_TRY(choose_weights(checkpoint, sampler->generator, weights, &averaged));
    fill_info(sampler, &record, averaged);
    GAN_TRY(gan__run_record_adopt_orders(device, checkpoint));
    GAN_TRY(build(sampler, device));
    GAN_TRY(make_room(sampler));
    return load_weights(sampler, checkpoint, averaged);
}

gan_status gan_sampler_create(gan_device *device, const gan_checkpoint *checkpoint,
                              gan_sample_weights weights, gan_sampler **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_sampler), &memory));
    gan_sampler *const sampler = memory;
    const gan_status status = open_all(sampler, device, checkpoint, weights);
    if (status != GAN_STATUS_OK) {
        gan_sampler_destroy(sampler);
        return status;
    }
    *out = sampler;
    return GAN_STATUS_OK;
}

void gan_sampler_destroy(gan_sampler *sampler) {
    if (sampler == NULL) return;
    gan__module_destroy(sampler->module);
    gan__graph_destroy(sampler->graph);
    gan__network_destroy(sampler->generator);
    gan__class_names_destroy(sampler->class_names);
    gan__vocabulary_destroy(sampler->vocabulary);
    gan_recipe_destroy(sampler->recipe);
    for (int i = 0; i < 2; i++) gan__free(sampler->under_way[i].made);
    gan__free(sampler);
}

const gan_sample_info *gan_sampler_get_info(const gan_sampler *sampler) {
    return &sampler->info;
}

// --- Drawing -------------------------------------------------------------------------------------

// Latents from outside may have anything where the class should be.
static gan_status check_classes(const gan_sampler *sampler, const float *latents, size_t count) {
    const gan_sample_info *const info = &sampler->info;
    for (size_t i = 0; i < count && info->classes > 0; i++) {
        const float label = latents[(i + 1) * info->latent - 1];
        if (label >= 0 && label < (float)info->classes && label == (float)(uint32_t)label) continue;
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the last element of latent %zu is %g; it is its class, a whole number "
                         "from 0 to %u",
                         i, (double)label, info->classes - 1);
    }
    return GAN_STATUS_OK;
}

// Enqueues the making of a batch's first samples, of so many latents.
static gan_status begin_batch(gan_sampler *sampler, batch_under_way *batch, const float *latents) {
    const size_t latent = sampler->info.latent;
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(sampler->module, sampler->generation.latents, &slot));
    memset(slot, 0, sampler->batch * latent * sizeof(float));
    for (size_t i = 0; i < batch->wanted; i++)
        gan__generation_put(slot, sampler->batch, i, latents + i * latent, latent);
    GAN_TRY(gan__module_feed_end(sampler->module, sampler->generation.latents));
    GAN_TRY(gan__program_run(sampler->program, 0));
    return gan__program_read_begin(sampler->program, 0, batch->made, &batch->reading);
}

static gan_status end_reading(batch_under_way *batch) {
    gan_reading *const reading = batch->reading;
    batch->reading = NULL;
    return gan__reading_end(reading);
}

// Hands a batch's samples over, if there is one under way.
static gan_status end_batch(const gan_sampler *sampler, batch_under_way *batch) {
    if (batch->reading == NULL) return GAN_STATUS_OK;
    GAN_TRY(end_reading(batch));
    gan__generation_take(batch->made, sampler->batch, sampler->info.elements, batch->wanted,
                         batch->samples);
    return GAN_STATUS_OK;
}

static gan_status generate_all(gan_sampler *sampler, const float *latents, size_t count,
                               float *samples) {
    batch_under_way *now = &sampler->under_way[0], *before = &sampler->under_way[1];
    for (size_t done = 0; done < count; done += sampler->batch) {
        const size_t left = count - done;
        now->wanted = left < sampler->batch ? left : sampler->batch;
        now->samples = samples + done * sampler->info.elements;
        GAN_TRY(begin_batch(sampler, now, latents + done * sampler->info.latent));
        GAN_TRY(end_batch(sampler, before));
        batch_under_way *const begun = now;
        now = before;
        before = begun;
    }
    return end_batch(sampler, before);
}

gan_status gan_sampler_generate(gan_sampler *sampler, const float *latents, size_t count,
                                float *samples) {
    GAN_TRY(check_classes(sampler, latents, count));
    const gan_status status = generate_all(sampler, latents, count, samples);
    if (status == GAN_STATUS_OK) return status;
    // What is under way still writes.
    for (int i = 0; i < 2; i++) end_reading(&sampler->under_way[i]);
    return status;
}
