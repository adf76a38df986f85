// The steps of a game: which costs each player goes down, and from where. The step of both players
// at once is game_joint.c, and what a step stores game_update.c.
#include "gan/game_builder.h"

#include "gan/objective.h"
#include "gan/penalty.h"
#include "nn/losses.h"

// --- One player ----------------------------------------------------------------------------------

// D alone, with E where that learns from what G makes: G's samples are given, not learned from.
static gan_status build_discriminator_step(const gan_builder *builder, bool penalised,
                                           gan_game_step *step) {
    gan_node *fake = NULL;
    if (builder->game->generator.network != NULL)
        fake = gan__game_generate(builder, GAN_STREAMS_OF_DISCRIMINATOR).output;
    gan_answers given = gan__game_judge_both(builder, gan__stop_gradient(fake), penalised,
                                             GAN_STREAMS_OF_DISCRIMINATOR);
    gan__game_recover(builder, &given);
    gan_cost cost = gan__game_discriminator_cost(builder, &given);
    step->name = "discriminator step";
    if (penalised) cost.value = gan__add(cost.value, gan__game_penalty(builder, &given));
    GAN_TRY(gan__game_update_discriminator(builder, &given, &cost, step));
    gan__game_store_buffers(&builder->game->discriminator, given.buffers, step);
    if (gan__game_is_joint(builder->game->recipe)) return gan__graph_status(builder->game->graph);
    return gan__game_update_encoder(builder, &given, step);
}

// E alone, against a G and a D that were trained before. Their figures are what the players' steps
// would have had.
static gan_status build_encoder_step(const gan_builder *builder, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_network_result fake = gan__game_generate(builder, GAN_STREAMS_OF_DISCRIMINATOR);
    gan_answers given =
        gan__game_judge_both(builder, fake.output, false, GAN_STREAMS_OF_DISCRIMINATOR);
    gan__game_recover(builder, &given);
    step->name = "encoder step";
    gan_node *const none = gan__scalar(game->graph, 0);
    gan_node *d_figures[GAN_GAME_D_METRICS] = {
        [GAN_GAME_D_LOSS] =
            gan__objective_discriminator(game->recipe, given.on_real, given.on_fake),
        [GAN_GAME_D_REAL] = gan__mean(gan__sigmoid(given.on_real)),
        [GAN_GAME_D_FAKE] = gan__mean(gan__sigmoid(given.on_fake)),
        [GAN_GAME_D_GRADIENT] = none,
    };
    // One of these steps for each update of D, of which there may be more or fewer than of G.
    gan_node *const g_cost = gan__objective_generator(game->recipe, given.on_real, given.on_fake);
    gan_node *g_figures[GAN_GAME_G_METRICS] = {
        [GAN_GAME_G_LOSS] =
            gan__scale(g_cost, (double)game->recipe->schedule.generator_steps /
                                   (double)game->recipe->schedule.discriminator_steps),
        [GAN_GAME_G_GRADIENT] = none,
    };
    gan__game_add_sums(step, game->discriminator_sums, d_figures);
    gan__game_add_sums(step, game->generator_sums, g_figures);
    gan__game_add_errors(game, &given, step);
    return gan__game_update_encoder(builder, &given, step);
}

// D down its penalties alone.
static gan_status build_penalty_step(const gan_builder *builder, gan_game_step *step) {
    const gan_player *const player = &builder->game->discriminator;
    const gan_network_result fake = gan__game_generate(builder, GAN_STREAMS_OF_PENALTY);
    const gan_answers given = gan__game_judge_both(builder, gan__stop_gradient(fake.output), true,
                                                   GAN_STREAMS_OF_PENALTY);
    gan_optimizer_state after;
    gan_node *gradient;
    step->name = "penalty step";
    return gan__game_update(player, builder->discriminator_weights,
                            gan__game_penalty(builder, &given), &after, &gradient, step);
}

// G alone, against D as it stands or, unrolled, as it will be. D's running statistics follow what
// it is shown, as PyTorch's do.
static gan_status build_generator_step(const gan_builder *builder, gan_game_step *step) {
    const gan_network_result fake = gan__game_generate(builder, GAN_STREAMS_OF_GENERATOR);
    gan_builder ahead;
    step->name = "generator step";
    GAN_TRY(gan__game_unroll(builder, fake.output, GAN_STREAMS_OF_GENERATOR, &ahead));
    gan_answers given =
        gan__game_judge_for_generator(&ahead, fake.output, GAN_STREAMS_OF_GENERATOR);
    given.token_logits = fake.logits;
    if (gan__game_is_recovered_for_generator(builder->game->recipe))
        gan__game_recover(builder, &given);
    const gan_cost cost = gan__game_generator_cost(&ahead, &given);
    gan__game_unroll_end(&ahead);
    GAN_TRY(gan__game_update_generator(builder, &cost, fake.buffers, step));
    gan__game_store_buffers(&builder->game->discriminator, given.buffers, step);
    if (gan__game_is_joint(builder->game->recipe))
        return gan__game_update_encoder(builder, &given, step);
    gan__game_store_buffers(&builder->game->encoder, given.encoder_buffers, step);
    return gan__graph_status(builder->game->graph);
}

// G down the path length regulariser alone. Its running statistics stay as they are.
static gan_status build_path_step(const gan_builder *builder, gan_game_step *step) {
    const gan_player *const player = &builder->game->generator;
    gan_cost cost;
    gan_optimizer_state after;
    gan_node *gradient;
    step->name = "path length step";
    GAN_TRY(gan__game_path_cost(builder, &cost));
    GAN_TRY(
        gan__game_update(player, builder->generator_weights, cost.value, &after, &gradient, step));
    gan__game_store_memories(&cost, step);
    return gan__graph_status(builder->game->graph);
}

// --- All of them ---------------------------------------------------------------------------------

static gan_status build_simultaneous(const gan_builder *builder, bool penalised, bool lazy) {
    gan_game_step *const steps = builder->game->steps;
    const bool alone = builder->game->recipe->schedule.discriminator_steps > 1;
    GAN_TRY(gan__game_build_joint_step(builder, penalised && !lazy, &steps[GAN_GAME_GENERATOR]));
    if (lazy)
        GAN_TRY(gan__game_build_joint_step(builder, true, &steps[GAN_GAME_GENERATOR_PENALISED]));
    if (!alone) return GAN_STATUS_OK;
    GAN_TRY(build_discriminator_step(builder, penalised && !lazy, &steps[GAN_GAME_DISCRIMINATOR]));
    if (!lazy) return GAN_STATUS_OK;
    return build_discriminator_step(builder, true, &steps[GAN_GAME_DISCRIMINATOR_PENALISED]);
}

gan_status gan__game_build_steps(const gan_builder *builder) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    gan_game_step *const steps = builder->game->steps;
    const bool penalised = gan__penalty_wanted(recipe), apart = recipe->objective.penalty_apart;
    const bool lazy = penalised && recipe->objective.penalty_every > 1;
    if (!gan__recipe_has_generator(recipe))
        return build_discriminator_step(builder, false, &steps[GAN_GAME_DISCRIMINATOR]);
    if (builder->only_encoder) return build_encoder_step(builder, &steps[GAN_GAME_DISCRIMINATOR]);
    if (recipe->schedule.order != GAN_ORDER_ALTERNATING)
        return build_simultaneous(builder, penalised, lazy);
    GAN_TRY(build_discriminator_step(builder, penalised && !lazy && !apart,
                                     &steps[GAN_GAME_DISCRIMINATOR]));
    if (penalised && apart)
        GAN_TRY(build_penalty_step(builder, &steps[GAN_GAME_PENALTY]));
    else if (lazy)
        GAN_TRY(build_discriminator_step(builder, true, &steps[GAN_GAME_DISCRIMINATOR_PENALISED]));
    if (recipe->objective.path_length > 0) GAN_TRY(build_path_step(builder, &steps[GAN_GAME_PATH]));
    return build_generator_step(builder, &steps[GAN_GAME_GENERATOR]);
}
