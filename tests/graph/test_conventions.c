// What gradients are where there is no derivative, and where there is a choice: at kinks and ties,
// behind stop_gradient and select, by inner nodes, by what does not matter.
#include "cmocka_headers.h"

#include "base/status.h"
#include "graph/interpret.h"
#include "graph/node.h"

#include <math.h>
#include <string.h>

typedef struct fixture {
    gan_graph *graph;
    gan_interpreter *interpreter;
    gan_node *x, *y; // states of shape (4)
} fixture;

static int set_up(void **state) {
    static fixture f;
    assert_int_equal(gan__graph_create(&f.graph), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(f.graph, 0, &f.interpreter), GAN_STATUS_OK);
    f.x = gan__state(f.graph, "x", &GAN_SHAPE(4));
    f.y = gan__state(f.graph, "y", &GAN_SHAPE(4));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    const fixture *f = *state;
    gan__interpreter_destroy(f->interpreter);
    gan__graph_destroy(f->graph);
    return 0;
}

static void set(const fixture *f, const gan_node *leaf, double a, double b, double c, double d) {
    assert_int_equal(gan__interpreter_set(f->interpreter, leaf, (double[]){a, b, c, d}),
                     GAN_STATUS_OK);
}

static gan_node *gradient(gan_node *y, gan_node *by) {
    gan_node *out;
    assert_int_equal(gan__gradient(y, &by, 1, &out), GAN_STATUS_OK);
    return out;
}

static void expect(const fixture *f, gan_node *node, double a, double b, double c, double d) {
    const double *got, expected[] = {a, b, c, d};
    assert_int_equal(gan__interpreter_run(f->interpreter, &node, 1, 0), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(f->interpreter, node, &got), GAN_STATUS_OK);
    for (int e = 0; e < 4; e++) {
        if (fabs(got[e] - expected[e]) <= 1e-15 * fabs(expected[e])) continue;
        fail_msg("element %d is %.17g, not %.17g", e, got[e], expected[e]);
    }
}

static void equals_of_maximum_and_minimum_get_half(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 2, 3, 0);
    set(f, f->y, 2, 2, 1, 0);
    expect(f, gradient(gan__maximum(f->x, f->y), f->x), 0, 0.5, 1, 0.5);
    expect(f, gradient(gan__maximum(f->x, f->y), f->y), 1, 0.5, 0, 0.5);
    expect(f, gradient(gan__minimum(f->x, f->y), f->x), 1, 0.5, 0, 0.5);
    expect(f, gradient(gan__minimum(f->x, f->y), f->y), 0, 0.5, 1, 0.5);
}

static void equals_of_reduce_max_share_equally(void **state) {
    const fixture *f = *state;
    set(f, f->x, 5, 1, 5, 5);
    gan_node *first = gradient(gan__scale(gan__reduce_max(f->x, 1), 6), f->x);
    expect(f, first, 2, 0, 2, 2);
    set(f, f->x, -1, -3, -2, -4);
    expect(f, first, 6, 0, 0, 0);
}

static void kinks_of_abs_and_steps_have_slope_0(void **state) {
    const fixture *f = *state;
    set(f, f->x, -2, 0, 0.5, 3);
    expect(f, gradient(gan__abs(f->x), f->x), -1, 0, 1, 1);
    assert_true(gan__node_is_constant_of(gradient(gan__sign(f->x), f->x), 0));
    assert_true(gan__node_is_constant_of(gradient(gan__floor(f->x), f->x), 0));
    assert_true(gan__node_is_constant_of(gradient(gan__less(f->x, f->y), f->x), 0));
}

static void powers_have_gradients_at_0(void **state) {
    const fixture *f = *state;
    set(f, f->x, 0, 0, 0, 2);
    set(f, f->y, 0, 1, 2, 3);
    gan_node *power = gan__power(f->x, f->y);
    expect(f, gradient(power, f->x), 0, 1, 0, 12);
    expect(f, gradient(power, f->y), 0, 0, 0, 8 * log(2));
}

static void select_passes_nothing_to_the_side_not_chosen(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 0, 1, 0);
    set(f, f->y, 1, 2, 3, 4);
    gan_node *chosen = gan__select(f->x, gan__square(f->y), gan__neg(f->y));
    expect(f, gradient(chosen, f->y), 2, -1, 6, -1);
    assert_true(gan__node_is_constant_of(gradient(chosen, f->x), 0));
}

static void select_on_the_argument_guards_what_is_not_finite(void **state) {
    const fixture *f = *state;
    set(f, f->x, 0, 4, 0, 16);
    gan_node *one = gan__scalar(f->graph, 1), *zero = gan__scalar(f->graph, 0);
    gan_node *root = gan__select(f->x, gan__sqrt(gan__select(f->x, f->x, one)), zero);
    expect(f, root, 0, 2, 0, 4);
    expect(f, gradient(root, f->x), 0, 0.25, 0, 0.125);
}

static void stopped_paths_pass_nothing(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 2, 3, 4);
    expect(f, gradient(gan__mul(f->x, gan__stop_gradient(gan__square(f->x))), f->x), 1, 4, 9, 16);
    assert_true(gan__node_is_constant_of(gradient(gan__stop_gradient(f->x), f->x), 0));
}

static void inner_nodes_and_what_lies_below_both_get_theirs(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 2, 3, 4);
    gan_node *inner = gan__square(f->x), *y = gan__mul(inner, inner), *out[3];
    gan_node *by[3] = {f->x, inner, y};
    assert_int_equal(gan__gradient(y, by, 3, out), GAN_STATUS_OK);
    expect(f, out[0], 4, 32, 108, 256);
    expect(f, out[1], 2, 8, 18, 32);
    assert_true(gan__node_is_constant_of(out[2], 1));
}

static void what_does_not_matter_gets_0(void **state) {
    const fixture *f = *state;
    gan_node *later = gan__exp(gan__square(f->x));
    assert_true(gan__node_is_constant_of(gradient(gan__square(f->x), f->y), 0));
    assert_true(gan__node_is_constant_of(gradient(gan__square(f->x), later), 0));
    assert_true(gan__shape_equal(&gradient(gan__square(f->x), f->y)->shape, &GAN_SHAPE(4)));
}

static void assignments_are_differentiated_through_their_value(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 2, 3, 4);
    set(f, f->y, 1, 1, 2, 2);
    gan_node *updated = gan__assign(f->x, gan__mul(f->x, f->y));
    expect(f, gradient(gan__square(updated), f->y), 2, 8, 36, 64);
}

static void adjoints_may_be_given(void **state) {
    const fixture *f = *state;
    set(f, f->x, 1, 2, 3, 4);
    set(f, f->y, 1, 0, -1, 10);
    gan_node *out, *y = gan__square(f->x);
    assert_int_equal(gan__gradient_seeded(y, f->y, &f->x, 1, &out), GAN_STATUS_OK);
    expect(f, out, 2, 0, -6, 80);
    assert_int_equal(gan__gradient_seeded(y, gan__scalar(f->graph, 1), &f->x, 1, &out),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(),
                        "gradient: an adjoint of shape () for a node of shape (4)");
}

static void orders_beyond_the_second_are_gradients_too(void **state) {
    const fixture *f = *state;
    set(f, f->x, 0, 0.5, 1, -2);
    gan_node *y = gan__sin(f->x);
    for (int order = 0; order < 5; order++) y = gradient(y, f->x);
    expect(f, y, cos(0), cos(0.5), cos(1), cos(-2));
}

// In float32 1 - sigmoid(x) is 0 from x = 17 on, and so would be a slope made from it.
static void slope_of_sigmoid_keeps_its_digits_where_it_saturates(void **state) {
    const fixture *f = *state;
    set(f, f->x, 40, -40, 100, -100);
    const double at_40 = exp(-40), at_100 = exp(-100);
    expect(f, gradient(gan__sigmoid(f->x), f->x), at_40, at_40, at_100, at_100);
}

#define CONVENTION(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        CONVENTION(equals_of_maximum_and_minimum_get_half),
        CONVENTION(equals_of_reduce_max_share_equally),
        CONVENTION(kinks_of_abs_and_steps_have_slope_0),
        CONVENTION(powers_have_gradients_at_0),
        CONVENTION(select_passes_nothing_to_the_side_not_chosen),
        CONVENTION(select_on_the_argument_guards_what_is_not_finite),
        CONVENTION(stopped_paths_pass_nothing),
        CONVENTION(inner_nodes_and_what_lies_below_both_get_theirs),
        CONVENTION(what_does_not_matter_gets_0),
        CONVENTION(assignments_are_differentiated_through_their_value),
        CONVENTION(adjoints_may_be_given),
        CONVENTION(orders_beyond_the_second_are_gradients_too),
        CONVENTION(slope_of_sigmoid_keeps_its_digits_where_it_saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
