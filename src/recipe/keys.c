// The rows of the table of keys, in the order in which a resolved recipe prints them.
#include "recipe/keys.h"

#include <stddef.h>
#include <string.h>

static const char *const fits[] = {"crop", "stretch", NULL};
static const char *const colors[] = {"auto", "gray", "rgb", "rgba", NULL};
static const char *const priors[] = {"uniform", "normal", "spherical", NULL};
static const char *const costs[] = {"minimax", "non-saturating", "maximum-likelihood", NULL};
static const char *const objectives[] = {"logistic", "least-squares",       "wasserstein",
                                         "hinge",    "relativistic-paired", "relativistic-average",
                                         NULL};
static const char *const gradients[] = {"pathwise", "reinforce", NULL};
static const char *const classifiers[] = {"none", "alone", "implicit", "auxiliary", NULL};
static const char *const points[] = {"interpolated", "perturbed", "real", "generated", NULL};
static const char *const inferences[] = {"none", "codes", "latents", "joint", NULL};
static const char *const orders[] = {"alternating", "simultaneous", "extragradient", NULL};
static const char *const curves[] = {"linear", "exponential", NULL};
static const char *const optimizers[] = {"sgd", "rmsprop", "adam", "adamw", NULL};

enum {
    SGD = 1 << GAN_OPTIMIZER_SGD,
    RMSPROP = 1 << GAN_OPTIMIZER_RMSPROP,
    ADAMS = 1 << GAN_OPTIMIZER_ADAM | 1 << GAN_OPTIMIZER_ADAMW,
};

// What the encoder learns, for keys that mean something only beside it.
enum {
    OF_ENCODER = 1 << GAN_ENCODER_CODES | 1 << GAN_ENCODER_LATENTS | 1 << GAN_ENCODER_JOINT,
    RECOVERING = 1 << GAN_ENCODER_CODES | 1 << GAN_ENCODER_LATENTS,
};

// Values of objective.classifier: those with a generator, those where D tells classes apart.
enum {
    WITH_GENERATOR =
        1 << GAN_CLASSIFIER_NONE | 1 << GAN_CLASSIFIER_IMPLICIT | 1 << GAN_CLASSIFIER_AUXILIARY,
    WITH_CLASSES =
        1 << GAN_CLASSIFIER_ALONE | 1 << GAN_CLASSIFIER_IMPLICIT | 1 << GAN_CLASSIFIER_AUXILIARY,
};

#define STEPS_MAX GAN_UPDATES_MAX
#define COUNT_MAX 9007199254740992.0 // 2^53
#define SIDE_MAX  65536              // of a picture
#define BELOW_ONE 0.999999999
#define AT(field) offsetof(gan_recipe_values, field)

#define TEXT_KEY(key_path, field, default_text, says)                                              \
    {                                                                                              \
        .path = key_path, .type = GAN_KEY_TEXT, .offset = AT(field), .fallback = default_text,     \
        .meaning = says                                                                            \
    }
#define NUMBER_KEY(kind, key_path, field, default_text, least, most, says)                         \
    {                                                                                              \
        .path = key_path, .type = GAN_KEY_##kind, .offset = AT(field), .fallback = default_text,   \
        .low = least, .high = most, .meaning = says                                                \
    }
#define CHOICE_KEY(key_path, field, default_text, words, says)                                     \
    {                                                                                              \
        .path = key_path, .type = GAN_KEY_CHOICE, .offset = AT(field), .fallback = default_text,   \
        .choices = words, .meaning = says                                                          \
    }
// What means something only beside one other key: a choice of the mask, or a number above 0. No
// premise: always.
#define RULED(premise, mask, ...)                                                                  \
    { .condition = premise, .condition_mask = mask, __VA_ARGS__ }
#define NETWORK_KEYS(net, field, premise, mask, layers)                                            \
    RULED(premise, mask, .path = net ".init", .type = GAN_KEY_INIT, .offset = AT(field.init),      \
          .fallback = "", .meaning = "initial weights; default torch"),                            \
        RULED(premise, mask, .path = net ".bias_init", .type = GAN_KEY_INIT,                       \
              .offset = AT(field.bias_init), .fallback = "",                                       \
              .meaning = "initial biases; default zeros where init is given, else torch"),         \
        RULED(premise, mask, .path = net ".parametrization", .type = GAN_KEY_PARAMETRIZATION,      \
              .offset = AT(field.parametrization), .fallback = "",                                 \
              .meaning = "what weights are computed from; default none"),                          \
        RULED(premise, mask, .path = net ".layers", .type = GAN_KEY_LAYERS, .offset = AT(field),   \
              .fallback = layers, .meaning = "the layers, first to last")
#define RULED_CHOICE(premise, mask, key_path, field, default_text, words, says)                    \
    RULED(premise, mask, .path = key_path, .type = GAN_KEY_CHOICE, .offset = AT(field),            \
          .fallback = default_text, .choices = words, .meaning = says)
#define RULED_NUMBER(premise, mask, kind, key_path, field, default_text, least, most, says)        \
    RULED(premise, mask, .path = key_path, .type = GAN_KEY_##kind, .offset = AT(field),            \
          .fallback = default_text, .low = least, .high = most, .meaning = says)
// What means something only where there is a generator.
#define GAME_CHOICE(key_path, field, default_text, words, says)                                    \
    RULED_CHOICE("objective.classifier", WITH_GENERATOR, key_path, field, default_text, words, says)
#define GAME_NUMBER(kind, key_path, field, default_text, least, most, says)                        \
    RULED_NUMBER("objective.classifier", WITH_GENERATOR, kind, key_path, field, default_text,      \
                 least, most, says)
// A number that means something only to some optimisers.
#define RULE_KEY(kind, net, name, field, default_text, least, most, mask, says)                    \
    RULED_NUMBER("optimizer." net ".kind", mask, kind, "optimizer." net "." name, field,           \
                 default_text, least, most, says)
#define LIMIT_KEY(premise, mask, net, name, field, says)                                           \
    RULED_NUMBER(premise, mask, REAL, "optimizer." net "." name, field, "0", 0, 1e6, says)
#define OPTIMIZER_KEYS(net, f, premise, mask)                                                      \
    RULED_CHOICE(premise, mask, "optimizer." net ".kind", f.optimizer.kind, "adam", optimizers,    \
                 "the update rule"),                                                               \
        RULED_NUMBER(premise, mask, REAL, "optimizer." net ".lr", f.lr, "2e-4", 0, 1e3,            \
                     "learning rate"),                                                             \
        RULED_NUMBER(premise, mask, REAL, "optimizer." net ".lr_decay", f.lr_decay, "1", 1, 2,     \
                     "the rate is divided by this after each update, those of penalties and path " \
                     "lengths alone included"),                                                    \
        RULED_NUMBER(premise, mask, REAL, "optimizer." net ".lr_floor", f.lr_floor, "0", 0, 1e3,   \
                     "the rate never falls below this"),                                           \
        RULED_NUMBER(premise, mask, REAL, "optimizer." net ".lr_end", f.lr_end, "0", 0, 1e3,       \
                     "where the ramp of the rate ends, if lr_ramp is given"),                      \
        RULED_NUMBER(premise, mask, WHOLE_PAIR, "optimizer." net ".lr_ramp", f.lr_ramp, "[0, 0]",  \
                     0, STEPS_MAX,                                                                 \
                     "updates at which the rate leaves lr and reaches lr_end, those of penalties " \
                     "and path lengths alone included; [0, 0]: no ramp"),                          \
        RULED_CHOICE(premise, mask, "optimizer." net ".lr_curve", f.lr_curve, "linear", curves,    \
                     "how the rate goes along lr_ramp"),                                           \
        RULE_KEY(REAL, net, "momentum", f.momentum, "0", 0, 1, SGD | RMSPROP, "momentum"),         \
        RULE_KEY(REAL, net, "momentum_end", f.momentum_end, "0", 0, 1, SGD | RMSPROP,              \
                 "where the ramp of the momentum ends, if momentum_ramp is given"),                \
        RULE_KEY(WHOLE_PAIR, net, "momentum_ramp", f.momentum_ramp, "[0, 0]", 0, STEPS_MAX,        \
                 SGD | RMSPROP,                                                                    \
                 "updates at which the momentum leaves momentum and reaches momentum_end"),        \
        RULE_KEY(BOOL, net, "nesterov", f.optimizer.nesterov, "false", 0, 1, SGD,                  \
                 "Nesterov's momentum"),                                                           \
        RULE_KEY(REAL, net, "beta1", f.optimizer.beta1, "0.5", 0, BELOW_ONE, ADAMS,                \
                 "decay of the mean of gradients"),                                                \
        RULE_KEY(REAL, net, "beta2", f.optimizer.beta2, "0.999", 0, BELOW_ONE, ADAMS,              \
                 "decay of the mean of squared gradients"),                                        \
        RULE_KEY(REAL, net, "alpha", f.optimizer.alpha, "0.99", 0, BELOW_ONE, RMSPROP,             \
                 "decay of the mean of squared gradients"),                                        \
        RULE_KEY(REAL, net, "epsilon", f.optimizer.epsilon, "1e-8", 1e-30, 1, RMSPROP | ADAMS,     \
                 "added to the root of the mean square"),                                          \
        RULED_NUMBER(premise, mask, REAL, "optimizer." net ".weight_decay",                        \
                     f.optimizer.weight_decay, "0", 0, 1e3,                                        \
                     "pull towards zero; apart from the gradient with adamw"),                     \
        LIMIT_KEY(premise, mask, net, "clip_norm", f.optimizer.clip_norm,                          \
                  "largest 2-norm of the whole gradient; 0: none"),                                \
        LIMIT_KEY(premise, mask, net, "clip_value", f.optimizer.clip_value,                        \
                  "largest element of the gradient; 0: none"),                                     \
        LIMIT_KEY(premise, mask, net, "max_norm", f.optimizer.max_norm,                            \
                  "largest 2-norm of a unit's incoming weights; 0: none"),                         \
        LIMIT_KEY(premise, mask, net, "clip_weights", f.optimizer.clip_weights,                    \
                  "largest weight, either sign; 0: none")

static const gan_key keys[] = {
    TEXT_KEY("name", name, "", "names the run's folder; default: the file's name"),
    NUMBER_KEY(WHOLE, "seed", seed, "1", 0, COUNT_MAX, "all randomness follows from it"),
    NUMBER_KEY(WHOLE, "batch", batch, "64", 1, 65536, "samples a step"),
    NUMBER_KEY(WHOLE, "steps", steps, "10000", 1, STEPS_MAX,
               "of training in all, each with one or more updates of both players"),
    TEXT_KEY("data.source", data.source, "", "builtin:NAME, a file or a folder; else --data"),
    {.path = "data.range",
     .type = GAN_KEY_REAL_PAIR,
     .offset = AT(data.range),
     .fallback = "",
     .low = -1e6,
     .high = 1e6,
     .present = AT(data.has_range),
     .meaning = "what bytes 0 and 255 become; default: samples as they are stored"},
    NUMBER_KEY(WHOLE_PAIR, "data.limit", data.limit, "[0, 0]", 0, COUNT_MAX,
               "[start, count] of the samples to use; count 0: all"),
    RULED_NUMBER("objective.classifier", WITH_CLASSES, WHOLE, "data.labelled", data.labelled, "0",
                 0, COUNT_MAX, "samples of each class whose labels are used, by seed; 0: all"),
    NUMBER_KEY(WHOLE_PAIR, "data.crop", data.crop, "[0, 0]", 0, SIDE_MAX,
               "[height, width] of the middle that is cut out of pictures first; [0, 0]: all"),
    NUMBER_KEY(WHOLE_PAIR, "data.size", data.size, "[0, 0]", 0, SIDE_MAX,
               "[height, width] that pictures are scaled to; [0, 0]: as they are"),
    CHOICE_KEY("data.fit", data.fit, "crop", fits,
               "where the proportions differ, cut off what is too long, or stretch"),
    CHOICE_KEY("data.color", data.color, "auto", colors, "what pictures are converted to"),
    NUMBER_KEY(BOOL, "data.flip", data.flip, "false", 0, 1,
               "whether half of the pictures are mirrored left to right, drawn anew each epoch"),
    NUMBER_KEY(BOOL, "data.skip_bad", data.skip_bad, "false", 0, 1,
               "whether files that cannot be read are left out and counted, not an error"),
    NUMBER_KEY(WHOLE, "data.stack", data.stack, "1", 1, 16,
               "pictures of the set that are one sample's channels, drawn by seed; 1: no stacks"),
    NUMBER_KEY(WHOLE, "data.stack_count", data.stack_count, "0", 0, COUNT_MAX,
               "how many such samples there are; 0: as many as pictures"),
    NUMBER_KEY(WHOLE, "data.length", data.length, "0", 0, 65536,
               "characters of a sample, and that data is text; 0: 32 of a .txt file"),
    NUMBER_KEY(BOOL, "data.lines", data.lines, "false", 0, 1,
               "whether samples are the text's lines, else any so many characters in a row"),
    GAME_NUMBER(WHOLE, "latent.size", latent.size, "100", 1, 65536, "elements of z"),
    GAME_CHOICE("latent.prior", latent.prior, "normal", priors, "distribution of z"),
    {.path = "latent.range",
     .type = GAN_KEY_REAL_PAIR,
     .offset = AT(latent.range),
     .fallback = "[-1, 1]",
     .low = -1e6,
     .high = 1e6,
     .condition = "latent.prior",
     .condition_mask = 1 << GAN_PRIOR_UNIFORM,
     .meaning = "ends of the uniform prior"},
    GAME_NUMBER(WHOLE_PAIR, "latent.categorical", latent.categorical, "[0, 0]", 0, 65536,
                "[codes, categories of each]: elements of z that are one-hot instead"),
    GAME_NUMBER(WHOLE, "latent.continuous", latent.continuous, "0", 0, 65536,
                "the last elements of z, which are U(-1, 1) instead"),
    CHOICE_KEY("objective.classifier", objective.classifier, "none", classifiers,
               "whether the discriminator tells the labels' classes apart"),
    RULED_NUMBER("objective.classifier", WITH_CLASSES, REAL, "objective.classification",
                 objective.classification, "1", 1e-6, 1e6,
                 "factor of the cross-entropy of the labelled samples' classes in its cost"),
    GAME_CHOICE("objective.kind", objective.kind, "logistic", objectives, "what the players want"),
    RULED_CHOICE("objective.kind", 1 << GAN_OBJECTIVE_LOGISTIC, "objective.generator_cost",
                 objective.generator_cost, "non-saturating", costs, "what the generator minimises"),
    GAME_CHOICE("objective.gradient", objective.gradient, "pathwise", gradients,
                "how the generator's is found: through its samples, or by their log-probabilities"),
    RULED_NUMBER("objective.gradient", 1 << GAN_GRADIENT_REINFORCE, REAL,
                 "objective.baseline_decay", objective.baseline_decay, "0.9", 0, BELOW_ONE,
                 "of the moving average of costs that reinforce takes off them"),
    GAME_NUMBER(REAL, "objective.discriminator_scale", objective.discriminator_scale, "1", 1e-6,
                1e6, "factor of the discriminator's cost; the 2014 experiments have 0.5"),
    GAME_NUMBER(REAL, "objective.generator_scale", objective.generator_scale, "1", 0, 1e6,
                "factor of the generator's cost, and of a joint encoder's"),
    RULED_NUMBER("objective.kind", 1 << GAN_OBJECTIVE_LOGISTIC | 1 << GAN_OBJECTIVE_LEAST_SQUARES,
                 REAL, "objective.label_smoothing", objective.label_smoothing, "0", 0, 0.5,
                 "the target for real samples is 1 minus this"),
    GAME_NUMBER(
        WHOLE, "objective.pack", objective.pack, "1", 1, 1024,
        "samples that the discriminator judges together, as one of so many times the channels"),
    GAME_NUMBER(REAL, "objective.r1", objective.r1, "0", 0, 1e6,
                "adds r1 / 2 times the mean squared norm of D's gradient at real samples"),
    GAME_NUMBER(REAL, "objective.r2", objective.r2, "0", 0, 1e6, "the same at generated samples"),
    GAME_NUMBER(REAL, "objective.gradient_penalty", objective.gradient_penalty, "0", 0, 1e6,
                "adds this times the mean of (norm of D's gradient - penalty_target)^2"),
    RULED_CHOICE("objective.gradient_penalty", 0, "objective.penalty_points",
                 objective.penalty_points, "interpolated", points, "where that gradient is taken"),
    RULED_NUMBER("objective.gradient_penalty", 0, REAL, "objective.penalty_target",
                 objective.penalty_target, "1", 0, 1e6, "the norm it is pulled towards"),
    RULED_NUMBER("objective.gradient_penalty", 0, BOOL, "objective.penalty_one_sided",
                 objective.penalty_one_sided, "false", 0, 1,
                 "whether only norms above the target are penalised"),
    RULED_NUMBER("objective.penalty_points", 1 << GAN_PENALTY_PERTURBED, REAL,
                 "objective.penalty_deviation", objective.penalty_deviation, "0.5", 0, 1e3,
                 "size of the noise, in deviations of the batch"),
    GAME_NUMBER(WHOLE, "objective.penalty_every", objective.penalty_every, "1", 1, 65536,
                "r1, r2 and gradient_penalty act in every so many-th update of D, so many times as "
                "strong"),
    GAME_NUMBER(BOOL, "objective.penalty_apart", objective.penalty_apart, "false", 0, 1,
                "whether they have updates of their own, D's rate and betas corrected for it"),
    GAME_NUMBER(REAL, "objective.consistency", objective.consistency, "0", 0, 1e6,
                "adds this times the mean of (D(x) - D(augmented x))^2 at real samples"),
    GAME_NUMBER(REAL, "objective.consistency_generated", objective.consistency_generated, "0", 0,
                1e6, "the same at generated samples"),
    GAME_NUMBER(REAL, "objective.lecam", objective.lecam, "0", 0, 1e6,
                "pulls D's logits of each kind towards the average of the other's"),
    RULED_NUMBER("objective.lecam", 0, REAL, "objective.lecam_decay", objective.lecam_decay, "0.99",
                 0, BELOW_ONE, "of those averages"),
    NUMBER_KEY(REAL, "objective.historical_averaging", objective.historical_averaging, "0", 0, 1e6,
               "pulls both players' weights towards their mean so far"),
    GAME_NUMBER(REAL, "objective.feature_matching", objective.feature_matching, "0", 0, 1e6,
                "adds this times the mean square difference of D's mean features to G's cost"),
    RULED_NUMBER("objective.feature_matching", 0, WHOLE, "objective.feature_layer",
                 objective.feature_layer, "-1", -1, 65536,
                 "the layer of D that gives them; -1: the one before the last with weights"),
    GAME_NUMBER(REAL, "objective.gradient_regularization", objective.gradient_regularization, "0",
                0, 1e6,
                "adds this / 2 times the squared norm of D's gradient by its weights to G's cost"),
    GAME_NUMBER(REAL, "objective.path_length", objective.path_length, "0", 0, 1e6,
                "adds this times the mean of (length of a path - its mean so far)^2 to G's cost"),
    RULED_NUMBER("objective.path_length", 0, REAL, "objective.path_length_decay",
                 objective.path_length_decay, "0.99", 0, BELOW_ONE, "of that mean"),
    RULED_NUMBER("objective.path_length", 0, WHOLE, "objective.path_length_every",
                 objective.path_length_every, "4", 1, 65536,
                 "it has an update of its own after every so many-th one of G, so many times as "
                 "strong"),
    RULED_NUMBER("objective.path_length", 0, WHOLE, "objective.path_length_shrink",
                 objective.path_length_shrink, "2", 1, 65536,
                 "the batch over this is how many samples it is taken at"),
    GAME_NUMBER(WHOLE, "objective.unroll", objective.unroll, "0", 0, 64,
                "updates of D that G looks ahead and learns through (Metz et al. 2017)"),
    GAME_NUMBER(REAL, "objective.consensus", objective.consensus, "0", 0, 1e6,
                "adds this / 2 times the squared norm of both players' gradients to both costs"),
    NUMBER_KEY(BOOL, "augment.flip", augment.flip, "false", 0, 1, "mirror left to right"),
    NUMBER_KEY(REAL, "augment.brightness", augment.brightness, "0", 0, 1e6,
               "add up to this, either sign"),
    NUMBER_KEY(REAL, "augment.saturation", augment.saturation, "0", 0, 1,
               "change differences between channels by up to this share"),
    NUMBER_KEY(REAL, "augment.contrast", augment.contrast, "0", 0, 1,
               "change differences within the image by up to this share"),
    NUMBER_KEY(REAL, "augment.translation", augment.translation, "0", 0, 0.5,
               "move by up to this share of height and width"),
    NUMBER_KEY(REAL, "augment.cutout", augment.cutout, "0", 0, 1,
               "blank a rectangle of this share of height and width"),
    NUMBER_KEY(REAL, "augment.probability", augment.probability, "1", 0, 1,
               "of each of these for a sample; where it adapts, the most"),
    GAME_NUMBER(
        REAL, "augment.target", augment.target, "0", 0, 0.999,
        "mean sign of D's logits of real samples to which the probability adapts, from 0; 0: "
        "it does not"),
    RULED_NUMBER("augment.target", 0, WHOLE, "augment.every", augment.every, "4", 1, 65536,
                 "updates of D between two changes of it"),
    RULED_NUMBER("augment.target", 0, WHOLE, "augment.images", augment.images, "500000", 1,
                 COUNT_MAX, "real samples in which it can go from 0 to 1"),
    NUMBER_KEY(REAL, "augment.noise", augment.noise, "0", 0, 1e6,
               "deviation of noise on all that D is shown"),
    RULED_NUMBER("augment.noise", 0, WHOLE_PAIR, "augment.noise_ramp", augment.noise_ramp, "[0, 0]",
                 0, STEPS_MAX, "steps at which it leaves that value and reaches 0; [0, 0]: never"),
    GAME_NUMBER(WHOLE, "schedule.discriminator_steps", schedule.discriminator_steps, "1", 1, 1000,
                "discriminator updates for one of the generator (k of Algorithm 1)"),
    GAME_NUMBER(WHOLE, "schedule.generator_steps", schedule.generator_steps, "1", 1, 1000,
                "generator updates after those, each on latents of its own"),
    GAME_CHOICE("schedule.order", schedule.order, "alternating", orders,
                "whether the generator sees the updated discriminator, or both update at once"),
    GAME_NUMBER(WHOLE, "generator.init_batch", generator.init_batch, "0", 0, 65536,
                "examples by which layers under weight norm are scaled at first; 0: none"),
    GAME_NUMBER(WHOLE, "generator.reference_batch", generator.reference_batch, "0", 0, 65536,
                "samples, kept from the start, by which virtual batch norm goes; 0: none"),
    NETWORK_KEYS("generator", generator, "objective.classifier", WITH_GENERATOR, NULL),
    NUMBER_KEY(WHOLE, "discriminator.init_batch", discriminator.init_batch, "0", 0, 65536,
               "examples by which layers under weight norm are scaled at first; 0: none"),
    NUMBER_KEY(WHOLE, "discriminator.reference_batch", discriminator.reference_batch, "0", 0, 65536,
               "samples, kept from the start, by which virtual batch norm goes; 0: none"),
    NETWORK_KEYS("discriminator", discriminator, NULL, 0, NULL),
    GAME_CHOICE("encoder.kind", inference.kind, "none", inferences,
                "what a third network learns to say of samples"),
    RULED("encoder.kind", RECOVERING, .path = "encoder.from", .type = GAN_KEY_TEXT,
          .offset = AT(inference.from), .fallback = "",
          .meaning = "a checkpoint whose other networks are taken and stay as they are"),
    RULED_NUMBER("encoder.kind", RECOVERING, WHOLE, "encoder.shares", inference.shares, "0", 0,
                 65536, "layers of D that it begins with; 0: none, it takes samples"),
    RULED_NUMBER("encoder.kind", RECOVERING, REAL, "encoder.weight", inference.weight, "1", 0, 1e6,
                 "factor of its cost, for itself and the layers it shares"),
    RULED_NUMBER("encoder.kind", RECOVERING, REAL, "encoder.generator_weight",
                 inference.generator_weight, "1", 0, 1e6,
                 "factor of the same cost in the generator's"),
    RULED_NUMBER("encoder.kind", 1 << GAN_ENCODER_CODES, REAL, "encoder.continuous_weight",
                 inference.continuous_weight, "1", 0, 1e6,
                 "further factor of what it costs for continuous codes"),
    RULED_NUMBER("encoder.kind", 1 << GAN_ENCODER_CODES, BOOL, "encoder.learned_deviation",
                 inference.learned_deviation, "false", 0, 1,
                 "whether it also gives the logarithm of each continuous code's deviation, else 1"),
    NETWORK_KEYS("encoder", encoder, "encoder.kind", OF_ENCODER, ""),
    OPTIMIZER_KEYS("generator", generator_optimizer, "objective.classifier", WITH_GENERATOR),
    OPTIMIZER_KEYS("discriminator", discriminator_optimizer, NULL, 0),
    OPTIMIZER_KEYS("encoder", encoder_optimizer, "encoder.kind", OF_ENCODER),
    GAME_NUMBER(REAL, "ema.decay", ema.decay, "0", 0, BELOW_ONE,
                "of the generator's averaged weights; 0: none are kept"),
    NUMBER_KEY(REAL, "ema.discriminator", ema.discriminator, "0", 0, BELOW_ONE,
               "the same of the discriminator's"),
    NUMBER_KEY(WHOLE, "ema.start", ema.start, "0", 0, STEPS_MAX, "first update that averages"),
    NUMBER_KEY(WHOLE, "log_every", log_every, "100", 1, STEPS_MAX, "steps between metrics"),
    GAME_NUMBER(WHOLE, "sample_every", sample_every, "1000", 0, STEPS_MAX,
                "steps between pictures of samples; 0: none"),
    NUMBER_KEY(WHOLE, "save_every", save_every, "1000", 0, STEPS_MAX,
               "steps between checkpoints; 0: only the last"),
    NUMBER_KEY(WHOLE, "keep", keep, "3", 0, STEPS_MAX, "checkpoints kept; 0: all"),
    NUMBER_KEY(BOOL, "log_gradients", log_gradients, "false", 0, 1,
               "whether metrics have the norms of both players' gradients"),
    RULED("objective.classifier", WITH_GENERATOR, .path = "orbit.about", .type = GAN_KEY_TEXT,
          .offset = AT(orbit.about), .fallback = "",
          .meaning = "zero or a checkpoint: where metrics measure both players' weights from"),
    GAME_NUMBER(WHOLE_PAIR, "samples.grid", samples.grid, "[8, 8]", 1, 256,
                "columns and rows of the picture of samples"),
    RULED("objective.classifier", WITH_GENERATOR, .path = "modes.classifier", .type = GAN_KEY_TEXT,
          .offset = AT(modes.classifier), .fallback = "",
          .meaning =
              "a classifier's checkpoint: modes are what it tells apart, channel by channel"),
    GAME_NUMBER(WHOLE, "modes.samples", modes.samples, "0", 0, COUNT_MAX,
                "samples whose modes are counted; 0: 2,500, or 26,000 with a classifier"),
};

size_t gan__key_count(void) {
    return sizeof keys / sizeof keys[0];
}

const gan_key *gan__key(size_t index) {
    return &keys[index];
}

const gan_key *gan__key_find(const char *path) {
    for (size_t i = 0; i < gan__key_count(); i++)
        if (strcmp(keys[i].path, path) == 0) return &keys[i];
    return NULL;
}

const void *gan__key_value(const gan_key *key, const gan_recipe_values *values) {
    return (const char *)values + key->offset;
}

bool gan__key_applies(const gan_key *key, const gan_recipe_values *values) {
    if (!key->condition) return true;
    const gan_key *premise = gan__key_find(key->condition);
    const void *value = gan__key_value(premise, values);
    if (!gan__key_applies(premise, values)) return false;
    if (premise->type == GAN_KEY_REAL) return *(const double *)value > 0;
    return key->condition_mask >> *(const int *)value & 1u;
}
