// Modes as training goes: which lines of metrics carry them, and that a resumed run says the same.
#include "gan/golden_values.h"
#include "runtime/device_fixture.h"
#include "test_folder.h"

#include "clgan/train.h"
#include "gan/run_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Its only layer starts at weights 0 and bias 0, so at first no sample is near a mode of ring8.
static const char recipe_text[] =
    "name: modes\nseed: 3\nbatch: 16\nsteps: 130\nlog_every: 20\nsample_every: 50\n"
    "save_every: 0\ndata: {source: 'builtin:%s'}\nlatent: {size: 2, prior: normal}\n"
    "generator:\n  - dense: 8\n  - relu\n  - dense: 2\ndiscriminator:\n  - dense: 8\n  - relu\n"
    "  - dense: 1\noptimizer:\n  generator: {kind: adam, lr: 1e-2}\n"
    "  discriminator: {kind: adam, lr: 1e-2}\nsamples: {grid: [3, 3]}\n";

#define LINES_MAX 16
typedef struct record {
    gan_run_metrics lines[LINES_MAX];
    size_t count;
    gan_run *run;
    uint64_t stop_at; // interrupted there; 0: never
} record;

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    record *const recorded = user;
    assert_true(recorded->count < LINES_MAX);
    recorded->lines[recorded->count++] = *metrics;
    if (metrics->step == recorded->stop_at) gan_run_post(recorded->run, GAN_RUN_REQUEST_INTERRUPT);
}

// Trains on `data` in the folder `out`.
static void train(const char *data, const char *out, bool resume, record *recorded) {
    const char *const path = in_folder("recipe.yaml");
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, recipe_text, data);
    fclose(file);
    const gan_run_options options = {.recipe = path, .out = in_folder(out), .resume = resume};
    const gan_run_callbacks callbacks = {.user = recorded, .on_metrics = on_metrics};
    assert_ok(gan_run_open(&options, &recorded->run));
    assert_int_equal(gan_run_train(recorded->run, &callbacks),
                     recorded->stop_at ? GAN_STATUS_INTERRUPTED : GAN_STATUS_OK);
    gan_run_close(recorded->run);
}

static void each_sample_interval_adds_modes_to_the_metrics_after_it(void **state) {
    (void)state;
    static const uint64_t with_modes[] = {60, 100, 130};
    record straight = {0};
    size_t found = 0;
    train("ring8", "straight", false, &straight);
    assert_int_equal(straight.count, 7);
    for (size_t i = 0; i < straight.count; i++) {
        const gan_run_metrics *const line = &straight.lines[i];
        if (!line->has_modes) continue;
        assert_true(found < 3 && line->step == with_modes[found]);
        assert_int_equal(line->modes.samples, GAN_MODE_SAMPLES);
        assert_int_equal(line->modes.modes, 8);
        found++;
    }
    assert_int_equal(found, 3);
}

static void assert_same_modes(const gan_run_metrics *a, const gan_run_metrics *b) {
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->has_modes, b->has_modes);
    assert_int_equal(a->modes.captured, b->modes.captured);
    assert_int_equal(a->most_modes, b->most_modes);
    assert_int_equal(a->collapsed, b->collapsed);
    assert_true(a->modes.high_quality == b->modes.high_quality);
}

static void a_resumed_run_measures_what_the_straight_one_did(void **state) {
    (void)state;
    record straight = {0}, first = {.stop_at = 80}, second = {0};
    train("ring8", "whole", false, &straight);
    train("ring8", "parts", false, &first);
    train("ring8", "parts", true, &second);
    // The request is seen one step later, at 81.
    assert_int_equal(first.lines[first.count - 1].step, 80);
    assert_int_equal(second.count, 3); // 100, 120, 130
    for (size_t i = 0; i < second.count; i++)
        assert_same_modes(&second.lines[i], &straight.lines[straight.count - 3 + i]);
}

static void data_without_modes_have_none(void **state) {
    (void)state;
    record recorded = {0};
    train("swissroll", "swissroll", false, &recorded);
    for (size_t i = 0; i < recorded.count; i++) assert_false(recorded.lines[i].has_modes);
}

static void samples_of_data_without_modes_are_not_counted(void **state) {
    (void)state;
    const char *const recipe = in_folder("recipe.yaml"); // of the test before
    static const char *const settings[] = {"modes.samples=100", "data.source=builtin:ring8"};
    gan_run_options options = {
        .recipe = recipe, .out = in_folder("counted"), .settings = settings, .setting_count = 1};
    gan_run *run = NULL;
    assert_int_equal(gan_run_open(&options, &run), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "modes.samples has no effect on"));
    options.setting_count = 2;
    assert_ok(gan_run_open(&options, &run));
    gan_run_close(run);
}

// --- Collapse ------------------------------------------------------------------------------------

static gan_mode_figures captured(size_t modes) {
    return (gan_mode_figures){.modes = 8, .captured = modes, .samples = 100};
}

static void collapse_is_losing_half_or_ending_with_less(void **state) {
    (void)state;
    gan_run run = {0};
    static const struct {
        size_t captured;
        uint64_t step;
        bool collapsed;
    } course[] = {{0, 10, false}, {3, 20, false}, {4, 30, false}, {3, 40, true},
                  {7, 50, false}, {4, 60, false}, {2, 70, true},  {8, 80, false}};
    for (size_t i = 0; i < sizeof course / sizeof course[0]; i++) {
        gan_run_metrics metrics = {
            .step = course[i].step, .steps = 1000, .modes = captured(course[i].captured)};
        gan__run_judge_modes(&run, &metrics);
        assert_int_equal(metrics.collapsed, course[i].collapsed);
    }
    assert_int_equal(run.most_modes, 8);
    gan_run never = {0};
    gan_run_metrics last = {.step = 1000, .steps = 1000, .modes = captured(3)};
    gan__run_judge_modes(&never, &last);
    assert_true(last.collapsed);
}

// Ten samples of a thousand modes are in ten of them at most.
static void modes_that_so_few_samples_cannot_reach_are_no_collapse(void **state) {
    (void)state;
    static const struct {
        size_t captured;
        bool collapsed;
    } ends[] = {{10, false}, {5, false}, {4, true}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        gan_run run = {0};
        gan_run_metrics last = {
            .step = 9,
            .steps = 9,
            .modes = {.modes = 1000, .captured = ends[i].captured, .samples = 10}};
        gan__run_judge_modes(&run, &last);
        assert_int_equal(last.collapsed, ends[i].collapsed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_interval_adds_modes_to_the_metrics_after_it),
        cmocka_unit_test(a_resumed_run_measures_what_the_straight_one_did),
        cmocka_unit_test(data_without_modes_have_none),
        cmocka_unit_test(samples_of_data_without_modes_are_not_counted),
        cmocka_unit_test(collapse_is_losing_half_or_ending_with_less),
        cmocka_unit_test(modes_that_so_few_samples_cannot_reach_are_no_collapse),
    };
    return cmocka_run_group_tests_name("modes of a run", tests, make_folder, remove_folder);
}
