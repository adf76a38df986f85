// The generator alone, for looking: latents in, samples out, in inference. One graph serves the
// pictures of a run and gan-sample.
#ifndef GAN_GAN_GENERATION_H
#define GAN_GAN_GENERATION_H

#include "graph/graph.h"
#include "nn/network.h"

typedef struct gan_generation {
    gan_node *latents; // input (count, latent size); where the generator takes labels, (count,
                       // latent size + 1): the label behind the latent
    gan_node *samples; // (count, elements of one sample), row-major in the data's shape
} gan_generation;

// `parameters` is flat; `buffers` is NULL when the network has none.
gan_status gan__generation_build(gan_graph *graph, const gan_network *generator,
                                 gan_node *parameters, gan_node *buffers, int64_t count,
                                 gan_generation *out);

#endif
