// Applying a network: from weights and an input to the nodes of its output.
#include "nn/network_struct.h"
#include "nn/reference.h"

#include <stdio.h>
#include <string.h>

static gan_node *tensor_view(const gan_tensor *tensor, gan_node *flat) {
    if (!flat) return NULL;
    gan_node *part = gan__slice(flat, &tensor->offset, &tensor->elements, NULL);
    return gan__reshape(part, &tensor->shape);
}

void gan__network_weights(const gan_network *network, gan_node *flat, gan_node **weights) {
    for (size_t i = 0; i < network->parameters.count; i++)
        weights[i] = tensor_view(&network->parameters.tensors[i], flat);
}

static gan_node *flatten(const gan_tensor_table *table, gan_node *const *nodes) {
    gan_node **parts;
    for (size_t i = 0; i < table->count; i++)
        if (!nodes[i]) return NULL;
    if (table->count == 0) return NULL;
    gan_graph *graph = gan__node_graph(nodes[0]);
    if (gan__alloc(table->count, sizeof *parts, (void **)&parts) != GAN_STATUS_OK)
        return gan__graph_no_memory(graph);
    for (size_t i = 0; i < table->count; i++) parts[i] = gan__flatten(nodes[i]);
    gan_node *flat = gan__concat(parts, table->count, 0);
    gan__free(parts);
    return flat;
}

gan_node *gan__network_flatten(const gan_network *network, gan_node *const *nodes) {
    return flatten(&network->parameters, nodes);
}

// One application while its layers are built.
typedef struct application {
    const gan_network *network;
    const gan_network_call *call;
    gan_node **before; // buffers as views
    gan_node **after;
    gan_node *condition; // at the layer that is built; NULL: none yet
} application;

static gan_node *apply_list(application *work, const gan_network_list *list, gan_node *x,
                            gan_node **logits);

static void set_context(const application *work, gan_graph *graph, const gan_unit *unit,
                        const gan_layer *layer) {
    char context[128];
    snprintf(context, sizeof context, "%s layer %s (%s)", work->network->name, unit->path,
             layer->kind->name);
    gan__graph_set_context(graph, context);
}

// The layer's tensors as it is to use them, and its buffers after the call.
static void gather_tensors(const application *work, const gan_unit *unit, gan_node **tensors,
                           gan_node **updated) {
    for (size_t i = 0; i < unit->count; i++) {
        const gan_tensor_place place = unit->place[i];
        tensors[i] = place.buffer ? work->before[place.index] : work->call->weights[place.index];
        updated[i] = place.buffer ? work->after[place.index] : tensors[i];
    }
    gan__parametrize_apply(&unit->parametrization, unit->declared, unit->own, work->call->training,
                           tensors, updated);
}

static bool is_affine(const gan_layer *layer) {
    static const char *const kinds[] = {"dense", "convolution", "transposed_convolution"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(layer->kind->name, kinds[i]) == 0) return true;
    return false;
}

// Whether units share norms, as those of a transposed convolution in groups do: none has a scale of
// its own then.
static bool shares_norms(const gan_unit *unit, int64_t units) {
    for (size_t i = 0; i < unit->count; i++)
        if (unit->declared[i].role == GAN_TENSOR_NORM &&
            gan__shape_elements(&unit->declared[i].shape) != units)
            return true;
    return false;
}

// y, the output (units, ..., B) of an affine layer, as data-dependent initialisation has it.
static gan_node *start_layer(const application *work, const gan_unit *unit, gan_node *y) {
    const double least = 1e-12; // variance below which a unit says nothing of its scale
    if (!y || shares_norms(unit, gan__node_shape(y)->size[0])) return y;
    const uint32_t others = ((1u << gan__node_shape(y)->rank) - 1) & ~1u;
    gan_node *const mean = gan__reduce_mean(y, others), *const centred = gan__sub(y, mean);
    gan_node *const variance = gan__reduce_mean(gan__square(centred), others);
    gan_node *const one = gan__scalar(gan__node_graph(y), 1);
    gan_node *const silent = gan__less(variance, gan__scalar(gan__node_graph(y), least));
    gan_node *const factor = gan__reciprocal(gan__sqrt(gan__select(silent, one, variance)));
    bool shifts = false;
    for (size_t i = 0; i < unit->count; i++) {
        const size_t index = unit->place[i].index;
        gan_node *const now = work->call->weights[index];
        const bool norm = unit->declared[i].role == GAN_TENSOR_NORM;
        if (unit->place[i].buffer || !now || (!norm && !unit->declared[i].is_bias)) continue;
        const gan_shape *const shape = gan__node_shape(now);
        gan_node *const shifted =
            norm ? now : gan__sub(now, mean ? gan__reshape(mean, shape) : NULL);
        shifts = shifts || !norm;
        work->call->starts[index] = factor ? gan__mul(shifted, gan__reshape(factor, shape)) : NULL;
    }
    return gan__mul(shifts ? centred : y, factor);
}

// The condition that a layer gives, with the share of the way to the mean that the call asks for.
static gan_node *truncate(const gan_network_call *call, gan_node *condition) {
    if (condition == NULL || call->truncation == NULL) return condition;
    const int64_t size = gan__node_shape(condition)->size[0], first = 0, one = 1;
    gan_node *const mean = gan__slice(call->truncation, &first, &size, NULL);
    gan_node *const share = gan__slice(call->truncation, &size, &one, NULL);
    if (mean == NULL || share == NULL) return NULL;
    gan_node *const way = gan__sub(gan__reshape(mean, &GAN_SHAPE(size, 1)), condition);
    return gan__add(condition, gan__mul(gan__reshape(share, &GAN_SHAPE(1, 1)), way));
}

// Layer `index` of a list, whose input is outputs[index - 1].
static gan_node *apply_layer(application *work, const gan_network_list *list, size_t index,
                             gan_node *const *outputs) {
    const gan_unit *unit = &list->units[index];
    const gan_layer *layer = &list->layers[index];
    gan_node *const x = outputs[(ptrdiff_t)index - 1];
    gan_node *tensors[GAN_LAYER_TENSORS_MAX] = {NULL}, *updated[GAN_LAYER_TENSORS_MAX] = {NULL};
    gan_layer_call layer_call = {.layer = layer,
                                 .training = work->call->training,
                                 .stream = work->call->stream + unit->number,
                                 .tensors = tensors,
                                 .updated = updated,
                                 .outputs = outputs,
                                 .labels = work->call->labels,
                                 .condition = work->condition,
                                 .latents = work->call->latents,
                                 .classes = work->network->classes,
                                 .step = work->call->step,
                                 .reference = work->network->reference,
                                 .draws = work->call->draws};
    for (size_t i = 0; i < GAN_LAYER_LISTS_MAX; i++)
        if (unit->lists[i]) layer_call.lists[i] = apply_list(work, unit->lists[i], x, NULL);
    if (x) set_context(work, gan__node_graph(x), unit, layer);
    gather_tensors(work, unit, tensors, updated);
    gan_node *y = layer->kind->build(&layer_call, x);
    if (work->call->starts && is_affine(layer) &&
        unit->parametrization.kind == GAN_PARAMETRIZATION_WEIGHT_NORM)
        y = start_layer(work, unit, y);
    if (layer->kind->conditions) work->condition = truncate(work->call, layer_call.lists[0]);
    for (size_t i = 0; i < unit->count; i++)
        if (unit->place[i].buffer) work->after[unit->place[i].index] = updated[i];
    return y;
}

// Whether what the layer takes are the logits of what it gives.
static bool takes_logits(const gan_layer_kind *kind) {
    return kind->draws || strcmp(kind->name, "sigmoid") == 0;
}

// The list's output; *logits, where wanted: the output before a last layer that takes logits.
static gan_node *apply_list(application *work, const gan_network_list *list, gan_node *x,
                            gan_node **logits) {
    gan_node **outputs;
    if (!x) return NULL;
    if (gan__alloc(list->count + 1, sizeof *outputs, (void **)&outputs) != GAN_STATUS_OK)
        return gan__graph_no_memory(gan__node_graph(x));
    outputs[0] = x;
    for (size_t i = 0; i < list->count; i++) {
        outputs[i + 1] = apply_layer(work, list, i, outputs + 1);
        if (logits && work->call->activations) work->call->activations[i] = outputs[i + 1];
    }
    gan_node *output = outputs[list->count];
    const bool before = takes_logits(list->layers[list->count - 1].kind);
    if (logits) *logits = outputs[before ? list->count - 1 : list->count];
    gan__free(outputs);
    return output;
}

// Whether x is the network's input with a batch behind it.
static bool input_fits(const gan_network *network, gan_node *x) {
    const gan_shape *want = gan__network_input_shape(network), *have = gan__node_shape(x);
    bool fits = have->rank == want->rank + 1;
    for (int i = 0; fits && i < want->rank; i++) fits = have->size[i] == want->size[i];
    return fits;
}

// The layers applied to x and, behind it, to the reference batch, which is cut off again.
static void apply_beside_reference(application *work, gan_node *x, gan_network_result *result) {
    const gan_network *const network = work->network;
    const gan_network_call *const call = work->call;
    const int64_t count = network->reference;
    gan_network_call beside = *call;
    beside.labels =
        gan__reference_join(call->labels, gan__network_reference_view(network, work->before, true));
    work->call = &beside;
    gan_node *const joined =
        gan__reference_join(x, gan__network_reference_view(network, work->before, false));
    result->output = apply_list(work, &network->list, joined, &result->logits);
    work->call = call;
    result->output = gan__reference_cut(result->output, count);
    result->logits = gan__reference_cut(result->logits, count);
    work->condition = gan__reference_cut(work->condition, count);
    for (size_t i = 0; call->activations && i < network->list.count; i++)
        call->activations[i] = gan__reference_cut(call->activations[i], count);
}

static gan_network_result apply(application *work, gan_node *x) {
    const gan_network *network = work->network;
    gan_network_result result = {.buffers = work->call->buffers};
    for (size_t i = 0; i < network->buffers.count; i++) {
        work->before[i] = tensor_view(&network->buffers.tensors[i], work->call->buffers);
        work->after[i] = work->before[i];
    }
    if (network->reference > 0)
        apply_beside_reference(work, x, &result);
    else
        result.output = apply_list(work, &network->list, x, &result.logits);
    result.condition = work->condition;
    gan__graph_set_context(gan__node_graph(x), NULL);
    size_t bytes = network->buffers.count * sizeof(gan_node *);
    bool changed = bytes > 0 && memcmp(work->before, work->after, bytes) != 0;
    if (changed) result.buffers = flatten(&network->buffers, work->after);
    if (!result.output || (changed && !result.buffers)) return (gan_network_result){0};
    return result;
}

gan_network_result gan__network_apply(const gan_network *network, const gan_network_call *call,
                                      gan_node *x) {
    application work = {.network = network, .call = call};
    char want[GAN_SHAPE_TEXT], have[GAN_SHAPE_TEXT];
    if (!x) return (gan_network_result){0};
    gan_graph *graph = gan__node_graph(x);
    if (!input_fits(network, x)) {
        gan__graph_fail(graph, "%s: its input must be %s and a batch, not %s", network->name,
                        gan__shape_text(gan__network_input_shape(network), want),
                        gan__shape_text(gan__node_shape(x), have));
        return (gan_network_result){0};
    }
    if (network->uses_labels && !call->labels) {
        gan__graph_fail(graph, "%s: it needs the samples' labels", network->name);
        return (gan_network_result){0};
    }
    if (network->uses_latents && !call->latents) {
        gan__graph_fail(graph, "%s: it needs the samples' latents", network->name);
        return (gan_network_result){0};
    }
    if (gan__alloc(2 * network->buffers.count, sizeof(gan_node *), (void **)&work.before) !=
        GAN_STATUS_OK) {
        gan__graph_no_memory(graph);
        return (gan_network_result){0};
    }
    work.after = work.before + network->buffers.count;
    gan_network_result result = apply(&work, x);
    gan__free(work.before);
    return result;
}
