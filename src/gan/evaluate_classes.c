// Implements gan/evaluate_classes.h.
#include "gan/evaluate_classes.h"

#include "base/memory.h"
#include "gan/likeliest.h"

#include <math.h>

#define AT_ONCE 1024

// Some samples, and what is said of them. Features and probabilities are (AT_ONCE, ...).
typedef struct block {
    float *samples;
    uint32_t *labels;
} block;

static gan_status create_block(size_t elements, block *out) {
    void *samples = NULL, *labels = NULL;
    *out = (block){0};
    GAN_TRY(gan__alloc(AT_ONCE * elements, sizeof(float), &samples));
    out->samples = samples;
    GAN_TRY(gan__alloc(AT_ONCE, sizeof(uint32_t), &labels));
    out->labels = labels;
    return GAN_STATUS_OK;
}

static void destroy_block(block *b) {
    gan__free(b->samples);
    gan__free(b->labels);
}

// --- Samples through the classifier --------------------------------------------------------------

// `count` of the samples from `first` on; features NULL where they are not wanted.
static gan_status classify(gan_classifier *classifier, const gan_classified_points *of, block *b,
                           uint64_t first, size_t count, float *features, float *probabilities) {
    const gan_points *const points = of->points;
    const gan_classifier_input input = {b->samples, count, of->low, of->high};
    gan__parzen_tell(of->watch, first, points->count);
    GAN_TRY(points->read(points, first, count, b->samples));
    if (points->labels != NULL) GAN_TRY(points->labels(points, first, count, b->labels));
    return gan_classifier_run(classifier, &input, features, probabilities);
}

static size_t block_at(const gan_points *points, uint64_t first) {
    return points->count - first < AT_ONCE ? (size_t)(points->count - first) : AT_ONCE;
}

static void add_errors(const float *probabilities, const uint32_t *labels, size_t count,
                       size_t classes, gan_class_errors *out) {
    for (size_t i = 0; i < count; i++, probabilities += classes) {
        const bool known = labels[i] < classes;
        const double p = known ? (double)probabilities[labels[i]] : 0;
        out->errors += !known || gan__likeliest(probabilities, classes) != labels[i];
        out->cross_entropy -= log(p) / (double)out->samples;
    }
}

static gan_status count_errors(gan_classifier *classifier, const gan_classified_points *of,
                               block *b, float *probabilities, gan_class_errors *out) {
    const size_t classes = gan_classifier_get_info(classifier)->classes;
    for (uint64_t first = 0; first < of->points->count; first += AT_ONCE) {
        const size_t count = block_at(of->points, first);
        GAN_TRY(classify(classifier, of, b, first, count, NULL, probabilities));
        add_errors(probabilities, b->labels, count, classes, out);
    }
    return GAN_STATUS_OK;
}

gan_status gan__evaluate_errors(gan_classifier *classifier, const gan_classified_points *of,
                                gan_class_errors *out) {
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    void *probabilities = NULL;
    block b;
    *out = (gan_class_errors){.samples = of->points->count};
    if (of->points->labels == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the data have no labels, so a classifier's errors cannot be counted; "
                         "give the labelled set with --data");
    gan_status status = create_block(info->elements, &b);
    if (status == GAN_STATUS_OK)
        status = gan__alloc((size_t)AT_ONCE * info->classes, sizeof(float), &probabilities);
    if (status == GAN_STATUS_OK) status = count_errors(classifier, of, &b, probabilities, out);
    gan__free(probabilities);
    destroy_block(&b);
    return status;
}

// --- Features ------------------------------------------------------------------------------------

static gan_status fill(gan_classifier *classifier, const gan_classified_points *of, block *b,
                       gan_classified *out) {
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    uint64_t agreeing = 0;
    for (uint64_t first = 0; first < of->points->count; first += AT_ONCE) {
        const size_t count = block_at(of->points, first);
        float *const probabilities = out->probabilities + first * info->classes;
        GAN_TRY(classify(classifier, of, b, first, count, out->values + first * info->features,
                         probabilities));
        for (size_t i = 0; i < count && of->points->labels != NULL; i++)
            agreeing +=
                gan__likeliest(probabilities + i * info->classes, info->classes) == b->labels[i];
    }
    out->agreement =
        of->points->labels == NULL ? NAN : (double)agreeing / (double)of->points->count;
    return GAN_STATUS_OK;
}

gan_status gan__classified_create(gan_classifier *classifier, const gan_classified_points *of,
                                  gan_classified *out) {
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    const size_t samples = (size_t)of->points->count;
    void *values = NULL, *probabilities = NULL;
    block b;
    *out = (gan_classified){0};
    gan_status status = create_block(info->elements, &b);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(samples * info->features, sizeof(float), &values);
    out->values = values;
    if (status == GAN_STATUS_OK)
        status = gan__alloc(samples * info->classes, sizeof(float), &probabilities);
    out->probabilities = probabilities;
    out->features = (gan_feature_set){values, samples, info->features};
    if (status == GAN_STATUS_OK) status = fill(classifier, of, &b, out);
    destroy_block(&b);
    return status;
}

void gan__classified_destroy(gan_classified *classified) {
    gan__free(classified->values);
    gan__free(classified->probabilities);
}

gan_status gan__classified_compare(const gan_classified *real, const gan_classified *generated,
                                   size_t classes, gan_class_figures *out) {
    const size_t count = generated->features.count;
    const size_t splits = count < GAN_SCORE_SPLITS ? 1 : GAN_SCORE_SPLITS;
    out->agreement = generated->agreement;
    GAN_TRY(gan_class_score(generated->probabilities, count, classes, splits, &out->score,
                            &out->score_deviation));
    return gan_features_compare(&real->features, &generated->features, NULL, &out->features);
}
