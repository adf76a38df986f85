// Implements gan/score_function.h.
#include "gan/score_function.h"

#include "nn/losses.h"

// log softmax along the first axis; the largest is subtracted first, so nothing overflows.
static gan_node *log_softmax(gan_node *logits) {
    gan_node *const shifted = gan__sub(logits, gan__stop_gradient(gan__reduce_max(logits, 1u)));
    return gan__sub(shifted, gan__log(gan__reduce_sum(gan__exp(shifted), 1u)));
}

gan_node *gan__score_log_probability(gan_node *logits, gan_node *tokens) {
    if (logits == NULL || tokens == NULL) return NULL;
    const gan_shape *const shape = gan__node_shape(logits);
    const uint32_t batch = 1u << (shape->rank - 1);
    const gan_shape each = GAN_SHAPE(1, shape->size[shape->rank - 1]);
    gan_node *const chosen = gan__mul(gan__stop_gradient(tokens), log_softmax(logits));
    return gan__reshape(gan__reduce_sum(chosen, batch - 1), &each);
}

gan_node *gan__score_surrogate(gan_node *costs, gan_node *log_probabilities, gan_node *baseline) {
    gan_node *const weights = gan__stop_gradient(gan__sub(costs, baseline));
    // 0 to the bit, so that what is logged is the cost.
    gan_node *const nothing = gan__sub(log_probabilities, gan__stop_gradient(log_probabilities));
    return gan__add(gan__mean(gan__stop_gradient(costs)), gan__mean(gan__mul(weights, nothing)));
}

gan_node *gan__score_baseline_update(gan_node *baseline, gan_node *costs, double decay,
                                     gan_node *step) {
    if (baseline == NULL || costs == NULL || step == NULL) return NULL;
    gan_node *const now = gan__stop_gradient(gan__mean(costs));
    gan_node *const moved = gan__add(gan__scale(baseline, decay), gan__scale(now, 1 - decay));
    return gan__select(gan__equal(step, gan__scalar(gan__node_graph(step), 0)), now, moved);
}
