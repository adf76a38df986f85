// Implements foreign_model.h: the messages ModelProto and GraphProto.
#include "convert/foreign_model.h"

#include "base/file.h"
#include "base/wire.h"
#include "checkpoint/names.h"
#include "convert/bundle.h"
#include "convert/foreign_node.h"
#include "convert/onnx.h"

#include <string.h>

// A new item behind the others of an array; its bytes are zero.
static gan_status add(void **items, size_t size, size_t *count, size_t *room, void **out) {
    GAN_TRY(gan__bundle_room(items, size, *count, room));
    *out = (char *)*items + (*count)++ * size;
    memset(*out, 0, size);
    return GAN_STATUS_OK;
}

// --- Constants -----------------------------------------------------------------------------------
static gan_status add_constant(gan_foreign_model *model, gan_cursor message) {
    gan_foreign_constant *constant;
    GAN_TRY(add((void **)&model->constants, sizeof *constant, &model->constant_count,
                &model->constant_room, (void **)&constant));
    GAN_TRY(gan__onnx_tensor_parse(message, &constant->tensor));
    return gan__foreign_string(model->arena, constant->tensor.name, &constant->name);
}

// --- Inputs and outputs --------------------------------------------------------------------------
static gan_status read_dimension(gan_cursor message, gan_foreign_input *input) {
    gan_wire_field field;
    bool more;
    int64_t size = GAN_FOREIGN_ANY;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_DIMENSION_SIZE) size = (int64_t)field.whole;
    }
    if (input->rank == GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "input %s has more than %d dimensions", input->name,
                         GAN_TENSOR_RANK_MAX);
    input->size[input->rank++] = size >= 1 ? size : GAN_FOREIGN_ANY;
    return GAN_STATUS_OK;
}

static gan_status read_shape(gan_cursor message, gan_foreign_input *input) {
    gan_wire_field field;
    bool more;
    input->has_rank = true;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == GAN_ONNX_SHAPE_DIMENSION) GAN_TRY(read_dimension(field.content, input));
    }
}

static gan_status read_tensor_type(gan_cursor message, gan_foreign_input *input) {
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == GAN_ONNX_TENSOR_TYPE_ELEMENT) input->type = (int64_t)field.whole;
        if (field.number == GAN_ONNX_TENSOR_TYPE_SHAPE) GAN_TRY(read_shape(field.content, input));
    }
}

static gan_status read_type(gan_cursor message, gan_foreign_input *input) {
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == GAN_ONNX_TYPE_TENSOR) GAN_TRY(read_tensor_type(field.content, input));
    }
}

// A ValueInfoProto.
static gan_status read_value(gan_foreign_model *model, gan_cursor message, gan_foreign_input *out) {
    gan_wire_field field;
    gan_cursor name = {0}, type = {0};
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_VALUE_NAME) name = field.content;
        if (field.number == GAN_ONNX_VALUE_TYPE) type = field.content;
    }
    GAN_TRY(gan__foreign_string(model->arena, name, &out->name));
    return read_type(type, out);
}

static gan_status add_input(gan_foreign_model *model, gan_cursor message) {
    gan_foreign_input *input;
    GAN_TRY(add((void **)&model->inputs, sizeof *input, &model->input_count, &model->input_room,
                (void **)&input));
    return read_value(model, message, input);
}

static gan_status add_output(gan_foreign_model *model, gan_cursor message) {
    gan_foreign_input output = {0};
    const char **name;
    GAN_TRY(add((void **)&model->outputs.name, sizeof *name, &model->outputs.count,
                &model->output_room, (void **)&name));
    GAN_TRY(read_value(model, message, &output));
    *name = output.name;
    return GAN_STATUS_OK;
}

// Old files list constants among the inputs, too.
static gan_status drop_constant_inputs(gan_foreign_model *model) {
    gan_names names = {0};
    size_t kept = 0;
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < model->constant_count && status == GAN_STATUS_OK; i++)
        status = gan__names_add(&names, model->constants[i].name);
    for (size_t i = 0; i < model->input_count && status == GAN_STATUS_OK; i++) {
        if (gan__names_find(&names, model->inputs[i].name) == SIZE_MAX)
            model->inputs[kept++] = model->inputs[i];
    }
    if (status == GAN_STATUS_OK) model->input_count = kept;
    gan__names_destroy(&names);
    return status;
}

// --- The graph and the model ---------------------------------------------------------------------
static gan_status add_node(gan_foreign_model *model, gan_cursor message) {
    gan_foreign_node *node;
    GAN_TRY(add((void **)&model->nodes, sizeof *node, &model->node_count, &model->node_room,
                (void **)&node));
    return gan__foreign_node_parse(model->arena, message, node);
}

static gan_status read_graph(gan_foreign_model *model, gan_cursor message) {
    static const struct {
        int field;
        gan_status (*add)(gan_foreign_model *model, gan_cursor message);
    } parts[] = {
        {GAN_ONNX_GRAPH_NODE, add_node},
        {GAN_ONNX_GRAPH_INITIALIZER, add_constant},
        {GAN_ONNX_GRAPH_INPUT, add_input},
        {GAN_ONNX_GRAPH_OUTPUT, add_output},
    };
    gan_wire_field field;
    bool more;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) return GAN_STATUS_OK;
        if (field.number == GAN_ONNX_GRAPH_SPARSE_INITIALIZER)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "it has sparse initialisers, which are not read");
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            if (parts[i].field == field.number) GAN_TRY(parts[i].add(model, field.content));
        }
    }
}

// The opset of ONNX's own operators; others' operators are refused where they are met.
static gan_status read_opset(gan_foreign_model *model, gan_cursor message) {
    gan_wire_field field;
    bool more, own = true;
    int64_t version = 0;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_OPSET_VERSION) version = (int64_t)field.whole;
        if (field.number != GAN_ONNX_OPSET_DOMAIN) continue;
        const char *domain;
        GAN_TRY(gan__foreign_string(model->arena, field.content, &domain));
        own = gan__foreign_is_own_domain(domain);
    }
    if (own) model->opset = version;
    return GAN_STATUS_OK;
}

static gan_status add_text(gan_foreign_model *model, gan_cursor message) {
    gan_foreign_text *text;
    gan_wire_field field;
    gan_cursor name = {0}, content = {0};
    bool more;
    GAN_TRY(add((void **)&model->texts, sizeof *text, &model->text_count, &model->text_room,
                (void **)&text));
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_ENTRY_KEY) name = field.content;
        if (field.number == GAN_ONNX_ENTRY_VALUE) content = field.content;
    }
    GAN_TRY(gan__foreign_string(model->arena, name, &text->name));
    return gan__foreign_string(model->arena, content, &text->content);
}

static gan_status read_model(gan_foreign_model *model) {
    gan_cursor message = {.bytes = model->bytes, .length = model->length};
    gan_wire_field field;
    bool more, has_graph = false;
    for (;;) {
        GAN_TRY(gan__wire_next(&message, &field, &more));
        if (!more) break;
        if (field.number == GAN_ONNX_MODEL_OPSET) GAN_TRY(read_opset(model, field.content));
        if (field.number == GAN_ONNX_MODEL_METADATA) GAN_TRY(add_text(model, field.content));
        if (field.number == GAN_ONNX_MODEL_FUNCTIONS)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "it defines functions of its own, which are not read; save it with "
                             "them inlined (onnx.inliner)");
        if (field.number != GAN_ONNX_MODEL_GRAPH) continue;
        if (has_graph) return gan__fail(GAN_STATUS_CORRUPT, "it has two graphs");
        has_graph = true;
        GAN_TRY(read_graph(model, field.content));
    }
    if (!has_graph || model->opset == 0)
        return gan__fail(GAN_STATUS_CORRUPT, "it has no %s: it is no ONNX model, or cut short",
                         has_graph ? "set of operators" : "graph");
    return drop_constant_inputs(model);
}

gan_status gan__foreign_model_open(const char *path, gan_foreign_model *out) {
    *out = (gan_foreign_model){0};
    GAN_TRY(gan__arena_create(&out->arena));
    GAN_TRY(gan__file_read(path, SIZE_MAX, &out->bytes, &out->length));
    return read_model(out);
}

void gan__foreign_model_close(gan_foreign_model *model) {
    gan__free(model->nodes);
    gan__free(model->constants);
    gan__free(model->inputs);
    gan__free(model->texts);
    gan__free(model->outputs.name);
    gan__arena_destroy(model->arena);
    gan__free(model->bytes);
    *model = (gan_foreign_model){0};
}
