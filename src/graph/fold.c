// The folds of fold.h, one function an operation and a table at the end.
#include "graph/fold.h"

// The described node, as the folds see it.
typedef struct candidate {
    gan_graph *graph;
    gan_op op;
    const gan_shape *shape;
    const gan_attributes *attributes;
    gan_node *const *inputs;
    size_t count;
} candidate;

typedef gan_node *(*fold_rule)(const candidate *c);

static gan_node *constant(const candidate *c, double value) {
    return gan__constant(c->graph, c->shape, value);
}

static bool is(const gan_node *node, double value) {
    return gan__node_is_constant_of(node, value);
}

// --- Elementwise --------------------------------------------------------------------------------

static gan_node *fold_constants(const candidate *c) {
    double value[3] = {0};
    for (size_t i = 0; i < c->count; i++) {
        if (!gan__node_is_constant(c->inputs[i], &value[i])) return NULL;
    }
    return constant(c, gan__op_info(c->op)->host(value[0], value[1], value[2]));
}

static gan_node *fold_add(const candidate *c) {
    return is(c->inputs[1], 0) ? c->inputs[0] : NULL;
}

static gan_node *fold_sub(const candidate *c) {
    if (is(c->inputs[1], 0)) return c->inputs[0];
    return is(c->inputs[0], 0) ? gan__neg(c->inputs[1]) : NULL;
}

static gan_node *fold_mul(const candidate *c) {
    if (is(c->inputs[1], 0)) return constant(c, 0);
    if (is(c->inputs[1], 1)) return c->inputs[0];
    return is(c->inputs[1], -1) ? gan__neg(c->inputs[0]) : NULL;
}

static gan_node *fold_div(const candidate *c) {
    if (is(c->inputs[0], 0)) return constant(c, 0);
    if (is(c->inputs[1], 1)) return c->inputs[0];
    return is(c->inputs[1], -1) ? gan__neg(c->inputs[0]) : NULL;
}

static gan_node *fold_power(const candidate *c) {
    if (is(c->inputs[1], 0)) return constant(c, 1);
    return is(c->inputs[1], 1) ? c->inputs[0] : NULL;
}

static gan_node *fold_extremum(const candidate *c) {
    return c->inputs[0] == c->inputs[1] ? c->inputs[0] : NULL;
}

static gan_node *fold_select(const candidate *c) {
    double condition;
    if (c->inputs[1] == c->inputs[2]) return c->inputs[1];
    if (!gan__node_is_constant(c->inputs[0], &condition)) return NULL;
    return condition != 0 ? c->inputs[1] : c->inputs[2];
}

// --- Reductions and products --------------------------------------------------------------------

static gan_node *fold_reduce(const candidate *c) {
    gan_node *a = c->inputs[0];
    if (gan__shape_equal(c->shape, &a->shape)) return a;
    double value;
    if (!gan__node_is_constant(a, &value)) return NULL;
    if (c->op == GAN_OP_REDUCE_MAX) return constant(c, value);
    const int64_t terms = gan__shape_elements(&a->shape) / gan__shape_elements(c->shape);
    return constant(c, value * (double)terms);
}

// Matrix products and convolutions: linear in either operand.
static gan_node *fold_product(const candidate *c) {
    return is(c->inputs[0], 0) || is(c->inputs[1], 0) ? constant(c, 0) : NULL;
}

// --- Views and indexed --------------------------------------------------------------------------

// A view that shows every element in its place, or shows a constant.
static gan_node *fold_view(const candidate *c) {
    double value;
    if (gan__node_is_constant(c->inputs[0], &value)) return constant(c, value);
    return gan__shape_equal(c->shape, &c->inputs[0]->shape) ? c->inputs[0] : NULL;
}

static gan_node *fold_permute(const candidate *c) {
    double value;
    if (gan__node_is_constant(c->inputs[0], &value)) return constant(c, value);
    for (int i = 0; i < c->shape->rank; i++) {
        if (c->attributes->order[i] != i) return NULL;
    }
    return c->inputs[0];
}

static gan_node *fold_pad(const candidate *c) {
    if (is(c->inputs[0], 0)) return constant(c, 0);
    return gan__shape_equal(c->shape, &c->inputs[0]->shape) ? c->inputs[0] : NULL;
}

static gan_node *fold_concat(const candidate *c) {
    if (c->count == 1) return c->inputs[0];
    double value;
    if (!gan__node_is_constant(c->inputs[0], &value)) return NULL;
    for (size_t i = 1; i < c->count; i++) {
        if (!is(c->inputs[i], value)) return NULL;
    }
    return constant(c, value);
}

static gan_node *fold_gather(const candidate *c) {
    double value;
    return gan__node_is_constant(c->inputs[0], &value) ? constant(c, value) : NULL;
}

static gan_node *fold_scatter_add(const candidate *c) {
    return is(c->inputs[0], 0) ? constant(c, 0) : NULL;
}

static gan_node *fold_stop_gradient(const candidate *c) {
    double value;
    return gan__node_is_constant(c->inputs[0], &value) ? c->inputs[0] : NULL;
}

static const fold_rule rules[GAN_OP_COUNT] = {
    [GAN_OP_ADD] = fold_add,
    [GAN_OP_SUB] = fold_sub,
    [GAN_OP_MUL] = fold_mul,
    [GAN_OP_DIV] = fold_div,
    [GAN_OP_POWER] = fold_power,
    [GAN_OP_MINIMUM] = fold_extremum,
    [GAN_OP_MAXIMUM] = fold_extremum,
    [GAN_OP_SELECT] = fold_select,
    [GAN_OP_REDUCE_SUM] = fold_reduce,
    [GAN_OP_REDUCE_MAX] = fold_reduce,
    [GAN_OP_MATMUL] = fold_product,
    [GAN_OP_CONVOLUTION] = fold_product,
    [GAN_OP_CONVOLUTION_BY_INPUT] = fold_product,
    [GAN_OP_CONVOLUTION_BY_WEIGHT] = fold_product,
    [GAN_OP_RESHAPE] = fold_view,
    [GAN_OP_PERMUTE] = fold_permute,
    [GAN_OP_BROADCAST] = fold_view,
    [GAN_OP_SLICE] = fold_view,
    [GAN_OP_PAD] = fold_pad,
    [GAN_OP_CONCAT] = fold_concat,
    [GAN_OP_GATHER] = fold_gather,
    [GAN_OP_SCATTER_ADD] = fold_scatter_add,
    [GAN_OP_STOP_GRADIENT] = fold_stop_gradient,
};

gan_node *gan__fold(gan_graph *graph, gan_op op, const gan_shape *shape,
                    const gan_attributes *attributes, gan_node *const *inputs, size_t count) {
    const candidate c = {graph, op, shape, attributes, inputs, count};
    if (gan__op_is_elementwise(op)) {
        gan_node *folded = fold_constants(&c);
        if (folded != NULL) return folded;
    }
    return rules[op] != NULL ? rules[op](&c) : NULL;
}

bool gan__fold_swaps(gan_op op, gan_node *const *inputs) {
    static const bool commutative[GAN_OP_COUNT] = {
        [GAN_OP_ADD] = true,
        [GAN_OP_MUL] = true,
        [GAN_OP_EQUAL] = true,
    };
    if (!commutative[op]) return false;
    const bool first = inputs[0]->op == GAN_OP_CONSTANT, second = inputs[1]->op == GAN_OP_CONSTANT;
    if (first != second) return first;
    return inputs[0]->id > inputs[1]->id;
}
