// Implements gan/objective.h.
#include "gan/objective.h"

#include "nn/losses.h"

static gan_node *minimax(gan_node *logits) {
    return gan__neg(gan__bce_with_logits(logits, 0.0));
}

static gan_node *non_saturating(gan_node *logits) {
    return gan__bce_with_logits(logits, 1.0);
}

static gan_node *maximum_likelihood(gan_node *logits) {
    return gan__neg(gan__mean(gan__exp(logits)));
}

static gan_node *(*const generator_costs[])(gan_node *logits) = {
    [GAN_GENERATOR_COST_MINIMAX] = minimax,
    [GAN_GENERATOR_COST_NON_SATURATING] = non_saturating,
    [GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD] = maximum_likelihood,
};

gan_node *gan__objective_generator(const gan_recipe_values *recipe, gan_node *fake_logits) {
    return generator_costs[recipe->objective.generator_cost](fake_logits);
}

// mean over the batch of |d s / d x|^2: D's logits of one sample depend on that sample alone (batch
// statistics apart), so one gradient of the sum gives every sample's own.
static gan_node *squared_gradient(gan_node *real, gan_node *real_logits) {
    gan_node *gradient = NULL;
    if (real == NULL || real_logits == NULL) return NULL;
    if (gan__gradient(real_logits, &real, 1, &gradient) != GAN_STATUS_OK) return NULL;
    return gan__mean(gan__sample_squares(gradient));
}

gan_node *gan__objective_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                       gan_node *real_logits, gan_node *fake_logits) {
    gan_node *const on_real =
        gan__bce_with_logits(real_logits, 1.0 - recipe->objective.label_smoothing);
    gan_node *const on_fake = gan__bce_with_logits(fake_logits, 0.0);
    gan_node *const cost =
        gan__scale(gan__add(on_real, on_fake), recipe->objective.discriminator_scale);
    if (recipe->objective.r1 == 0) return cost;
    return gan__add(cost,
                    gan__scale(squared_gradient(real, real_logits), recipe->objective.r1 / 2));
}
