// The table of gradient rules, beside the table of operations.
#ifndef GAN_GRAPH_GRADIENT_RULES_H
#define GAN_GRAPH_GRADIENT_RULES_H

#include "graph/node.h"

// What node's operand number `operand` gets from the node's `adjoint`: new nodes of the operand's
// shape (a vector-Jacobian product). NULL without a failure where no gradient flows by definition
// (comparisons, indices, conditions, what is stopped).
gan_node *gan__gradient_rule(gan_node *node, gan_node *adjoint, uint32_t operand);

// Whether the operation passes gradients on to any operand at all.
bool gan__gradient_flows(gan_op op);

#endif
