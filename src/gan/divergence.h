// Divergences of two densities that are given by their logarithms on a grid: what the closed forms
// and the estimates of clgan/evaluate.h share.
#ifndef GAN_GAN_DIVERGENCE_H
#define GAN_GAN_DIVERGENCE_H

#include "clgan/evaluate.h"

#define GAN_LOG_ROOT_TWO_PI 0.91893853320467274178 // ln sqrt(2 pi)

// Adds the integrals over cells of `width` to `sums` (all 0 at first), with the densities'
// logarithms log_p and log_q in each (-infinity where a density is 0). Where p has mass and q has
// none, KL(p, q) is infinite.
void gan__divergences_add_cells(gan_divergences *sums, const double *log_p, const double *log_q,
                                size_t cells, double width);

// Mean and deviation (the population's) of `count` numbers, at least one: exactly 0 where all are
// equal.
gan_gaussian gan__gaussian_fit(const float *values, size_t count);

#endif
