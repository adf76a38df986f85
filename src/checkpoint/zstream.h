// zlib with the library's own allocator, so that tests can fail its allocations too.
#ifndef GAN_CHECKPOINT_ZSTREAM_H
#define GAN_CHECKPOINT_ZSTREAM_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

gan_status gan__deflate_create(z_stream *stream, int level);
gan_status gan__inflate_create(z_stream *stream);

// Inflates a zlib stream that must fill exactly `length` bytes and end exactly at its end.
// Errors: CORRUPT.
gan_status gan__inflate_exactly(z_stream *stream, const uint8_t *encoded, size_t encoded_length,
                                uint8_t *bytes, size_t length);

#endif
