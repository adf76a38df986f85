// Unrolled games: the generator's gradient goes through the discriminator's own updates, Adam's
// moments included, and these updates are looked at, not made. Gradients against central
// differences of the unrolled cost, in double, and those of every OpenCL device against these.
#include "cmocka_headers.h"

#include "clgan/recipe.h"
#include "gan/game.h"
#include "nn/runner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 6, VALUES_MAX = 64 };

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

// A generator under plain descent at rate 1, so that an update is its gradient.
static const char recipe_format[] =
    "name: small\nbatch: 6\nsteps: 1\ndata: {source: \"builtin:ring8\"}\n"
    "latent: {size: 2, prior: normal}\nobjective: {%s, unroll: %d}\n"
    "generator: [dense: 3, tanh, dense: 2]\ndiscriminator: [dense: 4, tanh, dense: 1]\n"
    "optimizer:\n  generator: {kind: sgd, lr: 1}\n  discriminator: %s\n";

static const char adam[] = "{kind: adam, lr: 0.05, beta1: 0.5}";
static const char momentum[] = "{kind: sgd, lr: 0.05, momentum: 0.9}";

typedef struct bench {
    gan_recipe *recipe;
    gan_game *game;
    runner runner;     // of the generator's step
    size_t parameters; // the generator's
} bench;

static void fill(double *values, size_t count, double salt, double scale, double offset) {
    for (size_t i = 0; i < count; i++)
        values[i] = offset + scale * sin(1.3 * (double)i + 2.1 * salt);
}

static void set_filled(bench *b, gan_node *state, double salt, double scale, double offset) {
    double values[VALUES_MAX];
    assert_true(node_elements(state) <= VALUES_MAX);
    fill(values, node_elements(state), salt, scale, offset);
    b->runner.set_state(&b->runner, state, values);
}

static void bench_open(bench *b, runner with, const char *objective, int updates,
                       const char *optimizer) {
    char text[1024];
    double samples[VALUES_MAX];
    const gan_game_data data = {.sample = GAN_SHAPE(2), .element = GAN_ELEMENT_F32};
    const double three = 3;
    *b = (bench){.runner = with};
    snprintf(text, sizeof text, recipe_format, objective, updates, optimizer);
    succeed(gan_recipe_parse(text, "small", &b->recipe));
    succeed(gan__game_create(b->recipe, &data, &b->game));
    const gan_game_step *const step = &b->game->steps[GAN_GAME_GENERATOR];
    b->runner.open(&b->runner, b->game->graph, step->roots, step->count);
    const gan_player *const d = &b->game->discriminator;
    set_filled(b, d->state.parameters, 1, 0.8, 0);
    for (size_t i = 0; i < d->slot_count; i++)
        set_filled(b, d->state.slots[i], 2 + (double)i, 0.02, i == 0 ? 0 : 0.05);
    b->runner.set_state(&b->runner, d->state.step, &three);
    fill(samples, node_elements(b->game->real), 5, 1, 0.2);
    b->runner.set_input(&b->runner, b->game->real, samples);
    b->parameters = node_elements(b->game->generator.state.parameters);
}

static void bench_close(bench *b) {
    b->runner.close(&b->runner);
    gan__game_destroy(b->game);
    gan_recipe_destroy(b->recipe);
}

// The discriminator's weights, its optimiser's moments, and how many updates it has had.
static size_t read_discriminator(bench *b, double values[4 * VALUES_MAX]) {
    const gan_optimizer_state *const state = &b->game->discriminator.state;
    size_t count = node_elements(state->parameters);
    b->runner.get_state(&b->runner, state->parameters, values);
    for (size_t i = 0; i < b->game->discriminator.slot_count; i++) {
        b->runner.get_state(&b->runner, state->slots[i], values + count);
        count += node_elements(state->slots[i]);
    }
    b->runner.get_state(&b->runner, state->step, values + count);
    return count + 1;
}

// The generator's cost at `parameters`, and these after its update. The discriminator stays as it
// is, bit for bit.
static double run_generator(bench *b, const double *parameters, double *after) {
    const gan_player *const g = &b->game->generator;
    const double zeros[VALUES_MAX] = {0};
    double found[VALUES_MAX], before[4 * VALUES_MAX], left[4 * VALUES_MAX];
    b->runner.set_state(&b->runner, g->state.parameters, parameters);
    b->runner.set_state(&b->runner, g->state.step, zeros);
    b->runner.set_state(&b->runner, b->game->generator_sums, zeros);
    const size_t count = read_discriminator(b, before);
    b->runner.run(&b->runner, 0);
    assert_int_equal(read_discriminator(b, left), count);
    assert_memory_equal(left, before, count * sizeof *left);
    b->runner.get_state(&b->runner, g->state.parameters, after);
    b->runner.get_state(&b->runner, b->game->generator_sums, found);
    return found[GAN_GAME_G_LOSS];
}

// The gradient that the update goes down; returns the cost.
static double gradient_at(bench *b, const double *parameters, double *gradient) {
    const double cost = run_generator(b, parameters, gradient);
    for (size_t i = 0; i < b->parameters; i++) gradient[i] = parameters[i] - gradient[i];
    return cost;
}

static double norm_of(const double *values, size_t count) {
    double squares = 0;
    for (size_t i = 0; i < count; i++) squares += values[i] * values[i];
    return sqrt(squares);
}

// Returns the gradient's norm.
static double check_gradient(const char *objective, int updates, const char *optimizer) {
    double parameters[VALUES_MAX], gradient[VALUES_MAX], unused[VALUES_MAX];
    const double width = 1e-5;
    bench b;
    bench_open(&b, interpreter_runner(), objective, updates, optimizer);
    fill(parameters, b.parameters, 7, 0.7, 0);
    gradient_at(&b, parameters, gradient);
    for (size_t i = 0; i < b.parameters; i++) {
        const double kept = parameters[i];
        parameters[i] = kept + width;
        const double above = run_generator(&b, parameters, unused);
        parameters[i] = kept - width;
        const double below = run_generator(&b, parameters, unused);
        parameters[i] = kept;
        const double expected = (above - below) / (2 * width);
        if (fabs(gradient[i] - expected) > 1e-8 * fmax(fabs(expected), 0.1))
            fail_msg("%s, %d updates: parameter %zu has the gradient %.12g, not %.12g", objective,
                     updates, i, gradient[i], expected);
    }
    const double norm = norm_of(gradient, b.parameters);
    bench_close(&b);
    return norm;
}

static void gradients_through_adams_updates_are_central_differences(void **state) {
    (void)state;
    static const int updates[] = {1, 3, 5};
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        check_gradient("generator_cost: minimax", updates[i], adam);
        check_gradient("kind: least-squares", updates[i], adam);
    }
}

static void gradients_through_penalised_updates_are_central_differences(void **state) {
    (void)state;
    check_gradient("kind: wasserstein, gradient_penalty: 1", 2, momentum);
}

// What is differentiated is another function each time: D's answer alone would be the same
// gradient.
static void each_update_changes_the_gradient(void **state) {
    (void)state;
    double norms[3];
    for (int updates = 0; updates < 3; updates++)
        norms[updates] = check_gradient("generator_cost: minimax", updates, adam);
    assert_true(fabs(norms[1] - norms[0]) > 1e-3 * norms[0]);
    assert_true(fabs(norms[2] - norms[1]) > 1e-3 * norms[1]);
}

// --- On devices ----------------------------------------------------------------------------------

static void compare_gradients(gan_device *device, const char *objective, int updates,
                              const char *optimizer) {
    double parameters[VALUES_MAX], gradients[2][VALUES_MAX], costs[2];
    const runner runners[2] = {interpreter_runner(), device_runner(device)};
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        bench b;
        bench_open(&b, runners[i], objective, updates, optimizer);
        count = b.parameters;
        fill(parameters, count, 7, 0.7, 0);
        for (size_t k = 0; k < count; k++) parameters[k] = (double)(float)parameters[k];
        costs[i] = gradient_at(&b, parameters, gradients[i]);
        bench_close(&b);
    }
    const double bound = 1e-5, norm = norm_of(gradients[0], count);
    for (size_t k = 0; k < count; k++) gradients[1][k] -= gradients[0][k];
    const double error = norm_of(gradients[1], count);
    assert_true(norm > 0.01);
    if (error > bound * norm || fabs(costs[1] - costs[0]) > bound * fabs(costs[0]))
        fail_msg("%s, %d updates on %s: the gradient of norm %g is off by %g, the cost of %g by %g",
                 objective, updates, runners[1].name, norm, error, costs[0], costs[1] - costs[0]);
}

static void compare_on(gan_device *device) {
    compare_gradients(device, "generator_cost: minimax", 3, adam);
    compare_gradients(device, "kind: wasserstein, gradient_penalty: 1", 2, momentum);
}

static void gradients_on_every_device_are_those_of_double_precision(void **state) {
    (void)state;
    for_each_device(compare_on);
}

static void simultaneous_games_cannot_be_unrolled(void **state) {
    (void)state;
    gan_recipe *recipe = NULL;
    char text[1024];
    snprintf(text, sizeof text, recipe_format, "r1: 0", 1, adam);
    strcat(text, "schedule: {order: simultaneous}\n");
    assert_int_equal(gan_recipe_parse(text, "small", &recipe), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "objective.unroll"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_through_adams_updates_are_central_differences),
        cmocka_unit_test(gradients_through_penalised_updates_are_central_differences),
        cmocka_unit_test(each_update_changes_the_gradient),
        cmocka_unit_test(gradients_on_every_device_are_those_of_double_precision),
        cmocka_unit_test(simultaneous_games_cannot_be_unrolled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
