// Implements nn/stable.h.
#include "nn/stable.h"

gan_node *gan__root_of_squares(gan_node *squares) {
    const double tiny = 1e-30;
    if (!squares) return NULL;
    return gan__sqrt(gan__maximum(squares, gan__scalar(gan__node_graph(squares), tiny)));
}

gan_node *gan__norm(gan_node *a) {
    const gan_shape scalar = gan__shape_scalar();
    return gan__root_of_squares(
        gan__reshape(gan__reduce_sum(gan__square(a), GAN_AXES_ALL), &scalar));
}

gan_node *gan__softmax(gan_node *logits, uint32_t axes) {
    gan_node *largest = gan__stop_gradient(gan__reduce_max(logits, axes));
    gan_node *powers = gan__exp(gan__sub(logits, largest));
    return gan__div(powers, gan__reduce_sum(powers, axes));
}

gan_node *gan__log_sum_exp(gan_node *logits, uint32_t axes) {
    gan_node *largest = gan__stop_gradient(gan__reduce_max(logits, axes));
    gan_node *sum = gan__reduce_sum(gan__exp(gan__sub(logits, largest)), axes);
    return gan__add(gan__log(sum), largest);
}
