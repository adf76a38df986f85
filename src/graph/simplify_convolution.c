// Rules for convolutions: factors go behind them, and those without a window are matrix products.
#include "graph/simplify_rules.h"

#include "graph/convolution.h"

// --- As matrix products -------------------------------------------------------------------------

// Along one axis: each place of the output takes the one place of the input that it has.
static bool is_pointwise(const gan_node *node, const gan_convolution_shapes *s, int i) {
    return s->w->size[2 + i] == 1 && node->attributes.convolution.stride[i] == 1 &&
           node->attributes.convolution.before[i] == 0 && s->x->size[1 + i] == s->y->size[1 + i];
}

// Along one axis: the only place of the output takes the whole input.
static bool is_whole(const gan_node *node, const gan_convolution_shapes *s, int i) {
    return s->y->size[1 + i] == 1 && node->attributes.convolution.dilation[i] == 1 &&
           node->attributes.convolution.before[i] == 0 && s->x->size[1 + i] == s->w->size[2 + i];
}

// As `groups` matrices of so many rows and columns; as one matrix when there is but one group.
static gan_shape matrices(const gan_node *node, int64_t rows, int64_t columns) {
    const int64_t groups = node->attributes.convolution.groups;
    return groups == 1 ? GAN_SHAPE(rows, columns) : GAN_SHAPE(groups, rows, columns);
}

static gan_node *reshaped(gan_node *a, gan_shape shape, const gan_simplify_uses *uses) {
    return gan__simplify_settle(gan__reshape(a, &shape), uses);
}

// With Y = W X, for each group Y (rows, columns), W (rows, depth) and X (depth, columns): Y, or
// X = W^T Y, or W = Y X^T.
static gan_node *as_matmul(const gan_node *node, const gan_convolution_shapes *s,
                           const gan_simplify_uses *uses) {
    const bool by_input = node->op == GAN_OP_CONVOLUTION_BY_INPUT;
    const bool by_weight = node->op == GAN_OP_CONVOLUTION_BY_WEIGHT;
    const int64_t rows = s->w->size[0] / node->attributes.convolution.groups;
    const int64_t depth = s->w->size[1] * s->w->size[2] * s->w->size[3];
    const int64_t columns = s->y->size[1] * s->y->size[2] * s->y->size[3];
    gan_node *left =
        reshaped(node->inputs[1], matrices(node, rows, by_weight ? columns : depth), uses);
    gan_node *right =
        reshaped(node->inputs[0], matrices(node, by_input ? rows : depth, columns), uses);
    gan_node *product = gan__matmul(left, right, by_input, by_weight);
    return gan__reshape(gan__simplify_settle(product, uses), &node->shape);
}

// --- The rule -----------------------------------------------------------------------------------

// The operand without its factor, if the result has no more elements to multiply by it.
static gan_node *without_factor(const gan_node *node, uint32_t i, const gan_simplify_uses *uses,
                                double *factor) {
    gan_node *a = node->inputs[i];
    if (gan__shape_elements(&node->shape) > gan__shape_elements(&a->shape)) return a;
    return gan__simplify_factor(a, uses, factor);
}

gan_node *gan__simplify_convolution(gan_node *node, const gan_simplify_uses *uses) {
    const gan_convolution_shapes s = gan__convolution_shapes(node);
    if ((is_pointwise(node, &s, 0) && is_pointwise(node, &s, 1)) ||
        (is_whole(node, &s, 0) && is_whole(node, &s, 1))) {
        return as_matmul(node, &s, uses);
    }
    double factor = 1;
    gan_node *operands[2];
    for (uint32_t i = 0; i < 2; i++) operands[i] = without_factor(node, i, uses, &factor);
    if (operands[0] == node->inputs[0] && operands[1] == node->inputs[1]) return NULL;
    gan_node *rest =
        gan__node_make(node->graph, node->op, &node->shape, &node->attributes, operands, 2);
    return gan__scale(gan__simplify_settle(rest, uses), factor);
}
