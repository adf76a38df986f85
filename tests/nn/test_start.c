// Data-dependent initialisation against PyTorch (golden/nn_start.txt, by make_start.py), in the
// interpreter and on every device, whatever scales and biases there were before; and a scale that
// is not trained.
#include "golden.h"
#include "nn/network.h"
#include "runner.h"

enum { BATCH = 6, CHANNELS = 2, SIDE = 4, SAMPLE = CHANNELS * SIDE * SIDE, PARAMETERS_MAX = 16 };

static gan_layer layer(const char *kind, size_t count, const double *arguments) {
    gan_layer result;
    gan__layer_defaults(gan__layer_find(kind), &result);
    for (size_t i = 0; i < count; i++) result.argument[i] = arguments[i];
    return result;
}

#define LAYER(kind, ...)                                                                           \
    layer(kind, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static gan_network *make(gan_layer *layers, size_t count, gan_shape input, double fixed) {
    gan_network *network;
    const gan_network_spec spec = {.name = "net",
                                   .layers = layers,
                                   .count = count,
                                   .input = input,
                                   .parametrization = {GAN_PARAMETRIZATION_WEIGHT_NORM, fixed, 0}};
    if (gan__network_create(&spec, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return network;
}

static gan_network *make_start(void) {
    gan_layer layers[] = {LAYER("convolution", 3, 3, 1, 1), layer("relu", 0, NULL),
                          LAYER("transposed_convolution", 2, 2, 2), layer("tanh", 0, NULL),
                          LAYER("dense", 4, 0)};
    return make(layers, sizeof layers / sizeof layers[0], GAN_SHAPE(CHANNELS, SIDE, SIDE), 0);
}

// The weights are make_start.py's; scales and biases are whatever `scale` gives.
static void fill_parameters(const gan_network *network, double scale, double *flat) {
    int salt = 1;
    for (size_t i = 0; i < gan__network_parameter_count(network); i++) {
        const gan_tensor *const tensor = gan__network_parameter(network, i);
        double *const to = flat + tensor->offset;
        const bool weight = !tensor->is_bias && tensor->role == GAN_TENSOR_PLAIN;
        golden_values(to, (size_t)tensor->elements, weight ? salt : 7, weight ? 1 : 0.4 * scale);
        for (int64_t k = 0; k < tensor->elements && tensor->role == GAN_TENSOR_NORM; k++)
            to[k] += scale;
        if (weight) salt += 2;
    }
}

// PyTorch has the batch outermost.
static void fill_samples(double *values) {
    double rows[BATCH * SAMPLE];
    golden_values(rows, BATCH * SAMPLE, 9, 1);
    for (size_t i = 0; i < BATCH; i++)
        for (size_t e = 0; e < SAMPLE; e++) values[e * BATCH + i] = rows[i * SAMPLE + e];
}

static void start_is_pytorchs(runner *r, double scale, const char *text) {
    static const struct {
        const char *tensor, *line;
    } expected[] = {{"0.weight_g", "convolution_g"},
                    {"0.bias", "convolution_b"},
                    {"2.weight_g", "transposed_g"},
                    {"2.bias", "transposed_b"},
                    {"4.weight_g", "dense_g"}};
    const char *const golden = golden_case(text, "start");
    gan_network *const network = make_start();
    const size_t count = gan__network_parameter_count(network);
    const gan_shape flat = GAN_SHAPE(gan__network_parameter_elements(network));
    gan_graph *graph;
    gan_node *weights[PARAMETERS_MAX], *starts[PARAMETERS_MAX] = {NULL};
    double values[RUNNER_VALUES_MAX];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const x =
        gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(CHANNELS, SIDE, SIDE, BATCH));
    gan_node *const parameters = gan__state(graph, "parameters", &flat);
    gan__network_weights(network, parameters, weights);
    const gan_network_call call = {.training = true, .weights = weights, .starts = starts};
    assert_non_null(gan__network_apply(network, &call, x).output);
    for (size_t i = 0; i < count; i++)
        if (!starts[i]) starts[i] = weights[i];
    gan_node *const root = gan__network_flatten(network, starts);
    assert_non_null(root);
    r->open(r, graph, &root, 1);
    fill_parameters(network, scale, values);
    r->set_state(r, parameters, values);
    fill_samples(values);
    r->set_input(r, x, values);
    r->run(r, 0);
    r->get_root(r, 0, values);
    size_t compared = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++) {
            const gan_tensor *const tensor = gan__network_parameter(network, i);
            size_t numbers;
            if (strcmp(tensor->name, expected[k].tensor) != 0) continue;
            double *const wanted = golden_line(golden, expected[k].line, &numbers);
            assert_int_equal(numbers, tensor->elements);
            golden_compare(r->name, expected[k].line, values + tensor->offset, wanted, numbers,
                           r->tolerance);
            gan__free(wanted);
            compared++;
        }
    assert_int_equal(compared, sizeof expected / sizeof expected[0]);
    r->close(r);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void starts_are_pytorchs(gan_device *device) {
    char *const text = golden_open("nn_start.txt");
    runner r = device ? device_runner(device) : interpreter_runner();
    start_is_pytorchs(&r, 1, text);
    r = device ? device_runner(device) : interpreter_runner();
    start_is_pytorchs(&r, 3, text);
    gan__free(text);
}

static void scales_and_biases_are_pytorchs_in_double_precision(void **state) {
    (void)state;
    starts_are_pytorchs(NULL);
}

static void scales_and_biases_are_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(starts_are_pytorchs);
}

// The gradient by g of the sum of a layer's outputs.
static double gradient_by_scale(double fixed) {
    gan_layer layers[] = {LAYER("dense", 1)};
    gan_network *const network = make(layers, 1, GAN_SHAPE(2), fixed);
    const gan_shape flat = GAN_SHAPE(gan__network_parameter_elements(network));
    const gan_shape scalar = gan__shape_scalar();
    gan_graph *graph;
    gan_node *weights[PARAMETERS_MAX], *gradients[PARAMETERS_MAX];
    double values[RUNNER_VALUES_MAX] = {0.6, 0.8, 0, 2}, by_all[4];
    assert_int_equal(gan__network_parameter_elements(network), 4);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(2, 1));
    gan_node *const parameters = gan__state(graph, "parameters", &flat);
    gan__network_weights(network, parameters, weights);
    const gan_network_call call = {.training = true, .weights = weights};
    gan_node *const y = gan__reshape(gan__network_apply(network, &call, x).output, &scalar);
    assert_int_equal(gan__gradient(y, weights, gan__network_parameter_count(network), gradients),
                     GAN_STATUS_OK);
    gan_node *const root = gan__network_flatten(network, gradients);
    runner r = interpreter_runner();
    r.open(&r, graph, &root, 1);
    r.set_state(&r, parameters, values);
    r.set_input(&r, x, (double[]){1, 0.5});
    r.run(&r, 0);
    r.get_root(&r, 0, by_all);
    size_t at = 0;
    for (size_t i = 0; i < gan__network_parameter_count(network); i++)
        if (gan__network_parameter(network, i)->role == GAN_TENSOR_NORM)
            at = (size_t)gan__network_parameter(network, i)->offset;
    r.close(&r);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
    return by_all[at];
}

static void a_fixed_scale_has_no_gradient(void **state) {
    (void)state;
    assert_true(gradient_by_scale(0) != 0);
    assert_true(gradient_by_scale(1) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_and_biases_are_pytorchs_in_double_precision),
        cmocka_unit_test(scales_and_biases_are_pytorchs_on_every_device),
        cmocka_unit_test(a_fixed_scale_has_no_gradient),
    };
    return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
