// The rewrites behind simplify.h. A rule looks at a node whose operands are already simplified and
// returns a better node that computes the same, or NULL when it knows none.
//
// "The same" is equality of real numbers, of shapes, and of where NaN and infinities appear, save
// for intermediate results that overflow float32 in one form and not in the other. A rule never
// makes a graph compute anything twice that it computed once: where it would have to bypass an
// operand that others use as well, it first asks gan__simplify_unshared.
#ifndef GAN_GRAPH_SIMPLIFY_RULES_H
#define GAN_GRAPH_SIMPLIFY_RULES_H

#include "graph/node.h"

typedef struct gan_simplify_uses {
    const uint32_t *count; // by id: how many operands and roots of the graph being simplified
    uint32_t ids;          // nodes from this id on are new; nothing is known of them
} gan_simplify_uses;

typedef gan_node *(*gan_simplify_rule)(gan_node *node, const gan_simplify_uses *uses);

// Whether only one node uses this one.
bool gan__simplify_unshared(const gan_simplify_uses *uses, const gan_node *node);

// Applies rules until none does better. NULL for NULL. Rules pass the nodes they make through
// here, except for the one they return.
gan_node *gan__simplify_settle(gan_node *node, const gan_simplify_uses *uses);

// simplify_arithmetic.c
// Any elementwise operation without a rule of its own.
gan_node *gan__simplify_elementwise(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_neg(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_add(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_sub(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_mul(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_div(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_power(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_matmul(gan_node *node, const gan_simplify_uses *uses);

// What the node is a multiple of, when nothing else uses the node and it has a sign or a constant
// factor, by which *factor is multiplied; else the node itself.
gan_node *gan__simplify_factor(gan_node *node, const gan_simplify_uses *uses, double *factor);

// simplify_reduce.c
gan_node *gan__simplify_reduce(gan_node *node, const gan_simplify_uses *uses);

// simplify_convolution.c
gan_node *gan__simplify_convolution(gan_node *node, const gan_simplify_uses *uses);

// simplify_views.c
gan_node *gan__simplify_reshape(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_permute(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_broadcast(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_slice(gan_node *node, const gan_simplify_uses *uses);
gan_node *gan__simplify_pad(gan_node *node, const gan_simplify_uses *uses);

// simplify_concat.c
gan_node *gan__simplify_concat(gan_node *node, const gan_simplify_uses *uses);
// A sum of two that are padded or concatenated along one axis and nowhere both other than 0.
gan_node *gan__simplify_sum_of_pads(gan_node *sum);

#endif
