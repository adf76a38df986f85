// Implements gan/evaluate_classes.h.
#include "gan/evaluate_classes.h"

#include "base/memory.h"
#include "gan/features.h"
#include "gan/likeliest.h"

#include <float.h>
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

// --- Who tells them ------------------------------------------------------------------------------

gan_feature_judge gan__feature_judge_of_classifier(gan_classifier *classifier) {
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    return (gan_feature_judge){.classifier = classifier,
                               .elements = info->elements,
                               .features = info->features,
                               .classes = info->classes};
}

gan_status gan__feature_judge_of_source(const gan_feature_source *source, gan_device *device,
                                        const gan_feature_samples *samples,
                                        gan_feature_judge *out) {
    const gan_shape shape = gan__shape(samples->rank, samples->size);
    *out = (gan_feature_judge){.source = source, .elements = (size_t)gan__shape_elements(&shape)};
    return source->prepare(source->user, device, samples, &out->features);
}

// --- Samples through it --------------------------------------------------------------------------

// `count` of the samples from `first` on; features NULL where they are not wanted.
static gan_status judge_block(const gan_feature_judge *judge, const gan_classified_points *of,
                              block *b, uint64_t first, size_t count, float *features,
                              float *probabilities) {
    const gan_points *const points = of->points;
    const gan_classifier_input input = {b->samples, count, of->low, of->high};
    gan__parzen_tell(of->watch, first, points->count);
    GAN_TRY(points->read(points, first, count, b->samples));
    if (judge->classifier == NULL)
        return judge->source->run(judge->source->user, b->samples, count, features);
    if (points->labels != NULL) GAN_TRY(points->labels(points, first, count, b->labels));
    return gan_classifier_run(judge->classifier, &input, features, probabilities);
}

static size_t block_at(const gan_points *points, uint64_t first) {
    return points->count - first < AT_ONCE ? (size_t)(points->count - first) : AT_ONCE;
}

// What is 0 in float32 counts as its smallest number; what is no number stays none.
static double at_least_something(float p) {
    return (double)(p < FLT_TRUE_MIN ? FLT_TRUE_MIN : p);
}

static void add_errors(const float *probabilities, const uint32_t *labels, size_t count,
                       size_t classes, gan_class_errors *out) {
    for (size_t i = 0; i < count; i++, probabilities += classes) {
        const bool known = labels[i] < classes;
        const double p = known ? at_least_something(probabilities[labels[i]]) : 0;
        out->errors += !known || gan__likeliest(probabilities, classes) != labels[i];
        out->cross_entropy -= log(p) / (double)out->samples;
    }
}

static gan_status count_errors(const gan_feature_judge *judge, const gan_classified_points *of,
                               block *b, float *probabilities, gan_class_errors *out) {
    for (uint64_t first = 0; first < of->points->count; first += AT_ONCE) {
        const size_t count = block_at(of->points, first);
        GAN_TRY(judge_block(judge, of, b, first, count, NULL, probabilities));
        add_errors(probabilities, b->labels, count, judge->classes, out);
    }
    return GAN_STATUS_OK;
}

gan_status gan__evaluate_errors(gan_classifier *classifier, const gan_classified_points *of,
                                gan_class_errors *out) {
    const gan_feature_judge judge = gan__feature_judge_of_classifier(classifier);
    void *probabilities = NULL;
    block b;
    *out = (gan_class_errors){.samples = of->points->count};
    if (of->points->labels == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the data have no labels, so a classifier's errors cannot be counted; "
                         "give the labelled set with --data");
    gan_status status = create_block(judge.elements, &b);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(AT_ONCE * judge.classes, sizeof(float), &probabilities);
    if (status == GAN_STATUS_OK) status = count_errors(&judge, of, &b, probabilities, out);
    gan__free(probabilities);
    destroy_block(&b);
    return status;
}

// --- Features ------------------------------------------------------------------------------------

// Features and class probabilities of samples.
typedef struct classified {
    gan_feature_set features;
    float *values, *probabilities;
    double agreement; // share whose likeliest class is their label; NaN where they have none
} classified;

static gan_status fill(const gan_feature_judge *judge, const gan_classified_points *of, block *b,
                       classified *out) {
    const bool labelled = of->points->labels != NULL && judge->classes > 0;
    uint64_t agreeing = 0;
    for (uint64_t first = 0; first < of->points->count; first += AT_ONCE) {
        const size_t count = block_at(of->points, first);
        float *const probabilities = out->probabilities + first * judge->classes;
        GAN_TRY(judge_block(judge, of, b, first, count, out->values + first * judge->features,
                            probabilities));
        for (size_t i = 0; i < count && labelled; i++)
            agreeing +=
                gan__likeliest(probabilities + i * judge->classes, judge->classes) == b->labels[i];
    }
    out->agreement = labelled ? (double)agreeing / (double)of->points->count : NAN;
    return GAN_STATUS_OK;
}

static gan_status classify(const gan_feature_judge *judge, const gan_classified_points *of,
                           classified *out) {
    const size_t samples = (size_t)of->points->count;
    void *values = NULL, *probabilities = NULL;
    block b;
    *out = (classified){0};
    gan_status status = create_block(judge->elements, &b);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(samples * judge->features, sizeof(float), &values);
    out->values = values;
    if (status == GAN_STATUS_OK)
        status = gan__alloc(samples * judge->classes, sizeof(float), &probabilities);
    out->probabilities = probabilities;
    out->features = (gan_feature_set){values, samples, judge->features};
    if (status == GAN_STATUS_OK) status = fill(judge, of, &b, out);
    destroy_block(&b);
    return status;
}

static void destroy_classified(classified *set) {
    gan__free(set->values);
    gan__free(set->probabilities);
}

static gan_status compare(const gan_feature_judge *judge, gan_feature_side *real,
                          const gan_classified_points *of, gan_class_figures *out) {
    const size_t count = (size_t)of->points->count;
    const size_t splits = count < GAN_SCORE_SPLITS ? 1 : GAN_SCORE_SPLITS;
    classified set;
    gan_feature_side side = {0};
    gan_status status = classify(judge, of, &set);
    *out = (gan_class_figures){.agreement = set.agreement, .score = NAN, .score_deviation = NAN};
    if (status == GAN_STATUS_OK && judge->classes > 0)
        status = gan_class_score(set.probabilities, count, judge->classes, splits, &out->score,
                                 &out->score_deviation);
    if (status == GAN_STATUS_OK)
        status = gan__feature_set_check(&set.features, "generated", GAN_FEATURE_NEIGHBOURS);
    if (status == GAN_STATUS_OK)
        status = gan__feature_side_create(&set.features, GAN_FEATURE_NEIGHBOURS, &side);
    if (status == GAN_STATUS_OK)
        status = gan__feature_sides_compare(real, &side, GAN_FEATURE_DIRECTIONS, 0, &out->features);
    gan__feature_side_destroy(&side);
    destroy_classified(&set);
    return status;
}

gan_status gan__evaluate_features(const gan_feature_judge *judge, const gan_classified_points *real,
                                  const gan_classified_points *sets, size_t count,
                                  gan_class_figures *out) {
    classified test;
    gan_feature_side side = {0};
    gan_status status = classify(judge, real, &test);
    if (status == GAN_STATUS_OK)
        status = gan__feature_set_check(&test.features, "real", GAN_FEATURE_NEIGHBOURS);
    if (status == GAN_STATUS_OK)
        status = gan__feature_side_create(&test.features, GAN_FEATURE_NEIGHBOURS, &side);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = compare(judge, &side, &sets[i], &out[i]);
    gan__feature_side_destroy(&side);
    destroy_classified(&test);
    return status;
}
