// Implements clgan/features.h: who makes which figure, and from what.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/philox.h"

#include <math.h>

// --- Comparing two sets --------------------------------------------------------------------------

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

// What all pairs of a real and a generated sample tell.
static gan_status look_between(const gan_feature_side *real, const gan_feature_side *generated,
                               gan_feature_figures *out) {
    const unsigned workers = gan__parallel_cores();
    gan_kernel_sums sums;
    gan_ball_count *balls = NULL;
    gan_status status = gan__kernel_sums_create(real->set, generated->set, false, &sums);
    if (status == GAN_STATUS_OK) status = gan__ball_count_create(real, generated, workers, &balls);
    if (status == GAN_STATUS_OK)
        status = gan__feature_pairs(
            workers, real->set, &generated->tiles,
            (gan_pair_taker[]){gan__kernel_sums_taker(&sums), gan__ball_count_taker(balls)}, 2);
    if (status == GAN_STATUS_OK) {
        gan__kernel_distance(real, generated, &sums, &out->kernel, &out->kernel_error);
        gan__ball_count_figures(balls, out);
    }
    gan__kernel_sums_destroy(&sums);
    gan__ball_count_destroy(balls);
    return status;
}

typedef struct comparison {
    gan_feature_side *real;
    const gan_feature_side *generated;
    uint64_t seed;
    gan_feature_figures *out;
} comparison;

// LAPACK's eigenvalues take one core, so the other figures are made beside them.
static gan_status compare_part(void *context, size_t part, unsigned worker) {
    const comparison *const of = context;
    (void)worker;
    if (part == 0) return gan__frechet_distance(of->real, of->generated, &of->out->frechet);
    GAN_TRY(look_between(of->real, of->generated, of->out));
    return measure_slices(of->real->set, of->generated->set, of->seed, of->out);
}

static gan_status check_widths(const gan_feature_set *real, const gan_feature_set *generated) {
    if (real->width == generated->width) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "real samples have %zu features and generated ones %zu; both must come from "
                     "the same network",
                     real->width, generated->width);
}

gan_status gan__feature_sides_compare(gan_feature_side *real, const gan_feature_side *generated,
                                      size_t directions, uint64_t seed, gan_feature_figures *out) {
    *out = (gan_feature_figures){
        .real = real->set->count,
        .generated = generated->set->count,
        .width = real->set->width,
        .neighbours = real->neighbours,
        .directions = directions,
    };
    GAN_TRY(check_widths(real->set, generated->set));
    comparison work = {.real = real, .generated = generated, .seed = seed, .out = out};
    return gan__parallel_run(2, 2, compare_part, &work);
}

gan_status gan_features_compare(const gan_feature_set *real, const gan_feature_set *generated,
                                const gan_feature_options *options, gan_feature_figures *out) {
    const gan_feature_options given = options == NULL ? (gan_feature_options){0} : *options;
    const size_t neighbours = given.neighbours > 0 ? given.neighbours : GAN_FEATURE_NEIGHBOURS;
    const size_t directions = given.directions > 0 ? given.directions : GAN_FEATURE_DIRECTIONS;
    gan_feature_side sides[2] = {{0}};
    *out = (gan_feature_figures){0};
    GAN_TRY(gan__feature_set_check(real, "real", neighbours));
    GAN_TRY(gan__feature_set_check(generated, "generated", neighbours));
    GAN_TRY(check_widths(real, generated));
    gan_status status = gan__feature_side_create(real, neighbours, &sides[0]);
    if (status == GAN_STATUS_OK)
        status = gan__feature_side_create(generated, neighbours, &sides[1]);
    if (status == GAN_STATUS_OK)
        status = gan__feature_sides_compare(&sides[0], &sides[1], directions, given.seed, out);
    gan__feature_side_destroy(&sides[0]);
    gan__feature_side_destroy(&sides[1]);
    return status;
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
