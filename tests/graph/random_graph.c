// See random_graph.h.
#include "random_graph.h"

#include "base/memory.h"
#include "base/philox.h"
#include "graph/node.h"

#include <string.h>

// A whole number in [low, high].
static int64_t pick(gan_random_graph *g, int64_t low, int64_t high) {
    uint32_t word = gan__philox_draw(78, 1, g->number, g->choices++).word[0];
    return low + (int64_t)(word % (uint32_t)(high - low + 1));
}

static gan_node *any(gan_random_graph *g) {
    return g->nodes[pick(g, 0, g->count - 1)];
}

// Sizes around the vector's width, and around 1.
static int64_t pick_size(gan_random_graph *g) {
    static const int64_t sizes[] = {1, 1, 2, 3, 5, 7, 8, 15, 16, 17, 20, 32};
    return sizes[pick(g, 0, 11)];
}

// --- Leaves -------------------------------------------------------------------------------------

static gan_shape pick_shape(gan_random_graph *g) {
    gan_shape shape = {.rank = (int)pick(g, 1, 3)};
    for (int i = 0; i < shape.rank; i++) shape.size[i] = pick_size(g);
    if (gan__shape_elements(&shape) > GAN_RANDOM_ELEMENTS) shape.size[0] = 2;
    return shape;
}

static gan_node *add_leaf(gan_random_graph *g, gan_node *leaf, bool whole, int64_t high) {
    double *values = g->values[g->leaf_count];
    for (int64_t e = 0; e < gan__shape_elements(gan__node_shape(leaf)); e++)
        values[e] = whole ? (double)pick(g, 0, high) : (float)((double)pick(g, -1000, 1000) / 1000);
    g->leaves[g->leaf_count++] = (gan_leaf_values){leaf, values};
    return leaf;
}

static void add_leaves(gan_random_graph *g) {
    for (int i = 0; i < 3; i++) {
        gan_shape shape = pick_shape(g);
        g->nodes[g->count++] = add_leaf(g, gan__state(g->graph, "state", &shape), false, 0);
    }
    gan_shape shape = pick_shape(g);
    gan_node *bytes = gan__input(g->graph, "bytes", GAN_ELEMENT_U8, &shape);
    g->nodes[g->count++] = gan__scale(add_leaf(g, bytes, true, 255), 1.0 / 256);
    shape = GAN_SHAPE(pick(g, 1, 9));
    g->index = add_leaf(g, gan__input(g->graph, "index", GAN_ELEMENT_F32, &shape), true, 4);
}

// --- Operations ---------------------------------------------------------------------------------

static gan_node *make_unary(gan_random_graph *g, gan_node *x) {
    switch (pick(g, 0, 6)) {
    case 0:
        return gan__sin(gan__scale(x, 2));
    case 1:
        return gan__tanh(x);
    case 2:
        return gan__sigmoid(x);
    case 3:
        return gan__abs(x);
    case 4:
        return gan__softplus(x);
    case 5:
        return gan__scale(gan__square(x), 0.5);
    default:
        return gan__neg(x);
    }
}

// Another node of x's shape.
static gan_node *partner(gan_random_graph *g, gan_node *x) {
    for (int tries = 0; tries < 8; tries++) {
        gan_node *other = any(g);
        if (other != x && gan__shape_equal(gan__node_shape(other), gan__node_shape(x)))
            return other;
    }
    if (pick(g, 0, 2) == 0)
        return gan__random_uniform(g->graph, gan__node_shape(x), (uint32_t)pick(g, 0, 3));
    gan_node *mean = gan__reduce_mean(x, (uint32_t)pick(g, 0, 7));
    return gan__broadcast(mean, gan__node_shape(x));
}

static gan_node *make_binary(gan_random_graph *g, gan_node *x) {
    gan_node *y = partner(g, x);
    switch (pick(g, 0, 4)) {
    case 0:
        return gan__mul(x, y);
    case 1:
        return gan__maximum(x, y);
    case 2:
        return gan__div(x, gan__offset(gan__square(y), 1));
    case 3:
        return gan__scale(gan__sub(x, y), 0.5);
    default:
        return gan__scale(gan__add(x, y), 0.5);
    }
}

static gan_node *make_reduce(gan_random_graph *g, gan_node *x) {
    uint32_t axes = (uint32_t)pick(g, 0, 7);
    return pick(g, 0, 2) == 0 ? gan__reduce_max(x, axes) : gan__reduce_mean(x, axes);
}

static gan_node *make_normal(gan_random_graph *g, gan_node *x) {
    uint32_t axes = 1u << pick(g, 0, gan__node_shape(x)->rank ? gan__node_shape(x)->rank - 1 : 0);
    if (gan__node_shape(x)->rank == 0) return gan__neg(x);
    gan_node *centred = gan__sub(x, gan__reduce_mean(x, axes));
    gan_node *variance = gan__reduce_mean(gan__square(centred), axes);
    return gan__mul(centred, gan__rsqrt(gan__offset(variance, 0.5)));
}

static gan_node *make_reshape(gan_random_graph *g, gan_node *x) {
    gan_shape shape = {0};
    int64_t left = gan__shape_elements(gan__node_shape(x));
    int rank = (int)pick(g, 1, 4);
    for (; shape.rank < rank - 1; shape.rank++) {
        int64_t size = pick_size(g);
        shape.size[shape.rank] = left % size == 0 ? size : 1;
        left /= shape.size[shape.rank];
    }
    shape.size[shape.rank++] = left;
    return gan__reshape(x, &shape);
}

static gan_node *make_permute(gan_random_graph *g, gan_node *x) {
    int order[GAN_RANK_MAX] = {0, 1, 2, 3, 4, 5};
    for (int i = gan__node_shape(x)->rank - 1; i > 0; i--) {
        int64_t k = pick(g, 0, i);
        int held = order[i];
        order[i] = order[k];
        order[k] = held;
    }
    return gan__permute(x, order);
}

static gan_node *make_slice(gan_random_graph *g, gan_node *x) {
    const gan_shape *shape = gan__node_shape(x);
    int64_t start[GAN_RANK_MAX], size[GAN_RANK_MAX], step[GAN_RANK_MAX];
    for (int i = 0; i < shape->rank; i++) {
        step[i] = pick(g, 0, 2) == 0 ? 2 : 1;
        start[i] = pick(g, 0, (shape->size[i] - 1) / 2);
        size[i] = pick(g, 1, (shape->size[i] - 1 - start[i]) / step[i] + 1);
    }
    return gan__slice(x, start, size, step);
}

static gan_node *make_pad(gan_random_graph *g, gan_node *x) {
    int64_t before[GAN_RANK_MAX] = {0}, after[GAN_RANK_MAX] = {0};
    for (int i = 0; i < gan__node_shape(x)->rank; i++) {
        before[i] = pick(g, 0, 3);
        after[i] = pick(g, 0, 2);
    }
    return gan__pad(x, before, after);
}

static gan_node *make_concat(gan_random_graph *g, gan_node *x) {
    if (gan__node_shape(x)->rank == 0) return gan__neg(x);
    gan_node *parts[3] = {x, partner(g, x), gan__tanh(x)};
    int axis = (int)pick(g, 0, gan__node_shape(x)->rank - 1);
    return gan__concat(parts, (size_t)pick(g, 2, 3), axis);
}

// A product of x with something of itself, scaled down by the length of its sums.
static gan_node *make_matmul(gan_random_graph *g, gan_node *x) {
    const gan_shape *shape = gan__node_shape(x);
    if (shape->rank < 2) return gan__neg(x);
    double rows = (double)shape->size[shape->rank - 2],
           columns = (double)shape->size[shape->rank - 1];
    gan_node *y = pick(g, 0, 1) ? x : gan__sin(x), *product = NULL;
    switch (pick(g, 0, 3)) {
    case 0:
        return gan__scale(gan__matmul(x, y, false, true), 1 / columns);
    case 1:
        return gan__scale(gan__matmul(y, x, true, false), 1 / rows);
    case 2:
        product = gan__matmul(gan__transpose(x), gan__transpose(y), true, false);
        return gan__tanh(gan__offset(gan__scale(product, 1 / columns), 0.25));
    default:
        return gan__scale(gan__matmul(gan__transpose(x), y, false, false), 1 / rows);
    }
}

static gan_node *make_indexed(gan_random_graph *g, gan_node *x) {
    const gan_shape *shape = gan__node_shape(x);
    if (shape->rank == 0) return gan__neg(x);
    int axis = (int)pick(g, 0, shape->rank - 1);
    gan_node *gathered = gan__gather(x, g->index, axis);
    if (pick(g, 0, 1)) return gathered;
    return gan__scale(gan__scatter_add(gathered, g->index, axis, pick(g, 5, 8)), 0.25);
}

static gan_node *make_node(gan_random_graph *g) {
    static gan_node *(*const makers[])(gan_random_graph *, gan_node *) = {
        make_unary,  make_unary,  make_binary,  make_binary,  make_binary,
        make_reduce, make_normal, make_reshape, make_permute, make_slice,
        make_pad,    make_concat, make_matmul,  make_matmul,  make_indexed};
    gan_node *x = any(g);
    if (gan__shape_elements(gan__node_shape(x)) > 4 * GAN_RANDOM_ELEMENTS) x = g->nodes[0];
    return makers[pick(g, 0, (int64_t)(sizeof makers / sizeof *makers) - 1)](g, x);
}

// --- Roots --------------------------------------------------------------------------------------

// A new value of the state's shape, from it and from another node.
static gan_node *make_update(gan_random_graph *g, gan_node *state) {
    const gan_shape *shape = gan__node_shape(state);
    gan_node *other = any(g);
    gan_shape scalar = gan__shape_scalar();
    gan_node *mean = gan__reshape(gan__reduce_mean(other, GAN_AXES_ALL), &scalar);
    if (gan__shape_equal(gan__node_shape(other), shape) && pick(g, 0, 1)) return other;
    if (shape->rank == 2 && shape->size[0] == shape->size[1] && pick(g, 0, 1))
        return gan__transpose(state); // what is read is not what is written
    return gan__add(gan__scale(state, 0.75), gan__scale(mean, 0.25));
}

static void add_roots(gan_random_graph *g) {
    for (int i = 0; i < 3; i++)
        if (pick(g, 0, 2))
            g->roots[g->root_count++] = gan__assign(g->nodes[i], make_update(g, g->nodes[i]));
    // Not the states themselves: a program gives their values from before its assignments, the
    // interpreter those from after.
    for (int i = 4; i < g->count; i++)
        if (g->nodes[i]->op != GAN_OP_STATE && (i == g->count - 1 || pick(g, 0, 3) == 0))
            g->roots[g->root_count++] = g->nodes[i];
}

gan_status gan__random_graph_create(uint64_t number, int steps, gan_random_graph **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_random_graph), &memory));
    gan_random_graph *g = memory;
    g->number = number;
    *out = g;
    GAN_TRY(gan__graph_create(&g->graph));
    add_leaves(g);
    for (int i = 0; i < steps && g->count < GAN_RANDOM_NODES - 4; i++) {
        gan_node *made = make_node(g);
        if (made == NULL) break;
        g->nodes[g->count++] = made;
    }
    if (gan__graph_status(g->graph) == GAN_STATUS_OK) add_roots(g);
    return gan__graph_status(g->graph);
}

void gan__random_graph_destroy(gan_random_graph *g) {
    if (!g) return;
    gan__graph_destroy(g->graph);
    gan__free(g);
}
