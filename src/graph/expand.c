// The pass of expand.h. With X the windows of x, one column an output place, all three members of
// the triple are products: Y = W X, dX = W^T dY, dW = dY X^T; and dx is the adjoint of taking
// windows, applied to dX.
#include "graph/expand.h"

#include "graph/convolution.h"

#include <string.h>

// --- Windows ------------------------------------------------------------------------------------

// As one matrix a group, or as one matrix when there is but one group.
static gan_node *as_matrices(gan_node *a, int64_t groups, int64_t columns) {
    if (a == NULL) return NULL;
    const int64_t rows = gan__shape_elements(&a->shape) / groups / columns;
    const gan_shape shape =
        groups == 1 ? GAN_SHAPE(rows, columns) : GAN_SHAPE(groups, rows, columns);
    return gan__reshape(a, &shape);
}

// The image with zeros around it as far as windows reach.
static gan_node *pad(const gan_node *node, const gan_convolution_shapes *s, gan_node *x) {
    int64_t before[4] = {0}, after[4] = {0};
    for (int i = 0; i < 2; i++) {
        const int64_t reach = (s->y->size[1 + i] - 1) * node->attributes.convolution.stride[i] +
                              (s->w->size[2 + i] - 1) * node->attributes.convolution.dilation[i] +
                              1;
        before[1 + i] = node->attributes.convolution.before[i];
        after[1 + i] = reach - before[1 + i] - s->x->size[1 + i];
        if (after[1 + i] < 0) after[1 + i] = 0;
    }
    return gan__pad(x, before, after);
}

// What tap (ky, kx) of the kernel meets, (C, 1, OH, OW, B).
static gan_node *tap(const gan_node *node, const gan_convolution_shapes *s, gan_node *padded,
                     int64_t ky, int64_t kx) {
    const int32_t *dilation = node->attributes.convolution.dilation;
    const int32_t *stride = node->attributes.convolution.stride;
    const int64_t start[4] = {0, ky * dilation[0], kx * dilation[1], 0};
    const int64_t step[4] = {1, stride[0], stride[1], 1};
    const int64_t *y = s->y->size;
    const gan_shape met = GAN_SHAPE(s->x->size[0], y[1], y[2], y[3]);
    const gan_shape apart = GAN_SHAPE(s->x->size[0], 1, y[1], y[2], y[3]);
    return gan__reshape(gan__slice(padded, start, met.size, step), &apart);
}

// x's windows, (C, KH KW, OH, OW, B).
static gan_node *windows(const gan_node *node, const gan_convolution_shapes *s, gan_node *x) {
    const int64_t height = s->w->size[2], width = s->w->size[3];
    gan_node *padded = pad(node, s, x), **taps;
    if (gan__alloc((size_t)(height * width), sizeof(gan_node *), (void **)&taps) != GAN_STATUS_OK) {
        return gan__graph_no_memory(x->graph);
    }
    for (int64_t ky = 0; ky < height; ky++) {
        for (int64_t kx = 0; kx < width; kx++) {
            taps[ky * width + kx] = tap(node, s, padded, ky, kx);
        }
    }
    gan_node *all = gan__concat(taps, (size_t)(height * width), 1);
    gan__free(taps);
    return all;
}

// --- Products -----------------------------------------------------------------------------------

// Which x windows are taken of makes no difference to their adjoint, so it is any node of x's
// shape.
static gan_node *by_input(gan_node *node, const gan_convolution_shapes *s, gan_node *dy,
                          gan_node *w, int64_t places) {
    const int64_t groups = node->attributes.convolution.groups;
    gan_node *any = gan__iota(node->graph, s->x, 0), *out;
    gan_node *taken = windows(node, s, any);
    if (taken == NULL) return NULL;
    const int64_t depth = gan__shape_elements(s->w) / s->w->size[0];
    gan_node *product =
        gan__matmul(as_matrices(w, groups, depth), as_matrices(dy, groups, places), true, false);
    gan_node *adjoint = product == NULL ? NULL : gan__reshape(product, &taken->shape);
    return gan__gradient_seeded(taken, adjoint, &any, 1, &out) == GAN_STATUS_OK ? out : NULL;
}

static gan_node *expand(gan_node *node, gan_node *a, gan_node *b) {
    const gan_convolution_shapes s = gan__convolution_shapes(node);
    const int64_t groups = node->attributes.convolution.groups;
    const int64_t places = s.y->size[1] * s.y->size[2] * s.y->size[3];
    const int64_t depth = gan__shape_elements(s.w) / s.w->size[0];
    if (node->op == GAN_OP_CONVOLUTION_BY_INPUT) return by_input(node, &s, a, b, places);
    gan_node *columns = as_matrices(windows(node, &s, a), groups, places);
    gan_node *product = node->op == GAN_OP_CONVOLUTION
                            ? gan__matmul(as_matrices(b, groups, depth), columns, false, false)
                            : gan__matmul(as_matrices(b, groups, places), columns, false, true);
    return gan__reshape(product, &node->shape);
}

// --- The pass -----------------------------------------------------------------------------------

static gan_status has_kernels(gan_device *device, const gan_node *node, bool *has) {
    gan_convolution_desc desc;
    const gan_convolution_shapes s = gan__convolution_shapes(node);
    *has = false;
    if (device == NULL) return GAN_STATUS_OK;
    gan__convolution_describe(node->op, &node->attributes, &s, &desc);
    return gan__convolution_choose(device, &desc, has);
}

// The node on its expanded operands, of which there is room for any number in `operands`. NULL
// where the graph has failed.
static gan_status rebuild(gan_device *device, gan_node *node, gan_node *const *expanded,
                          gan_node **operands, gan_node **out) {
    bool kept = true;
    *out = node->input_count == 0 ? node : NULL;
    if (node->input_count == 0) return GAN_STATUS_OK;
    for (uint32_t i = 0; i < node->input_count; i++) {
        operands[i] = expanded[node->inputs[i]->id];
        if (operands[i] == NULL) return GAN_STATUS_OK;
    }
    if (gan__op_info(node->op)->class == GAN_OP_CLASS_CONVOLUTION)
        GAN_TRY(has_kernels(device, node, &kept));
    *out = kept ? gan__node_make(node->graph, node->op, &node->shape, &node->attributes, operands,
                                 node->input_count)
                : expand(node, operands[0], operands[1]);
    return GAN_STATUS_OK;
}

static gan_status expand_all(gan_device *device, gan_node *const *order, size_t length,
                             gan_node **expanded) {
    uint32_t most = 0;
    for (size_t k = 0; k < length; k++) {
        if (order[k]->input_count > most) most = order[k]->input_count;
    }
    gan_node **operands;
    gan_status status = gan__alloc(most, sizeof *operands, (void **)&operands);
    if (status != GAN_STATUS_OK) return status;
    for (size_t k = 0; k < length && status == GAN_STATUS_OK; k++) {
        status = rebuild(device, order[k], expanded, operands, &expanded[order[k]->id]);
    }
    gan__free(operands);
    return status;
}

gan_status gan__expand_convolutions(gan_graph *graph, gan_device *device, gan_node *const *roots,
                                    size_t count, gan_node **out) {
    GAN_TRY(gan__graph_status(graph));
    gan_node **order, **expanded = NULL;
    size_t length;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    gan_status status = gan__alloc(graph->nodes.count, sizeof *expanded, (void **)&expanded);
    if (status == GAN_STATUS_OK) status = expand_all(device, order, length, expanded);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) out[i] = expanded[roots[i]->id];
    gan__free(order);
    gan__free(expanded);
    return status == GAN_STATUS_OK ? gan__graph_status(graph) : status;
}
