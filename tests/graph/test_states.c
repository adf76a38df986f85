// What a program reads of a state it assigns to, on the host and on every device.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "compare.h"

#include <string.h>

enum { N = 300 };

typedef struct scene {
    gan_graph *graph;
    gan_node *state, *other;
} scene;

static scene set_scene(void) {
    scene s = {0};
    assert_int_equal(gan__graph_create(&s.graph), GAN_STATUS_OK);
    s.state = gan__state(s.graph, "memory", &GAN_SHAPE(N));
    s.other = gan__state(s.graph, "other", &GAN_SHAPE(N));
    return s;
}

// --- Reads --------------------------------------------------------------------------------------

static void the_interpreters_root_that_is_a_state_is_from_before_the_run(void **state) {
    (void)state;
    scene s = set_scene();
    gan_interpreter *interpreter = NULL;
    gan_node *roots[2] = {gan__assign(s.state, gan__offset(s.state, 1)), s.state};
    const double *root, *now;
    assert_int_equal(gan__interpreter_create(s.graph, 0, &interpreter), GAN_STATUS_OK);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(gan__interpreter_run(interpreter, roots, 2, 0), GAN_STATUS_OK);
        assert_int_equal(gan__interpreter_read(interpreter, 1, &root), GAN_STATUS_OK);
        assert_int_equal(gan__interpreter_get(interpreter, s.state, &now), GAN_STATUS_OK);
        assert_true(root[N - 1] == k && now[N - 1] == k + 1);
    }
    assert_int_equal(gan__interpreter_read(interpreter, 0, &root), GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "it is an assignment, read its state"));
    assert_int_equal(gan__interpreter_read(interpreter, 2, &root), GAN_STATUS_BAD_ARGUMENT);
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(s.graph);
}

// The state as it is, what simplifies to it, its reverse, and a swap, with assignments before and
// after them. A reverse read of a state that is updated in place would see the new half.
static gan_status compare_reads(gan_device *device) {
    scene s = set_scene();
    double first[N], second[N];
    for (int i = 0; i < N; i++) first[i] = i + 1, second[i] = -i;
    const int64_t half = N / 2, zero = 0;
    gan_node *late = gan__slice(s.state, &half, &half, NULL);
    gan_node *early = gan__slice(s.state, &zero, &half, NULL);
    gan_node *turned[2] = {late, early};
    gan_node *roots[] = {
        s.state,
        gan__assign(s.state, gan__add(gan__scale(gan__concat(turned, 2, 0), 0.5), s.other)),
        gan__assign(s.other, s.state),
        s.state, // the same root again
        gan__add(s.other, gan__scalar(s.graph, 0)),
        gan__mul(s.state, s.other),
    };
    const gan_leaf_values leaves[] = {{s.state, first}, {s.other, second}};
    const gan_comparison comparison = {.graph = s.graph,
                                       .leaves = leaves,
                                       .leaf_count = 2,
                                       .roots = roots,
                                       .root_count = sizeof roots / sizeof roots[0],
                                       .runs = 3,
                                       .tolerance = 1e-6};
    const gan_status status = gan__compare(device, &comparison);
    gan__graph_destroy(s.graph);
    return status;
}

// Rows from which a state is taken, and which give its new value, in one kernel: all of a row is
// read before its part of the state is stored.
static gan_status compare_rows(gan_device *device) {
    enum { ROWS = 40, LANES = 500 };
    static double input[ROWS * LANES];
    double first[ROWS];
    gan_graph *graph = NULL;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(ROWS, LANES));
    gan_node *s = gan__state(graph, "mean", &GAN_SHAPE(ROWS, 1));
    gan_node *mean = gan__reduce_mean(x, 2);
    for (int i = 0; i < ROWS * LANES; i++) input[i] = i % 17 - 7;
    for (int i = 0; i < ROWS; i++) first[i] = i;
    gan_node *roots[] = {gan__mul(gan__sub(x, s), mean),
                         gan__assign(s, gan__add(gan__scale(s, 0.5), mean))};
    const gan_leaf_values leaves[] = {{x, input}, {s, first}};
    const gan_comparison comparison = {.graph = graph,
                                       .leaves = leaves,
                                       .leaf_count = 2,
                                       .roots = roots,
                                       .root_count = 2,
                                       .runs = 3,
                                       .tolerance = 1e-5};
    const gan_status status = gan__compare(device, &comparison);
    gan__graph_destroy(graph);
    return status;
}

static void every_read_is_from_before_the_run_on_every_device(void **state) {
    (void)state;
    gan_setting *settings = NULL;
    size_t count = 0;
    assert_int_equal(gan__settings_list(&settings, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        gan_device *device = NULL;
        if (gan__setting_open(&settings[i], &device) != GAN_STATUS_OK ||
            compare_reads(device) != GAN_STATUS_OK || compare_rows(device) != GAN_STATUS_OK)
            fail_msg("%s: %s", settings[i].name, gan_status_message());
        gan__setting_close(device);
    }
    gan__free(settings);
}

// --- Roots that contradict each other -----------------------------------------------------------

static gan_status plan(const scene *s, gan_node *const *roots, size_t count) {
    gan_device *device = NULL;
    gan_module *module = NULL;
    gan_program *program = NULL;
    assert_int_equal(gan_device_open(NULL, &device), GAN_STATUS_OK);
    assert_int_equal(gan__module_create(device, s->graph, &module), GAN_STATUS_OK);
    const gan_status status = gan__program_create(module, "update", roots, count, &program);
    gan__module_destroy(module);
    gan_device_close(device);
    return status;
}

static gan_status interpret(const scene *s, gan_node *const *roots, size_t count) {
    gan_interpreter *interpreter = NULL;
    assert_int_equal(gan__interpreter_create(s->graph, 0, &interpreter), GAN_STATUS_OK);
    const gan_status status = gan__interpreter_run(interpreter, roots, count, 0);
    gan__interpreter_destroy(interpreter);
    return status;
}

static void two_new_values_of_one_state_are_refused_by_its_name(void **state) {
    (void)state;
    scene s = set_scene();
    gan_node *roots[3] = {gan__assign(s.other, s.state), gan__assign(s.state, s.other),
                          gan__assign(s.state, gan__exp(s.other))};
    gan_status (*const ways[])(const scene *, gan_node *const *, size_t) = {plan, interpret};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ways[i](&s, roots, 3), GAN_STATUS_BAD_ARGUMENT);
        assert_non_null(strstr(gan_status_message(), "roots 1 and 2"));
        assert_non_null(strstr(gan_status_message(), "'memory'"));
        assert_int_equal(ways[i](&s, roots, 2), GAN_STATUS_OK);
    }
    gan__graph_destroy(s.graph);
}

static void one_assignment_may_be_two_roots(void **state) {
    (void)state;
    scene s = set_scene();
    gan_node *same = gan__assign(s.state, gan__exp(s.other)), *roots[2] = {same, same};
    assert_int_equal(plan(&s, roots, 2), GAN_STATUS_OK);
    assert_int_equal(interpret(&s, roots, 2), GAN_STATUS_OK);
    gan__graph_destroy(s.graph);
}

static void roots_of_another_graph_are_refused(void **state) {
    (void)state;
    scene s = set_scene(), elsewhere = set_scene();
    assert_int_equal(plan(&s, &elsewhere.state, 1), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(interpret(&s, &elsewhere.state, 1), GAN_STATUS_BAD_ARGUMENT);
    gan_node *nothing = NULL;
    assert_int_equal(plan(&s, &nothing, 1), GAN_STATUS_BAD_ARGUMENT);
    gan__graph_destroy(s.graph);
    gan__graph_destroy(elsewhere.graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interpreters_root_that_is_a_state_is_from_before_the_run),
        cmocka_unit_test(every_read_is_from_before_the_run_on_every_device),
        cmocka_unit_test(two_new_values_of_one_state_are_refused_by_its_name),
        cmocka_unit_test(one_assignment_may_be_two_roots),
        cmocka_unit_test(roots_of_another_graph_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
