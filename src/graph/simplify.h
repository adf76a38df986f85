// The first pass from a graph to launches: the same values from fewer and simpler nodes. It knows
// nothing of devices or cost models: it only removes what need not be computed at all.
#ifndef GAN_GRAPH_SIMPLIFY_H
#define GAN_GRAPH_SIMPLIFY_H

#include "graph/graph.h"

// out[i] computes what roots[i] computes, of the same shape, in the same graph.
//
// What the later passes may rely on: STOP_GRADIENT does not occur; ASSIGN occurs only as out[i]
// where roots[i] is an ASSIGN (elsewhere its value stands in its place), never as an operand.
gan_status gan__simplify(gan_graph *graph, gan_node *const *roots, size_t count, gan_node **out);

#endif
