// Optimisers against PyTorch in float64, schedules against their formula, limits, averages, and the
// gradient through an update.
#include "golden.h"
#include "nn/optimizer.h"
#include "runner.h"

enum { SIZE = 7, STEPS = 10 };

typedef struct update_case {
    const char *name;
    gan_optimizer optimizer;
} update_case;

#define SGD(...)                                                                                   \
    { .kind = GAN_OPTIMIZER_SGD, .lr = {.start = 0.1}, __VA_ARGS__ }
#define RMSPROP(...)                                                                               \
    {                                                                                              \
        .kind = GAN_OPTIMIZER_RMSPROP, .lr = {.start = 0.01}, .alpha = 0.9, .epsilon = 1e-8,       \
        __VA_ARGS__                                                                                \
    }
#define ADAM(which, b1, b2, ...)                                                                   \
    {                                                                                              \
        .kind = GAN_OPTIMIZER_##which, .lr = {.start = 0.02}, .beta1 = b1, .beta2 = b2,            \
        .epsilon = 1e-8, __VA_ARGS__                                                               \
    }

static const update_case cases[] = {
    {"sgd", SGD(.nesterov = false)},
    {"sgd_momentum", SGD(.momentum = {.start = 0.9})},
    {"sgd_nesterov", SGD(.momentum = {.start = 0.9}, .nesterov = true)},
    {"sgd_weight_decay", SGD(.momentum = {.start = 0.5}, .weight_decay = 0.03)},
    {"rmsprop", RMSPROP(.nesterov = false)},
    {"rmsprop_momentum", RMSPROP(.momentum = {.start = 0.8})},
    {"adam", ADAM(ADAM, 0.5, 0.999, .weight_decay = 0)},
    {"adam_beta1_0", ADAM(ADAM, 0, 0.9, .weight_decay = 0)},
    {"adam_weight_decay", ADAM(ADAM, 0.9, 0.999, .weight_decay = 0.1)},
    {"adamw", ADAM(ADAMW, 0.9, 0.999, .weight_decay = 0.1)},
    {"clip_norm", SGD(.clip_norm = 0.7)},
    {"clip_value", SGD(.clip_value = 0.4)},
};

// sum(c p^2 / 2 + sin(p)), the function that is descended.
static gan_node *cost(gan_graph *graph, gan_node *p) {
    gan_shape shape = GAN_SHAPE(SIZE);
    gan_node *index = gan__iota(graph, &shape, 0);
    gan_node *c = gan__offset(gan__sin(gan__offset(gan__scale(index, 1.3), 4.7)), 1.5);
    gan_node *terms = gan__add(gan__scale(gan__mul(c, gan__square(p)), 0.5), gan__sin(p));
    return gan__reduce_sum(terms, GAN_AXES_ALL);
}

static gan_optimizer_state make_state(gan_graph *graph, const gan_optimizer *optimizer) {
    gan_shape shape = GAN_SHAPE(SIZE), scalar = gan__shape_scalar();
    const char *names[GAN_OPTIMIZER_SLOTS_MAX];
    gan_optimizer_state state = {.parameters = gan__state(graph, "p", &shape),
                                 .step = gan__state(graph, "step", &scalar)};
    for (size_t i = 0; i < gan__optimizer_slots(optimizer, names); i++)
        state.slots[i] = gan__state(graph, names[i], &shape);
    return state;
}

// One update from `before`, as an unrolled step would make it.
static gan_optimizer_state update(gan_graph *graph, const gan_optimizer *optimizer,
                                  const gan_optimizer_state *before) {
    gan_node *gradient;
    gan_optimizer_state after;
    gan_node *p = before->parameters;
    assert_int_equal(gan__gradient(cost(graph, p), &p, 1, &gradient), GAN_STATUS_OK);
    assert_int_equal(gan__optimizer_update(optimizer, NULL, before, gradient, &after),
                     GAN_STATUS_OK);
    return after;
}

static void compare_case(const update_case *c, const char *text) {
    gan_graph *graph;
    gan_node *roots[GAN_OPTIMIZER_SLOTS_MAX + 2];
    double p[SIZE];
    size_t count;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_optimizer_state state = make_state(graph, &c->optimizer);
    gan_optimizer_state after = update(graph, &c->optimizer, &state);
    size_t root_count = gan__optimizer_assign(&c->optimizer, &state, &after, roots);
    runner run = interpreter_runner();
    run.open(&run, graph, roots, root_count);
    golden_values(p, SIZE, 1, 1.0);
    run.set_state(&run, state.parameters, p);
    for (uint64_t step = 0; step < STEPS; step++) run.run(&run, step);
    run.get_state(&run, state.parameters, p);
    double *expected = golden_line(golden_case(text, c->name), "parameters", &count);
    golden_compare(c->name, "parameters", p, expected, count, 1e-9);
    double done;
    run.get_state(&run, state.step, &done);
    assert_true(done == STEPS);
    gan__free(expected);
    run.close(&run);
    gan__graph_destroy(graph);
}

static void updates_are_pytorchs(void **state) {
    (void)state;
    char *text = golden_open("nn_optimizers.txt");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) compare_case(&cases[i], text);
    gan__free(text);
}

static void slots_are_named_and_exist_only_where_used(void **state) {
    (void)state;
    const char *names[GAN_OPTIMIZER_SLOTS_MAX];
    gan_optimizer optimizer = gan__optimizer_defaults(GAN_OPTIMIZER_SGD);
    assert_int_equal(gan__optimizer_slots(&optimizer, names), 0);
    optimizer.momentum.ramp_end = 10;
    assert_int_equal(gan__optimizer_slots(&optimizer, names), 1);
    assert_string_equal(names[0], "momentum");
    optimizer = gan__optimizer_defaults(GAN_OPTIMIZER_RMSPROP);
    assert_int_equal(gan__optimizer_slots(&optimizer, names), 1);
    assert_string_equal(names[0], "square");
    optimizer = gan__optimizer_defaults(GAN_OPTIMIZER_ADAMW);
    assert_int_equal(gan__optimizer_slots(&optimizer, names), 2);
    assert_string_equal(names[0], "m");
    assert_string_equal(names[1], "v");
}

// --- Schedules ---------------------------------------------------------------------------------

// The value of the schedule's node at `step`.
static double node_value(const gan_schedule *schedule, double step) {
    gan_graph *graph;
    gan_shape scalar = gan__shape_scalar();
    double value;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *input = gan__input(graph, "step", GAN_ELEMENT_F32, &scalar);
    gan_node *root = gan__schedule_node(schedule, input);
    runner run = interpreter_runner();
    run.open(&run, graph, &root, 1);
    run.set_input(&run, input, &step);
    run.run(&run, 0);
    run.get_root(&run, 0, &value);
    run.close(&run);
    gan__graph_destroy(graph);
    return value;
}

static void check_schedule(gan_schedule schedule, double step, double expected) {
    double host = gan__schedule_value(&schedule, step), node = node_value(&schedule, step);
    assert_true(fabs(host - expected) <= 1e-12);
    assert_true(fabs(node - expected) <= 1e-12);
}

// REFERENCES: lr 0.1 / 1.000004^t is 0.0605 after 250 epochs of 500 steps, and reaches its floor of
// 1e-6 around epoch 5757; momentum goes from 0.5 to 0.7 between epochs 1 and 250.
static void schedules_follow_the_paper(void **state) {
    (void)state;
    gan_schedule lr = {.start = 0.1, .decay = 1.000004, .floor = 1e-6};
    check_schedule(lr, 0, 0.1);
    check_schedule(lr, 1, 0.1 / 1.000004);
    assert_true(fabs(gan__schedule_value(&lr, 125000) - 0.0607) < 2e-4);
    assert_true(gan__schedule_value(&lr, 5750 * 500.0) > 1e-6);
    check_schedule(lr, 5760 * 500.0, 1e-6);
    gan_schedule momentum = {.start = 0.5, .end = 0.7, .ramp_begin = 500, .ramp_end = 125000};
    check_schedule(momentum, 0, 0.5);
    check_schedule(momentum, 500, 0.5);
    check_schedule(momentum, 62750, 0.6);
    check_schedule(momentum, 125000, 0.7);
    check_schedule(momentum, 1e7, 0.7);
}

static void schedules_may_jump_and_rest(void **state) {
    (void)state;
    gan_schedule jump = {.start = 2, .end = 5, .ramp_begin = 10, .ramp_end = 10};
    check_schedule(jump, 9, 2);
    check_schedule(jump, 10, 5);
    check_schedule(gan__schedule_constant(0.25), 123456, 0.25);
    gan_schedule down = {.start = 3, .end = 0, .ramp_begin = 0, .ramp_end = 300};
    check_schedule(down, 150, 1.5);
    check_schedule(down, 400, 0);
    // Half way to a hundredth is a tenth.
    gan_schedule bent = {
        .start = 8, .end = 0.08, .ramp_begin = 100, .ramp_end = 300, .exponential = true};
    check_schedule(bent, 50, 8);
    check_schedule(bent, 200, 0.8);
    check_schedule(bent, 250, 0.8 / sqrt(10));
    check_schedule(bent, 400, 0.08);
    bent.ramp_begin = 300;
    check_schedule(bent, 299, 8);
    check_schedule(bent, 300, 0.08);
}

// --- Limits, averages, gradients through updates -----------------------------------------------

static gan_network *small_network(void) {
    gan_layer layer;
    gan_network *network;
    gan__layer_defaults(gan__layer_find("dense"), &layer);
    layer.argument[0] = 2;
    gan_network_spec spec = {.name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(2)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    return network;
}

// After an update without a gradient, under a max_norm of 2.
static void check_max_norm(gan_network *network, const double p[6], const double expected[6]) {
    gan_graph *graph;
    const int64_t count = gan__network_parameter_elements(network);
    gan_shape shape = GAN_SHAPE(count), scalar = gan__shape_scalar();
    gan_optimizer optimizer = {.kind = GAN_OPTIMIZER_SGD, .lr = {.start = 1}, .max_norm = 2};
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_optimizer_state before = {.parameters = gan__state(graph, "p", &shape),
                                  .step = gan__state(graph, "step", &scalar)};
    gan_optimizer_state after;
    gan_node *gradient = gan__constant(graph, &shape, 0);
    assert_int_equal(gan__optimizer_update(&optimizer, network, &before, gradient, &after),
                     GAN_STATUS_OK);
    runner run = interpreter_runner();
    run.open(&run, graph, &after.parameters, 1);
    double got[6];
    run.set_state(&run, before.parameters, p);
    run.run(&run, 0);
    run.get_root(&run, 0, got);
    for (int64_t i = 0; i < count; i++) assert_true(fabs(got[i] - expected[i]) < 1e-12);
    run.close(&run);
    gan__graph_destroy(graph);
    gan__network_destroy(network);
}

static void max_norm_scales_long_rows_and_leaves_biases(void **state) {
    (void)state;
    // Rows of norms 5 and 1.12, biases.
    check_max_norm(small_network(), (const double[]){3, 4, 0.5, -1, 10, 20},
                   (const double[]){1.2, 1.6, 0.5, -1, 10, 20});
}

// A transposed convolution's weight has what it computes along its second dimension.
static void max_norm_is_of_what_leads_to_a_unit(void **state) {
    (void)state;
    gan_layer layer;
    gan_network *network;
    gan__layer_defaults(gan__layer_find("transposed_convolution"), &layer);
    layer.argument[0] = 2;
    layer.argument[1] = 1;
    gan_network_spec spec = {
        .name = "net", .layers = &layer, .count = 1, .input = GAN_SHAPE(2, 1, 1)};
    assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
    check_max_norm(network, (const double[]){3, 0.5, 4, -1, 10, 20},
                   (const double[]){1.2, 0.5, 1.6, -1, 10, 20});
}

// Scales lead to no unit: neither a layer norm's, as many as there are pixels and channels, nor the
// tables of a conditional batch norm, a row a class.
static void max_norm_leaves_scales(void **state) {
    (void)state;
    const double scales[6] = {30, 40, 1, 2, 0, 0};
    static const char *const kinds[] = {"layer_norm", "conditional_batch_norm"};
    for (size_t i = 0; i < 2; i++) {
        gan_layer layer;
        gan_network *network;
        gan__layer_defaults(gan__layer_find(kinds[i]), &layer);
        gan_network_spec spec = {.name = "net",
                                 .layers = &layer,
                                 .count = 1,
                                 .input = i == 0 ? GAN_SHAPE(1, 1, 2) : GAN_SHAPE(1),
                                 .classes = 3};
        assert_int_equal(gan__network_create(&spec, &network), GAN_STATUS_OK);
        assert_true(gan__network_parameter(network, 0)->shape.rank >= 2);
        check_max_norm(network, scales, scales);
    }
}

static void averages_begin_at_their_start(void **state) {
    (void)state;
    gan_graph *graph;
    gan_shape scalar = gan__shape_scalar();
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *average = gan__state(graph, "average", &scalar);
    gan_node *p = gan__input(graph, "p", GAN_ELEMENT_F32, &scalar);
    gan_node *step = gan__input(graph, "step", GAN_ELEMENT_F32, &scalar);
    gan_node *root = gan__assign(average, gan__average_update(average, p, 0.9, 2, step));
    runner run = interpreter_runner();
    run.open(&run, graph, &root, 1);
    const double values[4] = {5, 7, 17, 0}, expected[4] = {5, 7, 8, 7.2};
    for (int i = 0; i < 4; i++) {
        double got, number = i;
        run.set_input(&run, p, &values[i]);
        run.set_input(&run, step, &number);
        run.run(&run, 0);
        run.get_state(&run, average, &got);
        assert_true(fabs(got - expected[i]) < 1e-12);
    }
    run.close(&run);
    gan__graph_destroy(graph);
}

// The cost after three unrolled updates, and its gradient by the parameters before them.
typedef struct unrolled {
    gan_graph *graph;
    gan_node *roots[2];
    gan_optimizer_state start;
    runner run;
} unrolled;

static void unroll(unrolled *u, const gan_optimizer *optimizer) {
    assert_int_equal(gan__graph_create(&u->graph), GAN_STATUS_OK);
    u->start = make_state(u->graph, optimizer);
    gan_optimizer_state now = u->start;
    for (int i = 0; i < 3; i++) now = update(u->graph, optimizer, &now);
    u->roots[0] = cost(u->graph, now.parameters);
    assert_int_equal(gan__gradient(u->roots[0], &u->start.parameters, 1, &u->roots[1]),
                     GAN_STATUS_OK);
    u->run = interpreter_runner();
    u->run.open(&u->run, u->graph, u->roots, 2);
}

static double unrolled_cost(unrolled *u, const double *p) {
    double value;
    u->run.set_state(&u->run, u->start.parameters, p);
    u->run.run(&u->run, 0);
    u->run.get_root(&u->run, 0, &value);
    return value;
}

static void gradients_flow_through_updates(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        if (cases[c].optimizer.clip_value > 0) continue; // not smooth
        unrolled u;
        double p[SIZE], gradient[SIZE];
        const double h = 1e-5;
        unroll(&u, &cases[c].optimizer);
        golden_values(p, SIZE, 1, 1.0);
        unrolled_cost(&u, p);
        u.run.get_root(&u.run, 1, gradient);
        for (int i = 0; i < SIZE; i++) {
            double at = p[i];
            p[i] = at + h;
            double above = unrolled_cost(&u, p);
            p[i] = at - h;
            double below = unrolled_cost(&u, p);
            p[i] = at;
            double slope = (above - below) / (2 * h);
            if (!(fabs(slope - gradient[i]) < 1e-6 * fmax(1, fabs(slope))))
                fail_msg("%s: by element %d %.9g, not %.9g", cases[c].name, i, gradient[i], slope);
        }
        u.run.close(&u.run);
        gan__graph_destroy(u.graph);
    }
}

// A parameter whose gradient is always 0 leaves the means of squares at 0, where a root is steep.
static void dead_parameters_do_not_poison_unrolled_gradients(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        gan_graph *graph;
        gan_node *by;
        gan_shape shape = GAN_SHAPE(SIZE);
        double gradient[SIZE];
        assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
        gan_optimizer_state before = make_state(graph, &cases[c].optimizer), after;
        gan_node *dead = gan__mul(before.parameters, gan__constant(graph, &shape, 0));
        gan_node *input = before.parameters;
        assert_int_equal(gan__optimizer_update(&cases[c].optimizer, NULL, &before, dead, &after),
                         GAN_STATUS_OK);
        assert_int_equal(gan__gradient(after.parameters, &input, 1, &by), GAN_STATUS_OK);
        runner run = interpreter_runner();
        run.open(&run, graph, &by, 1);
        run.run(&run, 0);
        run.get_root(&run, 0, gradient);
        if (!isfinite(gradient[0])) fail_msg("%s: %g", cases[c].name, gradient[0]);
        run.close(&run);
        gan__graph_destroy(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_are_pytorchs),
        cmocka_unit_test(slots_are_named_and_exist_only_where_used),
        cmocka_unit_test(schedules_follow_the_paper),
        cmocka_unit_test(schedules_may_jump_and_rest),
        cmocka_unit_test(max_norm_scales_long_rows_and_leaves_biases),
        cmocka_unit_test(max_norm_is_of_what_leads_to_a_unit),
        cmocka_unit_test(max_norm_leaves_scales),
        cmocka_unit_test(averages_begin_at_their_start),
        cmocka_unit_test(gradients_flow_through_updates),
        cmocka_unit_test(dead_parameters_do_not_poison_unrolled_gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
