// The density of numbers, estimated from samples.
#ifndef GAN_GAN_DENSITY_H
#define GAN_GAN_DENSITY_H

#include <stddef.h>

// At the middles of `columns` equal parts of [low, high]: counts smoothed by a Gaussian of
// Silverman's width (0.9 s n^-1/5, at least one column), so that the whole has an area of 1 where
// no value lies outside; in units of 1 / (high - low) * columns, that is per column. `work` and
// `density` hold `columns` values.
void gan__density_estimate(const float *values, size_t count, double low, double high,
                           size_t columns, double *work, double *density);

#endif
