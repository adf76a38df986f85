// Training: a run takes a recipe, a data set and a device, and fills a folder with checkpoints,
// samples and metrics. Everything gan-train does is here.
//
//     gan_run_options options = {.recipe = "models/ring8.yaml"};
//     gan_run *run;
//     if (gan_run_open(&options, &run) == GAN_STATUS_OK) {    // checks and plans; writes nothing
//         status = gan_run_train(run, NULL);                  // to the recipe's last step
//         gan_run_close(run);
//     }
#ifndef CLGAN_TRAIN_H
#define CLGAN_TRAIN_H

#include "clgan/device.h"
#include "clgan/evaluate.h"
#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_run gan_run;

// All texts are copied. Zero and NULL mean the default everywhere.
typedef struct gan_run_options {
    const char *recipe;            // path of a YAML recipe; required
    const char *data;              // a folder, a file or "builtin:NAME"; default: the recipe's source
    const char *out;               // the run's folder; default runs/<recipe's name>
    const char *device;            // as gan_device_open
    const char *const *settings;   // "key=value" overrides by the key's path, later ones win
    size_t setting_count;
    bool resume;                   // go on from the newest whole checkpoint in the folder ...
    const char *resume_from;       // ... or from this one
    bool profile;                  // time every kernel
    bool tensorboard;              // write TensorBoard's event file too
} gan_run_options;

// Reads the recipe and the data, opens the device, builds both players' graphs and plans their
// memory, and when resuming finds the checkpoint and compares recipes. Writes nothing, allocates
// nothing on the device.
// Errors: BAD_INPUT (recipe, data, checkpoint), BAD_OUTPUT (the folder holds a run and resume is not
// asked for), NO_DEVICE, DEVICE_MEMORY (the plan does not fit).
GAN_API gan_status gan_run_open(const gan_run_options *options, gan_run **out);
GAN_API void gan_run_close(gan_run *run); // NULL is allowed

// --- What has been planned ------------------------------------------------------------------------
typedef struct gan_run_layer {
    const char *network; // "generator", "discriminator", "encoder"
    size_t index;        // from 0, as in the names of its parameters: "generator.0.weight"
    const char *kind;    // "dense"
    char output[64];     // "512", "1x28x28": one sample's shape
    uint64_t parameters;
} gan_run_layer;

// One entry of the list that is replayed each step.
typedef struct gan_run_kernel {
    const char *program; // "discriminator step", "generator step", "sampling"
    const char *label;   // what it computes
    const char *engine;  // "kernel", "tile", "clblast"
    uint64_t runs;       // so far
    double seconds;      // in all; 0 unless profiling
    double flops, bytes; // of one run
} gan_run_kernel;

typedef struct gan_run_plan {
    const char *name;             // the recipe's
    const char *recipe;           // resolved, as YAML
    const char *data_kind;        // "IDX"
    uint64_t data_count;
    uint64_t data_skipped;        // files that cannot be read and are left out (data.skip_bad)
    uint32_t data_classes;        // 0: no labels
    char sample[64];              // one sample's shape
    uint64_t steps, first_step;   // first_step > 0 when resuming
    uint64_t generator_parameters, discriminator_parameters;
    uint64_t encoder_parameters;  // 0: there is no encoder
    // Of the device, exact: of the buffers that are there while training runs, but for those of the
    // recipe's modes.classifier.
    uint64_t state_bytes, input_bytes, output_bytes, arena_bytes;
    uint64_t engine_bytes;        // that CLBlast works in, on devices where it makes products
    uint64_t start_bytes;         // only while layers are scaled by the data (init_batch)
    uint64_t device_bytes;        // the sum of these
    uint64_t waiting_bytes;       // of the host, where the driver has batches wait; not in the sum
    uint64_t launches_per_step;   // of one step, all its updates of both players; a mean where steps
                                  // differ (objective.penalty_every)
    const gan_run_layer *layers;
    size_t layer_count;
} gan_run_plan;

// Belongs to the run.
GAN_API const gan_run_plan *gan_run_get_plan(const gan_run *run);
GAN_API const gan_device_info *gan_run_get_device(const gan_run *run);
GAN_API size_t gan_run_kernel_count(const gan_run *run);
GAN_API gan_status gan_run_get_kernel(gan_run *run, size_t index, gan_run_kernel *out);

// What the run's device can do at most, beside which its kernels are read. Measured by the call, for
// some 0.1 s; not while the run trains.
typedef struct gan_run_limits {
    double flops;   // a second, by multiply-adds
    double bytes;   // read and written a second, in place
    uint64_t moved; // on so many bytes
} gan_run_limits;
GAN_API gan_status gan_run_measure_limits(gan_run *run, gan_run_limits *out);

// --- Training ---------------------------------------------------------------------------------------
// Means over the steps since the metrics before.
typedef struct gan_run_metrics {
    uint64_t step, steps; // done, and in all
    uint64_t images;      // real samples shown to the discriminator so far
    double elapsed_s;     // of training, over all resumptions
    double images_per_s;  // since the metrics before
    double d_loss, g_loss; // NaN without a generator: g_loss, d_real and d_fake
    double d_real, d_fake; // D's mean probability for real and for generated samples
    bool has_gradients;    // the recipe's log_gradients: mean norms of each player's gradient
    double d_gradient, g_gradient;
    // The recipe's orbit.about: how far both players' weights are from there, and through what angle
    // (radians, 0 to pi) they have come since the metrics before, seen from there; NaN where they are
    // there, and in the first metrics of a run that was resumed between two.
    bool has_orbit;
    double distance, rotation;
    bool has_encoder; // a third player, and what it costs
    double e_loss, e_gradient;
    // What an encoder knows of a sample's codes at least, in nats: lower bounds on the mutual
    // information of the sample and its categories, and of it and its continuous codes.
    bool has_categorical, has_continuous;
    double categorical_information, continuous_information;
    bool has_errors;       // the discriminator tells classes (objective.classifier): mean share of the
    double errors;         // labelled samples, as it saw them in training, whose class it mistook
    bool has_augmentation; // the recipe's augment.target: the probability it has come to
    double augmentation;
    uint64_t host_syncs;   // since the metrics before, the reading of these included
    // Only where has_modes: on a built-in mixture, or with the recipe's modes.classifier, when a
    // sample interval has ended since the metrics before, and at the last step. Measured on samples
    // of the seeds from 0 on: GAN_MODE_SAMPLES, GAN_CLASS_MODE_SAMPLES, or modes.samples of them.
    bool has_modes;
    gan_mode_figures modes;
    size_t most_modes; // captured so far, these included
    bool collapsed;    // fewer than half of the modes (of the samples, where those are fewer), after
                       // at least half, or at the last step
    // Only where has_curves: at the same steps, where gan_run_curves can be drawn; of these.
    bool has_curves;
    double optimum_distance, d_lowest, d_highest;
} gan_run_metrics;

// The game on data of one number, as Figure 1 of Goodfellow et al. 2014 draws it: densities
// estimated from GAN_RUN_CURVE_SAMPLES samples each, and beside them what D says. Where a sample is
// anything else, or D sees more than the sample (packs, labels, latents), there are none.
#define GAN_RUN_CURVE_POINTS  256
#define GAN_RUN_CURVE_SAMPLES 65536
// Of the data's highest density: where either density is less, D may say what it likes.
#define GAN_RUN_CURVE_MATTERS 0.1
typedef struct gan_run_curves {
    uint64_t step;
    size_t count;                   // points, evenly spaced over the data's range and some beyond
    const double *x;                // ascending
    const double *data, *generated; // densities
    const double *judged;           // D's probability that x is real
    const double *optimum;          // data / (data + generated)
    // Where both densities matter; NaN where that is nowhere.
    double distance;            // the largest |judged - optimum|
    double d_lowest, d_highest; // of judged
} gan_run_curves;

// Any member may be NULL. They are called from gan_run_train's thread.
typedef struct gan_run_callbacks {
    void *user;
    // While kernels are compiled, before the first step.
    void (*on_build)(void *user, size_t done, size_t total);
    // Before the first step, and after each one was handed to the device, which may be a few behind.
    void (*on_step)(void *user, uint64_t step);
    // Each log interval.
    void (*on_metrics)(void *user, const gan_run_metrics *metrics);
    // Each sample interval, where there are such curves. They last as long as the call.
    void (*on_curves)(void *user, const gan_run_curves *curves);
    // After a file of the run was written: a checkpoint or a picture of samples.
    void (*on_file)(void *user, const char *path);
} gan_run_callbacks;

// Trains to the last step, writing the folder's files as it goes.
// Errors: DEVICE_*, BUILD_FAILED, BAD_OUTPUT, DIVERGED (the newest checkpoint is the one before),
// INTERRUPTED or TERMINATED (as requested; saved first).
GAN_API gan_status gan_run_train(gan_run *run, const gan_run_callbacks *callbacks);

typedef enum gan_run_request {
    GAN_RUN_REQUEST_SAVE,      // save and go on
    GAN_RUN_REQUEST_INTERRUPT, // finish the step, save, return INTERRUPTED
    GAN_RUN_REQUEST_TERMINATE, // the same, TERMINATED
} gan_run_request;

// May be called from a signal handler or another thread at any time after gan_run_open; takes effect
// during compilation too.
GAN_API void gan_run_post(gan_run *run, gan_run_request request);

// The folder the run writes to.
GAN_API const char *gan_run_get_folder(const gan_run *run);

#ifdef __cplusplus
}
#endif
#endif
