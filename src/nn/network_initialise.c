// Initial values of a network's parameters and buffers, tensor by tensor.
#include "nn/network_struct.h"

#include <string.h>

// Where a mean is exactly 0 or 1 (a pixel that is always black), its logit is that of this margin.
static const double marginals_margin = 1e-7;

bool gan__network_wants_means(const gan_network *network) {
    for (size_t i = 0; i < network->parameters.count; i++)
        if (network->parameters.tensors[i].init.kind == GAN_INIT_MARGINALS) return true;
    return false;
}

// The bias with which what follows the tensor's layer starts at the means.
static gan_status initialise_marginals(const gan_network *network, const gan_tensor *tensor,
                                       const double *means, float *values) {
    if (!means)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s %s: marginals need the data's means",
                         network->name, tensor->name);
    for (size_t i = tensor->layer + 1; i < network->list.count; i++) {
        const char *kind = network->list.layers[i].kind->name;
        if (strcmp(kind, "sigmoid") == 0) {
            gan__initialise_logits(means, tensor->elements, marginals_margin, values);
            return GAN_STATUS_OK;
        }
        if (strcmp(kind, "tanh") == 0) {
            gan__initialise_atanh(means, tensor->elements, marginals_margin, values);
            return GAN_STATUS_OK;
        }
    }
    for (int64_t i = 0; i < tensor->elements; i++) values[i] = (float)means[i];
    return GAN_STATUS_OK;
}

static gan_status initialise_table(const gan_network *network, const gan_tensor_table *table,
                                   uint64_t seed, uint64_t first_step, const double *means,
                                   float *values) {
    for (size_t i = 0; i < table->count; i++) {
        const gan_tensor *tensor = &table->tensors[i];
        float *target = values + tensor->offset;
        if (tensor->init.kind == GAN_INIT_MARGINALS)
            GAN_TRY(initialise_marginals(network, tensor, means, target));
        else
            GAN_TRY(gan__initialise(tensor->init, &tensor->shape, tensor->fan_in, tensor->fan_out,
                                    seed, first_step + i, target));
    }
    return GAN_STATUS_OK;
}

// --- What follows from a weight -----------------------------------------------------------------

static gan_status start_spectral(const gan_network *network, size_t index, const float *parameters,
                                 float *buffers) {
    const gan_tensor *u = &network->buffers.tensors[index], *v = u + 1;
    const gan_tensor *weight = &network->parameters.tensors[u->weight];
    if (parameters == NULL)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s %s: its weight's values are needed",
                         network->name, u->name);
    return gan__spectral_start(parameters + weight->offset, &weight->shape, weight->output_axis,
                               buffers + u->offset, buffers + v->offset);
}

static void fill_norms(const gan_network *network, float *parameters) {
    for (size_t i = 0; i < network->parameters.count; i++) {
        const gan_tensor *tensor = &network->parameters.tensors[i];
        if (tensor->role != GAN_TENSOR_NORM) continue;
        const gan_tensor *weight = &network->parameters.tensors[tensor->weight];
        gan__parametrize_norms(parameters + weight->offset, &weight->shape, weight->output_axis,
                               parameters + tensor->offset);
    }
}

gan_status gan__network_initialise(const gan_network *network, uint64_t seed, uint64_t first_step,
                                   const double *output_means, float *parameters, float *buffers) {
    const gan_tensor_table *weights = &network->parameters, *others = &network->buffers;
    if (parameters) {
        GAN_TRY(initialise_table(network, weights, seed, first_step, output_means, parameters));
        fill_norms(network, parameters);
    }
    if (!buffers) return GAN_STATUS_OK;
    GAN_TRY(initialise_table(network, others, seed, first_step + weights->count, NULL, buffers));
    for (size_t i = 0; i < others->count; i++)
        if (others->tensors[i].role == GAN_TENSOR_SPECTRAL_U)
            GAN_TRY(start_spectral(network, i, parameters, buffers));
    return GAN_STATUS_OK;
}
