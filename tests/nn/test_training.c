// Ten training steps of three small networks, against PyTorch in float64 (tests/golden/make_nn.py):
// descent with momentum, Adam with batch normalisation, and a gradient penalty, whose gradient is
// of second order. The same graphs run in the interpreter and on every OpenCL device.
#include "golden.h"
#include "nn/losses.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "runner.h"

enum { STEPS = 10, BATCH = 8, INPUTS = 4, LAYERS_MAX = 8, TENSORS_MAX = 16, VALUES_MAX = 1024 };

// A network with its optimiser in a graph: one program, run once a step.
typedef struct trainer {
    const struct training_case *is;
    gan_network *network;
    gan_graph *graph;
    gan_node *flat, *buffers, *updated; // updated: the buffers after the step
    gan_node *weights[TENSORS_MAX];
    gan_node *a, *b; // inputs: real and fake, or input and target
    uint32_t streams;
    gan_optimizer_state state;
    gan_node *roots[GAN_OPTIMIZER_SLOTS_MAX + 4];
    size_t count; // of roots; the last is the loss
} trainer;

typedef struct training_case {
    const char *name;
    struct {
        const char *kind;
        double first;
        double second; // NAN: by default
    } layers[LAYERS_MAX];
    gan_optimizer optimizer;
    gan_node *(*loss)(trainer *t);
    int64_t target; // features of input b
    double scale_a, offset_a, scale_b;
} training_case;

// Each application draws from streams of its own.
static gan_network_result apply(trainer *t, gan_node *x) {
    gan_network_call call = {
        .training = true, .weights = t->weights, .buffers = t->buffers, .stream = t->streams};
    t->streams += LAYERS_MAX;
    return gan__network_apply(t->network, &call, x);
}

static gan_node *two_sided(trainer *t) {
    return gan__add(gan__bce_with_logits(apply(t, t->a).logits, 1),
                    gan__bce_with_logits(apply(t, t->b).logits, 0));
}

static gan_node *regression(trainer *t) {
    gan_network_result result = apply(t, t->a);
    t->updated = result.buffers;
    return gan__mean_square_error(result.output, t->b);
}

static gan_node *penalised(trainer *t) {
    gan_node *gradient, *real = apply(t, t->a).logits;
    assert_int_equal(gan__gradient(real, &t->a, 1, &gradient), GAN_STATUS_OK);
    gan_node *penalty = gan__mean(gan__sample_squares(gradient));
    return gan__add(two_sided(t), gan__scale(penalty, 2.5));
}

static const training_case cases[] = {
    {.name = "sgd_momentum",
     .layers = {{"dense", 6, NAN}, {"leaky_relu", 0.2, NAN}, {"maxout", 4, 3}, {"dense", 1, NAN}},
     .optimizer = {.kind = GAN_OPTIMIZER_SGD, .lr = {.start = 0.1}, .momentum = {.start = 0.7}},
     .loss = two_sided,
     .target = 4,
     .scale_a = 1,
     .offset_a = 0.5,
     .scale_b = 1.5},
    {.name = "adam_batch_norm",
     .layers = {{"dense", 6, 0},
                {"batch_norm", 0.1, NAN},
                {"tanh", NAN, NAN},
                {"dense", 5, 0},
                {"batch_norm", 0.1, NAN},
                {"relu", NAN, NAN},
                {"dense", 3, NAN}},
     .optimizer = {.kind = GAN_OPTIMIZER_ADAM,
                   .lr = {.start = 0.01},
                   .beta1 = 0.5,
                   .beta2 = 0.999,
                   .epsilon = 1e-8},
     .loss = regression,
     .target = 3,
     .scale_a = 1,
     .scale_b = 1},
    {.name = "gradient_penalty",
     .layers = {{"dense", 6, NAN},
                {"softplus", NAN, NAN},
                {"dense", 5, NAN},
                {"tanh", NAN, NAN},
                {"dense", 1, NAN}},
     .optimizer = {.kind = GAN_OPTIMIZER_ADAM,
                   .lr = {.start = 0.01},
                   .beta1 = 0,
                   .beta2 = 0.9,
                   .epsilon = 1e-8},
     .loss = penalised,
     .target = 4,
     .scale_a = 1,
     .offset_a = 0.5,
     .scale_b = 1.5},
};

static void make_network(trainer *t) {
    gan_layer layers[LAYERS_MAX];
    size_t count = 0;
    for (; count < LAYERS_MAX && t->is->layers[count].kind; count++) {
        double first = t->is->layers[count].first, second = t->is->layers[count].second;
        gan__layer_defaults(gan__layer_find(t->is->layers[count].kind), &layers[count]);
        if (!isnan(first)) layers[count].argument[0] = first;
        if (!isnan(second)) layers[count].argument[1] = second;
    }
    gan_network_spec spec = {
        .name = "net", .layers = layers, .count = count, .input = GAN_SHAPE(INPUTS)};
    assert_int_equal(gan__network_create(&spec, &t->network), GAN_STATUS_OK);
}

static gan_node *vector(gan_graph *graph, const char *name, int64_t elements) {
    gan_shape shape = GAN_SHAPE(elements);
    return elements ? gan__state(graph, name, &shape) : NULL;
}

static void make_states(trainer *t) {
    int64_t parameters = gan__network_parameter_elements(t->network);
    const char *slots[GAN_OPTIMIZER_SLOTS_MAX];
    gan_shape scalar = gan__shape_scalar();
    assert_int_equal(gan__graph_create(&t->graph), GAN_STATUS_OK);
    t->flat = vector(t->graph, "parameters", parameters);
    t->buffers = vector(t->graph, "buffers", gan__network_buffer_elements(t->network));
    t->state.parameters = t->flat;
    for (size_t i = 0; i < gan__optimizer_slots(&t->is->optimizer, slots); i++)
        t->state.slots[i] = vector(t->graph, slots[i], parameters);
    t->state.step = gan__state(t->graph, "step", &scalar);
    gan_shape a = GAN_SHAPE(INPUTS, BATCH), b = GAN_SHAPE(t->is->target, BATCH);
    t->a = gan__input(t->graph, "a", GAN_ELEMENT_F32, &a);
    t->b = gan__input(t->graph, "b", GAN_ELEMENT_F32, &b);
}

static void make_step(trainer *t) {
    gan_node *gradients[TENSORS_MAX];
    gan_optimizer_state after;
    size_t parameters = gan__network_parameter_count(t->network);
    gan__network_weights(t->network, t->flat, t->weights);
    gan_node *loss = t->is->loss(t);
    assert_int_equal(gan__gradient(loss, t->weights, parameters, gradients), GAN_STATUS_OK);
    assert_int_equal(gan__optimizer_update(&t->is->optimizer, t->network, &t->state,
                                           gan__network_flatten(t->network, gradients), &after),
                     GAN_STATUS_OK);
    t->count = gan__optimizer_assign(&t->is->optimizer, &t->state, &after, t->roots);
    if (t->updated) t->roots[t->count++] = gan__assign(t->buffers, t->updated);
    t->roots[t->count++] = loss;
}

static void initialise(trainer *t, runner *run) {
    double flat[VALUES_MAX];
    for (size_t i = 0; i < gan__network_parameter_count(t->network); i++) {
        const gan_tensor *tensor = gan__network_parameter(t->network, i);
        golden_values(flat + tensor->offset, (size_t)tensor->elements, (int)i + 1, 0.5);
    }
    run->set_state(run, t->flat, flat);
    for (size_t i = 0; i < gan__network_buffer_count(t->network); i++) {
        const gan_tensor *tensor = gan__network_buffer(t->network, i);
        double *values = flat + tensor->offset;
        golden_values(values, (size_t)tensor->elements, (int)i + 50, 0.3);
        for (int64_t k = 0; k < tensor->elements; k++) values[k] += 1;
    }
    if (t->buffers) run->set_state(run, t->buffers, flat);
}

static void feed(const trainer *t, runner *run, int step) {
    double values[VALUES_MAX];
    size_t count = node_elements(t->a);
    golden_values(values, count, 10 + step, t->is->scale_a);
    for (size_t i = 0; i < count; i++) values[i] += t->is->offset_a;
    run->set_input(run, t->a, values);
    golden_values(values, node_elements(t->b), 40 + step, t->is->scale_b);
    run->set_input(run, t->b, values);
}

static void compare_tensors(const trainer *t, runner *run, const char *golden, bool buffers) {
    double got[VALUES_MAX];
    char what[32];
    size_t tensors =
        buffers ? gan__network_buffer_count(t->network) : gan__network_parameter_count(t->network);
    if (tensors == 0) return;
    run->get_state(run, buffers ? t->buffers : t->flat, got);
    for (size_t i = 0; i < tensors; i++) {
        const gan_tensor *tensor =
            buffers ? gan__network_buffer(t->network, i) : gan__network_parameter(t->network, i);
        size_t count;
        snprintf(what, sizeof what, "%s%zu", buffers ? "buffer" : "parameter", i);
        double *expected = golden_line(golden, what, &count);
        assert_int_equal(count, tensor->elements);
        golden_compare(t->is->name, what, got + tensor->offset, expected, count, run->tolerance);
        gan__free(expected);
    }
}

// Builds the case's graph and takes its ten steps; trainer_close undoes it.
static void take_steps(trainer *t, runner *run, double losses[STEPS]) {
    make_network(t);
    make_states(t);
    make_step(t);
    run->open(run, t->graph, t->roots, t->count);
    initialise(t, run);
    for (int step = 0; step < STEPS; step++) {
        feed(t, run, step);
        run->run(run, (uint64_t)step);
        run->get_root(run, t->count - 1, &losses[step]);
    }
}

static void trainer_close(trainer *t, runner *run) {
    run->close(run);
    gan__graph_destroy(t->graph);
    gan__network_destroy(t->network);
}

static void train(const training_case *is, runner *run, const char *text) {
    trainer t = {.is = is};
    double losses[STEPS];
    size_t count;
    take_steps(&t, run, losses);
    const char *golden = golden_case(text, is->name);
    double *expected = golden_line(golden, "losses", &count);
    golden_compare(is->name, "losses", losses, expected, STEPS, run->tolerance);
    compare_tensors(&t, run, golden, false);
    compare_tensors(&t, run, golden, true);
    gan__free(expected);
    trainer_close(&t, run);
}

static void ten_steps_are_pytorchs_in_double_precision(void **state) {
    (void)state;
    char *text = golden_open("nn_training.txt");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        runner run = interpreter_runner();
        train(&cases[i], &run, text);
    }
    gan__free(text);
}

static void train_on(gan_device *device) {
    char *text = golden_open("nn_training.txt");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        runner run = device_runner(device);
        train(&cases[i], &run, text);
    }
    gan__free(text);
}

static void ten_steps_are_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(train_on);
}

// Dropout and noise in both applications of the network: no golden numbers, for PyTorch draws
// otherwise, but the interpreter draws what devices draw.
static const training_case random_case = {
    .name = "random",
    .layers = {{"dropout", 0.2, NAN},
               {"dense", 16, NAN},
               {"dropout", 0.3, NAN},
               {"maxout", 8, 3},
               {"noise", 0.1, NAN},
               {"dropout", 0.5, NAN},
               {"dense", 1, NAN}},
    .optimizer = {.kind = GAN_OPTIMIZER_SGD, .lr = {.start = 0.1}, .momentum = {.start = 0.7}},
    .loss = two_sided,
    .target = 4,
    .scale_a = 1,
    .offset_a = 0.5,
    .scale_b = 1.5};

static void train_randomly_on(gan_device *device) {
    double losses[2][STEPS], parameters[2][VALUES_MAX];
    runner runs[2] = {interpreter_runner(), device_runner(device)};
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        trainer t = {.is = &random_case};
        take_steps(&t, &runs[i], losses[i]);
        count = node_elements(t.flat);
        runs[i].get_state(&runs[i], t.flat, parameters[i]);
        trainer_close(&t, &runs[i]);
    }
    golden_compare("random", "losses", losses[1], losses[0], STEPS, 1e-4);
    golden_compare("random", "parameters", parameters[1], parameters[0], count, 1e-4);
}

static void ten_steps_with_random_layers_are_the_interpreters_on_every_device(void **state) {
    (void)state;
    for_each_device(train_randomly_on);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_steps_are_pytorchs_in_double_precision),
        cmocka_unit_test(ten_steps_are_pytorchs_on_every_device),
        cmocka_unit_test(ten_steps_with_random_layers_are_the_interpreters_on_every_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
