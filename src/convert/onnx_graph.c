// Nodes of an ONNX graph, as bytes.
#include "base/bytes.h"
#include "base/wire.h"
#include "convert/onnx.h"

#include <stdio.h>
#include <string.h>

// AttributeProto.AttributeType
enum { TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_STRING = 3, TYPE_TENSOR = 4, TYPE_INTS = 7 };

void gan__onnx_begin(gan_onnx_graph *graph, const char *operation) {
    gan__text_clear(&graph->node);
    graph->operation = operation;
}

void gan__onnx_input(gan_onnx_graph *graph, const gan_onnx_value *value) {
    gan__wire_put_string(&graph->node, GAN_ONNX_NODE_INPUT, value ? value->name : "");
}

gan_onnx_value gan__onnx_end(gan_onnx_graph *graph, int rank) {
    gan_onnx_value output = {.rank = rank};
    if (graph->output) {
        snprintf(output.name, sizeof output.name, "%s", graph->output);
    } else {
        snprintf(output.name, sizeof output.name, "%s_%zu", graph->operation, graph->count++);
    }
    graph->output = NULL;
    gan__wire_put_string(&graph->node, GAN_ONNX_NODE_OUTPUT, output.name);
    gan__wire_put_string(&graph->node, GAN_ONNX_NODE_NAME, output.name);
    gan__wire_put_string(&graph->node, GAN_ONNX_NODE_OPERATOR, graph->operation);
    gan__wire_put_message(&graph->nodes, GAN_ONNX_GRAPH_NODE, &graph->node);
    return output;
}

// --- Attributes ----------------------------------------------------------------------------------
// Adds the attribute whose value's field stands in `value`, and destroys that.
static void put_attribute(gan_onnx_graph *graph, const char *name, int type, gan_text *value) {
    gan_text attribute = {0};
    gan__wire_put_string(&attribute, GAN_ONNX_ATTRIBUTE_NAME, name);
    if (value->status != GAN_STATUS_OK) attribute.status = value->status;
    gan__text_append_bytes(&attribute, gan__text_string(value), value->length);
    gan__wire_put_whole(&attribute, GAN_ONNX_ATTRIBUTE_TYPE, type);
    gan__wire_put_message(&graph->node, GAN_ONNX_NODE_ATTRIBUTE, &attribute);
    gan__text_destroy(&attribute);
    gan__text_destroy(value);
}

void gan__onnx_int(gan_onnx_graph *graph, const char *name, int64_t value) {
    gan_text field = {0};
    gan__wire_put_whole(&field, GAN_ONNX_ATTRIBUTE_INT, value);
    put_attribute(graph, name, TYPE_INT, &field);
}

void gan__onnx_ints(gan_onnx_graph *graph, const char *name, const int64_t *values, int count) {
    gan_text field = {0};
    for (int i = 0; i < count; i++) gan__wire_put_whole(&field, GAN_ONNX_ATTRIBUTE_INTS, values[i]);
    put_attribute(graph, name, TYPE_INTS, &field);
}

void gan__onnx_float(gan_onnx_graph *graph, const char *name, double value) {
    gan_text field = {0};
    gan__wire_put_float(&field, GAN_ONNX_ATTRIBUTE_FLOAT, (float)value);
    put_attribute(graph, name, TYPE_FLOAT, &field);
}

void gan__onnx_string(gan_onnx_graph *graph, const char *name, const char *value) {
    gan_text field = {0};
    gan__wire_put_string(&field, GAN_ONNX_ATTRIBUTE_STRING, value);
    put_attribute(graph, name, TYPE_STRING, &field);
}

// --- Constants -----------------------------------------------------------------------------------
// A vector, or of count -1 a single number, of little-endian elements of `size` bytes.
static gan_onnx_value constant(gan_onnx_graph *graph, int type, int64_t count,
                               const gan_text *raw) {
    gan_text tensor = {0}, field = {0};
    if (count >= 0) gan__wire_put_whole(&tensor, GAN_ONNX_TENSOR_DIMS, count);
    gan__wire_put_whole(&tensor, GAN_ONNX_TENSOR_TYPE, type);
    gan__wire_put_message(&tensor, GAN_ONNX_TENSOR_RAW, raw);
    gan__wire_put_message(&field, GAN_ONNX_ATTRIBUTE_TENSOR, &tensor);
    gan__text_destroy(&tensor);
    gan__onnx_begin(graph, "Constant");
    put_attribute(graph, "value", TYPE_TENSOR, &field);
    return gan__onnx_end(graph, count >= 0 ? 1 : 0);
}

static void append_float(gan_text *raw, float value) {
    uint32_t bits;
    uint8_t bytes[4];
    memcpy(&bits, &value, sizeof bits);
    gan__put_u32(bytes, bits);
    gan__text_append_bytes(raw, bytes, sizeof bytes);
}

gan_onnx_value gan__onnx_scalar(gan_onnx_graph *graph, double value) {
    gan_text raw = {0};
    append_float(&raw, (float)value);
    gan_onnx_value result = constant(graph, GAN_ONNX_TYPE_FLOAT, -1, &raw);
    gan__text_destroy(&raw);
    return result;
}

gan_onnx_value gan__onnx_floats(gan_onnx_graph *graph, const float *values, int64_t count) {
    gan_text raw = {0};
    for (int64_t i = 0; i < count; i++) append_float(&raw, values[i]);
    gan_onnx_value result = constant(graph, GAN_ONNX_TYPE_FLOAT, count, &raw);
    gan__text_destroy(&raw);
    return result;
}

gan_onnx_value gan__onnx_wholes(gan_onnx_graph *graph, const int64_t *values, int64_t count) {
    gan_text raw = {0};
    for (int64_t i = 0; i < count; i++) {
        uint8_t bytes[8];
        gan__put_u64(bytes, (uint64_t)values[i]);
        gan__text_append_bytes(&raw, bytes, sizeof bytes);
    }
    gan_onnx_value result = constant(graph, GAN_ONNX_TYPE_INT64, count, &raw);
    gan__text_destroy(&raw);
    return result;
}

// --- Nodes that layers share ---------------------------------------------------------------------
gan_onnx_value gan__onnx_unary(gan_onnx_graph *graph, const char *operation, gan_onnx_value x) {
    gan__onnx_begin(graph, operation);
    gan__onnx_input(graph, &x);
    return gan__onnx_end(graph, x.rank);
}

gan_onnx_value gan__onnx_binary(gan_onnx_graph *graph, const char *operation, gan_onnx_value a,
                                gan_onnx_value b) {
    gan__onnx_begin(graph, operation);
    gan__onnx_input(graph, &a);
    gan__onnx_input(graph, &b);
    return gan__onnx_end(graph, a.rank > b.rank ? a.rank : b.rank);
}

gan_onnx_value gan__onnx_mean(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *axes,
                              int count) {
    gan__onnx_begin(graph, "ReduceMean");
    gan__onnx_input(graph, &x);
    gan__onnx_ints(graph, "axes", axes, count);
    return gan__onnx_end(graph, x.rank);
}

gan_onnx_value gan__onnx_transpose(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *order) {
    gan__onnx_begin(graph, "Transpose");
    gan__onnx_input(graph, &x);
    gan__onnx_ints(graph, "perm", order, x.rank);
    return gan__onnx_end(graph, x.rank);
}

gan_onnx_value gan__onnx_shape(gan_onnx_graph *graph, gan_onnx_value x, int start, int end) {
    gan__onnx_begin(graph, "Shape");
    gan__onnx_input(graph, &x);
    gan__onnx_int(graph, "start", start);
    if (end < x.rank) gan__onnx_int(graph, "end", end);
    return gan__onnx_end(graph, 1);
}

gan_onnx_value gan__onnx_join(gan_onnx_graph *graph, gan_onnx_value a, gan_onnx_value b) {
    gan__onnx_begin(graph, "Concat");
    gan__onnx_input(graph, &a);
    gan__onnx_input(graph, &b);
    gan__onnx_int(graph, "axis", 0);
    return gan__onnx_end(graph, 1);
}

gan_onnx_value gan__onnx_sizes(gan_onnx_graph *graph, const int64_t *first, int count,
                               gan_onnx_value x, int start) {
    const gan_onnx_value before = gan__onnx_wholes(graph, first, count);
    return gan__onnx_join(graph, before, gan__onnx_shape(graph, x, start, x.rank));
}

gan_onnx_value gan__onnx_reshape(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *size,
                                 int rank) {
    gan_onnx_value y = gan__onnx_binary(graph, "Reshape", x, gan__onnx_wholes(graph, size, rank));
    y.rank = rank;
    return y;
}

gan_onnx_value gan__onnx_tensor(gan_onnx_graph *graph, const gan_tensor *tensor, bool buffer) {
    gan_onnx_value value = {.rank = tensor->shape.rank};
    snprintf(value.name, sizeof value.name, "%s%s", buffer ? graph->statistics : graph->weights,
             tensor->name);
    if (!graph->is_half(graph->context, value.name)) return value;
    gan__onnx_begin(graph, "Cast");
    gan__onnx_input(graph, &value);
    gan__onnx_int(graph, "to", GAN_ONNX_TYPE_FLOAT);
    return gan__onnx_end(graph, value.rank);
}
