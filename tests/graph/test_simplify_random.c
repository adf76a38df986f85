// Simplification of graphs that nobody thought of: thousands, drawn at random from everything the
// rules look at (views of views, sums of pads, concatenations of slices, scaled and transposed
// products, reductions of what was broadcast), keep every value.
#include "cmocka_headers.h"

#include "base/philox.h"
#include "base/status.h"
#include "graph/interpret.h"
#include "graph/node.h"
#include "graph/simplify.h"

#include <math.h>
#include <stdlib.h>

#define GRAPHS   4000
#define STEPS    9
#define LEAVES   3
#define ELEMENTS 2000 // larger nodes are not built upon

// A source of random choices: the graph's number and how many were made so far.
typedef struct chance {
    uint64_t graph;
    uint32_t choices;
} chance;

// A whole number in [low, high].
static int64_t pick(chance *c, int64_t low, int64_t high) {
    const uint32_t word = gan__philox_draw(77, 1, c->graph, c->choices++).word[0];
    return low + (int64_t)(word % (uint32_t)(high - low + 1));
}

typedef struct pool {
    gan_graph *graph;
    chance c;
    gan_node *nodes[LEAVES + STEPS];
    int count;
} pool;

static gan_node *any(pool *p) {
    return p->nodes[pick(&p->c, 0, p->count - 1)];
}

// --- What is drawn ------------------------------------------------------------------------------

static gan_node *random_scale(pool *p, gan_node *x) {
    static const double factors[] = {2, -1, 0.5, -3, 1, 0.125};
    return gan__scale(x, factors[pick(&p->c, 0, 5)]);
}

static gan_node *random_unary(pool *p, gan_node *x) {
    switch (pick(&p->c, 0, 6)) {
    case 0:
        return gan__sin(x);
    case 1:
        return gan__square(x);
    case 2:
        return gan__power(x, gan__scalar(p->graph, (double)pick(&p->c, 0, 3)));
    case 3:
        return gan__div(x, gan__scalar(p->graph, -4));
    case 4:
        return gan__sub(gan__scalar(p->graph, 0), x);
    case 5:
        return gan__stop_gradient(x);
    default:
        return gan__neg(x);
    }
}

// Another node of x's shape: one of the pool, or made of x.
static gan_node *partner(pool *p, gan_node *x) {
    for (int tries = 0; tries < 4; tries++) {
        gan_node *other = any(p);
        if (other != x && gan__shape_equal(&other->shape, &x->shape)) return other;
    }
    switch (pick(&p->c, 0, 3)) {
    case 0:
        return x;
    case 1:
        return gan__reduce_sum(x, (uint32_t)pick(&p->c, 0, 15));
    case 2:
        return gan__neg(x);
    default:
        return gan__scale(gan__cos(x), 2);
    }
}

static gan_node *random_binary(pool *p, gan_node *x) {
    gan_node *y = partner(p, x);
    switch (pick(&p->c, 0, 4)) {
    case 0:
        return gan__sub(x, y);
    case 1:
        return gan__mul(x, y);
    case 2:
        return gan__maximum(y, x);
    default:
        return gan__add(x, y);
    }
}

static gan_node *random_select(pool *p, gan_node *x) {
    gan_node *zero = gan__scalar(p->graph, 0), *y = partner(p, x), *z = partner(p, x);
    // Away from 0, where sums in another order cancel to something that is just not 0.
    gan_node *positive = gan__less(gan__scalar(p->graph, 0.0123), x);
    gan_node *one = gan__less(any(p), gan__scalar(p->graph, 0.25));
    gan_node *other = pick(&p->c, 0, 2) == 0 ? positive : one;
    if (!gan__shape_equal(&one->shape, &x->shape)) one = other = positive;
    gan_node *first = gan__select(one, y, zero), *second = gan__select(other, zero, z);
    switch (pick(&p->c, 0, 3)) {
    case 0:
        return gan__add(first, second);
    case 1:
        return gan__add(gan__scale(second, 3), gan__neg(first));
    case 2:
        return gan__select(gan__scalar(p->graph, (double)pick(&p->c, 0, 1)), x, y);
    default:
        return gan__scale(first, -2);
    }
}

static gan_node *random_reduce(pool *p, gan_node *x) {
    const uint32_t axes = (uint32_t)pick(&p->c, 0, 15);
    return pick(&p->c, 0, 2) == 0 ? gan__reduce_max(x, axes) : gan__reduce_sum(x, axes);
}

static gan_node *random_reshape(pool *p, gan_node *x) {
    gan_shape shape = {0};
    int64_t left = gan__shape_elements(&x->shape);
    const int rank = (int)pick(&p->c, 1, 4);
    for (; shape.rank < rank - 1; shape.rank++) {
        const int64_t size = pick(&p->c, 1, 4);
        shape.size[shape.rank] = left % size == 0 ? size : 1;
        left /= shape.size[shape.rank];
    }
    shape.size[shape.rank++] = left;
    return gan__reshape(x, &shape);
}

static gan_node *random_permute(pool *p, gan_node *x) {
    int order[GAN_RANK_MAX] = {0, 1, 2, 3, 4, 5};
    for (int i = x->shape.rank - 1; i > 0; i--) {
        const int64_t k = pick(&p->c, 0, i);
        const int held = order[i];
        order[i] = order[k], order[k] = held;
    }
    return pick(&p->c, 0, 1) == 0 && x->shape.rank > 1 ? gan__transpose(x) : gan__permute(x, order);
}

static gan_node *random_broadcast(pool *p, gan_node *x) {
    gan_node *thin = gan__reduce_sum(x, (uint32_t)pick(&p->c, 0, 15));
    gan_shape shape = thin->shape;
    for (int i = 0; i < shape.rank; i++) {
        if (shape.size[i] == 1) shape.size[i] = pick(&p->c, 1, 3);
    }
    return gan__broadcast(pick(&p->c, 0, 1) == 0 ? gan__neg(thin) : thin, &shape);
}

static gan_node *random_slice(pool *p, gan_node *x) {
    int64_t start[GAN_RANK_MAX], size[GAN_RANK_MAX], step[GAN_RANK_MAX];
    for (int i = 0; i < x->shape.rank; i++) {
        step[i] = pick(&p->c, 0, 2) == 0 ? pick(&p->c, 2, 3) : 1;
        start[i] = pick(&p->c, 0, x->shape.size[i] - 1);
        size[i] = pick(&p->c, 1, (x->shape.size[i] - 1 - start[i]) / step[i] + 1);
    }
    return gan__slice(x, start, size, step);
}

// With steps, as the gradients of slices have; often along one axis only.
static gan_node *random_pad(pool *p, gan_node *x) {
    gan_attributes attributes = {0};
    gan_shape shape = x->shape;
    const int64_t only = pick(&p->c, -1, x->shape.rank - 1);
    for (int i = 0; i < shape.rank; i++) {
        const bool padded = only < 0 || only == i;
        const int64_t step = padded && pick(&p->c, 0, 3) == 0 ? pick(&p->c, 2, 3) : 1;
        attributes.slice.step[i] = step;
        attributes.slice.start[i] = padded ? pick(&p->c, 0, 3) : 0;
        shape.size[i] = attributes.slice.start[i] + (x->shape.size[i] - 1) * step + 1 +
                        (padded ? pick(&p->c, 0, 3) : 0);
    }
    return gan__node_make(p->graph, GAN_OP_PAD, &shape, &attributes, &x, 1);
}

// The part of x from `from` on along the axis, `count` long, in these steps.
static gan_node *part(gan_node *x, int axis, int64_t from, int64_t count, int64_t step) {
    int64_t start[GAN_RANK_MAX] = {0}, size[GAN_RANK_MAX], steps[GAN_RANK_MAX];
    for (int i = 0; i < x->shape.rank; i++) size[i] = x->shape.size[i], steps[i] = 1;
    start[axis] = from, size[axis] = count, steps[axis] = step;
    return gan__slice(x, start, size, steps);
}

static gan_node *random_concat(pool *p, gan_node *x) {
    const int axis = (int)pick(&p->c, 0, x->shape.rank - 1);
    const int64_t size = x->shape.size[axis], cut = pick(&p->c, 0, size - 1);
    gan_node *parts[5], *source[2] = {x, partner(p, x)};
    if (!gan__shape_equal(&source[1]->shape, &x->shape)) source[1] = x;
    int count = 0;
    const int64_t step = size >= 4 ? pick(&p->c, 1, 2) : 1;
    parts[count++] = cut > 0 ? part(x, axis, 0, cut, 1) : x;
    if (step == 2) parts[count++] = part(source[0], axis, cut % 2, 1, 2);
    if (step == 2) parts[count++] = part(source[0], axis, cut % 2 + pick(&p->c, 1, 2), 1, 2);
    parts[count++] = part(source[pick(&p->c, 0, 1)], axis, cut, size - cut, 1);
    if (pick(&p->c, 0, 1) == 0) parts[count++] = gan__scale(parts[0], 0);
    return gan__concat(parts, (size_t)count, axis);
}

// Sums of pads that may touch, overlap, or lie along different axes.
static gan_node *random_sum_of_pads(pool *p, gan_node *x) {
    const int axis = (int)pick(&p->c, 0, x->shape.rank - 1);
    const int other = pick(&p->c, 0, 3) == 0 ? (int)pick(&p->c, 0, x->shape.rank - 1) : axis;
    int64_t before[3][GAN_RANK_MAX] = {{0}}, after[3][GAN_RANK_MAX] = {{0}};
    const int64_t size = x->shape.size[axis], shift = pick(&p->c, 1, size + 1);
    after[0][axis] = shift;
    before[1][axis] = shift;
    gan_node *sum = gan__add(gan__pad(x, before[0], after[0]), gan__pad(x, before[1], after[1]));
    after[2][other] = pick(&p->c, 1, 3);
    gan_node *wider = gan__pad(sum, before[2], after[2]);
    before[2][other] = after[2][other], after[2][other] = 0;
    return pick(&p->c, 0, 1) == 0 ? sum
                                  : gan__add(wider, gan__pad(gan__neg(sum), before[2], after[2]));
}

// What the gradients of two slices of x add up to.
static gan_node *random_sum_of_parts(pool *p, gan_node *x) {
    gan_node *put_back[2];
    for (int k = 0; k < 2; k++) {
        const int axis = (int)pick(&p->c, 0, x->shape.rank - 1);
        const int64_t size = x->shape.size[axis], from = pick(&p->c, 0, size - 1);
        const int64_t count = pick(&p->c, 1, size - from);
        int64_t before[GAN_RANK_MAX] = {0}, after[GAN_RANK_MAX] = {0};
        before[axis] = from, after[axis] = size - from - count;
        put_back[k] = gan__pad(gan__sin(part(x, axis, from, count, 1)), before, after);
    }
    return gan__add(put_back[0], put_back[1]);
}

static gan_node *random_matmul(pool *p, gan_node *x) {
    if (x->shape.rank < 2) return gan__neg(x);
    gan_node *a = pick(&p->c, 0, 1) == 0 ? random_scale(p, x) : x;
    gan_node *b = pick(&p->c, 0, 1) == 0 ? gan__transpose(x) : gan__transpose(gan__sin(x));
    if (x->shape.rank == 3 && x->shape.size[0] == x->shape.size[2]) {
        gan_node *turned = gan__permute(x, (int[]){2, 1, 0});
        if (pick(&p->c, 0, 1) == 0)
            return gan__matmul(turned, gan__transpose(turned), false, false);
    }
    switch (pick(&p->c, 0, 2)) {
    case 0:
        return gan__matmul(a, gan__transpose(b), false, true);
    case 1:
        return gan__matmul(gan__transpose(a), gan__neg(x), false, false);
    default:
        return gan__matmul(a, b, false, false);
    }
}

static gan_node *random_node(pool *p) {
    static gan_node *(*const makers[])(pool * p, gan_node * x) = {
        random_scale,   random_unary,   random_binary,    random_select,      random_reduce,
        random_reshape, random_permute, random_broadcast, random_slice,       random_slice,
        random_pad,     random_concat,  random_matmul,    random_sum_of_pads, random_sum_of_parts};
    gan_node *x = any(p);
    if (gan__shape_elements(&x->shape) > ELEMENTS || x->shape.rank == 0) x = p->nodes[0];
    return makers[pick(&p->c, 0, (int64_t)(sizeof makers / sizeof makers[0]) - 1)](p, x);
}

// --- What is checked ----------------------------------------------------------------------------

static void add_leaf(pool *p, gan_interpreter *interpreter) {
    gan_shape shape = {.rank = (int)pick(&p->c, 1, 3)};
    for (int i = 0; i < shape.rank; i++) shape.size[i] = pick(&p->c, 1, 4);
    gan_node *leaf = gan__state(p->graph, "leaf", &shape);
    double values[64];
    for (int64_t e = 0; e < gan__shape_elements(&shape); e++) {
        values[e] = (double)pick(&p->c, -1000, 1000) / 1000;
    }
    assert_int_equal(gan__interpreter_set(interpreter, leaf, values), GAN_STATUS_OK);
    p->nodes[p->count++] = leaf;
}

static void expect_equal(const pool *p, gan_interpreter *interpreter, const gan_node *before,
                         const gan_node *after) {
    const double *expected, *got;
    assert_true(gan__shape_equal(&before->shape, &after->shape));
    assert_int_equal(gan__interpreter_get(interpreter, before, &expected), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, after, &got), GAN_STATUS_OK);
    const int64_t elements = gan__shape_elements(&before->shape);
    double scale = 1;
    for (int64_t e = 0; e < elements; e++) {
        if (isfinite(expected[e])) scale = fmax(scale, fabs(expected[e]));
    }
    for (int64_t e = 0; e < elements; e++) {
        if (isnan(expected[e]) && isnan(got[e])) continue;
        if (got[e] == expected[e] || fabs(got[e] - expected[e]) <= 1e-10 * scale) continue;
        fail_msg("graph %llu: element %lld of a %s is %.17g, was %.17g",
                 (unsigned long long)p->c.graph, (long long)e, gan__op_info(before->op)->name,
                 got[e], expected[e]);
    }
}

static void check_graph(uint64_t number) {
    pool p = {.c = {.graph = number}};
    gan_interpreter *interpreter;
    assert_int_equal(gan__graph_create(&p.graph), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_create(p.graph, 0, &interpreter), GAN_STATUS_OK);
    for (int i = 0; i < LEAVES; i++) add_leaf(&p, interpreter);
    for (int i = 0; i < STEPS; i++) {
        gan_node *made = random_node(&p);
        if (made == NULL)
            fail_msg("graph %llu: %s", (unsigned long long)number, gan_status_message());
        p.nodes[p.count++] = made;
    }
    gan_node *both[2 * (LEAVES + STEPS)], *again[LEAVES + STEPS];
    const size_t count = (size_t)p.count;
    for (size_t i = 0; i < count; i++) both[i] = p.nodes[i];
    // All nodes at once, so that everything is shared, and then the last alone.
    for (size_t first = 0; first < count; first += count - 1) {
        const size_t roots = count - first;
        gan_node **after = both + count;
        assert_int_equal(gan__simplify(p.graph, both + first, roots, after), GAN_STATUS_OK);
        assert_int_equal(gan__interpreter_run(interpreter, both + first, 2 * roots, 0),
                         GAN_STATUS_OK);
        for (size_t i = 0; i < roots; i++) expect_equal(&p, interpreter, both[first + i], after[i]);
        assert_int_equal(gan__simplify(p.graph, after, roots, again), GAN_STATUS_OK);
        assert_memory_equal(again, after, roots * sizeof *again);
    }
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(p.graph);
}

static void random_graphs_keep_their_values(void **state) {
    (void)state;
    for (uint64_t number = 0; number < GRAPHS; number++) check_graph(number);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_graphs_keep_their_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
