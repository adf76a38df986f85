// Builders of reductions and matrix products.
#include "graph/node.h"

static gan_node *reduce(gan_op op, gan_node *a, uint32_t axes) {
    if (a == NULL) return NULL;
    gan_shape shape = a->shape;
    gan_attributes attributes = {0};
    for (int axis = 0; axis < shape.rank; axis++) {
        if ((axes >> axis & 1) == 0 || shape.size[axis] == 1) continue;
        shape.size[axis] = 1;
        attributes.axes |= 1u << axis;
    }
    return gan__node_make(a->graph, op, &shape, &attributes, &a, 1);
}

gan_node *gan__reduce_sum(gan_node *a, uint32_t axes) {
    return reduce(GAN_OP_REDUCE_SUM, a, axes);
}

gan_node *gan__reduce_max(gan_node *a, uint32_t axes) {
    return reduce(GAN_OP_REDUCE_MAX, a, axes);
}

gan_node *gan__reduce_mean(gan_node *a, uint32_t axes) {
    gan_node *sum = gan__reduce_sum(a, axes);
    if (sum == NULL) return NULL;
    const int64_t terms = gan__shape_elements(&a->shape) / gan__shape_elements(&sum->shape);
    return gan__scale(sum, 1.0 / (double)terms);
}

static bool matmul_shape(const gan_shape *a, const gan_shape *b, bool transpose_a, bool transpose_b,
                         gan_shape *out) {
    const int rank = a->rank;
    if (rank < 2 || b->rank != rank) return false;
    *out = *a;
    for (int axis = 0; axis < rank - 2; axis++) {
        if (a->size[axis] != b->size[axis]) return false;
    }
    out->size[rank - 2] = a->size[transpose_a ? rank - 1 : rank - 2];
    out->size[rank - 1] = b->size[transpose_b ? rank - 2 : rank - 1];
    return a->size[transpose_a ? rank - 2 : rank - 1] == b->size[transpose_b ? rank - 1 : rank - 2];
}

gan_node *gan__matmul(gan_node *a, gan_node *b, bool transpose_a, bool transpose_b) {
    if (a == NULL || b == NULL) return NULL;
    gan_shape shape;
    if (!matmul_shape(&a->shape, &b->shape, transpose_a, transpose_b, &shape)) {
        char text[2][GAN_SHAPE_TEXT];
        return gan__graph_fail(
            a->graph,
            "matmul: %s%s times %s%s: inner sizes and leading dimensions must "
            "be equal, ranks at least 2",
            gan__shape_text(&a->shape, text[0]), transpose_a ? " transposed" : "",
            gan__shape_text(&b->shape, text[1]), transpose_b ? " transposed" : "");
    }
    gan_attributes attributes = {0};
    attributes.matmul.transpose_a = transpose_a;
    attributes.matmul.transpose_b = transpose_b;
    return gan__node_make(a->graph, GAN_OP_MATMUL, &shape, &attributes, (gan_node *[]){a, b}, 2);
}
