// Rules for views of views: most pairs of views are one view.
#include "graph/samples.h"
#include "graph/simplify_rules.h"

gan_node *gan__simplify_reshape(gan_node *node, const gan_simplify_uses *uses) {
    (void)uses;
    const gan_node *a = node->inputs[0];
    return a->op == GAN_OP_RESHAPE ? gan__reshape(a->inputs[0], &node->shape) : NULL;
}

// Whether the axes of size over 1 keep their order, so that no element changes its place.
static bool moves_only_ones(const gan_node *node) {
    int last = -1;
    for (int i = 0; i < node->shape.rank; i++) {
        if (node->shape.size[i] == 1) continue;
        if (node->attributes.order[i] < last) return false;
        last = node->attributes.order[i];
    }
    return true;
}

gan_node *gan__simplify_permute(gan_node *node, const gan_simplify_uses *uses) {
    (void)uses;
    gan_node *a = node->inputs[0];
    if (moves_only_ones(node)) return gan__reshape(a, &node->shape);
    if (a->op != GAN_OP_PERMUTE) return NULL;
    int order[GAN_RANK_MAX];
    for (int i = 0; i < node->shape.rank; i++) {
        order[i] = a->attributes.order[node->attributes.order[i]];
    }
    return gan__permute(a->inputs[0], order);
}

gan_node *gan__simplify_broadcast(gan_node *node, const gan_simplify_uses *uses) {
    (void)uses;
    const gan_node *a = node->inputs[0];
    return a->op == GAN_OP_BROADCAST ? gan__broadcast(a->inputs[0], &node->shape) : NULL;
}

// --- Slices and pads ----------------------------------------------------------------------------

static gan_node *slice_of_slice(const gan_node *node, const gan_node *inner) {
    int64_t start[GAN_RANK_MAX], step[GAN_RANK_MAX];
    for (int i = 0; i < node->shape.rank; i++) {
        start[i] = inner->attributes.slice.start[i] +
                   inner->attributes.slice.step[i] * node->attributes.slice.start[i];
        step[i] = inner->attributes.slice.step[i] * node->attributes.slice.step[i];
    }
    return gan__slice(inner->inputs[0], start, node->shape.size, step);
}

// What a slice sees of a pad along one axis.
typedef enum overlap { OVERLAP_NONE, OVERLAP_ALL, OVERLAP_SOME } overlap;

// OVERLAP_ALL: the slice lies wholly in the padded array, and *start is where in it. Steps other
// than the pad's own are not looked into.
static overlap slice_in_pad(const gan_node *slice, const gan_node *pad, int axis, int64_t *start) {
    const int64_t step = slice->attributes.slice.step[axis];
    const int64_t offset = slice->attributes.slice.start[axis] - pad->attributes.slice.start[axis];
    if (step != pad->attributes.slice.step[axis]) return OVERLAP_SOME;
    if (offset % step != 0) return OVERLAP_NONE;
    const int64_t count = slice->shape.size[axis], inside = pad->inputs[0]->shape.size[axis];
    *start = offset / step;
    if (*start >= inside || *start + count <= 0) return OVERLAP_NONE;
    return *start >= 0 && *start + count <= inside ? OVERLAP_ALL : OVERLAP_SOME;
}

static gan_node *slice_of_pad(const gan_node *node, const gan_node *pad) {
    int64_t start[GAN_RANK_MAX];
    bool inside = true;
    for (int i = 0; i < node->shape.rank; i++) {
        const overlap seen = slice_in_pad(node, pad, i, &start[i]);
        if (seen == OVERLAP_NONE) return gan__constant(node->graph, &node->shape, 0);
        if (seen == OVERLAP_SOME) inside = false;
    }
    return inside ? gan__slice(pad->inputs[0], start, node->shape.size, NULL) : NULL;
}

// The part in which the whole slice lies, if there is one.
static gan_node *slice_of_concat(const gan_node *node, const gan_node *concat) {
    const int64_t axis = concat->attributes.axis;
    int64_t start[GAN_RANK_MAX];
    for (int i = 0; i < node->shape.rank; i++) start[i] = node->attributes.slice.start[i];
    const int64_t reach = (node->shape.size[axis] - 1) * node->attributes.slice.step[axis];
    for (uint32_t k = 0; k < concat->input_count; k++) {
        gan_node *part = concat->inputs[k];
        const int64_t size = part->shape.size[axis];
        if (start[axis] < size) {
            if (start[axis] + reach >= size) return NULL;
            return gan__slice(part, start, node->shape.size, node->attributes.slice.step);
        }
        start[axis] -= size;
    }
    return NULL;
}

// The slice of what was repeated, repeated.
static gan_node *slice_of_broadcast(const gan_node *node, const gan_node *broadcast,
                                    const gan_simplify_uses *uses) {
    gan_node *a = broadcast->inputs[0];
    int64_t start[GAN_RANK_MAX], size[GAN_RANK_MAX], step[GAN_RANK_MAX];
    for (int i = 0; i < node->shape.rank; i++) {
        const bool repeated = a->shape.size[i] == 1;
        start[i] = repeated ? 0 : node->attributes.slice.start[i];
        size[i] = repeated ? 1 : node->shape.size[i];
        step[i] = repeated ? 1 : node->attributes.slice.step[i];
    }
    gan_node *small = gan__simplify_settle(gan__slice(a, start, size, step), uses);
    return gan__broadcast(small, &node->shape);
}

// --- Slices of products -------------------------------------------------------------------------

// Whether what is cut off the node need not be multiplied in the first place: it is a product, or
// elementwise work on one, and nothing else wants all of it.
static bool is_spared(const gan_node *node, const gan_simplify_uses *uses, int depth) {
    if (!gan__simplify_unshared(uses, node)) return false;
    if (node->op == GAN_OP_MATMUL) return true;
    if (depth == 0 || (!gan__op_is_elementwise(node->op) && node->op != GAN_OP_RESHAPE))
        return false;
    for (uint32_t i = 0; i < node->input_count; i++)
        if (is_spared(node->inputs[i], uses, depth - 1)) return true;
    return false;
}

// The same cut of an operand along its own axis, all of it along others.
static gan_node *cut(const gan_node *slice, int axis, gan_node *a, int own,
                     const gan_simplify_uses *uses) {
    int64_t start[GAN_RANK_MAX] = {0}, step[GAN_RANK_MAX];
    gan_shape size = a->shape;
    for (int i = 0; i < GAN_RANK_MAX; i++) step[i] = 1;
    start[own] = slice->attributes.slice.start[axis];
    step[own] = slice->attributes.slice.step[axis];
    size.size[own] = slice->shape.size[axis];
    return gan__simplify_settle(gan__slice(a, start, size.size, step), uses);
}

static gan_node *slice_of_matmul(const gan_node *node, const gan_node *product,
                                 const gan_simplify_uses *uses) {
    const bool ta = product->attributes.matmul.transpose_a;
    const bool tb = product->attributes.matmul.transpose_b;
    if (node->shape.rank != 2) return NULL;
    gan_node *a = cut(node, 0, product->inputs[0], ta ? 1 : 0, uses);
    gan_node *b = cut(node, 1, product->inputs[1], tb ? 0 : 1, uses);
    return gan__matmul(a, b, ta, tb);
}

static gan_node *slice_of_elementwise(const gan_node *node, const gan_node *work,
                                      const gan_simplify_uses *uses) {
    gan_node *operands[3];
    for (uint32_t i = 0; i < work->input_count; i++)
        operands[i] =
            gan__simplify_settle(gan__slice(work->inputs[i], node->attributes.slice.start,
                                            node->shape.size, node->attributes.slice.step),
                                 uses);
    return gan__node_make(node->graph, work->op, &node->shape, &work->attributes, operands,
                          work->input_count);
}

// Only along the last axis, which the reshape keeps.
static gan_node *slice_of_reshape(const gan_node *node, const gan_node *reshape,
                                  const gan_simplify_uses *uses) {
    const int last = node->shape.rank - 1;
    gan_node *a = reshape->inputs[0];
    for (int i = 0; i < last; i++)
        if (node->shape.size[i] != reshape->shape.size[i]) return NULL;
    if (last < 0 || !gan__keeps_last_axis(reshape)) return NULL;
    return gan__reshape(cut(node, last, a, a->shape.rank - 1, uses), &node->shape);
}

static gan_node *slice_of_product(const gan_node *node, const gan_simplify_uses *uses) {
    const gan_node *a = node->inputs[0];
    if (!is_spared(a, uses, 8)) return NULL;
    if (a->op == GAN_OP_MATMUL) return slice_of_matmul(node, a, uses);
    if (a->op == GAN_OP_RESHAPE) return slice_of_reshape(node, a, uses);
    return slice_of_elementwise(node, a, uses);
}

gan_node *gan__simplify_slice(gan_node *node, const gan_simplify_uses *uses) {
    const gan_node *a = node->inputs[0];
    switch (a->op) {
    case GAN_OP_SLICE:
        return slice_of_slice(node, a);
    case GAN_OP_PAD:
        return slice_of_pad(node, a);
    case GAN_OP_CONCAT:
        return slice_of_concat(node, a);
    case GAN_OP_BROADCAST:
        return slice_of_broadcast(node, a, uses);
    default:
        return slice_of_product(node, uses);
    }
}

gan_node *gan__simplify_pad(gan_node *node, const gan_simplify_uses *uses) {
    (void)uses;
    const gan_node *inner = node->inputs[0];
    if (inner->op != GAN_OP_PAD) return NULL;
    gan_attributes attributes = {0};
    for (int i = 0; i < node->shape.rank; i++) {
        const int64_t step = node->attributes.slice.step[i];
        attributes.slice.start[i] =
            node->attributes.slice.start[i] + step * inner->attributes.slice.start[i];
        attributes.slice.step[i] = step * inner->attributes.slice.step[i];
    }
    return gan__node_make(node->graph, GAN_OP_PAD, &node->shape, &attributes, inner->inputs, 1);
}
