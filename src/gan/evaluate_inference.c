// Implements gan/evaluate_inference.h: training samples first, by which categories get classes and
// points get neighbours, then what that says of test samples.
#include "gan/evaluate_inference.h"

#include "base/memory.h"
#include "clgan/encode.h"
#include "gan/likeliest.h"
#include "gan/neighbours.h"

#include <math.h>
#include <string.h>

#define BLOCK 1024 // samples at once

typedef struct study {
    const gan_inference_call *call;
    gan_encoder *encoder;
    const gan_encoder_info *info;
    gan_inference_figures *out;
    gan_points training, test;
    // Of a block.
    float *samples, *answers, *features;
    uint32_t *labels;
    // Of all test samples.
    float *test_features;
    uint32_t *test_labels, *test_categories;
    uint64_t *votes; // (categories, classes): training samples
    gan_neighbours *neighbours;
    double distance, shuffled; // sums over test samples
} study;

// --- Blocks --------------------------------------------------------------------------------------

static size_t block_size(const gan_points *points, uint64_t first) {
    const uint64_t left = points->count - first;
    return left < BLOCK ? (size_t)left : BLOCK;
}

static gan_status read_block(study *s, const gan_points *points, uint64_t first, size_t count) {
    GAN_TRY(points->read(points, first, count, s->samples));
    gan__evaluation_to_range(s->call->recipe, s->call->data, count, s->samples);
    GAN_TRY(gan__evaluation_labels(points, first, count, s->labels));
    return gan_encoder_encode(s->encoder, s->samples, count, s->answers, s->features);
}

// The likeliest category of the first code.
static uint32_t category_of(const study *s, size_t sample) {
    return gan__likeliest(s->answers + sample * s->info->answer, s->info->categories);
}

// --- Reconstructions -----------------------------------------------------------------------------

static double distance(const float *a, const float *b, size_t elements) {
    double sum = 0;
    for (size_t i = 0; i < elements; i++) {
        const double difference = (double)a[i] - (double)b[i];
        sum += difference * difference;
    }
    return sqrt(sum);
}

// Of the block at hand: behind each latent that the encoder gives, whatever else the generator
// takes, as of the seed of the sample's place. The caller's (gan__free).
static gan_status complete_latents(const study *s, size_t count, float **out) {
    const size_t wanted = gan_sampler_get_info(s->call->sampler)->latent;
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(count * wanted, sizeof(float), &memory));
    *out = memory;
    for (size_t i = 0; i < count; i++) {
        float *const latent = *out + i * wanted;
        gan_sampler_latent(s->call->sampler, i, latent);
        memcpy(latent, s->answers + i * s->info->answer, s->info->answer * sizeof *latent);
    }
    return GAN_STATUS_OK;
}

// Of the block at hand, each sample with what is made of its own latent and of the next one's.
static gan_status add_reconstructions(study *s, size_t count) {
    const size_t elements = s->info->elements;
    float *latents = NULL;
    void *memory = NULL;
    if (!s->out->has_reconstruction) return GAN_STATUS_OK;
    gan_status status = complete_latents(s, count, &latents);
    if (status == GAN_STATUS_OK) status = gan__alloc(count * elements, sizeof(float), &memory);
    const float *const made = memory;
    if (status == GAN_STATUS_OK)
        status = gan_sampler_generate(s->call->sampler, latents, count, memory);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) {
        const float *const sample = s->samples + i * elements;
        s->distance += distance(sample, made + i * elements, elements);
        s->shuffled += distance(sample, made + (i + 1) % count * elements, elements);
    }
    gan__free(latents);
    gan__free(memory);
    return status;
}

// --- Passes over the data ------------------------------------------------------------------------

static void tell(const study *s, const char *what, uint64_t done, uint64_t total) {
    gan__parzen_tell(&(gan_parzen_watch){s->call->options, what}, done, total);
}

static gan_status encode_test(study *s) {
    for (uint64_t first = 0; first < s->test.count; first += BLOCK) {
        const size_t count = block_size(&s->test, first);
        tell(s, "encoding test samples", first, s->test.count);
        GAN_TRY(read_block(s, &s->test, first, count));
        memcpy(s->test_features + first * s->info->features, s->features,
               count * s->info->features * sizeof(float));
        memcpy(s->test_labels + first, s->labels, count * sizeof(uint32_t));
        for (size_t i = 0; i < count && s->out->has_categories; i++)
            s->test_categories[first + i] = category_of(s, i);
        GAN_TRY(add_reconstructions(s, count));
    }
    return GAN_STATUS_OK;
}

static gan_status learn_from_training(study *s) {
    if (s->out->classes == 0) return GAN_STATUS_OK;
    for (uint64_t first = 0; first < s->training.count; first += BLOCK) {
        const size_t count = block_size(&s->training, first);
        tell(s, "neighbours among training samples", first, s->training.count);
        GAN_TRY(read_block(s, &s->training, first, count));
        for (size_t i = 0; i < count && s->out->has_categories; i++)
            s->votes[category_of(s, i) * s->out->classes + s->labels[i]]++;
        GAN_TRY(gan__neighbours_add(s->neighbours, s->features, s->labels, count));
    }
    return GAN_STATUS_OK;
}

// --- Figures -------------------------------------------------------------------------------------

// Of training samples; `classes` where a category has none, and so stands for no class.
static uint32_t class_of(const study *s, uint32_t category) {
    const uint64_t *const votes = s->votes + category * s->out->classes;
    uint32_t best = 0;
    for (uint32_t i = 1; i < s->out->classes; i++)
        if (votes[i] > votes[best]) best = i;
    return votes[best] > 0 ? best : (uint32_t)s->out->classes;
}

static size_t count_classes_found(const study *s) {
    size_t found = 0;
    for (uint32_t label = 0; label < s->out->classes; label++) {
        bool stands = false;
        for (uint32_t category = 0; category < s->out->categories; category++)
            stands = stands || class_of(s, category) == label;
        found += stands;
    }
    return found;
}

static void fill_figures(study *s) {
    const double count = (double)s->test.count;
    uint64_t wrong_category = 0, wrong_neighbour = 0;
    const uint32_t *const nearest = gan__neighbours_labels(s->neighbours);
    for (uint64_t i = 0; i < s->test.count; i++) {
        if (s->out->has_categories)
            wrong_category += class_of(s, s->test_categories[i]) != s->test_labels[i];
        wrong_neighbour += nearest[i] != s->test_labels[i];
    }
    if (s->out->has_categories) s->out->classes_found = count_classes_found(s);
    s->out->category_error = (double)wrong_category / count;
    s->out->neighbour_error = (double)wrong_neighbour / count;
    s->out->reconstruction = s->distance / count;
    s->out->shuffled = s->shuffled / count;
}

// --- All of it -----------------------------------------------------------------------------------

static gan_status allocate(study *s) {
    const struct {
        void **place;
        uint64_t count;
        size_t size;
    } wanted[] = {
        {(void **)&s->samples, BLOCK, s->info->elements * sizeof(float)},
        {(void **)&s->answers, BLOCK, s->info->answer * sizeof(float)},
        {(void **)&s->features, BLOCK, s->info->features * sizeof(float)},
        {(void **)&s->labels, BLOCK, sizeof(uint32_t)},
        {(void **)&s->test_features, s->test.count, s->info->features * sizeof(float)},
        {(void **)&s->test_labels, s->test.count, sizeof(uint32_t)},
        {(void **)&s->test_categories, s->test.count, sizeof(uint32_t)},
        {(void **)&s->votes, s->out->categories * s->out->classes + 1, sizeof(uint64_t)},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        GAN_TRY(gan__alloc((size_t)wanted[i].count, wanted[i].size, wanted[i].place));
    return GAN_STATUS_OK;
}

static gan_points at_most(const gan_points *points, uint64_t count) {
    gan_points fewer = *points;
    if (count > 0 && fewer.count > count) fewer.count = count;
    return fewer;
}

static void plan(study *s) {
    const bool labelled =
        s->call->data->training.labels != NULL && s->call->data->test.labels != NULL;
    const uint32_t classes = labelled ? gan__dataset_info(s->call->data->whole)->classes : 0;
    s->training = at_most(&s->call->data->training, s->call->options->samples);
    s->test = at_most(&s->call->data->test, s->call->options->samples);
    *s->out = (gan_inference_figures){
        .training = s->training.count,
        .test = s->test.count,
        .categories = s->info->categories,
        .classes = classes,
        .has_categories = classes > 0 && s->info->categorical > 0,
        .features = s->info->features,
        .has_neighbours = classes > 0,
        .has_reconstruction =
            s->info->gives_latents && gan_sampler_get_info(s->call->sampler)->classes == 0,
    };
}

static gan_status run(study *s) {
    GAN_TRY(gan_encoder_create(s->call->device, s->call->checkpoint, &s->encoder));
    s->info = gan_encoder_get_info(s->encoder);
    plan(s);
    GAN_TRY(allocate(s));
    GAN_TRY(encode_test(s));
    GAN_TRY(gan__neighbours_create(s->call->device, s->test_features, s->test.count,
                                   s->info->features, &s->neighbours));
    GAN_TRY(learn_from_training(s));
    fill_figures(s);
    return GAN_STATUS_OK;
}

gan_status gan__inference_measure(const gan_inference_call *call, gan_inference_figures *out) {
    study s = {.call = call, .out = out};
    const gan_status status = run(&s);
    gan__neighbours_destroy(s.neighbours);
    gan_encoder_destroy(s.encoder);
    gan__free(s.samples);
    gan__free(s.answers);
    gan__free(s.features);
    gan__free(s.labels);
    gan__free(s.test_features);
    gan__free(s.test_labels);
    gan__free(s.test_categories);
    gan__free(s.votes);
    return status;
}
