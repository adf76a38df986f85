// Compositions of primitives that stay finite, gradients included, where the plain ones would not.
#ifndef GAN_NN_STABLE_H
#define GAN_NN_STABLE_H

#include "graph/graph.h"

// The root of sums or means of squares. Its floor, 1e-15, is far below any norm that matters and
// any epsilon: where every square is 0 the slope is 0, not infinite.
gan_node *gan__root_of_squares(gan_node *squares);
// The 2-norm of all elements as a rank-0 node, of which the gradient at zeros is 0.
gan_node *gan__norm(gan_node *a);

// Over `axes`, which keep size 1 in the sum; the largest is subtracted first, so any finite input
// is safe. log sum exp of (K, B) over axis 0 is (1, B).
gan_node *gan__softmax(gan_node *logits, uint32_t axes);
gan_node *gan__log_sum_exp(gan_node *logits, uint32_t axes);

#endif
