// The players' costs and the noise they play with, against closed forms.
#include "cmocka_headers.h"

#include "clgan/evaluate.h"
#include "gan/latent.h"
#include "gan/objective.h"
#include "graph/interpret.h"

#include <math.h>
#include <string.h>

#define LOGITS 5
static const double logits[LOGITS] = {-3.0, -0.5, 0.0, 0.7, 2.5};

static void assert_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.17g is not %.17g", a, b);
}

static double sigmoid(double s) {
    return 1 / (1 + exp(-s));
}

// --- Objectives against closed forms -------------------------------------------------------------

// One player's cost, and its gradients by the logits of real samples (`logits`) and of generated
// ones (`fakes`).
static const double fakes[LOGITS] = {1.1, -2.0, 0.3, -0.9, 4.0};

typedef struct evaluated {
    double value;
    double by_real[LOGITS], by_fake[LOGITS];
} evaluated;

static evaluated evaluate(const gan_recipe_values *recipe, bool generator) {
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const real = gan__input(graph, "real", GAN_ELEMENT_F32, &GAN_SHAPE(1, LOGITS));
    gan_node *const fake = gan__input(graph, "fake", GAN_ELEMENT_F32, &GAN_SHAPE(1, LOGITS));
    gan_node *const both[2] = {real, fake};
    gan_node *roots[3] = {generator ? gan__objective_generator(recipe, real, fake)
                                    : gan__objective_discriminator(recipe, real, fake)};
    assert_int_equal(gan__gradient(roots[0], both, 2, &roots[1]), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, real, logits), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, fake, fakes), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, roots, 3, 0), GAN_STATUS_OK);
    const double *values[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(gan__interpreter_get(interpreter, roots[i], &values[i]), GAN_STATUS_OK);
    evaluated result = {.value = values[0][0]};
    memcpy(result.by_real, values[1], sizeof result.by_real);
    memcpy(result.by_fake, values[2], sizeof result.by_fake);
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return result;
}

static gan_recipe_values recipe_of(gan_objective_kind kind) {
    gan_recipe_values recipe = {0};
    recipe.objective.kind = kind;
    recipe.objective.discriminator_scale = recipe.objective.generator_scale = 1;
    recipe.objective.generator_cost = GAN_GENERATOR_COST_NON_SATURATING;
    return recipe;
}

// What a cost is in closed form: a mean of terms of one real and one fake logit each, and their
// slopes.
typedef struct terms {
    double value, by_real, by_fake;
} terms;

static terms logistic_terms(double r, double f) {
    return (terms){-log(sigmoid(r)) - log(1 - sigmoid(f)), sigmoid(r) - 1, sigmoid(f)};
}

static terms smoothed_terms(double r, double f) {
    return (terms){-0.9 * log(sigmoid(r)) - 0.1 * log(1 - sigmoid(r)) - log(1 - sigmoid(f)),
                   sigmoid(r) - 0.9, sigmoid(f)};
}

static terms minimax_terms(double r, double f) {
    (void)r;
    return (terms){log(1 - sigmoid(f)), 0, -sigmoid(f)};
}

static terms non_saturating_terms(double r, double f) {
    (void)r;
    return (terms){-log(sigmoid(f)), 0, sigmoid(f) - 1};
}

static terms maximum_likelihood_terms(double r, double f) {
    (void)r;
    return (terms){-exp(f), 0, -exp(f)};
}

static terms least_squares_terms(double r, double f) {
    return (terms){(r - 0.9) * (r - 0.9) / 2 + f * f / 2, r - 0.9, f};
}

static terms least_squares_generator_terms(double r, double f) {
    (void)r;
    return (terms){(f - 1) * (f - 1) / 2, 0, f - 1};
}

static terms wasserstein_terms(double r, double f) {
    return (terms){f - r, -1, 1};
}

static terms negated_terms(double r, double f) {
    (void)r;
    return (terms){-f, 0, -1};
}

static terms hinge_terms(double r, double f) {
    return (terms){fmax(0, 1 - r) + fmax(0, 1 + f), r < 1 ? -1 : 0, f > -1 ? 1 : 0};
}

static terms paired_terms(double r, double f) {
    return (terms){-log(sigmoid(r - f)), sigmoid(r - f) - 1, 1 - sigmoid(r - f)};
}

static terms paired_generator_terms(double r, double f) {
    return (terms){-log(sigmoid(f - r)), 1 - sigmoid(f - r), sigmoid(f - r) - 1};
}

static void check_terms(const gan_recipe_values *recipe, bool generator,
                        terms (*closed)(double r, double f)) {
    const evaluated got = evaluate(recipe, generator);
    double value = 0;
    for (int i = 0; i < LOGITS; i++) {
        const terms one = closed(logits[i], fakes[i]);
        value += one.value / LOGITS;
        assert_near(got.by_real[i], one.by_real / LOGITS, 1e-14);
        assert_near(got.by_fake[i], one.by_fake / LOGITS, 1e-14);
    }
    assert_near(got.value, value, 1e-13);
}

static void costs_of_both_players_equal_their_closed_forms(void **state) {
    (void)state;
    const struct {
        gan_objective_kind kind;
        terms (*discriminator)(double r, double f), (*generator)(double r, double f);
    } cases[] = {
        {GAN_OBJECTIVE_LOGISTIC, logistic_terms, non_saturating_terms},
        {GAN_OBJECTIVE_WASSERSTEIN, wasserstein_terms, negated_terms},
        {GAN_OBJECTIVE_HINGE, hinge_terms, negated_terms},
        {GAN_OBJECTIVE_RELATIVISTIC_PAIRED, paired_terms, paired_generator_terms},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const gan_recipe_values recipe = recipe_of(cases[i].kind);
        check_terms(&recipe, false, cases[i].discriminator);
        check_terms(&recipe, true, cases[i].generator);
    }
}

static void costs_of_the_logistic_generator_equal_their_closed_forms(void **state) {
    (void)state;
    gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_LOGISTIC);
    recipe.objective.generator_cost = GAN_GENERATOR_COST_MINIMAX;
    check_terms(&recipe, true, minimax_terms);
    recipe.objective.generator_cost = GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD;
    check_terms(&recipe, true, maximum_likelihood_terms);
}

static void smoothing_moves_the_target_of_real_samples_alone(void **state) {
    (void)state;
    gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_LOGISTIC);
    recipe.objective.label_smoothing = 0.1;
    check_terms(&recipe, false, smoothed_terms);
    check_terms(&recipe, true, non_saturating_terms);
    recipe.objective.kind = GAN_OBJECTIVE_LEAST_SQUARES;
    check_terms(&recipe, false, least_squares_terms);
    check_terms(&recipe, true, least_squares_generator_terms);
}

// The relativistic average cost couples all samples, so its closed form is written out: with
// u = sigmoid(r - Ef) and v = sigmoid(f - Er), d/dr = (u - 1 - mean v) / n, d/df = (v + 1 - mean u)
// / n for D; G's are those with the roles exchanged.
static void check_average(const double *r, const double *f, const evaluated *got, bool generator) {
    double mean_r = 0, mean_f = 0, mean_u = 0, mean_v = 0, value = 0;
    const double *const by_r = generator ? got->by_fake : got->by_real;
    const double *const by_f = generator ? got->by_real : got->by_fake;
    for (int i = 0; i < LOGITS; i++) mean_r += r[i] / LOGITS, mean_f += f[i] / LOGITS;
    for (int i = 0; i < LOGITS; i++) {
        mean_u += sigmoid(r[i] - mean_f) / LOGITS;
        mean_v += sigmoid(f[i] - mean_r) / LOGITS;
        value += -log(sigmoid(r[i] - mean_f)) / LOGITS - log(1 - sigmoid(f[i] - mean_r)) / LOGITS;
    }
    assert_near(got->value, value, 1e-13);
    for (int i = 0; i < LOGITS; i++) {
        assert_near(by_r[i], (sigmoid(r[i] - mean_f) - 1 - mean_v) / LOGITS, 1e-14);
        assert_near(by_f[i], (sigmoid(f[i] - mean_r) + 1 - mean_u) / LOGITS, 1e-14);
    }
}

static void relativistic_average_costs_equal_their_closed_forms(void **state) {
    (void)state;
    const gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_RELATIVISTIC_AVERAGE);
    const evaluated discriminator = evaluate(&recipe, false), generator = evaluate(&recipe, true);
    check_average(logits, fakes, &discriminator, false);
    check_average(fakes, logits, &generator, true);
}

static void scales_are_factors_of_the_costs(void **state) {
    (void)state;
    gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_HINGE);
    const double d = evaluate(&recipe, false).value, g = evaluate(&recipe, true).value;
    recipe.objective.discriminator_scale = 0.5;
    recipe.objective.generator_scale = 3;
    assert_near(evaluate(&recipe, false).value, 0.5 * d, 1e-14);
    assert_near(evaluate(&recipe, true).value, 3 * g, 1e-14);
}

// --- Costs with the best discriminator -----------------------------------------------------------

// For densities p and q the best D is p / (p + q), whose logit is log p - log q. Here p = N(1, 1)
// and q = N(m, s), samples m + s z. The slopes of a cost, D held fixed, by m and by s: the cost is
// a mean over points that stand for equal shares; `density` times `step` makes it the expectation
// under q.
typedef struct slopes {
    double by_mean, by_deviation;
} slopes;

static slopes slopes_with_best_discriminator(gan_generator_cost cost, double m, double s) {
    enum { POINTS = 4001 };
    static double optimal[POINTS];
    const double step = 20.0 / (POINTS - 1);
    gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_LOGISTIC);
    recipe.objective.generator_cost = cost;
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const fake = gan__input(graph, "fake", GAN_ELEMENT_F32, &GAN_SHAPE(1, POINTS));
    gan_node *root = gan__objective_generator(&recipe, NULL, fake);
    assert_int_equal(gan__gradient(root, &fake, 1, &root), GAN_STATUS_OK);
    for (int i = 0; i < POINTS; i++) {
        const double z = -10 + i * step, x = m + s * z;
        optimal[i] = z * z / 2 + log(s) - (x - 1) * (x - 1) / 2;
    }
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, fake, optimal), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, &root, 1, 0), GAN_STATUS_OK);
    const double *by_logit;
    assert_int_equal(gan__interpreter_get(interpreter, root, &by_logit), GAN_STATUS_OK);
    slopes found = {0};
    for (int i = 0; i < POINTS; i++) {
        const double z = -10 + i * step;
        const double density = exp(-z * z / 2) / sqrt(2 * acos(-1));
        const double logit_by_x = z / s - (m + s * z - 1);
        const double by_sample = by_logit[i] * POINTS * logit_by_x * density * step;
        found.by_mean += by_sample;
        found.by_deviation += by_sample * z;
    }
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return found;
}

// What each cost descends: minimax 2 JS, non-saturating KL(q, p) - 2 JS (Arjovsky, Bottou 2017),
// maximum likelihood KL(p, q) (Goodfellow 2014).
static double descended(gan_generator_cost cost, double m, double s) {
    gan_divergences d;
    assert_int_equal(gan_divergences_gaussian((gan_gaussian){1, 1}, (gan_gaussian){m, s}, &d),
                     GAN_STATUS_OK);
    if (cost == GAN_GENERATOR_COST_MINIMAX) return 2 * d.jensen_shannon;
    return cost == GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD ? d.kl
                                                         : d.reverse_kl - 2 * d.jensen_shannon;
}

static void with_the_best_discriminator_each_cost_descends_its_divergence(void **state) {
    (void)state;
    const gan_generator_cost costs[] = {GAN_GENERATOR_COST_MINIMAX,
                                        GAN_GENERATOR_COST_NON_SATURATING,
                                        GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD};
    const double m = 0.4, s = 0.8, h = 1e-4;
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        const slopes got = slopes_with_best_discriminator(costs[i], m, s);
        assert_near(got.by_mean,
                    (descended(costs[i], m + h, s) - descended(costs[i], m - h, s)) / (2 * h),
                    1e-7);
        assert_near(got.by_deviation,
                    (descended(costs[i], m, s + h) - descended(costs[i], m, s - h)) / (2 * h),
                    1e-7);
    }
}

// KL(p, q) between normals: its slope is (m - 1) / s^2 by m, 1 / s - (1 + (m - 1)^2) / s^3 by s.
static void with_the_best_discriminator_maximum_likelihood_descends_kl(void **state) {
    (void)state;
    const double m = 0.4, s = 0.8;
    const slopes got = slopes_with_best_discriminator(GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD, m, s);
    assert_near(got.by_mean, (m - 1) / (s * s), 1e-11);
    assert_near(got.by_deviation, 1 / s - (1 + (m - 1) * (m - 1)) / (s * s * s), 1e-11);
}

// D's cost of one real and one generated sample.
static double cost_of_pair(const gan_recipe_values *recipe, double real_logit, double fake_logit) {
    gan_graph *graph = NULL;
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const real = gan__input(graph, "real", GAN_ELEMENT_F32, &GAN_SHAPE(1, 1));
    gan_node *const fake = gan__input(graph, "fake", GAN_ELEMENT_F32, &GAN_SHAPE(1, 1));
    gan_node *root = gan__objective_discriminator(recipe, real, fake);
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, real, &real_logit), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, fake, &fake_logit), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, &root, 1, 0), GAN_STATUS_OK);
    const double *value;
    assert_int_equal(gan__interpreter_get(interpreter, root, &value), GAN_STATUS_OK);
    const double cost = value[0];
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return cost;
}

// The integral of its cost over p = N(1, 1) and q = N(m, s): a sample that is told for sure, by a
// logit of 800, costs nothing, which leaves the cost of the other one of the pair.
static double cost_of_best_discriminator(double m, double s) {
    const gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_LOGISTIC);
    const double step = 0.05, root = sqrt(2 * acos(-1));
    double cost = 0;
    for (double x = -12; x <= 14; x += step) {
        const double u = x - 1, v = (x - m) / s, logit = (v * v - u * u) / 2 + log(s);
        cost += step * exp(-u * u / 2) / root * cost_of_pair(&recipe, logit, -800);
        cost += step * exp(-v * v / 2) / (s * root) * cost_of_pair(&recipe, 800, logit);
    }
    return cost;
}

// Goodfellow et al. 2014, theorem 1: 2 ln 2 at equilibrium, and twice the Jensen-Shannon divergence
// less elsewhere.
static void the_best_discriminator_costs_2_ln_2_where_the_densities_are_equal(void **state) {
    (void)state;
    const gan_recipe_values recipe = recipe_of(GAN_OBJECTIVE_LOGISTIC);
    assert_near(cost_of_pair(&recipe, 0, 0), 2 * log(2), 1e-15);
    assert_near(cost_of_best_discriminator(1, 1), 2 * log(2), 1e-12);
    static const gan_gaussian others[] = {{0.4, 0.8}, {2.5, 1}, {1, 0.6}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        gan_divergences d;
        assert_int_equal(gan_divergences_gaussian((gan_gaussian){1, 1}, others[i], &d),
                         GAN_STATUS_OK);
        assert_near(cost_of_best_discriminator(others[i].mean, others[i].deviation),
                    2 * log(2) - 2 * d.jensen_shannon, 1e-10);
    }
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
        cmocka_unit_test(costs_of_both_players_equal_their_closed_forms),
        cmocka_unit_test(costs_of_the_logistic_generator_equal_their_closed_forms),
        cmocka_unit_test(smoothing_moves_the_target_of_real_samples_alone),
        cmocka_unit_test(relativistic_average_costs_equal_their_closed_forms),
        cmocka_unit_test(scales_are_factors_of_the_costs),
        cmocka_unit_test(with_the_best_discriminator_each_cost_descends_its_divergence),
        cmocka_unit_test(with_the_best_discriminator_maximum_likelihood_descends_kl),
        cmocka_unit_test(the_best_discriminator_costs_2_ln_2_where_the_densities_are_equal),
        cmocka_unit_test(priors_have_their_moments),
        cmocka_unit_test(spherical_latents_lie_on_the_unit_sphere),
        cmocka_unit_test(a_seed_names_one_latent),
    };
    return cmocka_run_group_tests_name("objective", tests, NULL, NULL);
}
