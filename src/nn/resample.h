// Images (C, H, W, B) in another size, as PyTorch's interpolate with align_corners=False. Composed
// of views, gathers and elementwise nodes; so they can be differentiated to any order.
#ifndef GAN_NN_RESAMPLE_H
#define GAN_NN_RESAMPLE_H

#include "graph/graph.h"

// Row i of the result is row floor(i H / height), columns alike. Whole factors, up or down, are
// views.
gan_node *gan__resample_nearest(gan_node *x, int64_t height, int64_t width);
// Row i lies at (i + 1/2) H / height - 1/2 between the two nearest rows, at least at 0; columns
// alike. No smoothing: when an image shrinks by more than 2, rows are left out.
gan_node *gan__resample_bilinear(gan_node *x, int64_t height, int64_t width);

#endif
