// The step in which both players are updated from one batch: at the same point, at the point to
// which that would lead (extragradient), and with the consensus of both gradients.
#include "gan/game_builder.h"

#include "base/memory.h"

// What both players cost at one point, from one batch and with the same masks.
typedef struct joint_costs {
    gan_network_result fake;
    gan_answers given;
    gan_cost of_discriminator, of_generator;
} joint_costs;

// Mescheder et al. 2017, The numerics of GANs: both players also go down half the squared norm of
// the two gradients together.
static void add_consensus(const gan_builder *builder, joint_costs *costs) {
    const gan_game *const game = builder->game;
    const gan_shape scalar = gan__shape_scalar();
    if (game->recipe->objective.consensus == 0) return;
    gan_node *const gradients[2] = {gan__game_gradient(&game->discriminator,
                                                       builder->discriminator_weights,
                                                       costs->of_discriminator.value),
                                    gan__game_gradient(&game->generator, builder->generator_weights,
                                                       costs->of_generator.value)};
    gan_node *const squares =
        gan__reduce_sum(gan__square(gan__concat(gradients, 2, 0)), GAN_AXES_ALL);
    gan_node *const both =
        gan__scale(gan__reshape(squares, &scalar), game->recipe->objective.consensus / 2);
    costs->of_discriminator.value = gan__add(costs->of_discriminator.value, both);
    costs->of_generator.value = gan__add(costs->of_generator.value, both);
}

static void find_joint_costs(const gan_builder *builder, bool penalised, joint_costs *out) {
    out->fake = gan__game_generate(builder, GAN_STREAMS_OF_GENERATOR);
    out->given =
        gan__game_judge_both(builder, out->fake.output, penalised, GAN_STREAMS_OF_GENERATOR);
    out->given.token_logits = out->fake.logits;
    gan__game_recover(builder, &out->given);
    out->of_discriminator = gan__game_discriminator_cost(builder, &out->given);
    out->of_generator = gan__game_generator_cost(builder, &out->given);
    if (penalised)
        out->of_discriminator.value =
            gan__add(out->of_discriminator.value, gan__game_penalty(builder, &out->given));
    add_consensus(builder, out);
}

// *weights: the player's after one update along its cost's gradient, as nodes.
static gan_status look_ahead(const gan_player *player, gan_node *const *now, gan_node *cost,
                             gan_node ***weights) {
    gan_optimizer_state after;
    gan_node *gradient;
    GAN_TRY(gan__game_descend(player, now, cost, &player->state, &after, &gradient));
    return gan__game_weights(player, after.parameters, weights);
}

static gan_status add_joint_updates(const gan_builder *at, const joint_costs *costs,
                                    gan_game_step *step) {
    GAN_TRY(gan__game_update_discriminator(at, &costs->given, &costs->of_discriminator, step));
    gan__game_store_buffers(&at->game->discriminator, costs->given.buffers, step);
    GAN_TRY(gan__game_update_encoder(at, &costs->given, step));
    return gan__game_update_generator(at, &costs->of_generator, costs->fake.buffers, step);
}

// Korpelevich 1976; Gidel et al. 2019: both are updated along their gradients at the point to which
// an update from here would lead. The same batch, latents and masks serve both points. Moments of
// optimisers are those of the updates that are kept, where Gidel et al.'s Adam has both.
static gan_status add_extragradient_updates(const gan_builder *builder, const joint_costs *here,
                                            bool penalised, gan_game_step *step) {
    const gan_game *const game = builder->game;
    gan_builder ahead = *builder;
    ahead.discriminator_weights = ahead.generator_weights = NULL;
    gan_status status = look_ahead(&game->discriminator, builder->discriminator_weights,
                                   here->of_discriminator.value, &ahead.discriminator_weights);
    if (status == GAN_STATUS_OK)
        status = look_ahead(&game->generator, builder->generator_weights, here->of_generator.value,
                            &ahead.generator_weights);
    if (status == GAN_STATUS_OK) {
        joint_costs there;
        find_joint_costs(&ahead, penalised, &there);
        status = add_joint_updates(&ahead, &there, step);
    }
    gan__free(ahead.discriminator_weights);
    gan__free(ahead.generator_weights);
    return status;
}

gan_status gan__game_build_joint_step(const gan_builder *builder, bool penalised,
                                      gan_game_step *step) {
    joint_costs costs;
    find_joint_costs(builder, penalised, &costs);
    step->name = "joint step";
    if (builder->game->recipe->schedule.order == GAN_ORDER_EXTRAGRADIENT)
        return add_extragradient_updates(builder, &costs, penalised, step);
    return add_joint_updates(builder, &costs, step);
}
