// What a training step costs: launches, allocations, waits; and that it always gives the same bits.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "base/philox.h"
#include "graph/module.h"
#include "graph/node.h"

#include <stdlib.h>
#include <string.h>

// Dimensions of the small network: B images of PIXELS through HIDDEN units to one number.
enum { B = 32, PIXELS = 48, HIDDEN = 40, PARAMETERS = HIDDEN * PIXELS + HIDDEN + HIDDEN + 1 };

typedef struct step {
    gan_device *device;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *x, *flat, *m, *v, *t;
} step;

static gan_node *part(gan_node *flat, int64_t *at, gan_shape shape) {
    int64_t size = gan__shape_elements(&shape), start = *at;
    *at += size;
    return gan__reshape(gan__slice(flat, &start, &size, NULL), &shape);
}

static gan_node *dense(gan_node *weight, gan_node *bias, gan_node *x) {
    return gan__add(gan__matmul(weight, x, false, false), bias);
}

static gan_node *leaky_relu(gan_node *a) {
    return gan__select(gan__less(gan__scalar(gan__node_graph(a), 0), a), a, gan__scale(a, 0.2));
}

// Adam (Kingma, Ba 2014) over the flat vector. Returns how many assignments stand in `roots`.
static size_t adam(step *s, gan_node *gradient, gan_node **roots) {
    gan_graph *graph = s->graph;
    gan_node *t = gan__offset(s->t, 1);
    gan_node *m = gan__add(gan__scale(s->m, 0.5), gan__scale(gradient, 0.5));
    gan_node *v = gan__add(gan__scale(s->v, 0.999), gan__scale(gan__square(gradient), 0.001));
    gan_node *mc = gan__sub(gan__scalar(graph, 1), gan__power(gan__scalar(graph, 0.5), t));
    gan_node *vc = gan__sub(gan__scalar(graph, 1), gan__power(gan__scalar(graph, 0.999), t));
    gan_node *denominator = gan__offset(gan__sqrt(gan__div(v, vc)), 1e-8);
    gan_node *change = gan__div(gan__scale(gan__div(m, mc), 1e-3), denominator);
    roots[0] = gan__assign(s->flat, gan__sub(s->flat, change));
    roots[1] = gan__assign(s->m, m);
    roots[2] = gan__assign(s->v, v);
    roots[3] = gan__assign(s->t, t);
    return 4;
}

static gan_node *network(step *s, gan_node **weights) {
    int64_t at = 0;
    weights[0] = part(s->flat, &at, GAN_SHAPE(HIDDEN, PIXELS));
    weights[1] = part(s->flat, &at, GAN_SHAPE(HIDDEN, 1));
    weights[2] = part(s->flat, &at, GAN_SHAPE(1, HIDDEN));
    weights[3] = part(s->flat, &at, GAN_SHAPE(1, 1));
    gan_node *noise = gan__random_uniform(s->graph, &GAN_SHAPE(HIDDEN, B), 3);
    gan_node *keep = gan__less(noise, gan__scalar(s->graph, 0.5));
    gan_node *h = leaky_relu(dense(weights[0], weights[1], s->x));
    return dense(weights[2], weights[3], gan__mul(h, gan__scale(keep, 2)));
}

static void make_states(step *s) {
    s->x = gan__input(s->graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(PIXELS, B));
    s->flat = gan__state(s->graph, "parameters", &GAN_SHAPE(PARAMETERS));
    s->m = gan__state(s->graph, "m", &GAN_SHAPE(PARAMETERS));
    s->v = gan__state(s->graph, "v", &GAN_SHAPE(PARAMETERS));
    gan_shape scalar = gan__shape_scalar();
    s->t = gan__state(s->graph, "t", &scalar);
}

static size_t training_roots(step *s, gan_node **roots) {
    gan_node *weights[4], *gradients[4], *parts[4];
    gan_node *loss = gan__reduce_mean(gan__softplus(network(s, weights)), GAN_AXES_ALL);
    assert_int_equal(gan__gradient(loss, weights, 4, gradients), GAN_STATUS_OK);
    for (int i = 0; i < 4; i++) parts[i] = gan__flatten(gradients[i]);
    size_t count = adam(s, gan__concat(parts, 4, 0), roots);
    roots[count++] = loss;
    return count;
}

static void open_step(step *s, size_t (*make_roots)(step *s, gan_node **roots)) {
    gan_node *roots[8];
    *s = (step){0};
    setenv("CLGAN_GEMM", "tile", 1);
    assert_int_equal(gan_device_open(NULL, &s->device), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&s->graph), GAN_STATUS_OK);
    make_states(s);
    size_t count = make_roots(s, roots);
    assert_int_equal(gan__module_create(s->device, s->graph, &s->module), GAN_STATUS_OK);
    if (gan__program_create(s->module, "step", roots, count, &s->program) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
}

static void prepare_step(step *s) {
    float values[PARAMETERS], batch[PIXELS * B];
    for (uint32_t i = 0; i < PARAMETERS; i++) values[i] = gan__philox_normal(1, 2, 3, i) * 0.1f;
    for (uint32_t i = 0; i < PIXELS * B; i++) batch[i] = gan__philox_uniform(1, 2, 4, i);
    if (gan__module_prepare(s->module, 4) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    assert_int_equal(gan__module_write_state(s->module, s->flat, values), GAN_STATUS_OK);
    assert_int_equal(gan__module_feed(s->module, s->x, batch), GAN_STATUS_OK);
}

static void close_step(step *s) {
    gan__module_destroy(s->module);
    gan__graph_destroy(s->graph);
    gan_device_close(s->device);
    unsetenv("CLGAN_GEMM");
}

// Launches whose label begins like that; "" for all.
static size_t count_launches(const step *s, const char *beginning) {
    size_t count = 0;
    for (size_t i = 0; i < gan__program_launches(s->program); i++) {
        gan_launch_profile profile;
        gan__program_get_profile(s->program, i, &profile);
        if (strncmp(profile.label, beginning, strlen(beginning)) == 0) count++;
    }
    return count;
}

// --- What it costs ------------------------------------------------------------------------------

static void a_step_neither_allocates_nor_waits(void **state) {
    (void)state;
    step s;
    float batch[PIXELS * B] = {0.5f};
    gan_device_counters counters;
    open_step(&s, training_roots);
    prepare_step(&s);
    assert_int_equal(gan__program_run(s.program, 0), GAN_STATUS_OK);
    assert_int_equal(gan__device_finish(s.device), GAN_STATUS_OK);
    gan__device_reset_counters(s.device);
    size_t allocated = gan__alloc_count();
    for (uint64_t i = 1; i <= 4; i++) {
        assert_int_equal(gan__module_feed(s.module, s.x, batch), GAN_STATUS_OK);
        assert_int_equal(gan__program_run(s.program, i), GAN_STATUS_OK);
    }
    gan__device_get_counters(s.device, &counters);
    assert_int_equal(gan__alloc_count(), allocated);
    assert_int_equal(counters.allocations, 0);
    assert_int_equal(counters.host_syncs, 0);
    assert_int_equal(counters.builds, 0);
    assert_true(counters.launches >= 4 * gan__program_launches(s.program));
    close_step(&s);
}

static size_t adam_roots(step *s, gan_node **roots) {
    gan_node *gradient = gan__state(s->graph, "gradient", &GAN_SHAPE(PARAMETERS));
    return adam(s, gradient, roots) - 1; // all but the step's number
}

static void an_optimiser_step_over_a_network_is_one_launch(void **state) {
    (void)state;
    step s;
    open_step(&s, adam_roots);
    assert_int_equal(gan__program_launches(s.program), 1);
    close_step(&s);
}

static size_t dense_roots(step *s, gan_node **roots) {
    int64_t at = 0;
    gan_node *weight = part(s->flat, &at, GAN_SHAPE(HIDDEN, PIXELS));
    gan_node *bias = part(s->flat, &at, GAN_SHAPE(HIDDEN, 1));
    roots[0] = leaky_relu(dense(weight, bias, s->x));
    return 1;
}

static void a_dense_layer_with_its_activation_is_one_launch(void **state) {
    (void)state;
    step s;
    open_step(&s, dense_roots);
    assert_int_equal(gan__program_launches(s.program), 1);
    assert_int_equal(count_launches(&s, "matmul"), 1);
    close_step(&s);
}

static size_t normal_roots(step *s, gan_node **roots) {
    gan_node *centred = gan__sub(s->x, gan__reduce_mean(s->x, 2));
    gan_node *variance = gan__reduce_mean(gan__square(centred), 2);
    roots[0] = gan__mul(centred, gan__rsqrt(gan__offset(variance, 1e-5)));
    return 1;
}

static void a_batch_normalisation_is_one_launch(void **state) {
    (void)state;
    step s;
    open_step(&s, normal_roots);
    assert_int_equal(gan__program_launches(s.program), 1);
    close_step(&s);
}

// Products: forward 2, weights 2, hidden units 1. The other launches: the loss with the output's
// gradient, the hidden bias' gradient, Adam, the step's number.
static void a_training_step_is_few_launches(void **state) {
    (void)state;
    step s;
    open_step(&s, training_roots);
    assert_true(gan__program_launches(s.program) <= 9);
    close_step(&s);
}

// A layer with weights, draws and a place of its own.
static gan_program *layer_program(step *s, int64_t at, uint32_t stream, const char *name) {
    gan_program *program = NULL;
    gan_node *noise = gan__random_normal(s->graph, &GAN_SHAPE(HIDDEN, B), stream);
    gan_node *root = gan__tanh(gan__mul(noise, part(s->flat, &at, GAN_SHAPE(HIDDEN, 1))));
    assert_int_equal(gan__program_create(s->module, name, &root, 1, &program), GAN_STATUS_OK);
    assert_int_equal(gan__program_launches(program), 1);
    return program;
}

static void equal_regions_have_equal_source(void **state) {
    (void)state;
    step s;
    open_step(&s, dense_roots);
    gan_program *first = layer_program(&s, 0, 7, "first"),
                *second = layer_program(&s, 96, 8, "second");
    assert_string_equal(gan__program_source(first, 0), gan__program_source(second, 0));
    assert_non_null(strstr(gan__program_source(first, 0), "gan_philox_normal"));
    close_step(&s);
}

// --- That it is the same ------------------------------------------------------------------------

static void train(float *parameters, const char *arena) {
    step s;
    setenv("CLGAN_ARENA", arena, 1);
    open_step(&s, training_roots);
    prepare_step(&s);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(gan__program_run(s.program, i), GAN_STATUS_OK);
    assert_int_equal(gan__module_read_state(s.module, s.flat, parameters), GAN_STATUS_OK);
    close_step(&s);
    unsetenv("CLGAN_ARENA");
}

static void the_same_steps_give_the_same_bits(void **state) {
    (void)state;
    float first[PARAMETERS], again[PARAMETERS], separate[PARAMETERS], in_order[PARAMETERS];
    train(first, "on");
    train(again, "on");
    train(separate, "off");
    setenv("CLGAN_OVERLAP", "off", 1);
    train(in_order, "on");
    unsetenv("CLGAN_OVERLAP");
    assert_memory_equal(first, again, sizeof first);
    assert_memory_equal(first, separate, sizeof first);
    assert_memory_equal(first, in_order, sizeof first);
}

// Each allocation of planning fails once: a message, no crash, nothing left behind (with the leak
// checker of a sanitizer build).
static void planning_survives_the_lack_of_memory(void **state) {
    (void)state;
    step s;
    gan_node *roots[8];
    open_step(&s, training_roots);
    gan_program *program = NULL;
    size_t count = training_roots(&s, roots), fails = 0;
    for (size_t n = 1;; n++) {
        gan__alloc_fail_at(n);
        gan_status status = gan__program_create(s.module, "again", roots, count, &program);
        gan__alloc_fail_at(0);
        if (status == GAN_STATUS_OK) break;
        assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        assert_null(program);
        fails++;
    }
    assert_true(fails > 20);
    close_step(&s);
}

static void a_plan_that_does_not_fit_is_refused_before_anything_is_allocated(void **state) {
    (void)state;
    gan_device *device = NULL;
    gan_graph *graph = NULL;
    gan_module *module = NULL;
    gan_device_counters counters;
    assert_int_equal(gan_device_open(NULL, &device), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    uint64_t wanted = gan__device_traits(device)->memory_bytes + 1;
    for (uint64_t bytes = 0; bytes < wanted; bytes += UINT64_C(1) << 32)
        assert_non_null(gan__state(graph, "huge", &GAN_SHAPE(1 << 30)));
    assert_int_equal(gan__module_create(device, graph, &module), GAN_STATUS_OK);
    gan__device_reset_counters(device);
    assert_int_equal(gan__module_prepare(module, 1), GAN_STATUS_DEVICE_MEMORY);
    gan__device_get_counters(device, &counters);
    assert_int_equal(counters.allocations, 0);
    gan__module_destroy(module);
    gan__graph_destroy(graph);
    gan_device_close(device);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_neither_allocates_nor_waits),
        cmocka_unit_test(an_optimiser_step_over_a_network_is_one_launch),
        cmocka_unit_test(a_dense_layer_with_its_activation_is_one_launch),
        cmocka_unit_test(a_batch_normalisation_is_one_launch),
        cmocka_unit_test(a_training_step_is_few_launches),
        cmocka_unit_test(equal_regions_have_equal_source),
        cmocka_unit_test(the_same_steps_give_the_same_bits),
        cmocka_unit_test(planning_survives_the_lack_of_memory),
        cmocka_unit_test(a_plan_that_does_not_fit_is_refused_before_anything_is_allocated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
