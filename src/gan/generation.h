// The generator alone, for looking: latents in, samples out, in inference. One graph serves the
// pictures of a run and gan-sample.
#ifndef GAN_GAN_GENERATION_H
#define GAN_GAN_GENERATION_H

#include "graph/graph.h"
#include "nn/network.h"

typedef struct gan_generation {
    gan_node *latents; // input (latent size + draws + labels, count): behind the latent the numbers
                       // U(0, 1) that the generator draws tokens by, gan__network_draws of them,
                       // and the label where it takes one
    gan_node *styles;  // (gan__network_style, count); NULL where it has none
    gan_node *samples; // (elements of one sample, row-major in the data's shape; count)
} gan_generation;

// The batch is innermost there, as everywhere on a device, and the host turns it: that is less work
// than kernels of its own that would have to be compiled and found. Puts latent number `index`, of
// `size` elements, among `count`; the first `wanted` of `count` samples, one after the other.
void gan__generation_put(float *latents, size_t count, size_t index, const float *latent,
                         size_t size);
void gan__generation_take(const float *samples, size_t count, size_t elements, size_t wanted,
                          float *out);

// `parameters` is flat; `buffers` is NULL when the network has none, `truncation` (nn/network.h)
// where styles stay as they are.
gan_status gan__generation_build(gan_graph *graph, const gan_network *generator,
                                 gan_node *parameters, gan_node *buffers, gan_node *truncation,
                                 int64_t count, gan_generation *out);

#endif
