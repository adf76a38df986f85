// Implements gan/history.h.
#include "gan/history.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is looked for in lines again.
#define STEP_KEY      "{\"step\": "
#define MODES_KEY     ", \"modes\": "
#define COLLAPSED_KEY ", \"collapsed\": "

static void append_number(gan_text *history, const char *key, double value) {
    char number[GAN_NUMBER_TEXT];
    gan__text_append(history, ", \"%s\": %s", key,
                     isfinite(value) ? gan__number_format(value, 9, number) : "null");
}

void gan__history_append(gan_text *history, const gan_run_metrics *metrics) {
    gan__text_append(history, STEP_KEY "%" PRIu64 ", \"images\": %" PRIu64, metrics->step,
                     metrics->images);
    append_number(history, "elapsed_s", metrics->elapsed_s);
    append_number(history, "images_per_s", metrics->images_per_s);
    append_number(history, "d_loss", metrics->d_loss);
    append_number(history, "g_loss", metrics->g_loss);
    append_number(history, "d_real", metrics->d_real);
    append_number(history, "d_fake", metrics->d_fake);
    if (metrics->has_encoder) append_number(history, "e_loss", metrics->e_loss);
    if (metrics->has_categorical)
        append_number(history, "categorical_information", metrics->categorical_information);
    if (metrics->has_continuous)
        append_number(history, "continuous_information", metrics->continuous_information);
    if (metrics->has_gradients) {
        append_number(history, "d_gradient", metrics->d_gradient);
        append_number(history, "g_gradient", metrics->g_gradient);
    }
    if (metrics->has_gradients && metrics->has_encoder)
        append_number(history, "e_gradient", metrics->e_gradient);
    if (metrics->has_orbit) {
        append_number(history, "distance", metrics->distance);
        append_number(history, "rotation", metrics->rotation);
    }
    if (metrics->has_errors) append_number(history, "errors", metrics->errors);
    if (metrics->has_augmentation) append_number(history, "augmentation", metrics->augmentation);
    if (metrics->has_modes) {
        gan__text_append(history, MODES_KEY "%zu", metrics->modes.captured);
        append_number(history, "high_quality", metrics->modes.high_quality);
        append_number(history, "reverse_kl", metrics->modes.reverse_kl);
        gan__text_append(history, COLLAPSED_KEY "%s", metrics->collapsed ? "true" : "false");
    }
    if (metrics->has_curves) {
        append_number(history, "optimum_distance", metrics->optimum_distance);
        append_number(history, "d_lowest", metrics->d_lowest);
        append_number(history, "d_highest", metrics->d_highest);
    }
    gan__text_append(history, "}\n");
}

size_t gan__history_most_modes(const char *history) {
    size_t most = 0;
    for (const char *at = history; (at = strstr(at, MODES_KEY)) != NULL;) {
        at += strlen(MODES_KEY);
        const unsigned long captured = strtoul(at, NULL, 10);
        if (captured > most) most = captured;
    }
    return most;
}

gan_history_collapse gan__history_count_collapse(const char *history) {
    gan_history_collapse count = {0};
    const char *line = history;
    for (const char *at = history; (at = strstr(at, COLLAPSED_KEY)) != NULL;) {
        at += strlen(COLLAPSED_KEY);
        count.looks++;
        if (*at != 't') continue;
        for (const char *end; (end = strchr(line, '\n')) != NULL && end < at;) line = end + 1;
        count.collapsed++;
        count.last = strtoull(line + strlen(STEP_KEY), NULL, 10);
    }
    return count;
}

struct gan_history_file {
    FILE *stream;
    char *path;
};

static gan_status output_failed(const gan_history_file *file) {
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s cannot be written: %s", file->path,
                     strerror(errno));
}

gan_status gan__history_file_open(const char *path, const gan_text *history,
                                  gan_history_file **out) {
    *out = NULL;
    GAN_TRY(gan__file_write(path, gan__text_string(history), history->length));
    void *file = NULL, *copy = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_history_file), &file));
    gan_history_file *const opened = file;
    gan_status status = gan__alloc(strlen(path) + 1, 1, &copy);
    if (status == GAN_STATUS_OK) {
        strcpy(copy, path);
        opened->path = copy;
        opened->stream = fopen(path, "ab");
        if (opened->stream == NULL) status = output_failed(opened);
    }
    if (status != GAN_STATUS_OK) {
        gan__history_file_close(opened);
        return status;
    }
    *out = opened;
    return GAN_STATUS_OK;
}

gan_status gan__history_file_append(gan_history_file *file, const gan_text *history, size_t from) {
    const size_t length = history->length - from;
    if (length == 0) return GAN_STATUS_OK;
    if (fwrite(history->bytes + from, 1, length, file->stream) != length ||
        fflush(file->stream) != 0)
        return output_failed(file);
    return GAN_STATUS_OK;
}

void gan__history_file_close(gan_history_file *file) {
    if (file == NULL) return;
    if (file->stream != NULL) fclose(file->stream);
    gan__free(file->path);
    gan__free(file);
}
