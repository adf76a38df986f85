// The initialisers of an ONNX model, as tensors, and its metadata, as texts. What the graph
// computes is not looked at.
#include "base/file.h"
#include "base/wire.h"
#include "convert/bundle.h"
#include "convert/onnx.h"

#include <string.h>

enum { SPARSE_INITIALIZER = 15, EXTERNAL = 1, SHOWN_MAX = 200 };

// Where a tensor's elements are.
typedef struct onnx_tensor {
    gan_cursor content;
    int field; // of TensorProto; 0: there are none
} onnx_tensor;

typedef struct onnx_state {
    uint8_t *bytes; // the whole file
    size_t length;
    onnx_tensor *tensors;
    size_t count, capacity;
    bool has_graph, has_opset;
} onnx_state;

// --- Elements ------------------------------------------------------------------------------------
// The fields that hold elements, of which types, and whether as varints or as they lie in memory.
typedef struct onnx_content {
    int field;
    bool varints;
    const char *types; // of safetensors' names
} onnx_content;

static const onnx_content contents[] = {
    {GAN_ONNX_TENSOR_RAW, false, ""}, // any type
    {GAN_ONNX_TENSOR_FLOATS, false, "F32"},
    {GAN_ONNX_TENSOR_DOUBLES, false, "F64"},
    {GAN_ONNX_TENSOR_INT32S, true, "F16 BF16 I32 I16 I8 U16 U8 BOOL"},
    {GAN_ONNX_TENSOR_INT64S, true, "I64"},
    {GAN_ONNX_TENSOR_UINT64S, true, "U64 U32"},
};
enum { CONTENTS = sizeof contents / sizeof contents[0] };

static const onnx_content *find_content(int field) {
    for (size_t i = 0; i < CONTENTS; i++) {
        if (contents[i].field == field) return &contents[i];
    }
    return NULL;
}

static gan_status decode_varints(gan_bundle *bundle, const gan_bundle_tensor *tensor,
                                 gan_cursor content, float *values) {
    const size_t element = tensor->kind->bytes, count = (size_t)tensor->as_written.elements;
    uint8_t *bytes;
    GAN_TRY(gan__alloc(count, element, (void **)&bytes));
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; status == GAN_STATUS_OK && i < count; i++) {
        uint64_t number;
        uint8_t word[8];
        status = gan__wire_take_varint(&content, &number);
        gan__put_u64(word, number);
        memcpy(bytes + i * element, word, element);
    }
    if (status == GAN_STATUS_OK && content.at != content.length)
        status = gan__fail(GAN_STATUS_CORRUPT, "it has more elements than its shape");
    if (status == GAN_STATUS_OK) status = gan__bundle_decode(bundle, tensor, bytes, values);
    gan__free(bytes);
    return status;
}

static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    const onnx_state *state = bundle->state;
    const onnx_tensor *stored = &state->tensors[tensor->at];
    const onnx_content *content = find_content(stored->field);
    if (!content) return GAN_STATUS_OK; // it has no elements
    gan_status status = content->varints
                            ? decode_varints(bundle, tensor, stored->content, values)
                            : gan__bundle_decode(bundle, tensor, stored->content.bytes, values);
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

// --- Tensors -------------------------------------------------------------------------------------
static gan_status add_size(gan_convert_tensor *tensor, uint64_t size) {
    if (tensor->rank == GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a tensor has more than %d dimensions",
                         GAN_TENSOR_RANK_MAX);
    tensor->size[tensor->rank++] = (int64_t)size; // one that is negative is refused when added
    return GAN_STATUS_OK;
}

// One size, or several of them packed.
static gan_status read_sizes(const gan_wire_field *field, gan_convert_tensor *tensor) {
    gan_cursor packed = field->content;
    if (!field->has_content) return add_size(tensor, field->whole);
    while (packed.at < packed.length) {
        uint64_t size;
        GAN_TRY(gan__wire_take_varint(&packed, &size));
        GAN_TRY(add_size(tensor, size));
    }
    return GAN_STATUS_OK;
}

typedef struct onnx_header {
    gan_bundle_tensor tensor;
    gan_cursor name;
    onnx_tensor stored;
    int64_t type;
    bool external;
} onnx_header;

static gan_status read_field(const gan_wire_field *field, onnx_header *header) {
    switch (field->number) {
    case GAN_ONNX_TENSOR_DIMS:
        return read_sizes(field, &header->tensor.as_written);
    case GAN_ONNX_TENSOR_TYPE:
        header->type = (int64_t)field->whole;
        return GAN_STATUS_OK;
    case GAN_ONNX_TENSOR_NAME:
        header->name = field->content;
        return GAN_STATUS_OK;
    case GAN_ONNX_TENSOR_LOCATION:
        header->external = field->whole == EXTERNAL;
        return GAN_STATUS_OK;
    default:
        break;
    }
    if (!find_content(field->number)) return GAN_STATUS_OK;
    if (header->stored.field != 0 || !field->has_content)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a tensor's elements are in several pieces");
    header->stored = (onnx_tensor){.content = field->content, .field = field->number};
    return GAN_STATUS_OK;
}

// That the elements are as many as the shape says, in a field that their type may stand in.
static gan_status check_content(const onnx_header *header, const gan_convert_tensor *tensor) {
    const gan_element_kind *kind = header->tensor.kind;
    const onnx_content *content = find_content(header->stored.field);
    const size_t length = header->stored.content.length;
    if (!content && tensor->elements == 0) return GAN_STATUS_OK;
    if (!content) return gan__fail(GAN_STATUS_CORRUPT, "it has no elements");
    if (content->types[0] && !strstr(content->types, kind->safetensors))
        return gan__fail(GAN_STATUS_CORRUPT, "elements of its type stand in another's field");
    bool fits = content->varints
                    ? tensor->elements <= length
                    : tensor->elements <= length && tensor->elements * kind->bytes == length;
    if (fits) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "%zu bytes of elements are not what its shape needs",
                     length);
}

static gan_status add_tensor(gan_bundle *bundle, gan_cursor message) {
    onnx_state *state = bundle->state;
    onnx_header header = {0};
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        GAN_TRY(read_field(&field, &header));
    }
    const char *name = header.name.bytes ? (const char *)header.name.bytes : "";
    const int shown = header.name.length < SHOWN_MAX ? (int)header.name.length : SHOWN_MAX;
    header.tensor.kind = gan__element_kind_onnx(header.type);
    header.tensor.at = state->count;
    if (header.external)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "tensor %.*s lies in another file; save the model with its data inside",
                         shown, name);
    if (!header.tensor.kind)
        return gan__fail(GAN_STATUS_BAD_INPUT, "tensor %.*s is of type %lld, which is not known",
                         shown, name, (long long)header.type);
    GAN_TRY(gan__bundle_room((void **)&state->tensors, sizeof *state->tensors, state->count,
                             &state->capacity));
    GAN_TRY(gan__bundle_add_tensor(bundle, name, header.name.length, &header.tensor));
    const gan_convert_tensor *added = &bundle->tensors[bundle->tensor_count - 1].as_written;
    state->tensors[state->count++] = header.stored;
    gan_status status = check_content(&header, added);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "tensor %s", added->name);
}

// --- The model -----------------------------------------------------------------------------------
static gan_status read_graph(gan_bundle *bundle, gan_cursor message) {
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == SPARSE_INITIALIZER)
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
