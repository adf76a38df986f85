// gan-inspect --history: the curves of a run.
#include "inspect/inspect.h"
#include "term/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The plots, one below the other.
static const struct {
    const char *title;
    const char *keys[2];
} plots[] = {
    {"losses", {"d_loss", "g_loss"}},
    {"mean of D's probability", {"d_real", "d_fake"}},
};
enum { PLOTS = sizeof plots / sizeof plots[0], PLOT_ROWS = 14 };

// The lines of the history as a JSON array; one that is no object is an error naming its line.
static gan_status parse_history(const gan_inspection *inspection, const char *text, json_t **out) {
    *out = json_array();
    for (size_t line = 1; text && *text; line++) {
        size_t length = strcspn(text, "\n");
        json_t *object = gan__inspect_read_json(text, length);
        if (!json_is_object(object)) {
            json_decref(object);
            json_decref(*out);
            return gan__fail(GAN_STATUS_CORRUPT, "%s: line %zu of text history is no JSON object",
                             inspection->path, line);
        }
        json_array_append_new(*out, object);
        text += length + (text[length] == '\n');
    }
    return GAN_STATUS_OK;
}

// One key of every line in y[i], NaN where a line lacks it.
static void collect(json_t *history, const char *key, double *values) {
    for (size_t i = 0; i < json_array_size(history); i++) {
        json_t *value = json_object_get(json_array_get(history, i), key);
        values[i] = json_is_number(value) ? json_number_value(value) : NAN;
    }
}

static void append_plot(const gan_inspection *inspection, json_t *history, size_t p,
                        double *numbers, gan_text *text) {
    size_t count = json_array_size(history);
    gan_plot_series series[2];
    for (size_t i = 0; i < 2; i++) {
        double *y = numbers + (i + 1) * count;
        collect(history, plots[p].keys[i], y);
        series[i] =
            (gan_plot_series){.name = plots[p].keys[i], .x = numbers, .y = y, .count = count};
    }
    const gan_plot plot = {
        .series = series, .series_count = 2, .x_label = "step", .rows = PLOT_ROWS};
    gan__terminal_paint(&inspection->call->out, text, GAN_STYLE_BOLD, plots[p].title);
    gan__text_append(text, "\n");
    gan__plot_append(&plot, &inspection->call->out, text);
}

static gan_status draw(const gan_inspection *inspection, json_t *history) {
    size_t count = json_array_size(history);
    double *numbers = malloc((3 * count + 1) * sizeof *numbers);
    if (!numbers) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for %zu points", count);
    gan_text text = {0};
    collect(history, "step", numbers);
    for (size_t p = 0; p < PLOTS; p++) {
        if (p > 0) gan__text_append(&text, "\n");
        append_plot(inspection, history, p, numbers, &text);
    }
    gan_status status = gan__terminal_write(&inspection->call->out, &text);
    gan__text_destroy(&text);
    free(numbers);
    return status;
}

gan_status gan__inspect_history(const gan_inspection *inspection) {
    gan_checkpoint *checkpoint;
    json_t *history = NULL;
    GAN_TRY(gan_checkpoint_open(inspection->path, &checkpoint));
    gan_status status =
        parse_history(inspection, gan_checkpoint_text(checkpoint, "history"), &history);
    gan_checkpoint_close(checkpoint);
    GAN_TRY(status);
    if (inspection->json)
        return gan__inspect_write_json(inspection, json_pack("{s:o, s:o}", "file",
                                                             gan__inspect_string(inspection->path),
                                                             "history", history));
    status = draw(inspection, history);
    json_decref(history);
    return status;
}
