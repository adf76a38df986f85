// What a classifier says of samples: how many of their classes it mistakes, and how near two sets
// of them are by its features.
#ifndef GAN_GAN_EVALUATE_CLASSES_H
#define GAN_GAN_EVALUATE_CLASSES_H

#include "clgan/classify.h"
#include "gan/evaluate_data.h"

// Samples, and what black and white are in them (equal: as they are).
typedef struct gan_classified_points {
    const gan_points *points;
    double low, high;
    const gan_parzen_watch *watch;
} gan_classified_points;

// Errors: BAD_INPUT (no labels), those of reading and of the device.
gan_status gan__evaluate_errors(gan_classifier *classifier, const gan_classified_points *of,
                                gan_class_errors *out);

// Who tells features: a classifier, or with NULL for it a source, which tells no classes.
typedef struct gan_feature_judge {
    gan_classifier *classifier;
    const gan_feature_source *source;   // prepared
    size_t elements, features, classes; // of one sample; classes 0 of a source
} gan_feature_judge;

gan_feature_judge gan__feature_judge_of_classifier(gan_classifier *classifier);
// Prepares the source for such samples. Errors: the source's.
gan_status gan__feature_judge_of_source(const gan_feature_source *source, gan_device *device,
                                        const gan_feature_samples *samples, gan_feature_judge *out);

// All figures of each of `count` sets of samples against `real`.
gan_status gan__evaluate_features(const gan_feature_judge *judge, const gan_classified_points *real,
                                  const gan_classified_points *sets, size_t count,
                                  gan_class_figures *out);

#endif
