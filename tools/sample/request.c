// From gan-sample's options to what is to be drawn and where it goes.
#include "sample/sample.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const gan__sample_formats[] = {"png", "npy", "npz", "raw", "pnm",
                                           "idx", "y4m", "txt", NULL};

static gan_status complain(const char *format, const char *what) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, format, what);
}

static gan_status add_range(gan_sample_request *wanted, uint64_t first, uint64_t last) {
    if (last < first)
        return complain("%s: a range of seeds goes from the lower one to the higher, as in 4-6",
                        wanted->list);
    if (last - first >= INT64_MAX - wanted->seeds)
        return complain("%s: more seeds than 2^63 - 1; name fewer", wanted->list);
    void *const grown = realloc(wanted->ranges, (wanted->range_count + 1) * sizeof *wanted->ranges);
    if (grown == NULL) return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the seeds");
    wanted->ranges = grown;
    wanted->ranges[wanted->range_count++] = (gan_seed_range){first, last};
    wanted->seeds += last - first + 1;
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

// `option` is what the list was given by.
static gan_status parse_seeds(const char *option, const char *list, gan_sample_request *wanted) {
    const char *at = list;
    wanted->list = list;
    do {
        uint64_t first, last;
        if (!parse_seed(&at, &first)) break;
        last = first;
        if (*at == '-') {
            at++;
            if (!parse_seed(&at, &last)) break;
        }
        gan_status status = add_range(wanted, first, last);
        if (status != GAN_STATUS_OK) return status;
        if (*at == '\0') return GAN_STATUS_OK;
    } while (*at++ == ',');
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "--%s %s: give numbers and ranges with commas between, as in 0,4-6", option,
                     list);
}

static gan_status parse_grid(const char *text, gan_sample_request *wanted) {
    int end = 0;
    const bool is_plain = text[strspn(text, "0123456789x")] == '\0'; // sscanf takes -1 for 2^64 - 1
    if (is_plain && sscanf(text, "%5zux%5zu%n", &wanted->columns, &wanted->rows, &end) == 2 &&
        text[end] == '\0' && wanted->columns > 0 && wanted->rows > 0)
        return GAN_STATUS_OK;
    return complain("--grid %s: give columns and rows, each from 1 to 99999, as in 8x8", text);
}

static bool find_format(const char *name, size_t *format) {
    for (size_t i = 0; gan__sample_formats[i] != NULL; i++)
        if (strcmp(gan__sample_formats[i], name) == 0) {
            *format = i;
            return true;
        }
    return false;
}

static gan_status choose_format(const gan_options *options, gan_sample_request *wanted) {
    const char *const given = gan__options_text(options, "format", NULL);
    const char *const dot = wanted->output == NULL ? NULL : strrchr(wanted->output, '.');
    wanted->has_format = given != NULL;
    if (find_format(given != NULL ? given : "png", &wanted->format) && given != NULL)
        return GAN_STATUS_OK;
    if (wanted->output == NULL || wanted->to_folder || wanted->to_stdout) return GAN_STATUS_OK;
    wanted->has_format = true;
    if (dot != NULL && find_format(dot + 1, &wanted->format)) return GAN_STATUS_OK;
    return complain("-o %s: its suffix names no format; end it in .png, .npy, .npz, .raw, .pnm, "
                    ".idx, .y4m or .txt, or give --format",
                    wanted->output);
}

static bool is_folder(const char *path) {
    struct stat found;
    const size_t length = strlen(path);
    return path[length - 1] == '/' || (stat(path, &found) == 0 && S_ISDIR(found.st_mode));
}

// The seeds of -n and --seed: as many from there on as are asked for, or as fit the grid.
static gan_status count_seeds(const gan_options *options, gan_sample_request *wanted) {
    const uint64_t first = gan__options_count(options, "seed", 0);
    const uint64_t fallback = wanted->columns > 0 ? wanted->columns * wanted->rows : 1;
    const uint64_t count = gan__options_count(options, "count", fallback);
    if (count - 1 > UINT64_MAX - first)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--seed %" PRIu64 ": %" PRIu64 " seeds from there on go past the largest, "
                         "2^64 - 1; begin lower",
                         first, count);
    return add_range(wanted, first, first + count - 1);
}

#define FRAMES_DEFAULT 60
#define KEYS_MAX       1000000 // seeds that a walk goes through

static gan_status read_walk(const gan_options *options, gan_sample_request *wanted) {
    static const gan_sample_path paths[] = {GAN_SAMPLE_PATH_AUTO, GAN_SAMPLE_PATH_LINEAR,
                                            GAN_SAMPLE_PATH_SPHERICAL};
    const char *const list = gan__options_text(options, "interpolate", NULL);
    const gan_status status = parse_seeds("interpolate", list, wanted);
    if (status != GAN_STATUS_OK) return status;
    if (wanted->seeds < 2 || wanted->seeds > KEYS_MAX)
        return complain("--interpolate %s: a walk leads through two seeds or more, up to a million",
                        list);
    wanted->origin = GAN_SAMPLE_ORIGIN_WALK;
    wanted->count = gan__options_count(options, "frames", FRAMES_DEFAULT);
    wanted->path = paths[gan__options_choice(options, "path", 0)];
    wanted->loops = gan__options_given(options, "loop") > 0;
    return GAN_STATUS_OK;
}

#define SWEEP_SIDE 10 // columns and rows of such pictures, unless a grid is given

static gan_status read_sweep(const gan_options *options, gan_sample_request *wanted) {
    if (wanted->columns == 0) wanted->columns = wanted->rows = SWEEP_SIDE;
    wanted->origin = GAN_SAMPLE_ORIGIN_SWEEP;
    wanted->sweep = gan__options_count(options, "sweep", 1);
    wanted->span = gan__options_number(options, "span", 1);
    const gan_status status = count_seeds(options, wanted);
    wanted->count = wanted->columns * wanted->rows;
    return status;
}

// As many pairs of rows as fit.
static gan_status read_reconstruction(const gan_options *options, gan_sample_request *wanted) {
    const char *const data = gan__options_text(options, "reconstruct", NULL);
    if (wanted->columns == 0) wanted->columns = wanted->rows = SWEEP_SIDE;
    if (wanted->rows % 2 != 0)
        return complain("--reconstruct %s: rows come in pairs, so --grid must have an even number",
                        data);
    wanted->origin = GAN_SAMPLE_ORIGIN_DATA;
    wanted->data = data;
    const gan_status status = count_seeds(options, wanted);
    wanted->count = wanted->columns * wanted->rows;
    return status;
}

// What the latents are drawn from.
static gan_status read_origin(const gan_options *options, gan_sample_request *wanted) {
    gan_status status = GAN_STATUS_OK;
    if (gan__options_given(options, "interpolate") > 0) return read_walk(options, wanted);
    if (gan__options_given(options, "sweep") > 0) return read_sweep(options, wanted);
    if (gan__options_given(options, "reconstruct") > 0) return read_reconstruction(options, wanted);
    if (gan__options_given(options, "latents") > 0) {
        wanted->origin = GAN_SAMPLE_ORIGIN_FILE;
        wanted->latents = gan__options_text(options, "latents", NULL);
        wanted->count = gan__options_count(options, "count", 0);
        return status;
    }
    wanted->origin = GAN_SAMPLE_ORIGIN_SEEDS;
    status = gan__options_given(options, "seeds") > 0
                 ? parse_seeds("seeds", gan__options_text(options, "seeds", NULL), wanted)
                 : count_seeds(options, wanted);
    wanted->count = wanted->seeds;
    return status;
}

// Options that contradict each other, and those that mean something only beside another.
static gan_status check_options(const gan_options *options) {
    static const struct {
        const char *one, *other;
    } apart[] = {{"seeds", "interpolate"},     {"seeds", "latents"},
                 {"seeds", "count"},           {"seeds", "seed"},
                 {"seed", "latents"},          {"seed", "interpolate"},
                 {"latents", "interpolate"},   {"count", "interpolate"},
                 {"sweep", "interpolate"},     {"sweep", "latents"},
                 {"sweep", "seeds"},           {"sweep", "count"},
                 {"sweep", "reconstruct"},     {"reconstruct", "seeds"},
                 {"reconstruct", "latents"},   {"reconstruct", "count"},
                 {"reconstruct", "interpolate"}},
      within[] = {{"frames", "interpolate"},
                  {"path", "interpolate"},
                  {"loop", "interpolate"},
                  {"span", "sweep"}};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (gan__options_given(options, apart[i].one) > 0 &&
            gan__options_given(options, apart[i].other) > 0)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "--%s and --%s cannot be given together: each says what the latents "
                             "are",
                             apart[i].one, apart[i].other);
    for (size_t i = 0; i < sizeof within / sizeof *within; i++)
        if (gan__options_given(options, within[i].one) > 0 &&
            gan__options_given(options, within[i].other) == 0)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "--%s has no effect without --%s",
                             within[i].one, within[i].other);
    return GAN_STATUS_OK;
}

static bool is_picture(const gan_sample_request *wanted) {
    const char *const format = gan__sample_formats[wanted->format];
    return strcmp(format, "png") == 0 || strcmp(format, "pnm") == 0;
}

// A grid is one picture. Sweeps and reconstructions have columns and rows without being one, and
// what text is wrong for, the checkpoint decides.
static gan_status check_grid(const gan_sample_request *wanted) {
    const bool is_flat =
        wanted->origin == GAN_SAMPLE_ORIGIN_SWEEP || wanted->origin == GAN_SAMPLE_ORIGIN_DATA;
    if (wanted->columns == 0 || is_flat) return GAN_STATUS_OK;
    if (wanted->to_folder)
        return complain("--grid is one picture, and %s takes a file a sample; give one of the two",
                        wanted->output);
    if (!is_picture(wanted) && strcmp(gan__sample_formats[wanted->format], "txt") != 0)
        return complain("--grid is one picture, which --format %s cannot hold; give png or pnm, or "
                        "no grid",
                        gan__sample_formats[wanted->format]);
    return GAN_STATUS_OK;
}

bool gan__sample_request_is_picture(const gan_sample_request *wanted) {
    if (wanted->to_folder || !is_picture(wanted)) return false;
    return wanted->columns > 0 || strcmp(gan__sample_formats[wanted->format], "png") == 0;
}

static gan_status read_output(const gan_options *options, gan_sample_request *wanted) {
    wanted->output = gan__options_text(options, "output", NULL);
    wanted->to_stdout = wanted->output != NULL && strcmp(wanted->output, "-") == 0;
    wanted->to_folder = wanted->output != NULL && !wanted->to_stdout && is_folder(wanted->output);
    wanted->kept = gan__options_text(options, "save-latents", NULL);
    wanted->truncation = gan__options_number(options, "truncation", 0);
    wanted->class_text = gan__options_text(options, "class", NULL);
    if (wanted->kept != NULL && strcmp(wanted->kept, "-") == 0)
        return complain("--save-latents %s: stdout is for samples; name a file, as in z.npy", "-");
    return GAN_STATUS_OK;
}

gan_status gan__sample_request_settle(const gan_sample_info *info, gan_sample_request *wanted) {
    const bool is_text = info->vocabulary != NULL;
    if (is_text && !wanted->has_format) find_format("txt", &wanted->format);
    const char *const format = gan__sample_formats[wanted->format];
    const bool has_lines = strcmp(format, "txt") == 0;
    const bool has_values = format[0] == 'n' || strcmp(format, "raw") == 0;
    if (!is_text && has_lines)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--format txt: the checkpoint's samples are no text; give another format");
    if (is_text && !has_lines && !has_values)
        return complain("--format %s is for pictures, and the checkpoint's samples are text; give "
                        "txt, npy, npz or raw",
                        format);
    if (is_text && wanted->columns > 0)
        return gan__fail(
            GAN_STATUS_BAD_ARGUMENT,
            "--grid and --sweep are for pictures, and the checkpoint's samples are text");
    return GAN_STATUS_OK;
}

gan_status gan__sample_request_read(const gan_tool_call *call, gan_sample_request *wanted) {
    const gan_options *const options = call->options;
    const char *const grid = gan__options_text(options, "grid", NULL);
    gan_status status = check_options(options);
    if (status == GAN_STATUS_OK) status = read_output(options, wanted);
    if (status == GAN_STATUS_OK && grid != NULL) status = parse_grid(grid, wanted);
    if (status == GAN_STATUS_OK) status = read_origin(options, wanted);
    if (status == GAN_STATUS_OK) status = choose_format(options, wanted);
    if (status == GAN_STATUS_OK) status = check_grid(wanted);
    if (status == GAN_STATUS_OK && wanted->output == NULL && !isatty(STDOUT_FILENO))
        status = gan__fail(GAN_STATUS_BAD_ARGUMENT,
                           "stdout is no terminal to show samples on; say where they go with -o "
                           "(- is stdout)");
    return status;
}

void gan__sample_request_free(gan_sample_request *request) {
    free(request->ranges);
    *request = (gan_sample_request){0};
}
