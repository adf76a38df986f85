// Implements gan/game.h: the players and everything that lasts. The steps are game_steps.c.
#include "gan/game_builder.h"

#include "base/memory.h"
#include "gan/augment.h"
#include "gan/penalty.h"

#include <math.h>
#include <string.h>

// --- The players ---------------------------------------------------------------------------------

// Where penalties have updates of their own, an optimiser makes every + 1 updates where it made
// `every`: rate and decays are corrected so that both reach as far (Karras et al. 2020,
// StyleGAN2).
static gan_optimizer corrected(gan_optimizer optimizer, int64_t every) {
    const double share = (double)every / ((double)every + 1);
    optimizer.lr.start *= share;
    optimizer.lr.end *= share;
    optimizer.lr.floor *= share;
    optimizer.beta1 = pow(optimizer.beta1, share);
    optimizer.beta2 = pow(optimizer.beta2, share);
    return optimizer;
}

static gan_optimizer discriminator_optimizer(const gan_recipe_values *recipe) {
    const gan_optimizer said = recipe->discriminator_optimizer.optimizer;
    if (!recipe->objective.penalty_apart || !gan__penalty_wanted(recipe)) return said;
    return corrected(said, recipe->objective.penalty_every);
}

static gan_optimizer generator_optimizer(const gan_recipe_values *recipe) {
    const gan_optimizer said = recipe->generator_optimizer.optimizer;
    if (recipe->objective.path_length == 0) return said;
    return corrected(said, recipe->objective.path_length_every);
}

static void create_player(gan_game *game, const char *name, gan_optimizer optimizer,
                          gan_player *player) {
    gan_graph *const graph = game->graph;
    const gan_shape scalar = gan__shape_scalar();
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(player->network));
    const int64_t buffers = gan__network_buffer_elements(player->network);
    player->name = name;
    player->optimizer = optimizer;
    player->state.parameters = gan__state(graph, name, &parameters);
    player->state.step = gan__state(graph, "optimiser's step", &scalar);
    player->slot_count = gan__optimizer_slots(&optimizer, player->slot_names);
    for (size_t i = 0; i < player->slot_count; i++)
        player->state.slots[i] = gan__state(graph, player->slot_names[i], &parameters);
    if (buffers > 0) player->buffers = gan__state(graph, "running statistics", &GAN_SHAPE(buffers));
    if (game->recipe->objective.historical_averaging > 0 && player != &game->encoder)
        player->history = gan__state(graph, "mean of the parameters", &parameters);
}

gan_status gan__game_weights(const gan_player *player, gan_node *parameters, gan_node ***weights) {
    void *nodes = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(player->network), sizeof(gan_node *), &nodes));
    *weights = nodes;
    gan__network_weights(player->network, parameters, *weights);
    return GAN_STATUS_OK;
}

// --- The game ------------------------------------------------------------------------------------

// The data set's batch (B, sample...) as the networks want it: the batch innermost, bytes mapped.
static gan_node *samples_of(const gan_game *game, gan_node *batch, const gan_game_data *data) {
    int order[GAN_RANK_MAX];
    for (int axis = 0; axis < data->sample.rank; axis++) order[axis] = axis + 1;
    order[data->sample.rank] = 0;
    gan_node *const samples = gan__permute(batch, order);
    if (data->element != GAN_ELEMENT_U8 || !game->recipe->data.has_range) return samples;
    const double low = game->recipe->data.range[0], high = game->recipe->data.range[1];
    return gan__offset(gan__scale(samples, (high - low) / 255.0), low);
}

// Averages of a player's parameters and of its running statistics.
static void create_averages(gan_graph *graph, const gan_network *network, double decay,
                            const char *name, gan_node **parameters, gan_node **buffers) {
    const gan_shape flat = GAN_SHAPE(gan__network_parameter_elements(network));
    const gan_shape statistics = GAN_SHAPE(gan__network_buffer_elements(network));
    if (decay <= 0) return;
    *parameters = gan__state(graph, name, &flat);
    if (statistics.size[0] > 0)
        *buffers = gan__state(graph, "averaged running statistics", &statistics);
}

// The real samples, and what is known of their classes.
static void create_samples(gan_game *game, const gan_game_data *data) {
    gan_graph *const graph = game->graph;
    const gan_recipe_values *const recipe = game->recipe;
    const bool classifies = recipe->objective.classifier != GAN_CLASSIFIER_NONE;
    const bool apart = recipe->data.labelled > 0 && game->generator.network != NULL;
    const gan_shape labels = GAN_SHAPE(recipe->batch);
    gan_shape batch = {.rank = data->sample.rank + 1, .size = {game->recipe->batch}};
    memcpy(batch.size + 1, data->sample.size, (size_t)data->sample.rank * sizeof batch.size[0]);
    game->real = gan__input(graph, "real samples", data->element, &batch);
    if (gan__network_uses_labels(game->discriminator.network) || (classifies && !apart))
        game->labels = gan__input(graph, "labels", GAN_ELEMENT_F32, &labels);
    if (!classifies) return;
    game->errors = gan__state(graph, "mistaken classes", &GAN_SHAPE(1));
    if (!apart) return;
    game->labelled = gan__input(graph, "labelled samples", data->element, &batch);
    game->labelled_labels = gan__input(graph, "their labels", GAN_ELEMENT_F32, &labels);
}

static void create_players(gan_game *game) {
    const gan_recipe_values *const recipe = game->recipe;
    const bool plays = game->generator.network != NULL;
    if (plays) create_player(game, "generator", generator_optimizer(recipe), &game->generator);
    create_player(game, "discriminator", discriminator_optimizer(recipe), &game->discriminator);
    if (game->encoder.network != NULL)
        create_player(game, "encoder", recipe->encoder_optimizer.optimizer, &game->encoder);
    if (plays)
        create_averages(game->graph, game->generator.network, recipe->ema.decay,
                        "averaged generator", &game->average, &game->average_buffers);
    create_averages(game->graph, game->discriminator.network, recipe->ema.discriminator,
                    "averaged discriminator", &game->discriminator_average,
                    &game->discriminator_average_buffers);
}

static void create_leaves(gan_game *game, const gan_game_data *data) {
    gan_graph *const graph = game->graph;
    const int without = game->recipe->log_gradients ? 0 : 1;
    create_players(game);
    if (game->recipe->augment.target > 0)
        game->augmentation = gan__state(graph, "augmentation", &GAN_SHAPE(GAN_AUGMENT_STATE));
    if (game->recipe->objective.lecam > 0)
        game->anchors = gan__state(graph, "averages of logits", &GAN_SHAPE(2));
    if (game->generator.network != NULL &&
        game->recipe->objective.gradient == GAN_GRADIENT_REINFORCE)
        game->baseline = gan__state(graph, "baseline", &GAN_SHAPE(1));
    if (game->recipe->objective.path_length > 0)
        game->path_length = gan__state(graph, "path length", &GAN_SHAPE(1));
    create_samples(game, data);
    game->discriminator_sums =
        gan__state(graph, "discriminator's figures", &GAN_SHAPE(GAN_GAME_D_METRICS - without));
    if (game->generator.network != NULL)
        game->generator_sums =
            gan__state(graph, "generator's figures", &GAN_SHAPE(GAN_GAME_G_METRICS - without));
    if (game->encoder.network != NULL)
        game->encoder_sums =
            gan__state(graph, "encoder's figures", &GAN_SHAPE(GAN_GAME_E_METRICS - without));
}

// Which of D's layers gives features: the one that the recipe names, or the one before the last
// that has weights.
static gan_status find_features(gan_builder *builder) {
    const gan_network *const network = builder->game->discriminator.network;
    const int64_t layers = (int64_t)gan__network_layer_count(network);
    const int64_t named = builder->game->recipe->objective.feature_layer;
    const size_t parameters = gan__network_parameter_count(network);
    const bool matched = builder->game->recipe->objective.feature_matching > 0;
    if (!matched && builder->game->recipe->inference.shares == 0) return GAN_STATUS_OK;
    const int64_t last = (int64_t)gan__network_parameter(network, parameters - 1)->layer;
    const int64_t layer = named < 0 ? last - 1 : named;
    if (matched && (layer < 0 || layer >= layers))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "objective.feature_layer: the discriminator has no layer %lld to take "
                         "features from; its layers are 0 to %lld",
                         (long long)layer, (long long)layers - 1);
    void *memory = NULL;
    GAN_TRY(gan__alloc((size_t)layers, sizeof(gan_node *), &memory));
    builder->activations = memory;
    builder->feature_layer = (size_t)layer;
    return GAN_STATUS_OK;
}

static gan_status build(gan_builder *builder, const gan_game_data *data) {
    gan_game *const game = builder->game;
    gan_node *const averaged = builder->only_encoder ? game->average : NULL;
    GAN_TRY(gan__graph_status(game->graph));
    if (game->generator.network != NULL)
        GAN_TRY(gan__game_weights(&game->generator,
                                  averaged != NULL ? averaged : game->generator.state.parameters,
                                  &builder->generator_weights));
    GAN_TRY(gan__game_weights(&game->discriminator, game->discriminator.state.parameters,
                              &builder->discriminator_weights));
    if (game->encoder.network != NULL)
        GAN_TRY(gan__game_weights(&game->encoder, game->encoder.state.parameters,
                                  &builder->encoder_weights));
    GAN_TRY(find_features(builder));
    builder->real = samples_of(game, game->real, data);
    if (game->labelled != NULL) builder->labelled = samples_of(game, game->labelled, data);
    builder->classes = data->classes;
    builder->fake_shape = data->sample;
    builder->fake_shape.size[builder->fake_shape.rank++] = game->recipe->batch;
    return gan__game_build_steps(builder);
}

gan_status gan__game_create(const gan_recipe *recipe, const gan_game_data *data, gan_game **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_game), &memory));
    gan_game *const game = memory;
    game->recipe = gan__recipe_values(recipe);
    gan_builder builder = {.game = game, .only_encoder = gan__game_trains_encoder_only(game)};
    gan_status status =
        gan__recipe_networks(recipe, &data->sample, data->classes, &game->generator.network,
                             &game->discriminator.network);
    if (status == GAN_STATUS_OK)
        status = gan__recipe_encoder(recipe, &data->sample, data->classes,
                                     game->discriminator.network, &game->encoder.network);
    if (status == GAN_STATUS_OK) status = gan__graph_create(&game->graph);
    if (status == GAN_STATUS_OK) {
        create_leaves(game, data);
        status = build(&builder, data);
    }
    gan__free(builder.generator_weights);
    gan__free(builder.discriminator_weights);
    gan__free(builder.encoder_weights);
    gan__free(builder.activations);
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
    gan__network_destroy(game->encoder.network);
    gan__free(game);
}
