// Implements nn/reference.h: slices along the batch, which is the last axis.
#include "nn/reference.h"

gan_node *gan__reference_join(gan_node *samples, gan_node *reference) {
    gan_node *parts[2] = {samples, reference};
    if (!samples || !reference) return NULL;
    return gan__concat(parts, 2, gan__node_shape(samples)->rank - 1);
}

// `count` samples from number `from` on.
static gan_node *some(gan_node *samples, int64_t from, int64_t count) {
    gan_shape size = *gan__node_shape(samples);
    int64_t start[GAN_RANK_MAX] = {0};
    start[size.rank - 1] = from;
    size.size[size.rank - 1] = count;
    return gan__slice(samples, start, size.size, NULL);
}

static int64_t batch_of(const gan_node *samples) {
    const gan_shape *const shape = gan__node_shape(samples);
    return shape->size[shape->rank - 1];
}

gan_node *gan__reference_cut(gan_node *joined, int64_t count) {
    return joined ? some(joined, 0, batch_of(joined) - count) : NULL;
}

gan_node *gan__reference_part(gan_node *joined, int64_t count) {
    return joined ? some(joined, batch_of(joined) - count, count) : NULL;
}
