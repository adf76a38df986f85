// Implements gan/generation.h.
#include "gan/generation.h"

#include "base/memory.h"

gan_status gan__generation_build(gan_graph *graph, const gan_network *generator,
                                 gan_node *parameters, gan_node *buffers, gan_node *truncation,
                                 int64_t count, gan_generation *out) {
    const int64_t size = gan__network_input_shape(generator)->size[0];
    const int64_t draws = gan__network_draws(generator);
    const bool labelled = gan__network_uses_labels(generator);
    const gan_shape latents = GAN_SHAPE(size + draws + labelled, count);
    const gan_shape samples =
        GAN_SHAPE(gan__shape_elements(gan__network_output_shape(generator)), count);
    void *weights = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(generator), sizeof(gan_node *), &weights));
    gan__network_weights(generator, parameters, weights);
    out->latents = gan__input(graph, "latents", GAN_ELEMENT_F32, &latents);
    gan_node *const labels =
        labelled ? gan__flatten(gan__rows(out->latents, size + draws, 1)) : NULL;
    const gan_network_call call = {.weights = weights,
                                   .buffers = buffers,
                                   .labels = labels,
                                   .truncation = truncation,
                                   .draws =
                                       draws > 0 ? gan__rows(out->latents, size, draws) : NULL};
    const gan_network_result result =
        gan__network_apply(generator, &call, gan__rows(out->latents, 0, size));
    out->styles = gan__network_style(generator) > 0 ? result.condition : NULL;
    out->samples = gan__reshape(result.output, &samples);
    gan__free(weights);
    return gan__graph_status(graph);
}

void gan__generation_put(float *latents, size_t count, size_t index, const float *latent,
                         size_t size) {
    for (size_t i = 0; i < size; i++) latents[i * count + index] = latent[i];
}

// Some elements at a time, so that their cache lines serve all samples.
#define TOGETHER 16

void gan__generation_take(const float *samples, size_t count, size_t elements, size_t wanted,
                          float *out) {
    for (size_t first = 0; first < elements; first += TOGETHER) {
        const size_t end = first + TOGETHER < elements ? first + TOGETHER : elements;
        for (size_t i = 0; i < wanted; i++)
            for (size_t e = first; e < end; e++) out[i * elements + e] = samples[e * count + i];
    }
}
