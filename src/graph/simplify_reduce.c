// Rules for reductions: of views, of other reductions, and of what has a factor.
#include "graph/simplify_rules.h"

static gan_node *operand(const gan_node *node, uint32_t i) {
    return node->inputs[i];
}

static bool is(const gan_node *node, gan_op op) {
    return node->op == op;
}

// Whether the node is x * factor with a constant factor (which the builders put last).
static bool is_scaled(const gan_node *node, double *factor) {
    return is(node, GAN_OP_MUL) && gan__node_is_constant(operand(node, 1), factor);
}

static gan_node *reduce_like(const gan_node *node, gan_node *a, uint32_t axes) {
    return is(node, GAN_OP_REDUCE_SUM) ? gan__reduce_sum(a, axes) : gan__reduce_max(a, axes);
}

// What the broadcast repeated need not be added up: its sum is a multiple, its maximum itself.
static gan_node *reduce_broadcast(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *repeated = operand(node, 0), *a = operand(repeated, 0);
    double times = 1;
    for (int i = 0; i < node->shape.rank; i++) {
        if ((node->attributes.axes >> i & 1) == 0 || a->shape.size[i] != 1) continue;
        times *= (double)repeated->shape.size[i];
    }
    if (is(node, GAN_OP_REDUCE_MAX)) times = 1;
    gan_node *reduced = gan__simplify_settle(reduce_like(node, a, node->attributes.axes), uses);
    gan_node *scaled = gan__simplify_settle(gan__scale(reduced, times), uses);
    return gan__broadcast(scaled, &node->shape);
}

static gan_node *reduce_permuted(gan_node *node, const gan_simplify_uses *uses) {
    const gan_node *permuted = operand(node, 0);
    int order[GAN_RANK_MAX];
    uint32_t axes = 0;
    for (int i = 0; i < node->shape.rank; i++) {
        order[i] = permuted->attributes.order[i];
        if ((node->attributes.axes >> i & 1) != 0) axes |= 1u << order[i];
    }
    gan_node *reduced = reduce_like(node, operand(permuted, 0), axes);
    return gan__permute(gan__simplify_settle(reduced, uses), order);
}

// All elements of a reshape are all elements of what was reshaped.
static gan_node *reduce_reshaped(gan_node *node, const gan_simplify_uses *uses) {
    if (gan__shape_elements(&node->shape) != 1) return NULL;
    gan_node *reduced = reduce_like(node, operand(operand(node, 0), 0), GAN_AXES_ALL);
    return gan__reshape(gan__simplify_settle(reduced, uses), &node->shape);
}

static gan_node *reduce_reduced(gan_node *node, const gan_simplify_uses *uses) {
    const gan_node *inner = operand(node, 0);
    if (inner->op != node->op || !gan__simplify_unshared(uses, inner)) return NULL;
    return reduce_like(node, operand(inner, 0), node->attributes.axes | inner->attributes.axes);
}

// Whether the node repeats one value along all of these axes.
static bool is_repeated(const gan_node *node, uint32_t axes) {
    if (!is(node, GAN_OP_BROADCAST)) return false;
    for (int i = 0; i < node->shape.rank; i++)
        if ((axes >> i & 1) != 0 && operand(node, 0)->shape.size[i] != 1) return false;
    return true;
}

// The factor of a product that is repeated along the axes, and the product without it.
static gan_node *repeated_factor(gan_node *product, uint32_t axes, gan_node **rest) {
    for (uint32_t i = 0; i < 2; i++) {
        gan_node *const a = operand(product, i), *const b = operand(product, 1 - i);
        *rest = b;
        if (is_repeated(a, axes)) return a;
        for (uint32_t k = 0; k < 2 && is(a, GAN_OP_MUL); k++) {
            if (!is_repeated(operand(a, k), axes)) continue;
            *rest = gan__mul(operand(a, 1 - k), b);
            return operand(a, k);
        }
    }
    return NULL;
}

// The sum of c x is c times the sum of x where c is the same for all that are added up.
static gan_node *reduce_product(gan_node *node, const gan_simplify_uses *uses) {
    const uint32_t axes = node->attributes.axes;
    gan_node *rest = NULL, *factor = repeated_factor(operand(node, 0), axes, &rest);
    if (factor == NULL) return NULL;
    gan_node *sum = gan__simplify_settle(gan__reduce_sum(rest, axes), uses);
    return gan__mul(sum, gan__broadcast(operand(factor, 0), &node->shape));
}

gan_node *gan__simplify_reduce(gan_node *node, const gan_simplify_uses *uses) {
    gan_node *a = operand(node, 0);
    const uint32_t axes = node->attributes.axes;
    double factor;
    switch (a->op) {
    case GAN_OP_BROADCAST:
        return reduce_broadcast(node, uses);
    case GAN_OP_PERMUTE:
        return reduce_permuted(node, uses);
    case GAN_OP_RESHAPE:
        return reduce_reshaped(node, uses);
    case GAN_OP_REDUCE_SUM:
    case GAN_OP_REDUCE_MAX:
        return reduce_reduced(node, uses);
    default:
        break;
    }
    if (!is(node, GAN_OP_REDUCE_SUM)) return NULL;
    if (is(a, GAN_OP_MUL) && !is_scaled(a, &factor)) return reduce_product(node, uses);
    if (!gan__simplify_unshared(uses, a)) return NULL;
    if (is(a, GAN_OP_NEG)) {
        return gan__neg(gan__simplify_settle(gan__reduce_sum(operand(a, 0), axes), uses));
    }
    if (is_scaled(a, &factor)) {
        return gan__scale(gan__simplify_settle(gan__reduce_sum(operand(a, 0), axes), uses), factor);
    }
    return NULL;
}
