// Layers that join several values, in ONNX: with an earlier layer's output, of two branches, of all
// pixels.
#include "convert/onnx_layer.h"

// The earlier layer's output; a vector as (batch, features, 1, 1) where x is an image.
static gan_onnx_value other_of(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t planes[] = {0, 0, 1, 1};
    gan_onnx_value other = at->outputs[(int64_t)gan__onnx_argument(at, "layer")];
    return other.rank < x.rank ? gan__onnx_reshape(at->graph, other, planes, x.rank) : other;
}

static gan_onnx_value put_concat(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t one_plane[] = {1, 1};
    const bool spread = at->outputs[(int64_t)gan__onnx_argument(at, "layer")].rank < x.rank;
    gan_onnx_value other = other_of(at, x);
    if (spread)
        other = gan__onnx_binary(at->graph, "Expand", other,
                                 gan__onnx_sizes(at->graph, one_plane, 2, x, 2));
    gan__onnx_begin(at->graph, "Concat");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &other);
    gan__onnx_int(at->graph, "axis", 1);
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_add(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_binary(at->graph, "Add", x, other_of(at, x));
}

static gan_onnx_value put_multiply(const gan_onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_binary(at->graph, "Mul", x, other_of(at, x));
}

static gan_onnx_value put_take(const gan_onnx_layer *at, gan_onnx_value x) {
    (void)x;
    return at->outputs[(int64_t)gan__onnx_argument(at, "layer")];
}

// What its layers make of x, plus x or what its skip makes of it.
static gan_onnx_value put_residual(const gan_onnx_layer *at, gan_onnx_value x) {
    gan_onnx_value inner = gan__onnx_list(at, 0, x), skip = gan__onnx_list(at, 1, x);
    return gan__onnx_binary(at->graph, "Add", inner, skip);
}

// --- Self-attention ------------------------------------------------------------------------------
static gan_onnx_value projected(const gan_onnx_layer *at, const char *name, gan_onnx_value x) {
    gan_onnx_value weight = gan__onnx_need(at, name);
    return gan__onnx_binary(at->graph, "Conv", x, weight);
}

// The largest of each 2x2 block, where blocks answer; as (batch, features, pixels).
static gan_onnx_value answering(const gan_onnx_layer *at, const char *name, gan_onnx_value x) {
    const int64_t block[] = {2, 2}, flat[] = {0, 0, -1};
    gan_onnx_value y = projected(at, name, x);
    if (gan__onnx_argument(at, "pool") != 0) {
        gan__onnx_begin(at->graph, "MaxPool");
        gan__onnx_input(at->graph, &y);
        gan__onnx_ints(at->graph, "kernel_shape", block, 2);
        gan__onnx_ints(at->graph, "strides", block, 2);
        y = gan__onnx_end(at->graph, 4);
    }
    return gan__onnx_reshape(at->graph, y, flat, 3);
}

static gan_onnx_value put_attention(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t flat[] = {0, 0, -1}, turned[] = {0, 2, 1}, same[] = {0, 0};
    gan_onnx_graph *graph = at->graph;
    gan_onnx_value theta = gan__onnx_reshape(graph, projected(at, "theta.weight", x), flat, 3);
    gan_onnx_value phi = answering(at, "phi.weight", x), g = answering(at, "g.weight", x);
    gan_onnx_value scores =
        gan__onnx_binary(graph, "MatMul", gan__onnx_transpose(graph, theta, turned), phi);
    gan__onnx_begin(graph, "Softmax");
    gan__onnx_input(graph, &scores);
    gan__onnx_int(graph, "axis", 2);
    gan_onnx_value weights = gan__onnx_transpose(graph, gan__onnx_end(graph, 3), turned);
    gan_onnx_value y = gan__onnx_binary(graph, "MatMul", g, weights);
    y = gan__onnx_binary(graph, "Reshape", y, gan__onnx_sizes(graph, same, 2, x, 2));
    y.rank = 4;
    y = projected(at, "o.weight", y);
    y = gan__onnx_binary(graph, "Mul", y, gan__onnx_need(at, "gamma"));
    return gan__onnx_binary(graph, "Add", x, y);
}

const gan_onnx_row gan__onnx_rows_joint[] = {
    {"concat", put_concat}, {"add", put_add},           {"multiply", put_multiply},
    {"take", put_take},     {"residual", put_residual}, {"self_attention", put_attention},
    {NULL, NULL},
};
