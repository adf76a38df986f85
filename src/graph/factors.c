// The pass of factors.h.
#include "graph/factors.h"

#include "graph/node.h"
#include "graph/samples.h"
#include "graph/simplify.h"

#include <math.h>
#include <string.h>

// A node as core times factor times scale; the factor (B) goes along the last axis, NULL is 1 and
// so is the scale then.
typedef struct parted {
    gan_node *core, *factor;
    double scale;
    gan_node *whole; // NULL: not made yet
} parted;

static int64_t last_size(const gan_node *node) {
    return node->shape.rank ? node->shape.size[node->shape.rank - 1] : 1;
}

static gan_node *whole_of(parted *p) {
    if (p->factor == NULL || p->core == NULL) return p->core;
    if (p->whole == NULL) {
        gan_shape row = p->core->shape;
        for (int i = 0; i + 1 < row.rank; i++) row.size[i] = 1;
        p->whole = gan__mul(p->core, gan__scale(gan__reshape(p->factor, &row), p->scale));
    }
    return p->whole;
}

static gan_node *make(const gan_node *like, gan_node *const *operands) {
    return gan__node_make(like->graph, like->op, &like->shape, &like->attributes, operands,
                          like->input_count);
}

// --- Rules --------------------------------------------------------------------------------------
// Each makes the node from its parted operands where a factor passes through it; false otherwise.

// With the operand's core in its place and all others whole.
static bool through_operand(const gan_node *node, parted *const *in, uint32_t which, parted *out) {
    gan_node *operands[3];
    for (uint32_t i = 0; i < node->input_count; i++) {
        if (i != which && in[i]->factor != NULL) return false;
        operands[i] = in[i]->core;
    }
    if (in[which]->factor == NULL) return false;
    *out = *in[which];
    out->core = make(node, operands);
    out->whole = NULL;
    return true;
}

static bool through_neg(const gan_node *node, parted *const *in, parted *out) {
    (void)node;
    if (in[0]->factor == NULL) return false;
    *out = (parted){in[0]->core, in[0]->factor, -in[0]->scale, NULL};
    return true;
}

static bool through_mul(const gan_node *node, parted *const *in, parted *out) {
    double constant;
    const bool scaled = in[1]->factor == NULL && gan__node_is_constant(in[1]->core, &constant);
    if (!scaled || constant == 0 || in[0]->factor == NULL)
        return through_operand(node, in, in[0]->factor != NULL ? 0 : 1, out);
    *out = (parted){in[0]->core, in[0]->factor, in[0]->scale * constant, NULL};
    return true;
}

static bool through_first(const gan_node *node, parted *const *in, parted *out) {
    return through_operand(node, in, 0, out);
}

static bool is_zero(const parted *p) {
    return gan__node_is_constant_of(p->core, 0);
}

// a / b to 40 bits, so that what should be one number is, however it was come by.
static double ratio(double a, double b) {
    int exponent;
    const double mantissa = frexp(a / b, &exponent);
    return ldexp(rint(ldexp(mantissa, 40)), exponent - 40);
}

// Operands from `first` on have one factor between them, or are 0. Where their scales differ, the
// first of these is the node's.
static bool through_all_from(const gan_node *node, parted *const *in, uint32_t first, parted *out) {
    gan_node *operands[3];
    const parted *leader = NULL;
    for (uint32_t i = 0; i < node->input_count; i++) {
        operands[i] = in[i]->core;
        if (i < first && in[i]->factor != NULL) return false;
        if (i < first || is_zero(in[i])) continue;
        if (leader == NULL) leader = in[i];
        if (in[i]->factor == NULL || in[i]->factor != leader->factor) return false;
        operands[i] = gan__scale(in[i]->core, ratio(in[i]->scale, leader->scale));
    }
    if (leader == NULL) return false;
    *out = (parted){make(node, operands), leader->factor, leader->scale, NULL};
    return true;
}

static bool through_sum(const gan_node *node, parted *const *in, parted *out) {
    return through_all_from(node, in, 0, out);
}

static bool through_select(const gan_node *node, parted *const *in, parted *out) {
    return through_all_from(node, in, 1, out);
}

static bool through_view(const gan_node *node, parted *const *in, parted *out) {
    return gan__keeps_last_axis(node) && through_operand(node, in, 0, out);
}

// What is cut off along the last axis is cut off the factor.
static bool through_slice(const gan_node *node, parted *const *in, parted *out) {
    if (through_view(node, in, out)) return true;
    if (in[0]->factor == NULL) return false;
    const int last = node->shape.rank - 1;
    *out = (parted){.core = make(node, &in[0]->core), .scale = in[0]->scale};
    out->factor = gan__slice(in[0]->factor, &node->attributes.slice.start[last],
                             &node->shape.size[last], &node->attributes.slice.step[last]);
    return true;
}

static bool starts_factor(const gan_node *product) {
    const gan_node *a = product->inputs[0], *b = product->inputs[1];
    const bool transposed = product->attributes.matmul.transpose_a;
    return product->shape.rank == 2 && a->shape.size[transposed ? 0 : 1] == 1 &&
           product->shape.size[0] > 1 && product->shape.size[1] > 1 && b->op != GAN_OP_CONSTANT;
}

// A column times a row: the column in each sample, times the row.
static bool through_product(const gan_node *node, parted *const *in, parted *out) {
    if (in[0]->factor != NULL) return false;
    if (starts_factor(node)) {
        const gan_shape column = GAN_SHAPE(node->shape.size[0], 1),
                        row = GAN_SHAPE(last_size(node));
        *out = (parted){.factor = gan__reshape(whole_of(in[1]), &row), .scale = 1};
        out->core = gan__broadcast(gan__reshape(in[0]->core, &column), &node->shape);
        return true;
    }
    return !node->attributes.matmul.transpose_b && through_operand(node, in, 1, out);
}

static bool (*const rules[GAN_OP_COUNT])(const gan_node *node, parted *const *in, parted *out) = {
    [GAN_OP_NEG] = through_neg,
    [GAN_OP_MUL] = through_mul,
    [GAN_OP_DIV] = through_first,
    [GAN_OP_ADD] = through_sum,
    [GAN_OP_SUB] = through_sum,
    [GAN_OP_SELECT] = through_select,
    [GAN_OP_REDUCE_SUM] = through_view,
    [GAN_OP_RESHAPE] = through_view,
    [GAN_OP_BROADCAST] = through_view,
    [GAN_OP_PERMUTE] = through_view,
    [GAN_OP_PAD] = through_view,
    [GAN_OP_SLICE] = through_slice,
    [GAN_OP_MATMUL] = through_product,
    [GAN_OP_CONVOLUTION] = through_first,
    [GAN_OP_CONVOLUTION_BY_INPUT] = through_first,
};

// --- The sweep ----------------------------------------------------------------------------------

static void part_node(gan_node *node, parted *by_id, gan_node **operands) {
    parted *in[3] = {NULL}, *out = &by_id[node->id];
    if (node->input_count == 0) {
        *out = (parted){.core = node};
        return;
    }
    for (uint32_t i = 0; i < node->input_count && i < 3; i++) in[i] = &by_id[node->inputs[i]->id];
    if (node->input_count <= 3 && rules[node->op] != NULL && rules[node->op](node, in, out)) return;
    for (uint32_t i = 0; i < node->input_count; i++)
        operands[i] = whole_of(&by_id[node->inputs[i]->id]);
    *out = (parted){.core = make(node, operands)};
}

static gan_status part_all(gan_graph *graph, gan_node *const *roots, size_t count, gan_node **out) {
    gan_node **order = NULL, **operands = NULL;
    parted *by_id = NULL;
    size_t length = 0;
    uint32_t most = 0;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    for (size_t k = 0; k < length; k++)
        if (order[k]->input_count > most) most = order[k]->input_count;
    gan_status status = gan__alloc(graph->nodes.count, sizeof *by_id, (void **)&by_id);
    if (status == GAN_STATUS_OK) status = gan__alloc(most, sizeof *operands, (void **)&operands);
    for (size_t k = 0; k < length && status == GAN_STATUS_OK; k++) {
        part_node(order[k], by_id, operands);
        status = gan__graph_status(graph);
    }
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        out[i] = whole_of(&by_id[roots[i]->id]);
    gan__free(order);
    gan__free(operands);
    gan__free(by_id);
    return status == GAN_STATUS_OK ? gan__graph_status(graph) : status;
}

// --- What it saves ------------------------------------------------------------------------------

// Multiplications of the node, where it is a convolution or a product with a sum.
static double multiplications(const gan_node *node) {
    if (node->input_count < 2) return 0;
    const double a = (double)gan__shape_elements(&node->inputs[0]->shape);
    const double b = (double)gan__shape_elements(&node->inputs[1]->shape);
    const double c = (double)gan__shape_elements(&node->shape);
    const gan_shape *w = &node->inputs[1]->shape;
    switch (node->op) {
    case GAN_OP_MATMUL: {
        const int inner =
            node->inputs[0]->shape.rank - (node->attributes.matmul.transpose_a ? 2 : 1);
        const int64_t depth = node->inputs[0]->shape.size[inner];
        return depth > 1 ? c * (double)depth : 0;
    }
    case GAN_OP_CONVOLUTION:
        return c * b / (double)w->size[0];
    case GAN_OP_CONVOLUTION_BY_INPUT:
        return a * b / (double)w->size[0];
    case GAN_OP_CONVOLUTION_BY_WEIGHT:
        return b * c / (double)node->shape.size[0];
    default:
        return 0;
    }
}

static gan_status count_multiplications(gan_node *const *roots, size_t count, double *out) {
    gan_node **order = NULL;
    size_t length = 0;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    *out = 0;
    for (size_t k = 0; k < length; k++) *out += multiplications(order[k]);
    gan__free(order);
    return GAN_STATUS_OK;
}

gan_status gan__take_out_factors(gan_graph *graph, gan_node *const *roots, size_t count,
                                 gan_node **out) {
    double before = 0, after = 0;
    gan_node **parts = NULL;
    GAN_TRY(gan__graph_status(graph));
    GAN_TRY(gan__alloc(count, sizeof *parts, (void **)&parts));
    gan_status status = part_all(graph, roots, count, parts);
    if (status == GAN_STATUS_OK) status = gan__simplify(graph, parts, count, out);
    if (status == GAN_STATUS_OK) status = count_multiplications(roots, count, &before);
    if (status == GAN_STATUS_OK) status = count_multiplications(out, count, &after);
    if (status == GAN_STATUS_OK && after >= before) memcpy(out, roots, count * sizeof *out);
    gan__free(parts);
    return status;
}
