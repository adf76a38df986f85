// What a step stores: a player's weights and its optimiser's state after an update, what its cost
// remembers, running statistics, moving averages, and sums of figures.
#include "gan/game_builder.h"

#include "gan/augment.h"
#include "nn/losses.h"
#include "nn/stable.h"

// --- Parts ---------------------------------------------------------------------------------------

static void add_root(gan_game_step *step, gan_node *root) {
    step->roots[step->count++] = root;
}

gan_status gan__game_update(const gan_player *player, gan_node *const *weights, gan_node *cost,
                            gan_optimizer_state *after, gan_node **gradient, gan_game_step *step) {
    GAN_TRY(gan__game_descend(player, weights, cost, &player->state, after, gradient));
    step->count +=
        gan__optimizer_assign(&player->optimizer, &player->state, after, step->roots + step->count);
    return GAN_STATUS_OK;
}

void gan__game_store_buffers(const gan_player *player, gan_node *buffers, gan_game_step *step) {
    if (player->buffers != NULL && buffers != player->buffers)
        add_root(step, gan__assign(player->buffers, buffers));
}

void gan__game_store_memories(const gan_cost *cost, gan_game_step *step) {
    for (int i = 0; i < GAN_MEMORIES; i++)
        if (cost->memories[i].state != NULL)
            add_root(step, gan__assign(cost->memories[i].state, cost->memories[i].after));
}

void gan__game_add_sums(gan_game_step *step, gan_node *sums, gan_node **figures) {
    const gan_shape one = GAN_SHAPE(1);
    const size_t count = (size_t)gan__node_shape(sums)->size[0];
    for (size_t i = 0; i < count; i++) figures[i] = gan__reshape(figures[i], &one);
    add_root(step, gan__assign(sums, gan__add(sums, gan__concat(figures, count, 0))));
}

void gan__game_add_errors(const gan_game *game, const gan_answers *given, gan_game_step *step) {
    if (game->errors == NULL) return;
    gan_node *errors[] = {gan__game_errors(given)};
    gan__game_add_sums(step, game->errors, errors);
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

// --- The players ---------------------------------------------------------------------------------

gan_status gan__game_update_discriminator(const gan_builder *builder, const gan_answers *given,
                                          const gan_cost *cost, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->discriminator;
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(gan__game_update(player, builder->discriminator_weights, cost->value, &after, &gradient,
                             step));
    gan__game_store_memories(cost, step);
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
    gan__game_add_sums(step, game->discriminator_sums, figures);
    gan__game_add_errors(game, given, step);
    return gan__graph_status(game->graph);
}

gan_status gan__game_update_generator(const gan_builder *builder, const gan_cost *cost,
                                      gan_node *buffers, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->generator;
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(
        gan__game_update(player, builder->generator_weights, cost->value, &after, &gradient, step));
    gan__game_store_memories(cost, step);
    gan__game_store_buffers(player, buffers, step);
    const averages kept = {.decay = game->recipe->ema.decay,
                           .start = (double)game->recipe->ema.start,
                           .parameters = game->average,
                           .buffers = game->average_buffers};
    add_averages(game, &kept, player, after.parameters, buffers, step);
    gan_node *figures[GAN_GAME_G_METRICS] = {
        [GAN_GAME_G_LOSS] = cost->value, [GAN_GAME_G_GRADIENT] = gan__norm(gradient)};
    gan__game_add_sums(step, game->generator_sums, figures);
    return gan__graph_status(game->graph);
}

gan_status gan__game_update_encoder(const gan_builder *builder, const gan_answers *given,
                                    gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_player *const player = &game->encoder;
    if (player->network == NULL) return GAN_STATUS_OK;
    gan_node *const cost = gan__game_encoder_cost(builder, given);
    gan_node *gradient;
    gan_optimizer_state after;
    GAN_TRY(gan__game_update(player, builder->encoder_weights, cost, &after, &gradient, step));
    gan_node *figures[GAN_GAME_E_METRICS] = {
        [GAN_GAME_E_LOSS] = cost,
        [GAN_GAME_E_CATEGORICAL] = given->recovered.categorical,
        [GAN_GAME_E_CONTINUOUS] = given->recovered.continuous,
        [GAN_GAME_E_GRADIENT] = gan__norm(gradient),
    };
    gan__game_add_sums(step, game->encoder_sums, figures);
    gan__game_store_buffers(player, given->encoder_buffers, step);
    return gan__graph_status(game->graph);
}
