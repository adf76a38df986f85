// The cases of tests/golden/nn_layers.txt: each a network of a few layers.
#ifndef GAN_TESTS_NN_LAYER_CASES_H
#define GAN_TESTS_NN_LAYER_CASES_H

#include "nn/network.h"

enum { LAYERS_MAX = 12, TENSORS_MAX = 20 };

typedef struct layer_text layer_text;
struct layer_text {
    const char *kind;                         // NULL ends a list
    double argument[GAN_LAYER_ARGUMENTS_MAX]; // as many as count, the rest by default
    size_t count;
    gan_shape shape;
    gan_parametrization parametrization;
    const layer_text *lists[GAN_LAYER_LISTS_MAX];
};

typedef struct layer_case {
    const char *name;
    gan_shape input;
    int64_t batch;
    bool inference;
    layer_text layers[LAYERS_MAX];
} layer_case;

#define PLAIN(name)                                                                                \
    { .kind = name }
#define WITH(name, n, ...)                                                                         \
    { .kind = name, .argument = {__VA_ARGS__}, .count = n }
#define WITH_ITS(name, its, n, ...)                                                                \
    { .kind = name, .argument = {__VA_ARGS__}, .count = n, .parametrization = its }
#define SPECTRAL(iterations)                                                                       \
    { GAN_PARAMETRIZATION_SPECTRAL, iterations, 0 }
#define NORMED                                                                                     \
    { GAN_PARAMETRIZATION_WEIGHT_NORM, 0, 0 }
#define EQUALIZED(gain, lr)                                                                        \
    { GAN_PARAMETRIZATION_EQUALIZED, gain, lr }
#define BLOCK(name, ...)                                                                           \
    {                                                                                              \
        .kind = name, .lists = { __VA_ARGS__ }                                                     \
    }
#define LIST(...)                                                                                  \
    (const layer_text[]) {                                                                         \
        __VA_ARGS__, { NULL }                                                                      \
    }
#define FIVE {1, {5}}, 4, false
#define FOUR {1, {4}}, 5, false
#define IMAGE(...)                                                                                 \
    {                                                                                              \
        3, { __VA_ARGS__ }                                                                         \
    }

static const layer_case cases[] = {
    {"dense", FOUR, {WITH("dense", 1, 3)}},
    {"dense_without_bias", FOUR, {WITH("dense", 2, 3, 0)}},
    {"dense_of_image", {3, {2, 3, 2}}, 4, false, {WITH("dense", 1, 3)}},
    {"maxout", {1, {4}}, 6, false, {WITH("maxout", 2, 3, 5)}},
    {"batch_norm", {1, {3}}, 6, false, {PLAIN("batch_norm")}},
    {"batch_norm_of_image", {3, {2, 3, 2}}, 4, false, {WITH("batch_norm", 2, 0.3, 1e-3)}},
    {"batch_norm_inference", {1, {3}}, 6, true, {PLAIN("batch_norm")}},
    {"batch_norm_without_scale", {1, {3}}, 6, false, {WITH("batch_norm", 4, 0.1, 1e-5, 1, 0)}},
    {"batch_norm_without_affine", {1, {3}}, 6, false, {WITH("batch_norm", 3, 0.1, 1e-5, 0)}},
    {"relu", FIVE, {PLAIN("relu")}},
    {"leaky_relu", FIVE, {WITH("leaky_relu", 1, 0.2)}},
    {"tanh", FIVE, {PLAIN("tanh")}},
    {"sigmoid", FIVE, {PLAIN("sigmoid")}},
    {"softplus", FIVE, {PLAIN("softplus")}},
    {"elu", FIVE, {WITH("elu", 1, 1.5)}},
    {"selu", FIVE, {PLAIN("selu")}},
    {"gelu", FIVE, {PLAIN("gelu")}},
    {"silu", FIVE, {PLAIN("silu")}},
    {"softmax", FIVE, {PLAIN("softmax")}},
    {"softmax_of_image", {3, {3, 2, 2}}, 2, false, {PLAIN("softmax")}},
    {"scale", FIVE, {WITH("scale", 1, -0.25)}},
    {"convolution", IMAGE(2, 6, 5), 3, false, {WITH("convolution", 4, 3, 4, 2, 1)}},
    {"convolution_without_bias",
     IMAGE(2, 4, 5),
     3,
     false,
     {WITH("convolution", 7, 3, 3, 1, 0, 1, 1, 0)}},
    {"convolution_in_groups", IMAGE(4, 4, 3), 2, false, {WITH("convolution", 6, 6, 3, 1, 2, 2, 2)}},
    {"convolution_1d", IMAGE(2, 1, 7), 3, false, {WITH("convolution_1d", 4, 3, 4, 2, 1)}},
    {"convolution_1d_in_groups",
     IMAGE(4, 1, 5),
     2,
     false,
     {WITH("convolution_1d", 7, 6, 3, 1, 2, 2, 2, 0)}},
    {"transposed_convolution",
     IMAGE(3, 3, 2),
     3,
     false,
     {WITH("transposed_convolution", 4, 2, 4, 2, 1)}},
    {"transposed_convolution_padded",
     IMAGE(2, 3, 2),
     3,
     false,
     {WITH("transposed_convolution", 6, 3, 3, 2, 1, 1, 0)}},
    {"average_pool", IMAGE(2, 4, 6), 3, false, {WITH("average_pool", 1, 2)}},
    {"average_pool_that_overlaps", IMAGE(2, 5, 6), 3, false, {WITH("average_pool", 3, 3, 2, 1)}},
    {"max_pool", IMAGE(2, 4, 6), 3, false, {WITH("max_pool", 1, 2)}},
    {"max_pool_that_overlaps", IMAGE(2, 5, 6), 3, false, {WITH("max_pool", 3, 3, 2, 1)}},
    {"upsample", IMAGE(2, 2, 3), 3, false, {WITH("upsample", 1, 3)}},
    {"upsample_bilinear", IMAGE(2, 2, 3), 3, false, {WITH("upsample", 2, 2, 1)}},
    {"convolutions",
     IMAGE(2, 3, 3),
     4,
     false,
     {WITH("convolution", 7, 3, 3, 1, 1, 1, 1, 0), PLAIN("batch_norm"), WITH("leaky_relu", 1, 0.2),
      WITH("transposed_convolution", 4, 2, 4, 2, 1), PLAIN("tanh")}},
    {"spectral_dense", FOUR, {WITH_ITS("dense", SPECTRAL(1), 1, 3)}},
    {"spectral_inference", {1, {4}}, 5, true, {WITH_ITS("dense", SPECTRAL(1), 1, 3)}},
    {"spectral_convolution",
     IMAGE(2, 4, 3),
     3,
     false,
     {WITH_ITS("convolution", SPECTRAL(2), 4, 3, 3, 1, 1)}},
    {"spectral_transposed",
     IMAGE(3, 3, 2),
     3,
     false,
     {WITH_ITS("transposed_convolution", SPECTRAL(1), 4, 2, 4, 2, 1)}},
    {"weight_norm_dense", FOUR, {WITH_ITS("dense", NORMED, 1, 3)}},
    {"weight_norm_transposed",
     IMAGE(3, 3, 2),
     3,
     false,
     {WITH_ITS("transposed_convolution", NORMED, 4, 2, 4, 2, 1)}},
    {"layer_norm", FIVE, {PLAIN("layer_norm")}},
    {"layer_norm_of_image", IMAGE(2, 3, 2), 3, false, {WITH("layer_norm", 1, 1e-3)}},
    {"group_norm", IMAGE(4, 3, 2), 3, false, {WITH("group_norm", 1, 2)}},
    {"group_norm_of_features", {1, {6}}, 3, false, {WITH("group_norm", 3, 2, 1e-5, 0)}},
    {"instance_norm", IMAGE(2, 3, 2), 3, false, {PLAIN("instance_norm")}},
    {"instance_norm_affine", IMAGE(2, 3, 2), 3, false, {WITH("instance_norm", 2, 1e-5, 1)}},
    {"pixel_norm", IMAGE(3, 2, 2), 3, false, {PLAIN("pixel_norm")}},
    {"pixel_norm_of_features", FIVE, {PLAIN("pixel_norm")}},
    {"global_pool", IMAGE(2, 3, 4), 3, false, {PLAIN("global_pool")}},
    {"global_sum", IMAGE(2, 3, 4), 3, false, {WITH("global_pool", 1, 1)}},
    {"minibatch_stddev", IMAGE(2, 2, 3), 6, false, {WITH("minibatch_stddev", 1, 3)}},
    {"minibatch_stddev_parts", IMAGE(4, 2, 2), 4, false, {WITH("minibatch_stddev", 2, 4, 2)}},
    {"minibatch_stddev_of_features", {1, {5}}, 6, false, {WITH("minibatch_stddev", 1, 3)}},
    {"minibatch_discrimination",
     IMAGE(2, 3, 1),
     5,
     false,
     {WITH("minibatch_discrimination", 2, 3, 2)}},
    {"self_attention", IMAGE(4, 4, 2), 3, false, {WITH("self_attention", 2, 2, 2)}},
    {"self_attention_of_pixels", IMAGE(4, 3, 2), 2, false, {WITH("self_attention", 3, 4, 1, 0)}},
    {"add", FOUR, {WITH("dense", 1, 3), WITH("dense", 1, 3), WITH("add", 1, 0)}},
    {"multiply", FOUR, {WITH("dense", 1, 3), WITH("dense", 1, 3), WITH("multiply", 1, 0)}},
    {"add_planes",
     {1, {4}},
     3,
     false,
     {WITH("dense", 1, 2),
      WITH("dense", 1, 12),
      {.kind = "reshape", .shape = {3, {2, 2, 3}}},
      WITH("add", 1, 0)}},
    {"multiply_planes",
     {1, {4}},
     3,
     false,
     {WITH("dense", 1, 2),
      WITH("dense", 1, 12),
      {.kind = "reshape", .shape = {3, {2, 2, 3}}},
      WITH("multiply", 1, 0)}},
    {"concat_planes",
     {1, {4}},
     3,
     false,
     {WITH("dense", 1, 2),
      WITH("dense", 1, 12),
      {.kind = "reshape", .shape = {3, {2, 2, 3}}},
      WITH("concat", 1, 0)}},
    {"one_hot", FOUR, {PLAIN("one_hot"), WITH("dense", 1, 2)}},
    {"embedding", {1, {3}}, 7, false, {WITH("embedding", 1, 4)}},
    {"projection", {1, {4}}, 7, false, {PLAIN("projection")}},
    {"projection_spectral", {1, {4}}, 7, false, {WITH_ITS("projection", SPECTRAL(1), 0, 0)}},
    {"conditional_batch_norm", {1, {4}}, 7, false, {PLAIN("conditional_batch_norm")}},
    {"conditional_batch_norm_of_image",
     IMAGE(2, 3, 2),
     4,
     false,
     {PLAIN("conditional_batch_norm")}},
    {"conditional_batch_norm_inference", {1, {4}}, 7, true, {PLAIN("conditional_batch_norm")}},
    {"condition",
     {1, {4}},
     7,
     false,
     {BLOCK("condition", LIST(WITH("embedding", 1, 2), WITH("concat", 1, -1))),
      WITH("dense", 2, 3, 0), PLAIN("conditional_batch_norm")}},
    {"equalized", FOUR, {WITH_ITS("dense", EQUALIZED(1.5, 0.25), 1, 3)}},
    {"equalized_convolution",
     IMAGE(2, 4, 3),
     3,
     false,
     {WITH_ITS("convolution", EQUALIZED(1, 1), 2, 3, 3)}},
    {"blur", IMAGE(2, 4, 5), 3, false, {WITH("blur", 1, 4)}},
    {"blur_padded", IMAGE(2, 3, 2), 3, false, {WITH("blur", 2, 3, 1)}},
    {"take",
     FOUR,
     {WITH("dense", 1, 3), WITH("dense", 1, 2), WITH("take", 1, 0), WITH("dense", 1, 2),
      WITH("multiply", 1, 1)}},
    {"pixel_noise_inference", IMAGE(2, 3, 2), 3, true, {PLAIN("pixel_noise")}},
    {"modulated_convolution",
     IMAGE(2, 3, 3),
     3,
     false,
     {BLOCK("condition", LIST(WITH("dense", 1, 3))), WITH("modulated_convolution", 1, 3)}},
    {"modulated_convolution_upsampling",
     {1, {4}},
     3,
     false,
     {BLOCK("condition", LIST(WITH("dense", 1, 3))),
      {.kind = "constant", .shape = {3, {3, 2, 3}}},
      WITH("modulated_convolution", 3, 3, 3, 1),
      PLAIN("tanh"),
      WITH("modulated_convolution", 5, 2, 1, 1, 1, 0)}},
    {"modulated_convolution_equalized",
     {1, {4}},
     3,
     false,
     {BLOCK("condition", LIST(WITH("dense", 1, 3))),
      {.kind = "constant", .shape = {3, {2, 2, 3}}},
      WITH_ITS("modulated_convolution", EQUALIZED(1, 1), 4, 3, 3, 0, 0)}},
    {"style_skip",
     {1, {4}},
     3,
     false,
     {BLOCK("condition",
            LIST(PLAIN("pixel_norm"), WITH("dense", 1, 3), WITH("leaky_relu", 1, 0.2))),
      {.kind = "constant", .shape = {3, {3, 2, 2}}},
      WITH("modulated_convolution", 1, 3),
      WITH("leaky_relu", 1, 0.2),
      WITH("modulated_convolution", 4, 2, 1, 0, 0),
      WITH("upsample", 1, 2),
      WITH("blur", 2, 3, 1),
      WITH("take", 1, 3),
      WITH("modulated_convolution", 3, 2, 3, 1),
      WITH("leaky_relu", 1, 0.2),
      WITH("modulated_convolution", 4, 2, 1, 0, 0),
      WITH("add", 1, 6)}},
    {"residual",
     IMAGE(2, 3, 4),
     3,
     false,
     {BLOCK("residual", LIST(PLAIN("tanh"), WITH("convolution", 4, 2, 3, 1, 1)))}},
    {"residual_down",
     IMAGE(2, 4, 4),
     3,
     false,
     {BLOCK("residual",
            LIST(PLAIN("relu"), WITH_ITS("convolution", SPECTRAL(1), 4, 4, 3, 1, 1), PLAIN("relu"),
                 WITH_ITS("convolution", SPECTRAL(1), 4, 3, 3, 1, 1), WITH("average_pool", 1, 2)),
            LIST(WITH_ITS("convolution", SPECTRAL(1), 2, 3, 1), WITH("average_pool", 1, 2))),
      PLAIN("flatten"), WITH_ITS("dense", SPECTRAL(1), 1, 1)}},
    {"residual_nested",
     FOUR,
     {WITH("dense", 1, 3),
      BLOCK("residual", LIST(WITH("dense", 1, 3),
                             BLOCK("residual", LIST(PLAIN("tanh"), WITH("dense", 1, 3)),
                                   LIST(PLAIN("batch_norm"))),
                             PLAIN("softplus")))}},
    {"reshape",
     {1, {4}},
     3,
     false,
     {WITH("dense", 1, 6), {.kind = "reshape", .shape = {3, {1, 2, 3}}}, PLAIN("softmax")}},
    {"concat", {1, {4}}, 3, false, {WITH("dense", 1, 3), PLAIN("tanh"), WITH("concat", 1, -1)}},
    {"stack",
     {1, {4}},
     7,
     false,
     {WITH("dense", 2, 6, 0), PLAIN("batch_norm"), WITH("leaky_relu", 1, 0.2),
      WITH("maxout", 2, 4, 2), WITH("dense", 1, 2), PLAIN("sigmoid")}},
};

#endif
