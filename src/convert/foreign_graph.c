// Implements foreign_graph.h: names become values, then the nodes that the wanted value needs are
// put into the graph, each by its operator's function.
#include "convert/foreign_graph.h"

#include "base/text.h"
#include "convert/foreign_node.h"

#include <stdio.h>
#include <string.h>

// --- Memory --------------------------------------------------------------------------------------
gan_status gan__foreign_spend(gan_foreign_graph *to, size_t count, size_t size) {
    const bool fits = count <= SIZE_MAX / size && gan__growth_add(&to->growth, count * size);
    return fits ? GAN_STATUS_OK : gan__growth_refuse(&to->growth);
}

gan_status gan__foreign_alloc(gan_foreign_graph *to, size_t count, size_t size, void **out) {
    GAN_TRY(gan__foreign_spend(to, count, size));
    return gan__arena_alloc(to->arena, count, size, out);
}

// --- Constants -----------------------------------------------------------------------------------
bool gan__foreign_is_whole(const gan_onnx_tensor *tensor) {
    return strchr("IUB", tensor->kind->safetensors[0]) && tensor->kind->onnx != 16; // no BF16
}

static int64_t whole_of(const gan_element_kind *kind, uint64_t bits) {
    const size_t unused = 64 - 8 * kind->bytes;
    if (kind->safetensors[0] != 'I') return (int64_t)bits;
    const uint64_t sign = UINT64_C(1) << (63 - unused);
    return (int64_t)((bits ^ sign) - sign);
}

gan_status gan__foreign_decode(gan_foreign_graph *to, const gan_onnx_tensor *tensor,
                               const float **floats, const int64_t **wholes) {
    const size_t count = (size_t)tensor->elements, element = tensor->kind->bytes;
    float *numbers;
    int64_t *counts = NULL;
    uint8_t *owned;
    const uint8_t *bytes;
    GAN_TRY(gan__foreign_alloc(to, count, sizeof *numbers, (void **)&numbers));
    if (gan__foreign_is_whole(tensor))
        GAN_TRY(gan__foreign_alloc(to, count, sizeof *counts, (void **)&counts));
    GAN_TRY(gan__onnx_tensor_bytes(tensor, &owned, &bytes));
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = gan__get_word(bytes + i * element, element, false);
        numbers[i] = tensor->kind->convert(bits).value;
        if (counts) counts[i] = whole_of(tensor->kind, bits);
    }
    gan__free(owned);
    *floats = numbers;
    *wholes = counts;
    return GAN_STATUS_OK;
}

// --- Names ---------------------------------------------------------------------------------------
static gan_status add_name(gan_foreign_graph *to, const char *name) {
    if (name[0] == '\0') return GAN_STATUS_OK; // an output that is left out
    GAN_TRY(gan__names_add(&to->names, name));
    to->values[to->names.count - 1].name = name;
    return GAN_STATUS_OK;
}

static gan_status add_names(gan_foreign_graph *to) {
    const gan_foreign_model *const model = to->model;
    size_t room = model->constant_count + model->input_count;
    for (size_t i = 0; i < model->node_count; i++) room += model->nodes[i].outputs.count;
    GAN_TRY(gan__alloc(room, sizeof *to->values, (void **)&to->values));
    for (size_t i = 0; i < model->input_count; i++) GAN_TRY(add_name(to, model->inputs[i].name));
    for (size_t i = 0; i < model->constant_count; i++)
        GAN_TRY(add_name(to, model->constants[i].name));
    for (size_t i = 0; i < model->node_count; i++) {
        const gan_foreign_names *const outputs = &model->nodes[i].outputs;
        for (size_t k = 0; k < outputs->count; k++) GAN_TRY(add_name(to, outputs->name[k]));
    }
    return GAN_STATUS_OK;
}

static gan_foreign_value *find(const gan_foreign_graph *to, const char *name) {
    const size_t index = name[0] ? gan__names_find(&to->names, name) : SIZE_MAX;
    return index == SIZE_MAX ? NULL : &to->values[index];
}

static gan_status know_constants(gan_foreign_graph *to) {
    for (size_t i = 0; i < to->model->constant_count; i++) {
        const gan_onnx_tensor *const tensor = &to->model->constants[i].tensor;
        gan_foreign_value *const value = find(to, to->model->constants[i].name);
        if (!value) continue; // it has no name
        value->known = true;
        value->stored = tensor;
        value->rank = tensor->rank;
        memcpy(value->size, tensor->size, sizeof value->size);
        if (gan__foreign_is_whole(tensor))
            GAN_TRY(gan__foreign_decode(to, tensor, &value->floats, &value->wholes));
    }
    return GAN_STATUS_OK;
}

// --- Which nodes ---------------------------------------------------------------------------------
// needed[i]: whether value number i is needed for the wanted one; of nodes that are in order.
static void mark_needed(const gan_foreign_graph *to, const gan_foreign_value *wanted,
                        bool *needed) {
    needed[wanted - to->values] = true;
    for (size_t i = to->model->node_count; i-- > 0;) {
        const gan_foreign_node *const node = &to->model->nodes[i];
        bool one = false;
        for (size_t k = 0; k < node->outputs.count; k++) {
            const gan_foreign_value *const value = find(to, node->outputs.name[k]);
            one |= value && needed[value - to->values];
        }
        for (size_t k = 0; one && k < node->inputs.count; k++) {
            const gan_foreign_value *const value = find(to, node->inputs.name[k]);
            if (value) needed[value - to->values] = true;
        }
    }
}

static gan_status find_wanted(const gan_foreign_graph *to, const char *asked,
                              gan_foreign_value **out) {
    const gan_foreign_model *const model = to->model;
    if (!asked && model->outputs.count == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "its graph has no output");
    const char *const name = asked ? asked : model->outputs.name[0];
    *out = find(to, name);
    if (*out) return GAN_STATUS_OK;
    const char *const nearest = gan__text_nearest(name, to->names.name, to->names.count);
    return gan__fail(GAN_STATUS_BAD_INPUT, "its graph has no value %.200s%s%.200s%s", name,
                     nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

// --- Nodes ---------------------------------------------------------------------------------------
static const gan_foreign_row *const tables[] = {
    gan__foreign_rows_constant, gan__foreign_rows_elementwise, gan__foreign_rows_product,
    gan__foreign_rows_pool,     gan__foreign_rows_norm,        gan__foreign_rows_shape,
    gan__foreign_rows_part,     gan__foreign_rows_resize,
};

static const gan_foreign_row *find_in(const gan_foreign_row *rows, const char *operation) {
    for (; rows->operation; rows++) {
        if (strcmp(rows->operation, operation) == 0) return rows;
    }
    return NULL;
}

static bool all_whole(const gan_foreign_call *call) {
    bool whole = call->node->inputs.count > 0;
    for (size_t i = 0; i < call->node->inputs.count; i++)
        whole &= !call->inputs[i] || (call->inputs[i]->wholes && !call->inputs[i]->node);
    return whole;
}

static const gan_foreign_row *find_row(const gan_foreign_call *call) {
    const char *const operation = call->node->operation;
    const gan_foreign_row *row = NULL;
    if (!gan__foreign_is_own_domain(call->node->domain)) return NULL;
    const bool whole = all_whole(call);
    if (whole) row = find_in(gan__foreign_rows_list, operation);
    if (whole && !row) row = find_in(gan__foreign_rows_sum, operation);
    for (size_t i = 0; !row && i < sizeof tables / sizeof tables[0]; i++)
        row = find_in(tables[i], operation);
    return row;
}

// Whether `names`, each with a space behind it, has this one.
static bool is_listed(const char *names, const char *name) {
    const size_t length = strlen(name);
    for (; *names; names += strcspn(names, " ") + 1) {
        if (strcspn(names, " ") == length && memcmp(names, name, length) == 0) return true;
    }
    return false;
}

static gan_status check_call(const gan_foreign_call *call) {
    const size_t count = call->node->inputs.count;
    if (!call->row)
        return gan__foreign_refuse(call,
                                   "the operator %.100s%sis not known here; docs/evaluation.md "
                                   "lists those that are",
                                   call->node->domain, call->node->domain[0] ? "'s " : "");
    if (count < (size_t)call->row->fewest ||
        (call->row->most >= 0 && count > (size_t)call->row->most))
        return gan__foreign_refuse(call, "it has %zu inputs, which is not its number", count);
    for (size_t i = 0; i < call->node->attribute_count; i++) {
        const char *const name = call->node->attributes[i].name;
        if (!is_listed(call->row->attributes, name))
            return gan__foreign_refuse(
                call, "its attribute %.100s is not known here; known are: %s", name,
                call->row->attributes[0] ? call->row->attributes : "none");
    }
    return GAN_STATUS_OK;
}

static gan_status collect(gan_foreign_graph *to, gan_foreign_call *call) {
    const gan_foreign_names *const inputs = &call->node->inputs, *const outputs =
                                                                     &call->node->outputs;
    GAN_TRY(gan__foreign_alloc(to, inputs->count, sizeof *call->inputs, (void **)&call->inputs));
    GAN_TRY(gan__foreign_alloc(to, outputs->count, sizeof *call->outputs, (void **)&call->outputs));
    for (size_t i = 0; i < inputs->count; i++) {
        call->inputs[i] = find(to, inputs->name[i]);
        if (inputs->name[i][0] != '\0' && (!call->inputs[i] || !call->inputs[i]->known))
            return gan__foreign_refuse(call, "its input %.200s is computed by no node before it",
                                       inputs->name[i]);
    }
    for (size_t i = 0; i < outputs->count; i++) call->outputs[i] = find(to, outputs->name[i]);
    return GAN_STATUS_OK;
}

static gan_status put_node(gan_foreign_graph *to, const gan_foreign_node *node) {
    gan_foreign_call call = {.to = to, .node = node};
    char context[400];
    GAN_TRY(collect(to, &call));
    call.row = find_row(&call);
    GAN_TRY(check_call(&call));
    snprintf(context, sizeof context, "node %.200s (%.100s)", node->name, node->operation);
    gan__graph_set_context(to->graph, context);
    return call.row->put(&call);
}

// Nodes none of whose outputs is needed are passed over.
static gan_status put_nodes(gan_foreign_graph *to, const gan_foreign_value *wanted) {
    bool *needed;
    GAN_TRY(gan__alloc(to->names.count, sizeof *needed, (void **)&needed));
    mark_needed(to, wanted, needed);
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < to->model->node_count && status == GAN_STATUS_OK; i++) {
        const gan_foreign_node *const node = &to->model->nodes[i];
        bool one = false;
        for (size_t k = 0; k < node->outputs.count; k++) {
            const gan_foreign_value *const value = find(to, node->outputs.name[k]);
            one |= value && needed[value - to->values];
        }
        if (one) status = put_node(to, node);
    }
    gan__free(needed);
    return status;
}

// --- The whole -----------------------------------------------------------------------------------
static gan_status put_input(gan_foreign_graph *to, const gan_foreign_order *order,
                            gan_foreign_fit *fit) {
    const gan_foreign_model *const model = to->model;
    if (model->input_count != 1)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its graph has %zu inputs; a network of samples has one",
                         model->input_count);
    GAN_TRY(gan__foreign_fit(&model->inputs[0], order->sample, fit));
    const gan_shape samples = GAN_SHAPE(gan__shape_elements(order->sample), order->batch);
    to->samples = gan__input(to->graph, "samples", GAN_ELEMENT_F32, &samples);
    gan_foreign_value *const value = find(to, model->inputs[0].name);
    if (!value) return gan__fail(GAN_STATUS_CORRUPT, "the input of its graph has no name");
    value->known = value->batched = true;
    value->node = gan__foreign_fit_apply(fit, to->samples);
    value->rank = fit->input.rank + 1;
    value->size[0] = GAN_FOREIGN_BATCH;
    for (int i = 0; i < fit->input.rank; i++) value->size[i + 1] = fit->input.size[i];
    return gan__graph_status(to->graph);
}

static gan_status take_output(gan_foreign_graph *to, const gan_foreign_value *wanted) {
    if (!wanted->known || !wanted->batched)
        return gan__fail(GAN_STATUS_BAD_INPUT, "its value %.200s %s", wanted->name,
                         wanted->known ? "does not depend on the input"
                                       : "is an output of a node that is not computed here");
    const gan_shape flat = GAN_SHAPE(gan__foreign_elements(wanted), to->batch);
    to->output = gan__reshape(wanted->node, &flat);
    return gan__graph_status(to->graph);
}

static gan_status build(gan_foreign_graph *to, const gan_foreign_order *order,
                        gan_foreign_fit *fit) {
    gan_foreign_value *wanted;
    GAN_TRY(gan__arena_create(&to->arena));
    GAN_TRY(gan__graph_create(&to->graph));
    GAN_TRY(add_names(to));
    GAN_TRY(find_wanted(to, order->value, &wanted));
    GAN_TRY(know_constants(to));
    GAN_TRY(put_input(to, order, fit));
    GAN_TRY(put_nodes(to, wanted));
    return take_output(to, wanted);
}

gan_status gan__foreign_graph_build(const gan_foreign_model *model, const gan_foreign_order *order,
                                    gan_foreign_graph *out, gan_foreign_fit *fit) {
    *out = (gan_foreign_graph){
        .model = model, .batch = order->batch, .growth = {.length = model->length}};
    const gan_status status = build(out, order, fit);
    // What the graph's builders call a bad argument, or too many elements, came from the file.
    if (status != GAN_STATUS_BAD_ARGUMENT && status != GAN_STATUS_DEVICE_MEMORY) return status;
    return gan__fail(GAN_STATUS_BAD_INPUT, "%s", gan_status_message());
}

void gan__foreign_graph_destroy(gan_foreign_graph *graph) {
    gan__graph_destroy(graph->graph);
    gan__names_destroy(&graph->names);
    gan__free(graph->values);
    gan__free(graph->states);
    gan__arena_destroy(graph->arena);
    *graph = (gan_foreign_graph){0};
}
