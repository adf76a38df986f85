// Layers of style-based generators (Karras et al. 2019, 2020: StyleGAN2): convolutions whose
// weights depend on the condition, noise for each pixel, and a learned constant to begin with.
//
// A modulated convolution multiplies its weights by a style s of each input channel and, where it
// demodulates, divides them by the norm of what an output channel then has. Both differ from sample
// to sample. Convolutions are linear, so it is the input that is multiplied by s and the output by
// one over that norm: the weights stay the same for all samples, and one convolution serves them.
#include "nn/blur.h"
#include "nn/layer_families.h"

enum { CHANNELS, KERNEL, UPSAMPLE, DEMODULATE, BIAS };

static const gan_init ones = {GAN_INIT_CONSTANT, 1, 0}, zeros = {GAN_INIT_ZEROS, 0, 0};

static int whole(const gan_layer *layer, int argument) {
    return (int)layer->argument[argument];
}

static bool is_set(const gan_layer *layer, int argument) {
    return layer->argument[argument] != 0;
}

// --- modulated_convolution ----------------------------------------------------------------------

// Beyond, a blurred transposed convolution has more rows than twice its input.
enum { UPSAMPLE_KERNEL_MAX = 5 };

static gan_status check_kernel(const gan_layer *layer) {
    const int kernel = whole(layer, KERNEL);
    if (kernel % 2 == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "kernel is %d: it must be odd, so that the image keeps its size", kernel);
    if (is_set(layer, UPSAMPLE) && kernel > UPSAMPLE_KERNEL_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "kernel is %d: with upsample it must be at most %d",
                         kernel, UPSAMPLE_KERNEL_MAX);
    return GAN_STATUS_OK;
}

static gan_status infer_modulated(const gan_layer_site *site, gan_shape *out) {
    const int64_t factor = is_set(site->layer, UPSAMPLE) ? 2 : 1;
    GAN_TRY(gan__layer_check_image(site->in));
    GAN_TRY(check_kernel(site->layer));
    if (site->condition == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "nothing gives its style: put a condition layer before it");
    *out = GAN_SHAPE(whole(site->layer, CHANNELS), site->in->size[1] * factor,
                     site->in->size[2] * factor);
    return gan__layer_check_elements(out);
}

// weight [bias] affine.weight affine.bias. The weight is (out, in, kernel, kernel) or, of a
// transposed convolution, (in, out, kernel, kernel).
static size_t declare_modulated(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_layer *const layer = site->layer;
    const int64_t in = site->in->size[0], out = whole(layer, CHANNELS);
    const int64_t kernel = whole(layer, KERNEL), styles = site->condition->size[0];
    const bool up = is_set(layer, UPSAMPLE);
    size_t count = 0;
    tensors[count++] = (gan_layer_tensor){.name = "weight",
                                          .shape = up ? GAN_SHAPE(in, out, kernel, kernel)
                                                      : GAN_SHAPE(out, in, kernel, kernel),
                                          .fan_in = in * kernel * kernel,
                                          .fan_out = out * kernel * kernel,
                                          .parametrized = true,
                                          .output_axis = up ? 1 : 0};
    if (is_set(layer, BIAS))
        tensors[count++] = (gan_layer_tensor){.name = "bias",
                                              .shape = GAN_SHAPE(out),
                                              .fan_in = in * kernel * kernel,
                                              .fan_out = out * kernel * kernel,
                                              .is_bias = true};
    tensors[count++] = (gan_layer_tensor){.name = "affine.weight",
                                          .shape = GAN_SHAPE(in, styles),
                                          .fan_in = styles,
                                          .fan_out = in,
                                          .parametrized = true};
    tensors[count++] = (gan_layer_tensor){.name = "affine.bias",
                                          .shape = GAN_SHAPE(in),
                                          .fan_in = styles,
                                          .fan_out = in,
                                          .init = ones,
                                          .is_bias = true};
    return count;
}

// The image in its new size, by the weights as they are.
static gan_node *convolve(const gan_layer *layer, gan_node *x, gan_node *weight) {
    const int kernel = whole(layer, KERNEL), padding = kernel / 2;
    if (is_set(layer, UPSAMPLE)) {
        const gan_convolution_settings spread = {.stride = {2, 2}};
        const int taps = 4;
        return gan__blur(gan__transposed_convolution(x, weight, &spread, NULL), taps,
                         (UPSAMPLE_KERNEL_MAX - kernel) / 2, 4);
    }
    const gan_convolution_settings same = {.before = {padding, padding},
                                           .after = {padding, padding}};
    return gan__convolution(x, weight, &same);
}

// (out, B): one over the norm of each output channel's weights times the style.
static gan_node *demodulation(const gan_layer *layer, gan_node *weight, gan_node *style) {
    const bool up = is_set(layer, UPSAMPLE);
    if (weight == NULL || style == NULL) return NULL;
    const int64_t *const size = gan__node_shape(weight)->size;
    gan_node *const squares = gan__reshape(gan__reduce_sum(gan__square(weight), 1u << 2 | 1u << 3),
                                           &GAN_SHAPE(size[0], size[1]));
    return gan__rsqrt(gan__offset(gan__matmul(squares, gan__square(style), up, false), 1e-8));
}

static gan_node *build_modulated(const gan_layer_call *call, gan_node *x) {
    const gan_layer *const layer = call->layer;
    const bool biased = is_set(layer, BIAS);
    gan_node *const weight = call->tensors[0], *const *const affine = call->tensors + 1 + biased;
    if (x == NULL || call->condition == NULL || affine[1] == NULL) return NULL;
    gan_node *const shift =
        gan__reshape(affine[1], &GAN_SHAPE(gan__node_shape(affine[1])->size[0], 1));
    gan_node *const style = gan__add(gan__matmul(affine[0], call->condition, false, false), shift);
    gan_node *y = convolve(layer, gan__mul(x, gan__layer_along_features(style, x)), weight);
    if (is_set(layer, DEMODULATE))
        y = gan__mul(y, gan__layer_along_features(demodulation(layer, weight, style), y));
    return biased ? gan__add(y, gan__layer_along_features(call->tensors[1], y)) : y;
}

// --- pixel_noise --------------------------------------------------------------------------------

static gan_status infer_pixel_noise(const gan_layer_site *site, gan_shape *out) {
    GAN_TRY(gan__layer_check_image(site->in));
    return gan__layer_infer_same(site, out);
}

// strength plane
static size_t declare_pixel_noise(const gan_layer_site *site, gan_layer_tensor *tensors) {
    tensors[0] = (gan_layer_tensor){.name = "strength", .shape = GAN_SHAPE(1), .init = zeros};
    tensors[1] = (gan_layer_tensor){.name = "plane",
                                    .shape = GAN_SHAPE(site->in->size[1], site->in->size[2]),
                                    .init = {GAN_INIT_NORMAL, 1, 0},
                                    .buffer = true};
    return 2;
}

static gan_node *build_pixel_noise(const gan_layer_call *call, gan_node *x) {
    gan_node *const strength = call->tensors[0], *const plane = call->tensors[1];
    if (x == NULL || strength == NULL || plane == NULL) return NULL;
    const int64_t *const size = gan__node_shape(x)->size;
    const gan_shape drawn = GAN_SHAPE(1, size[1], size[2], size[3]);
    const gan_shape kept = GAN_SHAPE(1, size[1], size[2], 1);
    gan_node *const noise = call->training
                                ? gan__random_normal(gan__node_graph(x), &drawn, call->stream)
                                : gan__reshape(plane, &kept);
    return gan__add(x, gan__mul(noise, gan__reshape(strength, &GAN_SHAPE(1, 1, 1, 1))));
}

// --- constant -----------------------------------------------------------------------------------

static gan_status infer_constant(const gan_layer_site *site, gan_shape *out) {
    *out = site->layer->shape;
    return gan__layer_check_elements(out);
}

static size_t declare_constant(const gan_layer_site *site, gan_layer_tensor *tensors) {
    tensors[0] = (gan_layer_tensor){
        .name = "weight", .shape = site->layer->shape, .init = {GAN_INIT_NORMAL, 1, 0}};
    return 1;
}

static gan_node *build_constant(const gan_layer_call *call, gan_node *x) {
    if (x == NULL || call->tensors[0] == NULL) return NULL;
    gan_shape one = *gan__node_shape(call->tensors[0]), all;
    one.size[one.rank++] = 1;
    all = one;
    all.size[all.rank - 1] = gan__node_shape(x)->size[gan__node_shape(x)->rank - 1];
    return gan__broadcast(gan__reshape(call->tensors[0], &one), &all);
}

// --- The table ----------------------------------------------------------------------------------

#define FLAG(name, fallback, meaning)                                                              \
    { name, GAN_LAYER_ARGUMENT_BOOL, false, fallback, 0, 1, meaning }

const gan_layer_kind gan__layers_style[] = {
    {.name = "modulated_convolution",
     .meaning = "a convolution of the same size whose weights are multiplied by a style of each "
                "channel, an affine function of the condition",
     .arguments = {{"channels", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_LAYER_WHOLE_MAX,
                    "output channels"},
                   {"kernel", GAN_LAYER_ARGUMENT_WHOLE, false, 3, 1, 1023,
                    "height and width of the kernel, odd"},
                   FLAG("upsample", 0,
                        "whether to double height and width: a transposed convolution of stride 2, "
                        "smoothed by [1, 3, 3, 1]"),
                   FLAG("demodulate", 1, "whether each output channel's weights get norm 1"),
                   FLAG("bias", 1, "whether to add a bias")},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_modulated,
     .declare = declare_modulated,
     .build = build_modulated},
    {.name = "pixel_noise",
     .meaning = "adds N(0, 1) times a learned strength, the same to all channels of a pixel; in "
                "inference always the same",
     .has_weights = true,
     .infer = infer_pixel_noise,
     .declare = declare_pixel_noise,
     .build = build_pixel_noise},
    {.name = "constant",
     .meaning = "not its input but a learned constant",
     .arguments = {{"shape", GAN_LAYER_ARGUMENT_SHAPE, true, 0, 1, GAN_LAYER_WHOLE_MAX,
                    "[features] or [channels, height, width]"}},
     .has_weights = true,
     .infer = infer_constant,
     .declare = declare_constant,
     .build = build_constant},
    {.name = NULL},
};
