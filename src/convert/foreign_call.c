// Implements foreign.h: what operators' functions have in common.
#include "convert/foreign.h"

#include "convert/bundle.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

gan_status gan__foreign_refuse(const gan_foreign_call *call, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return gan__fail(GAN_STATUS_BAD_INPUT, "node %.200s (%.100s): %s", call->node->name,
                     call->node->operation, text);
}

// --- Attributes ----------------------------------------------------------------------------------
int64_t gan__foreign_whole(const gan_foreign_call *call, const char *name, int64_t fallback) {
    const gan_foreign_attribute *attribute = gan__foreign_attribute(call->node, name);
    return attribute ? attribute->whole : fallback;
}

double gan__foreign_number(const gan_foreign_call *call, const char *name, double fallback) {
    const gan_foreign_attribute *attribute = gan__foreign_attribute(call->node, name);
    return attribute ? (double)attribute->number : fallback;
}

const char *gan__foreign_text(const gan_foreign_call *call, const char *name,
                              const char *fallback) {
    const gan_foreign_attribute *attribute = gan__foreign_attribute(call->node, name);
    return attribute ? attribute->text : fallback;
}

// --- Inputs as numbers ---------------------------------------------------------------------------
gan_foreign_value *gan__foreign_input(const gan_foreign_call *call, size_t index) {
    return index < call->node->inputs.count ? call->inputs[index] : NULL;
}

int64_t gan__foreign_elements(const gan_foreign_value *value) {
    int64_t elements = 1;
    for (int i = value->batched ? 1 : 0; i < value->rank; i++) elements *= value->size[i];
    return elements;
}

gan_status gan__foreign_list_of(const gan_foreign_call *call, const char *attribute, size_t input,
                                gan_foreign_list *out) {
    const gan_foreign_attribute *given = gan__foreign_attribute(call->node, attribute);
    const gan_foreign_value *value = gan__foreign_input(call, input);
    *out = (gan_foreign_list){0};
    if (given) *out = (gan_foreign_list){given->wholes, given->whole_count};
    if (!value) return GAN_STATUS_OK;
    if (value->batched || !value->wholes || value->rank > 1)
        return gan__foreign_refuse(call, "its input %s must be a constant list of whole numbers",
                                   value->name);
    *out = (gan_foreign_list){value->wholes, (size_t)gan__foreign_elements(value)};
    return GAN_STATUS_OK;
}

gan_status gan__foreign_floats(const gan_foreign_call *call, size_t index, const float **out,
                               size_t *count) {
    gan_foreign_value *value = gan__foreign_input(call, index);
    if (value && value->stored && !value->floats)
        GAN_TRY(gan__foreign_decode(call->to, value->stored, &value->floats, &value->wholes));
    if (!value || !value->floats)
        return gan__foreign_refuse(call, "input %zu (%s) must be a constant of the file", index,
                                   value ? value->name : "left out");
    *out = value->floats;
    *count = (size_t)gan__foreign_elements(value);
    return GAN_STATUS_OK;
}

gan_status gan__foreign_axis(const gan_foreign_call *call, int64_t given, int rank, int *axis) {
    const int64_t counted = given < 0 && given >= -rank ? given + rank : given;
    if (counted < 0 || counted >= rank)
        return gan__foreign_refuse(call, "axis %lld of a value of %d dimensions", (long long)given,
                                   rank);
    *axis = (int)counted;
    return GAN_STATUS_OK;
}

gan_status gan__foreign_axes(const gan_foreign_call *call, const gan_foreign_value *of,
                             const gan_foreign_list *list, int first, uint32_t *mask) {
    *mask = 0;
    const bool given = list->values && list->count > 0;
    const size_t count = given ? list->count : (size_t)(of->rank - first);
    for (size_t i = 0; i < count; i++) {
        int axis = first + (int)i;
        if (given) GAN_TRY(gan__foreign_axis(call, list->values[i], of->rank, &axis));
        if (of->batched && axis == 0)
            return gan__foreign_refuse(call, "it works across the samples of a batch (axis 0)");
        *mask |= 1u << (of->batched ? axis - 1 : axis);
    }
    return GAN_STATUS_OK;
}

// --- Inputs as nodes -----------------------------------------------------------------------------
static gan_status add_state(gan_foreign_graph *to, const gan_shape *shape, const char *name,
                            const gan_foreign_state *content, gan_node **out) {
    GAN_TRY(gan__bundle_room((void **)&to->states, sizeof *to->states, to->state_count,
                             &to->state_room));
    *out = gan__state(to->graph, name, shape);
    if (!*out) return gan__graph_status(to->graph);
    to->states[to->state_count] = *content;
    to->states[to->state_count++].node = *out;
    return GAN_STATUS_OK;
}

gan_status gan__foreign_tensor(gan_foreign_graph *to, const gan_shape *shape, const float *values,
                               gan_node **out) {
    return add_state(to, shape, "constant", &(gan_foreign_state){.floats = values}, out);
}

// A constant of the file, or of whole numbers, as a node.
static gan_status make_node(const gan_foreign_call *call, gan_foreign_value *value) {
    gan_foreign_graph *const to = call->to;
    const int64_t elements = gan__foreign_elements(value);
    if (value->rank > GAN_RANK_MAX || elements < 1)
        return gan__foreign_refuse(call, "its input %s has %s", value->name,
                                   elements < 1 ? "no elements" : "too many dimensions");
    const gan_shape shape = gan__shape(value->rank, value->size);
    if (value->stored && !value->floats && elements > 1)
        return add_state(to, &shape, value->name, &(gan_foreign_state){.stored = value->stored},
                         &value->node);
    if (value->stored && !value->floats)
        GAN_TRY(gan__foreign_decode(to, value->stored, &value->floats, &value->wholes));
    if (!value->floats)
        return gan__foreign_refuse(call, "its input %s is of whole numbers", value->name);
    if (elements > 1) return gan__foreign_tensor(to, &shape, value->floats, &value->node);
    value->node = gan__constant(to->graph, &shape, (double)value->floats[0]);
    return gan__graph_status(to->graph);
}

gan_status gan__foreign_take(const gan_foreign_call *call, size_t index, gan_node **out) {
    gan_foreign_value *const value = gan__foreign_input(call, index);
    *out = NULL;
    if (!value) return gan__foreign_refuse(call, "its input %zu is left out", index);
    if (!value->node) GAN_TRY(make_node(call, value));
    *out = value->node;
    return GAN_STATUS_OK;
}

static gan_status check_rank(const gan_foreign_call *call, size_t index, int rank, bool batched) {
    const gan_foreign_value *const value = gan__foreign_input(call, index);
    if (!value) return gan__foreign_refuse(call, "its input %zu is left out", index);
    if (value->batched != batched)
        return gan__foreign_refuse(call, "its input %s must %sdepend on the network's input",
                                   value->name, batched ? "" : "not ");
    if (rank == 0 || value->rank == rank) return GAN_STATUS_OK;
    return gan__foreign_refuse(call, "its input %s has %d dimensions; %d are known here",
                               value->name, value->rank, rank);
}

gan_status gan__foreign_take_batched(const gan_foreign_call *call, size_t index, int rank,
                                     gan_node **out) {
    GAN_TRY(check_rank(call, index, rank, true));
    return gan__foreign_take(call, index, out);
}

gan_status gan__foreign_take_constant(const gan_foreign_call *call, size_t index, int rank,
                                      gan_node **out) {
    GAN_TRY(check_rank(call, index, rank, false));
    return gan__foreign_take(call, index, out);
}

// A constant beside batched values of `rank` dimensions: without the batch's, and 1 at the end.
static gan_status align(const gan_foreign_call *call, const gan_foreign_value *value, int rank,
                        gan_node **node) {
    const int skip = value->rank == rank ? 1 : 0;
    if (value->rank > rank || (skip && value->size[0] != 1))
        return gan__foreign_refuse(call, "the constant %s has another row for each sample",
                                   value->name);
    gan_shape shape = gan__shape(value->rank - skip, value->size + skip);
    if (shape.rank == GAN_RANK_MAX)
        return gan__foreign_refuse(call, "its input %s has too many dimensions", value->name);
    shape.size[shape.rank++] = 1;
    *node = gan__reshape(*node, &shape);
    return gan__graph_status(call->to->graph);
}

gan_status gan__foreign_take_aligned(const gan_foreign_call *call, gan_node **nodes,
                                     bool *batched) {
    const size_t count = call->node->inputs.count;
    int rank = 0;
    *batched = false;
    for (size_t i = 0; i < count; i++) {
        GAN_TRY(gan__foreign_take(call, i, &nodes[i]));
        if (!call->inputs[i]->batched) continue;
        if (*batched && call->inputs[i]->rank != rank)
            return gan__foreign_refuse(call, "values of %d and of %d dimensions would meet", rank,
                                       call->inputs[i]->rank);
        *batched = true;
        rank = call->inputs[i]->rank;
    }
    for (size_t i = 0; i < count && *batched; i++) {
        if (!call->inputs[i]->batched) GAN_TRY(align(call, call->inputs[i], rank, &nodes[i]));
    }
    return GAN_STATUS_OK;
}

gan_node *gan__foreign_along_channels(gan_node *vector, int rank) {
    if (!vector) return NULL;
    gan_shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++) shape.size[i] = 1;
    shape.size[0] = gan__shape_elements(gan__node_shape(vector));
    return gan__reshape(vector, &shape);
}

// --- Outputs -------------------------------------------------------------------------------------
gan_status gan__foreign_give(const gan_foreign_call *call, size_t index, bool batched,
                             gan_node *node) {
    GAN_TRY(gan__graph_status(call->to->graph));
    gan_foreign_value *const value =
        index < call->node->outputs.count ? call->outputs[index] : NULL;
    if (!value || !node) return GAN_STATUS_OK;
    const gan_shape *const shape = gan__node_shape(node);
    value->known = true;
    value->batched = batched;
    value->node = node;
    value->rank = shape->rank;
    for (int i = 0; i < shape->rank; i++)
        value->size[i] = !batched ? shape->size[i] : i > 0 ? shape->size[i - 1] : GAN_FOREIGN_BATCH;
    return GAN_STATUS_OK;
}

gan_status gan__foreign_give_wholes(const gan_foreign_call *call, int rank, const int64_t *size,
                                    const int64_t *values) {
    gan_foreign_value *const value = call->node->outputs.count > 0 ? call->outputs[0] : NULL;
    if (!value) return GAN_STATUS_OK;
    value->known = true;
    value->rank = rank;
    for (int i = 0; i < rank; i++) value->size[i] = size[i];
    value->wholes = values;
    return GAN_STATUS_OK;
}

gan_status gan__foreign_give_same(const gan_foreign_call *call) {
    gan_foreign_value *const value = call->node->outputs.count > 0 ? call->outputs[0] : NULL;
    if (!value) return GAN_STATUS_OK;
    if (!gan__foreign_input(call, 0)) return gan__foreign_refuse(call, "its input is left out");
    const char *const name = value->name;
    *value = *call->inputs[0];
    value->name = name;
    return GAN_STATUS_OK;
}
