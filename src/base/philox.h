// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011):
// the one source of randomness, on the host here and on devices in cl/philox.cl, bit for bit alike.
//
// A draw is named, not sequenced: (seed, stream, step, element) gives four words. Key = the seed's
// low and high half; counter = {element, stream, step's low half, step's high half}.
#ifndef GAN_BASE_PHILOX_H
#define GAN_BASE_PHILOX_H

#include <stdint.h>

// Streams that are fixed for all of clgan; streams from GAN_STREAM_GRAPH on belong to the random
// nodes of graphs.
enum {
    GAN_STREAM_SHUFFLE = 1,   // order of a data set: step = epoch
    GAN_STREAM_DATA = 2,      // built-in data sets: step = sample
    GAN_STREAM_INIT = 3,      // initialisers: step = index of the parameter, from bit 32 on the try
    GAN_STREAM_LATENT = 4,    // gan-sample: seed = the image's own seed
    GAN_STREAM_MIRROR = 5,    // images mirrored in training: step = position in the data's stream
    GAN_STREAM_DIRECTION = 6, // directions of a sliced distance: step = direction
    GAN_STREAM_LABEL = 7,     // gan-sample: seed = the image's own seed
    GAN_STREAM_TOKEN = 8,     // gan-sample: seed = the sample's own seed
    GAN_STREAM_LABELLED = 9,  // labelled samples: step 0 which they are, then epoch + 1
    GAN_STREAM_STACK = 10,    // what is stacked: step = sample, element = its place in it
    GAN_STREAM_GRAPH = 256,
};

typedef struct gan_philox_words {
    uint32_t word[4];
} gan_philox_words;

// The raw bijection, for known-answer tests.
gan_philox_words gan__philox(const uint32_t counter[4], const uint32_t key[2]);

gan_philox_words gan__philox_draw(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element);

// [0, 1): word 0's upper 24 bits times 2^-24.
float gan__philox_uniform(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element);

// N(0, 1) by Box and Muller from words 0 and 1: sqrt(-2 ln u) cos(2 pi v), with
// u = ((word0 >> 8) + 1) 2^-24 in (0, 1] and v = (word1 >> 8) 2^-24 in [0, 1).
float gan__philox_normal(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element);

// The image of `index` under the pseudo-random permutation of [0, count) that (seed, stream, step)
// names: a Feistel network with cycle walking, so no table is kept. count >= 1, index < count.
uint64_t gan__philox_permute(uint64_t seed, uint32_t stream, uint64_t step, uint64_t index,
                             uint64_t count);

#endif
