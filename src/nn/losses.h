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

// Mean over the batch of log sum exp(logits) - logits[label], of (K, B); `labels` (B), whole
// numbers in [0, K).
gan_node *gan__softmax_cross_entropy(gan_node *logits, gan_node *labels);

// The mean of all elements as a rank-0 node.
gan_node *gan__mean(gan_node *a);
// One element of a vector as a rank-0 node.
gan_node *gan__element(gan_node *vector, int64_t index);
// The sum of squares of each sample, (B), of (features..., B): for gradient penalties.
gan_node *gan__sample_squares(gan_node *a);

#endif
