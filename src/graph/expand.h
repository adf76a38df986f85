// Convolutions that no kernel of their own takes: each becomes a matrix product of the weight with
// the image's windows laid out side by side (im2col), in operations that every device has. It is
// exact and works for all sizes, at the price of KH KW / stride^2 times the image in memory.
#ifndef GAN_GRAPH_EXPAND_H
#define GAN_GRAPH_EXPAND_H

#include "graph/graph.h"
#include "runtime/device.h"

// out[i] computes what roots[i] computes, of the same shape, in the same graph, with no convolution
// below it but those that `device` has kernels for (NULL: none). Errors: those of the graph
// (windows of more elements than a node can have).
gan_status gan__expand_convolutions(gan_graph *graph, gan_device *device, gan_node *const *roots,
                                    size_t count, gan_node **out);

#endif
