// Pooling, one axis at a time where windows overlap, leave gaps or reach into padding.
#include "nn/pool.h"

#include <math.h>

// What is done to the elements of a window, and what stands around the image.
typedef struct operation {
    const char *name;
    gan_node *(*reduce)(gan_node *a, uint32_t axes);
    gan_node *(*combine)(gan_node *a, gan_node *b);
    double padding;
} operation;

static const operation average = {"average_pool", gan__reduce_sum, gan__add, 0};
static const operation maximum = {"max_pool", gan__reduce_max, gan__maximum, -INFINITY};

// --- Checks -------------------------------------------------------------------------------------

static bool check(const operation *op, const gan_node *x, gan_pooling *p) {
    const gan_shape *shape = gan__node_shape(x);
    char text[GAN_SHAPE_TEXT];
    if (shape->rank != 4) {
        gan__graph_fail(gan__node_graph(x),
                        "%s: the input has shape %s; it must be (channels, height, width, batch)",
                        op->name, gan__shape_text(shape, text));
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (p->stride[i] == 0) p->stride[i] = p->size[i];
    }
    for (int i = 0; i < 2; i++) {
        const bool legal = p->size[i] >= 1 && p->stride[i] >= 1 && p->before[i] >= 0 &&
                           p->after[i] >= 0 && p->before[i] < p->size[i] &&
                           p->after[i] < p->size[i];
        if (legal && shape->size[1 + i] + p->before[i] + p->after[i] >= p->size[i]) continue;
        gan__graph_fail(gan__node_graph(x),
                        "%s: an input of %lldx%lld with a window of %dx%d, stride %dx%d, padding "
                        "%d above, %d below, %d left, %d right: %s",
                        op->name, (long long)shape->size[1], (long long)shape->size[2], p->size[0],
                        p->size[1], p->stride[0], p->stride[1], p->before[0], p->after[0],
                        p->before[1], p->after[1],
                        legal ? "nothing is left"
                              : "sizes must be at least 1, the padding smaller than the window");
        return false;
    }
    return true;
}

// --- Windows that tile the image ----------------------------------------------------------------

static bool tiles(const gan_shape *shape, const gan_pooling *p) {
    for (int i = 0; i < 2; i++) {
        if (p->stride[i] != p->size[i] || p->before[i] != 0 || p->after[i] != 0) return false;
        if (shape->size[1 + i] % p->size[i] != 0) return false;
    }
    return true;
}

static gan_node *pool_tiles(const operation *op, gan_node *x, const gan_pooling *p) {
    const int64_t *size = gan__node_shape(x)->size;
    const int64_t height = size[1] / p->size[0], width = size[2] / p->size[1];
    const gan_shape windows = GAN_SHAPE(size[0], height, p->size[0], width, p->size[1], size[3]);
    const gan_shape pooled = GAN_SHAPE(size[0], height, width, size[3]);
    gan_node *reduced = op->reduce(gan__reshape(x, &windows), 1u << 2 | 1u << 4);
    return gan__reshape(reduced, &pooled);
}

// --- Any windows --------------------------------------------------------------------------------

static gan_node *surround(const operation *op, gan_node *x, int axis, int before, int after) {
    const int sizes[2] = {before, after};
    gan_node *parts[3] = {NULL, x, NULL};
    for (int side = 0; side < 2; side++) {
        gan_shape shape = *gan__node_shape(x);
        shape.size[axis] = sizes[side];
        if (sizes[side] > 0) {
            parts[2 * side] = gan__constant(gan__node_graph(x), &shape, op->padding);
        }
    }
    const size_t first = before > 0 ? 0 : 1, count = (before > 0) + 1u + (after > 0);
    return gan__concat(parts + first, count, axis);
}

// One element of each window at a time, along one axis.
static gan_node *pool_axis(const operation *op, gan_node *x, const gan_pooling *p, int i) {
    const int axis = 1 + i;
    gan_node *padded = surround(op, x, axis, p->before[i], p->after[i]);
    if (padded == NULL) return NULL;
    gan_shape shape = *gan__node_shape(padded);
    int64_t start[4] = {0}, step[4] = {1, 1, 1, 1};
    shape.size[axis] = (shape.size[axis] - p->size[i]) / p->stride[i] + 1;
    step[axis] = p->stride[i];
    gan_node *pooled = NULL;
    for (; start[axis] < p->size[i]; start[axis]++) {
        gan_node *part = gan__slice(padded, start, shape.size, step);
        pooled = pooled == NULL ? part : op->combine(pooled, part);
    }
    return pooled;
}

static gan_node *pool(const operation *op, gan_node *x, const gan_pooling *pooling) {
    gan_pooling p = *pooling;
    if (x == NULL || !check(op, x, &p)) return NULL;
    if (tiles(gan__node_shape(x), &p)) return pool_tiles(op, x, &p);
    gan_node *columns = pool_axis(op, x, &p, 0);
    return columns == NULL ? NULL : pool_axis(op, columns, &p, 1);
}

gan_node *gan__average_pool(gan_node *x, const gan_pooling *pooling) {
    gan_node *sum = pool(&average, x, pooling);
    const double count = (double)pooling->size[0] * pooling->size[1];
    return sum == NULL ? NULL : gan__scale(sum, 1 / count);
}

gan_node *gan__max_pool(gan_node *x, const gan_pooling *pooling) {
    return pool(&maximum, x, pooling);
}
