// Convolutions of images, with PyTorch's conventions and the layouts of its parameters. Kernels,
// strides and paddings are square. The sizes of what they give are worked out here, so that a
// message names the layer and the sizes; the nodes are those of graph/build_convolution.c.
#include "nn/layer_families.h"

enum { CHANNELS, KERNEL, STRIDE, PADDING, DILATION, GROUPS, BIAS };
enum { TRANSPOSED_OUTPUT_PADDING = BIAS, TRANSPOSED_BIAS };

static int whole(const gan_layer *layer, int argument) {
    return (int)layer->argument[argument];
}

// --- Shapes -------------------------------------------------------------------------------------

gan_status gan__layer_check_image(const gan_shape *in) {
    char text[GAN_SHAPE_TEXT];
    if (in->rank == 3) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "its input %s is no image (channels, height, width): put a reshape before it",
                     gan__shape_text(in, text));
}

static gan_status fail_window(const gan_shape *in, int size, int stride, int padding) {
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "of an input of %lldx%lld, a window of %dx%d with stride %d and padding %d "
                     "leaves nothing",
                     (long long)in->size[1], (long long)in->size[2], size, size, stride, padding);
}

gan_status gan__layer_check_elements(const gan_shape *out) {
    char text[GAN_SHAPE_TEXT];
    if (gan__shape_elements(out) <= GAN_LAYER_WHOLE_MAX) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT, "its output %s is too large",
                     gan__shape_text(out, text));
}

// out: `channels` images as windows of `size` give them.
gan_status gan__layer_infer_windows(const gan_shape *in, int64_t channels, int size, int stride,
                                    int padding, gan_shape *out) {
    *out = GAN_SHAPE(channels, 0, 0);
    for (int i = 1; i < 3; i++) {
        const int64_t room = in->size[i] + 2 * (int64_t)padding - size;
        if (room < 0) return fail_window(in, size, stride, padding);
        out->size[i] = room / stride + 1;
    }
    return gan__layer_check_elements(out);
}

static gan_status check_groups(const gan_layer *layer, const gan_shape *in) {
    const int groups = whole(layer, GROUPS), channels = whole(layer, CHANNELS);
    if (in->size[0] % groups == 0 && channels % groups == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT, "%lld channels to %d cannot be shared among %d groups",
                     (long long)in->size[0], channels, groups);
}

// Places from a window's first element to its last, both counted.
static int extent(const gan_layer *layer) {
    return (whole(layer, KERNEL) - 1) * whole(layer, DILATION) + 1;
}

static gan_status infer_convolution(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    GAN_TRY(gan__layer_check_image(site->in));
    GAN_TRY(check_groups(layer, site->in));
    return gan__layer_infer_windows(site->in, whole(layer, CHANNELS), extent(layer),
                                    whole(layer, STRIDE), whole(layer, PADDING), out);
}

static gan_status infer_transposed(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    const gan_shape *in = site->in;
    const int window = extent(layer), stride = whole(layer, STRIDE);
    const int padding = whole(layer, PADDING), extra = whole(layer, TRANSPOSED_OUTPUT_PADDING);
    GAN_TRY(gan__layer_check_image(in));
    GAN_TRY(check_groups(layer, in));
    if (extra >= stride && extra > 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "output_padding is %d: it must be less than the "
                         "stride, which is %d",
                         extra, stride);
    *out = GAN_SHAPE(whole(layer, CHANNELS), 0, 0);
    for (int i = 1; i < 3; i++) {
        out->size[i] = (in->size[i] - 1) * stride - 2 * (int64_t)padding + window + extra;
        if (out->size[i] < 1) return fail_window(in, window, stride, padding);
    }
    return gan__layer_check_elements(out);
}

// --- Parameters ---------------------------------------------------------------------------------

// A weight (rows, columns, kernel, kernel) and a bias of so many channels, with PyTorch's fans: for
// a transposed convolution too, fan_in is what follows the first dimension.
static size_t declare_kernel(int64_t rows, int64_t columns, int64_t kernel, int64_t biases,
                             gan_layer_tensor *tensors) {
    const int64_t fan_in = columns * kernel * kernel, fan_out = rows * kernel * kernel;
    tensors[0] = (gan_layer_tensor){.name = "weight",
                                    .shape = GAN_SHAPE(rows, columns, kernel, kernel),
                                    .fan_in = fan_in,
                                    .fan_out = fan_out,
                                    .parametrized = true};
    if (biases == 0) return 1;
    tensors[1] = (gan_layer_tensor){.name = "bias",
                                    .shape = GAN_SHAPE(biases),
                                    .fan_in = fan_in,
                                    .fan_out = fan_out,
                                    .is_bias = true};
    return 2;
}

static size_t declare_convolution(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_layer *layer = site->layer;
    const int64_t channels = whole(layer, CHANNELS);
    const int64_t columns = site->in->size[0] / whole(layer, GROUPS);
    return declare_kernel(channels, columns, whole(layer, KERNEL),
                          layer->argument[BIAS] != 0 ? channels : 0, tensors);
}

static size_t declare_transposed(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_layer *layer = site->layer;
    const int64_t channels = whole(layer, CHANNELS);
    const int64_t biases = layer->argument[TRANSPOSED_BIAS] != 0 ? channels : 0;
    const size_t count = declare_kernel(site->in->size[0], channels / whole(layer, GROUPS),
                                        whole(layer, KERNEL), biases, tensors);
    tensors[0].output_axis = 1;
    return count;
}

// --- Nodes --------------------------------------------------------------------------------------

static gan_node *add_bias(gan_node *y, gan_node *bias) {
    if (!y || !bias) return NULL;
    const gan_shape channels = GAN_SHAPE(gan__node_shape(bias)->size[0], 1, 1, 1);
    return gan__add(y, gan__reshape(bias, &channels));
}

static gan_convolution_settings settings_of(const gan_layer *layer) {
    const int stride = whole(layer, STRIDE), padding = whole(layer, PADDING);
    const int dilation = whole(layer, DILATION);
    return (gan_convolution_settings){.stride = {stride, stride},
                                      .before = {padding, padding},
                                      .after = {padding, padding},
                                      .dilation = {dilation, dilation},
                                      .groups = whole(layer, GROUPS)};
}

static gan_node *build_convolution(const gan_layer_call *call, gan_node *x) {
    const gan_layer *layer = call->layer;
    const gan_convolution_settings settings = settings_of(layer);
    gan_node *y = gan__convolution(x, call->tensors[0], &settings);
    return layer->argument[BIAS] != 0 ? add_bias(y, call->tensors[1]) : y;
}

static gan_node *build_transposed(const gan_layer_call *call, gan_node *x) {
    const gan_layer *layer = call->layer;
    const gan_convolution_settings settings = settings_of(layer);
    const int extra = whole(layer, TRANSPOSED_OUTPUT_PADDING);
    gan_node *y =
        gan__transposed_convolution(x, call->tensors[0], &settings, (const int[2]){extra, extra});
    return layer->argument[TRANSPOSED_BIAS] != 0 ? add_bias(y, call->tensors[1]) : y;
}

// --- The table ----------------------------------------------------------------------------------

#define SIZE_MAX_ARGUMENT 1024

#define WHOLE(name, required, fallback, low, meaning)                                              \
    { name, GAN_LAYER_ARGUMENT_WHOLE, required, fallback, low, SIZE_MAX_ARGUMENT, meaning }
#define CHANNELS_ARGUMENT                                                                          \
    { "channels", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_LAYER_WHOLE_MAX, "output channels" }
#define KERNEL_ARGUMENT        WHOLE("kernel", true, 0, 1, "height and width of the kernel")
#define STRIDE_ARGUMENT        WHOLE("stride", false, 1, 1, "places between windows")
#define PADDING_ARGUMENT(what) WHOLE("padding", false, 0, 0, what)
#define DILATION_ARGUMENT      WHOLE("dilation", false, 1, 1, "places between a window's elements")
#define GROUPS_ARGUMENT        WHOLE("groups", false, 1, 1, "parts of the channels that do not meet")
#define BIAS_ARGUMENT                                                                              \
    { "bias", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1, "whether to add a bias" }
const gan_layer_kind gan__layers_convolution[] = {
    {.name = "convolution",
     .meaning = "each channel a sum over windows of the image, times weights",
     .arguments = {CHANNELS_ARGUMENT, KERNEL_ARGUMENT, STRIDE_ARGUMENT,
                   PADDING_ARGUMENT("zeros around the image"), DILATION_ARGUMENT, GROUPS_ARGUMENT,
                   BIAS_ARGUMENT},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_convolution,
     .declare = declare_convolution,
     .build = build_convolution},
    {.name = "transposed_convolution",
     .meaning = "the adjoint of a convolution: each element spread over a window",
     .arguments = {CHANNELS_ARGUMENT, KERNEL_ARGUMENT, STRIDE_ARGUMENT,
                   PADDING_ARGUMENT("rows and columns cut off around the image"), DILATION_ARGUMENT,
                   GROUPS_ARGUMENT,
                   WHOLE("output_padding", false, 0, 0, "rows and columns more, below and right"),
                   BIAS_ARGUMENT},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_transposed,
     .declare = declare_transposed,
     .build = build_transposed},
    {.name = NULL},
};
