// A shape as people write it.
#ifndef GAN_GAN_SIDES_H
#define GAN_GAN_SIDES_H

#include "graph/shape.h"

// "1x28x28" for the shape (1, 28, 28), cut off at `size` bytes; "" for rank 0.
void gan__sides_text(const gan_shape *shape, char *text, size_t size);

#endif
