// gan-sample's products: samples shown, in one picture, in one file, or in a file each.
#include "sample/sample.h"

#include "picture.h"
#include "term/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct product {
    gan_sample_source source;
    const gan_sample_request *wanted;
    const gan_sample_info *info;
    const gan_tool_call *call;
    gan_progress *progress;
} product;

static gan_status alloc_samples(const product *made, uint64_t count, float **out) {
    const size_t elements = made->info->elements;
    *out = count > SIZE_MAX / sizeof(float) / elements - 1
               ? NULL
               : malloc((size_t)count * elements * sizeof(float));
    if (*out != NULL) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_NO_MEMORY,
                     "out of memory for %" PRIu64 " samples in one picture; ask for fewer, or for "
                     "a folder (-o DIR/)",
                     count);
}

static gan_target target_of(const gan_sample_request *wanted) {
    return (gan_target){.path = wanted->to_stdout ? NULL : wanted->output, .fd = STDOUT_FILENO};
}

static bool is_png(const gan_sample_request *wanted) {
    return strcmp(gan__sample_formats[wanted->format], "png") == 0;
}

// --- One picture ---------------------------------------------------------------------------------

// All samples as one picture; a walk is a strip unless a grid is asked for.
static gan_status make_picture(product *made, gan_image **image) {
    const gan_sample_request *const wanted = made->wanted;
    const uint64_t count = made->source.count;
    const bool is_strip =
        wanted->origin == GAN_SAMPLE_ORIGIN_WALK && wanted->columns == 0 && wanted->output != NULL;
    float *samples = NULL;
    if (wanted->columns > 0 && count > wanted->columns * wanted->rows)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--grid %zux%zu has too few places for %" PRIu64 " samples",
                         wanted->columns, wanted->rows, count);
    gan_status status = alloc_samples(made, count, &samples);
    if (status == GAN_STATUS_OK)
        status = gan__sample_source_draw(&made->source, (size_t)count, NULL, samples);
    const gan_image_options options = {.columns = is_strip ? (size_t)count : wanted->columns,
                                       .rows = is_strip ? 1 : wanted->rows};
    if (status == GAN_STATUS_OK)
        status = gan_image_create(made->info, samples, (size_t)count, &options, image);
    free(samples);
    return status;
}

// Samples as text, a line each.
static gan_status show_lines(product *made) {
    const size_t size = 4 * (size_t)made->info->size[2] + 1; // of UTF-8
    gan_text lines = {0};
    float *samples = NULL;
    size_t count;
    char *const line = malloc(size);
    gan_status status = line == NULL ? gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for a line")
                                     : alloc_samples(made, made->source.piece_most, &samples);
    while (status == GAN_STATUS_OK && (count = gan__sample_source_piece(&made->source)) > 0) {
        status = gan__sample_source_draw(&made->source, count, NULL, samples);
        gan__text_clear(&lines);
        for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) {
            gan_sample_text(made->info, samples + i * made->info->elements, line, size);
            gan__text_append(&lines, "%s\n", line);
        }
        if (status == GAN_STATUS_OK) status = gan__terminal_write(&made->call->out, &lines);
    }
    free(line);
    free(samples);
    gan__text_destroy(&lines);
    return status;
}

static gan_status show(product *made) {
    gan_image *image = NULL;
    if (made->info->vocabulary != NULL) return show_lines(made);
    gan_status status = make_picture(made, &image);
    if (status == GAN_STATUS_OK) status = gan__picture_show(image, &made->call->out);
    gan_image_destroy(image);
    return status;
}

static gan_status write_picture(product *made) {
    gan_image *image = NULL;
    gan_sample_texts texts;
    gan_status status = make_picture(made, &image);
    if (status == GAN_STATUS_OK) gan__sample_texts(&made->source, made->call, NULL, 0, &texts);
    if (status == GAN_STATUS_OK)
        status = gan_image_write(image,
                                 is_png(made->wanted) ? GAN_IMAGE_FORMAT_PNG : GAN_IMAGE_FORMAT_PNM,
                                 texts.entry, texts.count, target_of(made->wanted));
    gan_image_destroy(image);
    return status;
}

// --- One file, or one each -----------------------------------------------------------------------

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

static gan_status stream_pieces(product *made, gan_sample_file *file, float *samples) {
    gan_status status = GAN_STATUS_OK;
    size_t count;
    while (status == GAN_STATUS_OK && (count = gan__sample_source_piece(&made->source)) > 0) {
        status = gan__sample_source_draw(&made->source, count, NULL, samples);
        if (status == GAN_STATUS_OK) status = gan_sample_file_write(file, samples, count);
        if (status == GAN_STATUS_OK)
            status = gan__progress_update(made->progress, made->source.done, NULL);
    }
    return status;
}

// One file of all samples, in memory that does not grow with them.
static gan_status stream(product *made) {
    gan_sample_file *file = NULL;
    float *samples = NULL;
    gan_status status = alloc_samples(made, made->source.piece_most, &samples);
    if (status == GAN_STATUS_OK)
        status = gan_sample_file_create(sample_format(made->wanted), made->info, made->source.count,
                                        target_of(made->wanted), &file);
    if (status == GAN_STATUS_OK) status = stream_pieces(made, file, samples);
    free(samples);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

// Sample `number`, which is the newest piece's at `index`.
static gan_status write_png(const product *made, uint64_t number, size_t index, const float *sample,
                            gan_target target) {
    gan_image *image = NULL;
    gan_sample_texts texts;
    gan_status status = gan_image_create(made->info, sample, 1, NULL, &image);
    gan__sample_texts(&made->source, made->call, &number, index, &texts);
    if (status == GAN_STATUS_OK)
        status = gan_image_write(image, GAN_IMAGE_FORMAT_PNG, texts.entry, texts.count, target);
    gan_image_destroy(image);
    return status;
}

static gan_status write_sample(const product *made, uint64_t number, size_t index,
                               const float *sample, gan_target target) {
    gan_sample_file *file = NULL;
    if (is_png(made->wanted)) return write_png(made, number, index, sample, target);
    gan_status status =
        gan_sample_file_create(sample_format(made->wanted), made->info, 1, target, &file);
    if (status == GAN_STATUS_OK) status = gan_sample_file_write(file, sample, 1);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

// FOLDER/seed-00000007.png, FOLDER/frame-00000007.png: numbered so that names sort.
static gan_status write_one(const product *made, uint64_t number, size_t index,
                            const float *sample) {
    const char *const folder = made->wanted->output;
    gan_text path = {0};
    gan__text_append(
        &path, "%s%s%s-%08" PRIu64 ".%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
        gan__sample_source_unit(&made->source), number, gan__sample_formats[made->wanted->format]);
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK)
        status = write_sample(made, number, index, sample,
                              (gan_target){.path = gan__text_string(&path)});
    gan__text_destroy(&path);
    return status;
}

// The folder and those above it.
static gan_status make_folder(const char *path) {
    gan_text part = {0};
    const char *at = path;
    gan_status status = GAN_STATUS_OK;
    while (*at != '\0' && status == GAN_STATUS_OK) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        gan__text_clear(&part);
        gan__text_append(&part, "%.*s", (int)(at - path), path);
        status = gan__text_status(&part);
        if (status == GAN_STATUS_OK && mkdir(gan__text_string(&part), 0777) != 0 && errno != EEXIST)
            status = gan__fail(GAN_STATUS_BAD_OUTPUT, "the folder %s cannot be made: %s",
                               gan__text_string(&part), strerror(errno));
    }
    gan__text_destroy(&part);
    return status;
}

// A file for each sample.
static gan_status fill_folder(product *made) {
    uint64_t numbers[GAN_SAMPLE_PIECE_MOST];
    float *samples = NULL;
    size_t count;
    gan_status status = make_folder(made->wanted->output);
    if (status == GAN_STATUS_OK) status = alloc_samples(made, made->source.piece_most, &samples);
    while (status == GAN_STATUS_OK && (count = gan__sample_source_piece(&made->source)) > 0) {
        status = gan__sample_source_draw(&made->source, count, numbers, samples);
        for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
            status = write_one(made, numbers[i], i, samples + i * made->info->elements);
        if (status == GAN_STATUS_OK)
            status = gan__progress_update(made->progress, made->source.done, NULL);
    }
    free(samples);
    return status;
}

// --- All of them ---------------------------------------------------------------------------------

static gan_status produce(product *made) {
    const gan_sample_request *const wanted = made->wanted;
    const gan_progress_settings settings = {.terminal = made->call->err,
                                            .quiet = made->call->quiet,
                                            .label = "sampling",
                                            .unit = "samples",
                                            .total = made->source.count};
    if (wanted->output == NULL) return show(made);
    if (gan__sample_request_is_picture(wanted)) return write_picture(made);
    gan_status status = gan__progress_create(&settings, &made->progress);
    if (status == GAN_STATUS_OK) status = wanted->to_folder ? fill_folder(made) : stream(made);
    gan__progress_destroy(made->progress);
    return status;
}

gan_status gan__sample_produce(gan_sampler *sampler, gan_encoder *encoder,
                               const gan_sample_request *wanted, const gan_tool_call *call) {
    product made = {.wanted = wanted, .info = gan_sampler_get_info(sampler), .call = call};
    gan_status status = gan__sample_source_open(sampler, encoder, wanted, &made.source);
    if (status == GAN_STATUS_OK) status = produce(&made);
    if (status == GAN_STATUS_OK) status = gan__sample_source_commit(&made.source);
    gan__sample_source_close(&made.source);
    return status;
}
