// Layers on sequences. A sequence is an image of height 1: (channels, 1, places).
#include "nn/layer_families.h"

enum { CHANNELS, KERNEL, STRIDE, PADDING, DILATION, GROUPS, BIAS };

static int whole(const gan_layer *layer, int argument) {
    return (int)layer->argument[argument];
}

static gan_status check_sequence(const gan_shape *in) {
    char text[GAN_SHAPE_TEXT];
    if (in->rank == 3 && in->size[1] == 1) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "its input %s is no sequence (channels, 1, places): put a reshape before it",
                     gan__shape_text(in, text));
}

static gan_status infer_convolution(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    const int64_t in = site->in->size[0], channels = whole(layer, CHANNELS);
    const int64_t extent = (int64_t)(whole(layer, KERNEL) - 1) * whole(layer, DILATION) + 1;
    GAN_TRY(check_sequence(site->in));
    if (in % whole(layer, GROUPS) != 0 || channels % whole(layer, GROUPS) != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%lld channels to %lld cannot be shared among %d groups", (long long)in,
                         (long long)channels, whole(layer, GROUPS));
    const int64_t room = site->in->size[2] + 2 * (int64_t)whole(layer, PADDING) - extent;
    if (room < 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "of %lld places, a window of %lld with padding %d leaves nothing",
                         (long long)site->in->size[2], (long long)extent, whole(layer, PADDING));
    *out = GAN_SHAPE(channels, 1, room / whole(layer, STRIDE) + 1);
    return gan__layer_check_elements(out);
}

// PyTorch's Conv1d: weight (out, in / groups, kernel), bias (out).
static size_t declare_convolution(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_layer *layer = site->layer;
    const int64_t channels = whole(layer, CHANNELS), kernel = whole(layer, KERNEL);
    const int64_t columns = site->in->size[0] / whole(layer, GROUPS);
    tensors[0] = (gan_layer_tensor){.name = "weight",
                                    .shape = GAN_SHAPE(channels, columns, kernel),
                                    .fan_in = columns * kernel,
                                    .fan_out = channels * kernel,
                                    .parametrized = true};
    if (layer->argument[BIAS] == 0) return 1;
    tensors[1] = (gan_layer_tensor){.name = "bias",
                                    .shape = GAN_SHAPE(channels),
                                    .fan_in = columns * kernel,
                                    .fan_out = channels * kernel,
                                    .is_bias = true};
    return 2;
}

static gan_node *build_convolution(const gan_layer_call *call, gan_node *x) {
    const gan_layer *layer = call->layer;
    gan_node *const weight = call->tensors[0];
    if (!x || !weight) return NULL;
    const gan_shape *of = gan__node_shape(weight);
    const gan_shape kernel = GAN_SHAPE(of->size[0], of->size[1], 1, of->size[2]);
    const gan_convolution_settings settings = {.stride = {1, whole(layer, STRIDE)},
                                               .before = {0, whole(layer, PADDING)},
                                               .after = {0, whole(layer, PADDING)},
                                               .dilation = {1, whole(layer, DILATION)},
                                               .groups = whole(layer, GROUPS)};
    gan_node *const y = gan__convolution(x, gan__reshape(weight, &kernel), &settings);
    if (layer->argument[BIAS] == 0) return y;
    return gan__add(y, gan__layer_along_features(call->tensors[1], y));
}

#define CONVOLUTION_ARGUMENTS                                                                      \
    {                                                                                              \
        {                                                                                          \
            "channels",          GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1,                             \
            GAN_LAYER_WHOLE_MAX, "output channels"},                                               \
            {"kernel", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, 1024, "places that a window has"},    \
            {"stride", GAN_LAYER_ARGUMENT_WHOLE, false, 1, 1, 1024, "places between windows"},     \
            {"padding",                                                                            \
             GAN_LAYER_ARGUMENT_WHOLE,                                                             \
             false,                                                                                \
             0,                                                                                    \
             0,                                                                                    \
             1024,                                                                                 \
             "zeros before and behind the sequence"},                                              \
            {"dilation",                                                                           \
             GAN_LAYER_ARGUMENT_WHOLE,                                                             \
             false,                                                                                \
             1,                                                                                    \
             1,                                                                                    \
             1024,                                                                                 \
             "places between a window's elements"},                                                \
            {"groups",                                                                             \
             GAN_LAYER_ARGUMENT_WHOLE,                                                             \
             false,                                                                                \
             1,                                                                                    \
             1,                                                                                    \
             1024,                                                                                 \
             "parts of the channels that do not meet"},                                            \
            {"bias", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1, "whether to add a bias"},            \
    }

const gan_layer_kind gan__layers_sequence[] = {
    {.name = "convolution_1d",
     .meaning = "a convolution of a sequence (channels, 1, places) along its places",
     .arguments = CONVOLUTION_ARGUMENTS,
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_convolution,
     .declare = declare_convolution,
     .build = build_convolution},
    {.name = NULL},
};
