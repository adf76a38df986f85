// Training itself: steps, and at their intervals figures, pictures and checkpoints. Between two
// readings of the figures the loop only enqueues.
#include "gan/run_state.h"

#include "base/clock.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

// Where the clock stands. Pauses for saving and pictures do not count as training.
typedef struct stopwatch {
    double started;        // when training began, moved on by each pause
    double interval_start; // when the figures were last read, likewise
    uint64_t interval_images;
} stopwatch;

static uint64_t images_seen(const gan_run *run) {
    return gan__trainer_samples_seen(run->trainer);
}

static stopwatch start_watch(const gan_run *run) {
    const double now = gan__clock_seconds();
    return (stopwatch){.started = now - run->record.elapsed_s,
                       .interval_start = now,
                       .interval_images = images_seen(run)};
}

static void resume_watch(stopwatch *watch, double paused_at) {
    const double pause = gan__clock_seconds() - paused_at;
    watch->started += pause;
    watch->interval_start += pause;
}

// --- Figures -------------------------------------------------------------------------------------

static gan_status refuse_divergence(const gan_run *run, const gan_run_metrics *metrics) {
    const bool plays = gan__recipe_has_generator(run->values);
    if (isfinite(metrics->d_loss) && (!plays || isfinite(metrics->g_loss)) &&
        isfinite(metrics->e_loss))
        return GAN_STATUS_OK;
    char kept[48] = "no checkpoint", encoder[48] = "";
    if (metrics->has_encoder)
        snprintf(encoder, sizeof encoder, ", the encoder's %g", metrics->e_loss);
    if (run->record.step > 0)
        snprintf(kept, sizeof kept, "the checkpoint of step %" PRIu64, run->record.step);
    return gan__fail(GAN_STATUS_DIVERGED,
                     "training diverged between steps %" PRIu64 " and %" PRIu64
                     ": the discriminator's loss is %g, the generator's %g%s; %s holds %s; try a "
                     "lower learning rate or gradient clipping",
                     run->record.logged_step, metrics->step, metrics->d_loss, metrics->g_loss,
                     encoder, gan_run_get_folder(run), kept);
}

// An encoder that judges pairs is updated with G, others with D.
static void fill_encoder(const gan_recipe_values *recipe, const gan_trainer_sums *sums,
                         double steps, gan_run_metrics *metrics) {
    const bool joint = recipe->inference.kind == GAN_ENCODER_JOINT;
    const bool codes = recipe->inference.kind == GAN_ENCODER_CODES;
    const double updates = steps * (double)(joint ? recipe->schedule.generator_steps
                                                  : recipe->schedule.discriminator_steps);
    metrics->has_encoder = recipe->inference.kind != GAN_ENCODER_NONE;
    metrics->has_categorical = codes && recipe->latent.categorical[0] > 0;
    metrics->has_continuous = codes && recipe->latent.continuous > 0;
    metrics->e_loss = sums->e_loss / updates;
    metrics->e_gradient = sums->e_gradient / updates;
    metrics->categorical_information = sums->e_categorical / updates;
    metrics->continuous_information = sums->e_continuous / updates;
}

static gan_status read_metrics(gan_run *run, gan_run_metrics *metrics) {
    gan_trainer_sums sums;
    GAN_TRY(gan__trainer_read_sums(run->trainer, &sums));
    GAN_TRY(gan__trainer_clear_sums(run->trainer));
    const double steps = (double)(metrics->step - run->record.logged_step);
    const double updates = steps * (double)run->values->schedule.discriminator_steps;
    const double g_updates = steps * (double)run->values->schedule.generator_steps;
    metrics->d_loss = sums.d_loss / updates;
    metrics->d_real = sums.d_real / updates;
    metrics->d_fake = sums.d_fake / updates;
    metrics->g_loss = sums.g_loss / g_updates;
    metrics->has_gradients = run->values->log_gradients;
    metrics->d_gradient = sums.d_gradient / updates;
    metrics->g_gradient = sums.g_gradient / g_updates;
    fill_encoder(run->values, &sums, steps, metrics);
    metrics->has_errors = run->values->objective.classifier != GAN_CLASSIFIER_NONE;
    metrics->errors = sums.errors / updates;
    if (!gan__recipe_has_generator(run->values))
        metrics->g_loss = metrics->d_real = metrics->d_fake = metrics->g_gradient = NAN;
    metrics->has_augmentation = run->values->augment.target > 0;
    return gan__trainer_read_augmentation(run->trainer, &metrics->augmentation);
}

// What this costs is neither training time nor a wait of the steps.
static gan_status measure_modes(gan_run *run, stopwatch *watch, gan_run_metrics *metrics) {
    const double now = gan__clock_seconds();
    GAN_TRY(gan__run_measure_modes(run, metrics));
    GAN_TRY(gan__run_measure_curves(run, metrics));
    GAN_TRY(gan__run_measure_orbit(run, metrics));
    gan__device_reset_counters(run->device);
    resume_watch(watch, now);
    return GAN_STATUS_OK;
}

static gan_status report(gan_run *run, stopwatch *watch, gan_status (*write)(gan_run *run)) {
    const double now = gan__clock_seconds();
    const gan_status status = write(run);
    resume_watch(watch, now);
    return status;
}

static gan_status log_figures(gan_run *run, stopwatch *watch) {
    gan_run_metrics metrics = {.step = gan__trainer_step_count(run->trainer),
                               .steps = (uint64_t)run->values->steps,
                               .images = images_seen(run)};
    GAN_TRY(read_metrics(run, &metrics));
    const double now = gan__clock_seconds();
    gan_device_counters counters;
    gan__device_get_counters(run->device, &counters);
    gan__device_reset_counters(run->device);
    metrics.host_syncs = counters.host_syncs;
    metrics.elapsed_s = now - watch->started;
    metrics.images_per_s =
        (double)(metrics.images - watch->interval_images) / fmax(now - watch->interval_start, 1e-9);
    watch->interval_start = now;
    watch->interval_images = metrics.images;
    GAN_TRY(refuse_divergence(run, &metrics));
    GAN_TRY(measure_modes(run, watch, &metrics));
    const size_t before = run->history.length;
    gan__history_append(&run->history, &metrics);
    GAN_TRY(gan__text_status(&run->history));
    run->record.logged_step = metrics.step;
    GAN_TRY(gan__history_file_append(run->history_file, &run->history, before));
    GAN_TRY(gan__run_events_lines(run, before));
    if (run->callbacks.on_metrics != NULL) run->callbacks.on_metrics(run->callbacks.user, &metrics);
    return report(run, watch, gan__run_report_figures);
}

// --- The loop ------------------------------------------------------------------------------------

static bool is_due(uint64_t step, int64_t every, bool last) {
    return last || (every > 0 && step % (uint64_t)every == 0);
}

static gan_status save(gan_run *run, stopwatch *watch) {
    const double now = gan__clock_seconds();
    run->record.elapsed_s = now - watch->started;
    GAN_TRY(gan__run_save(run));
    resume_watch(watch, now);
    return report(run, watch, gan__run_report);
}

static gan_status picture(gan_run *run, stopwatch *watch) {
    const double now = gan__clock_seconds();
    if (!gan__recipe_has_generator(run->values)) return GAN_STATUS_OK;
    GAN_TRY(gan__run_picture(run));
    resume_watch(watch, now);
    return report(run, watch, gan__run_report);
}

static gan_status stopped(const gan_run *run, int request) {
    const bool interrupted = request == GAN_RUN_REQUEST_INTERRUPT;
    return gan__fail(interrupted ? GAN_STATUS_INTERRUPTED : GAN_STATUS_TERMINATED,
                     "%s at step %" PRIu64 "; go on with --resume",
                     interrupted ? "interrupted" : "terminated",
                     gan__trainer_step_count(run->trainer));
}

// What is due after a step. *request: what ended the run, if anything did.
static gan_status attend(gan_run *run, stopwatch *watch, int *request) {
    const gan_recipe_values *const recipe = run->values;
    const uint64_t step = gan__trainer_step_count(run->trainer);
    const bool last = step >= (uint64_t)recipe->steps;
    *request = atomic_load(&run->stop);
    if (is_due(step, recipe->log_every, last)) GAN_TRY(log_figures(run, watch));
    if (is_due(step, recipe->sample_every, last)) GAN_TRY(picture(run, watch));
    const bool asked = atomic_exchange(&run->save, 0) != 0;
    if (is_due(step, recipe->save_every, last) || asked || *request != GAN_RUN_NO_REQUEST)
        GAN_TRY(save(run, watch));
    return GAN_STATUS_OK;
}

// Where a step failed because the data cannot be read, what was trained so far is saved if it can.
static gan_status rescue(gan_run *run, stopwatch *watch, gan_status failure) {
    char message[GAN_MESSAGE_SIZE];
    snprintf(message, sizeof message, "%s", gan_status_message());
    const bool is_data = failure == GAN_STATUS_BAD_INPUT || failure == GAN_STATUS_CORRUPT;
    if (!is_data || gan__trainer_is_within_step(run->trainer)) return failure;
    if (save(run, watch) != GAN_STATUS_OK) return gan__fail(failure, "%s", message);
    return gan__fail(failure, "%s; the run is saved at step %" PRIu64 ": go on with --resume",
                     message, gan__trainer_step_count(run->trainer));
}

static void tell_step(const gan_run *run) {
    if (run->callbacks.on_step != NULL)
        run->callbacks.on_step(run->callbacks.user, gan__trainer_step_count(run->trainer));
}

static gan_status loop(gan_run *run) {
    stopwatch watch = start_watch(run);
    int request = atomic_load(&run->stop);
    gan__device_reset_counters(run->device);
    tell_step(run);
    while (request == GAN_RUN_NO_REQUEST &&
           gan__trainer_step_count(run->trainer) < (uint64_t)run->values->steps) {
        const gan_status status = gan__trainer_step(run->trainer);
        if (status != GAN_STATUS_OK) return rescue(run, &watch, status);
        GAN_TRY(attend(run, &watch, &request));
        tell_step(run);
    }
    return request == GAN_RUN_NO_REQUEST ? GAN_STATUS_OK : stopped(run, request);
}

// --- Beginning -----------------------------------------------------------------------------------

static bool on_build(void *user, size_t done, size_t total) {
    gan_run *const run = user;
    if (run->callbacks.on_build != NULL) run->callbacks.on_build(run->callbacks.user, done, total);
    return atomic_load(&run->stop) == GAN_RUN_NO_REQUEST;
}

static gan_status begin_state(gan_run *run) {
    if (run->resumed == NULL) return gan__trainer_initialise(run->trainer);
    GAN_TRY(gan__trainer_load(run->trainer, run->resumed, run->record.step));
    gan_checkpoint_close(run->resumed);
    run->resumed = NULL;
    return GAN_STATUS_OK;
}

gan_status gan_run_train(gan_run *run, const gan_run_callbacks *callbacks) {
    if (callbacks != NULL) run->callbacks = *callbacks;
    if (run->resumed == NULL && gan__run_folder_used(run->folder))
        return gan__fail(GAN_STATUS_BAD_OUTPUT,
                         "%s holds a run already; go on with it by --resume, or choose another "
                         "folder with --out",
                         gan_run_get_folder(run));
    GAN_TRY(gan__run_begin_modes(run));
    GAN_TRY(gan__run_folder_prepare(run->folder));
    gan__module_on_build(gan__trainer_module(run->trainer), on_build, run);
    gan_status status = gan__trainer_prepare(run->trainer);
    const int request = atomic_load(&run->stop);
    if (request != GAN_RUN_NO_REQUEST) return stopped(run, request);
    GAN_TRY(status);
    GAN_TRY(gan__run_find_orbit(run));
    GAN_TRY(begin_state(run));
    GAN_TRY(gan__run_begin_orbit(run));
    GAN_TRY(gan__run_begin_files(run));
    GAN_TRY(gan__run_report(run));
    return gan__run_report_end(run, loop(run));
}
