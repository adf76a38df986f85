// Figure 1 as training goes: D against the optimum, with networks whose densities and answers are
// known: G(z) = m + z / 2 of a normal z is N(m, 0.5) beside the data's N(4, 0.5), for which the
// best D is sigmoid(((x - m)^2 - (x - 4)^2) / 0.5): 1/2 everywhere for m = 4, sigmoid(18 - 4 x) for
// m = 5.
#include "runtime/device_fixture.h"
#include "test_folder.h"

#include "clgan/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char recipe_text[] =
    "name: curves\nseed: 3\nbatch: 16\nsteps: 1\nlog_every: 1\nsample_every: 1\nsave_every: 0\n"
    "data: {source: 'builtin:%s'}\nlatent: {size: 1, prior: normal}\n"
    "generator:\n  - dense: {units: %d, init: {kind: constant, value: 0.5},"
    " bias_init: {kind: constant, value: %g}}\n"
    "discriminator:\n  - dense: {units: 1, init: {kind: constant, value: %g},"
    " bias_init: {kind: constant, value: %g}}\n"
    "optimizer:\n  generator: {kind: sgd, lr: 0}\n  discriminator: {kind: sgd, lr: 0}\n"
    "samples: {grid: [32, 32]}\n";

typedef struct game {
    const char *data;
    int units;
    double mean, weight, bias; // of G, and of D
} game;

typedef struct found {
    gan_run_metrics metrics;
    bool has_curves;
    gan_run_curves curves;            // without the arrays, which were the call's
    double worst_data, worst_optimum; // against the closed forms, where both densities matter
    double mean;                      // of G
} found;

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    ((found *)user)->metrics = *metrics;
}

static double normal(double x, double mean) {
    return exp(-(x - mean) * (x - mean) / 0.5) / (0.5 * 2.5066282746310002);
}

static void on_curves(void *user, const gan_run_curves *curves) {
    found *const f = user;
    f->has_curves = true;
    f->curves = *curves;
    for (size_t i = 0; i < curves->count; i++) {
        const double p = normal(curves->x[i], 4), q = normal(curves->x[i], f->mean);
        if (fmin(p, q) < 0.1) continue;
        f->worst_data = fmax(f->worst_data, fabs(curves->data[i] - p));
        f->worst_optimum = fmax(f->worst_optimum, fabs(curves->optimum[i] - p / (p + q)));
    }
}

static found play(const char *out, game g) {
    char path[256], run_folder[256];
    snprintf(path, sizeof path, "%s/recipe.yaml", folder);
    snprintf(run_folder, sizeof run_folder, "%s/%s", folder, out);
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, recipe_text, g.data, g.units, g.mean, g.weight, g.bias);
    fclose(file);
    found f = {.mean = g.mean};
    gan_run *run;
    const gan_run_options options = {.recipe = path, .out = run_folder};
    const gan_run_callbacks callbacks = {
        .user = &f, .on_metrics = on_metrics, .on_curves = on_curves};
    assert_ok(gan_run_open(&options, &run));
    assert_ok(gan_run_train(run, &callbacks));
    gan_run_close(run);
    return f;
}

// -log(1/2) for what is real, and as much for what is generated.
static void assert_loss_of_one_half(const found *f) {
    assert_float_equal((float)f->metrics.d_loss, (float)(2 * log(2)), 1e-6F);
}

static void a_perfect_generator_makes_one_half_the_optimum(void **state) {
    (void)state;
    const found f = play("perfect", (game){"gauss1d", 1, 4, 0, 0});
    assert_true(f.has_curves && f.metrics.has_curves);
    assert_true(f.worst_data < 0.02);
    assert_true(f.worst_optimum < 0.03);
    assert_true(f.curves.distance < 0.04);
    assert_float_equal((float)f.curves.d_lowest, 0.5F, 1e-6F);
    assert_float_equal((float)f.curves.d_highest, 0.5F, 1e-6F);
    assert_true(f.metrics.optimum_distance == f.curves.distance);
    assert_loss_of_one_half(&f);
}

static void the_best_discriminator_of_a_shifted_generator_is_found_so(void **state) {
    (void)state;
    const found best = play("best", (game){"gauss1d", 1, 5, -4, 18});
    const found blind = play("blind", (game){"gauss1d", 1, 5, 0, 0});
    assert_true(best.worst_optimum < 0.03);
    assert_true(best.curves.distance < 0.04);
    assert_true(best.curves.d_lowest < 0.15 && best.curves.d_highest > 0.85);
    assert_true(blind.curves.distance > 0.35);
    assert_loss_of_one_half(&blind);
}

static void points_of_the_plane_have_no_curves(void **state) {
    (void)state;
    const found f = play("plane", (game){"ring8", 2, 0, 0, 0});
    assert_false(f.has_curves);
    assert_false(f.metrics.has_curves);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_generator_makes_one_half_the_optimum),
        cmocka_unit_test(the_best_discriminator_of_a_shifted_generator_is_found_so),
        cmocka_unit_test(points_of_the_plane_have_no_curves),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
