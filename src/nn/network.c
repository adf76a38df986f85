// From a list of layers to a checked network: shapes, and the tables of its tensors.
#include "nn/network_struct.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Puts "FILE:LINE: generator layer 3 (dense): " before the latest message.
static gan_status fail_in_layer(const gan_network *network, size_t index, gan_status status) {
    const gan_layer *layer = &network->layers[index];
    status = gan__fail_in(status, "%s layer %zu (%s)", network->name, index, layer->kind->name);
    if (!network->source) return status;
    if (layer->line == 0) return gan__fail_in(status, "%s", network->source);
    return gan__fail_in(status, "%s:%d", network->source, layer->line);
}

static gan_status check_arguments(const gan_layer *layer) {
    for (size_t i = 0; layer->kind->arguments[i].name; i++) {
        const gan_layer_argument *argument = &layer->kind->arguments[i];
        double value = layer->argument[i];
        if (argument->type == GAN_LAYER_ARGUMENT_SHAPE) {
            if (layer->shape.rank < 1 || layer->shape.rank > 3)
                return gan__fail(GAN_STATUS_BAD_INPUT, "%s needs one to three whole numbers",
                                 argument->name);
        } else if (isnan(value)) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s is missing", argument->name);
        } else if (value < argument->low || value > argument->high) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s is %g, but must be from %g to %g",
                             argument->name, value, argument->low, argument->high);
        }
    }
    return GAN_STATUS_OK;
}

static bool layer_given(gan_init init) {
    return init.kind != GAN_INIT_DEFAULT;
}

static gan_init resolve_init(const gan_network_spec *spec, const gan_layer *layer,
                             const gan_layer_tensor *tensor) {
    if (layer_given(tensor->init)) return tensor->init;
    gan_init weight = layer_given(layer->init) ? layer->init : spec->init;
    gan_init bias = layer_given(layer->bias_init) ? layer->bias_init : spec->bias_init;
    gan_init chosen = tensor->is_bias ? bias : weight;
    if (layer_given(chosen)) return chosen;
    bool zeros = tensor->is_bias && layer_given(weight);
    return (gan_init){zeros ? GAN_INIT_ZEROS : GAN_INIT_TORCH, 0};
}

static gan_tensor_place add_tensor(gan_tensor_table *table, size_t layer,
                                   const gan_layer_tensor *declared, gan_init init) {
    gan_tensor *tensor = &table->tensors[table->count];
    *tensor = (gan_tensor){.shape = declared->shape,
                           .offset = table->elements,
                           .elements = gan__shape_elements(&declared->shape),
                           .layer = layer,
                           .is_bias = declared->is_bias,
                           .fan_in = declared->fan_in,
                           .fan_out = declared->fan_out,
                           .init = init};
    snprintf(tensor->name, sizeof tensor->name, "%zu.%s", layer, declared->name);
    table->elements += tensor->elements;
    return (gan_tensor_place){declared->buffer, table->count++};
}

// The largest flat vector: element numbers must be exact in every index a device computes with.
static const int64_t elements_max = INT32_MAX;

static gan_status check_size(const gan_layer_tensor *declared, const gan_tensor_table *table) {
    double elements = 1;
    for (int i = 0; i < declared->shape.rank; i++) elements *= (double)declared->shape.size[i];
    if (elements + (double)table->elements <= (double)elements_max) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "with its %s of %.0f elements the network has more than %lld in all",
                     declared->name, elements, (long long)elements_max);
}

static gan_status add_layer(gan_network *network, const gan_network_spec *spec, size_t index) {
    const gan_layer *layer = &network->layers[index];
    const gan_shape *in = &network->shapes[index];
    GAN_TRY(check_arguments(layer));
    GAN_TRY(layer->kind->infer(layer, in, network->shapes + 1, index, &network->shapes[index + 1]));
    gan_layer_tensor declared[GAN_LAYER_TENSORS_MAX] = {{0}};
    gan_layer_places *places = &network->places[index];
    places->count = layer->kind->declare ? layer->kind->declare(layer, in, declared) : 0;
    for (size_t i = 0; i < places->count; i++) {
        gan_tensor_table *table = declared[i].buffer ? &network->buffers : &network->parameters;
        GAN_TRY(check_size(&declared[i], table));
        places->place[i] =
            add_tensor(table, index, &declared[i], resolve_init(spec, layer, &declared[i]));
    }
    return GAN_STATUS_OK;
}

// The bias from marginals must be the output's own.
static gan_status check_marginals(const gan_network *network) {
    int64_t outputs = gan__shape_elements(gan__network_output_shape(network));
    for (size_t i = 0; i < network->parameters.count; i++) {
        const gan_tensor *tensor = &network->parameters.tensors[i];
        if (tensor->init.kind != GAN_INIT_MARGINALS) continue;
        if (tensor->is_bias && tensor->elements == outputs) continue;
        gan__fail(GAN_STATUS_BAD_INPUT,
                  "marginals can initialise only a bias with one element for each of the "
                  "network's %lld outputs, not %s with %lld",
                  (long long)outputs, tensor->name, (long long)tensor->elements);
        return fail_in_layer(network, tensor->layer, GAN_STATUS_BAD_INPUT);
    }
    return GAN_STATUS_OK;
}

static gan_status allocate(gan_network *network, const gan_network_spec *spec) {
    gan_arena *arena = network->arena;
    size_t count = spec->count, tensors = count * GAN_LAYER_TENSORS_MAX;
    GAN_TRY(gan__arena_string(arena, spec->name, &network->name));
    if (spec->source) GAN_TRY(gan__arena_string(arena, spec->source, &network->source));
    GAN_TRY(gan__arena_alloc(arena, count, sizeof(gan_layer), (void **)&network->layers));
    GAN_TRY(gan__arena_alloc(arena, count + 1, sizeof(gan_shape), (void **)&network->shapes));
    GAN_TRY(gan__arena_alloc(arena, count, sizeof(gan_layer_places), (void **)&network->places));
    GAN_TRY(gan__arena_alloc(arena, tensors, sizeof(gan_tensor),
                             (void **)&network->parameters.tensors));
    return gan__arena_alloc(arena, tensors, sizeof(gan_tensor), (void **)&network->buffers.tensors);
}

static gan_status build(gan_network *network, const gan_network_spec *spec) {
    if (spec->count == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the %s has no layers", spec->name);
    GAN_TRY(allocate(network, spec));
    memcpy(network->layers, spec->layers, spec->count * sizeof(gan_layer));
    network->shapes[0] = spec->input;
    for (size_t i = 0; i < spec->count; i++) {
        network->count = i + 1;
        gan_status status = add_layer(network, spec, i);
        if (status != GAN_STATUS_OK) return fail_in_layer(network, i, status);
    }
    return check_marginals(network);
}

gan_status gan__network_create(const gan_network_spec *spec, gan_network **out) {
    *out = NULL;
    gan_network *network;
    GAN_TRY(gan__alloc(1, sizeof *network, (void **)&network));
    gan_status status = gan__arena_create(&network->arena);
    if (status == GAN_STATUS_OK) status = build(network, spec);
    if (status != GAN_STATUS_OK) {
        gan__network_destroy(network);
        return status;
    }
    *out = network;
    return GAN_STATUS_OK;
}

void gan__network_destroy(gan_network *network) {
    if (!network) return;
    gan__arena_destroy(network->arena);
    gan__free(network);
}

size_t gan__network_layer_count(const gan_network *network) {
    return network->count;
}

const gan_layer *gan__network_layer(const gan_network *network, size_t index) {
    return &network->layers[index];
}

const gan_shape *gan__network_layer_shape(const gan_network *network, size_t index) {
    return &network->shapes[index + 1];
}

const gan_shape *gan__network_input_shape(const gan_network *network) {
    return &network->shapes[0];
}

const gan_shape *gan__network_output_shape(const gan_network *network) {
    return &network->shapes[network->count];
}

size_t gan__network_parameter_count(const gan_network *network) {
    return network->parameters.count;
}

const gan_tensor *gan__network_parameter(const gan_network *network, size_t index) {
    return &network->parameters.tensors[index];
}

int64_t gan__network_parameter_elements(const gan_network *network) {
    return network->parameters.elements;
}

size_t gan__network_buffer_count(const gan_network *network) {
    return network->buffers.count;
}

const gan_tensor *gan__network_buffer(const gan_network *network, size_t index) {
    return &network->buffers.tensors[index];
}

int64_t gan__network_buffer_elements(const gan_network *network) {
    return network->buffers.elements;
}
