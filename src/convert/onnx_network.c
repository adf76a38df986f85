// A network's layers one after the other, and the tensors they ask for: plain, or computed from
// others in the graph as nn/parametrize.h says.
#include "base/memory.h"
#include "convert/onnx_layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double gan__onnx_argument(const gan_onnx_layer *at, const char *name) {
    const gan_layer_argument *arguments = at->layer->kind->arguments;
    for (size_t i = 0; arguments[i].name; i++) {
        if (strcmp(arguments[i].name, name) == 0) return at->layer->argument[i];
    }
    return 0;
}

// --- Tensors -------------------------------------------------------------------------------------
// The layer's tensor of that name, marked as used; NULL where it has none.
static const gan_tensor *find_tensor(const gan_onnx_layer *at, const char *name, bool *buffer) {
    const size_t parameters = gan__network_parameter_count(at->network);
    const size_t count = parameters + gan__network_buffer_count(at->network);
    char full[2 * GAN_TENSOR_NAME];
    snprintf(full, sizeof full, "%s.%s", at->path, name);
    for (size_t i = 0; i < count; i++) {
        *buffer = i >= parameters;
        const gan_tensor *tensor = *buffer ? gan__network_buffer(at->network, i - parameters)
                                           : gan__network_parameter(at->network, i);
        if (strcmp(tensor->name, full) != 0) continue;
        at->used[i] = true;
        return tensor;
    }
    return NULL;
}

int64_t gan__onnx_elements(const gan_onnx_layer *at, const char *name) {
    bool buffer;
    const gan_tensor *tensor = find_tensor(at, name, &buffer);
    return tensor ? tensor->elements : 0;
}

// A tensor that belongs to a weight: "weight_g".
static gan_onnx_value companion(const gan_onnx_layer *at, const char *name, const char *suffix) {
    char full[GAN_TENSOR_NAME];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    return gan__onnx_need(at, full);
}

static int64_t row_elements(const gan_tensor *weight) {
    return weight->elements / weight->shape.size[weight->output_axis];
}

// The weight as a matrix of one row a unit.
static gan_onnx_value matrix(gan_onnx_graph *graph, const gan_tensor *weight, gan_onnx_value w) {
    const int64_t size[] = {weight->shape.size[weight->output_axis], row_elements(weight)};
    if (weight->output_axis == 1) { // of a transposed convolution, which has its inputs first
        const int64_t order[] = {1, 0, 2, 3};
        w = gan__onnx_transpose(graph, w, order);
    }
    return gan__onnx_reshape(graph, w, size, 2);
}

// w / (u^T w v)
static gan_onnx_value spectral(const gan_onnx_layer *at, const gan_tensor *weight, const char *name,
                               gan_onnx_value w) {
    gan_onnx_value u = companion(at, name, "_u"), v = companion(at, name, "_v");
    gan_onnx_value m = matrix(at->graph, weight, w);
    gan_onnx_value sigma = gan__onnx_binary(at->graph, "MatMul", m, v);
    sigma = gan__onnx_binary(at->graph, "MatMul", u, sigma);
    return gan__onnx_binary(at->graph, "Div", w, sigma);
}

// w g / |w|, row by row
static gan_onnx_value normed(const gan_onnx_layer *at, const gan_tensor *weight, const char *name,
                             gan_onnx_value w) {
    gan_onnx_value g = companion(at, name, "_g");
    int64_t axes[GAN_RANK_MAX];
    int count = 0;
    for (int i = 0; i < weight->shape.rank; i++)
        if (i != weight->output_axis) axes[count++] = i;
    gan__onnx_begin(at->graph, "ReduceL2");
    gan__onnx_input(at->graph, &w);
    gan__onnx_ints(at->graph, "axes", axes, count);
    gan_onnx_value norms = gan__onnx_end(at->graph, w.rank);
    return gan__onnx_binary(at->graph, "Mul", w, gan__onnx_binary(at->graph, "Div", g, norms));
}

static gan_onnx_value scaled(gan_onnx_graph *graph, gan_onnx_value w, double factor) {
    return gan__onnx_binary(graph, "Mul", w, gan__onnx_scalar(graph, factor));
}

static gan_onnx_value parametrized(const gan_onnx_layer *at, const gan_tensor *tensor,
                                   const char *name, gan_onnx_value w) {
    const gan_parametrization *with = &tensor->parametrization;
    double factor = with->other;
    switch (with->kind) {
    case GAN_PARAMETRIZATION_NONE:
        return w;
    case GAN_PARAMETRIZATION_SPECTRAL:
        return spectral(at, tensor, name, w);
    case GAN_PARAMETRIZATION_WEIGHT_NORM:
        return normed(at, tensor, name, w);
    case GAN_PARAMETRIZATION_EQUALIZED:
        if (!tensor->is_bias) factor *= with->value / sqrt((double)row_elements(tensor));
        return scaled(at->graph, w, factor);
    default:
        *at->status = gan__fail(GAN_STATUS_BAD_INPUT,
                                "its %s has a parametrisation without a form "
                                "in ONNX here",
                                name);
        return w;
    }
}

gan_onnx_value gan__onnx_may(const gan_onnx_layer *at, const char *name, bool *has) {
    bool buffer;
    const gan_tensor *tensor = find_tensor(at, name, &buffer);
    *has = tensor != NULL;
    if (!tensor) return (gan_onnx_value){0};
    gan_onnx_value value = gan__onnx_tensor(at->graph, tensor, buffer);
    return parametrized(at, tensor, name, value);
}

gan_onnx_value gan__onnx_need(const gan_onnx_layer *at, const char *name) {
    bool has;
    gan_onnx_value value = gan__onnx_may(at, name, &has);
    if (!has) *at->status = gan__fail(GAN_STATUS_BAD_INPUT, "it has no %s", name);
    return value;
}

// --- Layers --------------------------------------------------------------------------------------
static gan_status put_layer(const gan_onnx_layer *at, gan_onnx_value x, gan_onnx_value *y) {
    static const gan_onnx_row *const families[] = {gan__onnx_rows_plain, gan__onnx_rows_norm,
                                                   gan__onnx_rows_joint, gan__onnx_rows_label,
                                                   gan__onnx_rows_style};
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (const gan_onnx_row *row = families[f]; row->kind; row++) {
            if (strcmp(row->kind, at->layer->kind->name) != 0) continue;
            *y = row->put(at, x);
            return *at->status;
        }
    return gan__fail(GAN_STATUS_BAD_INPUT, "this layer has no form in ONNX here");
}

// The layers of a list, from x to *y; `in` is the block they belong to, `path` is before their
// numbers.
static gan_status put_list(const gan_onnx_layer *in, const gan_layer *layers, size_t count,
                           const char *path, gan_onnx_value x, gan_onnx_value *y) {
    gan_onnx_value *outputs;
    gan_status status = GAN_STATUS_OK;
    GAN_TRY(gan__alloc(count + 1, sizeof *outputs, (void **)&outputs));
    outputs[0] = x;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) {
        char own[2 * GAN_TENSOR_NAME];
        gan_onnx_layer at = *in;
        snprintf(own, sizeof own, "%s%zu", path, i);
        at.layer = &layers[i];
        at.path = own;
        at.outputs = outputs + 1;
        const size_t lists = layers[i].lists[0].count; // of a block, which names them itself
        status = put_layer(&at, outputs[i], &outputs[i + 1]);
        if (status != GAN_STATUS_OK && lists == 0)
            status = gan__fail_in(status, "layer %s (%s)", own, layers[i].kind->name);
    }
    *y = outputs[count];
    gan__free(outputs);
    return status;
}

gan_onnx_value gan__onnx_list(const gan_onnx_layer *at, size_t list, gan_onnx_value x) {
    const gan_layer_list *layers = &at->layer->lists[list];
    const gan_layer_argument *argument = at->layer->kind->arguments;
    char path[2 * GAN_TENSOR_NAME];
    gan_onnx_value y = x;
    if (layers->count == 0 || *at->status != GAN_STATUS_OK) return x;
    while (argument->type != GAN_LAYER_ARGUMENT_LAYERS || list-- > 0) argument++;
    snprintf(path, sizeof path, "%s.%s.", at->path, argument->name);
    *at->status = put_list(at, layers->layers, layers->count, path, x, &y);
    return y;
}

// A tensor that no layer's row has asked for would be missing in what the graph computes.
static gan_status check_used(const gan_onnx_layer *root) {
    const size_t parameters = gan__network_parameter_count(root->network);
    const size_t count = parameters + gan__network_buffer_count(root->network);
    for (size_t i = 0; i < count; i++) {
        const gan_tensor *tensor = i < parameters
                                       ? gan__network_parameter(root->network, i)
                                       : gan__network_buffer(root->network, i - parameters);
        if (!root->used[i])
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "layer %zu (%s): its tensor %s has no form in "
                             "ONNX here",
                             tensor->layer,
                             gan__network_layer(root->network, tensor->layer)->kind->name,
                             tensor->name);
    }
    return GAN_STATUS_OK;
}

gan_status gan__onnx_network(gan_onnx_graph *graph, const gan_network *network,
                             gan_onnx_value input, gan_onnx_value *output) {
    gan_status first = GAN_STATUS_OK;
    gan_onnx_value condition = {.rank = 0};
    gan_onnx_layer root = {
        .graph = graph, .network = network, .condition = &condition, .status = &first};
    const size_t tensors =
        gan__network_parameter_count(network) + gan__network_buffer_count(network);
    GAN_TRY(gan__alloc(tensors, sizeof *root.used, (void **)&root.used));
    gan_status status = put_list(&root, gan__network_layer(network, 0),
                                 gan__network_layer_count(network), "", input, output);
    if (status == GAN_STATUS_OK) status = check_used(&root);
    if (status == GAN_STATUS_OK) status = gan__text_status(&graph->nodes);
    gan__free(root.used);
    return status;
}
