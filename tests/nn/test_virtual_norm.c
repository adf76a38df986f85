// Virtual batch norm apart from its numbers (which are in test_layers.c): no sample's output
// depends on its neighbours, labels of the reference batch count, and what a network with one
// refuses.
#include "golden.h"
#include "nn/network.h"
#include "runner.h"

enum { BATCH = 4, FEATURES = 3, HIDDEN = 5, OUTPUTS = 2, REFERENCE = 6, PARAMETERS = 16 };

static gan_layer layer(const char *kind, double argument) {
    gan_layer result;
    gan__layer_defaults(gan__layer_find(kind), &result);
    if (result.kind->arguments[0].name && argument != 0) result.argument[0] = argument;
    return result;
}

static gan_status create(const gan_layer *layers, size_t count, int64_t reference,
                         gan_network **network) {
    const gan_network_spec spec = {.name = "net",
                                   .layers = layers,
                                   .count = count,
                                   .input = GAN_SHAPE(FEATURES),
                                   .classes = 3,
                                   .reference = reference};
    return gan__network_create(&spec, network);
}

// Two norms, so that the second one's reference is the first one's output.
static gan_network *make(const char *norm) {
    const gan_layer layers[] = {layer("dense", HIDDEN), layer(norm, 0), layer("tanh", 0),
                                layer("dense", HIDDEN), layer(norm, 0), layer("dense", OUTPUTS)};
    gan_network *network;
    if (create(layers, sizeof layers / sizeof layers[0], REFERENCE, &network) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return network;
}

static void set(runner *r, gan_node *leaf, int salt, double offset) {
    double values[RUNNER_VALUES_MAX];
    if (!leaf) return;
    golden_values(values, node_elements(leaf), salt, 0.7);
    for (size_t i = 0; i < node_elements(leaf); i++) values[i] += offset;
    r->set_state(r, leaf, values);
}

static void set_samples(runner *r, gan_node *x, double others) {
    double values[FEATURES * BATCH];
    for (size_t e = 0; e < FEATURES; e++)
        for (size_t n = 0; n < BATCH; n++)
            values[e * BATCH + n] = 0.3 * (double)e - 0.5 + (n == 1 ? 0 : others * (double)(n + e));
    r->set_input(r, x, values);
}

// What the second of four samples becomes among others, of which `apart` are two choices: whether
// it is the same to the bit.
static bool is_alike(const runner *with, const char *norm, bool training) {
    gan_network *const network = make(norm);
    gan_graph *graph;
    gan_node *weights[PARAMETERS];
    double results[2][OUTPUTS * BATCH];
    runner r = *with;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(FEATURES, BATCH));
    gan_node *const flat =
        gan__state(graph, "flat", &GAN_SHAPE(gan__network_parameter_elements(network)));
    gan_node *const buffers =
        gan__state(graph, "buffers", &GAN_SHAPE(gan__network_buffer_elements(network)));
    gan__network_weights(network, flat, weights);
    const gan_network_call call = {.training = training, .weights = weights, .buffers = buffers};
    gan_node *const output = gan__network_apply(network, &call, x).output;
    assert_non_null(output);
    r.open(&r, graph, &output, 1);
    set(&r, flat, 1, 0);
    set(&r, buffers, 2, 1);
    for (int i = 0; i < 2; i++) {
        set_samples(&r, x, i == 0 ? 0.25 : -3);
        r.run(&r, (uint64_t)i);
        r.get_root(&r, 0, results[i]);
    }
    bool same = true, moved = false;
    for (size_t e = 0; e < OUTPUTS; e++) {
        same = same && results[0][e * BATCH + 1] == results[1][e * BATCH + 1];
        moved = moved || results[0][e * BATCH] != results[1][e * BATCH];
    }
    assert_true(moved);
    r.close(&r);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
    return same;
}

static void a_sample_is_alone(gan_device *device) {
    const runner r = device ? device_runner(device) : interpreter_runner();
    assert_true(is_alike(&r, "virtual_batch_norm", true));
    assert_true(is_alike(&r, "virtual_batch_norm", false));
    assert_false(is_alike(&r, "batch_norm", true)); // so that the question is one
}

static void a_sample_does_not_depend_on_its_neighbours(void **state) {
    (void)state;
    a_sample_is_alone(NULL);
}

static void nor_does_it_on_any_device(void **state) {
    (void)state;
    for_each_device(a_sample_is_alone);
}

// The reference batch lies in the buffers, whole and by name.
static void the_reference_batch_is_among_the_buffers(void **state) {
    (void)state;
    gan_network *network = make("virtual_batch_norm");
    assert_int_equal(gan__network_reference(network), REFERENCE);
    assert_int_equal(gan__network_buffer_count(network), 1);
    assert_string_equal(gan__network_buffer(network, 0)->name, "reference");
    assert_true(
        gan__shape_equal(&gan__network_buffer(network, 0)->shape, &GAN_SHAPE(FEATURES, REFERENCE)));
    gan__network_destroy(network);
    const gan_layer labelled[] = {layer("embedding", 2), layer("virtual_batch_norm", 0)};
    assert_int_equal(create(labelled, 2, REFERENCE, &network), GAN_STATUS_OK);
    assert_int_equal(gan__network_buffer_count(network), 2);
    assert_string_equal(gan__network_buffer(network, 1)->name, "reference_labels");
    assert_int_equal(gan__network_buffer(network, 1)->elements, REFERENCE);
    gan__network_destroy(network);
    network = make("batch_norm"); // where no layer goes by one there is none
    assert_int_equal(gan__network_reference(network), 0);
    gan__network_destroy(network);
}

// An embedding of the label alone: only what labels the reference batch has can make a difference.
static void the_reference_batch_has_labels_of_its_own(void **state) {
    (void)state;
    const gan_layer layers[] = {layer("embedding", 2), layer("virtual_batch_norm", 0)};
    gan_network *network;
    gan_graph *graph;
    gan_node *weights[PARAMETERS];
    double results[2][2 * BATCH], buffers[(FEATURES + 1) * REFERENCE] = {0};
    runner r = interpreter_runner();
    assert_int_equal(create(layers, 2, REFERENCE, &network), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *const x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(FEATURES, BATCH));
    gan_node *const labels = gan__input(graph, "labels", GAN_ELEMENT_F32, &GAN_SHAPE(BATCH));
    gan_node *const flat =
        gan__state(graph, "flat", &GAN_SHAPE(gan__network_parameter_elements(network)));
    gan_node *const held =
        gan__state(graph, "buffers", &GAN_SHAPE((int64_t)(FEATURES + 1) * REFERENCE));
    gan__network_weights(network, flat, weights);
    const gan_network_call call = {.weights = weights, .buffers = held, .labels = labels};
    gan_node *const output = gan__network_apply(network, &call, x).output;
    assert_non_null(output);
    r.open(&r, graph, &output, 1);
    set(&r, flat, 1, 0);
    set_samples(&r, x, 1);
    r.set_input(&r, labels, (double[]){0, 1, 2, 1});
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < REFERENCE; k++)
            buffers[(size_t)FEATURES * REFERENCE + k] = (double)(i == 0 ? k % 3 : k % 2);
        r.set_state(&r, held, buffers);
        r.run(&r, (uint64_t)i);
        r.get_root(&r, 0, results[i]);
    }
    assert_true(results[0][1] == results[0][3]);
    for (size_t k = 0; k < (size_t)2 * BATCH; k++) assert_true(results[0][k] != results[1][k]);
    r.close(&r);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void assert_refused(const char *beside, int64_t reference, const char *piece) {
    const gan_layer layers[] = {layer("dense", 4), layer(beside, beside[0] == 'm' ? 2 : 0),
                                layer("virtual_batch_norm", 0)};
    gan_network *network = NULL;
    assert_int_equal(create(layers, 3, reference, &network), GAN_STATUS_BAD_INPUT);
    if (!strstr(gan_status_message(), piece)) fail_msg("%s", gan_status_message());
    assert_null(network);
}

static void what_looks_over_the_batch_is_refused_beside_it(void **state) {
    (void)state;
    assert_refused("batch_norm", 4, "net layer 1 (batch_norm): it goes without virtual_batch_norm");
    assert_refused("minibatch_stddev", 4, "it goes without virtual_batch_norm");
    assert_refused("minibatch_discrimination", 4, "it goes without virtual_batch_norm");
    assert_refused("categorical", 4, "it goes without virtual_batch_norm");
    assert_refused("relu", 0, "net layer 2 (virtual_batch_norm): it goes by a reference batch");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_does_not_depend_on_its_neighbours),
        cmocka_unit_test(nor_does_it_on_any_device),
        cmocka_unit_test(the_reference_batch_is_among_the_buffers),
        cmocka_unit_test(the_reference_batch_has_labels_of_its_own),
        cmocka_unit_test(what_looks_over_the_batch_is_refused_beside_it),
    };
    return cmocka_run_group_tests_name("virtual batch norm", tests, NULL, NULL);
}
