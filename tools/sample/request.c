// From gan-sample's options to what is to be drawn and where it goes.
#include "sample/sample.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const gan__sample_formats[] = {"png", "npy", "npz", "raw", "pnm", "idx", NULL};

static gan_status complain(const char *format, const char *what) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, format, what);
}

static gan_status add_range(gan_sample_request *wanted, uint64_t first, uint64_t last,
                            const char *list) {
    if (last < first || last - first >= INT64_MAX - wanted->count)
        return complain("--seeds %s: a range goes from the lower seed to the higher, as in 4-6",
                        list);
    void *const grown = realloc(wanted->ranges, (wanted->range_count + 1) * sizeof *wanted->ranges);
    if (grown == NULL) return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the seeds");
    wanted->ranges = grown;
    wanted->ranges[wanted->range_count++] = (gan_seed_range){first, last};
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

static gan_status parse_seeds(const char *list, gan_sample_request *wanted) {
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

static gan_status parse_grid(const char *text, gan_sample_request *wanted) {
    int end = 0;
    if (sscanf(text, "%5zux%5zu%n", &wanted->columns, &wanted->rows, &end) == 2 &&
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
    return add_range(wanted, first, first + count - 1, "");
}

gan_status gan__sample_request_read(const gan_tool_call *call, gan_sample_request *wanted) {
    const gan_options *const options = call->options;
    const char *const seeds = gan__options_text(options, "seeds", NULL);
    const char *const grid = gan__options_text(options, "grid", NULL);
    gan_status status = GAN_STATUS_OK;
    wanted->output = gan__options_text(options, "output", NULL);
    wanted->to_stdout = wanted->output != NULL && strcmp(wanted->output, "-") == 0;
    wanted->to_folder = wanted->output != NULL && !wanted->to_stdout && is_folder(wanted->output);
    if (grid != NULL) status = parse_grid(grid, wanted);
    if (status == GAN_STATUS_OK && seeds != NULL) status = parse_seeds(seeds, wanted);
    if (status == GAN_STATUS_OK && seeds == NULL) status = count_seeds(options, wanted);
    if (status == GAN_STATUS_OK) status = choose_format(options, wanted);
    if (status == GAN_STATUS_OK && wanted->output == NULL && !isatty(STDOUT_FILENO))
        status = complain("%s: stdout is no terminal to show samples on; say where they go with -o "
                          "(- is stdout)",
                          "gan-sample");
    return status;
}

void gan__sample_request_free(gan_sample_request *request) {
    free(request->ranges);
    *request = (gan_sample_request){0};
}
