// gan-inspect --devices --tune: measures on a device which ways of doing the work of training are
// the fastest, and shows what came of it.
#include "inspect/inspect.h"

#include "clgan/tune.h"
#include "term/human.h"
#include "term/progress.h"
#include "term/table.h"

#include <signal.h>

// --- While it works ------------------------------------------------------------------------------

typedef struct watcher {
    const gan_tool_call *call;
    gan_progress *progress; // NULL at first
    gan_table *table;
    json_t *classes;
} watcher;

static bool on_progress(void *user, size_t done, size_t total, const char *name) {
    watcher *watching = user;
    if (!watching->progress) {
        const gan_progress_settings settings = {.terminal = watching->call->err,
                                                .quiet = watching->call->quiet,
                                                .label = "tuning",
                                                .unit = "classes",
                                                .total = total,
                                                .start = done};
        (void)gan__progress_create(&settings, &watching->progress);
    }
    if (watching->progress) (void)gan__progress_update(watching->progress, done, name);
    return gan__tool_stop_signal() == 0;
}

static const char *state_of(const gan_tune_class *found) {
    if (found->known) return "known";
    if (!found->finished) return "cut short";
    return found->tried + found->wrong > 0 ? "done" : "the only way";
}

static void on_class(void *user, const gan_tune_class *found) {
    watcher *watching = user;
    gan_table *table = watching->table;
    double rate = found->usual_seconds > 0 ? found->flops / found->usual_seconds * 1e-9 : 0;
    gan__table_cell(table, "%s", found->name);
    gan__table_cell(table, "%.2f", found->gain);
    if (found->usual_seconds > 0) {
        gan__table_cell(table, "%.1f", rate);
        gan__table_cell(table, "%.1f", rate * found->gain);
        gan__table_cell(table, "%zu", found->tried);
        gan__table_cell(table, "%zu", found->wrong);
    } else {
        for (int i = 0; i < 4; i++) gan__table_cell(table, "%s", "");
    }
    gan__table_cell(table, "%s", state_of(found));
    gan__table_cell(table, "%s", found->way);
    json_array_append_new(watching->classes,
                          json_pack("{s:s, s:s, s:s, s:f, s:f, s:f, s:I, s:I}", "class",
                                    found->name, "way", found->way, "state", state_of(found),
                                    "gain", found->gain, "usual_seconds", found->usual_seconds,
                                    "flops", found->flops, "tried", (json_int_t)found->tried,
                                    "wrong", (json_int_t)found->wrong));
    if (watching->progress && watching->call->verbose)
        (void)gan__progress_note(watching->progress, "%s: %.2f times as fast by %s", found->name,
                                 found->gain, found->way);
}

// --- What came of it -----------------------------------------------------------------------------

static gan_table *create_table(void) {
    static const char *const headings[] = {
        "class", "times faster", "GFLOP/s before", "after", "tried", "left out", "", "way"};
    gan_table *table;
    if (gan__table_create(&table) != GAN_STATUS_OK) return NULL;
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        gan__table_column(table, headings[i], i > 0 && i < 6 ? GAN_ALIGN_RIGHT : GAN_ALIGN_LEFT);
    return table;
}

static void append_summary(const gan_tune_summary *summary, gan_text *text) {
    char file[1024];
    gan__text_escape(summary->file, file, sizeof file);
    gan__text_append(text, "     tuning: %zu of %zu classes done", summary->finished,
                     summary->classes);
    gan__text_append(text, file[0] ? ", kept in %s\n" : ", and not kept: caching is off\n", file);
}

static gan_status write_up(const watcher *watching, const gan_tune_summary *summary, gan_text *text,
                           json_t **json) {
    append_summary(summary, text);
    *json = json_pack("{s:I, s:I, s:o, s:O}", "classes", (json_int_t)summary->classes, "finished",
                      (json_int_t)summary->finished, "file", gan__inspect_string(summary->file),
                      "results", watching->classes);
    if (json_array_size(watching->classes) == 0) return GAN_STATUS_OK;
    return gan__table_append(watching->table, &watching->call->out, text);
}

static gan_status tune(const gan_inspection *inspection, gan_device *device, watcher *watching,
                       gan_tune_summary *summary) {
    enum { MOST_RECIPES = 64 };
    const gan_options *given = inspection->call->options;
    const char *recipes[MOST_RECIPES];
    gan_tune_options options = {.recipes = recipes,
                                .data = gan__options_text(given, "data", NULL),
                                .seconds = gan__options_number(given, "seconds", 0),
                                .anew = gan__options_given(given, "anew") > 0};
    const gan_tune_callbacks callbacks = {
        .user = watching, .on_progress = on_progress, .on_class = on_class};
    while (options.recipe_count < gan__options_word_count(given) &&
           options.recipe_count < MOST_RECIPES) {
        recipes[options.recipe_count] = gan__options_word(given, options.recipe_count);
        options.recipe_count++;
    }
    gan__tool_catch_stop(NULL);
    return gan_device_tune(device, &options, &callbacks, summary);
}

gan_status gan__inspect_tune(const gan_inspection *inspection, const char *spec, gan_text *text,
                             json_t **json) {
    gan_device *device;
    gan_tune_summary summary = {0};
    watcher watching = {.call = inspection->call};
    *json = NULL;
    GAN_TRY(gan_device_open(spec, &device));
    watching.table = create_table();
    watching.classes = json_array();
    gan_status status = watching.table && watching.classes
                            ? tune(inspection, device, &watching, &summary)
                            : gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the table");
    gan__progress_destroy(watching.progress);
    if (status == GAN_STATUS_OK || status == GAN_STATUS_INTERRUPTED) {
        const gan_status written = write_up(&watching, &summary, text, json);
        if (written != GAN_STATUS_OK) status = written;
    }
    gan__table_destroy(watching.table);
    json_decref(watching.classes);
    gan_device_close(device);
    return status == GAN_STATUS_INTERRUPTED && gan__tool_stop_signal() == SIGTERM
               ? GAN_STATUS_TERMINATED
               : status;
}
