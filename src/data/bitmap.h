// One picture from a PNG or JPEG file as bytes, and its way into a sample of a given size: colours
// converted, the middle cut out, scaled. Knows neither folders nor data sets.
#ifndef GAN_DATA_BITMAP_H
#define GAN_DATA_BITMAP_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 8 bits a channel: 1 grey, 3 red green blue, 4 those and opacity (255 opaque, not premultiplied).
// Rows from the top, pixels from the left, channels of a pixel together, nothing between rows.
typedef struct gan_bitmap {
    size_t width, height, channels;
    uint8_t *pixels; // owned; NULL where only the header was read
} gan_bitmap;

// The most pixels of a picture: a guard against files that claim more than anyone has.
#define GAN_BITMAP_PIXELS_MAX ((size_t)1 << 27)

void gan__bitmap_destroy(gan_bitmap *bitmap); // of what it holds
// Pixels for width, height and channels as they are set. Errors: BAD_INPUT (too large), NO_MEMORY.
gan_status gan__bitmap_alloc(gan_bitmap *bitmap);

// --- From files ---------------------------------------------------------------------------------
// A whole file in memory. PNG of any kind becomes 8 bits: palettes and transparent colours are
// resolved, of 16 bits the upper 8 are kept (rounded), interlacing is undone; grey with opacity
// becomes 4 channels. JPEG is grey or RGB, turned as its Exif says. Messages do not name the file:
// put it before them. Errors: BAD_INPUT (no PNG or JPEG; CMYK; too large), CORRUPT (damaged or cut
// short), NO_MEMORY.
gan_status gan__bitmap_decode(const uint8_t *bytes, size_t length, gan_bitmap *out);
// The same without pixels, from the first bytes of a file of `whole` bytes. *more: the header does
// not end within `length`; call again with more of the file.
gan_status gan__bitmap_look(const uint8_t *bytes, size_t length, size_t whole, gan_bitmap *out,
                            bool *more);
// What a file that begins with these bytes (some 16 of them) is, if it is a picture: "PNG", "JPEG",
// "GIF", ...; NULL: none that is known.
const char *gan__bitmap_format(const uint8_t *bytes, size_t length);

// --- To samples ---------------------------------------------------------------------------------
typedef enum gan_bitmap_fit {
    GAN_BITMAP_FIT_CROP,    // scaled until it covers the size, of which the middle is cut out
    GAN_BITMAP_FIT_STRETCH, // each axis scaled by itself
} gan_bitmap_fit;

typedef struct gan_bitmap_form {
    size_t crop_width,
        crop_height; // the middle of the picture that is taken at first; 0: all of it
    size_t width, height, channels; // of the sample; channels 1, 3 or 4
    gan_bitmap_fit fit;
} gan_bitmap_form;

// Writes the picture as a sample of `form`: (channels, height, width). Scaling weighs pixels by a
// triangle as wide as two pixels of the larger grid (antialiased bilinear: what Pillow calls
// BILINEAR), colours by their opacity where there is one; a picture of the right size is copied.
// Colour becomes grey by ITU-R BT.601's weights; what is not opaque is laid on white where the
// sample has no opacity. Errors: BAD_INPUT (smaller than the crop), NO_MEMORY.
gan_status gan__bitmap_fit_into(const gan_bitmap *bitmap, const gan_bitmap_form *form,
                                uint8_t *sample);

// Fails for a picture that is smaller than that.
gan_status gan__bitmap_too_small(const gan_bitmap *bitmap, size_t width, size_t height);

// Private to the decoders: whether a picture of that size is read at all. Errors: BAD_INPUT.
gan_status gan__bitmap_check_size(const gan_bitmap *bitmap);
// The two formats.
gan_status gan__bitmap_png(const uint8_t *bytes, size_t length, bool pixels, gan_bitmap *out,
                           bool *cut);
gan_status gan__bitmap_jpeg(const uint8_t *bytes, size_t length, bool pixels, gan_bitmap *out,
                            bool *cut);
// How the pixels behind an APP1 marker's `bytes` are to be turned, 1 to 8; 1 where it does not say.
unsigned gan__exif_orientation(const uint8_t *bytes, size_t length);
// Turns a picture, or only its size where it has no pixels. Errors: NO_MEMORY.
gan_status gan__bitmap_orient(gan_bitmap *bitmap, unsigned orientation);
// Fails for a file that ends at byte `length`, and sets *cut.
gan_status gan__bitmap_cut_short(const char *format, size_t length, bool *cut);

#endif
