// Implements gan/generation.h.
#include "gan/generation.h"

#include "base/memory.h"

gan_status gan__generation_build(gan_graph *graph, const gan_network *generator,
                                 gan_node *parameters, gan_node *buffers, int64_t count,
                                 gan_generation *out) {
    const gan_shape latents = GAN_SHAPE(count, gan__network_input_shape(generator)->size[0]);
    const gan_shape samples =
        GAN_SHAPE(gan__shape_elements(gan__network_output_shape(generator)), count);
    void *weights = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(generator), sizeof(gan_node *), &weights));
    gan__network_weights(generator, parameters, weights);
    out->latents = gan__input(graph, "latents", GAN_ELEMENT_F32, &latents);
    const gan_network_call call = {.weights = weights, .buffers = buffers};
    const gan_network_result result =
        gan__network_apply(generator, &call, gan__transpose(out->latents));
    out->samples = gan__transpose(gan__reshape(result.output, &samples));
    gan__free(weights);
    return gan__graph_status(graph);
}
