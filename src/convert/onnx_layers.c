// What each layer is in ONNX: one row a kind. Layers that act in training only are their input.
#include "base/memory.h"
#include "convert/onnx_layer.h"

#include <string.h>

static int64_t whole(const gan_onnx_layer *at, const char *name) {
    return (int64_t)gan__onnx_argument(at, name);
}

// --- Linear layers -------------------------------------------------------------------------------
static gan_onnx_value flattened(gan_onnx_graph *graph, gan_onnx_value x) {
    if (x.rank == 2) return x;
    gan_onnx_value y = gan__onnx_unary(graph, "Flatten", x); // axis 1: behind the batch
    y.rank = 2;
    return y;
}

static gan_onnx_value put_dense(const gan_onnx_layer *at, gan_onnx_value x) {
    bool has_bias;
    gan_onnx_value weight = gan__onnx_need(at, "weight"),
                   bias = gan__onnx_may(at, "bias", &has_bias);
    x = flattened(at->graph, x);
    gan__onnx_begin(at->graph, "Gemm");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (has_bias) gan__onnx_input(at->graph, &bias);
    gan__onnx_int(at->graph, "transB", 1);
    return gan__onnx_end(at->graph, 2);
}

static gan_onnx_value put_maxout(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t pieces[] = {0, whole(at, "units"), whole(at, "pieces")}, axis = 2;
    x = gan__onnx_reshape(at->graph, put_dense(at, x), pieces, 3);
    gan__onnx_begin(at->graph, "ReduceMax");
    gan__onnx_input(at->graph, &x);
    gan__onnx_ints(at->graph, "axes", &axis, 1);
    gan__onnx_int(at->graph, "keepdims", 0);
    return gan__onnx_end(at->graph, 2);
}

// --- Layers on images ----------------------------------------------------------------------------
static void put_pair(gan_onnx_graph *graph, const char *name, int64_t value) {
    const int64_t pair[] = {value, value};
    gan__onnx_ints(graph, name, pair, 2);
}

static void put_pads(gan_onnx_graph *graph, int64_t padding) {
    const int64_t pads[] = {padding, padding, padding, padding};
    gan__onnx_ints(graph, "pads", pads, 4);
}

// What Conv and ConvTranspose have in common.
static void put_windows(const gan_onnx_layer *at, const char *operation, gan_onnx_value x) {
    bool has_bias;
    gan_onnx_value weight = gan__onnx_need(at, "weight"),
                   bias = gan__onnx_may(at, "bias", &has_bias);
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (has_bias) gan__onnx_input(at->graph, &bias);
    put_pair(at->graph, "kernel_shape", whole(at, "kernel"));
    put_pair(at->graph, "strides", whole(at, "stride"));
    put_pads(at->graph, whole(at, "padding"));
}

static void put_groups(const gan_onnx_layer *at) {
    gan__onnx_int(at->graph, "group", whole(at, "groups"));
    put_pair(at->graph, "dilations", whole(at, "dilation"));
}

static gan_onnx_value put_convolution(const gan_onnx_layer *at, gan_onnx_value x) {
    put_windows(at, "Conv", x);
    put_groups(at);
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_transposed(const gan_onnx_layer *at, gan_onnx_value x) {
    put_windows(at, "ConvTranspose", x);
    put_pair(at->graph, "output_padding", whole(at, "output_padding"));
    if (whole(at, "groups") > 1 || whole(at, "dilation") > 1) put_groups(at);
    return gan__onnx_end(at->graph, 4);
}

// Of a sequence, which is an image of height 1.
static gan_onnx_value put_convolution_1d(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t height = 2, kernel[] = {1, whole(at, "kernel")},
                  strides[] = {1, whole(at, "stride")};
    const int64_t dilations[] = {1, whole(at, "dilation")}, padding = whole(at, "padding");
    const int64_t pads[] = {0, padding, 0, padding};
    bool has_bias;
    gan_onnx_value weight = gan__onnx_need(at, "weight"),
                   bias = gan__onnx_may(at, "bias", &has_bias);
    weight =
        gan__onnx_binary(at->graph, "Unsqueeze", weight, gan__onnx_wholes(at->graph, &height, 1));
    gan__onnx_begin(at->graph, "Conv");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (has_bias) gan__onnx_input(at->graph, &bias);
    gan__onnx_ints(at->graph, "kernel_shape", kernel, 2);
    gan__onnx_ints(at->graph, "strides", strides, 2);
    gan__onnx_ints(at->graph, "dilations", dilations, 2);
    gan__onnx_ints(at->graph, "pads", pads, 4);
    gan__onnx_int(at->graph, "group", whole(at, "groups"));
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_pool(const gan_onnx_layer *at, const char *operation, gan_onnx_value x) {
    const int64_t size = whole(at, "size"), stride = whole(at, "stride");
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    put_pair(at->graph, "kernel_shape", size);
    put_pair(at->graph, "strides", stride ? stride : size);
    put_pads(at->graph, whole(at, "padding"));
    if (operation[0] == 'A') gan__onnx_int(at->graph, "count_include_pad", 1);
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_average_pool(const gan_onnx_layer *at, gan_onnx_value x) {
    return put_pool(at, "AveragePool", x);
}

static gan_onnx_value put_max_pool(const gan_onnx_layer *at, gan_onnx_value x) {
    return put_pool(at, "MaxPool", x);
}

static gan_onnx_value put_upsample(const gan_onnx_layer *at, gan_onnx_value x) {
    const float factor = (float)gan__onnx_argument(at, "factor"), scales[] = {1, 1, factor, factor};
    const bool bilinear = gan__onnx_argument(at, "bilinear") != 0;
    gan_onnx_value scale = gan__onnx_floats(at->graph, scales, 4);
    gan__onnx_begin(at->graph, "Resize");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, NULL); // no region of interest
    gan__onnx_input(at->graph, &scale);
    gan__onnx_string(at->graph, "mode", bilinear ? "linear" : "nearest");
    gan__onnx_string(at->graph, "coordinate_transformation_mode",
                     bilinear ? "half_pixel" : "asymmetric");
    if (!bilinear) gan__onnx_string(at->graph, "nearest_mode", "floor");
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_global_pool(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t pixels[] = {2, 3};
    const bool sum = gan__onnx_argument(at, "sum") != 0;
    gan_onnx_value axes = sum ? gan__onnx_wholes(at->graph, pixels, 2) : x;
    gan__onnx_begin(at->graph, sum ? "ReduceSum" : "ReduceMean");
    gan__onnx_input(at->graph, &x);
    if (sum) { // which takes its axes as an input already
        gan__onnx_input(at->graph, &axes);
    } else {
        gan__onnx_ints(at->graph, "axes", pixels, 2);
    }
    gan__onnx_int(at->graph, "keepdims", 0);
    return gan__onnx_end(at->graph, 2);
}

// --- Normalisation -------------------------------------------------------------------------------
// A constant vector of as many elements as `like` has.
static gan_onnx_value constant_like(const gan_onnx_layer *at, const char *like, float value) {
    const int64_t count = gan__onnx_elements(at, like);
    void *values = NULL;
    if (gan__alloc((size_t)count, sizeof(float), &values) != GAN_STATUS_OK) {
        *at->status = GAN_STATUS_NO_MEMORY;
        return (gan_onnx_value){0};
    }
    for (int64_t i = 0; i < count; i++) ((float *)values)[i] = value;
    gan_onnx_value constant = gan__onnx_floats(at->graph, values, count);
    gan__free(values);
    return constant;
}

static gan_onnx_value own_or(const gan_onnx_layer *at, bool own, const char *name, float value) {
    bool has = false;
    gan_onnx_value tensor = own ? gan__onnx_may(at, name, &has) : (gan_onnx_value){0};
    return has ? tensor : constant_like(at, "running_mean", value);
}

gan_onnx_value gan__onnx_normalised(const gan_onnx_layer *at, gan_onnx_value x, bool own) {
    gan_onnx_value scale = own_or(at, own, "weight", 1), shift = own_or(at, own, "bias", 0);
    gan_onnx_value mean = gan__onnx_need(at, "running_mean");
    gan_onnx_value variance = gan__onnx_need(at, "running_var");
    gan__onnx_begin(at->graph, "BatchNormalization");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &scale);
    gan__onnx_input(at->graph, &shift);
    gan__onnx_input(at->graph, &mean);
    gan__onnx_input(at->graph, &variance);
    gan__onnx_float(at->graph, "epsilon", gan__onnx_argument(at, "epsilon"));
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_batch_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_normalised(at, x, true);
}

// --- Activations ---------------------------------------------------------------------------------
static gan_onnx_value put_relu(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Relu", x);
}

static gan_onnx_value put_tanh(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Tanh", x);
}

static gan_onnx_value put_sigmoid(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Sigmoid", x);
}

static gan_onnx_value put_softplus(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Softplus", x);
}

static gan_onnx_value put_selu(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Selu", x); // its two constants are the operator's defaults
}

static gan_onnx_value put_with_alpha(const gan_onnx_layer *at, const char *operation,
                                     gan_onnx_value x, const char *name) {
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    gan__onnx_float(at->graph, "alpha", gan__onnx_argument(at, name));
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_leaky_relu(const gan_onnx_layer *at, gan_onnx_value x) {
    return put_with_alpha(at, "LeakyRelu", x, "slope");
}

static gan_onnx_value put_elu(const gan_onnx_layer *at, gan_onnx_value x) {
    return put_with_alpha(at, "Elu", x, "alpha");
}

static gan_onnx_value put_silu(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_binary(at->graph, "Mul", x, gan__onnx_unary(at->graph, "Sigmoid", x));
}

static gan_onnx_value times(gan_onnx_graph *graph, gan_onnx_value x, double factor) {
    return gan__onnx_binary(graph, "Mul", x, gan__onnx_scalar(graph, factor));
}

// x / 2 (1 + erf(x / sqrt 2)): the operator Gelu is of a later opset.
static gan_onnx_value put_gelu(const gan_onnx_layer *at, gan_onnx_value x) {
    gan_onnx_value y =
        gan__onnx_unary(at->graph, "Erf", times(at->graph, x, 0.70710678118654752440));
    y = gan__onnx_binary(at->graph, "Add", y, gan__onnx_scalar(at->graph, 1));
    return gan__onnx_binary(at->graph, "Mul", times(at->graph, x, 0.5), y);
}

static gan_onnx_value put_softmax(const gan_onnx_layer *at, gan_onnx_value x) {
    gan__onnx_begin(at->graph, "Softmax");
    gan__onnx_input(at->graph, &x);
    gan__onnx_int(at->graph, "axis", 1);
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_scale(const gan_onnx_layer *at, gan_onnx_value x) {
    return times(at->graph, x, gan__onnx_argument(at, "factor"));
}

// --- Views, and layers of training ---------------------------------------------------------------
static gan_onnx_value put_reshape(const gan_onnx_layer *at, gan_onnx_value x) {
    int64_t size[4] = {0};
    const gan_shape *shape = &at->layer->shape;
    memcpy(size + 1, shape->size, (size_t)shape->rank * sizeof size[0]);
    return gan__onnx_reshape(at->graph, x, size, shape->rank + 1);
}

static gan_onnx_value put_flatten(const gan_onnx_layer *at, gan_onnx_value x) {
    return flattened(at->graph, x);
}

static gan_onnx_value put_nothing(const gan_onnx_layer *at, gan_onnx_value x) {
    (void)at;
    return x;
}

// --- The table -----------------------------------------------------------------------------------
const gan_onnx_row gan__onnx_rows_plain[] = {
    {"dense", put_dense},
    {"maxout", put_maxout},
    {"convolution", put_convolution},
    {"convolution_1d", put_convolution_1d},
    {"transposed_convolution", put_transposed},
    {"average_pool", put_average_pool},
    {"max_pool", put_max_pool},
    {"upsample", put_upsample},
    {"global_pool", put_global_pool},
    {"batch_norm", put_batch_norm},
    {"relu", put_relu},
    {"leaky_relu", put_leaky_relu},
    {"tanh", put_tanh},
    {"sigmoid", put_sigmoid},
    {"softplus", put_softplus},
    {"elu", put_elu},
    {"selu", put_selu},
    {"gelu", put_gelu},
    {"silu", put_silu},
    {"softmax", put_softmax},
    {"scale", put_scale},
    {"reshape", put_reshape},
    {"flatten", put_flatten},
    {"dropout", put_nothing},
    {"noise", put_nothing},
    {NULL, NULL},
};
