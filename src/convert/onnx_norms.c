// Layers that normalise within each sample, in ONNX. They are composed of means, as the operators
// for them are of later opsets, or want a scale where the layer has none.
#include "convert/onnx_layer.h"

// (x - mean) / sqrt(variance + epsilon) over some axes
static gan_onnx_value standardised(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *axes,
                                   int count, double epsilon) {
    gan_onnx_value centred =
        gan__onnx_binary(graph, "Sub", x, gan__onnx_mean(graph, x, axes, count));
    gan_onnx_value y = gan__onnx_binary(graph, "Mul", centred, centred);
    y = gan__onnx_mean(graph, y, axes, count);
    y = gan__onnx_binary(graph, "Add", y, gan__onnx_scalar(graph, epsilon));
    return gan__onnx_binary(graph, "Div", centred, gan__onnx_unary(graph, "Sqrt", y));
}

// The layer's tensor, in the shape that meets x's: one value a channel, or one an element.
static gan_onnx_value for_elements(const gan_onnx_layer *at, const char *name, gan_onnx_value x,
                                   bool *has) {
    const int64_t channels[] = {-1, 1, 1};
    gan_onnx_value tensor = gan__onnx_may(at, name, has);
    if (!*has || tensor.rank == x.rank - 1) return tensor;
    return gan__onnx_reshape(at->graph, tensor, channels, 3);
}

static gan_onnx_value scaled_and_shifted(const gan_onnx_layer *at, gan_onnx_value y) {
    bool scaled, shifted;
    gan_onnx_value scale = for_elements(at, "weight", y, &scaled);
    gan_onnx_value shift = for_elements(at, "bias", y, &shifted);
    if (scaled) y = gan__onnx_binary(at->graph, "Mul", y, scale);
    return shifted ? gan__onnx_binary(at->graph, "Add", y, shift) : y;
}

static gan_onnx_value put_layer_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t axes[] = {1, 2, 3};
    const double epsilon = gan__onnx_argument(at, "epsilon");
    return scaled_and_shifted(at, standardised(at->graph, x, axes, x.rank - 1, epsilon));
}

static gan_onnx_value put_group_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t apart[] = {0, (int64_t)gan__onnx_argument(at, "groups"), -1}, axis = 2;
    const int64_t batch = 0;
    gan_onnx_value shape = gan__onnx_sizes(at->graph, &batch, 1, x, 1);
    gan_onnx_value y = gan__onnx_reshape(at->graph, x, apart, 3);
    y = standardised(at->graph, y, &axis, 1, gan__onnx_argument(at, "epsilon"));
    y = gan__onnx_binary(at->graph, "Reshape", y, shape);
    y.rank = x.rank;
    return scaled_and_shifted(at, y);
}

static gan_onnx_value put_instance_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t pixels[] = {2, 3};
    const double epsilon = gan__onnx_argument(at, "epsilon");
    return scaled_and_shifted(at, standardised(at->graph, x, pixels, 2, epsilon));
}

static gan_onnx_value put_pixel_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t features = 1;
    gan_onnx_value y = gan__onnx_binary(at->graph, "Mul", x, x);
    y = gan__onnx_mean(at->graph, y, &features, 1);
    y = gan__onnx_binary(at->graph, "Add", y,
                         gan__onnx_scalar(at->graph, gan__onnx_argument(at, "epsilon")));
    return gan__onnx_binary(at->graph, "Div", x, gan__onnx_unary(at->graph, "Sqrt", y));
}

const gan_onnx_row gan__onnx_rows_norm[] = {
    {"layer_norm", put_layer_norm},
    {"group_norm", put_group_norm},
    {"instance_norm", put_instance_norm},
    {"pixel_norm", put_pixel_norm},
    {NULL, NULL},
};
