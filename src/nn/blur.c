// Implements nn/blur.h: one axis after the other, as a sum of shifted images, so that gradients of
// any order are sums of shifted images too.
#include "nn/blur.h"

#include <math.h>

// Along one axis of the padded x, times `gain`.
static gan_node *blur_axis(gan_node *x, int axis, int size, double gain) {
    if (x == NULL) return NULL;
    gan_shape shape = *gan__node_shape(x);
    int64_t start[4] = {0};
    gan_node *sum = NULL;
    double coefficient = gain / ldexp(1, size - 1);
    shape.size[axis] -= size - 1;
    for (int tap = 0; tap < size; tap++) {
        start[axis] = tap;
        gan_node *const part = gan__scale(gan__slice(x, start, shape.size, NULL), coefficient);
        sum = sum == NULL ? part : gan__add(sum, part);
        coefficient = coefficient * (size - 1 - tap) / (tap + 1);
    }
    return sum;
}

gan_node *gan__blur(gan_node *x, int size, int padding, double gain) {
    if (x == NULL) return NULL;
    const gan_shape *const shape = gan__node_shape(x);
    const bool fits = shape->rank == 4 && size >= 1 && size <= GAN_BLUR_SIZE_MAX && padding >= 0 &&
                      shape->size[1] + 2 * padding >= size && shape->size[2] + 2 * padding >= size;
    char text[GAN_SHAPE_TEXT];
    if (!fits)
        return gan__graph_fail(gan__node_graph(x),
                               "blur: %s with a filter of %d and a padding of %d: it must be "
                               "(channels, height, width, batch), and no smaller than the filter",
                               gan__shape_text(shape, text), size, padding);
    const int64_t border[4] = {0, padding, padding, 0};
    gan_node *const padded = padding > 0 ? gan__pad(x, border, border) : x;
    return blur_axis(blur_axis(padded, 1, size, gain), 2, size, 1);
}
