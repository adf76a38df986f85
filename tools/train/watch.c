// What is said while a run trains.
#include "train/train.h"

#include "term/human.h"
#include "term/plot.h"
#include "term/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

typedef struct watcher {
    const gan_tool_call *call;
    const gan_run_plan *plan;
    const char *device;
    bool has_begun;         // what is trained, and on what, is said
    gan_progress *progress; // the bar of what is under way; NULL at first
    bool is_training;       // the bar is that of training, not of compiling
    char detail[256];       // the newest figures
    char modes[64];         // the newest figures of modes; "" where there are none
    bool is_collapsed;      // as of them
    char orbit[48];         // the newest figures about an equilibrium; "" where none is given
    char errors[32];        // the newest share of mistaken classes; "" where there is none
} watcher;

static void open_bar(watcher *watching, const char *label, const char *unit, uint64_t total,
                     uint64_t start) {
    gan__progress_destroy(watching->progress);
    watching->progress = NULL;
    const gan_progress_settings settings = {.terminal = watching->call->err,
                                            .quiet = watching->call->quiet,
                                            .label = label,
                                            .unit = unit,
                                            .total = total,
                                            .start = start};
    (void)gan__progress_create(&settings, &watching->progress);
}

// What is said before anything else, once nothing stands in the way of the run.
static void say_beginning(watcher *watching) {
    const gan_run_plan *const plan = watching->plan;
    FILE *const file = watching->call->err.file;
    char name[512], device[512];
    if (watching->has_begun) return;
    watching->has_begun = true;
    if (watching->call->quiet) return;
    gan__text_escape(plan->name, name, sizeof name);
    gan__text_escape(watching->device, device, sizeof device);
    fprintf(file, "training %s on %s, in %s of its memory\n", name, device,
            gan__human_bytes(plan->device_bytes).text);
    if (plan->data_skipped > 0)
        fprintf(file,
                "%" PRIu64 " of %" PRIu64 " files cannot be read and are left out "
                "(data.skip_bad)\n",
                plan->data_skipped, plan->data_skipped + plan->data_count);
    if (plan->first_step >= plan->steps)
        fprintf(file,
                "no step is left: the run is at %" PRIu64 " of %" PRIu64 "; --steps N goes on\n",
                plan->first_step, plan->steps);
}

static void on_build(void *user, size_t done, size_t total) {
    watcher *const watching = user;
    say_beginning(watching);
    if (watching->progress == NULL) open_bar(watching, "compiling", "kernels", total, 0);
    if (watching->progress != NULL) (void)gan__progress_update(watching->progress, done, NULL);
}

static void on_step(void *user, uint64_t step) {
    watcher *const watching = user;
    say_beginning(watching);
    if (!watching->is_training)
        open_bar(watching, "training", "steps", watching->plan->steps, step);
    watching->is_training = true;
    if (watching->progress != NULL)
        (void)gan__progress_update(watching->progress, step,
                                   watching->detail[0] ? watching->detail : NULL);
}

static void describe_modes(watcher *watching, const gan_mode_figures *modes) {
    if (isnan(modes->high_quality))
        snprintf(watching->modes, sizeof watching->modes, "modes %zu/%zu (KL %.2f)  ",
                 modes->captured, modes->modes, modes->reverse_kl);
    else
        snprintf(watching->modes, sizeof watching->modes, "modes %zu/%zu (%.1f %% good)  ",
                 modes->captured, modes->modes, 100 * modes->high_quality);
}

static void describe_errors(watcher *watching, double errors) {
    snprintf(watching->errors, sizeof watching->errors, "errors %.2f %%  ", 100 * errors);
}

static void describe_orbit(watcher *watching, const gan_run_metrics *metrics) {
    const size_t size = sizeof watching->orbit;
    if (isnan(metrics->rotation))
        snprintf(watching->orbit, size, "at %.4g  ", metrics->distance);
    else
        snprintf(watching->orbit, size, "at %.4g turned %.4g  ", metrics->distance,
                 metrics->rotation);
}

// Once for each time it collapses.
static void warn_of_collapse(watcher *watching, const gan_run_metrics *metrics) {
    if (metrics->collapsed && !watching->is_collapsed && watching->progress != NULL)
        (void)gan__progress_note(watching->progress,
                                 "warning: mode collapse at step %" PRIu64
                                 ": %zu of %zu modes captured, %zu at best so far; "
                                 "docs/evaluation.md says what helps",
                                 metrics->step, metrics->modes.captured, metrics->modes.modes,
                                 metrics->most_modes);
    watching->is_collapsed = metrics->collapsed;
}

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    watcher *const watching = user;
    char *const detail = watching->detail;
    const size_t size = sizeof watching->detail;
    if (metrics->has_modes) describe_modes(watching, &metrics->modes);
    if (metrics->has_orbit) describe_orbit(watching, metrics);
    if (metrics->has_errors) describe_errors(watching, metrics->errors);
    if (watching->plan->generator_parameters == 0)
        snprintf(detail, size, "loss %.4f  %s%s images/s", metrics->d_loss, watching->errors,
                 gan__human_count((uint64_t)metrics->images_per_s).text);
    else
        snprintf(detail, size, "D %.4f G %.4f  D(x) %.3f D(G(z)) %.3f  %s%s%s%s images/s",
                 metrics->d_loss, metrics->g_loss, metrics->d_real, metrics->d_fake,
                 watching->modes, watching->orbit, watching->errors,
                 gan__human_count((uint64_t)metrics->images_per_s).text);
    if (watching->progress != NULL && watching->call->verbose)
        (void)gan__progress_note(watching->progress, "step %" PRIu64 "  %s", metrics->step, detail);
    if (metrics->has_modes) warn_of_collapse(watching, metrics);
}

// Less than a thousandth cannot be seen and is none, so that the axis begins at 0.
static double share(double density, double top) {
    if (density < 1e-3 * top) return 0;
    return density < top ? density / top : 1;
}

// Both densities as shares of the highest, where a spike of the generator's counts no more than
// three times the data's.
static void scale_densities(const gan_run_curves *curves, double *data, double *generated) {
    double data_top = 0, top = 0;
    for (size_t i = 0; i < curves->count; i++) {
        if (curves->data[i] > data_top) data_top = curves->data[i];
        if (curves->generated[i] > top) top = curves->generated[i];
    }
    if (top < data_top) top = data_top;
    if (top > 3 * data_top) top = 3 * data_top;
    for (size_t i = 0; i < curves->count; i++) {
        data[i] = share(curves->data[i], top);
        generated[i] = share(curves->generated[i], top);
    }
}

static void describe_curves(const gan_run_curves *curves, char *text, size_t size) {
    if (curves->distance >= 0)
        snprintf(text, size,
                 "D is from %.3f to %.3f where both densities matter, at most %.3f from "
                 "its optimum",
                 curves->d_lowest, curves->d_highest, curves->distance);
    else
        snprintf(text, size, "the densities do not meet");
}

// As Figure 1 of Goodfellow et al. 2014, in one plot above the bar: what the picture of this step
// in samples/ shows, in the same order, so that D lies on top.
static void on_curves(void *user, const gan_run_curves *curves) {
    watcher *const watching = user;
    const gan_terminal *const terminal = &watching->call->err;
    double data[GAN_RUN_CURVE_POINTS], generated[GAN_RUN_CURVE_POINTS];
    char said[128];
    if (watching->progress == NULL || watching->call->quiet || !terminal->interactive) return;
    scale_densities(curves, data, generated);
    describe_curves(curves, said, sizeof said);
    const gan_plot_series series[] = {{"data", curves->x, data, curves->count},
                                      {"generated", curves->x, generated, curves->count},
                                      {"D's optimum", curves->x, curves->optimum, curves->count},
                                      {"D", curves->x, curves->judged, curves->count}};
    const gan_plot plot = {
        .series = series, .series_count = sizeof series / sizeof series[0], .x_label = "x"};
    gan_text text = {0};
    gan__plot_append(&plot, terminal, &text);
    (void)gan__progress_note(watching->progress, "step %" PRIu64 ": %s\n%s", curves->step, said,
                             gan__text_string(&text));
    gan__text_destroy(&text);
}

static void on_file(void *user, const char *path) {
    watcher *const watching = user;
    if (watching->progress != NULL && watching->call->verbose)
        (void)gan__progress_note(watching->progress, "wrote %s", path);
}

gan_status gan__train_watch(gan_run *run, const gan_tool_call *call) {
    watcher watching = {
        .call = call, .plan = gan_run_get_plan(run), .device = gan_run_get_device(run)->name};
    const gan_run_callbacks callbacks = {.user = &watching,
                                         .on_build = on_build,
                                         .on_step = on_step,
                                         .on_metrics = on_metrics,
                                         .on_curves = on_curves,
                                         .on_file = on_file};
    const gan_status status = gan_run_train(run, &callbacks);
    gan__progress_destroy(watching.progress);
    if (status == GAN_STATUS_OK && !call->quiet)
        fprintf(call->err.file, "done: %s holds samples, metrics and latest.gan\n",
                gan_run_get_folder(run));
    return status;
}
