// Losses that any network may have; what makes a game of them is floor 7.
// All are stable in float32 for logits of any size, and return rank-0 nodes: means over everything
// else. The *_each forms return one value an element.
#ifndef GAN_NN_LOSSES_H
#define GAN_NN_LOSSES_H

#include "graph/graph.h"

// Binary cross entropy of sigmoid(logits) against `target` (a constant in [0, 1], or a node that
// broadcasts): softplus(x) - target x, which for 1 is softplus(-x) and for 0 softplus(x).
gan_node *gan__bce_each(gan_node *logits, double target);
gan_node *gan__bce_with_logits(gan_node *logits, double target);
gan_node *gan__bce_with_logits_node(gan_node *logits, gan_node *target);

// Mean of (a - b)^2 over all elements.
gan_node *gan__mean_square_error(gan_node *a, gan_node *b);

// log sum exp over the features (axis 0) of (K, B): (1, B). Any finite input is safe.
gan_node *gan__log_sum_exp(gan_node *logits);
// Mean over the batch of log_sum_exp(logits) - logits[label]; `labels` (B), whole numbers in [0,
// K).
gan_node *gan__softmax_cross_entropy(gan_node *logits, gan_node *labels);

// The mean of all elements as a rank-0 node.
gan_node *gan__mean(gan_node *a);
// Their 2-norm likewise, of which the gradient at zeros is 0.
gan_node *gan__norm(gan_node *a);
// One element of a vector as a rank-0 node.
gan_node *gan__element(gan_node *vector, int64_t index);
// The sum of squares of each sample, (B), of (features..., B): for gradient penalties.
gan_node *gan__sample_squares(gan_node *a);

#endif
