// Implements foreign_node.h. A node's lists are counted before they are read, so each lies in the
// arena once.
#include "convert/foreign_node.h"

#include "base/wire.h"
#include "convert/onnx.h"

#include <string.h>

enum { DOMAIN = 7, ATTRIBUTE_GRAPH = 6, ATTRIBUTE_FLOATS = 7, ATTRIBUTE_GRAPHS = 11 };

gan_status gan__foreign_string(gan_arena *arena, gan_cursor bytes, const char **out) {
    char *copy;
    GAN_TRY(gan__arena_alloc(arena, bytes.length + 1, 1, (void **)&copy));
    if (bytes.length > 0) memcpy(copy, bytes.bytes, bytes.length);
    *out = copy;
    return GAN_STATUS_OK;
}

bool gan__foreign_is_own_domain(const char *domain) {
    return domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0;
}

// --- Lists of numbers ----------------------------------------------------------------------------
// Both forms are read, packed and one field a number.
static gan_status count_varints(gan_cursor packed, size_t *count) {
    while (packed.at < packed.length) {
        uint64_t number;
        GAN_TRY(gan__wire_take_varint(&packed, &number));
        ++*count;
    }
    return GAN_STATUS_OK;
}

static gan_status add_wholes(const gan_wire_field *field, gan_foreign_attribute *out) {
    gan_cursor packed = field->content;
    if (!field->has_content) out->wholes[out->whole_count++] = (int64_t)field->whole;
    while (packed.at < packed.length) {
        uint64_t number;
        GAN_TRY(gan__wire_take_varint(&packed, &number));
        out->wholes[out->whole_count++] = (int64_t)number;
    }
    return GAN_STATUS_OK;
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void add_numbers(const gan_wire_field *field, gan_foreign_attribute *out) {
    gan_cursor packed = field->content;
    if (!field->has_content) out->numbers[out->number_count++] = float_of((uint32_t)field->whole);
    while (packed.at + sizeof(float) <= packed.length)
        out->numbers[out->number_count++] = float_of(gan__cursor_u32(&packed));
}

// --- Attributes ----------------------------------------------------------------------------------
static gan_status read_attribute_field(gan_arena *arena, const gan_wire_field *field,
                                       gan_foreign_attribute *out) {
    switch (field->number) {
    case GAN_ONNX_ATTRIBUTE_NAME:
        return gan__foreign_string(arena, field->content, &out->name);
    case GAN_ONNX_ATTRIBUTE_FLOAT:
        out->number = float_of((uint32_t)field->whole);
        return GAN_STATUS_OK;
    case GAN_ONNX_ATTRIBUTE_INT:
        out->whole = (int64_t)field->whole;
        return GAN_STATUS_OK;
    case GAN_ONNX_ATTRIBUTE_STRING:
        return gan__foreign_string(arena, field->content, &out->text);
    case GAN_ONNX_ATTRIBUTE_TENSOR:
        out->has_tensor = true;
        out->tensor = field->content;
        return GAN_STATUS_OK;
    case GAN_ONNX_ATTRIBUTE_INTS:
        return add_wholes(field, out);
    case ATTRIBUTE_FLOATS:
        add_numbers(field, out);
        return GAN_STATUS_OK;
    case ATTRIBUTE_GRAPH:
    case ATTRIBUTE_GRAPHS:
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "attribute %s is a graph (If, Loop and Scan have such), which is not read",
                         out->name);
    default:
        return GAN_STATUS_OK;
    }
}

static gan_status count_attribute_lists(gan_cursor message, size_t *wholes, size_t *numbers) {
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        const size_t one = field.has_content ? 0 : 1;
        if (field.number == GAN_ONNX_ATTRIBUTE_INTS) {
            *wholes += one;
            GAN_TRY(count_varints(field.content, wholes));
        } else if (field.number == ATTRIBUTE_FLOATS) {
            *numbers += one + field.content.length / sizeof(float);
        }
    }
}

static gan_status parse_attribute(gan_arena *arena, gan_cursor message,
                                  gan_foreign_attribute *out) {
    gan_wire_field field;
    size_t wholes = 0, numbers = 0;
    bool more;
    *out = (gan_foreign_attribute){.name = "", .text = ""};
    GAN_TRY(count_attribute_lists(message, &wholes, &numbers));
    GAN_TRY(gan__arena_alloc(arena, wholes, sizeof *out->wholes, (void **)&out->wholes));
    GAN_TRY(gan__arena_alloc(arena, numbers, sizeof *out->numbers, (void **)&out->numbers));
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        GAN_TRY(read_attribute_field(arena, &field, out));
    }
}

// --- Nodes ---------------------------------------------------------------------------------------
static gan_status read_node_field(gan_arena *arena, const gan_wire_field *field,
                                  gan_foreign_node *out) {
    gan_foreign_names *const inputs = &out->inputs, *const outputs = &out->outputs;
    switch (field->number) {
    case GAN_ONNX_NODE_INPUT:
        return gan__foreign_string(arena, field->content, &inputs->name[inputs->count++]);
    case GAN_ONNX_NODE_OUTPUT:
        return gan__foreign_string(arena, field->content, &outputs->name[outputs->count++]);
    case GAN_ONNX_NODE_NAME:
        return gan__foreign_string(arena, field->content, &out->name);
    case GAN_ONNX_NODE_OPERATOR:
        return gan__foreign_string(arena, field->content, &out->operation);
    case DOMAIN:
        return gan__foreign_string(arena, field->content, &out->domain);
    case GAN_ONNX_NODE_ATTRIBUTE:
        return parse_attribute(arena, field->content, &out->attributes[out->attribute_count++]);
    default:
        return GAN_STATUS_OK;
    }
}

static gan_status make_room(gan_arena *arena, gan_cursor message, gan_foreign_node *out) {
    gan_wire_field field;
    size_t inputs = 0, outputs = 0, attributes = 0;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        inputs += field.number == GAN_ONNX_NODE_INPUT;
        outputs += field.number == GAN_ONNX_NODE_OUTPUT;
        attributes += field.number == GAN_ONNX_NODE_ATTRIBUTE;
    }
    GAN_TRY(gan__arena_alloc(arena, inputs, sizeof(char *), (void **)&out->inputs.name));
    GAN_TRY(gan__arena_alloc(arena, outputs, sizeof(char *), (void **)&out->outputs.name));
    return gan__arena_alloc(arena, attributes, sizeof *out->attributes, (void **)&out->attributes);
}

gan_status gan__foreign_node_parse(gan_arena *arena, gan_cursor message, gan_foreign_node *out) {
    gan_wire_field field;
    bool more;
    *out = (gan_foreign_node){.name = "", .operation = "", .domain = ""};
    GAN_TRY(make_room(arena, message, out));
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        GAN_TRY(read_node_field(arena, &field, out));
    }
    if (out->name[0] == '\0' && out->outputs.count > 0) out->name = out->outputs.name[0];
    return GAN_STATUS_OK;
}

const gan_foreign_attribute *gan__foreign_attribute(const gan_foreign_node *node,
                                                    const char *name) {
    for (size_t i = 0; i < node->attribute_count; i++) {
        if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
    }
    return NULL;
}
