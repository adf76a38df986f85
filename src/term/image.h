// Pictures in a terminal: two pixels to a character in 24-bit or 256 colours (half blocks, so UTF-8
// is needed), or a ramp of ASCII characters by brightness.
#ifndef GAN_TERM_IMAGE_H
#define GAN_TERM_IMAGE_H

#include "base/status.h"
#include "term/terminal.h"

#include <stddef.h>
#include <stdint.h>

// Rows from top to bottom, pixels from left to right, `channels` bytes each: 1 gray, 3 RGB.
typedef struct gan_picture {
    const uint8_t *pixels;
    size_t width, height, channels;
} gan_picture;

// Appends the picture; one wider than the terminal is scaled down to its width, each pixel then the
// mean of those it covers. Errors: BAD_ARGUMENT (no pixels, or channels neither 1 nor 3),
// NO_MEMORY.
gan_status gan__image_append(const gan_picture *picture, const gan_terminal *terminal,
                             gan_text *text);
// The same, written to the terminal's file. Errors: also BAD_OUTPUT.
gan_status gan__image_write(const gan_picture *picture, const gan_terminal *terminal);

#endif
