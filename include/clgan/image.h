// Pictures of samples: a grid of images, a plot of points, and their way into a file.
#ifndef CLGAN_IMAGE_H
#define CLGAN_IMAGE_H

#include "clgan/sample.h"
#include "clgan/status.h"
#include "clgan/target.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// 8 bits a channel: 1 channel (grey), 3 (red, green, blue) or 4 (those and opacity).
typedef struct gan_image gan_image;

// Zero and NULL mean the default everywhere.
typedef struct gan_image_options {
    size_t columns, rows;   // of a grid; default: as square as the count allows
    size_t padding;         // black pixels (with opacity: clear ones) between and around the images
                            // of a grid; default none
    size_t side;            // width of a plot in pixels; default 512
    const float *reference; // samples of the data, of the same shape, drawn in grey behind a plot
    size_t reference_count;
} gan_image_options;

// One picture of `count` samples (count, info->elements). Of `info`, rank, size, elements, low and
// high count: values from low to high become 0 to 255 (rounded; beyond, the nearer one; NaN 0), and
// where low equals high, the least to the greatest value that is there do.
// - (1, h, w), (3, h, w) and (4, h, w): a grid, the first sample at the top left, rows filled
//   first. Of any other number of channels each is a grey image beside the one before; (D) is one
//   row of D pixels.
// - (1): a plot of the density, smoothed; (2): a plot of the points, x to the right, y upwards. The
//   reference's range, or else the samples', fills the plot; points beyond it are left out.
// Errors: BAD_ARGUMENT (no sample; more samples than the grid has places), NO_MEMORY.
GAN_API gan_status gan_image_create(const gan_sample_info *info, const float *samples, size_t count,
                                    const gan_image_options *options, gan_image **out);
GAN_API void gan_image_destroy(gan_image *image); // NULL is allowed

GAN_API size_t gan_image_get_width(const gan_image *image);
GAN_API size_t gan_image_get_height(const gan_image *image);
GAN_API size_t gan_image_get_channels(const gan_image *image);
// Rows from the top, pixels from the left, channels of a pixel together; nothing between rows.
GAN_API const uint8_t *gan_image_get_pixels(const gan_image *image);

typedef enum gan_image_format {
    GAN_IMAGE_FORMAT_PNG,
    GAN_IMAGE_FORMAT_PNM, // binary PGM (P5) or PPM (P6); with opacity PAM (P7)
} gan_image_format;

// Said about a picture inside the file (PNG only): key of 1 to 79 Latin letters, text in UTF-8.
typedef struct gan_image_text {
    const char *key, *text;
} gan_image_text;

// Equal pictures and texts give equal bytes.
// Errors: BAD_OUTPUT, CLOSED, NO_MEMORY, BAD_ARGUMENT (larger than the format allows).
GAN_API gan_status gan_image_write(const gan_image *image, gan_image_format format,
                                   const gan_image_text *texts, size_t text_count,
                                   gan_target target);

#ifdef __cplusplus
}
#endif
#endif
