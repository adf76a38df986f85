// Implements gan/evaluate_data.h.
#include "gan/evaluate_data.h"

#include "base/memory.h"
#include "gan/data_source.h"

#include <inttypes.h>
#include <string.h>

// --- Points of a data set ------------------------------------------------------------------------

static gan_status read_labelled(const gan_set_source *source, uint64_t number, void *sample,
                                uint32_t *label) {
    if (source->is_stream)
        return gan__dataset_read(source->dataset, source->seed, number, 1, sample, label);
    return gan__dataset_sample(source->dataset, number, sample, label);
}

static gan_status read_raw(const gan_set_source *source, uint64_t number, void *sample) {
    return read_labelled(source, number, sample, NULL);
}

static gan_status read_bytes(const gan_set_source *source, uint64_t first, size_t count,
                             float *values) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(source->elements, 1, &memory));
    const uint8_t *const bytes = memory;
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) {
        status = read_raw(source, first + i, memory);
        for (size_t e = 0; e < source->elements; e++)
            values[i * source->elements + e] = (float)bytes[e] / 255;
    }
    gan__free(memory);
    return status;
}

static gan_status read_set(const gan_points *points, uint64_t first, size_t count, float *values) {
    const gan_set_source *const source = points->source;
    first += points->start;
    if (gan__dataset_info(source->dataset)->type == GAN_SAMPLE_TYPE_U8)
        return read_bytes(source, first, count, values);
    for (size_t i = 0; i < count; i++)
        GAN_TRY(read_raw(source, first + i, values + i * source->elements));
    return GAN_STATUS_OK;
}

gan_status gan__evaluation_labels(const gan_points *points, uint64_t first, size_t count,
                                  uint32_t *labels) {
    const gan_set_source *const source = points->source;
    void *sample = NULL;
    GAN_TRY(gan__alloc(source->elements, sizeof(float), &sample));
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = read_labelled(source, points->start + first + i, sample, &labels[i]);
    gan__free(sample);
    return status;
}

void gan__evaluation_to_range(const gan_recipe_values *recipe, const gan_evaluation_data *data,
                              size_t count, float *samples) {
    const bool has_range = recipe->data.has_range;
    const double low = has_range ? recipe->data.range[0] : 0;
    const double high = has_range ? recipe->data.range[1] : 255;
    for (size_t i = 0; data->has_bytes && i < count * data->elements; i++)
        samples[i] = (float)(low + (high - low) * (double)samples[i]);
}

// --- What is what --------------------------------------------------------------------------------

// Of built-in sets: how many samples no training run sees are for what.
#define BUILTIN_VALIDATION 10000
#define BUILTIN_TEST       10000

// Where all samples are trained on, the last of so many parts is for validation too.
#define VALIDATION_PARTS 6

static gan_points points_of(const gan_set_source *source, uint64_t start, uint64_t count) {
    const bool labelled = gan__dataset_info(source->dataset)->classes > 0;
    return (gan_points){.count = count,
                        .read = read_set,
                        .labels = labelled ? gan__evaluation_labels : NULL,
                        .source = source,
                        .start = start};
}

static size_t elements_of(const gan_dataset *dataset) {
    const gan_dataset_info *const info = gan__dataset_info(dataset);
    size_t elements = 1;
    for (int i = 0; i < info->rank; i++) elements *= (size_t)info->size[i];
    return elements;
}

// The training samples are those that the run's own stream begins with, or with a limit those it
// names; the others are drawn under a seed of their own, behind any limit.
static void split_builtin(gan_evaluation_data *data, const gan_recipe_values *recipe) {
    const uint64_t start = (uint64_t)recipe->data.limit[0], count = (uint64_t)recipe->data.limit[1];
    const uint64_t unseen = count > 0 ? start + count : 0;
    const gan_set_source *const stream = &data->sources[0], *const stored = &data->sources[1];
    data->sources[0] = (gan_set_source){data->whole, true, (uint64_t)recipe->seed, data->elements};
    data->sources[1] = (gan_set_source){data->whole, false, 0, data->elements};
    data->training = count > 0 ? points_of(stored, start, count)
                               : points_of(stream, 0, gan__dataset_info(data->whole)->count);
    data->validation = points_of(stored, unseen, BUILTIN_VALIDATION);
    data->test = points_of(stored, unseen + BUILTIN_VALIDATION, BUILTIN_TEST);
}

// Texts have their test part in them; other sets have one beside them.
static gan_status open_test(gan_evaluation_data *data, const gan_recipe_values *recipe,
                            const char *source) {
    char *path = NULL;
    if (gan__dataset_vocabulary(data->whole) != NULL)
        return gan__data_source_open_held_out(recipe, source, &data->apart);
    GAN_TRY(gan__dataset_find_test(source, &path));
    if (path == NULL)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "%s: there is no test set beside it; give with --data the training file of "
            "a pair named like train-images... and t10k-images..., or train... and "
            "test...",
            source);
    gan_status status = gan__data_source_open_held_out(recipe, path, &data->apart);
    if (status == GAN_STATUS_OK &&
        (elements_of(data->apart) != data->elements ||
         gan__dataset_info(data->apart)->type != gan__dataset_info(data->whole)->type))
        status =
            gan__fail(GAN_STATUS_BAD_INPUT,
                      "%s: its samples are not of the shape and type of the training set's", path);
    gan__free(path);
    return status;
}

// Of `present` samples, of which `count` from `start` on are trained on: those behind, else those
// in front, else the last part of all.
static gan_points validation_of(const gan_set_source *source, uint64_t start, uint64_t count,
                                uint64_t present) {
    if (start + count < present) return points_of(source, start + count, present - start - count);
    if (start > 0) return points_of(source, 0, start);
    const uint64_t last_part = (present + VALIDATION_PARTS - 1) / VALIDATION_PARTS;
    return points_of(source, present - last_part, last_part);
}

static gan_status split_files(gan_evaluation_data *data, const gan_recipe_values *recipe,
                              const char *source) {
    const uint64_t present = gan__dataset_info(data->whole)->count;
    uint64_t start = (uint64_t)recipe->data.limit[0], count = (uint64_t)recipe->data.limit[1];
    GAN_TRY(open_test(data, recipe, source));
    if (count == 0) {
        start = 0;
        count = present;
    }
    if (start > present || count > present - start)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s has %" PRIu64 " samples, but the recipe trains on %" PRIu64
                         " from number %" PRIu64 " on (data.limit); it is another data set",
                         source, present, count, start);
    data->validation_was_trained_on = count == present;
    data->sources[0] = (gan_set_source){data->whole, false, 0, data->elements};
    data->sources[2] = (gan_set_source){data->apart, false, 0, data->elements};
    data->training = points_of(&data->sources[0], start, count);
    data->validation = validation_of(&data->sources[0], start, count, present);
    data->test = points_of(&data->sources[2], 0, gan__dataset_info(data->apart)->count);
    return GAN_STATUS_OK;
}

gan_status gan__evaluation_data_open(const gan_recipe_values *recipe, const char *source,
                                     gan_evaluation_data *out) {
    const char *const from = source != NULL ? source : recipe->data.source;
    *out = (gan_evaluation_data){0};
    if (from[0] == '\0')
        return gan__fail(GAN_STATUS_BAD_INPUT, "the checkpoint's recipe names no data; give the "
                                               "training set with --data");
    GAN_TRY(gan__data_source_open(recipe, from, &out->whole));
    const gan_dataset_info *const info = gan__dataset_info(out->whole);
    out->elements = elements_of(out->whole);
    out->has_bytes = info->type == GAN_SAMPLE_TYPE_U8;
    if (!info->endless) return split_files(out, recipe, from);
    split_builtin(out, recipe);
    return GAN_STATUS_OK;
}

void gan__evaluation_data_close(gan_evaluation_data *data) {
    gan__dataset_close(data->whole);
    gan__dataset_close(data->apart);
}

// --- Points of a generator -----------------------------------------------------------------------

#define SEEDS_AT_ONCE 1024

static gan_status read_generated(const gan_points *points, uint64_t first, size_t count,
                                 float *values) {
    const gan_sampler_source *const source = points->source;
    const gan_sample_info *const info = gan_sampler_get_info(source->sampler);
    for (size_t done = 0; done < count; done += SEEDS_AT_ONCE) {
        const size_t now = count - done < SEEDS_AT_ONCE ? count - done : SEEDS_AT_ONCE;
        for (size_t i = 0; i < now; i++)
            gan_sampler_latent(source->sampler, first + done + i,
                               source->latents + i * info->latent);
        GAN_TRY(gan_sampler_generate(source->sampler, source->latents, now,
                                     values + done * info->elements));
    }
    if (source->low == source->high) return GAN_STATUS_OK;
    const double scale = 1 / (source->high - source->low);
    for (size_t i = 0; i < count * info->elements; i++)
        values[i] = (float)(((double)values[i] - source->low) * scale);
    return GAN_STATUS_OK;
}

// The classes that the generator is asked for.
static gan_status read_asked(const gan_points *points, uint64_t first, size_t count,
                             uint32_t *labels) {
    const gan_sampler_source *const source = points->source;
    const size_t latent = gan_sampler_get_info(source->sampler)->latent;
    for (size_t i = 0; i < count; i++) {
        gan_sampler_latent(source->sampler, first + i, source->latents);
        labels[i] = (uint32_t)source->latents[latent - 1];
    }
    return GAN_STATUS_OK;
}

gan_status gan__sampler_source_open(gan_sampler *sampler, bool has_bytes, gan_sampler_source *out) {
    const gan_sample_info *const info = gan_sampler_get_info(sampler);
    void *latents = NULL;
    *out = (gan_sampler_source){.sampler = sampler};
    GAN_TRY(gan__alloc(SEEDS_AT_ONCE, info->latent * sizeof(float), &latents));
    out->latents = latents;
    if (!has_bytes) return GAN_STATUS_OK;
    const bool has_range = info->low < info->high;
    out->low = has_range ? info->low : 0;
    out->high = has_range ? info->high : 255;
    return GAN_STATUS_OK;
}

void gan__sampler_source_close(gan_sampler_source *source) {
    gan__free(source->latents);
}

gan_points gan__sampler_source_points(const gan_sampler_source *source, uint64_t count) {
    const bool asked = gan_sampler_get_info(source->sampler)->classes > 0;
    return (gan_points){.count = count,
                        .read = read_generated,
                        .labels = asked ? read_asked : NULL,
                        .source = source};
}
