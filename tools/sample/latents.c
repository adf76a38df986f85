// Where gan-sample's latents come from: seeds, a walk through the latents of seeds, a sweep of a
// code, or a file. Those of test samples are reconstruct.c.
#include "sample/sample.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECE_ELEMENTS ((size_t)4 << 20)

// --- Signals -------------------------------------------------------------------------------------

void gan__sample_catch_signals(void) {
    gan__tool_catch_stop(NULL);
}

static gan_status check_signal(const gan_sample_source *source) {
    if (gan__tool_stop_signal() == 0) return GAN_STATUS_OK;
    const bool interrupted = gan__tool_stop_signal() == SIGINT;
    return gan__fail(interrupted ? GAN_STATUS_INTERRUPTED : GAN_STATUS_TERMINATED,
                     "%s after %" PRIu64 " of %" PRIu64 " samples; no unfinished file is left",
                     interrupted ? "interrupted" : "terminated", source->done, source->count);
}

// --- Seeds and walks -----------------------------------------------------------------------------

static uint64_t next_seed(gan_sample_source *source) {
    const gan_seed_range *const range = &source->wanted->ranges[source->range];
    const uint64_t seed = range->first + source->offset;
    if (seed == range->last) {
        source->range++;
        source->offset = 0;
    } else {
        source->offset++;
    }
    return seed;
}

static size_t latent_size(const gan_sample_source *source) {
    return gan_sampler_get_info(source->sampler)->latent;
}

gan_status gan__sample_latents_alloc(const gan_sample_source *source, uint64_t count, float **out) {
    const size_t size = latent_size(source) * sizeof(float);
    *out = count > SIZE_MAX / size ? NULL : calloc((size_t)count, size);
    if (*out != NULL) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for %" PRIu64 " latents", count);
}

static gan_status draw_keys(gan_sample_source *source) {
    const uint64_t count = source->wanted->seeds;
    const gan_status status = gan__sample_latents_alloc(source, count, &source->keys);
    for (uint64_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        gan_sampler_latent(source->sampler, next_seed(source),
                           source->keys + i * latent_size(source));
    return status;
}

// The latent of frame `number`: the first is the first key, the last the last one, or, of a walk
// that loops, the one before it begins again.
static void draw_frame(const gan_sample_source *source, uint64_t number, float *latent) {
    const gan_sample_request *const wanted = source->wanted;
    const uint64_t legs = wanted->loops ? wanted->seeds : wanted->seeds - 1;
    const uint64_t steps = wanted->loops ? source->count : source->count - 1;
    const double at = steps == 0 ? 0 : (double)legs * ((double)number / (double)steps);
    const uint64_t leg = (uint64_t)at < legs ? (uint64_t)at : legs - 1;
    const size_t size = latent_size(source);
    gan_sampler_interpolate(source->sampler, wanted->path, source->keys + leg * size,
                            source->keys + (leg + 1) % wanted->seeds * size, at - (double)leg,
                            latent);
}

// Cell `number` of a sweep, row by row. Of a categorical code each row has a seed of its own and
// each column a category. Of a continuous one the rows are the first code's categories, where there
// are any, all of one seed.
static void draw_cell(const gan_sample_source *source, uint64_t number, float *latent) {
    const gan_sample_request *const wanted = source->wanted;
    const gan_sample_info *const info = gan_sampler_get_info(source->sampler);
    const uint64_t column = number % wanted->columns, row = number / wanted->columns;
    const size_t code = (size_t)wanted->sweep - 1;
    const bool hot = code < info->categorical, hot_rows = !hot && info->categorical > 0;
    const uint64_t seed = wanted->ranges->first + (hot_rows ? row / info->categories : row);
    gan_sampler_latent(source->sampler, seed, latent);
    if (hot_rows)
        gan_sampler_set_code(source->sampler, 0, (double)(row % info->categories), latent);
    const double at = wanted->columns > 1 ? (double)column / (double)(wanted->columns - 1) : 0.5;
    const double value = hot ? (double)(column % info->categories) : wanted->span * (2 * at - 1);
    gan_sampler_set_code(source->sampler, code, value, latent);
}

// --- The source ----------------------------------------------------------------------------------

static gan_status open_file(gan_sample_source *source) {
    const gan_sample_request *const wanted = source->wanted;
    gan_status status = gan_latent_file_open(wanted->latents, latent_size(source), &source->file);
    if (status != GAN_STATUS_OK) return status;
    const uint64_t held = gan_latent_file_get_count(source->file);
    if (source->count == 0) source->count = held;
    if (source->count <= held) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "-n %" PRIu64 ": %s has only %" PRIu64 " latents",
                     source->count, wanted->latents, held);
}

static gan_status check_sweep(const gan_sample_source *source) {
    const gan_sample_info *const info = gan_sampler_get_info(source->sampler);
    if (source->wanted->sweep <= info->codes) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "--sweep %" PRIu64 ": the latents of this checkpoint have %zu codes, %zu of "
                     "them categorical",
                     source->wanted->sweep, info->codes, info->categorical);
}

static gan_status open_kept(gan_sample_source *source) {
    const size_t size = latent_size(source);
    const gan_sample_info info = {.rank = 1, .size = {(int64_t)size}, .elements = size};
    if (source->wanted->kept == NULL) return GAN_STATUS_OK;
    return gan_sample_file_create(GAN_SAMPLE_FORMAT_NPY, &info, source->count,
                                  (gan_target){.path = source->wanted->kept}, &source->kept);
}

static size_t most_at_once(const gan_sampler *sampler) {
    const size_t wanted = PIECE_ELEMENTS / gan_sampler_get_info(sampler)->elements;
    if (wanted > GAN_SAMPLE_PIECE_MOST) return GAN_SAMPLE_PIECE_MOST;
    return wanted < GAN_SAMPLE_PIECE_LEAST ? GAN_SAMPLE_PIECE_LEAST : wanted;
}

// Latents that are given cannot be drawn again, but their styles can be pulled to the mean.
static gan_status truncate(gan_sampler *sampler, const gan_sample_request *wanted) {
    const bool given =
        wanted->origin == GAN_SAMPLE_ORIGIN_FILE || wanted->origin == GAN_SAMPLE_ORIGIN_DATA;
    if (wanted->truncation == 0) return GAN_STATUS_OK;
    if (given && gan_sampler_get_info(sampler)->styles == 0)
        return gan__fail(
            GAN_STATUS_BAD_ARGUMENT,
            "--truncation draws latents again, and here they are given; only the "
            "styles of a style-based generator, which this is not, could be truncated");
    return gan_sampler_set_truncation(sampler, wanted->truncation);
}

gan_status gan__sample_source_open(gan_sampler *sampler, gan_encoder *encoder,
                                   const gan_sample_request *wanted, gan_sample_source *out) {
    *out = (gan_sample_source){.sampler = sampler,
                               .encoder = encoder,
                               .wanted = wanted,
                               .count = wanted->count,
                               .piece_most = most_at_once(sampler)};
    gan_status status = encoder == NULL ? GAN_STATUS_OK : gan__sample_originals_encode(out);
    if (status == GAN_STATUS_OK) status = truncate(sampler, wanted);
    if (status == GAN_STATUS_OK && wanted->class_text != NULL)
        status = gan_sampler_find_class(sampler, wanted->class_text, &out->chosen);
    if (status == GAN_STATUS_OK && wanted->origin == GAN_SAMPLE_ORIGIN_WALK)
        status = draw_keys(out);
    if (status == GAN_STATUS_OK && wanted->origin == GAN_SAMPLE_ORIGIN_FILE)
        status = open_file(out);
    if (status == GAN_STATUS_OK) status = check_sweep(out);
    return status == GAN_STATUS_OK ? open_kept(out) : status;
}

void gan__sample_source_close(gan_sample_source *source) {
    gan_sample_file_discard(source->kept);
    gan_latent_file_close(source->file);
    free(source->keys);
    free(source->originals);
    free(source->latents);
}

void gan__sample_source_class(const gan_sample_source *source, size_t index, char *text,
                              size_t size) {
    text[0] = '\0';
    if (gan_sampler_get_info(source->sampler)->classes == 0) return;
    const uint32_t label = (uint32_t)source->latents[(index + 1) * latent_size(source) - 1];
    const char *const name = gan_sampler_class_name(source->sampler, label);
    if (name != NULL)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "%" PRIu32, label);
}

const char *gan__sample_source_unit(const gan_sample_source *source) {
    static const char *const units[] = {[GAN_SAMPLE_ORIGIN_SEEDS] = "seed",
                                        [GAN_SAMPLE_ORIGIN_WALK] = "frame",
                                        [GAN_SAMPLE_ORIGIN_FILE] = "latent",
                                        [GAN_SAMPLE_ORIGIN_SWEEP] = "cell",
                                        [GAN_SAMPLE_ORIGIN_DATA] = "cell"};
    return units[source->wanted->origin];
}

size_t gan__sample_source_piece(const gan_sample_source *source) {
    const uint64_t left = source->count - source->done;
    return left < source->piece_most ? (size_t)left : source->piece_most;
}

// A class is the last element of its sample's latent.
static void choose_class(gan_sample_source *source, size_t count) {
    const size_t size = latent_size(source);
    for (size_t i = 0; i < count && source->wanted->class_text != NULL; i++)
        source->latents[(i + 1) * size - 1] = (float)source->chosen;
}

// Fills in source->latents, and the number of each.
static gan_status next_latents(gan_sample_source *source, size_t count, uint64_t *numbers) {
    const gan_sample_origin origin = source->wanted->origin;
    for (size_t i = 0; i < count; i++) {
        float *const latent = source->latents + i * latent_size(source);
        uint64_t number = source->done + i;
        if (origin == GAN_SAMPLE_ORIGIN_WALK) draw_frame(source, number, latent);
        if (origin == GAN_SAMPLE_ORIGIN_SWEEP) draw_cell(source, number, latent);
        if (origin == GAN_SAMPLE_ORIGIN_DATA) gan__sample_originals_latent(source, number, latent);
        if (origin == GAN_SAMPLE_ORIGIN_SEEDS) {
            number = next_seed(source);
            gan_sampler_latent(source->sampler, number, latent);
        }
        if (numbers != NULL) numbers[i] = number;
    }
    if (origin != GAN_SAMPLE_ORIGIN_FILE) return GAN_STATUS_OK;
    return gan_latent_file_read(source->file, count, source->latents);
}

static gan_status draw_piece(gan_sample_source *source, size_t count, uint64_t *numbers,
                             float *samples) {
    gan_status status = check_signal(source);
    if (status == GAN_STATUS_OK && source->latents == NULL)
        status = gan__sample_latents_alloc(source, source->piece_most, &source->latents);
    if (status == GAN_STATUS_OK) status = next_latents(source, count, numbers);
    if (status == GAN_STATUS_OK) choose_class(source, count);
    if (status == GAN_STATUS_OK && source->kept != NULL)
        status = gan_sample_file_write(source->kept, source->latents, count);
    if (status == GAN_STATUS_OK)
        status = gan_sampler_generate(source->sampler, source->latents, count, samples);
    if (status == GAN_STATUS_OK) gan__sample_originals_put(source, count, samples);
    if (status == GAN_STATUS_BAD_INPUT && source->file != NULL)
        status = gan__fail_in(status, "%s, from latent %" PRIu64 " on", source->wanted->latents,
                              source->done);
    source->done += count;
    return status;
}

gan_status gan__sample_source_draw(gan_sample_source *source, size_t count, uint64_t *numbers,
                                   float *samples) {
    const size_t elements = gan_sampler_get_info(source->sampler)->elements;
    gan_status status = GAN_STATUS_OK;
    for (size_t done = 0; done < count && status == GAN_STATUS_OK;) {
        const size_t piece = count - done < source->piece_most ? count - done : source->piece_most;
        status = draw_piece(source, piece, numbers == NULL ? NULL : numbers + done,
                            samples + done * elements);
        done += piece;
    }
    return status;
}

gan_status gan__sample_source_commit(gan_sample_source *source) {
    gan_sample_file *const kept = source->kept;
    source->kept = NULL;
    return kept == NULL ? GAN_STATUS_OK : gan_sample_file_commit(kept);
}
