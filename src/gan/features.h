// What the files behind clgan/features.h share: a set of features made ready for comparing, all
// pairs of two sets, and each figure by itself.
#ifndef GAN_GAN_FEATURES_H
#define GAN_GAN_FEATURES_H

#include "clgan/features.h"

#include "base/status.h"
#include "gan/feature_pairs.h"

#include <stdbool.h>

// --- One set -------------------------------------------------------------------------------------

// The Gaussian fitted to a set: covariances with count - 1.
typedef struct gan_feature_fit {
    double *mean;       // (width)
    double *covariance; // (width, width)
} gan_feature_fit;

gan_status gan__feature_fit_create(const gan_feature_set *set, gan_feature_fit *out);
void gan__feature_fit_destroy(gan_feature_fit *fit);

// Sums of the kernel distance, whose taker is shown all pairs of two sets: for each row over all
// columns, and over those of its own block of GAN_FEATURE_BLOCK.
typedef struct gan_kernel_sums {
    double *all, *own; // (rows)
    size_t columns, width;
    bool within; // pairs of a point with itself are left out
} gan_kernel_sums;

// `within`: rows and columns are the points of one set.
gan_status gan__kernel_sums_create(const gan_feature_set *rows, const gan_feature_set *columns,
                                   bool within, gan_kernel_sums *out);
gan_pair_taker gan__kernel_sums_taker(gan_kernel_sums *sums);
void gan__kernel_sums_destroy(gan_kernel_sums *sums);

// A set, and what of it does not depend on what it is compared with.
typedef struct gan_feature_side {
    const gan_feature_set *set; // the caller's, for as long as this
    gan_tiles tiles;
    double *norms; // squared lengths
    double *radii; // squared distances to the k-th neighbour among the others, k = neighbours
    gan_kernel_sums kernel; // of all pairs but those of a point with itself
    gan_feature_fit fit;
    double *root; // R with R^T R the covariance; NULL until a Frechet distance has wanted it
    size_t neighbours;
} gan_feature_side;

// Whether a set can be a side; `name` is what messages call its samples. Errors: BAD_ARGUMENT (not
// more samples than neighbours, a feature that is not finite).
gan_status gan__feature_set_check(const gan_feature_set *set, const char *name, size_t neighbours);

// Of a set that was checked so. Errors: NO_MEMORY.
gan_status gan__feature_side_create(const gan_feature_set *set, size_t neighbours,
                                    gan_feature_side *out);
void gan__feature_side_destroy(gan_feature_side *side);

// --- Two sets ------------------------------------------------------------------------------------

// All figures, with the neighbours of the sides, the same for both; `directions` is not 0. Errors:
// BAD_ARGUMENT (widths that differ), NO_MEMORY, FAILED (an eigenvalue problem does not converge).
gan_status gan__feature_sides_compare(gan_feature_side *real, const gan_feature_side *generated,
                                      size_t directions, uint64_t seed, gan_feature_figures *out);

gan_status gan__frechet_distance(gan_feature_side *real, const gan_feature_side *generated,
                                 double *out);
// `directions`: of any length above 0; they are normalised.
gan_status gan__sliced_wasserstein(const gan_feature_set *real, const gan_feature_set *generated,
                                   const gan_feature_set *directions, double *out);

// From the sums within both and between them; `error`: NaN where there are fewer than two blocks.
void gan__kernel_distance(const gan_feature_side *real, const gan_feature_side *generated,
                          const gan_kernel_sums *between, double *out, double *error);

// The radii of a side whose set and norms are there: its taker is shown all pairs of the set.
typedef struct gan_radius_search {
    gan_feature_side *side;
    double *nearest; // (workers, neighbours): ascending
} gan_radius_search;

gan_status gan__radius_search_create(gan_feature_side *side, unsigned workers,
                                     gan_radius_search *out);
gan_pair_taker gan__radius_search_taker(gan_radius_search *search);
void gan__radius_search_destroy(gan_radius_search *search);

// Who lies in whose ball: its taker is shown all pairs of a real and a generated sample.
typedef struct gan_ball_count gan_ball_count;
gan_status gan__ball_count_create(const gan_feature_side *real, const gan_feature_side *generated,
                                  unsigned workers, gan_ball_count **out);
gan_pair_taker gan__ball_count_taker(gan_ball_count *count);
// Precision, recall, density and coverage.
void gan__ball_count_figures(const gan_ball_count *count, gan_feature_figures *out);
void gan__ball_count_destroy(gan_ball_count *count);

#endif
