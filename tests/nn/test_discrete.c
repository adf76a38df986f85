// Layers that draw tokens: the relaxation against PyTorch's gumbel_softmax of the same noise
// (tests/golden/make_discrete.py), draws against the distribution that they invert.
#include "golden.h"
#include "runner.h"

#include "nn/network.h"

enum { TOKENS = 5, PLACES = 4, BATCH = 3, ELEMENTS = TOKENS * PLACES * BATCH };
enum { STREAM = 40, COUNTER = 11 }; // as make_discrete.py has them

static gan_network *make_network(const char *kind, const double *arguments, size_t count) {
    gan_layer layer;
    gan_network *network;
    const gan_layer_kind *found = gan__layer_find(kind);
    assert_non_null(found);
    gan__layer_defaults(found, &layer);
    for (size_t i = 0; i < count; i++) layer.argument[i] = arguments[i];
    const gan_network_spec spec = {
        .name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(TOKENS, 1, PLACES)};
    if (gan__network_create(&spec, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return network;
}

// --- The relaxation -----------------------------------------------------------------------------

typedef struct relaxed_case {
    const char *name;
    double arguments[4]; // temperature, temperature_end, anneal, straight_through
    double step;
} relaxed_case;

static const relaxed_case relaxed_cases[] = {
    {"relaxed", {0.7, 0.1, 0, 0}, 1234},
    {"straight_through", {0.7, 0.1, 0, 1}, 0},
    {"annealed", {2, 0.5, 1000, 0}, 300},
    {"annealed_to_the_end", {2, 0.5, 1000, 0}, 5000},
};

static void compare_relaxed(const char *text, const relaxed_case *c, runner run) {
    const char *golden = golden_case(text, c->name);
    gan_network *network = make_network("gumbel_softmax", c->arguments, 4);
    gan_graph *graph;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    const gan_shape shape = GAN_SHAPE(TOKENS, 1, PLACES, BATCH), scalar = {0};
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    gan_node *seed = gan__input(graph, "adjoint", GAN_ELEMENT_F32, &shape);
    gan_node *step = gan__state(graph, "step", &scalar);
    const gan_network_call call = {.training = true, .stream = STREAM, .step = step};
    gan_node *roots[2] = {gan__network_apply(network, &call, x).output};
    assert_int_equal(gan__gradient_seeded(roots[0], seed, &x, 1, &roots[1]), GAN_STATUS_OK);
    run.open(&run, graph, roots, 2);
    double values[ELEMENTS];
    golden_values(values, ELEMENTS, 0, 2.0);
    run.set_input(&run, x, values);
    golden_values(values, ELEMENTS, 99, 1.0);
    run.set_input(&run, seed, values);
    run.set_state(&run, step, &c->step);
    run.run(&run, COUNTER);
    static const char *const lines[] = {"output", "input"};
    for (size_t i = 0; i < 2; i++) {
        size_t count;
        double *expected = golden_line(golden, lines[i], &count);
        assert_int_equal(count, ELEMENTS);
        run.get_root(&run, i, values);
        golden_compare(c->name, lines[i], values, expected, count, run.tolerance);
        gan__free(expected);
    }
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void gumbel_softmax_and_its_gradient_are_pytorchs(void **state) {
    (void)state;
    char *text = golden_open("nn_discrete.txt");
    for (size_t i = 0; i < sizeof relaxed_cases / sizeof relaxed_cases[0]; i++)
        compare_relaxed(text, &relaxed_cases[i], interpreter_runner());
    gan__free(text);
}

static void compare_relaxed_on(gan_device *device) {
    char *text = golden_open("nn_discrete.txt");
    for (size_t i = 0; i < sizeof relaxed_cases / sizeof relaxed_cases[0]; i++)
        compare_relaxed(text, &relaxed_cases[i], device_runner(device));
    gan__free(text);
}

static void gumbel_softmax_is_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(compare_relaxed_on);
}

// --- Draws --------------------------------------------------------------------------------------

// Numbers to draw by, the ends of their range among them.
static void fill_draws(double *draws) {
    for (size_t i = 0; i < PLACES * BATCH; i++)
        draws[i] = (double)((i * 7919 * 1315423911u) >> 8 & 0xffffff) * 0x1p-24;
    draws[0] = 0;
    draws[1] = 1 - 0x1p-24;
}

// The token whose share of [0, 1) holds u.
static size_t token_of(const double *x, size_t column, double u) {
    double powers[TOKENS], sum = 0, passed = 0;
    for (size_t k = 0; k < TOKENS; k++) sum += powers[k] = exp(x[k * PLACES * BATCH + column]);
    for (size_t k = 0; k < TOKENS; k++)
        if (u * sum < (passed += powers[k])) return k;
    return TOKENS - 1;
}

static void check_draws(const char *kind, runner run) {
    gan_network *network = make_network(kind, NULL, 0);
    gan_graph *graph;
    assert_int_equal(gan__network_draws(network), PLACES);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    const gan_shape shape = GAN_SHAPE(TOKENS, 1, PLACES, BATCH), places = GAN_SHAPE(PLACES, BATCH);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    gan_node *by = gan__input(graph, "draws", GAN_ELEMENT_F32, &places);
    const gan_network_call call = {.draws = by};
    gan_node *root = gan__network_apply(network, &call, x).output;
    run.open(&run, graph, &root, 1);
    double logits[ELEMENTS], draws[PLACES * BATCH], got[ELEMENTS];
    golden_values(logits, ELEMENTS, 0, 2.0);
    fill_draws(draws);
    run.set_input(&run, x, logits);
    run.set_input(&run, by, draws);
    run.run(&run, 0);
    run.get_root(&run, 0, got);
    for (size_t column = 0; column < PLACES * BATCH; column++)
        for (size_t k = 0; k < TOKENS; k++)
            assert_true(got[k * PLACES * BATCH + column] ==
                        (double)(k == token_of(logits, column, draws[column])));
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void in_inference_tokens_are_drawn_by_the_given_numbers(void **state) {
    (void)state;
    check_draws("categorical", interpreter_runner());
    check_draws("gumbel_softmax", interpreter_runner());
}

static void check_draws_on(gan_device *device) {
    check_draws("categorical", device_runner(device));
}

static void tokens_are_drawn_alike_on_every_device(void **state) {
    (void)state;
    for_each_device(check_draws_on);
}

// Frequencies of the layer's own draws: each within 4 of its standard errors.
enum { DRAWS = 20000 };
static void in_training_tokens_come_as_often_as_softmax_says(void **state) {
    (void)state;
    static const double logits[TOKENS] = {0, 1, -1, 0.5, -3};
    static double got[TOKENS * DRAWS];
    gan_layer layer;
    gan_network *network;
    gan_graph *graph;
    gan__layer_defaults(gan__layer_find("categorical"), &layer);
    const gan_network_spec spec = {
        .name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(TOKENS)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(TOKENS, 1));
    const gan_network_call call = {.training = true, .stream = STREAM};
    gan_node *root =
        gan__network_apply(network, &call, gan__broadcast(x, &GAN_SHAPE(TOKENS, DRAWS))).output;
    runner run = interpreter_runner();
    run.open(&run, graph, &root, 1);
    run.set_input(&run, x, logits);
    run.run(&run, 0);
    run.get_root(&run, 0, got);
    double sum = 0;
    for (size_t k = 0; k < TOKENS; k++) sum += exp(logits[k]);
    for (size_t k = 0; k < TOKENS; k++) {
        const double p = exp(logits[k]) / sum;
        double share = 0;
        for (size_t i = 0; i < DRAWS; i++) share += got[k * DRAWS + i] / DRAWS;
        assert_true(fabs(share - p) < 4 * sqrt(p * (1 - p) / DRAWS));
    }
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void a_layer_that_draws_is_the_last(void **state) {
    (void)state;
    gan_layer layers[2];
    gan_network *network;
    gan__layer_defaults(gan__layer_find("categorical"), &layers[0]);
    gan__layer_defaults(gan__layer_find("tanh"), &layers[1]);
    const gan_network_spec spec = {
        .name = "net", .layers = layers, .count = 2, .input = GAN_SHAPE(TOKENS)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "net layer 0 (categorical)"));
    assert_non_null(strstr(gan_status_message(), "must be the last layer"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gumbel_softmax_and_its_gradient_are_pytorchs),
        cmocka_unit_test(gumbel_softmax_is_pytorchs_on_every_device),
        cmocka_unit_test(in_inference_tokens_are_drawn_by_the_given_numbers),
        cmocka_unit_test(tokens_are_drawn_alike_on_every_device),
        cmocka_unit_test(in_training_tokens_come_as_often_as_softmax_says),
        cmocka_unit_test(a_layer_that_draws_is_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
