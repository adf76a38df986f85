// The generator's latents and labels: drawn on the device in training, on the host for sampling by
// seed. A latent is noise under the recipe's prior and, behind it, the codes that the recipe gives
// it: one-hot vectors of categories, all equally likely, then elements U(-1, 1).
#ifndef GAN_GAN_LATENT_H
#define GAN_GAN_LATENT_H

#include "clgan/sample.h"
#include "graph/graph.h"
#include "recipe/recipe.h"

// Where a latent's parts lie.
typedef struct gan_latent_parts {
    int64_t noise;             // elements, from the first on
    int64_t codes, categories; // then so many one-hot vectors of so many elements
    int64_t continuous;        // then so many elements
} gan_latent_parts;
gan_latent_parts gan__latent_parts(const gan_recipe_values *recipe);

// (latent.size, batch), drawn anew each run from `stream` and the two behind it.
gan_node *gan__latent_node(gan_graph *graph, const gan_recipe_values *recipe, int64_t batch,
                           uint32_t stream);

// The latent that belongs to `seed`: latent.size floats, element e from Philox's (seed,
// GAN_STREAM_LATENT, 0, e); a category from that of its vector's first element. A function of the
// recipe's latent and the seed alone.
void gan__latent_draw(const gan_recipe_values *recipe, uint64_t seed, float *latent);
// Draws each element of the noise outside [-psi, psi] again, under steps 1, 2, ...: of a normal
// latent of `seed`.
void gan__latent_truncate(const gan_recipe_values *recipe, uint64_t seed, double psi,
                          float *latent);

// gan_sampler_interpolate for latents of `size` elements; `path` is not AUTO.
void gan__latent_interpolate(gan_sample_path path, const float *from, const float *to, size_t size,
                             double at, float *latent);
// The same for the recipe's latents: of the noise. Continuous codes go along the line, categories
// are those of the nearer end.
void gan__latent_walk(const gan_recipe_values *recipe, gan_sample_path path, const float *from,
                      const float *to, double at, float *latent);

// The numbers U(0, 1) that the tokens of `seed` are drawn by: element e from Philox's (seed,
// GAN_STREAM_TOKEN, 0, e).
void gan__latent_draw_tokens(uint64_t seed, size_t count, float *draws);

// (batch), each of the classes 0 to `classes` - 1 equally likely, drawn anew each run.
gan_node *gan__label_node(gan_graph *graph, int64_t classes, int64_t batch, uint32_t stream);
// The label that belongs to `seed`, from Philox's (seed, GAN_STREAM_LABEL, 0, 0).
uint32_t gan__label_draw(int64_t classes, uint64_t seed);

#endif
