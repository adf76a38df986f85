// Applying a network: from weights and an input to the nodes of its output.
#include "nn/network_struct.h"

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
        return gan__graph_fail(graph, "the host is out of memory");
    for (size_t i = 0; i < table->count; i++) parts[i] = gan__flatten(nodes[i]);
    gan_node *flat = gan__concat(parts, table->count, 0);
    gan__free(parts);
    return flat;
}

gan_node *gan__network_flatten(const gan_network *network, gan_node *const *nodes) {
    return flatten(&network->parameters, nodes);
}

// The nodes of one application while its layers are built.
typedef struct application {
    gan_node **outputs; // outputs[0]: the input; outputs[i + 1]: of layer i
    gan_node **before;  // buffers as views
    gan_node **after;
} application;

static gan_status application_allocate(const gan_network *network, application *work) {
    size_t buffers = network->buffers.count, outputs = network->count + 1;
    GAN_TRY(gan__alloc(outputs + 2 * buffers, sizeof(gan_node *), (void **)&work->outputs));
    work->before = work->outputs + outputs;
    work->after = work->before + buffers;
    return GAN_STATUS_OK;
}

static gan_node *apply_layer(const gan_network *network, const gan_network_call *call,
                             application *work, size_t index) {
    const gan_layer_places *places = &network->places[index];
    gan_node *tensors[GAN_LAYER_TENSORS_MAX] = {NULL}, *updated[GAN_LAYER_TENSORS_MAX] = {NULL};
    for (size_t i = 0; i < places->count; i++) {
        gan_tensor_place place = places->place[i];
        tensors[i] = place.buffer ? work->before[place.index] : call->weights[place.index];
        updated[i] = tensors[i];
    }
    gan_layer_call layer_call = {.layer = &network->layers[index],
                                 .training = call->training,
                                 .stream = call->stream + (uint32_t)index,
                                 .tensors = tensors,
                                 .updated = updated,
                                 .outputs = work->outputs + 1};
    gan_node *y = network->layers[index].kind->build(&layer_call, work->outputs[index]);
    for (size_t i = 0; i < places->count; i++)
        if (places->place[i].buffer) work->after[places->place[i].index] = updated[i];
    return y;
}

// Whether x is the network's input with a batch behind it.
static bool input_fits(const gan_network *network, gan_node *x) {
    const gan_shape *want = gan__network_input_shape(network), *have = gan__node_shape(x);
    bool fits = have->rank == want->rank + 1;
    for (int i = 0; fits && i < want->rank; i++) fits = have->size[i] == want->size[i];
    return fits;
}

static void apply_layers(const gan_network *network, const gan_network_call *call,
                         application *work) {
    gan_graph *graph = gan__node_graph(work->outputs[0]);
    for (size_t i = 0; i < network->count; i++) {
        char context[96];
        snprintf(context, sizeof context, "%s layer %zu (%s)", network->name, i,
                 network->layers[i].kind->name);
        gan__graph_set_context(graph, context);
        work->outputs[i + 1] = apply_layer(network, call, work, i);
        if (call->activations) call->activations[i] = work->outputs[i + 1];
    }
    gan__graph_set_context(graph, NULL);
}

static gan_network_result collect(const gan_network *network, const gan_network_call *call,
                                  const application *work) {
    size_t last = network->count - 1;
    bool sigmoid = strcmp(network->layers[last].kind->name, "sigmoid") == 0;
    gan_network_result result = {.output = work->outputs[last + 1],
                                 .logits = work->outputs[sigmoid ? last : last + 1],
                                 .buffers = call->buffers};
    size_t bytes = network->buffers.count * sizeof(gan_node *);
    bool changed = bytes > 0 && memcmp(work->before, work->after, bytes) != 0;
    if (changed) result.buffers = flatten(&network->buffers, work->after);
    if (!result.output || (changed && !result.buffers)) return (gan_network_result){0};
    return result;
}

gan_network_result gan__network_apply(const gan_network *network, const gan_network_call *call,
                                      gan_node *x) {
    application work;
    char want[GAN_SHAPE_TEXT], have[GAN_SHAPE_TEXT];
    if (!x) return (gan_network_result){0};
    gan_graph *graph = gan__node_graph(x);
    if (!input_fits(network, x)) {
        gan__graph_fail(graph, "%s: its input must be %s and a batch, not %s", network->name,
                        gan__shape_text(gan__network_input_shape(network), want),
                        gan__shape_text(gan__node_shape(x), have));
        return (gan_network_result){0};
    }
    if (application_allocate(network, &work) != GAN_STATUS_OK) {
        gan__graph_fail(graph, "the host is out of memory");
        return (gan_network_result){0};
    }
    work.outputs[0] = x;
    for (size_t i = 0; i < network->buffers.count; i++) {
        work.before[i] = tensor_view(&network->buffers.tensors[i], call->buffers);
        work.after[i] = work.before[i];
    }
    apply_layers(network, call, &work);
    gan_network_result result = collect(network, call, &work);
    gan__free(work.outputs);
    return result;
}
