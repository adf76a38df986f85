// Windows over images, as attributes of Conv and of pools say them. Private to foreign_*.c.
#ifndef GAN_CONVERT_FOREIGN_WINDOWS_H
#define GAN_CONVERT_FOREIGN_WINDOWS_H

#include "convert/foreign.h"

#define GAN_FOREIGN_WINDOW_MAX 1024

// Pairs are (height, width).
typedef struct gan_foreign_windows {
    int size[2], stride[2], dilation[2], before[2], after[2];
} gan_foreign_windows;

// Over images of such height and width. `kernel`: the weights' size, which kernel_shape must be;
// NULL where only that says it. Errors: BAD_INPUT.
gan_status gan__foreign_windows_of(const gan_foreign_call *call, const int64_t *image,
                                   const int64_t *kernel, gan_foreign_windows *out);

#endif
