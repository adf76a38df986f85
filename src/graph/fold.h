// What every new node is tried for before it is made: whether it is one of its own operands, or a
// constant, or a plainer operation on the very same operands.
//
// Only folds that keep the dependence on the node's direct operands stand here, because gradients
// may be asked for with respect to any node: neg(neg(x)) is not x yet, as the inner neg may be what
// somebody differentiates by. Rewrites that look deeper belong to simplify.h.
//
// Zeros. x * 0 and 0 / x are folded to 0 when the zero is a constant of the graph, although
// x may be infinite or NaN at run time. Such a zero is structural: it says that there is no path
// (an adjoint that does not exist, a penalty with weight 0), and what is on the other side of no
// path must not be computed. Divergence still shows, in the losses and states that are computed.
// Zeros that come about at run time multiply as IEEE says.
#ifndef GAN_GRAPH_FOLD_H
#define GAN_GRAPH_FOLD_H

#include "graph/node.h"

// The node that the described one folds to, or NULL when it must be made. (Also NULL after a
// failure, which the graph then knows.)
gan_node *gan__fold(gan_graph *graph, gan_op op, const gan_shape *shape,
                    const gan_attributes *attributes, gan_node *const *inputs, size_t count);

// Whether the two operands of a commutative operation stand in the wrong order: constants go last,
// else the older node goes first, so that x + y and y + x are one node.
bool gan__fold_swaps(gan_op op, gan_node *const *inputs);

#endif
