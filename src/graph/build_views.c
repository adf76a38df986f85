// Builders of views: nodes whose every element is one element of an operand, or 0.
#include "graph/node.h"

static gan_node *fail_to_reshape(const char *name, const gan_node *a, const gan_shape *shape) {
    char text[2][GAN_SHAPE_TEXT];
    return gan__graph_fail(a->graph, "%s: %s cannot become %s", name,
                           gan__shape_text(&a->shape, text[0]), gan__shape_text(shape, text[1]));
}

gan_node *gan__reshape(gan_node *a, const gan_shape *shape) {
    if (a == NULL) return NULL;
    if (gan__shape_elements(&a->shape) != gan__shape_elements(shape)) {
        return fail_to_reshape("reshape", a, shape);
    }
    return gan__node_make(a->graph, GAN_OP_RESHAPE, shape, NULL, &a, 1);
}

gan_node *gan__flatten(gan_node *a) {
    if (a == NULL) return NULL;
    const gan_shape shape = GAN_SHAPE(gan__shape_elements(&a->shape));
    return gan__reshape(a, &shape);
}

gan_node *gan__permute(gan_node *a, const int *order) {
    if (a == NULL) return NULL;
    gan_shape shape = a->shape;
    gan_attributes attributes = {0};
    uint32_t seen = 0;
    for (int i = 0; i < shape.rank; i++) {
        if (order[i] < 0 || order[i] >= shape.rank || (seen >> order[i] & 1) != 0) {
            char text[GAN_SHAPE_TEXT];
            return gan__graph_fail(a->graph,
                                   "permute: order[%d] = %d for shape %s: each axis must "
                                   "be named once",
                                   i, order[i], gan__shape_text(&a->shape, text));
        }
        seen |= 1u << order[i];
        shape.size[i] = a->shape.size[order[i]];
        attributes.order[i] = order[i];
    }
    return gan__node_make(a->graph, GAN_OP_PERMUTE, &shape, &attributes, &a, 1);
}

gan_node *gan__transpose(gan_node *a) {
    if (a == NULL) return NULL;
    const int rank = a->shape.rank;
    if (rank < 2) {
        char text[GAN_SHAPE_TEXT];
        return gan__graph_fail(a->graph, "transpose: shape %s has fewer than two axes",
                               gan__shape_text(&a->shape, text));
    }
    int order[GAN_RANK_MAX] = {0, 1, 2, 3, 4, 5};
    order[rank - 2] = rank - 1;
    order[rank - 1] = rank - 2;
    return gan__permute(a, order);
}

// The shape with as many 1s before it as raise its rank to `rank`.
static gan_shape raise_rank(const gan_shape *shape, int rank) {
    gan_shape raised = {.rank = rank};
    const int missing = rank - shape->rank;
    for (int i = 0; i < rank; i++) raised.size[i] = i < missing ? 1 : shape->size[i - missing];
    return raised;
}

gan_node *gan__broadcast(gan_node *a, const gan_shape *shape) {
    if (a == NULL) return NULL;
    double value;
    const bool fits = a->shape.rank <= shape->rank && shape->rank <= GAN_RANK_MAX;
    if (!fits) return fail_to_reshape("broadcast", a, shape);
    const gan_shape raised = raise_rank(&a->shape, shape->rank);
    for (int i = 0; i < shape->rank; i++) {
        if (raised.size[i] == shape->size[i] || raised.size[i] == 1) continue;
        return fail_to_reshape("broadcast", a, shape);
    }
    if (gan__node_is_constant(a, &value)) return gan__constant(a->graph, shape, value);
    gan_node *aligned = gan__reshape(a, &raised);
    return gan__node_make(a->graph, GAN_OP_BROADCAST, shape, NULL, &aligned, 1);
}

gan_node *gan__slice(gan_node *a, const int64_t *start, const int64_t *size, const int64_t *step) {
    if (a == NULL) return NULL;
    gan_attributes attributes = {0};
    const gan_shape shape = gan__shape(a->shape.rank, size);
    for (int i = 0; i < shape.rank; i++) {
        const int64_t stride = step == NULL ? 1 : step[i], whole = a->shape.size[i];
        // start + (size - 1) * stride < whole, in a form that cannot overflow.
        const bool inside = stride >= 1 && size[i] >= 1 && start[i] >= 0 && start[i] < whole &&
                            size[i] - 1 <= (whole - 1 - start[i]) / stride;
        if (!inside) {
            char text[GAN_SHAPE_TEXT];
            return gan__graph_fail(a->graph,
                                   "slice: axis %d of shape %s: %lld elements from %lld in steps "
                                   "of %lld do not lie inside",
                                   i, gan__shape_text(&a->shape, text), (long long)size[i],
                                   (long long)start[i], (long long)stride);
        }
        attributes.slice.start[i] = start[i];
        attributes.slice.step[i] = stride;
    }
    return gan__node_make(a->graph, GAN_OP_SLICE, &shape, &attributes, &a, 1);
}

gan_node *gan__rows(gan_node *a, int64_t first, int64_t count) {
    if (a == NULL) return NULL;
    const int64_t start[] = {first, 0}, size[] = {count, a->shape.size[1]};
    return gan__slice(a, start, size, NULL);
}

gan_node *gan__pad(gan_node *a, const int64_t *before, const int64_t *after) {
    if (a == NULL) return NULL;
    gan_attributes attributes = {0};
    gan_shape shape = a->shape;
    for (int i = 0; i < shape.rank; i++) {
        if (before[i] < 0 || after[i] < 0 || before[i] > GAN_ELEMENTS_MAX ||
            after[i] > GAN_ELEMENTS_MAX) {
            return gan__graph_fail(a->graph, "pad: axis %d: %lld before and %lld after", i,
                                   (long long)before[i], (long long)after[i]);
        }
        shape.size[i] += before[i] + after[i];
        attributes.slice.start[i] = before[i];
        attributes.slice.step[i] = 1;
    }
    return gan__node_make(a->graph, GAN_OP_PAD, &shape, &attributes, &a, 1);
}

// Why parts[k] cannot be concatenated with parts[0] along `axis`; NULL when it can.
static gan_node *fail_to_concat(gan_node *const *parts, size_t k, int axis) {
    char text[2][GAN_SHAPE_TEXT];
    return gan__graph_fail(parts[0]->graph,
                           "concat: part %zu has shape %s and part 0 %s: all but axis %d must be "
                           "equal",
                           k, gan__shape_text(&parts[k]->shape, text[0]),
                           gan__shape_text(&parts[0]->shape, text[1]), axis);
}

gan_node *gan__concat(gan_node *const *parts, size_t count, int axis) {
    for (size_t k = 0; k < count; k++) {
        if (parts[k] == NULL) return NULL;
    }
    if (count == 0) return NULL;
    gan_shape shape = parts[0]->shape;
    if (axis < 0 || axis >= shape.rank) {
        char text[GAN_SHAPE_TEXT];
        return gan__graph_fail(parts[0]->graph, "concat: shape %s has no axis %d",
                               gan__shape_text(&shape, text), axis);
    }
    shape.size[axis] = 0;
    for (size_t k = 0; k < count; k++) {
        gan_shape expected = parts[k]->shape;
        expected.size[axis] = parts[0]->shape.size[axis];
        if (!gan__shape_equal(&expected, &parts[0]->shape)) return fail_to_concat(parts, k, axis);
        shape.size[axis] += parts[k]->shape.size[axis];
    }
    gan_attributes attributes = {0};
    attributes.axis = axis;
    return gan__node_make(parts[0]->graph, GAN_OP_CONCAT, &shape, &attributes, parts, count);
}
