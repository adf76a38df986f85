// What the files behind clgan/features.h share: each figure by itself, on sets that are known to
// fit together, and products and distances of one point with all others.
#ifndef GAN_GAN_FEATURES_H
#define GAN_GAN_FEATURES_H

#include "clgan/features.h"

#include "base/status.h"

// A set in double, laid out so that a loop over points runs over neighbours in memory: tiles of
// GAN_TILE_POINTS points, each (width, GAN_TILE_POINTS); points beyond the count are zeros.
#define GAN_TILE_POINTS 8

typedef struct gan_feature_tiles {
    double *values;
    size_t count, width;
} gan_feature_tiles;

gan_status gan__feature_tiles_create(const gan_feature_set *set, gan_feature_tiles *out);
void gan__feature_tiles_destroy(gan_feature_tiles *tiles);
// The count rounded up to whole tiles.
size_t gan__feature_tiles_padded(const gan_feature_tiles *tiles);
// Of each point with every point of the tiles: `out` (points->count, padded count).
void gan__feature_products(const gan_feature_tiles *tiles, const gan_feature_set *points,
                           double *out);
void gan__feature_distances(const gan_feature_tiles *tiles, const gan_feature_set *points,
                            double *squared);

// Sets are worked on in blocks of so many points, the last of which may be smaller.
#define GAN_BLOCK_POINTS 32
size_t gan__feature_blocks(const gan_feature_set *set);
gan_feature_set gan__feature_block(const gan_feature_set *set, size_t block);

gan_status gan__frechet_distance(const gan_feature_set *real, const gan_feature_set *generated,
                                 double *out);
gan_status gan__kernel_distance(const gan_feature_set *real, const gan_feature_set *generated,
                                double *out, double *error);
// figures->neighbours is given; precision, recall, density and coverage are filled in.
gan_status gan__manifold_figures(const gan_feature_set *real, const gan_feature_set *generated,
                                 gan_feature_figures *figures);
// `directions`: of any length above 0; they are normalised.
gan_status gan__sliced_wasserstein(const gan_feature_set *real, const gan_feature_set *generated,
                                   const gan_feature_set *directions, double *out);

#endif
