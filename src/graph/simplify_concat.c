// Rules for concatenations, and for the sums of pads that gradients of slices leave behind. Both
// see an array as a row of segments along one axis.
#include "graph/simplify_rules.h"

// A row of segments longer than this is left as it is.
enum { SEGMENTS_MAX = 64 };

typedef struct segment {
    gan_node *node; // never a constant 0: gaps between segments are zeros
    int64_t start, size;
} segment;

typedef struct row {
    int axis;
    size_t count;
    segment segments[SEGMENTS_MAX]; // by start, without overlap
} row;

// --- Sums of pads -------------------------------------------------------------------------------

// The one axis along which the node pads; -1 when there are several, or steps along it.
static int padded_axis(const gan_node *node) {
    int axis = -1;
    for (int i = 0; i < node->shape.rank; i++) {
        if (node->shape.size[i] == node->inputs[0]->shape.size[i]) continue;
        if (axis >= 0 || node->attributes.slice.step[i] != 1) return -1;
        axis = i;
    }
    return axis;
}

static bool pad_row(gan_node *node, row *out) {
    out->axis = padded_axis(node);
    if (out->axis < 0) return false;
    out->count = 1;
    out->segments[0] = (segment){node->inputs[0], node->attributes.slice.start[out->axis],
                                 node->inputs[0]->shape.size[out->axis]};
    return true;
}

static bool concat_row(gan_node *node, row *out) {
    out->axis = (int)node->attributes.axis;
    out->count = 0;
    if (node->input_count > SEGMENTS_MAX) return false;
    int64_t start = 0;
    for (uint32_t i = 0; i < node->input_count; i++) {
        gan_node *part = node->inputs[i];
        const int64_t size = part->shape.size[out->axis];
        if (!gan__node_is_constant_of(part, 0)) {
            out->segments[out->count++] = (segment){part, start, size};
        }
        start += size;
    }
    return true;
}

static bool as_row(gan_node *node, row *out) {
    if (node->op == GAN_OP_PAD) return pad_row(node, out);
    return node->op == GAN_OP_CONCAT && concat_row(node, out);
}

// Both rows in one; false where they overlap.
static bool merge(const row *a, const row *b, row *out) {
    if (a->axis != b->axis || a->count + b->count > SEGMENTS_MAX) return false;
    *out = (row){.axis = a->axis};
    size_t i = 0, k = 0;
    int64_t end = 0;
    while (i < a->count || k < b->count) {
        const bool from_a =
            k == b->count || (i < a->count && a->segments[i].start < b->segments[k].start);
        const segment next = from_a ? a->segments[i++] : b->segments[k++];
        if (next.start < end) return false;
        end = next.start + next.size;
        out->segments[out->count++] = next;
    }
    return true;
}

static gan_node *zeros(const gan_node *like, int axis, int64_t size) {
    gan_shape shape = like->shape;
    shape.size[axis] = size;
    return gan__constant(like->graph, &shape, 0);
}

// The row as a concatenation of the shape of `like`.
static gan_node *concat_of(const gan_node *like, const row *r) {
    gan_node *parts[2 * SEGMENTS_MAX + 1];
    size_t count = 0;
    int64_t end = 0;
    for (size_t i = 0; i < r->count; i++) {
        const segment *s = &r->segments[i];
        if (s->start > end) parts[count++] = zeros(like, r->axis, s->start - end);
        parts[count++] = s->node;
        end = s->start + s->size;
    }
    const int64_t rest = like->shape.size[r->axis] - end;
    if (rest > 0) parts[count++] = zeros(like, r->axis, rest);
    return gan__concat(parts, count, r->axis);
}

gan_node *gan__simplify_sum_of_pads(gan_node *sum) {
    row a, b, both;
    if (!as_row(sum->inputs[0], &a) || !as_row(sum->inputs[1], &b)) return NULL;
    return merge(&a, &b, &both) ? concat_of(sum, &both) : NULL;
}

// --- Concatenations -----------------------------------------------------------------------------

// Whether `next` shows what follows in the very array that `slice` shows, along `axis`.
static bool continues(const gan_node *slice, const gan_node *next, int64_t axis) {
    if (slice->op != GAN_OP_SLICE || next->op != GAN_OP_SLICE) return false;
    if (slice->inputs[0] != next->inputs[0]) return false;
    for (int i = 0; i < slice->shape.rank; i++) {
        const int64_t step = slice->attributes.slice.step[i];
        const int64_t expected =
            slice->attributes.slice.start[i] + (i == axis ? slice->shape.size[i] * step : 0);
        if (next->attributes.slice.step[i] != step) return false;
        if (next->attributes.slice.start[i] != expected) return false;
    }
    return true;
}

static gan_node *join(const gan_node *slice, const gan_node *next, int64_t axis,
                      const gan_simplify_uses *uses) {
    gan_shape shape = slice->shape;
    shape.size[axis] += next->shape.size[axis];
    return gan__simplify_settle(gan__slice(slice->inputs[0], slice->attributes.slice.start,
                                           shape.size, slice->attributes.slice.step),
                                uses);
}

// Adds a part behind the others: a concatenation along the same axis part by part, a slice that
// continues the one before joined to it.
static void add_part(gan_node **parts, size_t *count, gan_node *part, int64_t axis,
                     const gan_simplify_uses *uses) {
    if (*count > 0 && continues(parts[*count - 1], part, axis)) {
        parts[*count - 1] = join(parts[*count - 1], part, axis, uses);
        return;
    }
    parts[(*count)++] = part;
}

gan_node *gan__simplify_concat(gan_node *node, const gan_simplify_uses *uses) {
    const int64_t axis = node->attributes.axis;
    gan_node *parts[SEGMENTS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < node->input_count; i++) {
        gan_node *part = node->inputs[i];
        const bool nested = part->op == GAN_OP_CONCAT && part->attributes.axis == axis;
        const uint32_t inner = nested ? part->input_count : 1;
        if (count + inner > SEGMENTS_MAX) return NULL;
        for (uint32_t k = 0; k < inner; k++) {
            add_part(parts, &count, nested ? part->inputs[k] : part, axis, uses);
            if (parts[count - 1] == NULL) return NULL;
        }
    }
    gan_node *flat = gan__concat(parts, count, (int)axis);
    return flat == node ? NULL : flat;
}
