// The value of one node from the values of its operands, in double precision: the meaning of every
// operation, in the plainest loops. The interpreter walks graphs with it.
#ifndef GAN_GRAPH_EVALUATE_H
#define GAN_GRAPH_EVALUATE_H

#include "graph/node.h"

// What names the draws of random nodes.
typedef struct gan_draw {
    uint64_t seed;
    uint64_t counter;
} gan_draw;

// Dense, row-major: operands[i] is the value of node->inputs[i]; `out` holds as many numbers as the
// node has elements. Not for inputs and states, whose values are given.
// Errors: BAD_ARGUMENT for an operation that has no meaning here.
gan_status gan__evaluate(const gan_node *node, const double *const *operands, const gan_draw *draw,
                         double *out);

#endif
