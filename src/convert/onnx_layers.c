// What each layer is in ONNX: one row a kind. Layers that act in training only are their input.
#include "base/memory.h"
#include "convert/onnx.h"

#include <stdio.h>
#include <string.h>

enum { PATH_MAX_LENGTH = 64 };

typedef struct onnx_network {
    gan_onnx_graph *graph;
    const gan_network *network;
    bool *used; // of its parameters, then of its buffers
    gan_status status;
} onnx_network;

// A layer in its place.
typedef struct onnx_layer {
    onnx_network *network;
    gan_onnx_graph *graph;
    const gan_layer *layer;
    char path[PATH_MAX_LENGTH];    // before the names of its tensors: "3"
    const gan_onnx_value *outputs; // outputs[i]: of layer i; outputs[-1]: the network's input
} onnx_layer;

// --- What a layer has ----------------------------------------------------------------------------
static double argument(const onnx_layer *at, const char *name) {
    const gan_layer_argument *arguments = at->layer->kind->arguments;
    for (size_t i = 0; arguments[i].name; i++) {
        if (strcmp(arguments[i].name, name) == 0) return at->layer->argument[i];
    }
    return 0;
}

static int64_t whole(const onnx_layer *at, const char *name) {
    return (int64_t)argument(at, name);
}

// Its tensor of that name, marked as used; NULL where it has none.
static const gan_tensor *find_tensor(const onnx_layer *at, const char *name, bool *buffer) {
    const gan_network *network = at->network->network;
    const size_t parameters = gan__network_parameter_count(network);
    const size_t count = parameters + gan__network_buffer_count(network);
    char full[2 * PATH_MAX_LENGTH];
    snprintf(full, sizeof full, "%s.%s", at->path, name);
    for (size_t i = 0; i < count; i++) {
        *buffer = i >= parameters;
        const gan_tensor *tensor = *buffer ? gan__network_buffer(network, i - parameters)
                                           : gan__network_parameter(network, i);
        if (strcmp(tensor->name, full) != 0) continue;
        at->network->used[i] = true;
        return tensor;
    }
    return NULL;
}

// A tensor that the layer cannot be without.
static gan_onnx_value need_tensor(const onnx_layer *at, const char *name) {
    bool buffer;
    const gan_tensor *tensor = find_tensor(at, name, &buffer);
    if (tensor) return gan__onnx_tensor(at->graph, tensor, buffer);
    at->network->status = gan__fail(GAN_STATUS_BAD_INPUT,
                                    "its %s is computed from others, which has no form in ONNX "
                                    "here",
                                    name);
    return (gan_onnx_value){0};
}

// A tensor that it may lack; *has says whether it has it.
static gan_onnx_value may_tensor(const onnx_layer *at, const char *name, bool *has) {
    bool buffer;
    const gan_tensor *tensor = find_tensor(at, name, &buffer);
    *has = tensor != NULL;
    return tensor ? gan__onnx_tensor(at->graph, tensor, buffer) : (gan_onnx_value){0};
}

// --- Linear layers -------------------------------------------------------------------------------
static gan_onnx_value flattened(gan_onnx_graph *graph, gan_onnx_value x) {
    if (x.rank == 2) return x;
    gan_onnx_value y = gan__onnx_unary(graph, "Flatten", x); // axis 1: behind the batch
    y.rank = 2;
    return y;
}

static gan_onnx_value put_dense(const onnx_layer *at, gan_onnx_value x) {
    bool has_bias;
    gan_onnx_value weight = need_tensor(at, "weight"), bias = may_tensor(at, "bias", &has_bias);
    x = flattened(at->graph, x);
    gan__onnx_begin(at->graph, "Gemm");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (has_bias) gan__onnx_input(at->graph, &bias);
    gan__onnx_int(at->graph, "transB", 1);
    return gan__onnx_end(at->graph, 2);
}

static gan_onnx_value put_maxout(const onnx_layer *at, gan_onnx_value x) {
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

static gan_onnx_value put_windows(const onnx_layer *at, const char *operation, gan_onnx_value x,
                                  const char *extra, int64_t value, bool pair) {
    bool has_bias;
    gan_onnx_value weight = need_tensor(at, "weight"), bias = may_tensor(at, "bias", &has_bias);
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &weight);
    if (has_bias) gan__onnx_input(at->graph, &bias);
    put_pair(at->graph, "kernel_shape", whole(at, "kernel"));
    put_pair(at->graph, "strides", whole(at, "stride"));
    put_pads(at->graph, whole(at, "padding"));
    if (pair) {
        put_pair(at->graph, extra, value);
    } else {
        gan__onnx_int(at->graph, extra, value);
        put_pair(at->graph, "dilations", whole(at, "dilation"));
    }
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_convolution(const onnx_layer *at, gan_onnx_value x) {
    return put_windows(at, "Conv", x, "group", whole(at, "groups"), false);
}

static gan_onnx_value put_transposed(const onnx_layer *at, gan_onnx_value x) {
    return put_windows(at, "ConvTranspose", x, "output_padding", whole(at, "output_padding"), true);
}

static gan_onnx_value put_pool(const onnx_layer *at, const char *operation, gan_onnx_value x) {
    const int64_t size = whole(at, "size"), stride = whole(at, "stride");
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    put_pair(at->graph, "kernel_shape", size);
    put_pair(at->graph, "strides", stride ? stride : size);
    put_pads(at->graph, whole(at, "padding"));
    if (operation[0] == 'A') gan__onnx_int(at->graph, "count_include_pad", 1);
    return gan__onnx_end(at->graph, 4);
}

static gan_onnx_value put_average_pool(const onnx_layer *at, gan_onnx_value x) {
    return put_pool(at, "AveragePool", x);
}

static gan_onnx_value put_max_pool(const onnx_layer *at, gan_onnx_value x) {
    return put_pool(at, "MaxPool", x);
}

static gan_onnx_value put_upsample(const onnx_layer *at, gan_onnx_value x) {
    const float factor = (float)argument(at, "factor"), scales[] = {1, 1, factor, factor};
    const bool bilinear = argument(at, "bilinear") != 0;
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

// --- Normalisation -------------------------------------------------------------------------------
// The layer's tensor, or a constant vector of as many elements as `like` has.
static gan_onnx_value tensor_or(const onnx_layer *at, const char *name, const char *like,
                                float value) {
    bool has, buffer;
    gan_onnx_value tensor = may_tensor(at, name, &has);
    const gan_tensor *other = has ? NULL : find_tensor(at, like, &buffer);
    void *values = NULL;
    if (has || !other) return tensor;
    if (gan__alloc((size_t)other->elements, sizeof(float), &values) != GAN_STATUS_OK) {
        at->network->status = GAN_STATUS_NO_MEMORY;
        return tensor;
    }
    for (int64_t i = 0; i < other->elements; i++) ((float *)values)[i] = value;
    tensor = gan__onnx_floats(at->graph, values, other->elements);
    gan__free(values);
    return tensor;
}

static gan_onnx_value put_batch_norm(const onnx_layer *at, gan_onnx_value x) {
    gan_onnx_value scale = tensor_or(at, "weight", "running_mean", 1);
    gan_onnx_value shift = tensor_or(at, "bias", "running_mean", 0);
    gan_onnx_value mean = need_tensor(at, "running_mean"),
                   variance = need_tensor(at, "running_var");
    gan__onnx_begin(at->graph, "BatchNormalization");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &scale);
    gan__onnx_input(at->graph, &shift);
    gan__onnx_input(at->graph, &mean);
    gan__onnx_input(at->graph, &variance);
    gan__onnx_float(at->graph, "epsilon", argument(at, "epsilon"));
    return gan__onnx_end(at->graph, x.rank);
}

// --- Activations ---------------------------------------------------------------------------------
static gan_onnx_value put_relu(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Relu", x);
}

static gan_onnx_value put_tanh(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Tanh", x);
}

static gan_onnx_value put_sigmoid(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Sigmoid", x);
}

static gan_onnx_value put_softplus(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Softplus", x);
}

static gan_onnx_value put_selu(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_unary(at->graph, "Selu", x); // its two constants are the operator's defaults
}

static gan_onnx_value put_with_alpha(const onnx_layer *at, const char *operation, gan_onnx_value x,
                                     const char *name) {
    gan__onnx_begin(at->graph, operation);
    gan__onnx_input(at->graph, &x);
    gan__onnx_float(at->graph, "alpha", argument(at, name));
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_leaky_relu(const onnx_layer *at, gan_onnx_value x) {
    return put_with_alpha(at, "LeakyRelu", x, "slope");
}

static gan_onnx_value put_elu(const onnx_layer *at, gan_onnx_value x) {
    return put_with_alpha(at, "Elu", x, "alpha");
}

static gan_onnx_value put_silu(const onnx_layer *at, gan_onnx_value x) {
    return gan__onnx_binary(at->graph, "Mul", x, gan__onnx_unary(at->graph, "Sigmoid", x));
}

static gan_onnx_value times(gan_onnx_graph *graph, gan_onnx_value x, double factor) {
    return gan__onnx_binary(graph, "Mul", x, gan__onnx_scalar(graph, factor));
}

// x / 2 (1 + erf(x / sqrt 2)): the operator Gelu is of a later opset.
static gan_onnx_value put_gelu(const onnx_layer *at, gan_onnx_value x) {
    gan_onnx_value y =
        gan__onnx_unary(at->graph, "Erf", times(at->graph, x, 0.70710678118654752440));
    y = gan__onnx_binary(at->graph, "Add", y, gan__onnx_scalar(at->graph, 1));
    return gan__onnx_binary(at->graph, "Mul", times(at->graph, x, 0.5), y);
}

static gan_onnx_value put_softmax(const onnx_layer *at, gan_onnx_value x) {
    gan__onnx_begin(at->graph, "Softmax");
    gan__onnx_input(at->graph, &x);
    gan__onnx_int(at->graph, "axis", 1);
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_scale(const onnx_layer *at, gan_onnx_value x) {
    return times(at->graph, x, argument(at, "factor"));
}

// --- Views, and layers of training ---------------------------------------------------------------
static gan_onnx_value put_reshape(const onnx_layer *at, gan_onnx_value x) {
    int64_t size[4] = {0};
    const gan_shape *shape = &at->layer->shape;
    memcpy(size + 1, shape->size, (size_t)shape->rank * sizeof size[0]);
    return gan__onnx_reshape(at->graph, x, size, shape->rank + 1);
}

static gan_onnx_value put_flatten(const onnx_layer *at, gan_onnx_value x) {
    return flattened(at->graph, x);
}

static gan_onnx_value put_concat(const onnx_layer *at, gan_onnx_value x) {
    gan__onnx_begin(at->graph, "Concat");
    gan__onnx_input(at->graph, &x);
    gan__onnx_input(at->graph, &at->outputs[whole(at, "layer")]);
    gan__onnx_int(at->graph, "axis", 1);
    return gan__onnx_end(at->graph, x.rank);
}

static gan_onnx_value put_nothing(const onnx_layer *at, gan_onnx_value x) {
    (void)at;
    return x;
}

// --- The table -----------------------------------------------------------------------------------
static const struct {
    const char *kind;
    gan_onnx_value (*put)(const onnx_layer *at, gan_onnx_value x);
} rows[] = {
    {"dense", put_dense},
    {"maxout", put_maxout},
    {"convolution", put_convolution},
    {"transposed_convolution", put_transposed},
    {"average_pool", put_average_pool},
    {"max_pool", put_max_pool},
    {"upsample", put_upsample},
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
    {"concat", put_concat},
    {"dropout", put_nothing},
    {"noise", put_nothing},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static gan_status put_layer(onnx_layer *at, gan_onnx_value x, gan_onnx_value *y) {
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].kind, at->layer->kind->name) != 0) continue;
        *y = rows[i].put(at, x);
        return at->network->status;
    }
    return gan__fail(GAN_STATUS_BAD_INPUT, "this layer has no form in ONNX here");
}

static gan_status put_layers(onnx_network *network, gan_onnx_value *outputs) {
    for (size_t i = 0; i < gan__network_layer_count(network->network); i++) {
        onnx_layer at = {.network = network,
                         .graph = network->graph,
                         .layer = gan__network_layer(network->network, i),
                         .outputs = outputs + 1};
        snprintf(at.path, sizeof at.path, "%zu", i);
        gan_status status = put_layer(&at, outputs[i], &outputs[i + 1]);
        if (status != GAN_STATUS_OK)
            return gan__fail_in(status, "layer %zu (%s)", i, at.layer->kind->name);
    }
    return GAN_STATUS_OK;
}

// A tensor that no layer's row has asked for would be missing in what the graph computes.
static gan_status check_used(const onnx_network *network) {
    const size_t parameters = gan__network_parameter_count(network->network);
    const size_t count = parameters + gan__network_buffer_count(network->network);
    for (size_t i = 0; i < count; i++) {
        const gan_tensor *tensor = i < parameters
                                       ? gan__network_parameter(network->network, i)
                                       : gan__network_buffer(network->network, i - parameters);
        if (!network->used[i])
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "layer %zu (%s): its tensor %s has no form in "
                             "ONNX here",
                             tensor->layer,
                             gan__network_layer(network->network, tensor->layer)->kind->name,
                             tensor->name);
    }
    return GAN_STATUS_OK;
}

gan_status gan__onnx_network(gan_onnx_graph *graph, const gan_network *network,
                             gan_onnx_value input, gan_onnx_value *output) {
    onnx_network all = {.graph = graph, .network = network};
    const size_t layers = gan__network_layer_count(network);
    const size_t tensors =
        gan__network_parameter_count(network) + gan__network_buffer_count(network);
    gan_onnx_value *outputs;
    GAN_TRY(gan__alloc(layers + 1, sizeof *outputs, (void **)&outputs));
    outputs[0] = input;
    gan_status status = gan__alloc(tensors, sizeof *all.used, (void **)&all.used);
    if (status == GAN_STATUS_OK) status = put_layers(&all, outputs);
    if (status == GAN_STATUS_OK) status = check_used(&all);
    if (status == GAN_STATUS_OK) status = gan__text_status(&graph->nodes);
    *output = outputs[layers];
    gan__free(outputs);
    gan__free(all.used);
    return status;
}
