// Networks as a whole: making one, and what it consists of. How its layers come to shapes and
// tensors is network_list.c's matter.
#include "nn/network_struct.h"

#include <stdio.h>
#include <string.h>

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
        char path[24];
        snprintf(path, sizeof path, "%zu", tensor->layer);
        return gan__network_fail_in(network, &network->list.layers[tensor->layer], path,
                                    GAN_STATUS_BAD_INPUT);
    }
    return GAN_STATUS_OK;
}

static gan_status build(gan_network *network, const gan_network_spec *spec) {
    if (spec->count == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the %s has no layers", spec->name);
    GAN_TRY(gan__arena_string(network->arena, spec->name, &network->name));
    if (spec->source) GAN_TRY(gan__arena_string(network->arena, spec->source, &network->source));
    network->classes = spec->classes;
    GAN_TRY(gan__network_list_build(network, spec));
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
    return network->list.count;
}

const gan_layer *gan__network_layer(const gan_network *network, size_t index) {
    return &network->list.layers[index];
}

const gan_shape *gan__network_layer_shape(const gan_network *network, size_t index) {
    return &network->list.shapes[index + 1];
}

const gan_shape *gan__network_input_shape(const gan_network *network) {
    return &network->list.shapes[0];
}

const gan_shape *gan__network_output_shape(const gan_network *network) {
    return &network->list.shapes[network->list.count];
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

bool gan__network_uses_labels(const gan_network *network) {
    return network->uses_labels;
}

bool gan__network_uses_latents(const gan_network *network) {
    return network->uses_latents;
}

int64_t gan__network_reference(const gan_network *network) {
    return network->reference;
}

// Counts the condition layers and the modulated convolutions of a list and of the blocks in it;
// *condition is the last of the former's layers.
static void count_styles(const gan_network_list *list, const gan_network_list **condition,
                         size_t *conditions, size_t *modulated) {
    for (size_t i = 0; i < list->count; i++) {
        const gan_unit *const unit = &list->units[i];
        if (list->layers[i].kind->conditions) {
            *condition = unit->lists[0];
            ++*conditions;
        }
        *modulated += strcmp(list->layers[i].kind->name, "modulated_convolution") == 0;
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            if (unit->lists[k]) count_styles(unit->lists[k], condition, conditions, modulated);
    }
}

int64_t gan__network_style(const gan_network *network) {
    const gan_network_list *condition = NULL;
    size_t conditions = 0, modulated = 0;
    count_styles(&network->list, &condition, &conditions, &modulated);
    if (conditions != 1 || modulated == 0) return 0;
    return condition->shapes[condition->count].size[0];
}

int64_t gan__network_draws(const gan_network *network) {
    const size_t last = network->list.count - 1;
    const gan_shape *tokens = &network->list.shapes[last];
    if (!network->list.layers[last].kind->draws) return 0;
    return gan__shape_elements(tokens) / tokens->size[0];
}
