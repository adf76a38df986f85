// Implements gan/game.h.
#include "gan/game.h"

#include "base/memory.h"
#include "gan/latent.h"
#include "gan/objective.h"
#include "nn/losses.h"

#include <string.h>

// Where each use of randomness draws from; an application of a network takes a stream a layer.
enum {
    STREAM_LATENT = 0,
    STREAM_GENERATOR = 1 << 12,
    STREAM_REAL = 2 << 12,
    STREAM_FAKE = 3 << 12,
    STREAMS_OF_A_STEP = 1 << 16,
};

// What building needs beside the game itself; gone when the game is built.
typedef struct gan_builder {
    gan_game *game;
    gan_node **generator_weights, **discriminator_weights;
    gan_node *real;       // (sample..., B), in the recipe's range
    gan_shape fake_shape; // (sample..., B)
} gan_builder;

// --- The players ---------------------------------------------------------------------------------

static void create_player(gan_game *game, const char *name, const gan_optimizer *optimizer,
                          gan_player *player) {
    gan_graph *const graph = game->graph;
    const gan_shape scalar = gan__shape_scalar();
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(player->network));
    const int64_t buffers = gan__network_buffer_elements(player->network);
    player->name = name;
    player->optimizer = optimizer;
    player->state.parameters = gan__state(graph, name, &parameters);
    player->state.step = gan__state(graph, "optimiser's step", &scalar);
    player->slot_count = gan__optimizer_slots(optimizer, player->slot_names);
    for (size_t i = 0; i < player->slot_count; i++)
        player->state.slots[i] = gan__state(graph, player->slot_names[i], &parameters);
    if (buffers > 0) player->buffers = gan__state(graph, "running statistics", &GAN_SHAPE(buffers));
}

static gan_status create_weights(const gan_player *player, gan_node ***weights) {
    void *nodes = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(player->network), sizeof(gan_node *), &nodes));
    *weights = nodes;
    gan__network_weights(player->network, player->state.parameters, *weights);
    return GAN_STATUS_OK;
}

// The data set's batch (B, sample...) as the networks want it: the batch innermost, bytes mapped.
static gan_node *real_samples(const gan_game *game, const gan_game_data *data) {
    int order[GAN_RANK_MAX];
    for (int axis = 0; axis < data->sample.rank; axis++) order[axis] = axis + 1;
    order[data->sample.rank] = 0;
    gan_node *const samples = gan__permute(game->real, order);
    if (data->element != GAN_ELEMENT_U8 || !game->recipe->data.has_range) return samples;
    const double low = game->recipe->data.range[0], high = game->recipe->data.range[1];
    return gan__offset(gan__scale(samples, (high - low) / 255.0), low);
}

// --- One application of each ---------------------------------------------------------------------

// G(z) in training, for the latents of the step whose streams start at `streams`.
static gan_network_result generate(const gan_builder *builder, uint32_t streams) {
    const gan_game *const game = builder->game;
    gan_node *const latents =
        gan__latent_node(game->graph, game->recipe, game->recipe->batch, streams + STREAM_LATENT);
    const gan_network_call call = {.training = true,
                                   .stream = streams + STREAM_GENERATOR,
                                   .weights = builder->generator_weights,
                                   .buffers = game->generator.buffers};
    gan_network_result fake = gan__network_apply(game->generator.network, &call, latents);
    fake.output = gan__reshape(fake.output, &builder->fake_shape);
    return fake;
}

static gan_network_result judge(const gan_builder *builder, gan_node *samples, uint32_t stream,
                                gan_node *buffers) {
    const gan_network_call call = {.training = true,
                                   .stream = stream,
                                   .weights = builder->discriminator_weights,
                                   .buffers = buffers};
    return gan__network_apply(builder->game->discriminator.network, &call, samples);
}

// --- Steps ---------------------------------------------------------------------------------------

static void add_root(gan_game_step *step, gan_node *root) {
    step->roots[step->count++] = root;
}

// One update of the player down the gradient of `loss`, and its running statistics after the step.
static gan_status update_player(const gan_player *player, gan_node *const *weights, gan_node *loss,
                                gan_node *buffers, gan_optimizer_state *after,
                                gan_game_step *step) {
    const size_t count = gan__network_parameter_count(player->network);
    void *gradients = NULL;
    GAN_TRY(gan__alloc(count, sizeof(gan_node *), &gradients));
    gan_status status = gan__gradient(loss, weights, count, gradients);
    if (status == GAN_STATUS_OK)
        status = gan__optimizer_update(player->optimizer, player->network, &player->state,
                                       gan__network_flatten(player->network, gradients), after);
    gan__free(gradients);
    GAN_TRY(status);
    step->count +=
        gan__optimizer_assign(player->optimizer, &player->state, after, step->roots + step->count);
    if (player->buffers != NULL && buffers != player->buffers)
        add_root(step, gan__assign(player->buffers, buffers));
    return GAN_STATUS_OK;
}

static void add_sums(gan_game_step *step, gan_node *sums, gan_node **figures, size_t count) {
    const gan_shape one = GAN_SHAPE(1);
    for (size_t i = 0; i < count; i++) figures[i] = gan__reshape(figures[i], &one);
    add_root(step, gan__assign(sums, gan__add(sums, gan__concat(figures, count, 0))));
}

static void add_generator_sums(gan_game *game, gan_game_step *step, gan_node *loss) {
    gan_node *figures[GAN_GAME_G_METRICS] = {[GAN_GAME_G_LOSS] = loss};
    add_sums(step, game->generator_sums, figures, GAN_GAME_G_METRICS);
}

// D's part of a step: its update from a real batch and `fake`. *on_fake: D of `fake`.
static gan_status add_discriminator_update(const gan_builder *builder, uint32_t streams,
                                           gan_node *fake, gan_game_step *step,
                                           gan_network_result *on_fake) {
    gan_game *const game = builder->game;
    const gan_player *const player = &game->discriminator;
    const gan_network_result on_real =
        judge(builder, builder->real, streams + STREAM_REAL, player->buffers);
    *on_fake = judge(builder, fake, streams + STREAM_FAKE, on_real.buffers);
    gan_node *const loss =
        gan__objective_discriminator(game->recipe, builder->real, on_real.logits, on_fake->logits);
    gan_optimizer_state after;
    GAN_TRY(update_player(player, builder->discriminator_weights, loss, on_fake->buffers, &after,
                          step));
    gan_node *figures[GAN_GAME_D_METRICS] = {
        [GAN_GAME_D_LOSS] = loss,
        [GAN_GAME_D_REAL] = gan__mean(gan__sigmoid(on_real.logits)),
        [GAN_GAME_D_FAKE] = gan__mean(gan__sigmoid(on_fake->logits)),
    };
    add_sums(step, game->discriminator_sums, figures, GAN_GAME_D_METRICS);
    return GAN_STATUS_OK;
}

// G's part of a step: its update from D's logits on its samples, and the moving average.
static gan_status add_generator_update(const gan_builder *builder, gan_node *fake_logits,
                                       gan_node *buffers, gan_game_step *step) {
    gan_game *const game = builder->game;
    const gan_player *const player = &game->generator;
    gan_node *const loss = gan__objective_generator(game->recipe, fake_logits);
    gan_optimizer_state after;
    GAN_TRY(update_player(player, builder->generator_weights, loss, buffers, &after, step));
    if (game->average != NULL)
        add_root(step, gan__assign(game->average,
                                   gan__average_update(
                                       game->average, after.parameters, game->recipe->ema.decay,
                                       (double)game->recipe->ema.start, player->state.step)));
    add_generator_sums(game, step, loss);
    return gan__graph_status(game->graph);
}

// D alone: G's samples are given, not learned from.
static gan_status build_discriminator_step(const gan_builder *builder) {
    gan_game_step *const step = &builder->game->discriminator_step;
    step->name = "discriminator step";
    const gan_network_result fake = generate(builder, 0);
    gan_network_result on_fake;
    GAN_TRY(add_discriminator_update(builder, 0, gan__stop_gradient(fake.output), step, &on_fake));
    return gan__graph_status(builder->game->graph);
}

// G alone, against D as it stands.
static gan_status build_generator_step(const gan_builder *builder) {
    gan_game_step *const step = &builder->game->generator_step;
    step->name = "generator step";
    const gan_network_result fake = generate(builder, STREAMS_OF_A_STEP);
    const gan_network_result on_fake = judge(builder, fake.output, STREAMS_OF_A_STEP + STREAM_FAKE,
                                             builder->game->discriminator.buffers);
    return add_generator_update(builder, on_fake.logits, fake.buffers, step);
}

// Both at the same point, from one batch and with the same masks, as the paper's code does.
static gan_status build_joint_step(const gan_builder *builder) {
    gan_game_step *const step = &builder->game->generator_step;
    step->name = "joint step";
    const gan_network_result fake = generate(builder, STREAMS_OF_A_STEP);
    gan_network_result on_fake;
    GAN_TRY(add_discriminator_update(builder, STREAMS_OF_A_STEP, fake.output, step, &on_fake));
    return add_generator_update(builder, on_fake.logits, fake.buffers, step);
}

// --- The game ------------------------------------------------------------------------------------

static void create_leaves(gan_game *game, const gan_game_data *data) {
    gan_graph *const graph = game->graph;
    gan_shape batch = {.rank = data->sample.rank + 1, .size = {game->recipe->batch}};
    memcpy(batch.size + 1, data->sample.size, (size_t)data->sample.rank * sizeof batch.size[0]);
    create_player(game, "generator", &game->recipe->generator_optimizer.optimizer,
                  &game->generator);
    create_player(game, "discriminator", &game->recipe->discriminator_optimizer.optimizer,
                  &game->discriminator);
    if (game->recipe->ema.decay > 0)
        game->average = gan__state(graph, "averaged generator",
                                   gan__node_shape(game->generator.state.parameters));
    game->real = gan__input(graph, "real samples", data->element, &batch);
    game->discriminator_sums =
        gan__state(graph, "discriminator's figures", &GAN_SHAPE(GAN_GAME_D_METRICS));
    game->generator_sums = gan__state(graph, "generator's figures", &GAN_SHAPE(GAN_GAME_G_METRICS));
}

static gan_status build_steps(gan_builder *builder, const gan_game_data *data) {
    gan_game *const game = builder->game;
    GAN_TRY(gan__graph_status(game->graph));
    GAN_TRY(create_weights(&game->generator, &builder->generator_weights));
    GAN_TRY(create_weights(&game->discriminator, &builder->discriminator_weights));
    builder->real = real_samples(game, data);
    builder->fake_shape = data->sample;
    builder->fake_shape.size[builder->fake_shape.rank++] = game->recipe->batch;
    if (game->recipe->schedule.order == GAN_ORDER_SIMULTANEOUS) {
        GAN_TRY(build_joint_step(builder));
        if (game->recipe->schedule.discriminator_steps == 1) return GAN_STATUS_OK;
        return build_discriminator_step(builder);
    }
    GAN_TRY(build_discriminator_step(builder));
    return build_generator_step(builder);
}

gan_status gan__game_create(const gan_recipe *recipe, const gan_game_data *data, gan_game **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_game), &memory));
    gan_game *const game = memory;
    game->recipe = gan__recipe_values(recipe);
    gan_builder builder = {.game = game};
    gan_status status = gan__recipe_networks(recipe, &data->sample, &game->generator.network,
                                             &game->discriminator.network);
    if (status == GAN_STATUS_OK) status = gan__graph_create(&game->graph);
    if (status == GAN_STATUS_OK) {
        create_leaves(game, data);
        status = build_steps(&builder, data);
    }
    gan__free(builder.generator_weights);
    gan__free(builder.discriminator_weights);
    if (status != GAN_STATUS_OK) {
        gan__game_destroy(game);
        return status;
    }
    *out = game;
    return GAN_STATUS_OK;
}

void gan__game_destroy(gan_game *game) {
    if (game == NULL) return;
    gan__graph_destroy(game->graph);
    gan__network_destroy(game->generator.network);
    gan__network_destroy(game->discriminator.network);
    gan__free(game);
}
