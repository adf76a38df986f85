// Smoothing of images by a small fixed filter.
#ifndef GAN_NN_BLUR_H
#define GAN_NN_BLUR_H

#include "graph/graph.h"

#define GAN_BLUR_SIZE_MAX 9

// x (channels, height, width, B), each channel by the binomial filter of `size` taps along both
// axes, [1, 2, 1] / 4 for 3 and [1, 3, 3, 1] / 8 for 4, with `padding` rows and columns of zeros on
// each side: a side of n becomes n + 2 padding - size + 1. Each value is multiplied by `gain`. 1 <=
// size
// <= GAN_BLUR_SIZE_MAX. NULL after a failure of the graph.
gan_node *gan__blur(gan_node *x, int size, int padding, double gain);

#endif
