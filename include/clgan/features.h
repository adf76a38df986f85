// How near two sets of samples are in a space of features: the rows of one matrix are features of
// real samples, the rows of the other those of generated ones. Where features come from is the
// caller's business (a classifier's last hidden layer, or the pixels themselves); figures taken
// with different features cannot be compared.
//
//     gan_feature_set real = {values, 10000, 128}, generated = {others, 10000, 128};
//     gan_feature_figures figures;
//     status = gan_features_compare(&real, &generated, NULL, &figures);
#ifndef CLGAN_FEATURES_H
#define CLGAN_FEATURES_H

#include "clgan/device.h"
#include "clgan/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_feature_set {
    const float *values; // (count, width), row-major
    size_t count, width;
} gan_feature_set;

#define GAN_FEATURE_NEIGHBOURS 5 // of density and coverage's paper
#define GAN_FEATURE_DIRECTIONS 512
#define GAN_FEATURE_BLOCK      1000 // samples in a block of the kernel distance

// Zero means the default everywhere.
typedef struct gan_feature_options {
    size_t neighbours; // GAN_FEATURE_NEIGHBOURS
    size_t directions; // GAN_FEATURE_DIRECTIONS
    uint64_t seed;     // of the directions
} gan_feature_options;

typedef struct gan_feature_figures {
    size_t real, generated, width, neighbours, directions;
    // Frechet distance of Gaussians fitted to both (Heusel et al. 2017):
    //     |m - n|^2 + tr(S + T - 2 (S T)^1/2), covariances with count - 1.
    double frechet;
    // The squared maximum mean discrepancy by the kernel (x.y / width + 1)^3, the unbiased estimate
    // from all pairs (Binkowski et al. 2018); it may come out negative. kernel_error: the standard
    // error of the same estimate over disjoint blocks of GAN_FEATURE_BLOCK samples of both; NaN
    // when there are fewer than two.
    double kernel, kernel_error;
    // By balls around each sample that reach its k-th neighbour among its own kind (k =
    // neighbours).
    double precision, recall; // Kynkaanniemi et al. 2019
    double density, coverage; // Naeem et al. 2020
    // The mean over random directions of the Wasserstein-1 distance of both sets' projections.
    double sliced_wasserstein;
} gan_feature_figures;

// Works on all cores, in double. `options` may be NULL. Errors: BAD_ARGUMENT (widths that differ,
// not more samples than neighbours, a feature that is not finite), NO_MEMORY, FAILED (an eigenvalue
// problem does not converge).
GAN_API gan_status gan_features_compare(const gan_feature_set *real,
                                        const gan_feature_set *generated,
                                        const gan_feature_options *options,
                                        gan_feature_figures *out);

// What samples are, for whoever makes features of them.
typedef struct gan_feature_samples {
    int rank; // of one sample: 1, or 3 (channels, height, width)
    int64_t size[3];
    double low, high; // what black and white are in them; equal: they are no pixels
} gan_feature_samples;

// Who makes features of samples: both functions are given `user`, prepare once and first.
typedef struct gan_feature_source {
    void *user;
    // *width: features of one sample.
    gan_status (*prepare)(void *user, gan_device *device, const gan_feature_samples *samples,
                          size_t *width);
    // `samples`: (count, elements of one), `features`: (count, width), both row-major.
    gan_status (*run)(void *user, const float *samples, size_t count, float *features);
} gan_feature_source;

// The score of Salimans et al. 2016, with any classifier: exp of the mean of KL(p(class | sample),
// p(class)), where p(class) is the mean over the samples; for each of `splits` equal parts of the
// samples in order, then mean and deviation over the parts. `probabilities`: (count, classes).
// Errors: BAD_ARGUMENT (no samples, fewer than splits, a probability below 0 or not finite).
GAN_API gan_status gan_class_score(const float *probabilities, size_t count, size_t classes,
                                   size_t splits, double *mean, double *deviation);

#ifdef __cplusplus
}
#endif
#endif
