// What the recipes of small games in tests have in common.
#ifndef GAN_TESTS_GAN_GAME_RECIPES_H
#define GAN_TESTS_GAN_GAME_RECIPES_H

// What most games share: two small networks of dense layers on two-dimensional samples. (A last
// bias cancels in the relativistic costs; its gradient is a rounding error that Adam would blow
// up.)
#define NETWORKS(last)                                                                             \
    "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"                           \
    "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n"                                           \
    "discriminator: [dense: 7, tanh, dense: 5, softplus, dense: " last "]\n"
#define DENSE NETWORKS("1")
#define ADAM(settings)                                                                             \
    "optimizer: {generator: {kind: adam, " settings "}, discriminator: {kind: adam, " settings     \
    "}}\n"
#define ADAM_100      ADAM("lr: 0.01, beta1: 0.5, beta2: 0.99")
#define DENSE_ADAM    DENSE ADAM_100
#define UNBIASED_ADAM NETWORKS("{units: 1, bias: false}") ADAM_100

// And on pictures, for what augmentation does to them.
#define PICTURES                                                                                   \
    "batch: 6\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"                           \
    "generator: [dense: 90, tanh, reshape: [3, 6, 5]]\n"                                           \
    "discriminator:\n"                                                                             \
    "  - convolution: {channels: 4, kernel: 3, stride: 2, padding: 1}\n"                           \
    "  - tanh\n  - flatten\n  - dense: {units: 1, bias: false}\n" ADAM_100
#define EVERYTHING                                                                                 \
    "flip: true, brightness: 0.5, saturation: 1, contrast: 0.5, translation: 0.3, cutout: 0.5"

// And with a discriminator that tells classes apart.
#define GENERATING "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
#define TELLING(logits)                                                                            \
    "discriminator: [dense: 7, tanh, noise: 0.3, dense: 5, softplus, dense: " logits "]\n"
#define AVERAGED "ema: {discriminator: 0.9}\n"

// And with tokens that are drawn.
#define TOKENS(last)                                                                               \
    GENERATING "generator: [dense: 6, leaky_relu: 0.2, dense: 12, reshape: [3, 1, 4], "            \
               "categorical]\ndiscriminator: [flatten, dense: 7, tanh, dense: " last               \
               "]\n" ADAM_100

#endif
