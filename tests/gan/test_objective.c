// The players' costs and the noise they play with, against closed forms.
#include "cmocka_headers.h"

#include "gan/latent.h"
#include "gan/objective.h"
#include "graph/interpret.h"

#include <math.h>

#define LOGITS 5
static const double logits[LOGITS] = {-3.0, -0.5, 0.0, 0.7, 2.5};

static void assert_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.17g is not %.17g", a, b);
}

static double sigmoid(double s) {
    return 1 / (1 + exp(-s));
}

// Value and gradient by the logits of a cost built from one row of logits.
typedef struct evaluated {
    double value;
    double gradient[LOGITS];
} evaluated;

static evaluated evaluate_generator(int cost) {
    gan_recipe_values recipe = {0};
    recipe.objective.generator_cost = cost;
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const s = gan__input(graph, "logits", GAN_ELEMENT_F32, &GAN_SHAPE(1, LOGITS));
    gan_node *roots[2] = {gan__objective_generator(&recipe, s)};
    assert_int_equal(gan__gradient(roots[0], &s, 1, &roots[1]), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, s, logits), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, roots, 2, 0), GAN_STATUS_OK);
    const double *value, *gradient;
    assert_int_equal(gan__interpreter_get(interpreter, roots[0], &value), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, roots[1], &gradient), GAN_STATUS_OK);
    evaluated result = {.value = value[0]};
    for (int i = 0; i < LOGITS; i++) result.gradient[i] = gradient[i];
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return result;
}

static void generator_costs_equal_their_closed_forms(void **state) {
    (void)state;
    const evaluated minimax = evaluate_generator(GAN_GENERATOR_COST_MINIMAX);
    const evaluated saving = evaluate_generator(GAN_GENERATOR_COST_NON_SATURATING);
    const evaluated likely = evaluate_generator(GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD);
    double sums[3] = {0};
    for (int i = 0; i < LOGITS; i++) {
        const double s = logits[i];
        sums[0] += log(1 - sigmoid(s)) / LOGITS;
        sums[1] += -log(sigmoid(s)) / LOGITS;
        sums[2] += -exp(s) / LOGITS;
        assert_near(minimax.gradient[i], -sigmoid(s) / LOGITS, 1e-14);
        assert_near(saving.gradient[i], (sigmoid(s) - 1) / LOGITS, 1e-14);
        assert_near(likely.gradient[i], -exp(s) / LOGITS, 1e-14);
    }
    assert_near(minimax.value, sums[0], 1e-13);
    assert_near(saving.value, sums[1], 1e-13);
    assert_near(likely.value, sums[2], 1e-13);
}

// D's cost at real logits = `logits`, fake logits = -`logits`, where D(x) = w x with gradient w.
static double evaluate_discriminator(double scale, double smoothing, double r1) {
    gan_recipe_values recipe = {0};
    recipe.objective.discriminator_scale = scale;
    recipe.objective.label_smoothing = smoothing;
    recipe.objective.r1 = r1;
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const x = gan__input(graph, "real", GAN_ELEMENT_F32, &GAN_SHAPE(1, LOGITS));
    gan_node *root = gan__objective_discriminator(&recipe, x, gan__scale(x, 3), gan__scale(x, -3));
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, x, logits), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, &root, 1, 0), GAN_STATUS_OK);
    const double *value;
    assert_int_equal(gan__interpreter_get(interpreter, root, &value), GAN_STATUS_OK);
    const double result = value[0];
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return result;
}

static void discriminator_cost_equals_its_closed_form(void **state) {
    (void)state;
    double real = 0, smoothed = 0, fake = 0;
    for (int i = 0; i < LOGITS; i++) {
        const double s = 3 * logits[i];
        real += -log(sigmoid(s)) / LOGITS;
        smoothed += -(0.9 * log(sigmoid(s)) + 0.1 * log(1 - sigmoid(s))) / LOGITS;
        fake += -log(1 - sigmoid(-s)) / LOGITS;
    }
    assert_near(evaluate_discriminator(1, 0, 0), real + fake, 1e-12);
    assert_near(evaluate_discriminator(0.5, 0, 0), 0.5 * (real + fake), 1e-12);
    assert_near(evaluate_discriminator(1, 0.1, 0), smoothed + fake, 1e-12);
    // r1 / 2 times the squared gradient of the logit, which is 3 everywhere.
    assert_near(evaluate_discriminator(1, 0, 10), real + fake + 5 * 9, 1e-12);
}

// --- Noise ---------------------------------------------------------------------------------------

#define LATENT 64
#define BATCH  128

static void draw_latents(int prior, double *values) {
    gan_recipe_values recipe = {0};
    recipe.latent.prior = prior;
    recipe.latent.size = LATENT;
    recipe.latent.range[0] = -2;
    recipe.latent.range[1] = 3;
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *root = gan__latent_node(graph, &recipe, BATCH, 7);
    assert_int_equal(gan__interpreter_create(graph, 1, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, &root, 1, 5), GAN_STATUS_OK);
    const double *drawn;
    assert_int_equal(gan__interpreter_get(interpreter, root, &drawn), GAN_STATUS_OK);
    for (int i = 0; i < LATENT * BATCH; i++) values[i] = drawn[i];
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
}

static void moments(const double *values, double *mean, double *variance) {
    *mean = *variance = 0;
    for (int i = 0; i < LATENT * BATCH; i++) *mean += values[i] / (LATENT * BATCH);
    for (int i = 0; i < LATENT * BATCH; i++)
        *variance += (values[i] - *mean) * (values[i] - *mean) / (LATENT * BATCH);
}

static void priors_have_their_moments(void **state) {
    (void)state;
    static double values[LATENT * BATCH];
    double mean, variance;
    draw_latents(GAN_PRIOR_UNIFORM, values);
    moments(values, &mean, &variance);
    assert_near(mean, 0.5, 0.08); // five standard errors of 8192 draws
    assert_near(variance, 25.0 / 12, 0.11);
    draw_latents(GAN_PRIOR_NORMAL, values);
    moments(values, &mean, &variance);
    assert_near(mean, 0, 0.056);
    assert_near(variance, 1, 0.079);
}

static void spherical_latents_lie_on_the_unit_sphere(void **state) {
    (void)state;
    static double values[LATENT * BATCH];
    draw_latents(GAN_PRIOR_SPHERICAL, values);
    for (int b = 0; b < BATCH; b++) {
        double squares = 0;
        for (int e = 0; e < LATENT; e++) squares += values[e * BATCH + b] * values[e * BATCH + b];
        assert_near(squares, 1, 1e-12);
    }
}

static void a_seed_names_one_latent(void **state) {
    (void)state;
    gan_recipe_values recipe = {0};
    recipe.latent.size = LATENT;
    for (int prior = GAN_PRIOR_UNIFORM; prior <= GAN_PRIOR_SPHERICAL; prior++) {
        float a[LATENT], b[LATENT], c[LATENT];
        recipe.latent.prior = prior;
        recipe.latent.range[1] = 1;
        gan__latent_draw(&recipe, 11, a);
        gan__latent_draw(&recipe, 11, b);
        gan__latent_draw(&recipe, 12, c);
        assert_memory_equal(a, b, sizeof a);
        assert_memory_not_equal(a, c, sizeof a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generator_costs_equal_their_closed_forms),
        cmocka_unit_test(discriminator_cost_equals_its_closed_form),
        cmocka_unit_test(priors_have_their_moments),
        cmocka_unit_test(spherical_latents_lie_on_the_unit_sphere),
        cmocka_unit_test(a_seed_names_one_latent),
    };
    return cmocka_run_group_tests_name("objective", tests, NULL, NULL);
}
