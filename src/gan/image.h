// What the files behind clgan/image.h share.
#ifndef GAN_GAN_IMAGE_H
#define GAN_GAN_IMAGE_H

#include "clgan/image.h"
#include "clgan/train.h"

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>

struct gan_image {
    size_t width, height, channels; // channels 1, 3 or 4
    uint8_t *pixels;                // width * height * channels
};

// A picture of that size, black. Errors: NO_MEMORY, BAD_ARGUMENT (a side of 0 or absurdly large).
gan_status gan__image_create(size_t width, size_t height, size_t channels, gan_image **out);

// The byte of a value in the range, as gan_image_create says.
uint8_t gan__image_byte(float value, double low, double high);

// A plot of points of one or two values; `samples` (count, info->elements).
gan_status gan__image_plot_density(const float *samples, size_t count,
                                   const gan_image_options *options, gan_image **out);
gan_status gan__image_plot_points(const float *samples, size_t count,
                                  const gan_image_options *options, gan_image **out);

// What a run on numbers has come to, as in Figure 1 of Goodfellow et al. 2014: the data's density
// in grey, the generator's in colour, D in blue and, lighter, the optimum; D and the optimum from 0
// at the bottom to 1 just below the top.
gan_status gan__image_plot_curves(const gan_run_curves *curves, gan_image **out);

// Appends the picture as PGM, PPM or PAM.
gan_status gan__image_encode_pnm(const gan_image *image, gan_text *out);

// Appends the picture as a frame of YUV4MPEG2 video, 4:4:4, by ITU-R BT.601 in its usual range
// (black 16, white 235), which is what encoders take such files for; opacity is laid on white. With
// `first` the stream's header comes before it: 25 frames a second, square pixels.
gan_status gan__image_encode_y4m(const gan_image *image, bool first, gan_text *out);

#endif
