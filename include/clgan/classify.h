// A checkpoint's classifier: class probabilities of samples, and the features before them. It is the
// discriminator of a recipe with objective.classifier: one that was trained on labels alone
// (models/mnist-classifier.yaml), or the opponent of a generator that tells classes apart as well.
//
//     gan_classifier *classifier;
//     status = gan_classifier_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &classifier);
//     const gan_classifier_input input = {samples, 1000, 0, 1};
//     status = gan_classifier_run(classifier, &input, features, probabilities);
#ifndef CLGAN_CLASSIFY_H
#define CLGAN_CLASSIFY_H

#include "clgan/checkpoint.h"
#include "clgan/device.h"
#include "clgan/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_classifier_info {
    int rank;         // of one sample: 1 (D), or 3 (channels, height, width)
    int64_t size[3];
    size_t elements;  // of one sample
    uint32_t classes;
    size_t features;  // width: the outputs of the layer before the last with weights
    double low, high; // what black and white (0 and 255) were in training; 0, 0 for data as they are
    uint64_t step;    // the checkpoint's
    bool averaged;    // the weights in use
} gan_classifier_info;

typedef struct gan_classifier gan_classifier;

// Takes the weights to the device; the checkpoint may be closed afterwards, the device must outlive
// the classifier. Errors: BAD_INPUT (no classifier in it, or no averaged weights though asked for),
// CORRUPT, DEVICE_*.
GAN_API gan_status gan_classifier_create(gan_device *device, const gan_checkpoint *checkpoint,
                                         gan_sample_weights weights, gan_classifier **out);
GAN_API void gan_classifier_destroy(gan_classifier *classifier); // NULL is allowed
GAN_API const gan_classifier_info *gan_classifier_get_info(const gan_classifier *classifier);
// The name of class number `index`; NULL where classes have numbers only.
GAN_API const char *gan_classifier_class_name(const gan_classifier *classifier, uint32_t index);

typedef struct gan_classifier_input {
    const float *samples; // (count, info.elements), row-major
    size_t count;
    double low, high; // what black and white are in `samples`, which are brought to the classifier's
                      // own (0 and 255 where that took bytes as they are); equal: samples are
                      // taken as they are
} gan_classifier_input;

// `features`: (count, info.features), `probabilities`: (count, info.classes), either NULL if not
// wanted. What is said of a sample is a function of weights and sample alone. Errors: DEVICE_*.
GAN_API gan_status gan_classifier_run(gan_classifier *classifier, const gan_classifier_input *input,
                                      float *features, float *probabilities);

// The likeliest class of each channel by itself, for samples of several channels each of which is
// one of the classifier's: `input` holds (count, channels, info.elements), `classes` is (count,
// channels). For stacked MNIST, three digits in red, green and blue (PacGAN, VEEGAN), sample n lies
// in mode 100 classes[3 n] + 10 classes[3 n + 1] + classes[3 n + 2]; with one channel it is what
// gan_classifier_run's largest probability says. Errors: DEVICE_*, NO_MEMORY.
GAN_API gan_status gan_classifier_assign(gan_classifier *classifier,
                                         const gan_classifier_input *input, size_t channels,
                                         uint32_t *classes);

#ifdef __cplusplus
}
#endif
#endif
