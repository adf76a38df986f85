// All pairs of two sets of features: their products, made once for every figure that wants them.
#ifndef GAN_GAN_FEATURE_PAIRS_H
#define GAN_GAN_FEATURE_PAIRS_H

#include "clgan/features.h"

#include "base/status.h"
#include "base/tiles.h"

// The points of a set, as tiles.
gan_status gan__feature_tiles_create(const gan_feature_set *set, gan_tiles *out);
// `count` points from place `first` on, in double: (count, width).
void gan__feature_rows(const gan_feature_set *set, size_t first, size_t count, double *out);

// Sets are worked on in blocks of so many points, the last of which may be smaller.
#define GAN_BLOCK_POINTS 32

// Some points of a set of rows, and their products with all points of a set of columns.
typedef struct gan_pair_block {
    size_t first, count;    // the points: places in the set of rows
    const double *products; // (count, stride)
    size_t stride;          // columns, padded
    unsigned worker;        // no two blocks with the same one are taken at once
} gan_pair_block;

// Who is shown all pairs of two sets, a block at a time and in no order.
typedef struct gan_pair_taker {
    void (*take)(void *context, const gan_pair_block *block);
    void *context;
} gan_pair_taker;

// Shows each block to each taker, on so many threads. Errors: NO_MEMORY.
gan_status gan__feature_pairs(unsigned workers, const gan_feature_set *rows,
                              const gan_tiles *columns, const gan_pair_taker *takers, size_t count);

#endif
