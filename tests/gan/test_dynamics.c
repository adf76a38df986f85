// How two players move about their equilibrium in the game V = x y: against closed forms.
#include "cmocka_headers.h"

#include "clgan/recipe.h"
#include "gan/game.h"
#include "graph/interpret.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 60 };
#define RATE      0.1
#define CONSENSUS 0.7

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

typedef struct point {
    double x, y;
} point;

static const char recipe_format[] =
    "name: xy\nbatch: 3\nsteps: 1\ndata: {source: \"builtin:zero\"}\nlatent: {size: 1}\n"
    "objective: {kind: wasserstein, %s: %g}\nschedule: {order: %s}\n"
    "generator: [scale: {factor: 0}, dense: 1]\ndiscriminator: [dense: {units: 1, bias: false}]\n"
    "optimizer: {generator: {kind: sgd, lr: 0.1}, discriminator: {kind: sgd, lr: %g}}\n";

typedef struct field {
    gan_recipe *recipe;
    gan_game *game;
    gan_interpreter *interpreter;
} field;

// Whatever the cost has beside V, and by how much.
typedef struct addition {
    const char *key;
    double weight;
} addition;

static field field_open_at(const char *order, addition added, double discriminator_rate) {
    field f;
    char text[1024];
    const gan_game_data data = {.sample = GAN_SHAPE(1), .element = GAN_ELEMENT_F32};
    const double nothing[GAN_GAME_D_METRICS] = {0};
    snprintf(text, sizeof text, recipe_format, added.key, added.weight, order, discriminator_rate);
    succeed(gan_recipe_parse(text, "xy", &f.recipe));
    succeed(gan__game_create(f.recipe, &data, &f.game));
    succeed(gan__interpreter_create(f.game->graph, 1, &f.interpreter));
    gan_node *const zeros[] = {f.game->real, f.game->generator.state.step,
                               f.game->discriminator.state.step, f.game->generator_sums,
                               f.game->discriminator_sums};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        succeed(gan__interpreter_set(f.interpreter, zeros[i], nothing));
    // The dense layer's weight, which sees zeros, and x; y.
    succeed(gan__interpreter_set(f.interpreter, f.game->generator.state.parameters,
                                 (double[]){0.4, 1}));
    succeed(gan__interpreter_set(f.interpreter, f.game->discriminator.state.parameters,
                                 (double[]){0.5}));
    return f;
}

static field field_open(const char *order, double consensus) {
    return field_open_at(order, (addition){"consensus", consensus}, RATE);
}

static void field_close(field *f) {
    gan__interpreter_destroy(f->interpreter);
    gan__game_destroy(f->game);
    gan_recipe_destroy(f->recipe);
}

static point field_step(const field *f, uint64_t counter) {
    const gan_game_part parts[] = {GAN_GAME_DISCRIMINATOR, GAN_GAME_GENERATOR};
    const double *x, *y;
    for (size_t i = 0; i < 2; i++) {
        const gan_game_step *const step = &f->game->steps[parts[i]];
        if (step->count > 0)
            succeed(gan__interpreter_run(f->interpreter, step->roots, step->count, counter));
    }
    succeed(gan__interpreter_get(f->interpreter, f->game->generator.state.parameters, &x));
    succeed(gan__interpreter_get(f->interpreter, f->game->discriminator.state.parameters, &y));
    return (point){x[1], y[0]};
}

static void assert_near(double got, double expected) {
    if (fabs(got - expected) > 1e-12 * fmax(fabs(expected), 1))
        fail_msg("%.17g is not %.17g", got, expected);
}

// The distance from the equilibrium is multiplied by `factor` in each step.
static void assert_factor(const char *order, double consensus, double factor) {
    field f = field_open(order, consensus);
    double radius = hypot(1, 0.5);
    for (uint64_t step = 0; step < STEPS; step++) {
        const point at = field_step(&f, step);
        radius *= factor;
        assert_near(hypot(at.x, at.y), radius);
    }
    field_close(&f);
}

static void simultaneous_descent_turns_away(void **state) {
    (void)state;
    assert_factor("simultaneous", 0, sqrt(1 + RATE * RATE));
}

// With rates a of G and b of D, b x^2 + a y^2 is multiplied by 1 + a b in each step.
static void each_player_has_a_rate_of_its_own(void **state) {
    (void)state;
    const double slower = 0.025;
    field f = field_open_at("simultaneous", (addition){"consensus", 0}, slower);
    double size = slower * 1 + RATE * 0.5 * 0.5;
    for (uint64_t step = 0; step < STEPS; step++) {
        const point at = field_step(&f, step);
        size *= 1 + RATE * slower;
        assert_near(slower * at.x * at.x + RATE * at.y * at.y, size);
    }
    field_close(&f);
}

static void extragradient_arrives(void **state) {
    (void)state;
    assert_factor("extragradient", 0, hypot(1 - RATE * RATE, RATE));
}

static void consensus_arrives(void **state) {
    (void)state;
    assert_factor("simultaneous", CONSENSUS, hypot(1 - RATE * CONSENSUS, RATE));
}

// x^2 + y^2 - skew x y is multiplied by `factor` in each step.
static void assert_ellipses(const char *order, addition added, double skew, double factor) {
    field f = field_open_at(order, added, RATE);
    double size = 1 + 0.25 - skew * 0.5;
    for (uint64_t step = 0; step < STEPS; step++) {
        const point at = field_step(&f, step);
        size *= factor;
        assert_near(at.x * at.x + at.y * at.y - skew * at.x * at.y, size);
    }
    field_close(&f);
}

static void alternating_descent_stays_on_an_ellipse(void **state) {
    (void)state;
    assert_ellipses("alternating", (addition){"consensus", 0}, RATE, 1);
}

// With c / 2 |dV / dy|^2 = c x^2 / 2 beside V in x's cost alone.
static void gradient_regularization_shrinks_an_ellipse(void **state) {
    (void)state;
    static const double weights[] = {0.05, 0.7, 1.5};
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++)
        assert_ellipses("simultaneous", (addition){"gradient_regularization", weights[i]},
                        weights[i], 1 - RATE * weights[i] + RATE * RATE);
}

// Both are pulled towards the mean of where they have been, by weight |p - mean|^2: what orbits
// without comes to rest at the equilibrium, the mean of an orbit.
static void historical_averaging_arrives(void **state) {
    (void)state;
    enum { LONGER = 1000 };
    const double weight = 0.2;
    field f = field_open_at("simultaneous", (addition){"historical_averaging", weight}, RATE);
    const double nothing[2] = {0};
    succeed(gan__interpreter_set(f.interpreter, f.game->generator.history, nothing));
    succeed(gan__interpreter_set(f.interpreter, f.game->discriminator.history, nothing));
    point at = {1, 0.5}, mean = {0, 0};
    for (uint64_t step = 0; step < LONGER; step++) {
        mean.x += (at.x - mean.x) / (double)(step + 1);
        mean.y += (at.y - mean.y) / (double)(step + 1);
        at = (point){at.x + RATE * (at.y - 2 * weight * (at.x - mean.x)),
                     at.y - RATE * (at.x + 2 * weight * (at.y - mean.y))};
        const point got = field_step(&f, step);
        assert_near(got.x, at.x);
        assert_near(got.y, at.y);
    }
    assert_true(hypot(at.x, at.y) < hypot(1, 0.5) / 50); // without: 162
    field_close(&f);
}

static void consensus_needs_both_gradients_at_one_point(void **state) {
    (void)state;
    gan_recipe *recipe = NULL;
    char text[1024];
    snprintf(text, sizeof text, recipe_format, "consensus", 0.5, "alternating", RATE);
    assert_int_equal(gan_recipe_parse(text, "xy", &recipe), GAN_STATUS_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simultaneous_descent_turns_away),
        cmocka_unit_test(each_player_has_a_rate_of_its_own),
        cmocka_unit_test(extragradient_arrives),
        cmocka_unit_test(consensus_arrives),
        cmocka_unit_test(alternating_descent_stays_on_an_ellipse),
        cmocka_unit_test(gradient_regularization_shrinks_an_ellipse),
        cmocka_unit_test(historical_averaging_arrives),
        cmocka_unit_test(consensus_needs_both_gradients_at_one_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
