// The generator's noise and labels: drawn on the device in training, on the host for sampling by
// seed.
#ifndef GAN_GAN_LATENT_H
#define GAN_GAN_LATENT_H

#include "clgan/sample.h"
#include "graph/graph.h"
#include "recipe/recipe.h"

// (latent.size, batch) under the recipe's prior, drawn anew each run from `stream`.
gan_node *gan__latent_node(gan_graph *graph, const gan_recipe_values *recipe, int64_t batch,
                           uint32_t stream);

// The latent that belongs to `seed`: latent.size floats, element e from Philox's (seed,
// GAN_STREAM_LATENT, 0, e). A function of prior and seed alone.
void gan__latent_draw(const gan_recipe_values *recipe, uint64_t seed, float *latent);
// Draws each element outside [-psi, psi] again, under steps 1, 2, ...: of a normal latent of
// `seed`.
void gan__latent_truncate(const gan_recipe_values *recipe, uint64_t seed, double psi,
                          float *latent);

// gan_sampler_interpolate for latents of `size` elements; `path` is not AUTO.
void gan__latent_interpolate(gan_sample_path path, const float *from, const float *to, size_t size,
                             double at, float *latent);

// (batch), each of the classes 0 to `classes` - 1 equally likely, drawn anew each run.
gan_node *gan__label_node(gan_graph *graph, int64_t classes, int64_t batch, uint32_t stream);
// The label that belongs to `seed`, from Philox's (seed, GAN_STREAM_LABEL, 0, 0).
uint32_t gan__label_draw(int64_t classes, uint64_t seed);

#endif
