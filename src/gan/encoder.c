// Implements gan/encoder.h.
#include "gan/encoder.h"

#include "gan/latent.h"
#include "nn/losses.h"
#include "nn/stable.h"

#include <math.h>

#define HALF_LOG_2_PI 0.91893853320467274178

// The sum over all but the batch, its mean over that.
static gan_node *batch_mean(gan_node *a, int64_t batch) {
    const gan_shape scalar = gan__shape_scalar();
    return gan__scale(gan__reshape(gan__reduce_sum(a, GAN_AXES_ALL), &scalar), 1 / (double)batch);
}

// Of one-hot codes: codes x ln K - E cross-entropy.
static gan_node *categorical_bound(const gan_latent_parts *parts, gan_node *logits, gan_node *codes,
                                   int64_t batch) {
    const gan_shape shape = GAN_SHAPE(parts->codes, parts->categories, batch);
    const uint32_t categories = 1u << 1;
    gan_node *const all = gan__reshape(logits, &shape);
    gan_node *const hot = gan__reshape(codes, &shape);
    gan_node *const chosen = gan__reduce_sum(gan__mul(hot, all), categories);
    gan_node *const log_likelihood = gan__sub(chosen, gan__log_sum_exp(all, categories));
    return gan__offset(batch_mean(log_likelihood, batch),
                       (double)parts->codes * log((double)parts->categories));
}

// Of continuous codes: C ln 2 + E log N(c; means, deviations). `logs` NULL: deviations of 1.
static gan_node *continuous_bound(const gan_latent_parts *parts, gan_node *means, gan_node *logs,
                                  gan_node *codes, int64_t batch) {
    const double entropy = log(2) - HALF_LOG_2_PI;
    gan_node *squares = gan__square(gan__sub(codes, means));
    if (logs != NULL) squares = gan__mul(squares, gan__exp(gan__scale(logs, -2)));
    gan_node *costs = gan__scale(squares, 0.5);
    if (logs != NULL) costs = gan__add(costs, logs);
    return gan__offset(gan__neg(batch_mean(costs, batch)), (double)parts->continuous * entropy);
}

static gan_recovery recover_codes(const gan_recipe_values *recipe, gan_node *answer,
                                  gan_node *latents) {
    const gan_latent_parts parts = gan__latent_parts(recipe);
    const int64_t hot = parts.codes * parts.categories, from = parts.noise + hot;
    const int64_t batch = gan__node_shape(latents)->size[1];
    gan_node *const zero = gan__scalar(gan__node_graph(latents), 0);
    gan_recovery out = {.categorical = zero, .continuous = zero};
    if (hot > 0)
        out.categorical = categorical_bound(&parts, gan__rows(answer, 0, hot),
                                            gan__rows(latents, parts.noise, hot), batch);
    if (parts.continuous > 0) {
        gan_node *const logs = recipe->inference.learned_deviation
                                   ? gan__rows(answer, hot + parts.continuous, parts.continuous)
                                   : NULL;
        out.continuous = continuous_bound(&parts, gan__rows(answer, hot, parts.continuous), logs,
                                          gan__rows(latents, from, parts.continuous), batch);
    }
    out.cost = gan__neg(
        gan__add(out.categorical, gan__scale(out.continuous, recipe->inference.continuous_weight)));
    return out;
}

gan_recovery gan__encoder_recovery(const gan_recipe_values *recipe, gan_node *answer,
                                   gan_node *latents) {
    if (answer == NULL || latents == NULL) return (gan_recovery){0};
    const int64_t batch = gan__node_shape(latents)->size[1];
    const int64_t elements = gan__shape_elements(gan__node_shape(answer)) / batch;
    gan_node *const flat = gan__reshape(answer, &GAN_SHAPE(elements, batch));
    if (recipe->inference.kind == GAN_ENCODER_CODES) return recover_codes(recipe, flat, latents);
    gan_node *const zero = gan__scalar(gan__node_graph(latents), 0);
    return (gan_recovery){.cost = gan__scale(gan__mean_square_error(flat, latents), 0.5),
                          .categorical = zero,
                          .continuous = zero};
}
