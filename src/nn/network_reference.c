// The reference batch of a network (nn/reference.h) among its buffers: the last of them.
#include "nn/network_struct.h"

#include <stdio.h>

bool gan__layers_take_reference(const gan_layer *layers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (layers[i].kind->takes_reference) return true;
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            if (gan__layers_take_reference(layers[i].lists[k].layers, layers[i].lists[k].count))
                return true;
    }
    return false;
}

static void add_tensor(gan_network *network, const char *name, gan_shape shape) {
    gan_tensor_table *const table = &network->buffers;
    gan_tensor *const tensor = &table->tensors[table->count++];
    shape.size[shape.rank++] = network->reference;
    *tensor = (gan_tensor){.shape = shape,
                           .offset = table->elements,
                           .elements = gan__shape_elements(&shape),
                           .init = {GAN_INIT_ZEROS, 0, 0},
                           .role = GAN_TENSOR_REFERENCE,
                           .parametrization = {.kind = GAN_PARAMETRIZATION_NONE}};
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    table->elements += tensor->elements;
}

gan_status gan__network_add_reference(gan_network *network) {
    const gan_shape *const input = &network->list.shapes[0];
    const double samples = (double)network->reference;
    const double elements = (double)(gan__shape_elements(input) + 1) * samples;
    if (network->reference == 0) return GAN_STATUS_OK;
    if (elements + (double)network->buffers.elements > INT32_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "a reference batch of %.0f samples is too large for the %s", samples,
                         network->name);
    add_tensor(network, "reference", *input);
    if (network->uses_labels) add_tensor(network, "reference_labels", gan__shape_scalar());
    return GAN_STATUS_OK;
}

gan_node *gan__network_reference_view(const gan_network *network, gan_node *const *buffers,
                                      bool labels) {
    const bool labelled = network->uses_labels;
    if (labels && !labelled) return NULL;
    return buffers[network->buffers.count - 1 - (size_t)(labelled && !labels)];
}
