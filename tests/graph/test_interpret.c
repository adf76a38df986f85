// The interpreter: the value of every primitive against PyTorch's in double precision
// (golden/graph_primitives.txt), its draws against Philox, and the order of reads and assignments.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "base/philox.h"
#include "base/status.h"
#include "graph/interpret.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- Against PyTorch ----------------------------------------------------------------------------

#define OPERANDS 3

static gan_node *sum_1(gan_node **x) {
    return gan__reduce_sum(x[0], 2);
}
static gan_node *sum_02(gan_node **x) {
    return gan__reduce_sum(x[0], 5);
}
static gan_node *max_2(gan_node **x) {
    return gan__reduce_max(x[0], 4);
}
static gan_node *max_all(gan_node **x) {
    return gan__reduce_max(x[0], GAN_AXES_ALL);
}
static gan_node *max_of_nan(gan_node **x) {
    return gan__reduce_max(x[0], 2);
}
static gan_node *mean_01(gan_node **x) {
    return gan__reduce_mean(x[0], 3);
}
static gan_node *matmul_nn(gan_node **x) {
    return gan__matmul(x[0], x[1], false, false);
}
static gan_node *matmul_tn(gan_node **x) {
    return gan__matmul(x[0], x[1], true, false);
}
static gan_node *matmul_nt(gan_node **x) {
    return gan__matmul(x[0], x[1], false, true);
}
static gan_node *matmul_tt(gan_node **x) {
    return gan__matmul(x[0], x[1], true, true);
}
static gan_node *reshape(gan_node **x) {
    return gan__reshape(x[0], &GAN_SHAPE(6, 10));
}
static gan_node *permute_201(gan_node **x) {
    return gan__permute(x[0], (int[]){2, 0, 1});
}
static gan_node *transpose(gan_node **x) {
    return gan__transpose(x[0]);
}
static gan_node *broadcast(gan_node **x) {
    return gan__broadcast(x[0], &GAN_SHAPE(2, 3, 4));
}
static gan_node *slice(gan_node **x) {
    return gan__slice(x[0], (int64_t[]){1, 0, 1}, (int64_t[]){2, 2, 2}, (int64_t[]){1, 3, 2});
}
static gan_node *pad(gan_node **x) {
    return gan__pad(x[0], (int64_t[]){0, 2}, (int64_t[]){3, 1});
}
static gan_node *concat(gan_node **x) {
    return gan__concat(x, 3, 1);
}
static gan_node *gather_1(gan_node **x) {
    return gan__gather(x[0], x[1], 1);
}
static gan_node *scatter_add_1(gan_node **x) {
    return gan__scatter_add(x[0], x[1], 1, 4);
}
static gan_node *select_3(gan_node **x) {
    return gan__select(x[0], x[1], x[2]);
}
static gan_node *broadcast_sub(gan_node **x) {
    return gan__sub(x[0], x[1]);
}
#define UNARY(name)                                                                                \
    static gan_node *unary_##name(gan_node **x) { return gan__##name(x[0]); }
GAN_UNARY_BUILDERS(UNARY)
#define BINARY(name)                                                                               \
    static gan_node *binary_##name(gan_node **x) { return gan__##name(x[0], x[1]); }
GAN_BINARY_BUILDERS(BINARY)

#define UNARY_ROW(name)  {#name, unary_##name},
#define BINARY_ROW(name) {#name, binary_##name},
#define ROW(name)        {#name, name},
static const struct primitive {
    const char *name;
    gan_node *(*build)(gan_node **operands);
} primitives[] = {GAN_UNARY_BUILDERS(UNARY_ROW) GAN_BINARY_BUILDERS(BINARY_ROW){"select", select_3},
                  ROW(broadcast_sub) ROW(sum_1) ROW(sum_02) ROW(max_2) ROW(max_all) ROW(max_of_nan)
                      ROW(mean_01) ROW(matmul_nn) ROW(matmul_tn) ROW(matmul_nt) ROW(matmul_tt)
                          ROW(reshape) ROW(permute_201) ROW(transpose) ROW(broadcast) ROW(slice)
                              ROW(pad) ROW(concat) ROW(gather_1) ROW(scatter_add_1)};
#define PRIMITIVES (sizeof primitives / sizeof primitives[0])

typedef struct tensor {
    gan_shape shape;
    double *values;
} tensor;

static void read_tensor(FILE *file, tensor *t) {
    memset(t, 0, sizeof *t);
    assert_int_equal(fscanf(file, "%d", &t->shape.rank), 1);
    assert_in_range(t->shape.rank, 0, GAN_RANK_MAX);
    for (int i = 0; i < t->shape.rank; i++) {
        long size;
        assert_int_equal(fscanf(file, "%ld", &size), 1);
        t->shape.size[i] = size;
    }
    const size_t count = (size_t)gan__shape_elements(&t->shape);
    t->values = calloc(count, sizeof *t->values);
    for (size_t e = 0; e < count; e++) assert_int_equal(fscanf(file, "%lf", &t->values[e]), 1);
}

static bool close_enough(double got, double expected) {
    if (isnan(expected) || isinf(expected)) {
        return isnan(expected) ? isnan(got) : got == expected;
    }
    return fabs(got - expected) <= 4e-15 * fmax(fabs(expected), 1e-290);
}

// Sums in another order than PyTorch's differ by rounding; elementwise results by little more than
// the host's libm.
static void expect_tensor(const char *name, const double *got, const tensor *expected) {
    const size_t count = (size_t)gan__shape_elements(&expected->shape);
    for (size_t e = 0; e < count; e++) {
        if (close_enough(got[e], expected->values[e])) continue;
        if (fabs(got[e] - expected->values[e]) <= 1e-15 && fabs(expected->values[e]) < 1) continue;
        fail_msg("%s: element %zu is %.17g, not %.17g", name, e, got[e], expected->values[e]);
    }
}

static void check_primitive(const struct primitive *p, const tensor *operands, size_t count,
                            const tensor *expected) {
    gan_graph *graph;
    gan_interpreter *interpreter;
    gan_node *x[OPERANDS];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        x[i] = gan__input(graph, "x", GAN_ELEMENT_F32, &operands[i].shape);
    }
    gan_node *y = p->build(x);
    assert_int_equal(gan__interpreter_create(graph, 0, &interpreter), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(gan__interpreter_set(interpreter, x[i], operands[i].values),
                         GAN_STATUS_OK);
    }
    const double *got;
    assert_int_equal(gan__interpreter_run(interpreter, &y, 1, 0), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, y, &got), GAN_STATUS_OK);
    assert_true(gan__shape_equal(gan__node_shape(y), &expected->shape));
    expect_tensor(p->name, got, expected);
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(graph);
}

static size_t find_primitive(const char *name) {
    for (size_t i = 0; i < PRIMITIVES; i++) {
        if (strcmp(primitives[i].name, name) == 0) return i;
    }
    fail_msg("no primitive '%s'", name);
    return 0;
}

static void every_primitive_has_pytorchs_value(void **state) {
    (void)state;
    FILE *file = fopen(CLGAN_TEST_SOURCE "/tests/golden/graph_primitives.txt", "r");
    assert_non_null(file);
    bool seen[PRIMITIVES] = {false};
    char name[64];
    size_t count;
    while (fscanf(file, " case %63s %zu", name, &count) == 2) {
        assert_in_range(count, 1, OPERANDS);
        tensor operands[OPERANDS], expected;
        for (size_t i = 0; i < count; i++) read_tensor(file, &operands[i]);
        read_tensor(file, &expected);
        const size_t i = find_primitive(name);
        check_primitive(&primitives[i], operands, count, &expected);
        seen[i] = true;
        for (size_t k = 0; k < count; k++) free(operands[k].values);
        free(expected.values);
    }
    fclose(file);
    for (size_t i = 0; i < PRIMITIVES; i++) {
        if (!seen[i]) fail_msg("the golden file has no record of '%s'", primitives[i].name);
    }
}

// --- Leaves, draws and assignments --------------------------------------------------------------

typedef struct fixture {
    gan_graph *graph;
    gan_interpreter *interpreter;
    gan_node *state, *input; // of shape (5)
} fixture;

static int set_up(void **state) {
    static fixture f;
    const gan_shape shape = GAN_SHAPE(5);
    assert_int_equal(gan__graph_create(&f.graph), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(f.graph, 99, &f.interpreter), GAN_STATUS_OK);
    f.state = gan__state(f.graph, "memory", &shape);
    f.input = gan__input(f.graph, "pixels", GAN_ELEMENT_U8, &shape);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    const fixture *f = *state;
    gan__interpreter_destroy(f->interpreter);
    gan__graph_destroy(f->graph);
    return 0;
}

static const double *value(const fixture *f, const gan_node *node) {
    const double *values;
    assert_int_equal(gan__interpreter_get(f->interpreter, node, &values), GAN_STATUS_OK);
    return values;
}

static void run(const fixture *f, gan_node *const *roots, size_t count, uint64_t counter) {
    assert_int_equal(gan__interpreter_run(f->interpreter, roots, count, counter), GAN_STATUS_OK);
}

static void draws_are_those_of_philox(void **state) {
    const fixture *f = *state;
    const gan_shape shape = GAN_SHAPE(3, 7);
    gan_node *roots[2] = {gan__random_uniform(f->graph, &shape, 4),
                          gan__random_normal(f->graph, &shape, 5)};
    for (uint64_t counter = 0; counter < 3; counter++) {
        run(f, roots, 2, counter);
        for (uint32_t e = 0; e < 21; e++) {
            assert_true(value(f, roots[0])[e] ==
                        gan__philox_uniform(99, GAN_STREAM_GRAPH + 4, counter, e));
            assert_true(value(f, roots[1])[e] ==
                        gan__philox_normal(99, GAN_STREAM_GRAPH + 5, counter, e));
        }
    }
}

static void states_are_zero_until_assigned_and_read_as_before_the_run(void **state) {
    const fixture *f = *state;
    gan_node *counted = gan__assign(f->state, gan__offset(f->state, 1));
    gan_node *roots[3] = {counted, gan__scale(counted, 10), gan__scale(f->state, 100)};
    for (int k = 0; k < 3; k++) {
        run(f, roots, 3, 0);
        assert_true(value(f, f->state)[4] == k + 1);
        assert_true(value(f, roots[1])[4] == 10 * (k + 1));
        assert_true(value(f, roots[2])[4] == 100 * k);
    }
}

static void assignments_that_are_no_roots_store_nothing(void **state) {
    const fixture *f = *state;
    gan_node *root = gan__exp(gan__assign(f->state, gan__offset(f->state, 1)));
    run(f, &root, 1, 0);
    assert_true(value(f, root)[0] == exp(1));
    assert_true(value(f, f->state)[0] == 0);
}

static void mutual_assignments_swap(void **state) {
    const fixture *f = *state;
    gan_node *other = gan__state(f->graph, "other", gan__node_shape(f->state));
    assert_int_equal(gan__interpreter_set(f->interpreter, f->state, (double[]){1, 2, 3, 4, 5}),
                     GAN_STATUS_OK);
    gan_node *roots[2] = {gan__assign(f->state, other), gan__assign(other, f->state)};
    run(f, roots, 2, 0);
    assert_true(value(f, f->state)[2] == 0);
    assert_true(value(f, other)[2] == 3);
}

static void what_is_missing_is_named(void **state) {
    const fixture *f = *state;
    gan_node *root = gan__exp(f->input);
    const double *values;
    assert_int_equal(gan__interpreter_run(f->interpreter, &root, 1, 0), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(), "the input 'pixels' was not set");
    assert_int_equal(gan__interpreter_get(f->interpreter, root, &values), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__interpreter_set(f->interpreter, root, (double[5]){0}),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__interpreter_set(f->interpreter, f->input, (double[]){0, 1, 2, 254, 255}),
                     GAN_STATUS_OK);
    run(f, &root, 1, 0);
    assert_true(value(f, root)[1] == exp(1));
}

static void illegal_indices_read_as_the_nearest_legal_one(void **state) {
    const fixture *f = *state;
    gan_node *place = gan__iota(f->graph, &GAN_SHAPE(3), 0);
    gan_node *root = gan__gather(place, f->input, 0);
    const double indices[] = {-7, NAN, 1.4, INFINITY, 1e300}, expected[] = {0, 0, 1, 2, 2};
    assert_int_equal(gan__interpreter_set(f->interpreter, f->input, indices), GAN_STATUS_OK);
    run(f, &root, 1, 0);
    for (int e = 0; e < 5; e++) assert_true(value(f, root)[e] == expected[e]);
}

#define INTERPRET(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_primitive_has_pytorchs_value),
        INTERPRET(draws_are_those_of_philox),
        INTERPRET(states_are_zero_until_assigned_and_read_as_before_the_run),
        INTERPRET(assignments_that_are_no_roots_store_nothing),
        INTERPRET(mutual_assignments_swap),
        INTERPRET(what_is_missing_is_named),
        INTERPRET(illegal_indices_read_as_the_nearest_legal_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
