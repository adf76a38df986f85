// The initialisers of an ONNX model, as tensors, and its metadata, as texts. What the graph
// computes is not looked at.
#include "base/file.h"
#include "base/wire.h"
#include "convert/bundle.h"
#include "convert/onnx.h"
#include "convert/onnx_tensor.h"

#include <string.h>

typedef struct onnx_state {
    uint8_t *bytes; // the whole file
    size_t length;
    gan_onnx_tensor *tensors;
    size_t count, capacity;
    bool has_graph, has_opset;
} onnx_state;

// --- Tensors -------------------------------------------------------------------------------------
static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    const onnx_state *state = bundle->state;
    uint8_t *owned;
    const uint8_t *bytes;
    gan_status status = gan__onnx_tensor_bytes(&state->tensors[tensor->at], &owned, &bytes);
    if (status == GAN_STATUS_OK) status = gan__bundle_decode(bundle, tensor, bytes, values);
    gan__free(owned);
    if (status == GAN_STATUS_OK) return status;
    return gan__fail_in(status, "%s: %s", bundle->path, tensor->as_written.name);
}

static void close_source(void *pointer) {
    onnx_state *state = pointer;
    if (!state) return;
    gan__free(state->tensors);
    gan__free(state->bytes);
    gan__free(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

static gan_status add_tensor(gan_bundle *bundle, gan_cursor message) {
    onnx_state *state = bundle->state;
    gan_onnx_tensor stored;
    GAN_TRY(gan__onnx_tensor_parse(message, &stored));
    gan_bundle_tensor tensor = {.kind = stored.kind, .at = state->count};
    tensor.as_written.rank = stored.rank;
    memcpy(tensor.as_written.size, stored.size, sizeof stored.size);
    GAN_TRY(gan__bundle_room((void **)&state->tensors, sizeof *state->tensors, state->count,
                             &state->capacity));
    const char *name = stored.name.bytes ? (const char *)stored.name.bytes : "";
    GAN_TRY(gan__bundle_add_tensor(bundle, name, stored.name.length, &tensor));
    state->tensors[state->count++] = stored;
    return GAN_STATUS_OK;
}

// --- The model -----------------------------------------------------------------------------------
static gan_status read_graph(gan_bundle *bundle, gan_cursor message) {
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == GAN_ONNX_GRAPH_SPARSE_INITIALIZER)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "it has sparse initialisers, which are not read");
        if (field.number == GAN_ONNX_GRAPH_INITIALIZER) GAN_TRY(add_tensor(bundle, field.content));
    }
}

static gan_status read_entry(gan_bundle *bundle, gan_cursor message) {
    gan_wire_field field;
    gan_cursor key = {0}, value = {0};
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_ENTRY_KEY) key = field.content;
        if (field.number == GAN_ONNX_ENTRY_VALUE) value = field.content;
    }
    return gan__bundle_add_text(bundle, key.bytes ? (const char *)key.bytes : "", key.length,
                                value.bytes ? (const char *)value.bytes : "", value.length);
}

static gan_status read_model(gan_bundle *bundle) {
    onnx_state *state = bundle->state;
    gan_cursor message = {.bytes = state->bytes, .length = state->length};
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        state->has_opset |= field.number == GAN_ONNX_MODEL_OPSET;
        state->has_graph |= field.number == GAN_ONNX_MODEL_GRAPH;
        if (field.number == GAN_ONNX_MODEL_GRAPH) GAN_TRY(read_graph(bundle, field.content));
        if (field.number == GAN_ONNX_MODEL_METADATA) GAN_TRY(read_entry(bundle, field.content));
    }
    if (state->has_graph && state->has_opset) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "it has no %s: it is no ONNX model, or cut short",
                     state->has_graph ? "set of operators" : "graph");
}

gan_status gan__onnx_source(gan_bundle *bundle) {
    onnx_state *state;
    bundle->source = &source;
    GAN_TRY(gan__alloc(1, sizeof *state, (void **)&state));
    bundle->state = state;
    GAN_TRY(gan__file_read(bundle->path, SIZE_MAX, &state->bytes, &state->length));
    gan_status status = read_model(bundle);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", bundle->path);
}
