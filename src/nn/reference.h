// The reference batch of a network with virtual batch norm (layer_virtual_norm.c): inputs that are
// chosen once, lie among the network's buffers and go through it behind those of each batch.
// Private to the layers and to network*.c.
#ifndef GAN_NN_REFERENCE_H
#define GAN_NN_REFERENCE_H

#include "graph/graph.h"

// (..., B) and (..., R) as one of B + R samples; NULL where `samples` is.
gan_node *gan__reference_join(gan_node *samples, gan_node *reference);
// Of (..., B + R): the first B, and the last `count`, which is R. NULL gives NULL.
gan_node *gan__reference_cut(gan_node *joined, int64_t count);
gan_node *gan__reference_part(gan_node *joined, int64_t count);

#endif
