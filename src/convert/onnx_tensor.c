// Implements onnx_tensor.h: the fields of TensorProto, and the several ways in which elements stand
// in it.
#include "convert/onnx_tensor.h"

#include "base/memory.h"
#include "base/wire.h"
#include "checkpoint/format.h"
#include "convert/onnx.h"

#include <string.h>

enum { EXTERNAL = 1, SHOWN_MAX = 200 };

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

static gan_status take_varints(gan_cursor content, size_t count, size_t element, uint8_t *bytes) {
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        uint8_t word[8];
        GAN_TRY(gan__wire_take_varint(&content, &number));
        gan__put_u64(word, number);
        memcpy(bytes + i * element, word, element);
    }
    if (content.at == content.length) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "it has more elements than its shape");
}

gan_status gan__onnx_tensor_bytes(const gan_onnx_tensor *tensor, uint8_t **owned,
                                  const uint8_t **bytes) {
    const onnx_content *content = find_content(tensor->field);
    *owned = NULL;
    *bytes = tensor->content.bytes;
    if (!content || !content->varints) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc((size_t)tensor->elements, tensor->kind->bytes, (void **)owned));
    *bytes = *owned;
    gan_status status =
        take_varints(tensor->content, (size_t)tensor->elements, tensor->kind->bytes, *owned);
    if (status == GAN_STATUS_OK) return status;
    gan__free(*owned);
    *owned = NULL;
    return status;
}

// --- The message ---------------------------------------------------------------------------------
static gan_status add_size(gan_onnx_tensor *tensor, uint64_t size) {
    if (tensor->rank == GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a tensor has more than %d dimensions",
                         GAN_TENSOR_RANK_MAX);
    tensor->size[tensor->rank++] = (int64_t)size; // one that is negative is refused below
    return GAN_STATUS_OK;
}

// One size, or several of them packed.
static gan_status read_sizes(const gan_wire_field *field, gan_onnx_tensor *tensor) {
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
    gan_onnx_tensor *tensor;
    int64_t type;
    bool external;
} onnx_header;

static gan_status read_field(const gan_wire_field *field, onnx_header *header) {
    gan_onnx_tensor *tensor = header->tensor;
    switch (field->number) {
    case GAN_ONNX_TENSOR_DIMS:
        return read_sizes(field, tensor);
    case GAN_ONNX_TENSOR_TYPE:
        header->type = (int64_t)field->whole;
        return GAN_STATUS_OK;
    case GAN_ONNX_TENSOR_NAME:
        tensor->name = field->content;
        return GAN_STATUS_OK;
    case GAN_ONNX_TENSOR_LOCATION:
        header->external = field->whole == EXTERNAL;
        return GAN_STATUS_OK;
    default:
        break;
    }
    if (!find_content(field->number)) return GAN_STATUS_OK;
    if (tensor->field != 0 || !field->has_content)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a tensor's elements are in several pieces");
    tensor->content = field->content;
    tensor->field = field->number;
    return GAN_STATUS_OK;
}

// That the elements are as many as the shape says, in a field that their type may stand in.
static gan_status check_content(const gan_onnx_tensor *tensor) {
    const onnx_content *content = find_content(tensor->field);
    const size_t length = tensor->content.length;
    if (!content && tensor->elements == 0) return GAN_STATUS_OK;
    if (!content) return gan__fail(GAN_STATUS_CORRUPT, "it has no elements");
    if (content->types[0] && !strstr(content->types, tensor->kind->safetensors))
        return gan__fail(GAN_STATUS_CORRUPT, "elements of its type stand in another's field");
    bool fits = content->varints ? tensor->elements <= length
                                 : tensor->elements <= length &&
                                       tensor->elements * tensor->kind->bytes == length;
    if (fits) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "%zu bytes of elements are not what its shape needs",
                     length);
}

static gan_status check(const onnx_header *header) {
    gan_onnx_tensor *tensor = header->tensor;
    if (header->external)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "it lies in another file; save the model with its data inside");
    tensor->kind = gan__element_kind_onnx(header->type);
    if (!tensor->kind)
        return gan__fail(GAN_STATUS_BAD_INPUT, "its type %lld is not known",
                         (long long)header->type);
    if (gan__tensor_elements(tensor->rank, tensor->size, &tensor->elements) != GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_BAD_INPUT, "its shape");
    return check_content(tensor);
}

gan_status gan__onnx_tensor_parse(gan_cursor message, gan_onnx_tensor *out) {
    onnx_header header = {.tensor = out};
    gan_wire_field field;
    bool more;
    *out = (gan_onnx_tensor){0};
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        GAN_TRY(read_field(&field, &header));
    }
    gan_status status = check(&header);
    if (status == GAN_STATUS_OK) return status;
    const int shown = out->name.length < SHOWN_MAX ? (int)out->name.length : SHOWN_MAX;
    return gan__fail_in(status, "tensor %.*s", shown,
                        out->name.bytes ? (const char *)out->name.bytes : "");
}
