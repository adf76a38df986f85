// A recipe as the library sees it: validated values, and the two networks they describe.
// One table (keys.c) drives parsing, defaults, ranges, suggestions, overrides, the resolved
// text and the comparison of two recipes; to add a key is to add a field here and a row there.
#ifndef GAN_RECIPE_RECIPE_H
#define GAN_RECIPE_RECIPE_H

#include "base/text.h"
#include "clgan/recipe.h"
#include "nn/network.h"
#include "nn/optimizer.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum gan_prior {
    GAN_PRIOR_UNIFORM,   // each element U(range[0], range[1])
    GAN_PRIOR_NORMAL,    // each element N(0, 1)
    GAN_PRIOR_SPHERICAL, // N(0, 1)^size scaled to the unit sphere
} gan_prior;

// What the players want (gan/objective.h has the formulas).
typedef enum gan_objective_kind {
    GAN_OBJECTIVE_LOGISTIC,
    GAN_OBJECTIVE_LEAST_SQUARES,
    GAN_OBJECTIVE_WASSERSTEIN,
    GAN_OBJECTIVE_HINGE,
    GAN_OBJECTIVE_RELATIVISTIC_PAIRED,
    GAN_OBJECTIVE_RELATIVISTIC_AVERAGE,
} gan_objective_kind;

// What of the labels' K classes the discriminator tells (gan/game_classes.c).
typedef enum gan_classifier_kind {
    GAN_CLASSIFIER_NONE,      // it gives one logit
    GAN_CLASSIFIER_ALONE,     // there is no generator: K logits, trained on labels alone
    GAN_CLASSIFIER_IMPLICIT,  // K logits, of which the log-sum-exp is the logit of being real
    GAN_CLASSIFIER_AUXILIARY, // the logit of being real and then K of the classes
} gan_classifier_kind;

typedef enum gan_data_fit {
    GAN_DATA_FIT_CROP,    // scaled until they cover the size, the middle cut out
    GAN_DATA_FIT_STRETCH, // each axis scaled by itself
} gan_data_fit;

typedef enum gan_data_color {
    GAN_DATA_COLOR_AUTO, // as the set has them
    GAN_DATA_COLOR_GRAY,
    GAN_DATA_COLOR_RGB,
    GAN_DATA_COLOR_RGBA,
} gan_data_color;

typedef enum gan_generator_cost {
    GAN_GENERATOR_COST_MINIMAX,            // E log(1 - D(G(z))), minimised
    GAN_GENERATOR_COST_NON_SATURATING,     // -E log D(G(z))
    GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD, // -E exp(logits of D(G(z))); Goodfellow 2014 (1412.6515)
} gan_generator_cost;

// How the gradient of the generator's cost by its weights is found.
typedef enum gan_gradient_kind {
    GAN_GRADIENT_PATHWISE,  // through its samples
    GAN_GRADIENT_REINFORCE, // by log-probabilities of its tokens (gan/score_function.h)
} gan_gradient_kind;

// Where the penalty on the norm of D's gradient is taken (gan/penalty.h).
typedef enum gan_penalty_points {
    GAN_PENALTY_INTERPOLATED, // between real and generated samples
    GAN_PENALTY_PERTURBED,    // real samples and noise
    GAN_PENALTY_REAL,
    GAN_PENALTY_GENERATED,
} gan_penalty_points;

// What a third player, the encoder, learns to say of samples (gan/encoder.h).
typedef enum gan_encoder_kind {
    GAN_ENCODER_NONE,
    GAN_ENCODER_CODES,   // the codes of generated ones: InfoGAN's Q
    GAN_ENCODER_LATENTS, // the latents of generated ones: a latent regressor
    GAN_ENCODER_JOINT,   // latents that D cannot tell from true ones: BiGAN, ALI
} gan_encoder_kind;

// How a rate goes along its ramp.
typedef enum gan_curve { GAN_CURVE_LINEAR, GAN_CURVE_EXPONENTIAL } gan_curve;

typedef enum gan_order {
    GAN_ORDER_ALTERNATING,   // discriminator steps first, the generator sees the updated one
    GAN_ORDER_SIMULTANEOUS,  // one batch, both gradients at the same point, both updated
    GAN_ORDER_EXTRAGRADIENT, // the same, with gradients at where such an update would lead
} gan_order;

typedef struct gan_recipe_network {
    gan_layer *layers;
    size_t count;
    gan_init init, bias_init;
    gan_parametrization parametrization;
    int64_t init_batch;      // examples of data-dependent initialisation; 0: none
    int64_t reference_batch; // samples that virtual batch norm goes by; 0: none
    int line;
} gan_recipe_network;

typedef struct gan_recipe_optimizer {
    gan_optimizer optimizer; // assembled from the keys
    // The keys that schedules are assembled from, as said.
    double lr, lr_decay, lr_floor, lr_end, momentum, momentum_end;
    int64_t lr_ramp[2], momentum_ramp[2];
    int lr_curve; // gan_curve, of lr_ramp
} gan_recipe_optimizer;

// The values. Read-only outside src/recipe.
typedef struct gan_recipe_values {
    char *name;
    int64_t seed, batch, steps;
    struct {
        char *source;     // "" when the recipe names none: --data must
        bool has_range;   // else samples are used as they are stored
        double range[2];  // what bytes 0 and 255 are mapped to
        int64_t limit[2]; // start, count; count 0: all
        int64_t labelled; // samples of each class whose labels are used; 0: all
        // Images of bytes: what they are brought to (gan_dataset_options).
        int64_t crop[2], size[2]; // height, width; 0, 0: none, as they are
        int fit;                  // gan_data_fit
        int color;                // gan_data_color
        bool flip, skip_bad;
        int64_t stack, stack_count; // images of a sample, of which there are so many; 0: as many
        int64_t length;             // of text: characters of a sample; 0: the default
        bool lines;                 // of text: whether samples are lines
    } data;
    struct {
        int64_t size;
        int prior;       // gan_prior
        double range[2]; // of the uniform prior
        // Codes, behind the elements that follow the prior: categorical[0] one-hot vectors of
        // categorical[1] elements, then elements U(-1, 1).
        int64_t categorical[2], continuous;
    } latent;
    struct {
        int classifier;                              // gan_classifier_kind
        double classification;                       // factor of the classes' cross-entropy
        int kind;                                    // gan_objective_kind
        int generator_cost;                          // gan_generator_cost
        int gradient;                                // gan_gradient_kind
        double baseline_decay;                       // of REINFORCE's baseline
        double discriminator_scale, generator_scale; // factors of the two costs
        int64_t pack;                                // samples that D judges together
        double label_smoothing; // target for real samples is 1 - this (one-sided)
        double r1, r2;          // + r1 / 2 * E |grad D(x)|^2 at real, generated samples; 0: none
        double gradient_penalty;
        int penalty_points; // gan_penalty_points
        double penalty_target;
        bool penalty_one_sided;
        double penalty_deviation; // of PERTURBED, in the batch's own
        int64_t penalty_every;    // all penalties: updates of D from one that has them to the next
        bool penalty_apart;       // they have updates of their own
        double consistency, consistency_generated;
        double lecam, lecam_decay;
        double historical_averaging;
        double feature_matching;
        int64_t feature_layer; // of D; -1: the one before its last with weights
        double gradient_regularization;
        double path_length, path_length_decay; // gan/game_path.c
        int64_t path_length_every, path_length_shrink;
        int64_t unroll;   // updates of D that G looks ahead; 0: none
        double consensus; // both costs + this / 2 * |both gradients|^2
    } objective;
    struct { // gan/augment.h
        bool flip;
        double brightness, saturation, contrast, translation, cutout;
        double noise;
        int64_t noise_ramp[2];
        double probability, target;
        int64_t every, images;
    } augment;
    struct {
        int64_t discriminator_steps; // k of Algorithm 1
        int64_t generator_steps;     // updates of G behind them
        int order;                   // gan_order
    } schedule;
    gan_recipe_network generator, discriminator, encoder; // no encoder: no layers
    gan_recipe_optimizer generator_optimizer, discriminator_optimizer, encoder_optimizer;
    struct {
        int kind;                                           // gan_encoder_kind
        int64_t shares;                                     // first layers of D that it goes on
                                                            // from; 0: it takes samples
        double weight, generator_weight, continuous_weight; // factors of what it costs
        bool learned_deviation;                             // of the continuous codes
        char *from; // checkpoint whose G and D are taken and are not trained; "": none
    } inference;
    struct {
        double decay;         // 0: no averaged generator
        double discriminator; // the same of the discriminator
        int64_t start;        // first update that averages
    } ema;
    int64_t log_every, sample_every, save_every, keep;
    bool log_gradients;
    struct {
        char *about; // "zero" or a checkpoint; "": metrics say nothing of it
    } orbit;
    struct {
        int64_t grid[2]; // columns, rows of the sample picture
    } samples;
    struct {
        char *classifier; // checkpoint that says which mode a sample lies in; "": the data does
        int64_t samples;  // that are looked at; 0: as many as the protocol has
    } modes;
} gan_recipe_values;

const gan_recipe_values *gan__recipe_values(const gan_recipe *recipe);
// The path it was read from, for messages.
const char *gan__recipe_source(const gan_recipe *recipe);

// As gan_recipe_parse, for the text of a run's recipe out of a checkpoint: what a newer version
// refuses because it has no effect is passed over, so that the checkpoint can still be used.
gan_status gan__recipe_parse_saved(const char *text, const char *name, gan_recipe **out);

// The two networks for samples of the shape `sample` (without batch, as the data set has it), with
// labels of so many `classes` (0: none). *generator is NULL where the recipe is of a classifier
// alone.
// The generator's input is (latent.size); its output must have the sample's shape or be a vector of
// as many elements; the discriminator takes `sample` and must give one value (1).
// Errors: BAD_INPUT "FILE:LINE: ..." naming the layers. Both are the caller's
// (gan__network_destroy).
gan_status gan__recipe_networks(const gan_recipe *recipe, const gan_shape *sample, int64_t classes,
                                gan_network **generator, gan_network **discriminator);

// The encoder to go with that discriminator; *encoder NULL where the recipe has none. It takes
// samples, or what layer encoder.shares - 1 of the discriminator gives. Errors: as above.
gan_status gan__recipe_encoder(const gan_recipe *recipe, const gan_shape *sample, int64_t classes,
                               const gan_network *discriminator, gan_network **encoder);

// The generator alone, whatever a sample's shape is. The caller's (gan__network_destroy).
gan_status gan__recipe_generator(const gan_recipe *recipe, int64_t classes,
                                 gan_network **generator);

// Whether the recipe has a generator.
bool gan__recipe_has_generator(const gan_recipe_values *values);

// Appends "key, key" for each key whose value differs between the two, except those that
// gan_recipe_set has changed in `now`; for --resume. `before` is read with gan__recipe_parse_saved
// from a checkpoint's text. Returns how many.
size_t gan__recipe_differences(const gan_recipe *now, const gan_recipe *before, gan_text *keys);

#endif
