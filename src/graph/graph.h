// The graph: what is to be computed, as immutable nodes with static shapes. Knows nothing of
// networks (floor 5) and nothing of devices (graph/module.h takes a graph to a device).
//
//     gan_node *y = gan__add(gan__matmul(w, x, false, false), b);
//     gan_node *loss = gan__reduce_mean(gan__softplus(gan__neg(y)), GAN_AXES_ALL);
//     GAN_TRY(gan__gradient(loss, &w, 1, &dw));
//
// Nodes are hash-consed: building the same node twice gives the same pointer, so common
// subexpressions vanish. All nodes belong to their graph and die with it.
//
// Errors are sticky. A builder that is given impossible operands records a failure in the graph and
// returns NULL; builders given NULL return NULL; gan__graph_status tells the first failure. So a
// formula is written as a formula and checked once.
//
// Letters: B batch (the innermost dimension of activations), N elements, R rank.
// Element type is float32 throughout; data inputs may be bytes (GAN_ELEMENT_U8), read as floats.
#ifndef GAN_GRAPH_GRAPH_H
#define GAN_GRAPH_GRAPH_H

#include "base/status.h"
#include "graph/shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gan_graph gan_graph;
typedef struct gan_node gan_node;

gan_status gan__graph_create(gan_graph **out);
void gan__graph_destroy(gan_graph *graph); // NULL is allowed
// GAN_STATUS_OK, or the first failure of a builder, with its message set again for this thread.
gan_status gan__graph_status(const gan_graph *graph);
// Records a failure found by a floor above (a layer that cannot take its input); the first wins.
// Returns NULL, so that a builder can end with it.
gan_node *gan__graph_fail(gan_graph *graph, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// The same for memory of the host that ran out (GAN_STATUS_NO_MEMORY).
gan_node *gan__graph_no_memory(gan_graph *graph);
// Text put before the message of any failure until it is changed ("discriminator layer 3 (dense)");
// NULL or "" for none. Copied.
void gan__graph_set_context(gan_graph *graph, const char *context);

const gan_shape *gan__node_shape(const gan_node *node);
gan_graph *gan__node_graph(const gan_node *node);

// --- Leaves -----------------------------------------------------------------------------------

// Every element `value`.
gan_node *gan__constant(gan_graph *graph, const gan_shape *shape, double value);
// A rank-0 constant; binary operations broadcast it.
gan_node *gan__scalar(gan_graph *graph, double value);
// Element = its index along `axis`.
gan_node *gan__iota(gan_graph *graph, const gan_shape *shape, int axis);

typedef enum gan_element { GAN_ELEMENT_F32, GAN_ELEMENT_U8 } gan_element;
// Fed anew each run. Stored dense in row-major order of `shape`, just as it is fed.
gan_node *gan__input(gan_graph *graph, const char *name, gan_element element,
                     const gan_shape *shape);
// Persistent memory (parameters, optimiser slots, running statistics): stored dense, row-major,
// zero until written. Each call makes a new one; `name` is for messages.
gan_node *gan__state(gan_graph *graph, const char *name, const gan_shape *shape);

// Drawn anew each run. Element e of the node's logical row-major order is
// gan__philox_uniform/_normal(module's seed, GAN_STREAM_GRAPH + stream, run's counter, e), whatever
// the layout or the device. Two nodes of one stream and shape are one node: to draw twice, use two
// streams.
gan_node *gan__random_uniform(gan_graph *graph, const gan_shape *shape, uint32_t stream);
gan_node *gan__random_normal(gan_graph *graph, const gan_shape *shape, uint32_t stream);

// --- Elementwise --------------------------------------------------------------------------------
// Operands broadcast as in NumPy: shapes are aligned at their last dimension, sizes equal or 1.

#define GAN_UNARY_BUILDERS(X)                                                                      \
    X(neg) X(abs) X(sign) X(floor) X(exp) X(expm1) X(log) X(log1p) X(sqrt) X(rsqrt) X(sin) X(cos)  \
    X(tanh) X(sigmoid) X(softplus) X(erf)
#define GAN_UNARY_BUILDER(name) gan_node *gan__##name(gan_node *a);
GAN_UNARY_BUILDERS(GAN_UNARY_BUILDER)
#undef GAN_UNARY_BUILDER

// less, less_equal and equal give 1 or 0. power(a, b) needs a >= 0 for its gradient by b.
// The gradient of maximum and minimum goes half to each operand where they are equal.
#define GAN_BINARY_BUILDERS(X)                                                                     \
    X(add) X(sub) X(mul) X(div) X(minimum) X(maximum) X(power) X(less) X(less_equal) X(equal)
#define GAN_BINARY_BUILDER(name) gan_node *gan__##name(gan_node *a, gan_node *b);
GAN_BINARY_BUILDERS(GAN_BINARY_BUILDER)
#undef GAN_BINARY_BUILDER

// condition != 0 ? a : b. No gradient flows to the condition, and none to the side not chosen. A
// side that is not finite there (sqrt at 0) must also be given another argument there, or the 0
// that flows to it meets an infinite slope: select(x, sqrt(select(x, x, one)), zero).
gan_node *gan__select(gan_node *condition, gan_node *a, gan_node *b);

// Conveniences over the primitives.
gan_node *gan__scale(gan_node *a, double factor);
gan_node *gan__offset(gan_node *a, double addend);
gan_node *gan__square(gan_node *a);
gan_node *gan__reciprocal(gan_node *a);

// --- Reductions ---------------------------------------------------------------------------------
// `axes` is a bit mask (bit i: axis i); reduced axes stay with size 1. Sums run in a fixed order.
#define GAN_AXES_ALL 0xffffffffu
gan_node *gan__reduce_sum(gan_node *a, uint32_t axes);
gan_node *gan__reduce_max(gan_node *a, uint32_t axes); // gradient shared equally among equals
gan_node *gan__reduce_mean(gan_node *a, uint32_t axes);

// --- Products -----------------------------------------------------------------------------------
// op(a) op(b) over the last two dimensions; leading dimensions are batches and must be equal.
gan_node *gan__matmul(gan_node *a, gan_node *b, bool transpose_a, bool transpose_b);

// --- Convolutions -------------------------------------------------------------------------------
// Of images x (C, H, W, B) with weights w (O, C / groups, KH, KW), PyTorch's layout, to y
// (O, OH, OW, B): y[o, oy, ox] sums w[o, c, ky, kx] times x at row oy * stride - before + ky *
// dilation and the column alike, 0 outside the image. The three are one another's gradients, so
// they can be differentiated to any order (graph/convolution.h).

// Pairs are (height, width). {0} is the plain convolution.
typedef struct gan_convolution_settings {
    int stride[2];           // 0 means 1
    int before[2], after[2]; // rows and columns of zeros: above and left, below and right
    int dilation[2];         // 0 means 1
    int groups;              // 0 means 1; divides C and O
} gan_convolution_settings;

gan_node *gan__convolution(gan_node *x, gan_node *w, const gan_convolution_settings *settings);
// What x gets when y gets dy; x is `height` by `width`.
gan_node *gan__convolution_by_input(gan_node *dy, gan_node *w, int64_t height, int64_t width,
                                    const gan_convolution_settings *settings);
// What w gets when y gets dy; w is `kernel_height` by `kernel_width`.
gan_node *gan__convolution_by_weight(gan_node *x, gan_node *dy, int64_t kernel_height,
                                     int64_t kernel_width,
                                     const gan_convolution_settings *settings);
// PyTorch's ConvTranspose2d: w is (C, O / groups, KH, KW), and the result has
// (H - 1) * stride - before - after + dilation * (KH - 1) + 1 + output_padding rows. The output
// padding (height, width) is less than the stride or the dilation; NULL for none. It is
// gan__convolution_by_input, with x for dy.
gan_node *gan__transposed_convolution(gan_node *x, gan_node *w,
                                      const gan_convolution_settings *settings,
                                      const int *output_padding);

// --- Views --------------------------------------------------------------------------------------
gan_node *gan__reshape(gan_node *a, const gan_shape *shape); // same number of elements, row-major
gan_node *gan__flatten(gan_node *a);                         // rank 1
gan_node *gan__permute(gan_node *a, const int *order);       // result's axis i is a's order[i]
gan_node *gan__transpose(gan_node *a);                       // the last two axes swapped
gan_node *gan__broadcast(gan_node *a, const gan_shape *shape);
// start[i] + j * step[i], j < size[i]; step NULL means 1 everywhere. Steps are positive.
gan_node *gan__slice(gan_node *a, const int64_t *start, const int64_t *size, const int64_t *step);
gan_node *gan__rows(gan_node *a, int64_t first, int64_t count); // of (rows, columns)
gan_node *gan__pad(gan_node *a, const int64_t *before, const int64_t *after); // with zeros
gan_node *gan__concat(gan_node *const *parts, size_t count, int axis); // at least one part

// --- Indexed ------------------------------------------------------------------------------------
// `index` (rank 1, whole numbers stored as floats, each in range; others read as the nearest legal
// one) picks along `axis`. No gradient flows to the index.
gan_node *gan__gather(gan_node *a, gan_node *index, int axis);
// The adjoint: zeros of a's shape but `size` along `axis`, to which a's slices are added where the
// index says, in a fixed order.
gan_node *gan__scatter_add(gan_node *a, gan_node *index, int axis, int64_t size);

// --- Control ------------------------------------------------------------------------------------
gan_node *gan__stop_gradient(gan_node *a);
// Stores `value` in `state` (of gan__state, same shape) when run as a root of a program. All of a
// program's reads of a state see the value from before the run, wherever they stand in the graph.
// The node's own value is `value`, so what follows the update is built on it. A state that is itself
// a root is a read like any other. Two assignments of one program may not have the same state.
gan_node *gan__assign(gan_node *state, gan_node *value);

// --- Gradients ----------------------------------------------------------------------------------
// out[i] = d sum(y) / d wrt[i], as new nodes of wrt[i]'s shape; differentiable again, to any order.
// wrt may be any nodes, not only leaves; one that y does not depend on gets a constant 0.
// (graph/gradient.c is the table of rules.)
gan_status gan__gradient(gan_node *y, gan_node *const *wrt, size_t count, gan_node **out);
// The same for a given adjoint of y (of y's shape) instead of ones: a vector-Jacobian product.
gan_status gan__gradient_seeded(gan_node *y, gan_node *adjoint, gan_node *const *wrt, size_t count,
                                gan_node **out);

#endif
