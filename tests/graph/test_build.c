// Building: hash-consing, folding, sticky failures and their words, failed allocations, depth.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph.h"
#include "graph/node.h"
#include "graph/simplify.h"

#include <math.h>
#include <string.h>

typedef struct fixture {
    gan_graph *graph;
    gan_node *a, *b, *row, *scalar; // states of shapes (3, 4), (4, 5), (4), ()
} fixture;

static int set_up(void **state) {
    static fixture f;
    const gan_shape a = GAN_SHAPE(3, 4), b = GAN_SHAPE(4, 5), row = GAN_SHAPE(4);
    const gan_shape scalar = gan__shape_scalar();
    assert_int_equal(gan__graph_create(&f.graph), GAN_STATUS_OK);
    f.a = gan__state(f.graph, "a", &a);
    f.b = gan__state(f.graph, "b", &b);
    f.row = gan__state(f.graph, "row", &row);
    f.scalar = gan__state(f.graph, "scalar", &scalar);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    gan__graph_destroy(((fixture *)*state)->graph);
    return 0;
}

static void expect_shape(const gan_node *node, gan_shape expected) {
    char got[GAN_SHAPE_TEXT], wanted[GAN_SHAPE_TEXT];
    assert_non_null(node);
    assert_string_equal(gan__shape_text(gan__node_shape(node), got),
                        gan__shape_text(&expected, wanted));
}

// --- What is built ------------------------------------------------------------------------------

static void shapes_follow_from_operands(void **state) {
    const fixture *f = *state;
    expect_shape(gan__add(f->a, f->row), GAN_SHAPE(3, 4));
    expect_shape(gan__mul(f->scalar, f->b), GAN_SHAPE(4, 5));
    expect_shape(gan__exp(f->scalar), gan__shape_scalar());
    expect_shape(gan__select(f->row, f->scalar, f->a), GAN_SHAPE(3, 4));
    expect_shape(gan__reduce_sum(f->a, 1), GAN_SHAPE(1, 4));
    expect_shape(gan__reduce_max(f->a, GAN_AXES_ALL), GAN_SHAPE(1, 1));
    expect_shape(gan__matmul(f->a, f->b, false, false), GAN_SHAPE(3, 5));
    expect_shape(gan__matmul(f->b, f->a, true, true), GAN_SHAPE(5, 3));
    expect_shape(gan__flatten(f->a), GAN_SHAPE(12));
    expect_shape(gan__transpose(f->a), GAN_SHAPE(4, 3));
    expect_shape(gan__pad(f->row, (int64_t[]){2}, (int64_t[]){1}), GAN_SHAPE(7));
    expect_shape(gan__concat((gan_node *[]){f->a, f->a, f->a}, 3, 1), GAN_SHAPE(3, 12));
    expect_shape(gan__gather(f->b, f->row, 1), GAN_SHAPE(4, 4));
    expect_shape(gan__scatter_add(f->b, f->row, 0, 9), GAN_SHAPE(9, 5));
    assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_OK);
}

static void equal_nodes_are_one_node(void **state) {
    const fixture *f = *state;
    assert_ptr_equal(gan__tanh(gan__mul(f->a, f->row)), gan__tanh(gan__mul(f->a, f->row)));
    assert_ptr_equal(gan__add(f->a, f->row), gan__add(f->row, f->a));
    assert_ptr_not_equal(gan__sub(f->a, f->row), gan__sub(f->row, f->a));
    assert_ptr_not_equal(gan__reduce_sum(f->a, 1), gan__reduce_sum(f->a, 2));
    assert_ptr_not_equal(gan__matmul(f->a, f->a, false, true),
                         gan__matmul(f->a, f->a, true, false));
    const gan_shape flat = GAN_SHAPE(12), square = GAN_SHAPE(2, 6);
    assert_ptr_not_equal(gan__reshape(f->a, &flat), gan__reshape(f->a, &square));
}

static void leaves_are_one_only_where_the_same_is_meant(void **state) {
    const fixture *f = *state;
    const gan_shape shape = GAN_SHAPE(3, 4);
    assert_ptr_equal(gan__scalar(f->graph, 0.5), gan__scalar(f->graph, 0.5));
    assert_ptr_not_equal(gan__scalar(f->graph, 0.5), gan__scalar(f->graph, 0.25));
    assert_ptr_not_equal(gan__state(f->graph, "a", &shape), f->a);
    gan_node *draw = gan__random_uniform(f->graph, &shape, 1);
    assert_ptr_equal(gan__random_uniform(f->graph, &shape, 1), draw);
    assert_ptr_not_equal(gan__random_uniform(f->graph, &shape, 2), draw);
    assert_ptr_not_equal(gan__random_normal(f->graph, &shape, 1), draw);
    assert_ptr_not_equal(gan__iota(f->graph, &shape, 0), gan__iota(f->graph, &shape, 1));
}

static void views_that_change_nothing_are_their_operand(void **state) {
    const fixture *f = *state;
    const gan_shape *shape = gan__node_shape(f->a);
    const int64_t zeros[] = {0, 0};
    assert_ptr_equal(gan__reshape(f->a, shape), f->a);
    assert_ptr_equal(gan__broadcast(f->a, shape), f->a);
    assert_ptr_equal(gan__permute(f->a, (int[]){0, 1}), f->a);
    assert_ptr_equal(gan__slice(f->a, zeros, shape->size, NULL), f->a);
    assert_ptr_equal(gan__pad(f->a, zeros, zeros), f->a);
    assert_ptr_equal(gan__concat(&(gan_node *){f->a}, 1, 0), f->a);
}

static void a_zero_of_the_graph_cuts_off_what_it_multiplies(void **state) {
    const fixture *f = *state;
    assert_true(gan__node_is_constant_of(gan__scale(f->a, 0), 0));
    assert_true(gan__node_is_constant_of(gan__div(gan__scalar(f->graph, 0), f->a), 0));
    gan_node *zero = gan__constant(f->graph, gan__node_shape(f->a), 0);
    assert_true(gan__node_is_constant_of(gan__matmul(zero, f->b, false, false), 0));
}

static void operations_with_neutral_constants_are_plainer(void **state) {
    const fixture *f = *state;
    gan_node *zero = gan__scalar(f->graph, 0), *one = gan__scalar(f->graph, 1);
    assert_ptr_equal(gan__offset(f->a, 0), f->a);
    assert_ptr_equal(gan__sub(f->a, zero), f->a);
    assert_ptr_equal(gan__sub(zero, f->a), gan__neg(f->a));
    assert_ptr_equal(gan__scale(f->a, 1), f->a);
    assert_ptr_equal(gan__scale(f->a, -1), gan__neg(f->a));
    assert_ptr_equal(gan__div(f->a, one), f->a);
    assert_ptr_equal(gan__div(f->a, gan__neg(one)), gan__neg(f->a));
    assert_ptr_equal(gan__power(f->a, one), f->a);
    assert_true(gan__node_is_constant_of(gan__power(f->a, zero), 1));
    assert_ptr_equal(gan__maximum(f->a, f->a), f->a);
    assert_ptr_equal(gan__select(one, f->a, f->scalar), f->a);
    assert_ptr_equal(gan__select(zero, f->scalar, f->a), f->a);
    assert_ptr_equal(gan__select(f->row, f->a, f->a), f->a);
}

static void constants_fold_as_the_host_computes(void **state) {
    const fixture *f = *state;
    double value;
    assert_true(gan__node_is_constant(gan__log(gan__scalar(f->graph, -1)), &value));
    assert_true(isnan(value));
    assert_true(gan__node_is_constant(
        gan__power(gan__scalar(f->graph, 2), gan__scalar(f->graph, 10)), &value));
    assert_true(value == 1024);
}

// --- What cannot be built -----------------------------------------------------------------------

static gan_node *add_shapes(const fixture *f) {
    return gan__add(f->a, f->b);
}
static gan_node *select_shapes(const fixture *f) {
    return gan__select(f->a, f->b, f->row);
}
static gan_node *matmul_inner(const fixture *f) {
    return gan__matmul(f->a, f->b, true, false);
}
static gan_node *matmul_rank(const fixture *f) {
    return gan__matmul(f->a, f->row, false, false);
}
static gan_node *reshape_count(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(5, 2);
    return gan__reshape(f->a, &shape);
}
static gan_node *broadcast_shape(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(3, 5);
    return gan__broadcast(f->row, &shape);
}
static gan_node *broadcast_to_less(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(4);
    return gan__broadcast(f->a, &shape);
}
static gan_node *permute_twice(const fixture *f) {
    return gan__permute(f->a, (int[]){1, 1});
}
static gan_node *transpose_rank(const fixture *f) {
    return gan__transpose(f->row);
}
static gan_node *slice_outside(const fixture *f) {
    return gan__slice(f->a, (int64_t[]){1, 0}, (int64_t[]){3, 4}, NULL);
}
static gan_node *slice_step(const fixture *f) {
    return gan__slice(f->row, (int64_t[]){0}, (int64_t[]){3}, (int64_t[]){2});
}
static gan_node *slice_overflow(const fixture *f) {
    return gan__slice(f->row, (int64_t[]){1}, (int64_t[]){INT64_MAX}, (int64_t[]){INT64_MAX});
}
static gan_node *pad_negative(const fixture *f) {
    return gan__pad(f->row, (int64_t[]){-1}, (int64_t[]){0});
}
static gan_node *pad_huge(const fixture *f) {
    return gan__pad(f->row, (int64_t[]){INT64_MAX}, (int64_t[]){INT64_MAX});
}
static gan_node *concat_shapes(const fixture *f) {
    return gan__concat((gan_node *[]){f->a, f->b}, 2, 0);
}
static gan_node *concat_axis(const fixture *f) {
    return gan__concat((gan_node *[]){f->a, f->a}, 2, 2);
}
static gan_node *gather_index(const fixture *f) {
    return gan__gather(f->a, f->b, 0);
}
static gan_node *gather_axis(const fixture *f) {
    return gan__gather(f->a, f->row, -1);
}
static gan_node *scatter_count(const fixture *f) {
    return gan__scatter_add(f->a, f->row, 0, 7);
}
static gan_node *scatter_size(const fixture *f) {
    return gan__scatter_add(f->b, f->row, 0, 0);
}
static gan_node *assign_to_node(const fixture *f) {
    return gan__assign(gan__exp(f->a), f->a);
}
static gan_node *assign_shape(const fixture *f) {
    return gan__assign(f->a, f->b);
}
static gan_node *iota_axis(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(3);
    return gan__iota(f->graph, &shape, 1);
}
static gan_node *empty_shape(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(3, 0);
    return gan__state(f->graph, "empty", &shape);
}
static gan_node *deep_shape(const fixture *f) {
    const gan_shape shape = gan__shape(7, (int64_t[]){1, 1, 1, 1, 1, 1, 1});
    return gan__state(f->graph, "deep", &shape);
}
static gan_node *huge_shape(const fixture *f) {
    const gan_shape shape = GAN_SHAPE(INT64_C(1) << 40, INT64_C(1) << 40);
    return gan__constant(f->graph, &shape, 1);
}

static const struct impossible {
    gan_node *(*build)(const fixture *f);
    const char *message;
} impossible[] = {
    {add_shapes, "add: shapes (3, 4) and (4, 5) do not broadcast: aligned at the last dimension, "
                 "sizes must be equal or 1"},
    {select_shapes,
     "select: shapes (3, 4) and (4, 5) and (4) do not broadcast: aligned at the last "
     "dimension, sizes must be equal or 1"},
    {matmul_inner,
     "matmul: (3, 4) transposed times (4, 5): inner sizes and leading dimensions must "
     "be equal, ranks at least 2"},
    {matmul_rank, "matmul: (3, 4) times (4): inner sizes and leading dimensions must be equal, "
                  "ranks at least 2"},
    {reshape_count, "reshape: (3, 4) cannot become (5, 2)"},
    {broadcast_shape, "broadcast: (4) cannot become (3, 5)"},
    {broadcast_to_less, "broadcast: (3, 4) cannot become (4)"},
    {permute_twice, "permute: order[1] = 1 for shape (3, 4): each axis must be named once"},
    {transpose_rank, "transpose: shape (4) has fewer than two axes"},
    {slice_outside, "slice: axis 0 of shape (3, 4): 3 elements from 1 in steps of 1 do not lie "
                    "inside"},
    {slice_step, "slice: axis 0 of shape (4): 3 elements from 0 in steps of 2 do not lie inside"},
    {slice_overflow, "slice: axis 0 of shape (4): 9223372036854775807 elements from 1 in steps of "
                     "9223372036854775807 do not lie inside"},
    {pad_negative, "pad: axis 0: -1 before and 0 after"},
    {pad_huge, "pad: axis 0: 9223372036854775807 before and 9223372036854775807 after"},
    {concat_shapes, "concat: part 1 has shape (4, 5) and part 0 (3, 4): all but axis 0 must be "
                    "equal"},
    {concat_axis, "concat: shape (3, 4) has no axis 2"},
    {gather_index, "gather: the index has shape (4, 5); it must have rank 1"},
    {gather_axis, "gather: shape (3, 4) has no axis -1"},
    {scatter_count, "scatter_add: axis 0 has size 3 but the index names 4 places"},
    {scatter_size, "scatter_add: shape (0, 5); every size must be at least 1"},
    {assign_to_node, "assign: the target is a exp, not a state"},
    {assign_shape, "assign: a value of shape (4, 5) for the state 'a' of shape (3, 4)"},
    {iota_axis, "iota: shape (3) has no axis 1"},
    {empty_shape, "state: shape (3, 0); every size must be at least 1"},
    {deep_shape, "state: a shape of rank 7; ranks go from 0 to 6"},
};

static void impossible_operands_are_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        void *own;
        set_up(&own);
        const fixture *f = own;
        assert_null(impossible[i].build(f));
        assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
        assert_string_equal(gan_status_message(), impossible[i].message);
        tear_down(&own);
    }
}

// A smaller batch may have fewer, so it is the device that is too small.
static void too_many_elements_are_a_matter_of_memory(void **state) {
    const fixture *f = *state;
    assert_null(huge_shape(f));
    assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_DEVICE_MEMORY);
    assert_string_equal(gan_status_message(), "constant: shape (1099511627776, 1099511627776) has "
                                              "more than 2147483647 elements");
}

static void first_failure_sticks_with_the_context_of_its_time(void **state) {
    const fixture *f = *state;
    gan__graph_set_context(f->graph, "generator layer 2 (dense)");
    gan_node *failed = gan__matmul(f->a, f->a, false, false);
    gan__graph_set_context(f->graph, "generator layer 3 (dense)");
    assert_null(gan__tanh(gan__add(failed, f->row)));
    assert_null(gan__graph_fail(f->graph, "%d units", 7));
    assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(),
                        "generator layer 2 (dense): matmul: (3, 4) times (3, 4): inner sizes and "
                        "leading dimensions must be equal, ranks at least 2");
    gan_node *gradient;
    assert_int_equal(gan__gradient(failed, (gan_node *[]){f->a}, 1, &gradient),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__simplify(f->graph, (gan_node *[]){f->a}, 1, &gradient),
                     GAN_STATUS_BAD_ARGUMENT);
}

static void failure_of_a_floor_above_is_a_failure(void **state) {
    const fixture *f = *state;
    gan__graph_set_context(f->graph, "discriminator layer 1 (conv)");
    gan__graph_set_context(f->graph, NULL);
    assert_null(gan__graph_fail(f->graph, "%d units cannot be shared by %d pieces", 7, 2));
    assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(), "7 units cannot be shared by 2 pieces");
}

static void nodes_of_two_graphs_do_not_mix(void **state) {
    const fixture *f = *state;
    gan_graph *other;
    assert_int_equal(gan__graph_create(&other), GAN_STATUS_OK);
    const gan_shape shape = GAN_SHAPE(3, 4);
    assert_null(gan__add(f->a, gan__state(other, "stranger", &shape)));
    assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(), "add: operand 1 is a node of another graph");
    gan__graph_destroy(other);
}

// --- Memory and depth ---------------------------------------------------------------------------

static gan_status build_and_differentiate(void) {
    gan_graph *graph;
    GAN_TRY(gan__graph_create(&graph));
    const gan_shape shape = GAN_SHAPE(3, 4);
    gan_node *w = gan__state(graph, "w", &shape),
             *x = gan__input(graph, "x", GAN_ELEMENT_U8, &shape);
    gan__graph_set_context(graph, "the layer");
    gan_node *y = gan__reduce_mean(gan__tanh(gan__matmul(w, x, false, true)), GAN_AXES_ALL);
    gan_node *first, *simplified;
    gan_status status = gan__graph_status(graph);
    if (status == GAN_STATUS_OK) status = gan__gradient(y, &w, 1, &first);
    if (status == GAN_STATUS_OK) status = gan__simplify(graph, &first, 1, &simplified);
    if (status == GAN_STATUS_OK) status = gan__graph_status(graph);
    gan__graph_destroy(graph);
    return status;
}

static void every_failed_allocation_is_reported_and_nothing_leaks(void **state) {
    (void)state;
    gan__alloc_fail_at(0);
    assert_int_equal(build_and_differentiate(), GAN_STATUS_OK);
    const size_t allocations = gan__alloc_count();
    assert_true(allocations > 5);
    for (size_t n = 1; n <= allocations; n++) {
        gan__alloc_fail_at(n);
        assert_int_equal(build_and_differentiate(), GAN_STATUS_NO_MEMORY);
    }
    gan__alloc_fail_at(0);
}

static void depth_is_bounded_by_memory_alone(void **state) {
    const fixture *f = *state;
    gan_node *x = f->scalar, *first, *simplified;
    for (int i = 0; i < 100000; i++) x = gan__sin(x);
    assert_int_equal(gan__gradient(x, (gan_node *[]){f->scalar}, 1, &first), GAN_STATUS_OK);
    assert_int_equal(gan__simplify(f->graph, &first, 1, &simplified), GAN_STATUS_OK);
    gan_node **order;
    size_t length;
    assert_int_equal(gan__graph_topological(&first, 1, &order, &length), GAN_STATUS_OK);
    assert_true(length > 100000);
    for (size_t i = 1; i < length; i++) assert_true(order[i - 1]->id < order[i]->id);
    gan__free(order);
}

#define BUILD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        BUILD(shapes_follow_from_operands),
        BUILD(equal_nodes_are_one_node),
        BUILD(leaves_are_one_only_where_the_same_is_meant),
        BUILD(views_that_change_nothing_are_their_operand),
        BUILD(a_zero_of_the_graph_cuts_off_what_it_multiplies),
        BUILD(operations_with_neutral_constants_are_plainer),
        BUILD(constants_fold_as_the_host_computes),
        cmocka_unit_test(impossible_operands_are_named),
        BUILD(too_many_elements_are_a_matter_of_memory),
        BUILD(first_failure_sticks_with_the_context_of_its_time),
        BUILD(failure_of_a_floor_above_is_a_failure),
        BUILD(nodes_of_two_graphs_do_not_mix),
        cmocka_unit_test(every_failed_allocation_is_reported_and_nothing_leaks),
        BUILD(depth_is_bounded_by_memory_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
