// Writes a network as an ONNX model. The graph comes last, so that a file that is cut short never
// looks whole.
#include "base/wire.h"
#include "checkpoint/format.h"
#include "convert/model.h"
#include "convert/onnx.h"

#include <stdio.h>
#include <string.h>

// What protocol buffers' own libraries read.
static const uint64_t message_max = INT32_MAX;

// --- Which tensors -------------------------------------------------------------------------------
static gan_status find_tensor(gan_bundle *bundle, const char *name, const gan_tensor *wanted,
                              gan_bundle_tensor *out) {
    char shape[GAN_SHAPE_TEXT];
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const gan_convert_tensor *tensor = &bundle->tensors[i].as_written;
        if (strcmp(tensor->name, name) != 0) continue;
        *out = bundle->tensors[i];
        if (tensor->rank == wanted->shape.rank &&
            memcmp(tensor->size, wanted->shape.size, (size_t)tensor->rank * sizeof *tensor->size) ==
                0)
            return GAN_STATUS_OK;
        return gan__fail(GAN_STATUS_BAD_INPUT, "tensor %s is not %s, as the recipe's network needs",
                         name, gan__shape_text(&wanted->shape, shape));
    }
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "there is no tensor %s, which the network needs; choose another with "
                     "--network, and leave nothing of it out by --only",
                     name);
}

// Puts the network's tensors to the front, in its order, and leaves out the others.
static gan_status keep_tensors(gan_bundle *bundle, const gan_model *model,
                               const gan_model_role *role) {
    const gan_network *network = gan__model_network(model, role);
    gan_bundle_tensor *kept = NULL;
    const gan_tensor *tensor;
    gan_text name = {0};
    size_t count = 0;
    gan_status status = gan__alloc(bundle->tensor_count, sizeof *kept, (void **)&kept);
    while (status == GAN_STATUS_OK && (tensor = gan__model_tensor(network, role, count, &name))) {
        status = gan__text_status(&name);
        if (status == GAN_STATUS_OK)
            status = find_tensor(bundle, gan__text_string(&name), tensor, &kept[count++]);
    }
    gan__text_destroy(&name);
    if (status == GAN_STATUS_OK) {
        gan__free(bundle->tensors);
        bundle->tensors = kept;
        bundle->tensor_count = bundle->tensor_capacity = count;
        return status;
    }
    gan__free(kept);
    return status;
}

// --- The graph -----------------------------------------------------------------------------------
static bool is_half(const void *context, const char *name) {
    const gan_bundle *bundle = context;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        if (strcmp(bundle->tensors[i].as_written.name, name) == 0)
            return bundle->tensors[i].as_written.dtype == GAN_DTYPE_F16;
    }
    return false;
}

// A value of the graph's interface: (batch, shape...).
static void put_value(gan_text *graph, int field, const char *name, int element,
                      const gan_shape *shape) {
    gan_text dimensions = {0}, dimension = {0}, tensor = {0}, type = {0}, value = {0};
    for (int i = -1; i < shape->rank; i++) {
        gan__text_clear(&dimension);
        if (i < 0) {
            gan__wire_put_string(&dimension, GAN_ONNX_DIMENSION_NAME, "batch");
        } else {
            gan__wire_put_whole(&dimension, GAN_ONNX_DIMENSION_SIZE, shape->size[i]);
        }
        gan__wire_put_message(&dimensions, GAN_ONNX_SHAPE_DIMENSION, &dimension);
    }
    gan__wire_put_whole(&tensor, GAN_ONNX_TENSOR_TYPE_ELEMENT, element);
    gan__wire_put_message(&tensor, GAN_ONNX_TENSOR_TYPE_SHAPE, &dimensions);
    gan__wire_put_message(&type, GAN_ONNX_TYPE_TENSOR, &tensor);
    gan__wire_put_string(&value, GAN_ONNX_VALUE_NAME, name);
    gan__wire_put_message(&value, GAN_ONNX_VALUE_TYPE, &type);
    gan__wire_put_message(graph, field, &value);
    gan_text *const all[] = {&dimensions, &dimension, &tensor, &type, &value};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) gan__text_destroy(all[i]);
}

// The last node, whose output is the graph's: in the shape of a sample, for a generator.
static void put_output(gan_onnx_graph *graph, gan_onnx_value y, const gan_shape *shape,
                       const char *name) {
    const int64_t size[] = {0, shape->size[0], shape->size[1], shape->size[2]};
    gan_onnx_value target = {0};
    const bool same = y.rank == shape->rank + 1;
    if (!same) target = gan__onnx_wholes(graph, size, shape->rank + 1);
    gan__onnx_begin(graph, same ? "Identity" : "Reshape");
    gan__onnx_input(graph, &y);
    if (!same) gan__onnx_input(graph, &target);
    graph->output = name;
    (void)gan__onnx_end(graph, shape->rank + 1);
}

// All of GraphProto but the initialisers.
static gan_status make_graph(const gan_model *model, const gan_model_role *role,
                             gan_onnx_graph *graph) {
    const gan_network *network = gan__model_network(model, role);
    const gan_shape *in = gan__network_input_shape(network);
    const gan_shape *out =
        role->makes_samples ? &model->sample : gan__network_output_shape(network);
    gan_onnx_value input = {.rank = in->rank + 1}, output;
    snprintf(input.name, sizeof input.name, "%s", role->input);
    graph->classes = model->classes;
    GAN_TRY(gan__onnx_network(graph, network, input, &output));
    put_output(graph, output, out, role->output);
    gan__wire_put_string(&graph->nodes, GAN_ONNX_GRAPH_NAME, role->name);
    put_value(&graph->nodes, GAN_ONNX_GRAPH_INPUT, role->input, GAN_ONNX_TYPE_FLOAT, in);
    if (gan__network_uses_labels(network))
        put_value(&graph->nodes, GAN_ONNX_GRAPH_INPUT, GAN_ONNX_LABELS, GAN_ONNX_TYPE_INT64,
                  &(gan_shape){.rank = 0});
    put_value(&graph->nodes, GAN_ONNX_GRAPH_OUTPUT, role->output, GAN_ONNX_TYPE_FLOAT, out);
    return gan__text_status(&graph->nodes);
}

// --- The file ------------------------------------------------------------------------------------
// A tensor's field of the graph as far as its bytes, which are to follow.
static void put_initializer(gan_text *out, const gan_convert_tensor *tensor) {
    const gan_element_kind *kind = gan__element_kind_dtype(tensor->dtype);
    const uint64_t length = tensor->elements * kind->bytes;
    gan_text header = {0};
    for (int i = 0; i < tensor->rank; i++)
        gan__wire_put_whole(&header, GAN_ONNX_TENSOR_DIMS, tensor->size[i]);
    gan__wire_put_whole(&header, GAN_ONNX_TENSOR_TYPE, kind->onnx);
    gan__wire_put_string(&header, GAN_ONNX_TENSOR_NAME, tensor->name);
    gan__wire_put_start(&header, GAN_ONNX_TENSOR_RAW, length);
    gan__text_clear(out);
    if (header.status != GAN_STATUS_OK) out->status = header.status;
    gan__wire_put_start(out, GAN_ONNX_GRAPH_INITIALIZER, header.length + length);
    gan__text_append_bytes(out, gan__text_string(&header), header.length);
    gan__text_destroy(&header);
}

static void put_entry(gan_text *model, const gan_bundle_text *text) {
    gan_text entry = {0};
    gan__wire_put_string(&entry, GAN_ONNX_ENTRY_KEY, text->name);
    gan__wire_put_string(&entry, GAN_ONNX_ENTRY_VALUE, text->content);
    gan__wire_put_message(model, GAN_ONNX_MODEL_METADATA, &entry);
    gan__text_destroy(&entry);
}

// ModelProto as far as the graph's content.
static void put_model(const gan_bundle *bundle, uint64_t graph_length, gan_text *model) {
    gan_text opset = {0};
    gan__wire_put_whole(model, GAN_ONNX_MODEL_IR_VERSION, GAN_ONNX_IR_VERSION);
    gan__wire_put_string(model, GAN_ONNX_MODEL_PRODUCER, "clgan");
    gan__wire_put_string(model, GAN_ONNX_MODEL_PRODUCER_VERSION, CLGAN_VERSION);
    gan__wire_put_whole(&opset, GAN_ONNX_OPSET_VERSION, GAN_ONNX_OPSET);
    gan__wire_put_message(model, GAN_ONNX_MODEL_OPSET, &opset);
    gan__text_destroy(&opset);
    for (size_t i = 0; i < bundle->text_count; i++) put_entry(model, &bundle->texts[i]);
    gan__wire_put_start(model, GAN_ONNX_MODEL_GRAPH, graph_length);
}

static gan_status write_initializer(gan_bundle *bundle, const gan_bundle_tensor *tensor,
                                    gan_text *header, gan_sink *sink) {
    uint8_t *bytes = NULL;
    size_t length;
    put_initializer(header, &tensor->as_written);
    GAN_TRY(gan__text_status(header));
    GAN_TRY(gan__sink_write(sink, header->bytes, header->length));
    gan_status status = gan__bundle_pack(bundle, tensor, &bytes, &length);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, bytes, length);
    gan__free(bytes);
    return status;
}

static gan_status write_file(gan_bundle *bundle, const gan_text *nodes, gan_sink *sink) {
    gan_text model = {0}, header = {0};
    uint64_t length = nodes->length;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const gan_convert_tensor *tensor = &bundle->tensors[i].as_written;
        put_initializer(&header, tensor);
        length += header.length + tensor->elements * gan__dtype_bytes(tensor->dtype);
        if (header.status != GAN_STATUS_OK) model.status = header.status;
    }
    put_model(bundle, length, &model);
    gan_status status = gan__text_status(&model);
    if (status == GAN_STATUS_OK && model.length + length > message_max)
        status = gan__fail(GAN_STATUS_BAD_ARGUMENT,
                           "an ONNX file of %llu bytes, 2 GiB or more, is read by nobody; --dtype "
                           "f16 halves it",
                           (unsigned long long)(model.length + length));
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, model.bytes, model.length);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, nodes->bytes, nodes->length);
    for (size_t i = 0; status == GAN_STATUS_OK && i < bundle->tensor_count; i++) {
        status = write_initializer(bundle, &bundle->tensors[i], &header, sink);
    }
    gan__text_destroy(&model);
    gan__text_destroy(&header);
    return status;
}

// What the bundle's model becomes; *graph is to be destroyed even on failure.
static gan_status make_model(gan_bundle *bundle, gan_onnx_graph *graph) {
    gan_model model;
    const gan_model_role *role;
    GAN_TRY(gan__model_role(bundle, &role));
    *graph = (gan_onnx_graph){.weights = role->weights,
                              .statistics = role->statistics,
                              .is_half = is_half,
                              .context = bundle};
    gan_status status = gan__model_open(bundle, &model);
    if (status == GAN_STATUS_OK) status = gan__model_check(&model, role);
    if (status == GAN_STATUS_OK) status = keep_tensors(bundle, &model, role);
    if (status == GAN_STATUS_OK) status = make_graph(&model, role, graph);
    gan__model_close(&model);
    return status;
}

static void destroy_graph(gan_onnx_graph *graph) {
    gan__text_destroy(&graph->nodes);
    gan__text_destroy(&graph->node);
}

gan_status gan__onnx_plan(gan_bundle *bundle) {
    gan_onnx_graph graph = {0};
    gan_status status = make_model(bundle, &graph);
    destroy_graph(&graph);
    return status;
}

static gan_status write_all(gan_bundle *bundle, gan_sink *sink) {
    gan_onnx_graph graph = {0};
    gan_status status = make_model(bundle, &graph);
    if (status == GAN_STATUS_OK) status = write_file(bundle, &graph.nodes, sink);
    destroy_graph(&graph);
    return status;
}

gan_status gan__onnx_export(gan_bundle *bundle, gan_target target, int level) {
    (void)level; // it has no compression
    gan_sink *sink;
    GAN_TRY(gan__sink_open(target, &sink));
    return gan__sink_end(sink, write_all(bundle, sink));
}
