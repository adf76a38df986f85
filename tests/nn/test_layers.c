// Every layer, forward and backward, against PyTorch in float64 (tests/golden/make_nn.py), in the
// interpreter and on every OpenCL device.
#include "golden.h"
#include "layer_cases.h"
#include "runner.h"

// Layers of lists within lists are taken from `pool` one list after another.
static gan_layer_list make_list(const layer_text *texts, gan_layer **pool) {
    gan_layer_list list = {.layers = *pool};
    while (list.count < LAYERS_MAX && texts[list.count].kind) list.count++;
    *pool += list.count;
    for (size_t i = 0; i < list.count; i++) {
        const gan_layer_kind *kind = gan__layer_find(texts[i].kind);
        gan_layer *layer = &list.layers[i];
        assert_non_null(kind);
        gan__layer_defaults(kind, layer);
        layer->shape = texts[i].shape;
        layer->parametrization = texts[i].parametrization;
        for (size_t k = 0; k < texts[i].count; k++) layer->argument[k] = texts[i].argument[k];
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            if (texts[i].lists[k]) layer->lists[k] = make_list(texts[i].lists[k], pool);
    }
    return list;
}

static gan_network *make_network(const layer_text *texts, const gan_shape *input) {
    gan_layer layers[4 * LAYERS_MAX], *pool = layers;
    const gan_layer_list list = make_list(texts, &pool);
    gan_network *network;
    gan_network_spec spec = {.name = "net",
                             .layers = list.layers,
                             .count = list.count,
                             .input = *input,
                             .classes = 3,
                             .reference = 3}; // where a layer goes by any
    if (gan__network_create(&spec, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return network;
}

// A network in a graph with its state, and what a case computes from it.
typedef struct bench {
    gan_network *network;
    gan_graph *graph;
    gan_node *flat, *buffers, *x;
    gan_network_result result;
    gan_node *roots[2 * TENSORS_MAX + 4];
    size_t count;
    runner runner;
} bench;

static gan_node *make_state(gan_graph *graph, const char *name, int64_t elements) {
    gan_shape shape = GAN_SHAPE(elements);
    return elements ? gan__state(graph, name, &shape) : NULL;
}

static void fill_state(bench *b, gan_node *state, bool buffers) {
    double flat[RUNNER_VALUES_MAX];
    size_t count =
        buffers ? gan__network_buffer_count(b->network) : gan__network_parameter_count(b->network);
    for (size_t i = 0; i < count; i++) {
        const gan_tensor *tensor =
            buffers ? gan__network_buffer(b->network, i) : gan__network_parameter(b->network, i);
        double *values = flat + tensor->offset;
        golden_values(values, (size_t)tensor->elements, (int)i + (buffers ? 50 : 1),
                      buffers ? 0.3 : 0.5);
        for (int64_t k = 0; buffers && k < tensor->elements; k++) values[k] += 1;
    }
    b->runner.set_state(&b->runner, state, flat);
}

// roots: output; gradients by the input and by each parameter; in the interpreter those of a
// combination of the gradient by the input, too; updated buffers.
static void bench_open(bench *b, const layer_case *c, runner with) {
    gan_node *weights[TENSORS_MAX], *seed, *again;
    *b = (bench){.network = make_network(c->layers, &c->input), .runner = with};
    assert_int_equal(gan__graph_create(&b->graph), GAN_STATUS_OK);
    b->flat = make_state(b->graph, "flat", gan__network_parameter_elements(b->network));
    b->buffers = make_state(b->graph, "buffers", gan__network_buffer_elements(b->network));
    gan_shape shape = c->input;
    shape.size[shape.rank++] = c->batch;
    b->x = gan__input(b->graph, "x", GAN_ELEMENT_F32, &shape);
    gan__network_weights(b->network, b->flat, weights);
    gan_node *labels = gan__network_uses_labels(b->network)
                           ? gan__input(b->graph, "labels", GAN_ELEMENT_F32, &GAN_SHAPE(c->batch))
                           : NULL;
    gan_network_call call = {
        .training = !c->inference, .weights = weights, .buffers = b->buffers, .labels = labels};
    b->result = gan__network_apply(b->network, &call, b->x);
    if (!b->result.output) {
        gan__graph_status(b->graph);
        fail_msg("%s: %s", c->name, gan_status_message());
    }
    seed = gan__input(b->graph, "adjoint", GAN_ELEMENT_F32, gan__node_shape(b->result.output));
    gan_node *wrt[TENSORS_MAX + 1] = {b->x};
    size_t parameters = gan__network_parameter_count(b->network);
    for (size_t i = 0; i < parameters; i++) wrt[i + 1] = weights[i];
    b->roots[0] = b->result.output;
    assert_int_equal(
        gan__gradient_seeded(b->result.output, seed, wrt, parameters + 1, b->roots + 1),
        GAN_STATUS_OK);
    b->count = parameters + 2;
    again = gan__input(b->graph, "its adjoint", GAN_ELEMENT_F32, &shape);
    if (!with.device) {
        assert_int_equal(
            gan__gradient_seeded(b->roots[1], again, wrt, parameters + 1, b->roots + b->count),
            GAN_STATUS_OK);
        b->count += parameters + 1;
    }
    if (b->result.buffers) b->roots[b->count++] = b->result.buffers;
    b->runner.open(&b->runner, b->graph, b->roots, b->count);
    double values[RUNNER_VALUES_MAX];
    if (b->flat) fill_state(b, b->flat, false);
    if (b->buffers) fill_state(b, b->buffers, true);
    golden_values(values, node_elements(b->x), 0, 2.0);
    b->runner.set_input(&b->runner, b->x, values);
    for (int64_t i = 0; i < c->batch; i++) values[i] = (double)(i % 3);
    if (labels) b->runner.set_input(&b->runner, labels, values);
    golden_values(values, node_elements(seed), 99, 1.0);
    b->runner.set_input(&b->runner, seed, values);
    golden_values(values, node_elements(again), 98, 1.0);
    if (!with.device) b->runner.set_input(&b->runner, again, values);
}

static void bench_close(bench *b) {
    b->runner.close(&b->runner);
    gan__graph_destroy(b->graph);
    gan__network_destroy(b->network);
}

static void compare_root(bench *b, const char *name, const char *golden, const char *what,
                         size_t root, int64_t offset, int64_t elements) {
    double got[RUNNER_VALUES_MAX];
    size_t count;
    double *expected = golden_line(golden, what, &count);
    b->runner.get_root(&b->runner, root, got);
    assert_int_equal(count, elements);
    golden_compare(name, what, got + offset, expected, count, b->runner.tolerance);
    gan__free(expected);
}

// The gradients by the input and by each parameter, from root `root` on.
static void compare_gradients(bench *b, const char *name, const char *golden, const char *prefix,
                              size_t root) {
    char what[48];
    snprintf(what, sizeof what, "%sinput", prefix);
    compare_root(b, name, golden, what, root, 0, (int64_t)node_elements(b->x));
    for (size_t i = 0; i < gan__network_parameter_count(b->network); i++) {
        snprintf(what, sizeof what, "%sparameter%zu", prefix, i);
        compare_root(b, name, golden, what, root + 1 + i, 0,
                     gan__network_parameter(b->network, i)->elements);
    }
}

static void compare_case(const char *text, const layer_case *c, runner with) {
    bench b;
    char what[32];
    const char *golden = golden_case(text, c->name);
    bench_open(&b, c, with);
    b.runner.run(&b.runner, 0);
    compare_root(&b, c->name, golden, "output", 0, 0, (int64_t)node_elements(b.roots[0]));
    compare_gradients(&b, c->name, golden, "", 1);
    if (!with.device)
        compare_gradients(&b, c->name, golden, "second_",
                          2 + gan__network_parameter_count(b.network));
    for (size_t i = 0; i < gan__network_buffer_count(b.network); i++) {
        const gan_tensor *tensor = gan__network_buffer(b.network, i);
        snprintf(what, sizeof what, "buffer%zu", i);
        compare_root(&b, c->name, golden, what, b.count - 1, tensor->offset, tensor->elements);
    }
    bench_close(&b);
}

static void layers_and_their_gradients_are_pytorchs(void **state) {
    (void)state;
    char *text = golden_open("nn_layers.txt");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        compare_case(text, &cases[i], interpreter_runner());
    gan__free(text);
}

static void compare_on(gan_device *device) {
    char *text = golden_open("nn_layers.txt");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        compare_case(text, &cases[i], device_runner(device));
    gan__free(text);
}

static void layers_are_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(compare_on);
}

// The gradient by the input, with the given adjoints, as a function of the input: its slope along a
// direction by central differences, and by the graph.
static void compare_slopes(const layer_case *c) {
    const double step = 1e-5;
    double x[RUNNER_VALUES_MAX], along[RUNNER_VALUES_MAX], weights[RUNNER_VALUES_MAX];
    double slope[RUNNER_VALUES_MAX], sums[2] = {0}, expected = 0, size = 0;
    bench b;
    bench_open(&b, c, interpreter_runner());
    const size_t count = node_elements(b.x);
    golden_values(weights, count, 98, 1.0);
    golden_values(along, count, 97, 1.0);
    for (int side = 0; side < 2; side++) {
        golden_values(x, count, 0, 2.0);
        for (size_t i = 0; i < count; i++) x[i] += (side == 0 ? -step : step) * along[i];
        b.runner.set_input(&b.runner, b.x, x);
        b.runner.run(&b.runner, 0);
        b.runner.get_root(&b.runner, 1, slope);
        for (size_t i = 0; i < count; i++) sums[side] += weights[i] * slope[i];
    }
    golden_values(x, count, 0, 2.0);
    b.runner.set_input(&b.runner, b.x, x);
    b.runner.run(&b.runner, 0);
    b.runner.get_root(&b.runner, 2 + gan__network_parameter_count(b.network), slope);
    for (size_t i = 0; i < count; i++) {
        expected += along[i] * slope[i];
        size += fabs(along[i] * slope[i]);
    }
    const double found = (sums[1] - sums[0]) / (2 * step);
    if (!(fabs(found - expected) <= 1e-6 * (1 + size)))
        fail_msg("%s: the gradient's slope is %.12g by differences, %.12g by the graph", c->name,
                 found, expected);
    bench_close(&b);
}

static void second_derivatives_are_slopes_of_the_first(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) compare_slopes(&cases[i]);
}

static bool mentions(const layer_text *texts, const char *kind) {
    for (size_t i = 0; i < LAYERS_MAX && texts[i].kind; i++) {
        if (strcmp(texts[i].kind, kind) == 0) return true;
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            if (texts[i].lists[k] && mentions(texts[i].lists[k], kind)) return true;
    }
    return false;
}

// Every layer of the table is among the cases, but those whose numbers are random (of these,
// test_discrete.c has the ones that draw), and the one that gives a latent from elsewhere: the
// games of gan/test_game.c have that.
static void every_layer_has_a_case(void **state) {
    (void)state;
    const gan_layer_kind *kind;
    for (size_t k = 0; (kind = gan__layer_kind(k)); k++) {
        bool found = kind->draws || kind->takes_latent || strcmp(kind->name, "dropout") == 0 ||
                     strcmp(kind->name, "noise") == 0;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            found = found || mentions(cases[i].layers, kind->name);
        if (!found) fail_msg("layer %s has no case", kind->name);
    }
}

// --- Extremes ----------------------------------------------------------------------------------

static const double extremes[] = {-1e4, -88, -20, -0.0, 0, 20, 88, 1e4, NAN};
enum { EXTREMES = sizeof extremes / sizeof extremes[0] };

typedef struct extreme_case {
    const char *kind;
    double value[EXTREMES - 1], slope[EXTREMES - 1];
} extreme_case;

#define E20      2.0611536181902037e-09 // exp(-20)
#define E88      6.054601895401186e-39  // exp(-88)
#define SELU     1.0507009873554805
#define SELU_LOW 1.7580993408473766

static const extreme_case extreme_cases[] = {
    {"relu", {0, 0, 0, 0, 0, 20, 88, 1e4}, {0, 0, 0, 0, 0, 1, 1, 1}},
    {"leaky_relu", {-100, -0.88, -0.2, 0, 0, 20, 88, 1e4}, {0.01, 0.01, 0.01, 0.01, 0.01, 1, 1, 1}},
    {"tanh", {-1, -1, -1, 0, 0, 1, 1, 1}, {0, 0, 0, 1, 1, 0, 0, 0}},
    {"sigmoid", {0, E88, E20, 0.5, 0.5, 1, 1, 1}, {0, E88, E20, 0.25, 0.25, E20, E88, 0}},
    {"softplus",
     {0, E88, E20, 0.69314718055994531, 0.69314718055994531, 20, 88, 1e4},
     {0, E88, E20, 0.5, 0.5, 1, 1, 1}},
    {"elu", {-1, -1, -1, 0, 0, 20, 88, 1e4}, {0, E88, E20, 1, 1, 1, 1, 1}},
    {"selu",
     {-SELU_LOW, -SELU_LOW, -SELU_LOW, 0, 0, 20 * SELU, 88 * SELU, 1e4 * SELU},
     {0, SELU_LOW *E88, SELU_LOW *E20, SELU_LOW, SELU_LOW, SELU, SELU, SELU}},
    {"gelu", {0, 0, 0, 0, 0, 20, 88, 1e4}, {0, 0, 0, 0.5, 0.5, 1, 1, 1}},
    {"silu",
     {0, -88 * E88, -20 * E20, 0, 0, 20, 88, 1e4},
     {0, -87 * E88, -19 * E20, 0.5, 0.5, 1 + 19 * E20, 1, 1}},
};

static void check_extremes(const extreme_case *c, runner run) {
    layer_text text[2] = {PLAIN(c->kind)};
    gan_shape one = GAN_SHAPE(1), shape = GAN_SHAPE(1, EXTREMES);
    gan_network *network = make_network(text, &one);
    gan_graph *graph;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    gan_network_call call = {.training = true};
    gan_node *roots[2] = {gan__network_apply(network, &call, x).output};
    assert_int_equal(gan__gradient(roots[0], &x, 1, &roots[1]), GAN_STATUS_OK);
    run.open(&run, graph, roots, 2);
    run.set_input(&run, x, extremes);
    run.run(&run, 0);
    double value[EXTREMES], slope[EXTREMES];
    run.get_root(&run, 0, value);
    run.get_root(&run, 1, slope);
    for (size_t i = 0; i < EXTREMES - 1; i++) {
        // Tiny results may be flushed to 0 and be off by what their functions may be off.
        double value_room = 1e-6 * fabs(c->value[i]) + 1e-35;
        double slope_room = 1e-6 * fabs(c->slope[i]) + run.rounding;
        value_room += run.rounding * fmin(1, fabs(extremes[i]));
        if (!(fabs(value[i] - c->value[i]) <= value_room))
            fail_msg("%s(%g) is %g, not %g", c->kind, extremes[i], value[i], c->value[i]);
        if (!(fabs(slope[i] - c->slope[i]) <= slope_room))
            fail_msg("%s'(%g) is %g, not %g", c->kind, extremes[i], slope[i], c->slope[i]);
    }
    if (!isnan(value[EXTREMES - 1])) fail_msg("%s hides a NaN", c->kind);
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void activations_are_finite_and_right_at_extremes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof extreme_cases / sizeof extreme_cases[0]; i++)
        check_extremes(&extreme_cases[i], interpreter_runner());
}

static void check_extremes_on(gan_device *device) {
    for (size_t i = 0; i < sizeof extreme_cases / sizeof extreme_cases[0]; i++)
        check_extremes(&extreme_cases[i], device_runner(device));
}

static void activations_are_right_at_extremes_on_every_device(void **state) {
    (void)state;
    for_each_device(check_extremes_on);
}

static void softmax_survives_large_inputs(void **state) {
    (void)state;
    layer_case c = {"softmax", {1, {3}}, 2, false, {PLAIN("softmax")}};
    const double x[6] = {1e4,  -1e4, 1e4,
                         -1e4, -88,  1e4}; // columns (1e4, 1e4, -88), (-1e4, -1e4, 1e4)
    double y[6];
    bench b;
    bench_open(&b, &c, interpreter_runner());
    b.runner.set_input(&b.runner, b.x, x);
    b.runner.run(&b.runner, 0);
    b.runner.get_root(&b.runner, 0, y);
    const double expected[6] = {0.5, 0, 0.5, 0, 0, 1};
    for (size_t i = 0; i < 6; i++) assert_true(fabs(y[i] - expected[i]) < 1e-12);
    bench_close(&b);
}

// --- Random layers -----------------------------------------------------------------------------

static void dropout_keeps_the_stated_share_scaled_up(void **state) {
    (void)state;
    enum { COUNT = 256 };
    layer_case c = {"dropout", {1, {COUNT / 2}}, 2, false, {WITH("dropout", 1, 0.2)}};
    double x[COUNT], y[COUNT];
    size_t kept = 0;
    bench b;
    bench_open(&b, &c, interpreter_runner());
    for (size_t i = 0; i < COUNT; i++) x[i] = (double)(i + 1);
    b.runner.set_input(&b.runner, b.x, x);
    for (uint64_t counter = 0; counter < 40; counter++) {
        b.runner.run(&b.runner, counter);
        b.runner.get_root(&b.runner, 0, y);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(y[i] == 0 || fabs(y[i] - 1.25 * x[i]) < 1e-5 * x[i]);
            kept += y[i] != 0;
        }
    }
    double share = (double)kept / (40.0 * COUNT); // deviation sqrt(0.16 / 10240) = 0.004
    assert_true(fabs(share - 0.8) < 0.016);
    bench_close(&b);
}

static void noise_has_the_stated_deviation(void **state) {
    (void)state;
    enum { COUNT = 256, RUNS = 40 };
    layer_case c = {"noise", {1, {COUNT / 2}}, 2, false, {WITH("noise", 1, 0.3)}};
    double x[COUNT], y[COUNT], sum = 0, squares = 0;
    bench b;
    bench_open(&b, &c, interpreter_runner());
    golden_values(x, COUNT, 0, 2.0);
    for (uint64_t counter = 0; counter < RUNS; counter++) {
        b.runner.run(&b.runner, counter);
        b.runner.get_root(&b.runner, 0, y);
        for (size_t i = 0; i < COUNT; i++) {
            sum += y[i] - x[i];
            squares += (y[i] - x[i]) * (y[i] - x[i]);
        }
    }
    double mean = sum / (COUNT * RUNS), deviation = sqrt(squares / (COUNT * RUNS));
    assert_true(fabs(mean) < 0.012); // four deviations of the mean
    assert_true(fabs(deviation - 0.3) < 0.009);
    bench_close(&b);
}

// A network with both random layers between products, large enough for the devices' fast paths:
// output and gradients of a device against the interpreter's, whose draws are the same.
static const layer_case random_case = {"random",
                                       {1, {24}},
                                       32,
                                       false,
                                       {WITH("dense", 1, 20), WITH("dropout", 1, 0.3),
                                        WITH("dense", 1, 16), PLAIN("leaky_relu"),
                                        WITH("noise", 1, 0.5), WITH("dense", 1, 3)}};

static void random_layers_draw_alike_on(gan_device *device) {
    bench host, there;
    double expected[RUNNER_VALUES_MAX], got[RUNNER_VALUES_MAX];
    bench_open(&host, &random_case, interpreter_runner());
    bench_open(&there, &random_case, device_runner(device));
    for (uint64_t counter = 5; counter < 7; counter++) {
        host.runner.run(&host.runner, counter);
        there.runner.run(&there.runner, counter);
        for (size_t root = 0; root < there.count; root++) {
            char what[32];
            snprintf(what, sizeof what, "root %zu", root);
            host.runner.get_root(&host.runner, root, expected);
            there.runner.get_root(&there.runner, root, got);
            golden_compare("random", what, got, expected, node_elements(host.roots[root]), 1e-4);
        }
    }
    bench_close(&host);
    bench_close(&there);
}

static void random_layers_draw_alike_on_every_device(void **state) {
    (void)state;
    for_each_device(random_layers_draw_alike_on);
}

static void random_layers_rest_in_inference(void **state) {
    (void)state;
    layer_case c = {"rest",
                    {1, {5}},
                    4,
                    true,
                    {WITH("dropout", 1, 0.5), WITH("noise", 1, 0.3), PLAIN("flatten")}};
    double x[20], y[20];
    bench b;
    bench_open(&b, &c, interpreter_runner());
    b.runner.run(&b.runner, 0);
    b.runner.get_root(&b.runner, 0, y);
    golden_values(x, 20, 0, 2.0);
    assert_memory_equal(x, y, sizeof x);
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_and_their_gradients_are_pytorchs),
        cmocka_unit_test(second_derivatives_are_slopes_of_the_first),
        cmocka_unit_test(layers_are_pytorchs_on_every_device),
        cmocka_unit_test(every_layer_has_a_case),
        cmocka_unit_test(activations_are_finite_and_right_at_extremes),
        cmocka_unit_test(activations_are_right_at_extremes_on_every_device),
        cmocka_unit_test(softmax_survives_large_inputs),
        cmocka_unit_test(dropout_keeps_the_stated_share_scaled_up),
        cmocka_unit_test(noise_has_the_stated_deviation),
        cmocka_unit_test(random_layers_draw_alike_on_every_device),
        cmocka_unit_test(random_layers_rest_in_inference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
