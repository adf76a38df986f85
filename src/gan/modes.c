// Implements gan/modes.h, and clgan/evaluate.h's part of modes.
#include "gan/modes.h"

#include "base/memory.h"

#include <math.h>

bool gan__modes_of_dataset(const gan_dataset *dataset, gan_mixture *out) {
    *out = (gan_mixture){0};
    out->modes = gan__dataset_modes(dataset, &out->centres, &out->deviation);
    out->dimension = (size_t)gan__dataset_info(dataset)->size[0];
    return out->modes > 0;
}

static double squared_distance(const double *centre, const float *sample, size_t dimension) {
    double sum = 0;
    for (size_t i = 0; i < dimension; i++) {
        const double difference = (double)sample[i] - centre[i];
        sum += difference * difference;
    }
    return sum;
}

// The nearest centre, the first among equals; *squared is infinite or a NaN for a sample that is
// not finite.
static size_t nearest_mode(const gan_mixture *mixture, const float *sample, double *squared) {
    size_t nearest = 0;
    *squared = INFINITY;
    for (size_t mode = 0; mode < mixture->modes; mode++) {
        const double distance = squared_distance(mixture->centres + mode * mixture->dimension,
                                                 sample, mixture->dimension);
        if (!(distance < *squared)) continue;
        *squared = distance;
        nearest = mode;
    }
    return nearest;
}

void gan__modes_count(const gan_mixture *mixture, const float *samples, size_t count,
                      uint64_t *histogram) {
    const double radius = GAN_MODE_RADIUS * mixture->deviation;
    for (size_t i = 0; i < count; i++) {
        double squared;
        const size_t mode = nearest_mode(mixture, samples + i * mixture->dimension, &squared);
        if (squared < radius * radius) histogram[mode]++;
    }
}

gan_mode_figures gan__modes_figures(const gan_mixture *mixture, const uint64_t *histogram,
                                    uint64_t samples) {
    gan_mode_figures figures = {.modes = mixture->modes, .samples = samples};
    uint64_t good = 0;
    for (size_t i = 0; i < mixture->modes; i++) {
        good += histogram[i];
        figures.captured += histogram[i] > 0;
    }
    double divergence = 0;
    for (size_t i = 0; i < mixture->modes; i++) {
        const double ratio = (double)histogram[i] * (double)mixture->modes / (double)good;
        if (histogram[i] > 0) divergence += ratio * log(ratio) / (double)mixture->modes;
    }
    figures.high_quality = samples > 0 ? (double)good / (double)samples : NAN;
    figures.reverse_kl = good > 0 ? divergence : NAN;
    return figures;
}

gan_status gan_modes_measure(const gan_mixture *mixture, const float *samples, size_t count,
                             uint64_t *histogram, gan_mode_figures *out) {
    if (mixture->modes == 0 || mixture->dimension == 0 || !(mixture->deviation > 0))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a mixture of %zu modes in %zu dimensions with deviation %g: each must be "
                         "positive",
                         mixture->modes, mixture->dimension, mixture->deviation);
    void *counts = NULL;
    GAN_TRY(gan__alloc(mixture->modes, sizeof(uint64_t), &counts));
    gan__modes_count(mixture, samples, count, counts);
    *out = gan__modes_figures(mixture, counts, count);
    const uint64_t *const counted = counts;
    for (size_t i = 0; histogram != NULL && i < mixture->modes; i++) histogram[i] = counted[i];
    gan__free(counts);
    return GAN_STATUS_OK;
}
