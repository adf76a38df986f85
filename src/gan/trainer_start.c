// Implements gan/trainer.h: the state that training begins with, from the recipe's initialisers and
// seed or from a checkpoint, and the stream of batches from there on.
#include "gan/trainer_state.h"

#include "base/memory.h"

// Philox steps of the networks' initial values: each network has a range of its own.
enum { INIT_GENERATOR = 0, INIT_DISCRIMINATOR = 1 << 16, INIT_ENCODER = 2 << 16 };

// --- A player's values ---------------------------------------------------------------------------

gan_start gan__trainer_start_of(const gan_trainer *trainer, const gan_player *player) {
    const gan_recipe_values *const recipe = trainer->recipe;
    const bool generates = player == &trainer->game->generator;
    const bool judges = player == &trainer->game->discriminator;
    return (gan_start){.device = trainer->device,
                       .recipe = recipe,
                       .dataset = trainer->dataset,
                       .network = player->network,
                       .generates = generates,
                       .count = generates ? recipe->generator.init_batch
                                : judges  ? recipe->discriminator.init_batch
                                          : 0};
}

// Averages begin at the player's initial values.
static gan_status begin_averages(gan_trainer *trainer, const gan_player *player,
                                 const float *parameters, const float *buffers) {
    const gan_game *const game = trainer->game;
    const bool generates = player == &game->generator;
    gan_node *const average = generates ? game->average : game->discriminator_average;
    gan_node *const statistics =
        generates ? game->average_buffers : game->discriminator_average_buffers;
    gan_status status = GAN_STATUS_OK;
    if (average != NULL) status = gan__module_write_state(trainer->module, average, parameters);
    if (status == GAN_STATUS_OK && statistics != NULL)
        status = gan__module_write_state(trainer->module, statistics, buffers);
    return status;
}

// Where the seeds of a generator's reference batch begin, far from those that pictures are drawn
// by.
#define REFERENCE_SEEDS (UINT64_C(1) << 63)

// The samples by which virtual batch norm goes are the last of the buffers.
static gan_status fill_reference(gan_trainer *trainer, const gan_player *player, float *buffers) {
    const gan_network *const network = player->network;
    const int64_t count = gan__network_reference(network);
    if (count == 0) return GAN_STATUS_OK;
    const bool labelled = gan__network_uses_labels(network);
    const size_t last = gan__network_buffer_count(network) - 1;
    const gan_tensor *const samples = gan__network_buffer(network, last - labelled);
    const gan_tensor *const labels = gan__network_buffer(network, last);
    const gan_start start = {.device = trainer->device,
                             .recipe = trainer->recipe,
                             .dataset = trainer->dataset,
                             .network = network,
                             .generates = player == &trainer->game->generator,
                             .first_seed =
                                 REFERENCE_SEEDS + ((uint64_t)trainer->recipe->seed << 17),
                             .count = count};
    return gan__start_examples(&start, buffers + samples->offset,
                               labelled ? buffers + labels->offset : NULL);
}

// The values themselves, `parameters` and `buffers` being the states as the host sees them.
static gan_status fill_player(gan_trainer *trainer, const gan_player *player, uint64_t first_step,
                              const double *means, float *parameters, float *buffers) {
    GAN_TRY(gan__network_initialise(player->network, (uint64_t)trainer->recipe->seed, first_step,
                                    means, parameters, buffers));
    GAN_TRY(fill_reference(trainer, player, buffers));
    const gan_start start = gan__trainer_start_of(trainer, player);
    if (start.count > 0) GAN_TRY(gan__start_parameters(&start, parameters, buffers));
    return begin_averages(trainer, player, parameters, buffers);
}

// In place, or a network's values would lie twice in the host's memory.
static gan_status initialise_player(gan_trainer *trainer, const gan_player *player,
                                    uint64_t first_step, const double *means) {
    const uint64_t parameter_count = (uint64_t)gan__network_parameter_elements(player->network);
    const uint64_t buffer_count = (uint64_t)gan__network_buffer_elements(player->network);
    float *parameters = NULL, *buffers = NULL;
    GAN_TRY(gan__module_map_state(trainer->module, player->state.parameters, 0, parameter_count,
                                  true, &parameters));
    gan_status status = GAN_STATUS_OK, unmapped = GAN_STATUS_OK;
    if (player->buffers != NULL)
        status = gan__module_map_state(trainer->module, player->buffers, 0, buffer_count, true,
                                       &buffers);
    if (status == GAN_STATUS_OK)
        status = fill_player(trainer, player, first_step, means, parameters, buffers);
    if (buffers != NULL)
        unmapped = gan__module_unmap_state(trainer->module, player->buffers, buffers);
    if (status == GAN_STATUS_OK) status = unmapped;
    unmapped = gan__module_unmap_state(trainer->module, player->state.parameters, parameters);
    return status == GAN_STATUS_OK ? unmapped : status;
}

// --- The game ------------------------------------------------------------------------------------

// The data's mean of each element in the recipe's range, for output biases from marginals.
static gan_status output_means(const gan_trainer *trainer, double **out) {
    void *memory = NULL;
    const uint64_t elements = gan__trainer_sample_elements(trainer);
    *out = NULL;
    const gan_network *const generator = trainer->game->generator.network;
    if (generator == NULL || !gan__network_wants_means(generator)) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(elements, sizeof(double), &memory));
    double *const means = memory;
    const gan_status status = gan__dataset_means(trainer->dataset, means);
    if (status != GAN_STATUS_OK) {
        gan__free(means);
        return status;
    }
    const double *const range = trainer->recipe->data.range;
    const bool mapped = trainer->recipe->data.has_range &&
                        gan__dataset_info(trainer->dataset)->type == GAN_SAMPLE_TYPE_U8;
    for (uint64_t i = 0; mapped && i < elements; i++)
        means[i] = range[0] + means[i] / 255.0 * (range[1] - range[0]);
    *out = means;
    return GAN_STATUS_OK;
}

// Batches of real samples are prepared from the step on with which training begins.
static gan_status start_loader(gan_trainer *trainer) {
    const gan_recipe_values *const recipe = trainer->recipe;
    const uint64_t first = trainer->step * gan__trainer_batches_per_step(trainer);
    gan__loader_destroy(trainer->loader);
    return gan__loader_create(trainer->dataset, (uint64_t)recipe->seed, (size_t)recipe->batch,
                              first, &trainer->loader);
}

// Of a game that trains its encoder only.
static gan_status take_networks(gan_trainer *trainer) {
    const char *const path = trainer->recipe->inference.from;
    gan_checkpoint *checkpoint = NULL;
    gan_status status = gan_checkpoint_open(path, &checkpoint);
    if (status == GAN_STATUS_OK)
        status = gan__model_load_networks(trainer->module, trainer->game, checkpoint);
    gan_checkpoint_close(checkpoint);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "encoder.from: %s", path);
}

gan_status gan__trainer_initialise(gan_trainer *trainer) {
    const gan_game *const game = trainer->game;
    double *means = NULL;
    GAN_TRY(output_means(trainer, &means));
    gan_status status = GAN_STATUS_OK;
    if (game->generator.network != NULL)
        status = initialise_player(trainer, &game->generator, INIT_GENERATOR, means);
    if (status == GAN_STATUS_OK)
        status = initialise_player(trainer, &game->discriminator, INIT_DISCRIMINATOR, NULL);
    if (status == GAN_STATUS_OK && game->encoder.network != NULL)
        status = initialise_player(trainer, &game->encoder, INIT_ENCODER, NULL);
    if (status == GAN_STATUS_OK && gan__game_trains_encoder_only(game))
        status = take_networks(trainer);
    gan__free(means);
    trainer->step = 0;
    return status == GAN_STATUS_OK ? start_loader(trainer) : status;
}

gan_status gan__trainer_load(gan_trainer *trainer, const gan_checkpoint *checkpoint,
                             uint64_t step) {
    trainer->step = step;
    GAN_TRY(start_loader(trainer));
    return gan__model_load(trainer->module, trainer->game, checkpoint);
}

gan_status gan__trainer_save(gan_trainer *trainer, gan_checkpoint_writer *writer) {
    return gan__model_save(trainer->module, trainer->game, writer);
}
