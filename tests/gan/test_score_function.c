// The score-function estimate against the exact gradient of a distribution that can be enumerated:
// three tokens at two places, nine pairs.
#include "cmocka_headers.h"

#include "gan/score_function.h"
#include "graph/interpret.h"
#include "nn/network.h"

#include <math.h>

enum { TOKENS = 3, PLACES = 2, LOGITS = TOKENS * PLACES, SAMPLES = 40000 };

// Element (token, place) of either is [token * PLACES + place].
static const double logits[LOGITS] = {0.2, -0.5, 1.0, 0.3, -0.7, 0.9};
static const double prices[LOGITS] = {1.5, -0.4, 0.3, 2.0, -1.0, 0.6};

static double probability(size_t token, size_t place) {
    double sum = 0;
    for (size_t k = 0; k < TOKENS; k++) sum += exp(logits[k * PLACES + place]);
    return exp(logits[token * PLACES + place]) / sum;
}

// What a pair of tokens costs: the square of the sum of their prices, which is no sum over places.
static double cost_of(size_t first, size_t second) {
    const double sum = prices[first * PLACES] + prices[second * PLACES + 1];
    return sum * sum;
}

// d log p(pair) / d logit
static double score(size_t first, size_t second, size_t logit) {
    const size_t token = logit / PLACES, place = logit % PLACES;
    return (double)((place == 0 ? first : second) == token) - probability(token, place);
}

// The mean and the variance of (cost - baseline) d log p / d logit.
static void enumerate(double baseline, size_t logit, double *mean, double *variance) {
    double squares = 0;
    *mean = 0;
    for (size_t a = 0; a < TOKENS; a++)
        for (size_t b = 0; b < TOKENS; b++) {
            const double p = probability(a, 0) * probability(b, 1);
            const double term = (cost_of(a, b) - baseline) * score(a, b, logit);
            *mean += p * term;
            squares += p * term * term;
        }
    *variance = squares - *mean * *mean;
}

typedef struct estimate {
    double value, gradient[LOGITS];
} estimate;

// From SAMPLES draws.
static estimate estimate_with(double baseline) {
    gan_graph *graph;
    gan_network *network;
    gan_layer layer;
    gan_interpreter *interpreter;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan__layer_defaults(gan__layer_find("categorical"), &layer);
    const gan_network_spec spec = {
        .name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(TOKENS, 1, PLACES)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    gan_node *const x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(TOKENS, 1, PLACES, 1));
    gan_node *const price =
        gan__input(graph, "prices", GAN_ELEMENT_F32, &GAN_SHAPE(TOKENS, 1, PLACES, 1));
    gan_node *const all = gan__broadcast(x, &GAN_SHAPE(TOKENS, 1, PLACES, SAMPLES));
    const gan_network_call call = {.training = true};
    gan_node *const tokens = gan__network_apply(network, &call, all).output;
    gan_node *const sums = gan__reduce_sum(gan__mul(tokens, price), 7u);
    gan_node *const costs = gan__reshape(gan__square(sums), &GAN_SHAPE(1, SAMPLES));
    gan_node *roots[2] = {gan__score_surrogate(costs, gan__score_log_probability(all, tokens),
                                               gan__scalar(graph, baseline))};
    assert_int_equal(gan__gradient(roots[0], &x, 1, &roots[1]), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(graph, 3, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, x, logits), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, price, prices), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, roots, 2, 0), GAN_STATUS_OK);
    const double *values;
    estimate out;
    assert_int_equal(gan__interpreter_read(interpreter, 0, &values), GAN_STATUS_OK);
    out.value = values[0];
    assert_int_equal(gan__interpreter_read(interpreter, 1, &values), GAN_STATUS_OK);
    for (size_t i = 0; i < LOGITS; i++) out.gradient[i] = values[i];
    gan__interpreter_destroy(interpreter);
    gan__network_destroy(network);
    gan__graph_destroy(graph);
    return out;
}

// Within 4 standard errors of the estimate: the draws are fixed, so a test that passes once passes
// always.
static void assert_unbiased(double baseline) {
    const estimate found = estimate_with(baseline);
    for (size_t i = 0; i < LOGITS; i++) {
        double mean, variance;
        enumerate(baseline, i, &mean, &variance);
        const double error = sqrt(variance / SAMPLES);
        if (!(fabs(found.gradient[i] - mean) < 4 * error))
            fail_msg("logit %zu: %g is not %g +- %g", i, found.gradient[i], mean, error);
    }
}

static double expected_cost(void) {
    double sum = 0;
    for (size_t a = 0; a < TOKENS; a++)
        for (size_t b = 0; b < TOKENS; b++)
            sum += probability(a, 0) * probability(b, 1) * cost_of(a, b);
    return sum;
}

static void the_estimate_is_unbiased(void **state) {
    (void)state;
    assert_unbiased(0);
}

static void a_baseline_leaves_it_unbiased(void **state) {
    (void)state;
    assert_unbiased(expected_cost());
}

static void its_value_is_the_mean_cost(void **state) {
    (void)state;
    double squares = 0;
    const double mean = expected_cost();
    for (size_t a = 0; a < TOKENS; a++)
        for (size_t b = 0; b < TOKENS; b++)
            squares += probability(a, 0) * probability(b, 1) * cost_of(a, b) * cost_of(a, b);
    const double error = sqrt((squares - mean * mean) / SAMPLES);
    assert_true(fabs(estimate_with(1).value - mean) < 4 * error);
    assert_true(estimate_with(1).value == estimate_with(5).value);
}

// --- The baseline -------------------------------------------------------------------------------

static double baseline_after(double before, double step) {
    static const double costs[4] = {1, 2, 4, 9}; // mean 4
    const gan_shape scalar = {0};
    gan_graph *graph;
    gan_interpreter *interpreter;
    const double *value;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const each = gan__input(graph, "costs", GAN_ELEMENT_F32, &GAN_SHAPE(1, 4));
    gan_node *const baseline = gan__state(graph, "baseline", &scalar);
    gan_node *const steps = gan__state(graph, "step", &scalar);
    gan_node *const root = gan__score_baseline_update(baseline, each, 0.75, steps);
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, each, costs), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, baseline, &before), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_set(interpreter, steps, &step), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, &root, 1, 0), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_read(interpreter, 0, &value), GAN_STATUS_OK);
    const double after = value[0];
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
    return after;
}

static void the_baseline_is_a_moving_average_of_mean_costs(void **state) {
    (void)state;
    assert_true(fabs(baseline_after(100, 0) - 4) < 1e-12); // the first batch's alone
    assert_true(fabs(baseline_after(8, 1) - 7) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_estimate_is_unbiased),
        cmocka_unit_test(a_baseline_leaves_it_unbiased),
        cmocka_unit_test(its_value_is_the_mean_cost),
        cmocka_unit_test(the_baseline_is_a_moving_average_of_mean_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
