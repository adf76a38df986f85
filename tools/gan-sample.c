// gan-sample: draws samples from a checkpoint. Seeds in, pictures or numbers out.
#include "clgan/image.h"
#include "clgan/sample.h"
#include "clgan/sample_file.h"
#include "term/image.h"
#include "term/progress.h"
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const format_choices[] = {"png", "npy", "npz", "raw", "pnm", "idx", NULL};
static const char *const weights_choices[] = {"auto", "ema", "raw", NULL};

static const gan_option option_table[] = {
    {.group = "What",
     .name = "count",
     .letter = 'n',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "how many samples, of seeds S to S+N-1; default 1",
     .minimum = 1,
     .maximum = 1e15},
    {.group = "What",
     .name = "seed",
     .kind = GAN_OPTION_COUNT,
     .argument = "S",
     .help = "the first sample's seed; default 0"},
    {.group = "What",
     .name = "seeds",
     .kind = GAN_OPTION_TEXT,
     .argument = "LIST",
     .help = "these seeds: 0,4-6"},
    {.group = "What",
     .name = "weights",
     .kind = GAN_OPTION_CHOICE,
     .argument = "W",
     .choices = weights_choices,
     .help = "ema or raw; default ema where there are any"},
    {.group = "Where",
     .name = "output",
     .letter = 'o',
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "FILE, DIR/ for a file a sample, or - for stdout"},
    {.group = "Where",
     .name = "format",
     .kind = GAN_OPTION_CHOICE,
     .argument = "F",
     .choices = format_choices,
     .help = "png, npy, npz, raw, pnm or idx; default by suffix"},
    {.group = "Where",
     .name = "grid",
     .kind = GAN_OPTION_TEXT,
     .argument = "CxR",
     .help = "one picture of C columns and R rows"},
};

static const char *const examples[] = {
    "gan-sample latest.gan -n 64 --grid 8x8 -o grid.png",
    "gan-sample latest.gan --seeds 0,4-6 -o faces/",
    "gan-sample latest.gan -n 100000 --format raw -o - | consumer",
    NULL,
};

static const gan_tool tool = {
    .name = "gan-sample",
    .purpose = "draw samples from a checkpoint's generator",
    .words = "CKPT",
    .fewest_words = 1,
    .most_words = 1,
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
};

#define CHUNK 64 // samples in memory at once, where they are not one picture

// --- What is asked for
// ----------------------------------------------------------------------------

typedef struct seed_range {
    uint64_t first, last; // both included
} seed_range;

typedef struct request {
    seed_range *ranges;
    size_t range_count;
    uint64_t count;       // of samples
    size_t columns, rows; // of the one picture; 0: none was asked for
    const char *output;   // NULL: the terminal
    size_t format;        // index in format_choices
    bool to_folder, to_stdout;
} request;

static gan_status complain(const char *format, const char *what) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, format, what);
}

static gan_status add_range(request *wanted, uint64_t first, uint64_t last, const char *list) {
    void *const grown = realloc(wanted->ranges, (wanted->range_count + 1) * sizeof *wanted->ranges);
    if (grown == NULL) return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the seeds");
    wanted->ranges = grown;
    if (last < first || last - first >= INT64_MAX - wanted->count)
        return complain("--seeds %s: a range goes from the lower seed to the higher, as in 4-6",
                        list);
    wanted->ranges[wanted->range_count++] = (seed_range){first, last};
    wanted->count += last - first + 1;
    return GAN_STATUS_OK;
}

static bool parse_seed(const char **at, uint64_t *seed) {
    char *end = NULL;
    if (**at < '0' || **at > '9') return false;
    errno = 0;
    *seed = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0;
}

static gan_status parse_seeds(const char *list, request *wanted) {
    const char *at = list;
    do {
        uint64_t first, last;
        if (!parse_seed(&at, &first)) break;
        last = first;
        if (*at == '-') {
            at++;
            if (!parse_seed(&at, &last)) break;
        }
        gan_status status = add_range(wanted, first, last, list);
        if (status != GAN_STATUS_OK) return status;
        if (*at == '\0') return GAN_STATUS_OK;
    } while (*at++ == ',');
    return complain("--seeds %s: give numbers and ranges with commas between, as in 0,4-6", list);
}

static gan_status parse_grid(const char *text, request *wanted) {
    int end = 0;
    if (sscanf(text, "%5zux%5zu%n", &wanted->columns, &wanted->rows, &end) == 2 &&
        text[end] == '\0' && wanted->columns > 0 && wanted->rows > 0)
        return GAN_STATUS_OK;
    return complain("--grid %s: give columns and rows, each from 1 to 99999, as in 8x8", text);
}

static bool find_format(const char *name, size_t *format) {
    for (size_t i = 0; format_choices[i] != NULL; i++)
        if (strcmp(format_choices[i], name) == 0) {
            *format = i;
            return true;
        }
    return false;
}

static gan_status choose_format(const gan_options *options, request *wanted) {
    const char *const given = gan__options_text(options, "format", NULL);
    const char *const dot = wanted->output == NULL ? NULL : strrchr(wanted->output, '.');
    if (find_format(given != NULL ? given : "png", &wanted->format) && given != NULL)
        return GAN_STATUS_OK;
    if (wanted->output == NULL || wanted->to_folder || wanted->to_stdout) return GAN_STATUS_OK;
    if (dot != NULL && find_format(dot + 1, &wanted->format)) return GAN_STATUS_OK;
    return complain("-o %s: its suffix names no format; end it in .png, .npy, .npz, .raw, .pnm or "
                    ".idx, or give --format",
                    wanted->output);
}

static bool is_folder(const char *path) {
    struct stat found;
    const size_t length = strlen(path);
    return path[length - 1] == '/' || (stat(path, &found) == 0 && S_ISDIR(found.st_mode));
}

static gan_status read_request(const gan_tool_call *call, request *wanted) {
    const gan_options *const options = call->options;
    const char *const seeds = gan__options_text(options, "seeds", NULL);
    const char *const grid = gan__options_text(options, "grid", NULL);
    const uint64_t first = gan__options_count(options, "seed", 0);
    gan_status status = GAN_STATUS_OK;
    wanted->output = gan__options_text(options, "output", NULL);
    wanted->to_stdout = wanted->output != NULL && strcmp(wanted->output, "-") == 0;
    wanted->to_folder = wanted->output != NULL && !wanted->to_stdout && is_folder(wanted->output);
    if (grid != NULL) status = parse_grid(grid, wanted);
    if (status == GAN_STATUS_OK && seeds != NULL) status = parse_seeds(seeds, wanted);
    if (status == GAN_STATUS_OK && seeds == NULL) {
        const uint64_t fallback = grid != NULL ? wanted->columns * wanted->rows : 1;
        const uint64_t count = gan__options_count(options, "count", fallback);
        status = add_range(wanted, first, first + count - 1, "");
    }
    if (status == GAN_STATUS_OK) status = choose_format(options, wanted);
    if (status == GAN_STATUS_OK && wanted->output == NULL && !isatty(STDOUT_FILENO))
        status = complain("%s: stdout is no terminal to show samples on; say where they go with -o "
                          "(- is stdout)",
                          "gan-sample");
    return status;
}

// --- Samples
// --------------------------------------------------------------------------------------

// Where the drawing stands in the list of seeds.
typedef struct cursor {
    const request *wanted;
    size_t range;
    uint64_t offset;
    uint64_t done;
} cursor;

static uint64_t next_seed(cursor *at) {
    const seed_range *const range = &at->wanted->ranges[at->range];
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
    float *const latents = malloc((count * latent + 1) * sizeof *latents);
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

// --- Outputs
// --------------------------------------------------------------------------------------

// All samples as one picture.
static gan_status make_picture(gan_sampler *sampler, const request *wanted, gan_image **image) {
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

static gan_target target_of(const request *wanted) {
    return (gan_target){.path = wanted->to_stdout ? NULL : wanted->output, .fd = STDOUT_FILENO};
}

static bool is_png(const request *wanted) {
    return strcmp(format_choices[wanted->format], "png") == 0;
}

static gan_status show(gan_sampler *sampler, const request *wanted, const gan_terminal *out) {
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

static gan_status write_picture(gan_sampler *sampler, const request *wanted) {
    gan_image *image = NULL;
    gan_status status = make_picture(sampler, wanted, &image);
    if (status == GAN_STATUS_OK)
        status =
            gan_image_write(image, is_png(wanted) ? GAN_IMAGE_FORMAT_PNG : GAN_IMAGE_FORMAT_PNM,
                            NULL, 0, target_of(wanted));
    gan_image_destroy(image);
    return status;
}

static gan_sample_format sample_format(const request *wanted) {
    static const char *const suffixes[] = {
#define SUFFIX(name, suffix, meaning) [GAN_SAMPLE_FORMAT_##name] = (suffix),
        GAN_SAMPLE_FORMAT_TABLE(SUFFIX)
#undef SUFFIX
    };
    size_t format = 0;
    while (strcmp(suffixes[format], format_choices[wanted->format]) != 0) format++;
    return (gan_sample_format)format;
}

static size_t chunk_at(const cursor *at) {
    const uint64_t left = at->wanted->count - at->done;
    return left < CHUNK ? (size_t)left : CHUNK;
}

// One file of all samples, in memory that does not grow with them.
static gan_status stream(gan_sampler *sampler, const request *wanted, gan_progress *progress) {
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

static gan_status write_one(const request *wanted, const gan_sample_info *info, uint64_t seed,
                            const float *sample) {
    char path[4096];
    const size_t length = strlen(wanted->output);
    snprintf(path, sizeof path, "%s%sseed-%08" PRIu64 ".%s", wanted->output,
             wanted->output[length - 1] == '/' ? "" : "/", seed, format_choices[wanted->format]);
    const gan_target target = {.path = path};
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

static gan_status make_folder(const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "the folder %s cannot be made: %s", path,
                     strerror(errno));
}

// A file for each sample.
static gan_status fill_folder(gan_sampler *sampler, const request *wanted, gan_progress *progress) {
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

// --- Main
// -----------------------------------------------------------------------------------------

static gan_status produce(gan_sampler *sampler, const request *wanted, const gan_tool_call *call) {
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

static gan_status run_tool(const gan_tool_call *call, const request *wanted) {
    static const gan_sample_weights weights[] = {GAN_SAMPLE_WEIGHTS_DEFAULT, GAN_SAMPLE_WEIGHTS_EMA,
                                                 GAN_SAMPLE_WEIGHTS_RAW};
    gan_checkpoint *checkpoint = NULL;
    gan_device *device = NULL;
    gan_sampler *sampler = NULL;
    gan_status status = gan_checkpoint_open(gan__options_word(call->options, 0), &checkpoint);
    if (status == GAN_STATUS_OK) status = gan_device_open(gan__tool_device(call), &device);
    if (status == GAN_STATUS_OK)
        status =
            gan_sampler_create(device, checkpoint,
                               weights[gan__options_choice(call->options, "weights", 0)], &sampler);
    gan_checkpoint_close(checkpoint);
    if (status == GAN_STATUS_OK) status = produce(sampler, wanted, call);
    gan_sampler_destroy(sampler);
    gan_device_close(device);
    return status;
}

int main(int argc, char **argv) {
    gan_tool_call call;
    request wanted = {0};
    int exit_code;
    signal(SIGPIPE, SIG_IGN);
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    gan_status status = read_request(&call, &wanted);
    if (status == GAN_STATUS_OK) status = run_tool(&call, &wanted);
    free(wanted.ranges);
    return gan__tool_end(&call, status);
}
