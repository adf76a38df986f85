// Average and max pooling of images (C, H, W, B), as PyTorch's AvgPool2d and MaxPool2d, composed of
// slices, reductions and elementwise nodes; so they can be differentiated to any order.
#ifndef GAN_NN_POOL_H
#define GAN_NN_POOL_H

#include "graph/graph.h"

// Pairs are (height, width). With windows that tile the image a pool is one reduction; with others
// it goes first down the columns, then along the rows.
typedef struct gan_pooling {
    int size[2];             // of the window; at least 1
    int stride[2];           // 0 means the window's size
    int before[2], after[2]; // rows and columns around the image, fewer than the window has
} gan_pooling;

// The result has (H + before + after - size) / stride + 1 rows, rounded down.
// The padding counts as zeros among the `size` elements that are averaged.
gan_node *gan__average_pool(gan_node *x, const gan_pooling *pooling);
// The padding is never the maximum. Where elements are equal the gradient is shared among them
// (PyTorch gives it to the first).
gan_node *gan__max_pool(gan_node *x, const gan_pooling *pooling);

#endif
