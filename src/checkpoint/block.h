// Encoding and decoding of one block (docs/checkpoint-format.md, DATA). A codec is one thread's
// scratch space; all of it is allocated when it is created.
#ifndef GAN_CHECKPOINT_BLOCK_H
#define GAN_CHECKPOINT_BLOCK_H

#include "checkpoint/format.h"

typedef struct gan_block_encoder gan_block_encoder;

// For blocks of at most `capacity` bytes. Level 0 stores; 1 to 8 is zlib's level, with the
// candidates worth trying found from a sample; 9 tries all candidates on all of the block.
gan_status gan__block_encoder_create(size_t capacity, int level, gan_block_encoder **out);
void gan__block_encoder_destroy(gan_block_encoder *encoder); // NULL is allowed

// The smallest encoding of `length` bytes of elements of `element` bytes: *encoded points into
// `bytes` or into the encoder, and lasts until its next use.
void gan__block_encode(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                       size_t element, gan_block_filter *filter, const uint8_t **encoded,
                       size_t *encoded_length);

typedef struct gan_block_decoder gan_block_decoder;
gan_status gan__block_decoder_create(size_t capacity, gan_block_decoder **out);
void gan__block_decoder_destroy(gan_block_decoder *decoder); // NULL is allowed

// Decodes into exactly `length` bytes. Errors: CORRUPT.
gan_status gan__block_decode(gan_block_decoder *decoder, gan_block_filter filter,
                             const uint8_t *encoded, size_t encoded_length, size_t element,
                             uint8_t *bytes, size_t length);

#endif
