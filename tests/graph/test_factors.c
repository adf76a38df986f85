// Factors of samples are taken out of products where two costs then share these, and nowhere else;
// what samples a node depends on is known.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "graph/factors.h"
#include "graph/interpret.h"
#include "graph/node.h"
#include "graph/samples.h"
#include "graph/simplify.h"

#include <math.h>

enum { BATCH = 5, FEATURES = 7, HIDDEN = 6, ROOTS = 6 };

// A discriminator of one hidden layer, w2 f(w1 x), and two costs of its logits.
typedef struct critic {
    gan_graph *graph;
    gan_node *x, *w1, *w2, *logits;
    gan_node *first, *second; // the costs
} critic;

static gan_node *maxout(gan_node *z) {
    gan_node *pieces = gan__reshape(z, &GAN_SHAPE(HIDDEN / 2, 2, BATCH));
    return gan__reshape(gan__reduce_max(pieces, 2), &GAN_SHAPE(HIDDEN / 2, BATCH));
}

static gan_node *leaky(gan_node *z) {
    gan_graph *graph = gan__node_graph(z);
    return gan__select(gan__less(gan__scalar(graph, 0), z), z, gan__scale(z, 0.2));
}

static void build(critic *c, gan_node *(*activation)(gan_node *), int64_t hidden) {
    assert_int_equal(gan__graph_create(&c->graph), GAN_STATUS_OK);
    c->x = gan__state(c->graph, "x", &GAN_SHAPE(FEATURES, BATCH));
    c->w1 = gan__state(c->graph, "w1", &GAN_SHAPE(HIDDEN, FEATURES));
    c->w2 = gan__state(c->graph, "w2", &GAN_SHAPE(1, hidden));
    gan_node *h = activation(gan__matmul(c->w1, c->x, false, false));
    c->logits = gan__matmul(c->w2, h, false, false);
    c->first = gan__reduce_mean(gan__softplus(c->logits), GAN_AXES_ALL);
    c->second = gan__reduce_mean(gan__square(c->logits), GAN_AXES_ALL);
}

static void fill(gan_interpreter *interpreter, gan_node *state, double from) {
    double values[HIDDEN * FEATURES + FEATURES * BATCH];
    for (int64_t i = 0; i < gan__shape_elements(&state->shape); i++)
        values[i] = sin(from + 1.7 * (double)i);
    assert_int_equal(gan__interpreter_set(interpreter, state, values), GAN_STATUS_OK);
}

static void expect_same(critic *c, gan_node *const *before, gan_node *const *after, size_t count) {
    gan_interpreter *interpreter;
    gan_node *both[2 * ROOTS];
    assert_int_equal(gan__interpreter_create(c->graph, 0, &interpreter), GAN_STATUS_OK);
    fill(interpreter, c->x, 0.3);
    fill(interpreter, c->w1, 1.1);
    fill(interpreter, c->w2, 2.9);
    for (size_t i = 0; i < count; i++) both[i] = before[i], both[count + i] = after[i];
    assert_int_equal(gan__interpreter_run(interpreter, both, 2 * count, 0), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        const double *expected, *got;
        assert_int_equal(gan__interpreter_get(interpreter, before[i], &expected), GAN_STATUS_OK);
        assert_int_equal(gan__interpreter_get(interpreter, after[i], &got), GAN_STATUS_OK);
        assert_true(gan__shape_equal(&before[i]->shape, &after[i]->shape));
        for (int64_t e = 0; e < gan__shape_elements(&before[i]->shape); e++)
            assert_true(fabs(got[e] - expected[e]) <= 1e-13);
    }
    gan__interpreter_destroy(interpreter);
}

static size_t count_products(gan_node *const *roots, size_t count) {
    gan_node **order;
    size_t length, products = 0;
    assert_int_equal(gan__graph_topological(roots, count, &order, &length), GAN_STATUS_OK);
    for (size_t k = 0; k < length; k++) products += order[k]->op == GAN_OP_MATMUL;
    gan__free(order);
    return products;
}

// What the first cost's gradient by all weights and the second's by x are, as a joint step has
// them.
static size_t joint_gradients(critic *c, gan_node **roots) {
    gan_node *found[ROOTS];
    assert_int_equal(gan__gradient(c->first, (gan_node *[]){c->w1, c->w2, c->x}, 3, found),
                     GAN_STATUS_OK);
    assert_int_equal(gan__gradient(c->second, &c->x, 1, found + 3), GAN_STATUS_OK);
    assert_int_equal(gan__simplify(c->graph, found, 4, roots), GAN_STATUS_OK);
    return 4;
}

static void check_shared(gan_node *(*activation)(gan_node *), int64_t hidden) {
    critic c;
    gan_node *roots[ROOTS], *better[ROOTS];
    build(&c, activation, hidden);
    size_t count = joint_gradients(&c, roots);
    assert_int_equal(gan__take_out_factors(c.graph, roots, count, better), GAN_STATUS_OK);
    // Before: w1 x, w2 h; by weight two; back to h and to x, each for both costs. After: back to x
    // once, and the outer products to h are elementwise work.
    assert_int_equal(count_products(roots, count), 8);
    assert_int_equal(count_products(better, count), 5);
    expect_same(&c, roots, better, count);
    gan__graph_destroy(c.graph);
}

static void two_costs_share_the_products_on_their_way_back(void **state) {
    (void)state;
    check_shared(leaky, HIDDEN);
    check_shared(maxout, HIDDEN / 2);
}

static void one_cost_is_left_as_it_is(void **state) {
    (void)state;
    critic c;
    gan_node *found[2], *roots[2], *same[2];
    build(&c, leaky, HIDDEN);
    assert_int_equal(gan__gradient(c.first, (gan_node *[]){c.w1, c.x}, 2, found), GAN_STATUS_OK);
    assert_int_equal(gan__simplify(c.graph, found, 2, roots), GAN_STATUS_OK);
    assert_int_equal(gan__take_out_factors(c.graph, roots, 2, same), GAN_STATUS_OK);
    assert_memory_equal(same, roots, sizeof same);
    gan__graph_destroy(c.graph);
}

// Both costs of a batch of two halves, the second of its last samples only: its products are of
// these alone.
static void half_a_batch_goes_back_by_half_the_columns(void **state) {
    (void)state;
    critic c;
    gan_node *found[ROOTS], *roots[ROOTS], *better[ROOTS];
    build(&c, leaky, HIDDEN);
    gan_node *tail = gan__slice(c.logits, (int64_t[]){0, 3}, (int64_t[]){1, 2}, NULL);
    gan_node *cost = gan__reduce_sum(gan__square(tail), GAN_AXES_ALL);
    assert_int_equal(gan__gradient(c.first, &c.w1, 1, found), GAN_STATUS_OK);
    assert_int_equal(gan__gradient(cost, &c.x, 1, found + 1), GAN_STATUS_OK);
    found[1] = gan__slice(found[1], (int64_t[]){0, 3}, (int64_t[]){FEATURES, 2}, NULL);
    assert_int_equal(gan__simplify(c.graph, found, 2, roots), GAN_STATUS_OK);
    assert_int_equal(gan__take_out_factors(c.graph, roots, 2, better), GAN_STATUS_OK);
    expect_same(&c, found, better, 2);
    gan_node **order;
    size_t length;
    assert_int_equal(gan__graph_topological(better + 1, 1, &order, &length), GAN_STATUS_OK);
    for (size_t k = 0; k < length; k++)
        if (order[k]->op == GAN_OP_MATMUL && order[k]->shape.size[0] == FEATURES)
            assert_int_equal(order[k]->shape.size[1], 2);
    gan__free(order);
    gan__graph_destroy(c.graph);
}

// A column of one constant times a row is a factor too, and stays one in a product with another.
static void a_product_of_two_factors_keeps_both(void **state) {
    (void)state;
    critic c;
    gan_node *found[ROOTS], *roots[ROOTS], *better[ROOTS];
    build(&c, leaky, HIDDEN);
    gan_node *threes = gan__constant(c.graph, &GAN_SHAPE(HIDDEN, 1), 3);
    gan_node *one = gan__matmul(c.w2, c.logits, true, false);
    gan_node *other = gan__matmul(threes, gan__sigmoid(c.logits), false, false);
    size_t count = joint_gradients(&c, found);
    found[count++] = gan__mul(one, other);
    found[count++] = gan__mul(other, one);
    assert_int_equal(gan__simplify(c.graph, found, count, roots), GAN_STATUS_OK);
    assert_int_equal(gan__take_out_factors(c.graph, roots, count, better), GAN_STATUS_OK);
    assert_true(count_products(better, count) < count_products(roots, count));
    expect_same(&c, roots, better, count);
    gan__graph_destroy(c.graph);
}

static void samples_are_known_to_stay_apart(void **state) {
    (void)state;
    critic c;
    build(&c, maxout, HIDDEN / 2);
    gan_node *mean = gan__reduce_mean(c.x, 2), *centred = gan__sub(c.x, mean);
    gan_node *features = gan__reduce_sum(gan__square(c.x), 1);
    gan_node *gram = gan__matmul(c.x, c.x, true, false);
    gan_node *turned = gan__reshape(c.x, &GAN_SHAPE(BATCH, FEATURES));
    assert_true(gan__samples_stay_apart(c.logits, c.x));
    assert_true(gan__samples_stay_apart(features, c.x));
    assert_true(gan__samples_stay_apart(gan__mul(c.x, gan__broadcast(features, &c.x->shape)), c.x));
    assert_true(gan__samples_stay_apart(c.w1, c.x)); // depends on none
    assert_false(gan__samples_stay_apart(c.first, c.x));
    assert_false(gan__samples_stay_apart(centred, c.x));
    assert_false(gan__samples_stay_apart(gram, c.x));
    assert_false(gan__samples_stay_apart(turned, c.x));
    assert_false(gan__samples_stay_apart(gan__concat((gan_node *[]){c.x, c.x}, 2, 1), c.x));
    assert_true(gan__samples_stay_apart(gan__concat((gan_node *[]){c.x, c.x}, 2, 0), c.x));
    assert_false(gan__samples_stay_apart(
        gan__slice(c.x, (int64_t[]){0, 1}, (int64_t[]){FEATURES, 3}, NULL), c.x));
    gan__graph_destroy(c.graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_costs_share_the_products_on_their_way_back),
        cmocka_unit_test(one_cost_is_left_as_it_is),
        cmocka_unit_test(half_a_batch_goes_back_by_half_the_columns),
        cmocka_unit_test(a_product_of_two_factors_keeps_both),
        cmocka_unit_test(samples_are_known_to_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
