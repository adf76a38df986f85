// Implements gan/modes.h, and clgan/evaluate.h's part of modes.
#include "gan/modes.h"

#include "base/memory.h"
#include "graph/shape.h"

#include <math.h>

#define MODES_MAX 65536

bool gan__modes_of_dataset(const gan_dataset *dataset, gan_mixture *out) {
    *out = (gan_mixture){0};
    out->modes = gan__dataset_modes(dataset, &out->centres, &out->deviation);
    out->dimension = (size_t)gan__dataset_info(dataset)->size[0];
    return out->modes > 0;
}

gan_mode_judge gan__modes_of_mixture(const gan_mixture *mixture) {
    return (gan_mode_judge){
        .modes = mixture->modes, .elements = mixture->dimension, .mixture = *mixture};
}

// How many of the classifier's samples lie behind one another in one of the data's, as its
// channels; 0 where they do not.
static size_t count_channels(const gan_shape *each, const gan_shape *data) {
    const size_t elements = (size_t)gan__shape_elements(data);
    const size_t of_each = (size_t)gan__shape_elements(each);
    if (each->rank != data->rank) return elements == of_each;
    for (int i = 1; i < each->rank; i++)
        if (each->size[i] != data->size[i]) return 0;
    return elements % of_each == 0 ? elements / of_each : 0;
}

gan_status gan__modes_of_classes(gan_classifier *classifier, const gan_dataset_info *data,
                                 double low, double high, gan_mode_judge *out) {
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    const gan_shape of_one = gan__shape(info->rank, info->size);
    const gan_shape of_data = gan__shape(data->rank, data->size);
    const size_t channels = count_channels(&of_one, &of_data);
    char one[GAN_SHAPE_TEXT], whole[GAN_SHAPE_TEXT];
    size_t modes = 1;
    for (size_t i = 0; i < channels && modes <= MODES_MAX; i++) modes *= info->classes;
    *out = (gan_mode_judge){.modes = modes,
                            .elements = channels * info->elements,
                            .classifier = classifier,
                            .channels = channels,
                            .low = low,
                            .high = high};
    if (channels == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the classifier is of samples of %s, and those whose modes it is to tell "
                         "are of %s, which is no multiple of that in channels alone",
                         gan__shape_text(&of_one, one), gan__shape_text(&of_data, whole));
    if (modes <= MODES_MAX) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%zu channels of %u classes are more than the %d modes that can be counted",
                     channels, (unsigned)info->classes, MODES_MAX);
}

uint64_t gan__modes_samples(const gan_mode_judge *judge) {
    return judge->classifier != NULL ? GAN_CLASS_MODE_SAMPLES : GAN_MODE_SAMPLES;
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

static void count_near(const gan_mixture *mixture, const float *samples, size_t count,
                       uint64_t *histogram) {
    const double radius = GAN_MODE_RADIUS * mixture->deviation;
    for (size_t i = 0; i < count; i++) {
        double squared;
        const size_t mode = nearest_mode(mixture, samples + i * mixture->dimension, &squared);
        if (squared < radius * radius) histogram[mode]++;
    }
}

// The channels' classes are the digits of the mode's number.
static gan_status count_classes(const gan_mode_judge *judge, const float *samples, size_t count,
                                uint64_t *histogram) {
    const gan_classifier_input input = {samples, count, judge->low, judge->high};
    const size_t base = gan_classifier_get_info(judge->classifier)->classes;
    void *memory = NULL;
    GAN_TRY(gan__alloc(count, judge->channels * sizeof(uint32_t), &memory));
    const uint32_t *const classes = memory;
    const gan_status status =
        gan_classifier_assign(judge->classifier, &input, judge->channels, memory);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) {
        size_t mode = 0;
        for (size_t c = 0; c < judge->channels; c++)
            mode = mode * base + classes[i * judge->channels + c];
        histogram[mode]++;
    }
    gan__free(memory);
    return status;
}

gan_status gan__modes_count(const gan_mode_judge *judge, const float *samples, size_t count,
                            uint64_t *histogram) {
    if (judge->classifier != NULL) return count_classes(judge, samples, count, histogram);
    count_near(&judge->mixture, samples, count, histogram);
    return GAN_STATUS_OK;
}

gan_mode_figures gan__modes_figures(const gan_mode_judge *judge, const uint64_t *histogram,
                                    uint64_t samples) {
    gan_mode_figures figures = {.modes = judge->modes, .samples = samples};
    uint64_t good = 0;
    for (size_t i = 0; i < judge->modes; i++) {
        good += histogram[i];
        figures.captured += histogram[i] > 0;
    }
    double divergence = 0;
    for (size_t i = 0; i < judge->modes; i++) {
        const double ratio = (double)histogram[i] * (double)judge->modes / (double)good;
        if (histogram[i] > 0) divergence += ratio * log(ratio) / (double)judge->modes;
    }
    const bool graded = judge->classifier == NULL && samples > 0;
    figures.high_quality = graded ? (double)good / (double)samples : NAN;
    figures.reverse_kl = good > 0 ? divergence : NAN;
    return figures;
}

gan_status gan_modes_measure(const gan_mixture *mixture, const float *samples, size_t count,
                             uint64_t *histogram, gan_mode_figures *out) {
    const gan_mode_judge judge = gan__modes_of_mixture(mixture);
    if (mixture->modes == 0 || mixture->dimension == 0 || !(mixture->deviation > 0))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a mixture of %zu modes in %zu dimensions with deviation %g: each must be "
                         "positive",
                         mixture->modes, mixture->dimension, mixture->deviation);
    void *counts = NULL;
    GAN_TRY(gan__alloc(mixture->modes, sizeof(uint64_t), &counts));
    count_near(mixture, samples, count, counts);
    *out = gan__modes_figures(&judge, counts, count);
    const uint64_t *const counted = counts;
    for (size_t i = 0; histogram != NULL && i < mixture->modes; i++) histogram[i] = counted[i];
    gan__free(counts);
    return GAN_STATUS_OK;
}
