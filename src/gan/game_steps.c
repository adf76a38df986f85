// The steps of a game: which costs each player goes down, from where, and what is stored.
#include "gan/game_builder.h"

#include "base/memory.h"
#include "gan/augment.h"
#include "gan/objective.h"
#include "gan/penalty.h"
#include "nn/losses.h"

// --- Updates -------------------------------------------------------------------------------------

static void add_root(gan_game_step *step, gan_node *root) {
    step->roots[step->count++] = root;
}

// One update of the player down `cost`, stored. *gradient: that of the cost, for figures.
static gan_status update_player(const gan_player *player, gan_node *const *weights, gan_node *cost,
                                gan_optimizer_state *after, gan_node **gradient,
                                gan_game_step *step) {
    GAN_TRY(gan__game_descend(player, weights, cost, &player->state, after, gradient));
    step->count +=
        gan__optimizer_assign(&player->optimizer, &player->state, after, step->roots + step->count);
    return GAN_STATUS_OK;
}

static void store_buffers(const gan_player *player, gan_node *buffers, gan_game_step *step) {
    if (player->buffers != NULL && buffers != player->buffers)
        add_root(step, gan__assign(player->buffers, buffers));
}

static void store_memories(const gan_cost *cost, gan_game_step *step) {
    for (int i = 0; i < GAN_MEMORIES; i++)
        if (cost->memories[i].state != NULL)
            add_root(step, gan__assign(cost->memories[i].state, cost->memories[i].after));
}

// As many of the figures as `sums` has places for.
static void add_sums(gan_game_step *step, gan_node *sums, gan_node **figures) {
    const gan_shape one = GAN_SHAPE(1);
    const size_t count = (size_t)gan__node_shape(sums)->size[0];
    for (size_t i = 0; i < count; i++) figures[i] = gan__reshape(figures[i], &one);
    add_root(step, gan__assign(sums, gan__add(sums, gan__concat(figures, count, 0))));
}

// The share of labelled samples whose class D mistakes, where it tells classes.
static void add_errors(const gan_game *game, const gan_answers *given, gan_game_step *step) {
    if (game->errors == NULL) return;
    gan_node *errors[] = {gan__game_errors(given)};
    add_sums(step, game->errors, errors);
}

// Moving averages of a player's weights and running statistics.
typedef struct averages {
    double decay, start;
    gan_node *parameters, *buffers; // states; NULL: not kept
} averages;

static void add_averages(const gan_game *game, const averages *kept, const gan_player *player,
                         gan_node *parameters, gan_node *buffers, gan_game_step *step) {
    gan_node *const done = gan__game_own_updates(game, player);
    if (kept->parameters != NULL)
        add_root(step, gan__assign(kept->parameters,
                                   gan__average_update(kept->parameters, parameters, kept->decay,
                                                       kept->start, done)));
    if (kept->buffers != NULL)
        add_root(step, gan__assign(kept->buffers,
                                   gan__average_buffers(player->network, kept->buffers, buffers,
                                                        kept->decay, kept->start, done)));
}

// --- The two players -----------------------------------------------------------------------------

// D's update from what it said of a real and of a generated batch.
static gan_status add_discriminator_update(const gan_builder *builder, const gan_answers *given,
                                           const gan_cost *cost, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->discriminator;
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(update_player(player, builder->discriminator_weights, cost->value, &after, &gradient,
                          step));
    store_memories(cost, step);
    if (game->augmentation != NULL)
        add_root(step, gan__assign(
                           game->augmentation,
                           gan__augment_update(game->recipe, game->augmentation, given->on_real)));
    const averages kept = {.decay = game->recipe->ema.discriminator,
                           .start = (double)game->recipe->ema.start,
                           .parameters = game->discriminator_average,
                           .buffers = game->discriminator_average_buffers};
    add_averages(game, &kept, player, after.parameters, given->buffers, step);
    gan_node *const none = gan__scalar(game->graph, 0);
    const bool plays = given->on_fake != NULL;
    gan_node *figures[GAN_GAME_D_METRICS] = {
        [GAN_GAME_D_LOSS] = cost->value,
        [GAN_GAME_D_REAL] = plays ? gan__mean(gan__sigmoid(given->on_real)) : none,
        [GAN_GAME_D_FAKE] = plays ? gan__mean(gan__sigmoid(given->on_fake)) : none,
        [GAN_GAME_D_GRADIENT] = gan__norm(gradient),
    };
    add_sums(step, game->discriminator_sums, figures);
    add_errors(game, given, step);
    return gan__graph_status(game->graph);
}

// G's update, and the moving averages. `buffers`: G's, after it made the samples.
static gan_status add_generator_update(const gan_builder *builder, const gan_cost *cost,
                                       gan_node *buffers, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->generator;
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(
        update_player(player, builder->generator_weights, cost->value, &after, &gradient, step));
    store_memories(cost, step);
    store_buffers(player, buffers, step);
    const averages kept = {.decay = game->recipe->ema.decay,
                           .start = (double)game->recipe->ema.start,
                           .parameters = game->average,
                           .buffers = game->average_buffers};
    add_averages(game, &kept, player, after.parameters, buffers, step);
    gan_node *figures[GAN_GAME_G_METRICS] = {
        [GAN_GAME_G_LOSS] = cost->value, [GAN_GAME_G_GRADIENT] = gan__norm(gradient)};
    add_sums(step, game->generator_sums, figures);
    return gan__graph_status(game->graph);
}

// E's update, where there is one, from what it said in `given`.
static gan_status add_encoder_update(const gan_builder *builder, const gan_answers *given,
                                     gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->encoder;
    if (player->network == NULL) return GAN_STATUS_OK;
    gan_node *const cost = gan__game_encoder_cost(builder, given);
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(update_player(player, builder->encoder_weights, cost, &after, &gradient, step));
    gan_node *figures[GAN_GAME_E_METRICS] = {
        [GAN_GAME_E_LOSS] = cost,
        [GAN_GAME_E_CATEGORICAL] = given->recovered.categorical,
        [GAN_GAME_E_CONTINUOUS] = given->recovered.continuous,
        [GAN_GAME_E_GRADIENT] = gan__norm(gradient),
    };
    add_sums(step, game->encoder_sums, figures);
    store_buffers(player, given->encoder_buffers, step);
    return gan__graph_status(game->graph);
}

// --- Steps ---------------------------------------------------------------------------------------

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
    GAN_TRY(add_discriminator_update(builder, &given, &cost, step));
    store_buffers(&builder->game->discriminator, given.buffers, step);
    if (gan__game_is_joint(builder->game->recipe)) return gan__graph_status(builder->game->graph);
    return add_encoder_update(builder, &given, step);
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
    add_sums(step, game->discriminator_sums, d_figures);
    add_sums(step, game->generator_sums, g_figures);
    add_errors(game, &given, step);
    return add_encoder_update(builder, &given, step);
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
    return update_player(player, builder->discriminator_weights, gan__game_penalty(builder, &given),
                         &after, &gradient, step);
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
    GAN_TRY(add_generator_update(builder, &cost, fake.buffers, step));
    store_buffers(&builder->game->discriminator, given.buffers, step);
    if (gan__game_is_joint(builder->game->recipe)) return add_encoder_update(builder, &given, step);
    store_buffers(&builder->game->encoder, given.encoder_buffers, step);
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
    GAN_TRY(update_player(player, builder->generator_weights, cost.value, &after, &gradient, step));
    store_memories(&cost, step);
    return gan__graph_status(builder->game->graph);
}

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
    GAN_TRY(add_discriminator_update(at, &costs->given, &costs->of_discriminator, step));
    store_buffers(&at->game->discriminator, costs->given.buffers, step);
    GAN_TRY(add_encoder_update(at, &costs->given, step));
    return add_generator_update(at, &costs->of_generator, costs->fake.buffers, step);
}

// Korpelevich 1976; Gidel et al. 2019: both are updated along their gradients at the point to which
// an update from here would lead. The same batch, latents and masks serve both points.
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

// Both at the same point, as the code of the first paper does.
static gan_status build_joint_step(const gan_builder *builder, bool penalised,
                                   gan_game_step *step) {
    joint_costs costs;
    find_joint_costs(builder, penalised, &costs);
    step->name = "joint step";
    if (builder->game->recipe->schedule.order == GAN_ORDER_EXTRAGRADIENT)
        return add_extragradient_updates(builder, &costs, penalised, step);
    return add_joint_updates(builder, &costs, step);
}

// --- All of them ---------------------------------------------------------------------------------

static gan_status build_simultaneous(const gan_builder *builder, bool penalised, bool lazy) {
    gan_game_step *const steps = builder->game->steps;
    const bool alone = builder->game->recipe->schedule.discriminator_steps > 1;
    GAN_TRY(build_joint_step(builder, penalised && !lazy, &steps[GAN_GAME_GENERATOR]));
    if (lazy) GAN_TRY(build_joint_step(builder, true, &steps[GAN_GAME_GENERATOR_PENALISED]));
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
