// gan-sample's products: samples drawn by their seeds, shown, in one picture, in one file, or in a
// file each.
#include "sample/sample.h"

#include "clgan/image.h"
#include "clgan/sample_file.h"
#include "term/image.h"
#include "term/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 64 // samples in memory at once, where they are not one picture

// --- Samples -------------------------------------------------------------------------------------
// Where the drawing stands in the list of seeds.
typedef struct cursor {
    const gan_sample_request *wanted;
    size_t range;
    uint64_t offset;
    uint64_t done;
} cursor;

static uint64_t next_seed(cursor *at) {
    const gan_seed_range *const range = &at->wanted->ranges[at->range];
    const uint64_t seed = range->first + at->offset;
    if (seed == range->last) {
        at->range++;
        at->offset = 0;
    } else {
        at->offset++;
    }
    at->done++;
    return seed;
}

// Draws the next `count` samples; the seed of each goes to `seeds` where that is not NULL.
static gan_status draw(gan_sampler *sampler, cursor *at, size_t count, uint64_t *seeds,
                       float *samples) {
    const size_t latent = gan_sampler_get_info(sampler)->latent;
    float *const latents = calloc(count, (latent + 1) * sizeof *latents);
    if (latents == NULL) return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the latents");
    for (size_t i = 0; i < count; i++) {
        const uint64_t seed = next_seed(at);
        if (seeds != NULL) seeds[i] = seed;
        gan_sampler_latent(sampler, seed, latents + i * latent);
    }
    const gan_status status = gan_sampler_generate(sampler, latents, count, samples);
    free(latents);
    return status;
}

static gan_status alloc_samples(const gan_sampler *sampler, uint64_t count, float **out) {
    const size_t elements = gan_sampler_get_info(sampler)->elements;
    *out = count > SIZE_MAX / sizeof(float) / elements - 1
               ? NULL
               : malloc((size_t)count * elements * sizeof(float));
    if (*out != NULL) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_NO_MEMORY,
                     "out of memory for %" PRIu64 " samples in one picture; ask for fewer, or for "
                     "a folder (-o DIR/)",
                     count);
}

// --- Outputs -------------------------------------------------------------------------------------

// All samples as one picture.
static gan_status make_picture(gan_sampler *sampler, const gan_sample_request *wanted,
                               gan_image **image) {
    cursor at = {.wanted = wanted};
    float *samples = NULL;
    if (wanted->columns > 0 && wanted->count > wanted->columns * wanted->rows)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--grid %zux%zu has too few places for %" PRIu64 " samples",
                         wanted->columns, wanted->rows, wanted->count);
    gan_status status = alloc_samples(sampler, wanted->count, &samples);
    if (status == GAN_STATUS_OK) status = draw(sampler, &at, (size_t)wanted->count, NULL, samples);
    const gan_image_options options = {.columns = wanted->columns, .rows = wanted->rows};
    if (status == GAN_STATUS_OK)
        status = gan_image_create(gan_sampler_get_info(sampler), samples, (size_t)wanted->count,
                                  &options, image);
    free(samples);
    return status;
}

static gan_target target_of(const gan_sample_request *wanted) {
    return (gan_target){.path = wanted->to_stdout ? NULL : wanted->output, .fd = STDOUT_FILENO};
}

static bool is_png(const gan_sample_request *wanted) {
    return strcmp(gan__sample_formats[wanted->format], "png") == 0;
}

static gan_status show(gan_sampler *sampler, const gan_sample_request *wanted,
                       const gan_terminal *out) {
    gan_image *image = NULL;
    gan_status status = make_picture(sampler, wanted, &image);
    if (status == GAN_STATUS_OK) {
        const gan_picture picture = {.pixels = gan_image_get_pixels(image),
                                     .width = gan_image_get_width(image),
                                     .height = gan_image_get_height(image),
                                     .channels = gan_image_get_channels(image)};
        status = gan__image_write(&picture, out);
    }
    gan_image_destroy(image);
    return status;
}

static gan_status write_picture(gan_sampler *sampler, const gan_sample_request *wanted) {
    gan_image *image = NULL;
    gan_status status = make_picture(sampler, wanted, &image);
    if (status == GAN_STATUS_OK)
        status =
            gan_image_write(image, is_png(wanted) ? GAN_IMAGE_FORMAT_PNG : GAN_IMAGE_FORMAT_PNM,
                            NULL, 0, target_of(wanted));
    gan_image_destroy(image);
    return status;
}

static gan_sample_format sample_format(const gan_sample_request *wanted) {
    static const char *const suffixes[] = {
#define SUFFIX(name, suffix, meaning) [GAN_SAMPLE_FORMAT_##name] = (suffix),
        GAN_SAMPLE_FORMAT_TABLE(SUFFIX)
#undef SUFFIX
    };
    size_t format = 0;
    while (strcmp(suffixes[format], gan__sample_formats[wanted->format]) != 0) format++;
    return (gan_sample_format)format;
}

static size_t chunk_at(const cursor *at) {
    const uint64_t left = at->wanted->count - at->done;
    return left < CHUNK ? (size_t)left : CHUNK;
}

// One file of all samples, in memory that does not grow with them.
static gan_status stream(gan_sampler *sampler, const gan_sample_request *wanted,
                         gan_progress *progress) {
    cursor at = {.wanted = wanted};
    gan_sample_file *file = NULL;
    float *samples = NULL;
    gan_status status = alloc_samples(sampler, CHUNK, &samples);
    if (status == GAN_STATUS_OK)
        status = gan_sample_file_create(sample_format(wanted), gan_sampler_get_info(sampler),
                                        wanted->count, target_of(wanted), &file);
    while (status == GAN_STATUS_OK && at.done < wanted->count) {
        const size_t count = chunk_at(&at);
        status = draw(sampler, &at, count, NULL, samples);
        if (status == GAN_STATUS_OK) status = gan_sample_file_write(file, samples, count);
        if (status == GAN_STATUS_OK) status = gan__progress_update(progress, at.done, NULL);
    }
    free(samples);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

static gan_status write_sample(const gan_sample_request *wanted, const gan_sample_info *info,
                               const float *sample, gan_target target) {
    if (is_png(wanted)) {
        gan_image *image = NULL;
        gan_status status = gan_image_create(info, sample, 1, NULL, &image);
        if (status == GAN_STATUS_OK)
            status = gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target);
        gan_image_destroy(image);
        return status;
    }
    gan_sample_file *file = NULL;
    gan_status status = gan_sample_file_create(sample_format(wanted), info, 1, target, &file);
    if (status == GAN_STATUS_OK) status = gan_sample_file_write(file, sample, 1);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

static gan_status write_one(const gan_sample_request *wanted, const gan_sample_info *info,
                            uint64_t seed, const float *sample) {
    gan_text path = {0};
    const size_t length = strlen(wanted->output);
    gan__text_append(&path, "%s%sseed-%08" PRIu64 ".%s", wanted->output,
                     wanted->output[length - 1] == '/' ? "" : "/", seed,
                     gan__sample_formats[wanted->format]);
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK)
        status = write_sample(wanted, info, sample, (gan_target){.path = gan__text_string(&path)});
    gan__text_destroy(&path);
    return status;
}

static gan_status make_folder(const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "the folder %s cannot be made: %s", path,
                     strerror(errno));
}

// A file for each sample.
static gan_status fill_folder(gan_sampler *sampler, const gan_sample_request *wanted,
                              gan_progress *progress) {
    const gan_sample_info *const info = gan_sampler_get_info(sampler);
    cursor at = {.wanted = wanted};
    uint64_t seeds[CHUNK];
    float *samples = NULL;
    gan_status status = make_folder(wanted->output);
    if (status == GAN_STATUS_OK) status = alloc_samples(sampler, CHUNK, &samples);
    while (status == GAN_STATUS_OK && at.done < wanted->count) {
        const size_t count = chunk_at(&at);
        status = draw(sampler, &at, count, seeds, samples);
        for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
            status = write_one(wanted, info, seeds[i], samples + i * info->elements);
        if (status == GAN_STATUS_OK) status = gan__progress_update(progress, at.done, NULL);
    }
    free(samples);
    return status;
}

gan_status gan__sample_produce(gan_sampler *sampler, const gan_sample_request *wanted,
                               const gan_tool_call *call) {
    if (wanted->output == NULL) return show(sampler, wanted, &call->out);
    const bool one_picture = wanted->columns > 0 || is_png(wanted);
    if (one_picture && !wanted->to_folder) return write_picture(sampler, wanted);
    const gan_progress_settings settings = {.terminal = call->err,
                                            .quiet = call->quiet,
                                            .label = "sampling",
                                            .unit = "samples",
                                            .total = wanted->count};
    gan_progress *progress = NULL;
    gan_status status = gan__progress_create(&settings, &progress);
    if (status == GAN_STATUS_OK)
        status = wanted->to_folder ? fill_folder(sampler, wanted, progress)
                                   : stream(sampler, wanted, progress);
    gan__progress_destroy(progress);
    return status;
}
