// Layers of style-based generators (nn/layer_style.c), in ONNX. As there, it is the input that the
// style multiplies and the output that is demodulated, so weights are the same for all samples.
#include "convert/onnx_layer.h"
#include "nn/blur.h"

static bool is_set(const gan_onnx_layer *at, const char *name) {
    return gan__onnx_argument(at, name) != 0;
}

// --- Smoothing -----------------------------------------------------------------------------------
// (1, 1, size, size): binomial coefficients along both axes, all of which come to `gain`.
static gan_onnx_value binomial(gan_onnx_graph *graph, int size, double gain) {
    const int64_t shape[] = {1, 1, size, size};
    double row[GAN_BLUR_SIZE_MAX] = {1};
    float taps[GAN_BLUR_SIZE_MAX * GAN_BLUR_SIZE_MAX];
    for (int n = 1; n < size; n++)
        for (int i = n; i >= 0; i--) row[i] = (row[i] + (i > 0 ? row[i - 1] : 0)) / 2;
    for (int i = 0; i < size * size; i++) taps[i] = (float)(gain * row[i / size] * row[i % size]);
    return gan__onnx_reshape(graph, gan__onnx_floats(graph, taps, size * size), shape, 4);
}

// Each channel by itself, as an image of one channel: their number need not be known then.
static gan_onnx_value blurred(const gan_onnx_layer *at, gan_onnx_value x, int size, int64_t padding,
                              double gain) {
    const int64_t planes[] = {-1, 1}, pads[] = {padding, padding, padding, padding};
    gan_onnx_graph *const graph = at->graph;
    gan_onnx_value filter = binomial(graph, size, gain);
    gan_onnx_value y =
        gan__onnx_binary(graph, "Reshape", x, gan__onnx_sizes(graph, planes, 2, x, 2));
    y.rank = 4;
    gan__onnx_begin(graph, "Conv");
    gan__onnx_input(graph, &y);
    gan__onnx_input(graph, &filter);
    gan__onnx_ints(graph, "pads", pads, 4);
    y = gan__onnx_end(graph, 4);
    gan_onnx_value shape =
        gan__onnx_join(graph, gan__onnx_shape(graph, x, 0, 2), gan__onnx_shape(graph, y, 2, 4));
    y = gan__onnx_binary(graph, "Reshape", y, shape);
    y.rank = 4;
    return y;
}

static gan_onnx_value put_blur(const gan_onnx_layer *at, gan_onnx_value x) {
    return blurred(at, x, (int)gan__onnx_argument(at, "size"),
                   (int64_t)gan__onnx_argument(at, "padding"), 1);
}

// --- Modulated convolutions ----------------------------------------------------------------------
// (batch, features) as (batch, features, 1, 1).
static gan_onnx_value spread(gan_onnx_graph *graph, gan_onnx_value x) {
    const int64_t planes[] = {0, -1, 1, 1};
    return gan__onnx_reshape(graph, x, planes, 4);
}

// x times the transpose of the matrix, or the matrix itself; `bias` may be NULL.
static gan_onnx_value product(gan_onnx_graph *graph, gan_onnx_value x, gan_onnx_value matrix,
                              const gan_onnx_value *bias, bool transposed) {
    gan__onnx_begin(graph, "Gemm");
    gan__onnx_input(graph, &x);
    gan__onnx_input(graph, &matrix);
    if (bias) gan__onnx_input(graph, bias);
    gan__onnx_int(graph, "transB", transposed);
    return gan__onnx_end(graph, 2);
}

// The image in its new size, by the weights as they are.
static gan_onnx_value convolved(const gan_onnx_layer *at, gan_onnx_value x, gan_onnx_value weight) {
    const int64_t kernel = (int64_t)gan__onnx_argument(at, "kernel"), strides[] = {2, 2};
    const int64_t half = kernel / 2, pads[] = {half, half, half, half};
    const bool up = is_set(at, "upsample");
    gan__onnx_begin(at->graph, up ? "ConvTranspose" : "Conv");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (up)
        gan__onnx_ints(at->graph, "strides", strides, 2);
    else
        gan__onnx_ints(at->graph, "pads", pads, 4);
    const gan_onnx_value y = gan__onnx_end(at->graph, 4);
    return up ? blurred(at, y, 4, (5 - kernel) / 2, 4) : y;
}

// (batch, out, 1, 1): the norm of each output channel's weights times the style.
static gan_onnx_value modulated_norm(const gan_onnx_layer *at, gan_onnx_value weight,
                                     gan_onnx_value style) {
    const int64_t window[] = {2, 3};
    gan_onnx_graph *const graph = at->graph;
    gan_onnx_value axes = gan__onnx_wholes(graph, window, 2);
    const gan_onnx_value squares = gan__onnx_binary(graph, "Mul", weight, weight);
    gan__onnx_begin(graph, "ReduceSum");
    gan__onnx_input(graph, &squares);
    gan__onnx_input(graph, &axes);
    gan__onnx_int(graph, "keepdims", 0);
    const gan_onnx_value sums = gan__onnx_end(graph, 2);
    gan_onnx_value y = gan__onnx_binary(graph, "Mul", style, style);
    y = product(graph, y, sums, NULL, !is_set(at, "upsample"));
    y = gan__onnx_binary(graph, "Add", y, gan__onnx_scalar(graph, 1e-8));
    return spread(graph, gan__onnx_unary(graph, "Sqrt", y));
}

static gan_onnx_value put_modulated(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t channels[] = {-1, 1, 1};
    bool biased;
    gan_onnx_graph *const graph = at->graph;
    const gan_onnx_value weight = gan__onnx_need(at, "weight");
    const gan_onnx_value bias = gan__onnx_may(at, "bias", &biased);
    const gan_onnx_value shift = gan__onnx_need(at, "affine.bias");
    const gan_onnx_value style =
        product(graph, *at->condition, gan__onnx_need(at, "affine.weight"), &shift, true);
    gan_onnx_value y =
        convolved(at, gan__onnx_binary(graph, "Mul", x, spread(graph, style)), weight);
    if (is_set(at, "demodulate"))
        y = gan__onnx_binary(graph, "Div", y, modulated_norm(at, weight, style));
    if (!biased) return y;
    return gan__onnx_binary(graph, "Add", y, gan__onnx_reshape(graph, bias, channels, 3));
}

// --- Noise and constants -------------------------------------------------------------------------
// Outside training every sample has the same plane of it.
static gan_onnx_value put_pixel_noise(const gan_onnx_layer *at, gan_onnx_value x) {
    const gan_onnx_value strength = gan__onnx_need(at, "strength");
    const gan_onnx_value plane = gan__onnx_need(at, "plane");
    return gan__onnx_binary(at->graph, "Add", x,
                            gan__onnx_binary(at->graph, "Mul", plane, strength));
}

// Once for each sample of x.
static gan_onnx_value put_constant(const gan_onnx_layer *at, gan_onnx_value x) {
    const gan_onnx_value weight = gan__onnx_need(at, "weight");
    const gan_onnx_value shape = gan__onnx_join(at->graph, gan__onnx_shape(at->graph, x, 0, 1),
                                                gan__onnx_shape(at->graph, weight, 0, weight.rank));
    gan_onnx_value y = gan__onnx_binary(at->graph, "Expand", weight, shape);
    y.rank = weight.rank + 1;
    return y;
}

const gan_onnx_row gan__onnx_rows_style[] = {
    {"modulated_convolution", put_modulated},
    {"pixel_noise", put_pixel_noise},
    {"constant", put_constant},
    {"blur", put_blur},
    {NULL, NULL},
};
