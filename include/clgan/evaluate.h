// Figures of merit of a generator: how many modes of a mixture it finds, the Parzen window estimate
// of its log-likelihood, divergences between its density and the data's. docs/evaluation.md says
// what each is worth, where it comes from and how it misleads.
//
//     gan_evaluation evaluation;
//     status = gan_evaluate(device, checkpoint, NULL, &evaluation);
//     if (evaluation.has_modes) printf("%zu of %zu\n", evaluation.modes.captured, ...);
//
// All logarithms are natural. A figure that is not defined is a NaN, one that has no bound
// infinite.
#ifndef CLGAN_EVALUATE_H
#define CLGAN_EVALUATE_H

#include "clgan/checkpoint.h"
#include "clgan/device.h"
#include "clgan/features.h"
#include "clgan/sample.h"
#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Modes of a mixture --------------------------------------------------------------------------

// Equally likely isotropic Gaussians of one deviation. `centres`: (modes, dimension), row-major.
typedef struct gan_mixture {
    const double *centres;
    size_t modes, dimension;
    double deviation;
} gan_mixture;

// By the protocol of VEEGAN (Srivastava et al. 2017) and PacGAN (Lin et al. 2018): a sample is of
// high quality when it lies less than 3 deviations from the centre nearest to it, and it is counted
// for that centre; a mode is captured when at least one such sample is counted for it.
#define GAN_MODE_RADIUS  3    // deviations
#define GAN_MODE_SAMPLES 2500 // the papers' number of samples

// Of stacked digits, the same papers: a classifier tells each channel's digit, the three digits are
// the mode, and a mode is captured when at least one sample is taken for it.
#define GAN_CLASS_MODE_SAMPLES 26000

typedef struct gan_mode_figures {
    size_t modes;        // of the mixture
    size_t captured;     // of them
    uint64_t samples;    // that were looked at
    double high_quality; // the share of them that is of high quality; NaN by a classifier
    double reverse_kl;   // KL(shares of the modes among high-quality samples, uniform): ln(modes)
                         // minus the entropy; NaN when there is no such sample
} gan_mode_figures;

// `samples`: (count, dimension). `histogram`: the high-quality samples of each mode; NULL if not
// wanted. Errors: BAD_ARGUMENT (no mode, no dimension, a deviation that is not positive),
// NO_MEMORY.
GAN_API gan_status gan_modes_measure(const gan_mixture *mixture, const float *samples, size_t count,
                                     uint64_t *histogram, gan_mode_figures *out);

// --- Parzen windows ------------------------------------------------------------------------------

// The log-likelihood of each point under the mixture of isotropic Gaussians of deviation sigma
// about the samples, for several sigmas at once:
//     log mean_i exp(-|x - sample_i|^2 / (2 sigma^2)) - elements log(sigma sqrt(2 pi))
// `samples` (sample_count, elements), `points` (point_count, elements), `log_likelihoods`
// (sigma_count, point_count), all row-major. Distances are taken on the device in float32, relative
// to the points' mean; sums over blocks of samples are kept in double. Errors: BAD_ARGUMENT,
// DEVICE_*.
GAN_API gan_status gan_parzen_estimate(gan_device *device, size_t elements, const double *sigmas,
                                       size_t sigma_count, const float *samples,
                                       size_t sample_count, const float *points, size_t point_count,
                                       double *log_likelihoods);

// The protocol of Goodfellow et al. 2014: sigma is the one of 10, evenly spaced in logarithm from
// 0.1 to 1, whose mean over the first 1,000 validation points is largest.
#define GAN_PARZEN_SIGMAS     10
#define GAN_PARZEN_SAMPLES    10000
#define GAN_PARZEN_VALIDATION 1000

typedef struct gan_parzen_figures {
    uint64_t samples, validation, test; // how many of each
    double sigmas[GAN_PARZEN_SIGMAS];
    double validation_means[GAN_PARZEN_SIGMAS];
    double sigma;          // the chosen one
    bool at_edge;          // it is the first or the last, so a better one may lie outside
    double mean;           // log-likelihood of the test points
    double standard_error; // deviation / sqrt(test)
} gan_parzen_figures;

// --- Divergences in one dimension ----------------------------------------------------------------

typedef struct gan_gaussian {
    double mean, deviation;
} gan_gaussian;

// Of two densities p and q, in nats.
typedef struct gan_divergences {
    double entropy_p, entropy_q; // differential
    double cross_entropy;        // -E_p log q
    double kl;                   // KL(p, q) = E_p log(p / q)
    double reverse_kl;           // KL(q, p)
    double jensen_shannon;       // of p and q in equal parts: 0 to ln 2
} gan_divergences;

// Closed forms; Jensen-Shannon has none and is integrated numerically to about 1e-12.
// Errors: BAD_ARGUMENT (a deviation that is not positive and finite).
GAN_API gan_status gan_divergences_gaussian(gan_gaussian p, gan_gaussian q, gan_divergences *out);

// Estimates from samples by `bins` equal bins over the range of both. KL is infinite where a bin
// has samples of one side only; Jensen-Shannon is always finite. Errors: BAD_ARGUMENT (no samples,
// values that are not finite or all equal, no bins), NO_MEMORY.
GAN_API gan_status gan_divergences_histogram(const float *p, size_t p_count, const float *q,
                                             size_t q_count, size_t bins, gan_divergences *out);

// Estimates by Gaussian kernels whose bandwidths are Scott's rule's, deviation n^(-1/5): densities
// are smoothed by them, so divergences come out somewhat too small. Errors: as above.
GAN_API gan_status gan_divergences_kernel(const float *p, size_t p_count, const float *q,
                                          size_t q_count, gan_divergences *out);

#define GAN_DIVERGENCE_SAMPLES 10000
#define GAN_DIVERGENCE_BINS    100

// --- Classes and features ------------------------------------------------------------------------

// Of a classifier on labelled samples.
typedef struct gan_class_errors {
    uint64_t samples;
    uint64_t errors;      // of them whose likeliest class is not their label
    // Mean of -log p(label), each p taken as at least float32's smallest, so at most 103.3 nats;
    // infinite where a label is none of the classifier's classes.
    double cross_entropy;
} gan_class_errors;

#define GAN_FEATURE_SAMPLES 10000
#define GAN_SCORE_SPLITS    10

// Of samples, against the test samples, by a classifier's features and class probabilities, or by
// features alone.
typedef struct gan_class_figures {
    gan_feature_figures features;
    double score,
        score_deviation; // gan_class_score over GAN_SCORE_SPLITS parts; NaN without classes
    double agreement; // share of them that the classifier takes for what they are labelled, which
                      // for a conditional generator's is what it was asked for; NaN without
                      // labels or classes
} gan_class_figures;

// --- Learned inference ---------------------------------------------------------------------------

// What an encoder makes of test samples. Training samples serve as its examples: of each category
// the most frequent class (none where none of them is of the category), and neighbours in the space
// of what its last layer sees.
typedef struct gan_inference_figures {
    uint64_t training, test; // samples of each
    // Of its first categorical code, where the data has labels.
    bool has_categories;
    size_t categories, classes;
    size_t classes_found;  // different ones among the categories' most frequent
    double category_error; // share of test samples that are not of their category's class
    // Of a nearest neighbour, where the data has labels.
    bool has_neighbours;
    size_t features;        // the space's dimensions
    double neighbour_error; // share of test samples whose neighbour is of another class
    // Of an encoder that gives latents: mean distance |x - G(E(x))|, and that to another test
    // sample's.
    bool has_reconstruction;
    double reconstruction, shuffled;
} gan_inference_figures;

// --- Sequences of tokens -------------------------------------------------------------------------

// Of sequences, against held-out ones of the data (of a text its last tenth).
#define GAN_SEQUENCE_SAMPLES 10000
#define GAN_NGRAMS           4
typedef struct gan_sequence_figures {
    uint64_t samples, held_out; // how many of each
    double valid;    // share that are words of the data's formal language; NaN: it has none
    double distinct; // share of different ones among them
    double jensen_shannon[GAN_NGRAMS]; // between frequencies of n-grams, n from 1, in nats
} gan_sequence_figures;

// --- A checkpoint --------------------------------------------------------------------------------

typedef struct gan_evaluation_options {
    const char *data; // the training data; default: the recipe's source
    uint64_t samples; // to generate, with the seeds from 0 on; 0: as each protocol says
    gan_sample_weights weights;
    const gan_checkpoint *features;   // a classifier's: measure by it, in place of Parzen windows;
                                      // of stacks (data.stack) it tells the modes
    const gan_feature_source *source; // another's features in its place, such as an ONNX file's
                                      // (clgan/foreign.h): distances alone, no classes or modes
    void *user;
    // While it works: what it does, how much of it is done. May be NULL.
    void (*on_progress)(void *user, const char *what, uint64_t done, uint64_t total);
} gan_evaluation_options;

// Beside each figure of the generator stands the same figure of as many training samples.
typedef struct gan_evaluation {
    uint64_t step; // the checkpoint's
    bool averaged; // the weights in use
    char data[32]; // kind of the data set
    // Built-in mixtures, and with options.features stacks.
    bool has_modes;
    gan_mode_figures modes, modes_of_data;
    // Samples of one element: p is the data, q the generator. All NaN where an estimate cannot be
    // made, as between normals or by kernels of a generator without any spread.
    bool has_divergences;
    uint64_t divergence_samples;
    gan_gaussian fit_of_data, fit; // mean and deviation
    gan_divergences gaussian;      // between the two fits
    gan_divergences histogram, kernel;
    // All others. Images are taken with black 0 and white 1.
    bool has_parzen;
    bool validation_was_trained_on; // for want of others
    gan_parzen_figures parzen, parzen_of_data;
    // Sequences of tokens.
    bool has_sequences;
    gan_sequence_figures sequences, sequences_of_data;
    // Checkpoints whose discriminator tells classes apart (clgan/classify.h).
    bool has_errors;
    bool errors_averaged;                    // the weights in use
    gan_class_errors errors, errors_of_data; // of all test samples, of as many training samples
    // With options.features or options.source.
    bool has_features;
    uint64_t feature_step;                        // of that checkpoint; 0 of a source
    gan_class_figures features, features_of_data; // generated, and as many training samples
    // Checkpoints with an encoder.
    bool has_inference;
    gan_inference_figures inference;
} gan_evaluation;

// Takes the measures that suit the data. `options` may be NULL. The data: for built-in sets
// validation and test samples are drawn that no training run sees; for files, the test set is
// looked for beside the training set by its usual name, and the validation samples are those behind
// the recipe's data.limit, else those in front of it, else the last sixth. Errors: BAD_INPUT (no
// recipe, no such data, no test set, another shape), those of gan_sampler_create, of
// gan_classifier_create and of the device.
GAN_API gan_status gan_evaluate(gan_device *device, const gan_checkpoint *checkpoint,
                                const gan_evaluation_options *options, gan_evaluation *out);

#ifdef __cplusplus
}
#endif
#endif
