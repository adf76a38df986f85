// Networks: names, shapes and places of tensors, initialisation, masks, logits, and what is
// refused.
#include "golden.h"
#include "nn/network.h"
#include "runner.h"

// The layers of a generator with all that has tensors, of 5 inputs.
static gan_network_spec make_spec(gan_layer layers[6]) {
    static const char *const kinds[6] = {"dense",  "batch_norm", "relu",
                                         "maxout", "dense",      "sigmoid"};
    static const double units[6] = {4, 0, 0, 3, 2, 0};
    for (int i = 0; i < 6; i++) {
        gan__layer_defaults(gan__layer_find(kinds[i]), &layers[i]);
        if (units[i] > 0) layers[i].argument[0] = units[i];
        layers[i].line = 10 + i;
    }
    layers[0].argument[1] = 0; // no bias
    return (gan_network_spec){.name = "generator",
                              .source = "m.yaml",
                              .layers = layers,
                              .count = 6,
                              .input = GAN_SHAPE(5)};
}

static gan_network *make_network(void) {
    gan_layer layers[6];
    gan_network *network;
    gan_network_spec spec = make_spec(layers);
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    return network;
}

static void tensors_have_pytorchs_names_and_shapes_and_no_gaps(void **state) {
    (void)state;
    static const struct {
        const char *name;
        gan_shape shape;
    } expected[] = {
        {"0.weight", {2, {4, 5}}}, {"1.weight", {1, {4}}}, {"1.bias", {1, {4}}},
        {"3.weight", {2, {6, 4}}}, {"3.bias", {1, {6}}},   {"4.weight", {2, {2, 3}}},
        {"4.bias", {1, {2}}},
    };
    gan_network *network = make_network();
    int64_t offset = 0;
    assert_int_equal(gan__network_parameter_count(network), sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < gan__network_parameter_count(network); i++) {
        const gan_tensor *tensor = gan__network_parameter(network, i);
        assert_string_equal(tensor->name, expected[i].name);
        assert_true(gan__shape_equal(&tensor->shape, &expected[i].shape));
        assert_int_equal(tensor->offset, offset);
        offset += gan__shape_elements(&tensor->shape);
    }
    assert_int_equal(gan__network_parameter_elements(network), offset);
    assert_int_equal(gan__network_buffer_count(network), 2);
    assert_string_equal(gan__network_buffer(network, 0)->name, "1.running_mean");
    assert_string_equal(gan__network_buffer(network, 1)->name, "1.running_var");
    assert_int_equal(gan__network_buffer_elements(network), 8);
    assert_int_equal(gan__network_output_shape(network)->size[0], 2);
    gan__network_destroy(network);
}

static void views_of_the_flat_vector_flatten_to_it_again(void **state) {
    (void)state;
    gan_network *network = make_network();
    gan_graph *graph;
    gan_node *weights[8], *root;
    gan_shape shape = GAN_SHAPE(gan__network_parameter_elements(network));
    double before[128], after[128];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *flat = gan__state(graph, "flat", &shape);
    gan__network_weights(network, flat, weights);
    for (size_t i = 0; i < gan__network_parameter_count(network); i++)
        assert_true(gan__shape_equal(gan__node_shape(weights[i]),
                                     &gan__network_parameter(network, i)->shape));
    root = gan__network_flatten(network, weights);
    runner run = interpreter_runner();
    run.open(&run, graph, &root, 1);
    golden_values(before, node_elements(flat), 1, 1);
    run.set_state(&run, flat, before);
    run.run(&run, 0);
    run.get_root(&run, 0, after);
    assert_memory_equal(before, after, node_elements(flat) * sizeof before[0]);
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void logits_are_what_the_last_sigmoid_takes(void **state) {
    (void)state;
    gan_network *network = make_network();
    gan_graph *graph;
    gan_node *weights[8];
    gan_shape flat = GAN_SHAPE(gan__network_parameter_elements(network));
    gan_shape statistics = GAN_SHAPE(gan__network_buffer_elements(network)), x = GAN_SHAPE(5, 3);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan__network_weights(network, gan__state(graph, "flat", &flat), weights);
    gan_node *activations[6];
    gan_node *buffers = gan__state(graph, "buffers", &statistics);
    gan_network_call call = {
        .training = true, .weights = weights, .buffers = buffers, .activations = activations};
    gan_node *input = gan__input(graph, "x", GAN_ELEMENT_F32, &x);
    gan_network_result result = gan__network_apply(network, &call, input);
    assert_ptr_equal(result.output, gan__sigmoid(result.logits)); // hash-consed: the same node
    assert_ptr_equal(result.output, activations[5]);
    assert_ptr_equal(result.logits, activations[4]);
    assert_ptr_not_equal(result.buffers, buffers);
    call.training = false;
    result = gan__network_apply(network, &call, input);
    assert_ptr_equal(result.buffers, buffers);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static gan_node *apply_dropout(const gan_network *network, gan_node *x, uint32_t stream) {
    gan_network_call call = {.training = true, .stream = stream};
    return gan__network_apply(network, &call, x).output;
}

// Hash-consing makes equal masks equal nodes.
static void masks_are_shared_by_stream(void **state) {
    (void)state;
    gan_layer layers[2];
    for (int i = 0; i < 2; i++) gan__layer_defaults(gan__layer_find("dropout"), &layers[i]);
    gan_network_spec spec = {.name = "net", .layers = layers, .count = 2, .input = GAN_SHAPE(4)};
    gan_network *network;
    gan_graph *graph;
    gan_shape shape = GAN_SHAPE(4, 3);
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    assert_ptr_equal(apply_dropout(network, x, 0), apply_dropout(network, x, 0));
    assert_ptr_not_equal(apply_dropout(network, x, 0), apply_dropout(network, x, 2));
    gan_node *mask = gan__random_uniform(graph, &shape, 0);
    assert_ptr_not_equal(mask, gan__random_uniform(graph, &shape, 1));
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

// --- Initialisation ----------------------------------------------------------------------------

static gan_init_kind init_of(const gan_network *network, size_t parameter) {
    return gan__network_parameter(network, parameter)->init.kind;
}

static void initialisers_are_resolved_from_layer_to_network_to_default(void **state) {
    (void)state;
    gan_layer layers[6];
    gan_network *network;
    gan_network_spec spec = make_spec(layers);
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(init_of(network, 0), GAN_INIT_TORCH);
    assert_int_equal(init_of(network, 1), GAN_INIT_CONSTANT); // batch norm's own
    assert_int_equal(init_of(network, 4), GAN_INIT_TORCH);
    gan__network_destroy(network);
    spec.init = (gan_init){GAN_INIT_NORMAL, 0.02, 0};
    layers[3].init = (gan_init){GAN_INIT_UNIFORM, 0.5, 0};
    layers[4].bias_init = (gan_init){GAN_INIT_MARGINALS, 0, 0};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(init_of(network, 0), GAN_INIT_NORMAL);
    assert_int_equal(init_of(network, 2), GAN_INIT_ZEROS);
    assert_int_equal(init_of(network, 3), GAN_INIT_UNIFORM);
    assert_int_equal(init_of(network, 4), GAN_INIT_ZEROS);
    assert_int_equal(init_of(network, 6), GAN_INIT_MARGINALS);
    assert_true(gan__network_wants_means(network));
    gan__network_destroy(network);
}

static void initial_values_fill_both_vectors(void **state) {
    (void)state;
    gan_layer layers[6];
    gan_network *network;
    gan_network_spec spec = make_spec(layers);
    float parameters[128], buffers[8];
    const double means[2] = {0.25, 0.5};
    spec.init = (gan_init){GAN_INIT_UNIFORM, 0.1, 0};
    layers[4].bias_init = (gan_init){GAN_INIT_MARGINALS, 0, 0};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(gan__network_initialise(network, 1, 0, NULL, parameters, NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_int_equal(gan__network_initialise(network, 1, 0, means, parameters, buffers),
                     GAN_STATUS_OK);
    const gan_tensor *bias = gan__network_parameter(network, 6);
    assert_true(fabs(parameters[bias->offset] + 1.0986123) < 1e-6); // the logit of 1/4
    assert_true(parameters[bias->offset + 1] == 0);
    assert_true(parameters[0] != 0 && fabsf(parameters[0]) <= 0.1f);
    assert_true(parameters[gan__network_parameter(network, 1)->offset] == 1);
    assert_true(buffers[0] == 0 && buffers[4] == 1);
    float other[128];
    gan__network_initialise(network, 1, 100, means, other, NULL);
    assert_true(other[0] != parameters[0]);
    gan__network_destroy(network);
}

// --- What is refused ---------------------------------------------------------------------------

static void expect_refusal(const gan_network_spec *spec, const char *message) {
    gan_network *network;
    assert_int_equal(gan__network_create(spec, &network), GAN_STATUS_BAD_INPUT);
    assert_null(network);
    assert_string_equal(gan_status_message(), message);
}

static void impossible_networks_are_refused_by_layer_and_line(void **state) {
    (void)state;
    gan_layer layers[6];
    gan_network_spec spec = make_spec(layers);
    gan__layer_defaults(gan__layer_find("reshape"), &layers[2]);
    layers[2].shape = GAN_SHAPE(1, 3, 3);
    layers[2].line = 12;
    expect_refusal(&spec, "m.yaml:12: generator layer 2 (reshape): (1, 3, 3) has 9 elements, its "
                          "input (4) has 4");
    spec = make_spec(layers);
    layers[3].argument[0] = 0;
    expect_refusal(&spec,
                   "m.yaml:13: generator layer 3 (maxout): units is 0, but must be from 1 to "
                   "1.67772e+07");
    spec = make_spec(layers);
    gan__layer_defaults(gan__layer_find("concat"), &layers[2]);
    layers[2].argument[0] = 2;
    expect_refusal(&spec, "m.yaml: generator layer 2 (concat): layer 2 is not before it: name one "
                          "from -1 (the list's input) to 1");
    layers[2].argument[0] = -1;
    spec.input = GAN_SHAPE(1, 5, 1);
    expect_refusal(&spec, "m.yaml: generator layer 2 (concat): its input (4) and layer -1's output "
                          "(1, 5, 1) differ in more than the first dimension");
    spec = make_spec(layers);
    layers[0].bias_init.kind = GAN_INIT_MARGINALS;
    layers[3].bias_init.kind = GAN_INIT_MARGINALS;
    expect_refusal(&spec, "m.yaml:13: generator layer 3 (maxout): marginals can initialise only a "
                          "bias with one element for each of the network's 2 outputs, not 3.bias "
                          "with 6");
    spec = make_spec(layers);
    layers[0].argument[0] = layers[3].argument[0] = 16777216;
    expect_refusal(&spec,
                   "m.yaml:13: generator layer 3 (maxout): with its weight of 562949953421312 "
                   "elements the network has more than 2147483647 in all");
    spec = make_spec(layers);
    spec.parametrization = (gan_parametrization){GAN_PARAMETRIZATION_SPECTRAL, 1, 0};
    layers[3].init = (gan_init){.kind = GAN_INIT_CONSTANT};
    expect_refusal(&spec,
                   "m.yaml:13: generator layer 3 (maxout): parametrization spectral divides its "
                   "weights by their size, so they cannot begin at 0; give them another init");
    spec.parametrization.kind = GAN_PARAMETRIZATION_WEIGHT_NORM;
    layers[3].init = (gan_init){.kind = GAN_INIT_NORMAL};
    expect_refusal(&spec,
                   "m.yaml:13: generator layer 3 (maxout): parametrization weight_norm divides its "
                   "weights by their size, so they cannot begin at 0; give them another init");
    spec.count = 0;
    expect_refusal(&spec, "the generator has no layers");
}

static void a_misfit_input_is_the_graphs_failure(void **state) {
    (void)state;
    gan_network *network = make_network();
    gan_graph *graph;
    gan_shape shape = GAN_SHAPE(6, 3);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_network_call call = {.training = true};
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    gan_network_result result = gan__network_apply(network, &call, x);
    assert_null(result.output);
    assert_true(gan__graph_status(graph) != GAN_STATUS_OK);
    assert_non_null(
        strstr(gan_status_message(), "generator: its input must be (5) and a batch, not (6, 3)"));
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void batch_norm_refuses_to_train_on_one_value(void **state) {
    (void)state;
    gan_layer layer;
    gan__layer_defaults(gan__layer_find("batch_norm"), &layer);
    gan_network_spec spec = {.name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(2)};
    gan_network *network;
    gan_graph *graph;
    gan_shape shape = GAN_SHAPE(2, 1), two = GAN_SHAPE(2), four = GAN_SHAPE(4);
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *weights[2] = {gan__state(graph, "w", &two), gan__state(graph, "b", &two)};
    gan_network_call call = {
        .training = true, .weights = weights, .buffers = gan__state(graph, "s", &four)};
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &shape);
    assert_null(gan__network_apply(network, &call, x).output);
    assert_true(gan__graph_status(graph) != GAN_STATUS_OK);
    assert_non_null(strstr(gan_status_message(), "net layer 0 (batch_norm)"));
    assert_non_null(strstr(gan_status_message(), "raise the batch above 1"));
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

// Each allocation of creating a network fails in turn; nothing leaks (under a leak checker).
static void creation_survives_any_failed_allocation(void **state) {
    (void)state;
    gan_layer layers[6];
    gan_network_spec spec = make_spec(layers);
    gan_network *network = NULL;
    gan_status status = GAN_STATUS_NO_MEMORY;
    for (size_t n = 1; status == GAN_STATUS_NO_MEMORY; n++) {
        assert_true(n < 1000);
        gan__alloc_fail_at(n);
        status = gan__network_create(&spec, &network);
        gan__alloc_fail_at(0);
        assert_true((status == GAN_STATUS_OK) == (network != NULL));
    }
    assert_int_equal(status, GAN_STATUS_OK);
    gan__network_destroy(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_have_pytorchs_names_and_shapes_and_no_gaps),
        cmocka_unit_test(views_of_the_flat_vector_flatten_to_it_again),
        cmocka_unit_test(logits_are_what_the_last_sigmoid_takes),
        cmocka_unit_test(masks_are_shared_by_stream),
        cmocka_unit_test(initialisers_are_resolved_from_layer_to_network_to_default),
        cmocka_unit_test(initial_values_fill_both_vectors),
        cmocka_unit_test(impossible_networks_are_refused_by_layer_and_line),
        cmocka_unit_test(a_misfit_input_is_the_graphs_failure),
        cmocka_unit_test(batch_norm_refuses_to_train_on_one_value),
        cmocka_unit_test(creation_survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
