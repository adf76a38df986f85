// The small games of tests/gan/test_game.c: recipes, each of another objective and other penalties.
// The scripts that made the expected numbers have the same by name: tests/golden/make_game.py and,
// for encoders, make_encoder.py.
#ifndef GAN_TESTS_GAN_GAME_CASES_H
#define GAN_TESTS_GAN_GAME_CASES_H

#include "gan/game_recipes.h"
#include "graph/shape.h"

typedef struct game_case {
    const char *name, *recipe;
    double weights; // scale of the initial ones
    gan_shape sample;
} game_case;

static const game_case cases[] = {
    {"wgan_gp",
     "batch: 4\nlog_gradients: true\nlatent: {size: 6, prior: uniform}\n"
     "objective: {kind: wasserstein, gradient_penalty: 10}\n"
     "schedule: {discriminator_steps: 5}\n"
     "generator:\n"
     "  - dense: 64\n"
     "  - relu\n"
     "  - reshape: [4, 4, 4]\n"
     "  - transposed_convolution: {channels: 3, kernel: 5, stride: 2, padding: 2}\n"
     "  - relu\n"
     "  - transposed_convolution: {channels: 2, kernel: 5, stride: 2, padding: 2, "
     "output_padding: 1}\n"
     "  - relu\n"
     "  - transposed_convolution: {channels: 1, kernel: 5, stride: 2, padding: 2, "
     "output_padding: 1}\n"
     "  - sigmoid\n"
     "discriminator:\n"
     "  - convolution: {channels: 2, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - convolution: {channels: 3, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - convolution: {channels: 4, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - flatten\n"
     "  - dense: 1\n" ADAM("lr: 1e-4, beta1: 0.5, beta2: 0.9"),
     0.2,
     {3, {1, 28, 28}}},
    {"residual_spectral_hinge",
     "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {kind: hinge}\nschedule: {discriminator_steps: 2}\n"
     "generator:\n"
     "  - dense: 20\n"
     "  - reshape: [5, 2, 2]\n"
     "  - residual: &up\n"
     "      layers: [batch_norm, relu, upsample: 2,\n"
     "               convolution: {channels: 4, kernel: 3, padding: 1, bias: false}, batch_norm, "
     "relu,\n"
     "               convolution: {channels: 4, kernel: 3, padding: 1, bias: false}]\n"
     "      skip: [upsample: 2, convolution: {channels: 4, kernel: 1, bias: false}]\n"
     "  - residual: *up\n"
     "  - batch_norm\n"
     "  - relu\n"
     "  - convolution: {channels: 3, kernel: 3, padding: 1}\n"
     "  - tanh\n"
     "discriminator:\n"
     "  parametrization: {kind: spectral}\n"
     "  layers:\n"
     "    - residual:\n"
     "        layers: [convolution: {channels: 4, kernel: 3, padding: 1}, relu,\n"
     "                 convolution: {channels: 4, kernel: 3, padding: 1}, average_pool: 2]\n"
     "        skip: [average_pool: 2, convolution: {channels: 4, kernel: 1}]\n"
     "    - residual:\n"
     "        layers: [relu, convolution: {channels: 4, kernel: 3, padding: 1}, relu,\n"
     "                 convolution: {channels: 4, kernel: 3, padding: 1}]\n"
     "    - relu\n"
     "    - global_pool: true\n"
     "    - dense: {units: 1, bias: false}\n" ADAM("lr: 2e-4, beta1: 0, beta2: 0.9"),
     0.3,
     {3, {3, 8, 8}}},
    {"wgan_clipped",
     DENSE "objective: {kind: wasserstein}\nschedule: {discriminator_steps: 2}\n"
           "optimizer:\n  generator: {kind: rmsprop, lr: 0.01}\n"
           "  discriminator: {kind: rmsprop, lr: 0.01, clip_weights: 0.3}\n",
     0.7,
     {1, {2}}},
    {"hinge_lazy_r1",
     DENSE_ADAM "objective: {kind: hinge, r1: 4, penalty_every: 2}\n",
     0.7,
     {1, {2}}},
    {"least_squares_dragan",
     DENSE_ADAM "objective: {kind: least-squares, gradient_penalty: 2, penalty_points: perturbed}\n"
                "schedule: {order: simultaneous}\n",
     0.7,
     {1, {2}}},
    {"relativistic_paired_apart",
     UNBIASED_ADAM "objective: {kind: relativistic-paired, r1: 3, r2: 2, penalty_every: 2, "
                   "penalty_apart: true}\n",
     0.7,
     {1, {2}}},
    {"relativistic_average_zero_centred",
     UNBIASED_ADAM
     "objective: {kind: relativistic-average, gradient_penalty: 5, penalty_target: 0, "
     "penalty_every: 3}\n"
     "schedule: {order: simultaneous, discriminator_steps: 2}\n",
     0.7,
     {1, {2}}},
    {"minimax_one_sided",
     DENSE_ADAM "objective: {generator_cost: minimax, gradient_penalty: 3, penalty_target: 0.2, "
                "penalty_points: generated, penalty_one_sided: true}\n",
     0.7,
     {1, {2}}},
    {"augmented",
     PICTURES "objective: {kind: hinge, r1: 2}\naugment: {" EVERYTHING ", probability: 0.7}\n",
     0.4,
     {3, {3, 6, 5}}},
    {"adaptive",
     PICTURES "objective: {generator_cost: minimax}\nschedule: {discriminator_steps: 2}\n"
              "augment: {" EVERYTHING ", target: 0.1, every: 2, images: 40}\n",
     0.8,
     {3, {3, 6, 5}}},
    {"consistent",
     PICTURES "objective: {kind: hinge, consistency: 3, consistency_generated: 2}\n"
              "augment: {flip: true, translation: 0.3}\n",
     0.4,
     {3, {3, 6, 5}}},
    {"regularized",
     DENSE_ADAM "objective: {generator_cost: minimax, lecam: 0.5, lecam_decay: 0.9, "
                "historical_averaging: 0.2, gradient_regularization: 0.7}\n"
                "schedule: {order: simultaneous}\n",
     0.7,
     {1, {2}}},
    {"conditional",
     "batch: 4\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {kind: hinge}\nschedule: {discriminator_steps: 2}\n"
     "generator:\n"
     "  - embedding: 2\n"
     "  - concat: -1\n"
     "  - dense: {units: 32, bias: false}\n"
     "  - reshape: [8, 2, 2]\n"
     "  - conditional_batch_norm\n"
     "  - relu\n"
     "  - upsample: 2\n"
     "  - convolution: {channels: 2, kernel: 3, padding: 1}\n"
     "  - tanh\n"
     "discriminator:\n"
     "  parametrization: spectral\n"
     "  layers:\n"
     "    - convolution: {channels: 4, kernel: 3, padding: 1}\n"
     "    - residual:\n"
     "        layers:\n"
     "          - relu\n"
     "          - convolution: {channels: 6, kernel: 3, padding: 1}\n"
     "          - relu\n"
     "          - convolution: {channels: 6, kernel: 3, padding: 1}\n"
     "          - average_pool: 2\n"
     "        skip: [convolution: {channels: 6, kernel: 1}, average_pool: 2]\n"
     "    - relu\n"
     "    - global_pool: {sum: true}\n"
     "    - projection: {bias: false}\n" ADAM("lr: 1e-3, beta1: 0, beta2: 0.9"),
     0.4,
     {3, {2, 4, 4}}},
    {"packed",
     "batch: 6\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {generator_cost: minimax, pack: 2}\n"
     "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n"
     "discriminator: [dense: 5, tanh, dense: 1]\n" ADAM_100,
     0.7,
     {1, {2}}},
    {"classifier",
     "batch: 5\nlog_gradients: true\nobjective: {classifier: alone, classification: 0.8}\n" TELLING(
         "3") "optimizer: {discriminator: {kind: adam, lr: 0.01, beta1: 0.5, beta2: "
              "0.99}}\n" AVERAGED,
     0.7,
     {1, {2}}},
    {"semi_supervised",
     GENERATING "objective: {classifier: implicit, classification: 0.8, discriminator_scale: 0.5, "
                "generator_scale: 0, feature_matching: 2}\ndata: {labelled: 1}\n"
                "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n" TELLING("3") ADAM_100 AVERAGED,
     0.7,
     {1, {2}}},
    {"auxiliary",
     GENERATING "objective: {classifier: auxiliary, classification: 0.8}\n"
                "generator: [one_hot, concat: -1, dense: 6, leaky_relu: 0.2, dense: 2]\n" TELLING(
                    "4") ADAM_100 AVERAGED,
     0.7,
     {1, {2}}},
    {"matched",
     DENSE_ADAM "objective: {generator_scale: 0, feature_matching: 4}\n"
                "augment: {noise: 0.3, noise_ramp: [1, 5]}\n",
     0.7,
     {1, {2}}},
    {"styled",
     "batch: 4\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective:\n"
     "  {generator_cost: minimax, r1: 0.5, penalty_every: 2, penalty_apart: true,\n"
     "   path_length: 2, path_length_decay: 0.9, path_length_every: 2}\n"
     "generator:\n"
     "  parametrization: {kind: equalized}\n"
     "  layers:\n"
     "    - condition:\n"
     "        - pixel_norm\n"
     "        - dense: {units: 4, parametrization: {kind: equalized, lr_multiplier: 0.5}}\n"
     "        - leaky_relu: 0.2\n"
     "    - constant: [3, 2, 2]\n"
     "    - modulated_convolution: 3\n"
     "    - pixel_noise\n"
     "    - leaky_relu: 0.2\n"
     "    - scale: 1.4142135623730951\n"
     "    - modulated_convolution: {channels: 2, kernel: 1, demodulate: false}\n"
     "    - upsample: 2\n"
     "    - blur: {size: 3, padding: 1}\n"
     "    - take: 5\n"
     "    - modulated_convolution: {channels: 3, upsample: true}\n"
     "    - pixel_noise\n"
     "    - leaky_relu: 0.2\n"
     "    - scale: 1.4142135623730951\n"
     "    - modulated_convolution: {channels: 2, kernel: 1, demodulate: false}\n"
     "    - add: 8\n"
     "discriminator:\n"
     "  parametrization: {kind: equalized}\n"
     "  layers:\n"
     "    - convolution: {channels: 3, kernel: 1}\n"
     "    - leaky_relu: 0.2\n"
     "    - blur: {size: 4, padding: 2}\n"
     "    - convolution: {channels: 4, kernel: 3, stride: 2}\n"
     "    - leaky_relu: 0.2\n"
     "    - minibatch_stddev: 2\n"
     "    - dense: 1\n" ADAM("lr: 0.01, beta1: 0, beta2: 0.99"),
     0.8,
     {3, {2, 4, 4}}},
    {"reinforce",
     TOKENS("1") "objective: {generator_cost: minimax, gradient: reinforce, baseline_decay: 0.75}\n"
                 "schedule: {discriminator_steps: 2}\n",
     0.7,
     {3, {3, 1, 4}}},
    {"reinforce_paired",
     TOKENS("{units: 1, bias: false}") "objective: {kind: relativistic-paired, gradient: "
                                       "reinforce, baseline_decay: 0.9}\n"
                                       "schedule: {order: simultaneous}\n",
     0.7,
     {3, {3, 1, 4}}},
};

// With an encoder, by make_encoder.py.
#define INFERENCE                                                                                  \
    "batch: 6\nlog_gradients: true\n"                                                              \
    "generator: [dense: {units: 6, bias: false}, batch_norm, leaky_relu: 0.2, dense: 2]\n"         \
    "optimizer: {generator: &o {kind: adam, lr: 0.01, beta1: 0.5, beta2: 0.99}, "                  \
    "discriminator: *o, encoder: *o}\n"

static const game_case encoder_cases[] = {
    {"codes_of_features",
     INFERENCE
     "latent: {size: 7, prior: uniform, categorical: [1, 3], continuous: 2}\n"
     "objective: {generator_cost: minimax}\n"
     "schedule: {discriminator_steps: 2}\n"
     "discriminator:\n"
     "  [dense: 7, tanh, dense: {units: 5, bias: false}, batch_norm, leaky_relu: 0.2, dense: 1]\n"
     "encoder:\n"
     "  kind: codes\n"
     "  shares: 5\n"
     "  weight: 0.7\n"
     "  generator_weight: 0.4\n"
     "  continuous_weight: 0.3\n"
     "  layers: [dense: {units: 4, bias: false}, batch_norm, leaky_relu: 0.2, dense: 5]\n",
     0.7,
     {1, {2}}},
    {"codes_with_deviations",
     INFERENCE
     "latent: {size: 7, categorical: [2, 3], continuous: 1}\n"
     "objective: {kind: least-squares}\n"
     "schedule: {order: simultaneous}\n"
     "discriminator: [dense: 7, tanh, dense: 1]\n"
     "encoder: {kind: codes, learned_deviation: true, layers: [dense: 6, tanh, dense: 8]}\n",
     0.7,
     {1, {2}}},
    {"latents",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {kind: least-squares}\n"
     "discriminator: [dense: 7, tanh, dense: 1]\n"
     "encoder:\n"
     "  {kind: latents, weight: 2, generator_weight: 0.25, layers: [dense: 6, tanh, dense: 3]}\n",
     0.7,
     {1, {2}}},
    {"joint",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {generator_cost: minimax}\n"
     "schedule: {discriminator_steps: 2}\n"
     "discriminator: [latent, concat: -1, dense: 7, tanh, dense: {units: 5, bias: false}, "
     "batch_norm, leaky_relu: 0.2, dense: 1]\n"
     "encoder:\n"
     "  kind: joint\n"
     "  layers: [dense: {units: 6, bias: false}, batch_norm, leaky_relu: 0.2, dense: 3, tanh]\n",
     0.7,
     {1, {2}}},
    {"joint_relativistic",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {kind: relativistic-paired}\n"
     "schedule: {order: simultaneous}\n"
     "discriminator: [latent, concat: -1, dense: 7, tanh, dense: {units: 1, bias: false}]\n"
     "encoder: {kind: joint, layers: [dense: 6, tanh, dense: 3]}\n",
     0.7,
     {1, {2}}},
};

#endif
