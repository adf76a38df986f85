// Builders of elementwise nodes: operands are broadcast as in NumPy, then computed place by place.
#include "graph/node.h"

// The shape that all operands broadcast to; false when there is none.
static bool common_shape(gan_node *const *operands, size_t count, gan_shape *out) {
    *out = gan__shape_scalar();
    for (size_t k = 0; k < count; k++) {
        if (operands[k]->shape.rank > out->rank) out->rank = operands[k]->shape.rank;
    }
    for (int axis = 0; axis < out->rank; axis++) {
        int64_t size = 1;
        for (size_t k = 0; k < count; k++) {
            const gan_shape *shape = &operands[k]->shape;
            const int own_axis = axis - (out->rank - shape->rank);
            if (own_axis < 0 || shape->size[own_axis] == 1) continue;
            if (size != 1 && size != shape->size[own_axis]) return false;
            size = shape->size[own_axis];
        }
        out->size[axis] = size;
    }
    return true;
}

static gan_node *fail_to_broadcast(gan_op op, gan_node *const *operands, size_t count) {
    char text[3][GAN_SHAPE_TEXT];
    for (size_t k = 0; k < count; k++) gan__shape_text(&operands[k]->shape, text[k]);
    return gan__graph_fail(operands[0]->graph,
                           "%s: shapes %s and %s%s%s do not broadcast: aligned at the last "
                           "dimension, sizes must be equal or 1",
                           gan__op_info(op)->name, text[0], text[1], count == 3 ? " and " : "",
                           count == 3 ? text[2] : "");
}

static gan_node *elementwise(gan_op op, gan_node *const *operands, size_t count) {
    for (size_t k = 0; k < count; k++) {
        if (operands[k] == NULL) return NULL;
    }
    gan_shape shape;
    if (!common_shape(operands, count, &shape)) return fail_to_broadcast(op, operands, count);
    gan_node *aligned[3];
    for (size_t k = 0; k < count; k++) aligned[k] = gan__broadcast(operands[k], &shape);
    return gan__node_make(operands[0]->graph, op, &shape, NULL, aligned, count);
}

#define UNARY_BUILDER(NAME, name)                                                                  \
    gan_node *gan__##name(gan_node *a) { return elementwise(GAN_OP_##NAME, &a, 1); }
#define BINARY_BUILDER(NAME, name)                                                                 \
    gan_node *gan__##name(gan_node *a, gan_node *b) {                                              \
        return elementwise(GAN_OP_##NAME, (gan_node *[]){a, b}, 2);                                \
    }
UNARY_BUILDER(NEG, neg)
UNARY_BUILDER(ABS, abs)
UNARY_BUILDER(SIGN, sign)
UNARY_BUILDER(FLOOR, floor)
UNARY_BUILDER(EXP, exp)
UNARY_BUILDER(EXPM1, expm1)
UNARY_BUILDER(LOG, log)
UNARY_BUILDER(LOG1P, log1p)
UNARY_BUILDER(SQRT, sqrt)
UNARY_BUILDER(RSQRT, rsqrt)
UNARY_BUILDER(SIN, sin)
UNARY_BUILDER(COS, cos)
UNARY_BUILDER(TANH, tanh)
UNARY_BUILDER(SIGMOID, sigmoid)
UNARY_BUILDER(SOFTPLUS, softplus)
UNARY_BUILDER(ERF, erf)
BINARY_BUILDER(ADD, add)
BINARY_BUILDER(SUB, sub)
BINARY_BUILDER(MUL, mul)
BINARY_BUILDER(DIV, div)
BINARY_BUILDER(MINIMUM, minimum)
BINARY_BUILDER(MAXIMUM, maximum)
BINARY_BUILDER(POWER, power)
BINARY_BUILDER(LESS, less)
BINARY_BUILDER(LESS_EQUAL, less_equal)
BINARY_BUILDER(EQUAL, equal)

gan_node *gan__select(gan_node *condition, gan_node *a, gan_node *b) {
    return elementwise(GAN_OP_SELECT, (gan_node *[]){condition, a, b}, 3);
}

gan_node *gan__scale(gan_node *a, double factor) {
    return a == NULL ? NULL : gan__mul(a, gan__scalar(a->graph, factor));
}

gan_node *gan__offset(gan_node *a, double addend) {
    return a == NULL ? NULL : gan__add(a, gan__scalar(a->graph, addend));
}

gan_node *gan__square(gan_node *a) {
    return gan__mul(a, a);
}

gan_node *gan__reciprocal(gan_node *a) {
    return a == NULL ? NULL : gan__div(gan__scalar(a->graph, 1), a);
}
