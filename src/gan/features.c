// Implements clgan/features.h: checks what is given, then takes one figure after the other.
#include "gan/features.h"

#include "base/memory.h"
#include "base/philox.h"

#include <math.h>

// --- Comparing two sets --------------------------------------------------------------------------

static gan_status check_set(const gan_feature_set *set, const char *name, size_t neighbours) {
    if (set->width == 0 || set->count <= neighbours || set->count < 2)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%zu %s samples of %zu features are too few; more than %zu are needed",
                         set->count, name, set->width, neighbours);
    for (size_t i = 0; i < set->count * set->width; i++)
        if (!isfinite(set->values[i]))
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "feature %zu of %s sample %zu is not finite (%g)", i % set->width,
                             name, i / set->width, (double)set->values[i]);
    return GAN_STATUS_OK;
}

static gan_status check_sets(const gan_feature_set *real, const gan_feature_set *generated,
                             size_t neighbours) {
    GAN_TRY(check_set(real, "real", neighbours));
    GAN_TRY(check_set(generated, "generated", neighbours));
    if (real->width == generated->width) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "real samples have %zu features and generated ones %zu; both must come from "
                     "the same network",
                     real->width, generated->width);
}

static gan_status measure_slices(const gan_feature_set *real, const gan_feature_set *generated,
                                 uint64_t seed, gan_feature_figures *out) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(out->directions * real->width, sizeof(float), &memory));
    float *const values = memory;
    for (size_t i = 0; i < out->directions; i++)
        for (size_t k = 0; k < real->width; k++)
            values[i * real->width + k] =
                gan__philox_normal(seed, GAN_STREAM_DIRECTION, i, (uint32_t)k);
    const gan_feature_set directions = {
        .values = values, .count = out->directions, .width = real->width};
    const gan_status status =
        gan__sliced_wasserstein(real, generated, &directions, &out->sliced_wasserstein);
    gan__free(values);
    return status;
}

gan_status gan_features_compare(const gan_feature_set *real, const gan_feature_set *generated,
                                const gan_feature_options *options, gan_feature_figures *out) {
    const gan_feature_options given = options == NULL ? (gan_feature_options){0} : *options;
    *out = (gan_feature_figures){
        .real = real->count,
        .generated = generated->count,
        .width = real->width,
        .neighbours = given.neighbours > 0 ? given.neighbours : GAN_FEATURE_NEIGHBOURS,
        .directions = given.directions > 0 ? given.directions : GAN_FEATURE_DIRECTIONS,
    };
    GAN_TRY(check_sets(real, generated, out->neighbours));
    GAN_TRY(gan__frechet_distance(real, generated, &out->frechet));
    GAN_TRY(gan__kernel_distance(real, generated, &out->kernel, &out->kernel_error));
    GAN_TRY(gan__manifold_figures(real, generated, out));
    return measure_slices(real, generated, given.seed, out);
}

// --- The score by classes ------------------------------------------------------------------------

static gan_status check_probabilities(const float *probabilities, size_t count, size_t classes,
                                      size_t splits) {
    if (classes == 0 || splits == 0 || count < splits)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%zu samples of %zu classes cannot be scored in %zu parts", count, classes,
                         splits);
    for (size_t i = 0; i < count * classes; i++)
        if (!(probabilities[i] >= 0) || isinf(probabilities[i]))
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "the probability of class %zu for sample %zu is %g", i % classes,
                             i / classes, (double)probabilities[i]);
    return GAN_STATUS_OK;
}

// exp of the mean of KL(p(class | sample), p(class)) over `count` samples: the samples' mean
// negative entropy, plus the entropy of the mean.
static double score_part(const float *probabilities, size_t count, size_t classes) {
    double divergence = 0;
    for (size_t k = 0; k < classes; k++) {
        double mean = 0, information = 0;
        for (size_t i = 0; i < count; i++) {
            const double p = probabilities[i * classes + k];
            mean += p / (double)count;
            if (p > 0) information += p * log(p) / (double)count;
        }
        divergence += information - (mean > 0 ? mean * log(mean) : 0);
    }
    return exp(divergence);
}

gan_status gan_class_score(const float *probabilities, size_t count, size_t classes, size_t splits,
                           double *mean, double *deviation) {
    GAN_TRY(check_probabilities(probabilities, count, classes, splits));
    double sum = 0, squares = 0;
    for (size_t split = 0; split < splits; split++) {
        const size_t first = split * count / splits, end = (split + 1) * count / splits;
        const double score = score_part(probabilities + first * classes, end - first, classes);
        sum += score;
        squares += score * score;
    }
    *mean = sum / (double)splits;
    *deviation = sqrt(fmax(squares / (double)splits - *mean * *mean, 0));
    return GAN_STATUS_OK;
}
