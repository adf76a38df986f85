// The values of the convolutions on the host: every term of convolution.h's sum, one by one.
#include "graph/convolution.h"

gan_convolution_shapes gan__convolution_shapes(const gan_node *node) {
    const gan_shape *a = &node->inputs[0]->shape, *b = &node->inputs[1]->shape;
    switch (node->op) {
    case GAN_OP_CONVOLUTION_BY_INPUT:
        return (gan_convolution_shapes){.x = &node->shape, .w = b, .y = a};
    case GAN_OP_CONVOLUTION_BY_WEIGHT:
        return (gan_convolution_shapes){.x = a, .w = &node->shape, .y = b};
    default:
        return (gan_convolution_shapes){.x = a, .w = b, .y = &node->shape};
    }
}

// Places in the dense arrays of x, w and y: of one term without its image.
typedef struct term {
    int64_t x, w, y;
} term;

static void add_term(gan_op op, term t, int64_t images, const double *a, const double *b,
                     double *out) {
    for (int64_t image = 0; image < images; image++) {
        const int64_t x = t.x * images + image, y = t.y * images + image;
        if (op == GAN_OP_CONVOLUTION) out[y] += a[x] * b[t.w];
        if (op == GAN_OP_CONVOLUTION_BY_INPUT) out[x] += a[y] * b[t.w];
        if (op == GAN_OP_CONVOLUTION_BY_WEIGHT) out[t.w] += a[x] * b[y];
    }
}

// All terms of output channel o and the input channel that is number c of its group.
static void add_channels(const gan_node *node, int64_t o, int64_t c, const double *const *operands,
                         double *out) {
    const gan_convolution_shapes s = gan__convolution_shapes(node);
    const int64_t *x = s.x->size, *w = s.w->size, *y = s.y->size;
    const int32_t *stride = node->attributes.convolution.stride;
    const int32_t *before = node->attributes.convolution.before;
    const int32_t *dilation = node->attributes.convolution.dilation;
    const int64_t group = o / (w[0] / node->attributes.convolution.groups);
    const int64_t channel = group * w[1] + c;
    for (int64_t oy = 0; oy < y[1]; oy++) {
        for (int64_t ox = 0; ox < y[2]; ox++) {
            for (int64_t ky = 0; ky < w[2]; ky++) {
                for (int64_t kx = 0; kx < w[3]; kx++) {
                    const int64_t iy = oy * stride[0] - before[0] + ky * dilation[0];
                    const int64_t ix = ox * stride[1] - before[1] + kx * dilation[1];
                    if (iy < 0 || iy >= x[1] || ix < 0 || ix >= x[2]) continue;
                    const term t = {.x = (channel * x[1] + iy) * x[2] + ix,
                                    .w = ((o * w[1] + c) * w[2] + ky) * w[3] + kx,
                                    .y = (o * y[1] + oy) * y[2] + ox};
                    add_term(node->op, t, x[3], operands[0], operands[1], out);
                }
            }
        }
    }
}

void gan__evaluate_convolution(const gan_node *node, const double *const *operands, double *out) {
    const gan_shape *w = gan__convolution_shapes(node).w;
    for (int64_t o = 0; o < w->size[0]; o++) {
        for (int64_t c = 0; c < w->size[1]; c++) add_channels(node, o, c, operands, out);
    }
}
