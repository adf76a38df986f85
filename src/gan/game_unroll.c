// The discriminator some updates ahead, as a function of the generator (Metz et al. 2017, Unrolled
// generative adversarial networks): its optimiser's own updates, moments included, are nodes like
// all others, so G's gradient goes through them.
#include "gan/game_builder.h"

#include "base/memory.h"
#include "gan/penalty.h"

// One update of D on the samples G is judged by; `ahead` and `state` move on by it.
static gan_status unroll_once(const gan_builder *builder, gan_node *fake, uint32_t streams,
                              gan_optimizer_state *state) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    const gan_player *const player = &builder->game->discriminator;
    const bool penalised = gan__penalty_wanted(recipe) && recipe->objective.penalty_every == 1;
    const gan_answers given = gan__game_judge_both(builder, fake, penalised, streams);
    gan_node *cost = gan__game_discriminator_cost(builder, &given).value;
    if (penalised) cost = gan__add(cost, gan__game_penalty(builder, &given));
    gan_node *gradient;
    GAN_TRY(
        gan__game_descend(player, builder->discriminator_weights, cost, state, state, &gradient));
    gan__network_weights(player->network, state->parameters, builder->discriminator_weights);
    return gan__graph_status(builder->game->graph);
}

gan_status gan__game_unroll(const gan_builder *builder, gan_node *fake, uint32_t streams,
                            gan_builder *ahead) {
    const gan_player *const player = &builder->game->discriminator;
    const int64_t updates = builder->game->recipe->objective.unroll;
    gan_optimizer_state state = player->state;
    *ahead = *builder;
    ahead->discriminator_weights = NULL; // the builder keeps its own
    gan_status status = gan__game_weights(player, state.parameters, &ahead->discriminator_weights);
    for (int64_t i = 0; i < updates && status == GAN_STATUS_OK; i++)
        status = unroll_once(ahead, fake, streams, &state);
    if (status != GAN_STATUS_OK) gan__game_unroll_end(ahead);
    return status;
}

void gan__game_unroll_end(gan_builder *ahead) {
    gan__free(ahead->discriminator_weights);
    ahead->discriminator_weights = NULL;
}
