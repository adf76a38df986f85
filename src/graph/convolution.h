// The three convolutions as one thing: a sum of terms x w y over an input, a weight and an output.
//
//     x (C, H, W, B)   w (O, C / groups, KH, KW)   y (O, OH, OW, B)
//     sum over o, c, oy, ox, ky, kx, b of  x[group(o) C/groups + c, iy, ix, b] w[o, c, ky, kx]
//                                          y[o, oy, ox, b],
//     iy = oy stride - before + ky dilation (ix alike); terms outside the input are left out
//
// A member of the triple is the derivative of that sum by one of the three (CONVOLUTION by y,
// CONVOLUTION_BY_INPUT by x, CONVOLUTION_BY_WEIGHT by w), so it is linear in each of the other two,
// and its own derivatives are the other two members, with the same attributes. How much padding
// there is behind the input follows from the shapes and counts for nothing.
#ifndef GAN_GRAPH_CONVOLUTION_H
#define GAN_GRAPH_CONVOLUTION_H

#include "graph/node.h"
#include "runtime/convolution.h"

// The shapes of all three for a node of the triple: two are its operands', one its own.
typedef struct gan_convolution_shapes {
    const gan_shape *x, *w, *y;
} gan_convolution_shapes;

gan_convolution_shapes gan__convolution_shapes(const gan_node *node);

// The sizes of such an operation on such shapes, as the runtime's kernels take them.
void gan__convolution_describe(gan_op op, const gan_attributes *attributes,
                               const gan_convolution_shapes *shapes, gan_convolution_desc *out);

// Adds the value of the node to `out`, which holds zeros: evaluate.h's convolutions.
void gan__evaluate_convolution(const gan_node *node, const double *const *operands, double *out);

#endif
