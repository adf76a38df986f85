// Implements gan/objective.h.
#include "gan/objective.h"

#include "nn/losses.h"

// --- Logistic ------------------------------------------------------------------------------------

static gan_node *logistic_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                        gan_node *fake) {
    return gan__add(gan__bce_with_logits(real, 1.0 - recipe->objective.label_smoothing),
                    gan__bce_with_logits(fake, 0.0));
}

static gan_node *minimax(gan_node *logits) {
    return gan__neg(gan__bce_each(logits, 0.0));
}

static gan_node *non_saturating(gan_node *logits) {
    return gan__bce_each(logits, 1.0);
}

static gan_node *maximum_likelihood(gan_node *logits) {
    return gan__neg(gan__exp(logits));
}

static gan_node *(*const generator_costs[])(gan_node *logits) = {
    [GAN_GENERATOR_COST_MINIMAX] = minimax,
    [GAN_GENERATOR_COST_NON_SATURATING] = non_saturating,
    [GAN_GENERATOR_COST_MAXIMUM_LIKELIHOOD] = maximum_likelihood,
};

static gan_node *logistic_generator(const gan_recipe_values *recipe, gan_node *real,
                                    gan_node *fake) {
    (void)real;
    return generator_costs[recipe->objective.generator_cost](fake);
}

// --- Least squares -------------------------------------------------------------------------------

static gan_node *half_squares(gan_node *logits, double target) {
    return gan__scale(gan__square(gan__offset(logits, -target)), 0.5);
}

static gan_node *least_squares_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                             gan_node *fake) {
    return gan__add(gan__mean(half_squares(real, 1.0 - recipe->objective.label_smoothing)),
                    gan__mean(half_squares(fake, 0.0)));
}

static gan_node *least_squares_generator(const gan_recipe_values *recipe, gan_node *real,
                                         gan_node *fake) {
    (void)recipe, (void)real;
    return half_squares(fake, 1.0);
}

// --- Wasserstein and hinge -----------------------------------------------------------------------

static gan_node *wasserstein_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                           gan_node *fake) {
    (void)recipe;
    return gan__sub(gan__mean(fake), gan__mean(real));
}

static gan_node *negated(const gan_recipe_values *recipe, gan_node *real, gan_node *fake) {
    (void)recipe, (void)real;
    return gan__neg(fake);
}

// mean max(0, 1 + a)
static gan_node *margin(gan_node *a) {
    if (a == NULL) return NULL;
    return gan__mean(gan__maximum(gan__offset(a, 1), gan__scalar(gan__node_graph(a), 0)));
}

static gan_node *hinge_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                     gan_node *fake) {
    (void)recipe;
    return gan__add(margin(gan__neg(real)), margin(fake));
}

// --- Relativistic --------------------------------------------------------------------------------

static gan_node *paired_generator(const gan_recipe_values *recipe, gan_node *real, gan_node *fake) {
    (void)recipe;
    return gan__softplus(gan__sub(real, fake));
}

static gan_node *paired_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                      gan_node *fake) {
    return gan__mean(paired_generator(recipe, fake, real));
}

static gan_node *average_generator(const gan_recipe_values *recipe, gan_node *real,
                                   gan_node *fake) {
    (void)recipe;
    gan_node *const on_fake = gan__sub(fake, gan__mean(real));
    gan_node *const on_real = gan__sub(real, gan__mean(fake));
    return gan__add(gan__bce_each(on_fake, 1.0), gan__bce_each(on_real, 0.0));
}

static gan_node *average_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                       gan_node *fake) {
    return gan__mean(average_generator(recipe, fake, real));
}

// --- The table -----------------------------------------------------------------------------------

static const gan_objective objectives[] = {
    [GAN_OBJECTIVE_LOGISTIC] = {logistic_discriminator, logistic_generator, false},
    [GAN_OBJECTIVE_LEAST_SQUARES] = {least_squares_discriminator, least_squares_generator, false},
    [GAN_OBJECTIVE_WASSERSTEIN] = {wasserstein_discriminator, negated, false},
    [GAN_OBJECTIVE_HINGE] = {hinge_discriminator, negated, false},
    [GAN_OBJECTIVE_RELATIVISTIC_PAIRED] = {paired_discriminator, paired_generator, true},
    [GAN_OBJECTIVE_RELATIVISTIC_AVERAGE] = {average_discriminator, average_generator, true},
};

const gan_objective *gan__objective(const gan_recipe_values *recipe) {
    return &objectives[recipe->objective.kind];
}

gan_node *gan__objective_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                       gan_node *fake) {
    return gan__scale(gan__objective(recipe)->discriminator(recipe, real, fake),
                      recipe->objective.discriminator_scale);
}

gan_node *gan__objective_encoder(const gan_recipe_values *recipe, gan_node *real, gan_node *fake) {
    const double target = recipe->objective.kind == GAN_OBJECTIVE_LEAST_SQUARES ? 1 : 0;
    if (gan__objective(recipe)->generator_sees_real)
        return gan__objective_generator(recipe, real, fake);
    return gan__objective_generator(recipe, NULL, gan__offset(gan__neg(real), target));
}

gan_node *gan__objective_generator_each(const gan_recipe_values *recipe, gan_node *real,
                                        gan_node *fake) {
    return gan__scale(gan__objective(recipe)->generator_each(recipe, real, fake),
                      recipe->objective.generator_scale);
}

gan_node *gan__objective_generator(const gan_recipe_values *recipe, gan_node *real,
                                   gan_node *fake) {
    return gan__scale(gan__mean(gan__objective(recipe)->generator_each(recipe, real, fake)),
                      recipe->objective.generator_scale);
}
