// Losses, composed from primitives that are themselves stable (softplus, subtracted maxima).
#include "nn/losses.h"

#include "nn/stable.h"

gan_node *gan__mean(gan_node *a) {
    gan_shape scalar = gan__shape_scalar();
    return gan__reshape(gan__reduce_mean(a, GAN_AXES_ALL), &scalar);
}

gan_node *gan__element(gan_node *vector, int64_t index) {
    const int64_t one = 1;
    const gan_shape scalar = gan__shape_scalar();
    return gan__reshape(gan__slice(vector, &index, &one, NULL), &scalar);
}

gan_node *gan__bce_each(gan_node *logits, double target) {
    if (target == 1) return gan__softplus(gan__neg(logits));
    if (target == 0) return gan__softplus(logits);
    return gan__sub(gan__softplus(logits), gan__scale(logits, target));
}

gan_node *gan__bce_with_logits(gan_node *logits, double target) {
    return gan__mean(gan__bce_each(logits, target));
}

gan_node *gan__bce_with_logits_node(gan_node *logits, gan_node *target) {
    return gan__mean(gan__sub(gan__softplus(logits), gan__mul(logits, target)));
}

gan_node *gan__mean_square_error(gan_node *a, gan_node *b) {
    return gan__mean(gan__square(gan__sub(a, b)));
}

gan_node *gan__softmax_cross_entropy(gan_node *logits, gan_node *labels) {
    if (!logits || !labels) return NULL;
    const gan_shape *shape = gan__node_shape(logits);
    if (shape->rank != 2)
        return gan__graph_fail(gan__node_graph(logits), "class logits must be (classes, batch)");
    gan_node *classes = gan__iota(gan__node_graph(logits), shape, 0);
    gan_node *chosen =
        gan__equal(classes, gan__reshape(labels, &(gan_shape){2, {1, shape->size[1]}}));
    gan_node *picked = gan__reduce_sum(gan__mul(chosen, logits), 1u);
    return gan__mean(gan__sub(gan__log_sum_exp(logits, 1u), picked));
}

gan_node *gan__sample_squares(gan_node *a) {
    if (!a) return NULL;
    const gan_shape *shape = gan__node_shape(a);
    uint32_t features = (1u << (shape->rank - 1)) - 1;
    return gan__flatten(gan__reduce_sum(gan__square(a), features));
}
