// Simplification keeps every value of every case, and what should vanish does.
#include "cmocka_headers.h"

#include "cases.h"

#include "base/memory.h"
#include "base/status.h"
#include "graph/convolution.h"
#include "graph/node.h"
#include "graph/simplify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- Every case ---------------------------------------------------------------------------------

#define NODES (GAN_CASE_ROOTS + 2 * GAN_CASE_LEAVES)

static size_t all_roots(const gan_case_graph *c, gan_node **roots) {
    size_t count = 0;
    for (size_t i = 0; i < c->root_count; i++) roots[count++] = c->roots[i];
    for (size_t i = 0; i < c->differentiable_count; i++) roots[count++] = c->first[i];
    for (size_t i = 0; i < c->differentiable_count; i++) roots[count++] = c->second[i];
    return count;
}

// Arithmetic done for the roots: elements that elementwise operations compute, that reductions
// read, that products multiply.
static double work(gan_node *const *roots, size_t count) {
    gan_node **order;
    size_t length;
    assert_int_equal(gan__graph_topological(roots, count, &order, &length), GAN_STATUS_OK);
    double total = 0;
    for (size_t k = 0; k < length; k++) {
        const gan_node *node = order[k];
        const gan_op_class class = gan__op_info(node->op)->class;
        if (gan__op_is_elementwise(node->op)) {
            total += (double)gan__shape_elements(&node->shape);
        } else if (class == GAN_OP_CLASS_REDUCE || class == GAN_OP_CLASS_INDEXED) {
            total += (double)gan__shape_elements(&node->inputs[0]->shape);
        } else if (class == GAN_OP_CLASS_MATMUL) {
            const int inner = node->shape.rank - (node->attributes.matmul.transpose_a ? 2 : 1);
            total += (double)gan__shape_elements(&node->shape) *
                     (double)node->inputs[0]->shape.size[inner];
        } else if (class == GAN_OP_CLASS_CONVOLUTION) {
            const gan_convolution_shapes s = gan__convolution_shapes(node);
            total += (double)gan__shape_elements(s.y) *
                     (double)(s.w->size[1] * s.w->size[2] * s.w->size[3]);
        }
    }
    gan__free(order);
    return total;
}

static void expect_same_values(const gan_case_graph *c, gan_interpreter *interpreter,
                               const gan_node *root, const gan_node *simplified) {
    const double *expected, *got;
    assert_int_equal(gan__interpreter_get(interpreter, root, &expected), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, simplified, &got), GAN_STATUS_OK);
    assert_true(gan__shape_equal(&root->shape, &simplified->shape));
    const int64_t elements = gan__shape_elements(&root->shape);
    double scale = 1;
    for (int64_t e = 0; e < elements; e++) scale = fmax(scale, fabs(expected[e]));
    for (int64_t e = 0; e < elements; e++) {
        if (fabs(got[e] - expected[e]) <= 1e-12 * scale) continue;
        fail_msg("%s: element %lld of a %s is %.17g, was %.17g", c->description->name, (long long)e,
                 gan__op_info(root->op)->name, got[e], expected[e]);
    }
}

static void expect_no_control(gan_node *const *roots, size_t count) {
    gan_node **order;
    size_t length;
    assert_int_equal(gan__graph_topological(roots, count, &order, &length), GAN_STATUS_OK);
    for (size_t k = 0; k < length; k++) {
        assert_int_not_equal(order[k]->op, GAN_OP_STOP_GRADIENT);
        for (uint32_t i = 0; i < order[k]->input_count; i++) {
            assert_int_not_equal(order[k]->inputs[i]->op, GAN_OP_ASSIGN);
        }
    }
    gan__free(order);
}

// An assignment's value: no program may assign to a state twice.
static gan_node *value_of(gan_node *root) {
    return root->op == GAN_OP_ASSIGN ? root->inputs[1] : root;
}

static void simplified_case_has_the_values_it_had(void **state) {
    gan_case_graph c;
    assert_int_equal(gan__case_graph_create(*state, &c), GAN_STATUS_OK);
    gan_node *both[2 * NODES], *simplified[NODES], *again[NODES];
    const size_t count = all_roots(&c, both);
    assert_int_equal(gan__simplify(c.graph, both, count, simplified), GAN_STATUS_OK);
    if (work(simplified, count) > work(both, count)) {
        fail_msg("%s: more work, %g after %g", c.description->name, work(simplified, count),
                 work(both, count));
    }
    expect_no_control(simplified, count);

    for (size_t i = 0; i < count; i++) both[count + i] = value_of(simplified[i]);
    gan_interpreter *interpreter;
    assert_int_equal(gan__interpreter_create(c.graph, GAN_CASE_SEED, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__case_feed(&c, interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_run(interpreter, both, 2 * count, GAN_CASE_COUNTER),
                     GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        expect_same_values(&c, interpreter, both[i], both[count + i]);
    }
    assert_int_equal(gan__simplify(c.graph, simplified, count, again), GAN_STATUS_OK);
    assert_memory_equal(again, simplified, count * sizeof *again);
    gan__interpreter_destroy(interpreter);
    gan__case_graph_destroy(&c);
}

// --- What vanishes ------------------------------------------------------------------------------

typedef struct fixture {
    gan_graph *graph;
    gan_node *a, *b; // states of shape (4, 6)
} fixture;

static int set_up(void **state) {
    static fixture f;
    const gan_shape shape = GAN_SHAPE(4, 6);
    assert_int_equal(gan__graph_create(&f.graph), GAN_STATUS_OK);
    f.a = gan__state(f.graph, "a", &shape);
    f.b = gan__state(f.graph, "b", &shape);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    gan__graph_destroy(((fixture *)*state)->graph);
    return 0;
}

static gan_node *simplify(gan_node *root) {
    gan_node *out;
    assert_non_null(root);
    assert_int_equal(gan__simplify(root->graph, &root, 1, &out), GAN_STATUS_OK);
    return out;
}

static void double_negation_vanishes(void **state) {
    const fixture *f = *state;
    assert_ptr_equal(simplify(gan__neg(gan__neg(f->a))), f->a);
    assert_ptr_equal(simplify(gan__sub(f->a, gan__neg(f->b))), gan__add(f->a, f->b));
    assert_ptr_equal(simplify(gan__neg(gan__sub(f->a, f->b))), gan__sub(f->b, f->a));
    assert_ptr_equal(simplify(gan__mul(gan__neg(f->a), gan__neg(f->b))), gan__mul(f->a, f->b));
}

static void scales_become_one(void **state) {
    const fixture *f = *state;
    assert_ptr_equal(simplify(gan__scale(gan__scale(gan__scale(f->a, 2), 3), 4)),
                     gan__scale(f->a, 24));
    assert_ptr_equal(simplify(gan__neg(gan__scale(f->a, 2))), gan__scale(f->a, -2));
    assert_ptr_equal(simplify(gan__add(f->a, f->a)), gan__scale(f->a, 2));
    assert_ptr_equal(simplify(gan__div(f->a, gan__scalar(f->graph, 4))), gan__scale(f->a, 0.25));
    assert_ptr_equal(simplify(gan__scale(gan__scale(f->a, 0.5), 2)), f->a);
}

static void scales_whose_product_float32_cannot_hold_stay_two(void **state) {
    const fixture *f = *state;
    gan_node *tiny = gan__scale(gan__scale(f->a, 1e-30), 1e-30);
    assert_ptr_equal(simplify(tiny), tiny);
}

static void powers_of_two_and_minus_one_need_no_power(void **state) {
    const fixture *f = *state;
    assert_ptr_equal(simplify(gan__power(f->a, gan__scalar(f->graph, 2))), gan__square(f->a));
    assert_ptr_equal(simplify(gan__power(f->a, gan__scalar(f->graph, -1))), gan__reciprocal(f->a));
}

static void gradient_of_leaky_relu_is_one_select(void **state) {
    const fixture *f = *state;
    gan_node *negative = gan__less_equal(f->a, gan__scalar(f->graph, 0)), *first;
    gan_node *y = gan__select(negative, gan__scale(f->a, 0.2), f->a);
    assert_int_equal(gan__gradient_seeded(y, f->b, (gan_node *[]){f->a}, 1, &first), GAN_STATUS_OK);
    assert_ptr_equal(simplify(first), gan__select(negative, gan__scale(f->b, 0.2), f->b));
}

static void elementwise_work_moves_before_a_broadcast(void **state) {
    const fixture *f = *state;
    gan_node *row = gan__reduce_sum(f->a, 1), *other = gan__reduce_sum(f->b, 1);
    const gan_shape *shape = gan__node_shape(f->a);
    gan_node *late = gan__mul(gan__exp(gan__broadcast(row, shape)), gan__broadcast(other, shape));
    assert_ptr_equal(simplify(late), gan__broadcast(gan__mul(gan__exp(row), other), shape));
}

static void views_of_views_collapse(void **state) {
    const fixture *f = *state;
    const gan_shape flat = GAN_SHAPE(24), cube = GAN_SHAPE(2, 3, 4), own = GAN_SHAPE(4, 6);
    gan_node *reshaped = gan__reshape(gan__reshape(f->a, &flat), &cube);
    assert_ptr_equal(simplify(reshaped), gan__reshape(f->a, &cube));
    assert_ptr_equal(simplify(gan__reshape(reshaped, &own)), f->a);
    assert_ptr_equal(simplify(gan__transpose(gan__transpose(f->a))), f->a);
    const gan_shape thin = GAN_SHAPE(4, 1, 6), thick = GAN_SHAPE(4, 3, 6),
                    turned = GAN_SHAPE(1, 4, 6);
    gan_node *column = gan__reshape(f->a, &thin);
    assert_ptr_equal(simplify(gan__permute(column, (int[]){1, 0, 2})), gan__reshape(f->a, &turned));
    gan_node *line = gan__reduce_sum(column, 4);
    const gan_shape block = GAN_SHAPE(4, 3, 1);
    assert_ptr_equal(simplify(gan__broadcast(gan__broadcast(line, &block), &thick)),
                     simplify(gan__broadcast(line, &thick)));
}

static void slices_see_through_slices_pads_concats_and_broadcasts(void **state) {
    const fixture *f = *state;
    const int64_t rows[] = {2, 6}, from_4[] = {4, 0}, from_1[] = {1, 0};
    gan_node *both = gan__concat((gan_node *[]){f->a, f->b}, 2, 0);
    assert_ptr_equal(simplify(gan__slice(both, from_4, rows, NULL)),
                     gan__slice(f->b, (int64_t[]){0, 0}, rows, NULL));
    gan_node *padded = gan__pad(f->a, (int64_t[]){3, 0}, (int64_t[]){2, 0});
    assert_ptr_equal(simplify(gan__slice(padded, from_4, rows, NULL)),
                     gan__slice(f->a, from_1, rows, NULL));
    assert_true(gan__node_is_constant_of(simplify(gan__slice(padded, from_1, rows, NULL)), 0));
    gan_node *inner = gan__slice(f->a, from_1, (int64_t[]){3, 6}, NULL);
    assert_ptr_equal(simplify(gan__slice(inner, from_1, rows, NULL)),
                     gan__slice(f->a, (int64_t[]){2, 0}, rows, NULL));
    gan_node *row = gan__reduce_sum(f->a, 1);
    gan_node *repeated = gan__broadcast(row, gan__node_shape(f->a));
    const gan_shape two = GAN_SHAPE(2, 6);
    assert_ptr_equal(simplify(gan__slice(repeated, from_1, rows, NULL)), gan__broadcast(row, &two));
}

static void neighbouring_slices_are_joined(void **state) {
    const fixture *f = *state;
    gan_node *parts[3];
    for (int i = 0; i < 3; i++) {
        parts[i] = gan__slice(f->a, (int64_t[]){0, 2 * i}, (int64_t[]){4, 2}, NULL);
    }
    assert_ptr_equal(simplify(gan__concat(parts, 3, 1)), f->a);
    gan_node *swapped = gan__concat((gan_node *[]){parts[1], parts[0]}, 2, 1);
    assert_ptr_equal(simplify(swapped), swapped);
}

static void sum_of_disjoint_pads_is_a_concatenation(void **state) {
    const fixture *f = *state;
    gan_node *third = gan__exp(f->a);
    gan_node *sum = gan__add(gan__pad(f->a, (int64_t[]){0, 0}, (int64_t[]){8, 0}),
                             gan__pad(f->b, (int64_t[]){8, 0}, (int64_t[]){0, 0}));
    sum = gan__add(sum, gan__pad(third, (int64_t[]){4, 0}, (int64_t[]){4, 0}));
    assert_ptr_equal(simplify(sum), gan__concat((gan_node *[]){f->a, third, f->b}, 3, 0));
    gan_node *overlapping = gan__add(gan__pad(f->a, (int64_t[]){0, 0}, (int64_t[]){3, 0}),
                                     gan__pad(f->b, (int64_t[]){3, 0}, (int64_t[]){0, 0}));
    assert_ptr_equal(simplify(overlapping), overlapping);
}

static void gradient_of_split_parts_is_a_concatenation(void **state) {
    const fixture *f = *state;
    const int64_t half[] = {2, 6};
    gan_node *top = gan__slice(f->a, (int64_t[]){0, 0}, half, NULL);
    gan_node *bottom = gan__slice(f->a, (int64_t[]){2, 0}, half, NULL);
    gan_node *y = gan__add(gan__reduce_sum(gan__exp(top), GAN_AXES_ALL),
                           gan__reduce_sum(gan__square(bottom), GAN_AXES_ALL));
    gan_node *first;
    assert_int_equal(gan__gradient(y, (gan_node *[]){f->a}, 1, &first), GAN_STATUS_OK);
    gan_node *expected = gan__concat((gan_node *[]){gan__exp(top), gan__scale(bottom, 2)}, 2, 0);
    assert_ptr_equal(simplify(first), expected);
}

static void transposes_become_flags_of_products(void **state) {
    const fixture *f = *state;
    gan_node *turned = gan__matmul(gan__transpose(f->a), gan__neg(f->b), false, false);
    assert_ptr_equal(simplify(turned), gan__neg(gan__matmul(f->a, f->b, true, false)));
    gan_node *scaled = gan__matmul(gan__scale(f->a, 2), gan__transpose(f->b), false, false);
    assert_ptr_equal(simplify(scaled), gan__scale(gan__matmul(f->a, f->b, false, true), 2));
}

static void reductions_of_what_was_repeated_are_multiples(void **state) {
    const fixture *f = *state;
    gan_node *row = gan__reduce_sum(f->a, 1);
    gan_node *repeated = gan__broadcast(row, gan__node_shape(f->a));
    assert_ptr_equal(simplify(gan__reduce_sum(repeated, 1)), gan__scale(row, 4));
    assert_ptr_equal(simplify(gan__reduce_max(repeated, 1)), row);
    assert_ptr_equal(gan__reduce_sum(row, 1), row);
    assert_ptr_equal(simplify(gan__reduce_sum(gan__scale(f->a, 3), 2)),
                     gan__scale(gan__reduce_sum(f->a, 2), 3));
}

// What batch norm's gradient adds up twice, with and without its scale, is added up once.
static void sums_of_multiples_are_multiples_of_sums(void **state) {
    const fixture *f = *state;
    gan_node *row = gan__exp(gan__reduce_sum(f->a, 1)), *b = gan__sin(f->a);
    gan_node *repeated = gan__broadcast(row, gan__node_shape(f->a));
    gan_node *sum = gan__mul(row, gan__reduce_sum(f->a, 1));
    assert_ptr_equal(simplify(gan__reduce_sum(gan__mul(f->a, repeated), 1)), sum);
    gan_node *products = gan__mul(gan__mul(f->a, repeated), b);
    assert_ptr_equal(simplify(gan__reduce_sum(products, 1)),
                     gan__mul(row, gan__reduce_sum(gan__mul(f->a, b), 1)));
    gan_node *across = gan__reduce_sum(gan__mul(f->a, repeated), 2); // not repeated along these
    assert_ptr_equal(simplify(across), across);
}

static void sum_of_sums_is_one_sum_unless_the_inner_is_needed_anyway(void **state) {
    const fixture *f = *state;
    gan_node *inner = gan__reduce_sum(f->a, 1), *outer = gan__reduce_sum(inner, 2);
    assert_ptr_equal(simplify(outer), gan__reduce_sum(f->a, 3));
    gan_node *roots[2] = {inner, outer}, *out[2];
    assert_int_equal(gan__simplify(f->graph, roots, 2, out), GAN_STATUS_OK);
    assert_ptr_equal(out[0], inner);
    assert_ptr_equal(out[1], outer);
}

static void constants_are_computed_here(void **state) {
    const fixture *f = *state;
    gan_node *four = gan__exp(gan__scalar(f->graph, 0));
    assert_true(gan__node_is_constant_of(
        gan__reduce_sum(gan__broadcast(four, gan__node_shape(f->a)), GAN_AXES_ALL), 24));
    assert_ptr_equal(gan__offset(f->a, 0), f->a);
    assert_ptr_equal(gan__scale(f->a, 1), f->a);
    assert_true(gan__node_is_constant_of(gan__scale(gan__log(f->a), 0), 0));
}

static void assignments_stay_roots_and_give_their_value_elsewhere(void **state) {
    const fixture *f = *state;
    gan_node *update = gan__assign(f->a, gan__neg(gan__neg(gan__exp(f->b))));
    gan_node *roots[2] = {update, gan__square(update)}, *out[2];
    assert_int_equal(gan__simplify(f->graph, roots, 2, out), GAN_STATUS_OK);
    assert_ptr_equal(out[0], gan__assign(f->a, gan__exp(f->b)));
    assert_ptr_equal(out[1], gan__square(gan__exp(f->b)));
}

#define VANISHING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
static const struct CMUnitTest vanishing[] = {
    VANISHING(double_negation_vanishes),
    VANISHING(scales_become_one),
    VANISHING(scales_whose_product_float32_cannot_hold_stay_two),
    VANISHING(powers_of_two_and_minus_one_need_no_power),
    VANISHING(gradient_of_leaky_relu_is_one_select),
    VANISHING(elementwise_work_moves_before_a_broadcast),
    VANISHING(views_of_views_collapse),
    VANISHING(slices_see_through_slices_pads_concats_and_broadcasts),
    VANISHING(neighbouring_slices_are_joined),
    VANISHING(sum_of_disjoint_pads_is_a_concatenation),
    VANISHING(gradient_of_split_parts_is_a_concatenation),
    VANISHING(transposes_become_flags_of_products),
    VANISHING(reductions_of_what_was_repeated_are_multiples),
    VANISHING(sums_of_multiples_are_multiples_of_sums),
    VANISHING(sum_of_sums_is_one_sum_unless_the_inner_is_needed_anyway),
    VANISHING(constants_are_computed_here),
    VANISHING(assignments_stay_roots_and_give_their_value_elsewhere),
};

int main(void) {
    const size_t count = gan__case_count();
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    for (size_t i = 0; i < count; i++) {
        tests[i].name = gan__case(i)->name;
        tests[i].test_func = simplified_case_has_the_values_it_had;
        tests[i].initial_state = (void *)gan__case(i);
    }
    int failures = _cmocka_run_group_tests("every case keeps its values", tests, count, NULL, NULL);
    free(tests);
    failures += cmocka_run_group_tests_name("what vanishes", vanishing, NULL, NULL);
    return failures;
}
