// Five steps of the networks of models/mnist-dcgan.yaml at a sixteenth of their width, against
// PyTorch in float64 (tests/golden/make_dcgan.py): both losses, and every parameter and running
// statistic of both players, in the interpreter and on every OpenCL device.
#include "golden.h"
#include "nn/losses.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "runner.h"

enum { STEPS = 5, BATCH = 5, LATENT = 6, LAYERS_MAX = 9, TENSORS_MAX = 12, ROOTS_MAX = 16 };

typedef struct player {
    const char *prefix; // of the golden lines
    gan_network *network;
    gan_node *buffers; // the state
    gan_optimizer_state before, after;
    gan_node *weights[TENSORS_MAX], *statistics; // of the next application
} player;

typedef struct duel {
    gan_graph *graph;
    player generator, discriminator;
    gan_node *real, *latent, *again; // inputs; each player's step has latents of its own
    gan_node *roots[ROOTS_MAX];
    size_t count, losses[2]; // losses: which roots
} duel;

static const gan_optimizer adam = {.kind = GAN_OPTIMIZER_ADAM,
                                   .lr = {.start = 2e-4},
                                   .beta1 = 0.5,
                                   .beta2 = 0.999,
                                   .epsilon = 1e-8};

// --- Networks -----------------------------------------------------------------------------------

static gan_layer layer(const char *kind, size_t count, const double *arguments) {
    gan_layer result;
    gan__layer_defaults(gan__layer_find(kind), &result);
    for (size_t i = 0; i < count; i++) result.argument[i] = arguments[i];
    return result;
}

#define LAYER(kind, ...)                                                                           \
    layer(kind, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})
#define PLAIN(kind) layer(kind, 0, NULL)

static gan_network *make_network(const char *name, const gan_layer *layers, size_t count,
                                 gan_shape input) {
    gan_network *network;
    gan_network_spec spec = {.name = name, .layers = layers, .count = count, .input = input};
    if (gan__network_create(&spec, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return network;
}

static gan_network *make_generator(void) {
    gan_layer layers[] = {LAYER("dense", 8 * 7 * 7, 0),
                          PLAIN("reshape"),
                          PLAIN("batch_norm"),
                          PLAIN("relu"),
                          LAYER("transposed_convolution", 4, 4, 2, 1, 1, 1, 0, 0),
                          PLAIN("batch_norm"),
                          PLAIN("relu"),
                          LAYER("transposed_convolution", 1, 4, 2, 1),
                          PLAIN("tanh")};
    layers[1].shape = GAN_SHAPE(8, 7, 7);
    return make_network("generator", layers, sizeof layers / sizeof layers[0], GAN_SHAPE(LATENT));
}

static gan_network *make_discriminator(void) {
    const gan_layer layers[] = {LAYER("convolution", 4, 4, 2, 1),
                                LAYER("leaky_relu", 0.2),
                                LAYER("convolution", 8, 4, 2, 1, 1, 1, 0),
                                PLAIN("batch_norm"),
                                LAYER("leaky_relu", 0.2),
                                PLAIN("flatten"),
                                LAYER("dense", 1)};
    return make_network("discriminator", layers, sizeof layers / sizeof layers[0],
                        GAN_SHAPE(1, 28, 28));
}

// --- The step -----------------------------------------------------------------------------------

static void make_player(duel *d, player *p, const char *prefix, gan_network *network) {
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(network));
    const gan_shape buffers = GAN_SHAPE(gan__network_buffer_elements(network));
    const gan_shape scalar = gan__shape_scalar();
    const char *slots[GAN_OPTIMIZER_SLOTS_MAX];
    *p = (player){.prefix = prefix, .network = network};
    p->before.parameters = gan__state(d->graph, "parameters", &parameters);
    for (size_t i = 0; i < gan__optimizer_slots(&adam, slots); i++)
        p->before.slots[i] = gan__state(d->graph, slots[i], &parameters);
    p->before.step = gan__state(d->graph, "step", &scalar);
    p->buffers = p->statistics = gan__state(d->graph, "statistics", &buffers);
    gan__network_weights(network, p->before.parameters, p->weights);
}

static gan_network_result apply(player *p, gan_node *x) {
    const gan_network_call call = {
        .training = true, .weights = p->weights, .buffers = p->statistics};
    const gan_network_result result = gan__network_apply(p->network, &call, x);
    p->statistics = result.buffers;
    return result;
}

// From here on the player's weights are those after the update.
static void update(duel *d, player *p, gan_node *loss) {
    gan_node *gradients[TENSORS_MAX];
    const size_t parameters = gan__network_parameter_count(p->network);
    assert_int_equal(gan__gradient(loss, p->weights, parameters, gradients), GAN_STATUS_OK);
    assert_int_equal(gan__optimizer_update(&adam, p->network, &p->before,
                                           gan__network_flatten(p->network, gradients), &p->after),
                     GAN_STATUS_OK);
    gan__network_weights(p->network, p->after.parameters, p->weights);
    d->count += gan__optimizer_assign(&adam, &p->before, &p->after, d->roots + d->count);
    d->roots[d->count++] = loss;
}

static void make_step(duel *d) {
    player *g = &d->generator, *critic = &d->discriminator;
    // Without the stop, the generator would foresee the update (unrolled GANs).
    gan_node *fake = gan__stop_gradient(apply(g, d->latent).output);
    gan_node *on_real = gan__bce_with_logits(apply(critic, d->real).logits, 1);
    gan_node *on_fake = gan__bce_with_logits(apply(critic, fake).logits, 0);
    update(d, critic, gan__add(on_real, on_fake));
    d->losses[1] = d->count - 1;
    gan_node *answer = apply(critic, apply(g, d->again).output).logits;
    update(d, g, gan__bce_with_logits(answer, 1));
    d->losses[0] = d->count - 1;
    d->roots[d->count++] = gan__assign(g->buffers, g->statistics);
    d->roots[d->count++] = gan__assign(critic->buffers, critic->statistics);
}

static void duel_open(duel *d) {
    const gan_shape images = GAN_SHAPE(1, 28, 28, BATCH), latents = GAN_SHAPE(LATENT, BATCH);
    *d = (duel){0};
    assert_int_equal(gan__graph_create(&d->graph), GAN_STATUS_OK);
    make_player(d, &d->generator, "g", make_generator());
    make_player(d, &d->discriminator, "d", make_discriminator());
    d->real = gan__input(d->graph, "real", GAN_ELEMENT_F32, &images);
    d->latent = gan__input(d->graph, "latent", GAN_ELEMENT_F32, &latents);
    d->again = gan__input(d->graph, "again", GAN_ELEMENT_F32, &latents);
    make_step(d);
    if (gan__graph_status(d->graph) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static void duel_close(duel *d) {
    gan__graph_destroy(d->graph);
    gan__network_destroy(d->generator.network);
    gan__network_destroy(d->discriminator.network);
}

// --- Values -------------------------------------------------------------------------------------

static void initialise(const player *p, runner *run) {
    double flat[RUNNER_VALUES_MAX];
    for (size_t i = 0; i < gan__network_parameter_count(p->network); i++) {
        const gan_tensor *tensor = gan__network_parameter(p->network, i);
        golden_values(flat + tensor->offset, (size_t)tensor->elements, (int)i + 1, 0.1);
    }
    run->set_state(run, p->before.parameters, flat);
    for (size_t i = 0; i < gan__network_buffer_count(p->network); i++) {
        const gan_tensor *tensor = gan__network_buffer(p->network, i);
        double *values = flat + tensor->offset;
        golden_values(values, (size_t)tensor->elements, (int)i + 50, 0.3);
        for (int64_t k = 0; k < tensor->elements; k++) values[k] += 1;
    }
    run->set_state(run, p->buffers, flat);
}

static void feed(runner *run, gan_node *input, int salt, double scale) {
    double values[RUNNER_VALUES_MAX];
    golden_values(values, node_elements(input), salt, scale);
    run->set_input(run, input, values);
}

static void compare(const char *golden, const char *what, const double *got, int64_t elements,
                    double tolerance) {
    size_t count;
    double *expected = golden_line(golden, what, &count);
    assert_int_equal(count, elements);
    golden_compare("dcgan", what, got, expected, count, tolerance);
    gan__free(expected);
}

static void compare_player(const player *p, runner *run, const char *golden, const double *losses) {
    double got[RUNNER_VALUES_MAX];
    char what[32];
    snprintf(what, sizeof what, "%s_losses", p->prefix);
    compare(golden, what, losses, STEPS, run->tolerance);
    run->get_state(run, p->before.parameters, got);
    for (size_t i = 0; i < gan__network_parameter_count(p->network); i++) {
        const gan_tensor *tensor = gan__network_parameter(p->network, i);
        snprintf(what, sizeof what, "%s_parameter%zu", p->prefix, i);
        compare(golden, what, got + tensor->offset, tensor->elements, run->tolerance);
    }
    run->get_state(run, p->buffers, got);
    for (size_t i = 0; i < gan__network_buffer_count(p->network); i++) {
        const gan_tensor *tensor = gan__network_buffer(p->network, i);
        snprintf(what, sizeof what, "%s_buffer%zu", p->prefix, i);
        compare(golden, what, got + tensor->offset, tensor->elements, run->tolerance);
    }
}

// --- Tests --------------------------------------------------------------------------------------

static void five_steps(runner run) {
    duel d;
    double losses[2][STEPS];
    char *golden = golden_open("nn_dcgan.txt");
    duel_open(&d);
    run.open(&run, d.graph, d.roots, d.count);
    initialise(&d.generator, &run);
    initialise(&d.discriminator, &run);
    for (int step = 0; step < STEPS; step++) {
        feed(&run, d.real, 10 + step, 1);
        feed(&run, d.latent, 40 + step, 1.5);
        feed(&run, d.again, 70 + step, 1.5);
        run.run(&run, (uint64_t)step);
        for (int i = 0; i < 2; i++) run.get_root(&run, d.losses[i], &losses[i][step]);
    }
    compare_player(&d.generator, &run, golden, losses[0]);
    compare_player(&d.discriminator, &run, golden, losses[1]);
    run.close(&run);
    duel_close(&d);
    gan__free(golden);
}

static void five_steps_of_a_dcgan_are_pytorchs_in_double_precision(void **state) {
    (void)state;
    five_steps(interpreter_runner());
}

static void five_steps_on(gan_device *device) {
    five_steps(device_runner(device));
}

static void five_steps_of_a_dcgan_are_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(five_steps_on);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_steps_of_a_dcgan_are_pytorchs_in_double_precision),
        cmocka_unit_test(five_steps_of_a_dcgan_are_pytorchs_on_every_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
