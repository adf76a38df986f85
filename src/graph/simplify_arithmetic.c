// Rules for elementwise operations and products.
#include "graph/simplify_rules.h"

#include <float.h>
#include <math.h>

static gan_node *operand(const gan_node *node, uint32_t i) {
    return node->inputs[i];
}

static bool is(const gan_node *node, gan_op op) {
    return node->op == op;
}

// The same, and nothing else uses it, so that bypassing it saves it.
static bool is_lone(const gan_node *node, gan_op op, const gan_simplify_uses *uses) {
    return node->op == op && gan__simplify_unshared(uses, node);
}

// Whether the node is x * factor with a constant factor (which the builders put last).
static bool is_scaled(const gan_node *node, double *factor) {
    return is(node, GAN_OP_MUL) && gan__node_is_constant(operand(node, 1), factor);
}

// Whether a float32 holds the number without overflow or loss of digits to underflow.
static bool is_tame(double value) {
    return fabs(value) >= FLT_MIN && fabs(value) <= FLT_MAX;
}

// --- Elementwise --------------------------------------------------------------------------------

// What all operands that are not constant are broadcast from, or NULL: the source of one of them.
static const gan_node *common_source(const gan_node *node) {
    const gan_node *source = NULL;
    for (uint32_t i = 0; i < node->input_count; i++) {
        const gan_node *a = operand(node, i);
        if (is(a, GAN_OP_CONSTANT)) continue;
        if (!is(a, GAN_OP_BROADCAST)) return NULL;
        if (source != NULL && !gan__shape_equal(&source->shape, &operand(a, 0)->shape)) return NULL;
        source = operand(a, 0);
    }
    return source;
}

// f(broadcast(x), broadcast(y)) = broadcast(f(x, y)): computed once for each distinct element.
static gan_node *hoist_broadcast(gan_node *node, const gan_simplify_uses *uses) {
    const gan_node *source = common_source(node);
    if (source == NULL) return NULL;
    gan_node *operands[3];
    for (uint32_t i = 0; i < node->input_count; i++) {
        double value;
        gan_node *a = operand(node, i);
        operands[i] = gan__node_is_constant(a, &value)
                          ? gan__constant(node->graph, &source->shape, value)
                          : operand(a, 0);
    }
    gan_node *small = gan__node_make(node->graph, node->op, &source->shape, &node->attributes,
                                     operands, node->input_count);
    return gan__broadcast(gan__simplify_settle(small, uses), &node->shape);
}

gan_node *gan__simplify_elementwise(gan_node *node, const gan_simplify_uses *uses) {
    return hoist_broadcast(node, uses);
}

static bool is_zero(const gan_node *node) {
    return gan__node_is_constant_of(node, 0);
}

// (c ? a : 0) + (c ? 0 : b) = (c ? a : b): what the gradient of a select leaves behind.
static gan_node *sum_of_selects(const gan_node *a, const gan_node *b) {
    if (!is(a, GAN_OP_SELECT) || !is(b, GAN_OP_SELECT)) return NULL;
    gan_node *condition = operand(a, 0);
    if (operand(b, 0) != condition) return NULL;
    if (is_zero(operand(a, 2)) && is_zero(operand(b, 1))) {
        return gan__select(condition, operand(a, 1), operand(b, 2));
    }
    if (is_zero(operand(a, 1)) && is_zero(operand(b, 2))) {
        return gan__select(condition, operand(b, 1), operand(a, 2));
    }
    return NULL;
}

// (c ? a : 0) factor = (c ? a factor : 0), so that such sums are seen.
static gan_node *scale_of_select(const gan_node *a, double factor, const gan_simplify_uses *uses) {
    if (!is_lone(a, GAN_OP_SELECT, uses)) return NULL;
    gan_node *condition = operand(a, 0), *yes = operand(a, 1), *no = operand(a, 2);
    if (is_zero(no)) {
        return gan__select(condition, gan__simplify_settle(gan__scale(yes, factor), uses), no);
    }
    if (is_zero(yes)) {
        return gan__select(condition, yes, gan__simplify_settle(gan__scale(no, factor), uses));
    }
    return NULL;
}

gan_node *gan__simplify_neg(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0);
    double factor;
    if (is(a, GAN_OP_NEG)) return operand(a, 0);
    if (is(a, GAN_OP_SUB)) return gan__sub(operand(a, 1), operand(a, 0));
    if (is_scaled(a, &factor)) return gan__scale(operand(a, 0), -factor);
    return hoist_broadcast(node, uses);
}

gan_node *gan__simplify_add(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0), *b = operand(node, 1);
    if (a == b) return gan__scale(a, 2);
    if (is(b, GAN_OP_NEG)) return gan__sub(a, operand(b, 0));
    if (is(a, GAN_OP_NEG)) return gan__sub(b, operand(a, 0));
    gan_node *joined = sum_of_selects(a, b);
    if (joined == NULL) joined = gan__simplify_sum_of_pads(node);
    return joined != NULL ? joined : hoist_broadcast(node, uses);
}

gan_node *gan__simplify_sub(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0), *b = operand(node, 1);
    if (is(b, GAN_OP_NEG)) return gan__add(a, operand(b, 0));
    return hoist_broadcast(node, uses);
}

static gan_node *simplify_scale(gan_node *a, double factor, const gan_simplify_uses *uses) {
    double inner;
    if (is_scaled(a, &inner) && is_tame(inner * factor)) {
        return gan__scale(operand(a, 0), inner * factor);
    }
    if (is(a, GAN_OP_NEG)) return gan__scale(operand(a, 0), -factor);
    return scale_of_select(a, factor, uses);
}

gan_node *gan__simplify_mul(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0), *b = operand(node, 1), *scaled = NULL;
    double factor;
    if (is_scaled(node, &factor)) scaled = simplify_scale(a, factor, uses);
    if (scaled != NULL) return scaled;
    if (is(a, GAN_OP_NEG) && is(b, GAN_OP_NEG)) return gan__mul(operand(a, 0), operand(b, 0));
    // The sign goes outwards, where it may meet another.
    if (is_lone(a, GAN_OP_NEG, uses)) {
        return gan__neg(gan__simplify_settle(gan__mul(operand(a, 0), b), uses));
    }
    if (is_lone(b, GAN_OP_NEG, uses)) {
        return gan__neg(gan__simplify_settle(gan__mul(a, operand(b, 0)), uses));
    }
    return hoist_broadcast(node, uses);
}

gan_node *gan__simplify_div(gan_node *node, const gan_simplify_uses *uses) {
    double divisor;
    if (gan__node_is_constant(operand(node, 1), &divisor) && is_tame(1 / divisor)) {
        return gan__scale(operand(node, 0), 1 / divisor);
    }
    return hoist_broadcast(node, uses);
}

gan_node *gan__simplify_power(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0), *exponent = operand(node, 1);
    if (gan__node_is_constant_of(exponent, 2)) return gan__square(a);
    if (gan__node_is_constant_of(exponent, -1)) return gan__reciprocal(a);
    return hoist_broadcast(node, uses);
}

// --- Products -----------------------------------------------------------------------------------

// Whether the node is a permutation that swaps the last two axes and leaves the others.
static bool is_transpose(const gan_node *node) {
    if (!is(node, GAN_OP_PERMUTE)) return false;
    const int rank = node->shape.rank;
    for (int i = 0; i < rank - 2; i++) {
        if (node->attributes.order[i] != i) return false;
    }
    return node->attributes.order[rank - 1] == rank - 2;
}

gan_node *gan__simplify_factor(gan_node *node, const gan_simplify_uses *uses, double *factor) {
    double own = -1;
    const bool has_factor = is_lone(node, GAN_OP_NEG, uses) ||
                            (is_lone(node, GAN_OP_MUL, uses) && is_scaled(node, &own));
    if (!has_factor) return node;
    *factor *= own;
    return operand(node, 0);
}

// A transposed operand becomes a flag; a factor or a sign of an operand becomes one of the product.
gan_node *gan__simplify_matmul(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *operands[2] = {operand(node, 0), operand(node, 1)};
    bool transpose[2] = {node->attributes.matmul.transpose_a, node->attributes.matmul.transpose_b};
    double total = 1;
    for (int i = 0; i < 2; i++) {
        if (is_transpose(operands[i])) {
            transpose[i] = !transpose[i];
            operands[i] = operand(operands[i], 0);
        } else {
            operands[i] = gan__simplify_factor(operands[i], uses, &total);
        }
    }
    if (operands[0] == operand(node, 0) && operands[1] == operand(node, 1)) return NULL;
    gan_node *product = gan__matmul(operands[0], operands[1], transpose[0], transpose[1]);
    return gan__scale(gan__simplify_settle(product, uses), total);
}
