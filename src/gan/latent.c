// Implements gan/latent.h.
#include "gan/latent.h"

#include "base/philox.h"

#include <math.h>

// Below this no direction can be told, and dividing would give infinities.
#define SMALLEST_NORM 1e-7

gan_node *gan__latent_node(gan_graph *graph, const gan_recipe_values *recipe, int64_t batch,
                           uint32_t stream) {
    const gan_shape shape = GAN_SHAPE(recipe->latent.size, batch);
    if (recipe->latent.prior == GAN_PRIOR_UNIFORM) {
        const double low = recipe->latent.range[0], high = recipe->latent.range[1];
        return gan__offset(gan__scale(gan__random_uniform(graph, &shape, stream), high - low), low);
    }
    gan_node *const normal = gan__random_normal(graph, &shape, stream);
    if (recipe->latent.prior == GAN_PRIOR_NORMAL) return normal;
    gan_node *const norm = gan__sqrt(gan__reduce_sum(gan__square(normal), 1u << 0));
    return gan__div(normal, gan__maximum(norm, gan__scalar(graph, SMALLEST_NORM)));
}

void gan__latent_draw(const gan_recipe_values *recipe, uint64_t seed, float *latent) {
    const uint32_t size = (uint32_t)recipe->latent.size;
    const double low = recipe->latent.range[0], high = recipe->latent.range[1];
    if (recipe->latent.prior == GAN_PRIOR_UNIFORM) {
        for (uint32_t e = 0; e < size; e++)
            latent[e] = (float)(low + (high - low) * (double)gan__philox_uniform(
                                                         seed, GAN_STREAM_LATENT, 0, e));
        return;
    }
    double squares = 0;
    for (uint32_t e = 0; e < size; e++) {
        latent[e] = gan__philox_normal(seed, GAN_STREAM_LATENT, 0, e);
        squares += (double)latent[e] * (double)latent[e];
    }
    if (recipe->latent.prior == GAN_PRIOR_NORMAL) return;
    const double norm = fmax(sqrt(squares), SMALLEST_NORM);
    for (uint32_t e = 0; e < size; e++) latent[e] = (float)((double)latent[e] / norm);
}
