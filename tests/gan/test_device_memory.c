// The memory that a run says it takes is what its buffers take, to the byte: while it prepares,
// trains, draws pictures and saves.
#include "gan/counted_buffers.h"
#include "runtime/device_fixture.h"
#include "test_folder.h"

#include "clgan/train.h"

#include <unistd.h>

#define BASE(data)                                                                                 \
    "name: memory\nseed: 5\nbatch: 20\nsteps: 4\nlog_every: 2\nsample_every: 2\nsave_every: 2\n"   \
    "data: {source: 'builtin:" data "'}\nlatent: {size: 4}\nsamples: {grid: [3, 3]}\n"
#define POINTS BASE("ring8") "generator: [dense: 20, batch_norm, relu, dense: 2]\n"

static const char *const recipes[] = {
    POINTS "discriminator:\n  - maxout: {units: 10, pieces: 3}\n  - dropout: 0.25\n  - dense: 1\n"
           "ema: {decay: 0.9}\nschedule: {discriminator_steps: 3}\n",
    POINTS "discriminator: [dense: 16, relu, dense: 1]\nschedule: {order: simultaneous}\n"
           "objective: {kind: wasserstein, gradient_penalty: 1, penalty_every: 2}\n"
           "log_gradients: true\n",
    // Layers scaled by the data.
    POINTS "discriminator: {init_batch: 300, parametrization: weight_norm, layers: [dense: 30, "
           "relu, dense: 1]}\n",
    // Labels and spectral norms.
    BASE("ring8") "generator: {parametrization: spectral, layers: [embedding: 3, concat: -1, "
                  "dense: 16, "
                  "conditional_batch_norm, relu, dense: 2]}\n"
                  "discriminator: {parametrization: spectral, layers: [dense: 16, residual: [relu, "
                  "dense: 16], "
                  "relu, projection]}\nobjective: {kind: hinge}\n",
    // Pictures, convolutions, augmentation that adapts.
    BASE("digits") "generator: [dense: 98, reshape: [2, 7, 7], batch_norm, relu, "
                   "transposed_convolution: "
                   "{channels: 2, kernel: 4, stride: 2, padding: 1}, relu, transposed_convolution: "
                   "{channels: 1, "
                   "kernel: 4, stride: 2, padding: 1}, tanh]\n"
                   "discriminator: [convolution: {channels: 3, kernel: 4, stride: 2, padding: 1}, "
                   "leaky_relu: 0.2, "
                   "flatten, dense: 1]\n"
                   "augment: {flip: true, translation: 0.05, cutout: 0.3, target: 0.3, every: 2, "
                   "images: 1000}\n",
    // A third player.
    BASE("ring8") "generator: [dense: 20, batch_norm, relu, dense: 2]\n"
                  "discriminator: [latent, concat: -1, dense: 12, leaky_relu: 0.2, dense: 1]\n"
                  "encoder: {kind: joint, layers: [dense: 16, leaky_relu: 0.2, dense: 4]}\n",
};
#define RECIPE_COUNT (sizeof recipes / sizeof recipes[0])

static const char *numbered(const char *name, size_t number) {
    char text[64];
    snprintf(text, sizeof text, "%s%zu", name, number);
    return in_folder(text);
}

typedef struct watch {
    bool has_memory;
    uint64_t running;     // what is expected while it trains
    uint64_t after_first; // step
} watch;

// Kernels that this device never ran are checked, in memory of their own, before there is any of
// the run's; from then on there must never be more than is said.
static void on_build(void *user, size_t done, size_t total) {
    watch *const watched = user;
    (void)done;
    (void)total;
    if (watched->has_memory || counted_device.now == 0) return;
    watched->has_memory = true;
    count_anew(&counted_device);
}

static void on_step(void *user, uint64_t step) {
    watch *const watched = user;
    if (step == 1) watched->after_first = settle_at(&counted_device, watched->running);
}

static void compare_run(const gan_run_options *options) {
    watch watched = {0};
    const gan_run_callbacks callbacks = {
        .user = &watched, .on_build = on_build, .on_step = on_step};
    gan_run *run = NULL;
    assert_int_equal(settle_at(&counted_device, 0), 0);
    assert_ok(gan_run_open(options, &run));
    assert_int_equal(settle_at(&counted_device, 0), 0);
    const gan_run_plan plan = *gan_run_get_plan(run);
    assert_int_equal(plan.device_bytes, plan.state_bytes + plan.input_bytes + plan.output_bytes +
                                            plan.arena_bytes + plan.engine_bytes +
                                            plan.start_bytes);
    watched.running = plan.device_bytes - plan.start_bytes;
    assert_ok(gan_run_train(run, &callbacks));
    if (!options->resume) assert_int_equal(watched.after_first, watched.running);
    assert_int_equal(settle_at(&counted_device, watched.running), watched.running);
    assert_int_equal(counted_device.most, plan.device_bytes);
    assert_int_equal(counted_host.now, plan.waiting_bytes);
    gan_run_close(run);
    assert_int_equal(settle_at(&counted_device, 0), 0);
    assert_int_equal(settle_at(&counted_host, 0), 0);
}

// Has a recipe of those above train in the folder `out`.
static void compare(size_t number, bool resume, const char *out, const char *setting) {
    const char *const path = numbered("recipe", number);
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(recipes[number], file) >= 0);
    assert_int_equal(fclose(file), 0);
    const gan_run_options options = {.recipe = path,
                                     .out = numbered(out, number),
                                     .settings = &setting,
                                     .setting_count = setting != NULL,
                                     .resume = resume};
    compare_run(&options);
}

static void a_run_takes_what_it_says(void **state) {
    (void)state;
    for (size_t i = 0; i < RECIPE_COUNT; i++) {
        print_message("recipe %zu\n", i);
        compare(i, false, "run", NULL);
    }
}

static void a_resumed_run_takes_what_it_says(void **state) {
    (void)state;
    compare(0, true, "run", "steps=6");
    compare(2, true, "run", "steps=6"); // is not scaled again
}

static void a_buffer_a_result_is_counted_too(void **state) {
    (void)state;
    setenv("CLGAN_ARENA", "off", 1);
    compare(1, false, "separate", NULL);
    unsetenv("CLGAN_ARENA");
}

// --- Given recipes -------------------------------------------------------------------------------

static const char *given_recipe, *given_data;

static void the_recipe_given_takes_what_it_says(void **state) {
    (void)state;
    static const char *const settings[] = {"steps=2", "log_every=1", "save_every=2"};
    const gan_run_options options = {.recipe = given_recipe,
                                     .data = *given_data ? given_data : NULL,
                                     .out = numbered("given", 0),
                                     .settings = settings,
                                     .setting_count = sizeof settings / sizeof settings[0]};
    compare_run(&options);
}

// Without arguments the tests; with RECIPE DATA two steps of that recipe (memory.sh of
// tests/portability has all of models/ so), DATA being "" where it names its own.
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_takes_what_it_says),
        cmocka_unit_test(a_resumed_run_takes_what_it_says),
        cmocka_unit_test(a_buffer_a_result_is_counted_too),
    };
    const struct CMUnitTest given[] = {cmocka_unit_test(the_recipe_given_takes_what_it_says)};
    if (argc != 3)
        return cmocka_run_group_tests_name("device_memory", tests, make_folder, remove_folder);
    given_recipe = argv[1];
    given_data = argv[2];
    return cmocka_run_group_tests_name("device_memory", given, make_folder, remove_folder);
}
