// Implements gan/latent.h.
#include "gan/latent.h"

#include "base/philox.h"

#include <math.h>
#include <string.h>

// Below this no direction can be told, and dividing would give infinities.
#define SMALLEST_NORM 1e-7

gan_latent_parts gan__latent_parts(const gan_recipe_values *recipe) {
    gan_latent_parts parts = {.codes = recipe->latent.categorical[0],
                              .categories = recipe->latent.categorical[1],
                              .continuous = recipe->latent.continuous};
    parts.noise = recipe->latent.size - parts.codes * parts.categories - parts.continuous;
    return parts;
}

// --- On the device -------------------------------------------------------------------------------

static gan_node *noise_node(gan_graph *graph, const gan_recipe_values *recipe,
                            const gan_shape *size, uint32_t stream) {
    const gan_shape shape = *size;
    if (recipe->latent.prior == GAN_PRIOR_UNIFORM) {
        const double low = recipe->latent.range[0], high = recipe->latent.range[1];
        return gan__offset(gan__scale(gan__random_uniform(graph, &shape, stream), high - low), low);
    }
    gan_node *const normal = gan__random_normal(graph, &shape, stream);
    if (recipe->latent.prior == GAN_PRIOR_NORMAL) return normal;
    gan_node *const norm = gan__sqrt(gan__reduce_sum(gan__square(normal), 1u << 0));
    return gan__div(normal, gan__maximum(norm, gan__scalar(graph, SMALLEST_NORM)));
}

// (codes, batch) of whole numbers drawn from a number of classes each: a uniform draw is below 1 by
// at least 2^-24, so that its product with so few classes, rounded to a float32, is below their
// number too.
static gan_node *draw_classes(gan_graph *graph, int64_t classes, const gan_shape *shape,
                              uint32_t stream) {
    return gan__floor(gan__scale(gan__random_uniform(graph, shape, stream), (double)classes));
}

// (codes x categories, batch)
static gan_node *categories_node(gan_graph *graph, const gan_latent_parts *parts, int64_t batch,
                                 uint32_t stream) {
    const gan_shape each = GAN_SHAPE(parts->codes, 1, batch);
    const gan_shape all = GAN_SHAPE(parts->codes, parts->categories, batch);
    gan_node *const drawn =
        draw_classes(graph, parts->categories, &GAN_SHAPE(parts->codes, batch), stream);
    gan_node *const hot = gan__equal(gan__iota(graph, &all, 1), gan__reshape(drawn, &each));
    return gan__reshape(hot, &GAN_SHAPE(parts->codes * parts->categories, batch));
}

gan_node *gan__latent_node(gan_graph *graph, const gan_recipe_values *recipe, int64_t batch,
                           uint32_t stream) {
    const gan_latent_parts own = gan__latent_parts(recipe);
    gan_node *parts[3];
    size_t count = 0;
    if (own.noise > 0)
        parts[count++] = noise_node(graph, recipe, &GAN_SHAPE(own.noise, batch), stream);
    if (own.codes > 0) parts[count++] = categories_node(graph, &own, batch, stream + 1);
    if (own.continuous > 0) {
        const gan_shape shape = GAN_SHAPE(own.continuous, batch);
        gan_node *const uniform = gan__random_uniform(graph, &shape, stream + 2);
        parts[count++] = gan__offset(gan__scale(uniform, 2), -1);
    }
    return count == 1 ? parts[0] : gan__concat(parts, count, 0);
}

// --- On the host ---------------------------------------------------------------------------------

static void draw_noise(const gan_recipe_values *recipe, uint64_t seed, uint32_t size,
                       float *latent) {
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

void gan__latent_draw(const gan_recipe_values *recipe, uint64_t seed, float *latent) {
    const gan_latent_parts parts = gan__latent_parts(recipe);
    uint32_t at = (uint32_t)parts.noise;
    draw_noise(recipe, seed, at, latent);
    for (int64_t code = 0; code < parts.codes; code++) {
        const float drawn = gan__philox_uniform(seed, GAN_STREAM_LATENT, 0, at);
        const int64_t chosen = (int64_t)(drawn * (float)parts.categories);
        for (int64_t i = 0; i < parts.categories; i++) latent[at++] = i == chosen ? 1.0f : 0.0f;
    }
    for (int64_t i = 0; i < parts.continuous; i++, at++)
        latent[at] = (float)(2 * (double)gan__philox_uniform(seed, GAN_STREAM_LATENT, 0, at) - 1);
}

void gan__latent_truncate(const gan_recipe_values *recipe, uint64_t seed, double psi,
                          float *latent) {
    const uint32_t size = (uint32_t)gan__latent_parts(recipe).noise;
    for (uint32_t e = 0; e < size; e++)
        for (uint64_t step = 1; fabs((double)latent[e]) > psi; step++)
            latent[e] = gan__philox_normal(seed, GAN_STREAM_LATENT, step, e);
}

// The angle between two latents; 0 where one has no direction.
static double angle(const float *a, const float *b, size_t size) {
    double product = 0, a_squares = 0, b_squares = 0;
    for (size_t i = 0; i < size; i++) {
        product += (double)a[i] * (double)b[i];
        a_squares += (double)a[i] * (double)a[i];
        b_squares += (double)b[i] * (double)b[i];
    }
    const double lengths = sqrt(a_squares) * sqrt(b_squares);
    return lengths < SMALLEST_NORM ? 0 : acos(fmax(-1, fmin(1, product / lengths)));
}

void gan__latent_interpolate(gan_sample_path path, const float *from, const float *to, size_t size,
                             double at, float *latent) {
    double near = 1 - at, far = at;
    if (at <= 0 || at >= 1) {
        memcpy(latent, at <= 0 ? from : to, size * sizeof *latent);
        return;
    }
    const double theta = path == GAN_SAMPLE_PATH_SPHERICAL ? angle(from, to, size) : 0;
    // Of the same or opposite directions there is no one great circle; the line will do.
    if (sin(theta) > 1e-6) {
        near = sin((1 - at) * theta) / sin(theta);
        far = sin(at * theta) / sin(theta);
    }
    for (size_t i = 0; i < size; i++)
        latent[i] = (float)(near * (double)from[i] + far * (double)to[i]);
}

void gan__latent_walk(const gan_recipe_values *recipe, gan_sample_path path, const float *from,
                      const float *to, double at, float *latent) {
    const gan_latent_parts parts = gan__latent_parts(recipe);
    const size_t size = (size_t)recipe->latent.size, noise = (size_t)parts.noise;
    const size_t continuous = size - (size_t)parts.continuous;
    memcpy(latent, at < 0.5 ? from : to, size * sizeof *latent);
    if (at <= 0 || at >= 1) return;
    gan__latent_interpolate(path, from, to, noise, at, latent);
    for (size_t i = continuous; i < size; i++)
        latent[i] = (float)((1 - at) * (double)from[i] + at * (double)to[i]);
}

gan_node *gan__label_node(gan_graph *graph, int64_t classes, int64_t batch, uint32_t stream) {
    return draw_classes(graph, classes, &GAN_SHAPE(batch), stream);
}

uint32_t gan__label_draw(int64_t classes, uint64_t seed) {
    const float uniform = gan__philox_uniform(seed, GAN_STREAM_LABEL, 0, 0);
    return (uint32_t)(uniform * (float)classes);
}

void gan__latent_draw_tokens(uint64_t seed, size_t count, float *draws) {
    for (size_t i = 0; i < count; i++)
        draws[i] = gan__philox_uniform(seed, GAN_STREAM_TOKEN, 0, (uint32_t)i);
}
