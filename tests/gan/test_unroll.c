// Unrolled games: the generator's gradient goes through the discriminator's own updates, Adam's
// moments included. Against central differences of the unrolled cost, in double.
#include "cmocka_headers.h"

#include "clgan/recipe.h"
#include "gan/game.h"
#include "graph/interpret.h"

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

typedef struct bench {
    gan_recipe *recipe;
    gan_game *game;
    gan_interpreter *interpreter;
    size_t parameters; // the generator's
} bench;

static void fill(double *values, size_t count, double salt, double scale, double offset) {
    for (size_t i = 0; i < count; i++)
        values[i] = offset + scale * sin(1.3 * (double)i + 2.1 * salt);
}

static void set_filled(const bench *b, gan_node *leaf, double salt, double scale, double offset) {
    double values[VALUES_MAX];
    const size_t count = (size_t)gan__shape_elements(gan__node_shape(leaf));
    assert_true(count <= VALUES_MAX);
    fill(values, count, salt, scale, offset);
    succeed(gan__interpreter_set(b->interpreter, leaf, values));
}

static bench bench_open(const char *objective, int updates, const char *optimizer) {
    bench b = {0};
    char text[1024];
    const gan_game_data data = {.sample = GAN_SHAPE(2), .element = GAN_ELEMENT_F32};
    const double three = 3;
    snprintf(text, sizeof text, recipe_format, objective, updates, optimizer);
    succeed(gan_recipe_parse(text, "small", &b.recipe));
    succeed(gan__game_create(b.recipe, &data, &b.game));
    succeed(gan__interpreter_create(b.game->graph, 1, &b.interpreter));
    const gan_player *const d = &b.game->discriminator;
    set_filled(&b, d->state.parameters, 1, 0.8, 0);
    for (size_t i = 0; i < d->slot_count; i++)
        set_filled(&b, d->state.slots[i], 2 + (double)i, 0.02, i == 0 ? 0 : 0.05);
    succeed(gan__interpreter_set(b.interpreter, d->state.step, &three));
    set_filled(&b, b.game->real, 5, 1, 0.2);
    b.parameters = (size_t)gan__network_parameter_elements(b.game->generator.network);
    return b;
}

static void bench_close(bench *b) {
    gan__interpreter_destroy(b->interpreter);
    gan__game_destroy(b->game);
    gan_recipe_destroy(b->recipe);
}

// The generator's cost at `parameters`, and these after its update.
static double run_generator(const bench *b, const double *parameters, double *after) {
    const gan_game_step *const step = &b->game->steps[GAN_GAME_GENERATOR];
    const gan_player *const g = &b->game->generator;
    const double zeros[VALUES_MAX] = {0};
    const double *found;
    succeed(gan__interpreter_set(b->interpreter, g->state.parameters, parameters));
    succeed(gan__interpreter_set(b->interpreter, g->state.step, zeros));
    succeed(gan__interpreter_set(b->interpreter, b->game->generator_sums, zeros));
    succeed(gan__interpreter_run(b->interpreter, step->roots, step->count, 0));
    succeed(gan__interpreter_get(b->interpreter, g->state.parameters, &found));
    memcpy(after, found, b->parameters * sizeof *after);
    succeed(gan__interpreter_get(b->interpreter, b->game->generator_sums, &found));
    return found[GAN_GAME_G_LOSS];
}

// Returns the gradient's norm.
static double check_gradient(const char *objective, int updates, const char *optimizer) {
    double parameters[VALUES_MAX], after[VALUES_MAX], unused[VALUES_MAX], norm = 0;
    const double width = 1e-5;
    bench b = bench_open(objective, updates, optimizer);
    fill(parameters, b.parameters, 7, 0.7, 0);
    run_generator(&b, parameters, after);
    for (size_t i = 0; i < b.parameters; i++) {
        const double kept = parameters[i], gradient = kept - after[i];
        parameters[i] = kept + width;
        const double above = run_generator(&b, parameters, unused);
        parameters[i] = kept - width;
        const double below = run_generator(&b, parameters, unused);
        parameters[i] = kept;
        const double expected = (above - below) / (2 * width);
        if (fabs(gradient - expected) > 1e-8 * fmax(fabs(expected), 0.1))
            fail_msg("%s, %d updates: parameter %zu has the gradient %.12g, not %.12g", objective,
                     updates, i, gradient, expected);
        norm += gradient * gradient;
    }
    bench_close(&b);
    return sqrt(norm);
}

static const char adam[] = "{kind: adam, lr: 0.05, beta1: 0.5}";

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
    check_gradient("kind: wasserstein, gradient_penalty: 1", 2,
                   "{kind: sgd, lr: 0.05, momentum: 0.9}");
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
        cmocka_unit_test(simultaneous_games_cannot_be_unrolled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
