// The batch, which is the innermost dimension of what networks compute: which operations keep its
// samples apart, so that what is computed of one does not depend on the others.
#ifndef GAN_GRAPH_SAMPLES_H
#define GAN_GRAPH_SAMPLES_H

#include "graph/graph.h"

// Whether sample b of `output` (the last axis) depends on sample b of `input` alone, for each b, as
// far as the operations between them tell. Where it does, a network gives the same for two batches
// applied together as one after the other. False where memory runs out.
bool gan__samples_stay_apart(gan_node *output, gan_node *input);

// Whether the operation computes each position of the last axis from the same position of its
// operands: for reductions and views, which have one operand, or several of one kind.
bool gan__keeps_last_axis(const gan_node *node);

#endif
