// Blocks, parametrisations and labels without PyTorch's numbers (those are in test_layers.c): names
// of tensors, initial values, what rests in inference, and what is refused.
#include "cmocka_headers.h"

#include "nn/network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static gan_layer layer(const char *kind, size_t count, const double *arguments) {
    gan_layer result;
    gan__layer_defaults(gan__layer_find(kind), &result);
    for (size_t i = 0; i < count; i++) result.argument[i] = arguments[i];
    return result;
}

#define LAYER(kind, ...)                                                                           \
    layer(kind, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})
#define PLAIN(kind) layer(kind, 0, NULL)

static gan_network *make(const gan_network_spec *spec) {
    gan_network *network;
    if (gan__network_create(spec, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return network;
}

// --- Names and initial values -------------------------------------------------------------------

static void tensors_of_blocks_are_named_by_block_list_and_number(void **state) {
    (void)state;
    static const char *const parameters[] = {"0.weight", "0.bias", "1.layers.1.weight",
                                             "1.layers.1.bias", "1.skip.0.weight"};
    static const char *const buffers[] = {"0.weight_u",          "0.weight_v",
                                          "1.layers.1.weight_u", "1.layers.1.weight_v",
                                          "1.skip.0.weight_u",   "1.skip.0.weight_v"};
    gan_layer inner[] = {PLAIN("relu"), LAYER("dense", 5)}, skip[] = {LAYER("dense", 5, 0)};
    gan_layer layers[] = {LAYER("dense", 4), PLAIN("residual"), LAYER("dense", 3, 0)};
    layers[1].lists[0] = (gan_layer_list){inner, 2};
    layers[1].lists[1] = (gan_layer_list){skip, 1};
    layers[2].parametrization.kind = GAN_PARAMETRIZATION_NONE;
    const gan_network_spec spec = {.name = "net",
                                   .layers = layers,
                                   .count = 3,
                                   .input = GAN_SHAPE(2),
                                   .parametrization = {GAN_PARAMETRIZATION_SPECTRAL, 1, 0}};
    gan_network *network = make(&spec);
    assert_int_equal(gan__network_parameter_count(network), 6);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(gan__network_parameter(network, i)->name, parameters[i]);
    assert_int_equal(gan__network_buffer_count(network), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(gan__network_buffer(network, i)->name, buffers[i]);
    assert_int_equal(gan__network_parameter(network, 4)->layer, 1);
    gan__network_destroy(network);
}

enum { VALUES = 2048 };

// |w v| for the weight (3, 2, 4, 4) of a transposed convolution, read as (2, 3 x 4 x 4).
static double stretch(const float *w, const float *v) {
    double squares = 0;
    for (int row = 0; row < 2; row++) {
        double sum = 0;
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 16; k++)
                sum += (double)w[(c * 2 + row) * 16 + k] * (double)v[c * 16 + k];
        squares += sum * sum;
    }
    return sqrt(squares);
}

// Of a matrix of two rows the singular values are known: w w^T is 2x2.
static double largest_singular_value(const float *w) {
    double g[3] = {0};
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < 16; k++) {
            const double a = (double)w[c * 32 + k], b = (double)w[c * 32 + 16 + k];
            g[0] += a * a;
            g[1] += a * b;
            g[2] += b * b;
        }
    const double mean = (g[0] + g[2]) / 2, half = (g[0] - g[2]) / 2;
    return sqrt(mean + sqrt(half * half + g[1] * g[1]));
}

static void power_iteration_begins_near_the_largest_singular_value(void **state) {
    (void)state;
    gan_layer up = LAYER("transposed_convolution", 2, 4, 2, 1, 1, 1, 0, 0);
    const gan_network_spec spec = {.name = "net",
                                   .layers = &up,
                                   .count = 1,
                                   .input = GAN_SHAPE(3, 4, 4),
                                   .parametrization = {GAN_PARAMETRIZATION_SPECTRAL, 1, 0}};
    gan_network *network = make(&spec);
    float parameters[VALUES], buffers[VALUES];
    assert_int_equal(gan__network_initialise(network, 3, 0, NULL, parameters, buffers),
                     GAN_STATUS_OK);
    const double sigma = largest_singular_value(parameters);
    const double found = stretch(parameters, buffers + gan__network_buffer(network, 1)->offset);
    if (!(found <= sigma * (1 + 1e-6) && found >= 0.99 * sigma))
        fail_msg("%g is found where the largest singular value is %g", found, sigma);
    gan__network_destroy(network);
}

static void weight_norm_begins_as_the_weight_itself(void **state) {
    (void)state;
    gan_layer dense = LAYER("dense", 6, 0);
    dense.parametrization.kind = GAN_PARAMETRIZATION_WEIGHT_NORM;
    const gan_network_spec spec = {
        .name = "net", .layers = &dense, .count = 1, .input = GAN_SHAPE(7)};
    gan_network *network = make(&spec);
    float w[VALUES];
    assert_int_equal(gan__network_initialise(network, 3, 0, NULL, w, NULL), GAN_STATUS_OK);
    for (int row = 0; row < 6; row++) {
        double squares = 0;
        for (int i = 0; i < 7; i++) squares += (double)w[7 * row + i] * (double)w[7 * row + i];
        assert_true(fabs((double)w[42 + row] - sqrt(squares)) < 1e-6);
    }
    gan__network_destroy(network);
}

static void equalized_weights_begin_as_standard_normal(void **state) {
    (void)state;
    gan_layer dense = LAYER("dense", 40, 0);
    const gan_network_spec spec = {.name = "net",
                                   .layers = &dense,
                                   .count = 1,
                                   .input = GAN_SHAPE(50),
                                   .init = {GAN_INIT_NORMAL, 0.02, 0},
                                   .parametrization = {GAN_PARAMETRIZATION_EQUALIZED, 1, 0.1}};
    gan_network *network = make(&spec);
    float w[VALUES];
    double squares = 0;
    assert_int_equal(gan__network_initialise(network, 3, 0, NULL, w, NULL), GAN_STATUS_OK);
    for (int i = 0; i < 2000; i++) squares += (double)w[i] * (double)w[i];
    // Of lr_multiplier 0.1 the deviation is 10, whatever the network's init; four of its own
    // errors.
    assert_true(fabs(sqrt(squares / 2000) - 10) < 4 * 10 / sqrt(4000));
    gan__network_destroy(network);
}

static void scales_of_batch_norm_are_drawn_about_1_where_a_layer_says_so(void **state) {
    (void)state;
    gan_layer norms[] = {PLAIN("batch_norm"), PLAIN("batch_norm")};
    norms[1].init = (gan_init){GAN_INIT_NORMAL, 0.02, 1};
    const gan_network_spec spec = {.name = "net",
                                   .layers = norms,
                                   .count = 2,
                                   .input = GAN_SHAPE(100),
                                   .init = {GAN_INIT_NORMAL, 0.5, 0}};
    gan_network *network = make(&spec);
    float values[VALUES];
    double sum = 0, squares = 0;
    assert_int_equal(gan__network_initialise(network, 3, 0, NULL, values, NULL), GAN_STATUS_OK);
    for (int i = 0; i < 100; i++) {
        const double scale = (double)values[200 + i];
        assert_true(values[i] == 1 && values[100 + i] == 0 && values[300 + i] == 0);
        sum += scale - 1;
        squares += (scale - 1) * (scale - 1);
    }
    assert_true(fabs(sum / 100) < 4 * 0.02 / 10);
    assert_true(fabs(sqrt(squares / 100) - 0.02) < 4 * 0.02 / sqrt(200));
    gan__network_destroy(network);
}

// --- Inference ----------------------------------------------------------------------------------

static void singular_vectors_rest_in_inference(void **state) {
    (void)state;
    gan_layer dense = LAYER("dense", 3);
    dense.parametrization = (gan_parametrization){GAN_PARAMETRIZATION_SPECTRAL, 1, 0};
    const gan_network_spec spec = {
        .name = "net", .layers = &dense, .count = 1, .input = GAN_SHAPE(2)};
    gan_network *network = make(&spec);
    gan_graph *graph;
    gan_node *weights[2];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(2, 4));
    gan_node *flat = gan__state(graph, "weights", &GAN_SHAPE(9));
    gan_node *buffers = gan__state(graph, "vectors", &GAN_SHAPE(5));
    gan__network_weights(network, flat, weights);
    gan_network_call call = {.weights = weights, .buffers = buffers};
    assert_ptr_equal(gan__network_apply(network, &call, x).buffers, buffers);
    call.training = true;
    assert_ptr_not_equal(gan__network_apply(network, &call, x).buffers, buffers);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

// --- What is refused ----------------------------------------------------------------------------

typedef struct refused_case {
    const char *kind;
    double argument[3];
    size_t count;
    gan_shape input;
    int64_t classes;
    const char *message; // after "net layer 0 (KIND): "
} refused_case;

static const refused_case refused[] = {
    {"group_norm", {3}, 1, {3, {4, 2, 2}}, 0, "4 channels cannot be shared among 3 groups"},
    {"instance_norm",
     {0},
     0,
     {1, {4}},
     0,
     "its input (4) has one value a channel: it takes an image (channels, height, width) of "
     "several "
     "pixels"},
    {"global_pool",
     {0},
     0,
     {1, {4}},
     0,
     "its input (4) is no image (channels, height, width): put a reshape before it"},
    {"self_attention",
     {0},
     0,
     {3, {4, 8, 8}},
     0,
     "its input (4, 8, 8) has fewer channels than reduction or values divide by"},
    {"self_attention",
     {0},
     0,
     {3, {8, 1, 8}},
     0,
     "its input (8, 1, 8) has no 2x2 blocks: say pool: false"},
    {"minibatch_stddev",
     {4, 3},
     2,
     {3, {4, 2, 2}},
     0,
     "4 channels cannot be shared among 3 statistics"},
    {"add", {-1}, 1, {3, {4, 2, 2}}, 0, NULL},
    {"multiply",
     {0},
     1,
     {1, {4}},
     0,
     "layer 0 is not before it: name one from -1 (the list's input) to -1"},
    {"one_hot", {0}, 0, {1, {4}}, 0, "the data has no labels, which it needs"},
    {"embedding", {3}, 1, {1, {4}}, 0, "the data has no labels, which it needs"},
    {"conditional_batch_norm", {0}, 0, {1, {4}}, 0, "the data has no labels, which it needs"},
    {"conditional_batch_norm", {0}, 0, {1, {4}}, 2, NULL},
    {"projection",
     {0},
     0,
     {3, {4, 2, 2}},
     2,
     "its input (4, 2, 2) is no vector of features: put a global_pool or flatten before it"},
};

static void misfits_are_refused_with_layer_and_sizes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const refused_case *c = &refused[i];
        char expected[256];
        gan_network *network;
        gan_layer one = layer(c->kind, c->count, c->argument);
        const gan_network_spec spec = {
            .name = "net", .layers = &one, .count = 1, .input = c->input, .classes = c->classes};
        const gan_status status = gan__network_create(&spec, &network);
        assert_int_equal(status, c->message ? GAN_STATUS_BAD_INPUT : GAN_STATUS_OK);
        gan__network_destroy(network);
        if (!c->message) continue;
        snprintf(expected, sizeof expected, "net layer 0 (%s): %s", c->kind, c->message);
        assert_string_equal(gan_status_message(), expected);
    }
}

static void a_skip_must_fit_its_block(void **state) {
    (void)state;
    gan_layer inner[] = {LAYER("dense", 5)}, skip[] = {LAYER("convolution", 3, 1)};
    gan_layer residual = PLAIN("residual");
    gan_network *network;
    const gan_network_spec spec = {
        .name = "net", .layers = &residual, .count = 1, .input = GAN_SHAPE(4)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_BAD_INPUT);
    assert_string_equal(gan_status_message(), "net layer 0 (residual): layers is missing");
    residual.lists[0] = (gan_layer_list){inner, 1};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_BAD_INPUT);
    assert_string_equal(
        gan_status_message(),
        "net layer 0 (residual): its layers make (5) of (4), which cannot be added "
        "to it: give it a skip that resamples alike and has a convolution of kernel "
        "1 to as many channels");
    residual.lists[1] = (gan_layer_list){skip, 1};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_BAD_INPUT);
    assert_string_equal(gan_status_message(),
                        "net layer 0.skip.0 (convolution): its input (4) is no image (channels, "
                        "height, width): put a reshape before it");
}

static void a_batch_must_split_into_groups(void **state) {
    (void)state;
    gan_layer stddev = LAYER("minibatch_stddev", 4);
    const gan_network_spec spec = {
        .name = "net", .layers = &stddev, .count = 1, .input = GAN_SHAPE(3)};
    gan_network *network = make(&spec);
    gan_graph *graph;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(3, 6));
    const gan_network_call call = {.training = true};
    assert_null(gan__network_apply(network, &call, x).output);
    assert_int_equal(gan__graph_status(graph), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(), "net layer 0 (minibatch_stddev): a batch of 6 cannot "
                                              "be split into groups of 4");
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_of_blocks_are_named_by_block_list_and_number),
        cmocka_unit_test(power_iteration_begins_near_the_largest_singular_value),
        cmocka_unit_test(weight_norm_begins_as_the_weight_itself),
        cmocka_unit_test(equalized_weights_begin_as_standard_normal),
        cmocka_unit_test(scales_of_batch_norm_are_drawn_about_1_where_a_layer_says_so),
        cmocka_unit_test(singular_vectors_rest_in_inference),
        cmocka_unit_test(misfits_are_refused_with_layer_and_sizes),
        cmocka_unit_test(a_skip_must_fit_its_block),
        cmocka_unit_test(a_batch_must_split_into_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
