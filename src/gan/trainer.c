// Implements gan/trainer.h: planning, setting up and stepping. What looks at a trainer without
// changing it is trainer_look.c.
#include "gan/trainer_state.h"

#include "base/memory.h"
#include "gan/latent.h"
#include "gan/start.h"

#include <string.h>

// Philox steps of the networks' initial values: each network has a range of its own.
enum { INIT_GENERATOR = 0, INIT_DISCRIMINATOR = 1 << 16, INIT_ENCODER = 2 << 16 };

// Host memory that waiting batches may take.
#define STAGE_BYTES (4u << 20)

// --- Planning ------------------------------------------------------------------------------------

static gan_game_data data_of(const gan_dataset *dataset) {
    const gan_dataset_info *const info = gan__dataset_info(dataset);
    gan_game_data data = {.element =
                              info->type == GAN_SAMPLE_TYPE_U8 ? GAN_ELEMENT_U8 : GAN_ELEMENT_F32};
    data.sample.rank = info->rank;
    data.classes = info->classes;
    memcpy(data.sample.size, info->size, (size_t)info->rank * sizeof info->size[0]);
    return data;
}

static bool is_simultaneous(const gan_trainer *trainer) {
    return trainer->recipe->schedule.order != GAN_ORDER_ALTERNATING;
}

// Batches that D sees in one step, and updates that it makes.
static uint64_t batches_per_step(const gan_trainer *trainer) {
    return (uint64_t)trainer->recipe->schedule.discriminator_steps;
}

// Those updates that are the discriminator's alone; the joint step is one of both.
static uint64_t discriminator_runs(const gan_trainer *trainer) {
    return batches_per_step(trainer) - is_simultaneous(trainer);
}

// Updates of the generator in one step.
static uint64_t generator_runs(const gan_trainer *trainer) {
    return (uint64_t)trainer->recipe->schedule.generator_steps;
}

// How often a step runs each program, on average.
static double runs_per_step(const gan_trainer *trainer, gan_game_part part) {
    const gan_game_step *const steps = trainer->game->steps;
    const double lazily = 1 / (double)trainer->recipe->objective.penalty_every;
    const double alone = (double)discriminator_runs(trainer);
    const double runs[GAN_GAME_PARTS] = {
        [GAN_GAME_DISCRIMINATOR] =
            steps[GAN_GAME_DISCRIMINATOR_PENALISED].count > 0 ? alone * (1 - lazily) : alone,
        [GAN_GAME_DISCRIMINATOR_PENALISED] = alone * lazily,
        [GAN_GAME_PENALTY] = alone * lazily,
        [GAN_GAME_GENERATOR] = steps[GAN_GAME_GENERATOR_PENALISED].count > 0
                                   ? 1 - lazily
                                   : (double)generator_runs(trainer),
        [GAN_GAME_GENERATOR_PENALISED] = lazily,
        [GAN_GAME_PATH] = 1 / (double)trainer->recipe->objective.path_length_every,
    };
    return runs[part];
}

static gan_status plan_program(gan_trainer *trainer, size_t index, const char *name,
                               gan_node *const *roots, size_t count, double runs) {
    GAN_TRY(gan__program_create(trainer->module, name, roots, count, &trainer->programs[index]));
    trainer->listed[trainer->listed_count++] = (gan_trainer_program){
        .name = name, .program = trainer->programs[index], .runs_per_step = runs};
    return GAN_STATUS_OK;
}

// What draws samples.
static gan_status build_generation(gan_trainer *trainer) {
    const gan_game *const game = trainer->game;
    const gan_player *const generator = &game->generator;
    if (generator->network == NULL) return GAN_STATUS_OK;
    gan_node *const weights = game->average != NULL ? game->average : generator->state.parameters;
    gan_node *const statistics =
        game->average_buffers != NULL ? game->average_buffers : generator->buffers;
    return gan__generation_build(game->graph, generator->network, weights, statistics,
                                 gan__trainer_cells(trainer), &trainer->generation);
}

// Where a sample is one number, what D says of any.
static gan_status build_judging(gan_trainer *trainer) {
    const gan_player *const player = &trainer->game->discriminator;
    const gan_network *const network = player->network;
    const bool numbers = gan__dataset_info(trainer->dataset)->type == GAN_SAMPLE_TYPE_F32 &&
                         gan__trainer_sample_elements(trainer) == 1;
    if (!numbers || trainer->generation.samples == NULL || gan__network_uses_labels(network) ||
        !gan__shape_equal(gan__network_input_shape(network), &GAN_SHAPE(1)) ||
        gan__shape_elements(gan__network_output_shape(network)) != 1)
        return GAN_STATUS_OK;
    void *weights = NULL;
    const gan_shape points = GAN_SHAPE(1, GAN_TRAINER_POINTS);
    GAN_TRY(gan__alloc(gan__network_parameter_count(network), sizeof(gan_node *), &weights));
    gan__network_weights(network, player->state.parameters, weights);
    trainer->points = gan__input(trainer->game->graph, "points", GAN_ELEMENT_F32, &points);
    const gan_network_call call = {.weights = weights, .buffers = player->buffers};
    trainer->judged = gan__sigmoid(gan__network_apply(network, &call, trainer->points).logits);
    gan__free(weights);
    return gan__graph_status(trainer->game->graph);
}

static gan_status plan(gan_trainer *trainer) {
    const gan_game *const game = trainer->game;
    GAN_TRY(build_generation(trainer));
    GAN_TRY(build_judging(trainer));
    GAN_TRY(gan__module_create(trainer->device, game->graph, &trainer->module));
    gan__module_set_seed(trainer->module, (uint64_t)trainer->recipe->seed);
    for (size_t part = 0; part < GAN_GAME_PARTS; part++) {
        const gan_game_step *const step = &game->steps[part];
        if (step->count == 0) continue;
        GAN_TRY(plan_program(trainer, part, step->name, step->roots, step->count,
                             runs_per_step(trainer, (gan_game_part)part)));
    }
    if (trainer->generation.samples == NULL) return GAN_STATUS_OK;
    GAN_TRY(plan_program(trainer, GAN_TRAINER_SAMPLING, "sampling", &trainer->generation.samples, 1,
                         0));
    if (trainer->judged == NULL) return GAN_STATUS_OK;
    return plan_program(trainer, GAN_TRAINER_JUDGING, "judging", &trainer->judged, 1, 0);
}

// Layers that are scaled by the data (init_batch), if start.count is not 0.
static gan_start start_of(const gan_trainer *trainer, const gan_player *player) {
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

static gan_status plan_start(gan_trainer *trainer, const gan_player *player) {
    const gan_start start = start_of(trainer, player);
    gan_module_memory memory;
    if (player->network == NULL || start.count == 0) return GAN_STATUS_OK;
    GAN_TRY(gan__start_memory(&start, &memory));
    if (memory.total_bytes > trainer->start_bytes) trainer->start_bytes = memory.total_bytes;
    return GAN_STATUS_OK;
}

gan_status gan__trainer_create(gan_device *device, const gan_recipe *recipe,
                               const gan_dataset *dataset, gan_trainer **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_trainer), &memory));
    gan_trainer *const trainer = memory;
    const gan_game_data data = data_of(dataset);
    trainer->device = device;
    trainer->recipe = gan__recipe_values(recipe);
    trainer->dataset = dataset;
    gan_status status = gan__game_create(recipe, &data, &trainer->game);
    if (status == GAN_STATUS_OK) status = plan(trainer);
    if (status == GAN_STATUS_OK) status = plan_start(trainer, &trainer->game->generator);
    if (status == GAN_STATUS_OK) status = plan_start(trainer, &trainer->game->discriminator);
    if (status != GAN_STATUS_OK) {
        gan__trainer_destroy(trainer);
        return status;
    }
    *out = trainer;
    return GAN_STATUS_OK;
}

void gan__trainer_destroy(gan_trainer *trainer) {
    if (trainer == NULL) return;
    gan__loader_destroy(trainer->loader);
    gan__module_destroy(trainer->module);
    gan__game_destroy(trainer->game);
    gan__free(trainer->batch);
    gan__free(trainer->labels);
    gan__labelled_set_destroy(trainer->labelled);
    gan__free(trainer);
}

const gan_game *gan__trainer_game(const gan_trainer *trainer) {
    return trainer->game;
}

gan_module *gan__trainer_module(const gan_trainer *trainer) {
    return trainer->module;
}

const gan_trainer_program *gan__trainer_program(const gan_trainer *trainer, size_t index) {
    return index < trainer->listed_count ? &trainer->listed[index] : NULL;
}

// --- Set-up --------------------------------------------------------------------------------------

// Enough slots that no batch waits for another between two readings of the figures, within reason.
static uint32_t stage_slots(const gan_trainer *trainer) {
    const bool bytes = gan__dataset_info(trainer->dataset)->type == GAN_SAMPLE_TYPE_U8;
    const uint64_t batch_bytes = gan__trainer_sample_elements(trainer) *
                                 (uint64_t)trainer->recipe->batch * (bytes ? 1 : sizeof(float));
    const uint64_t wanted = (uint64_t)trainer->recipe->log_every * batches_per_step(trainer);
    const uint64_t affordable = STAGE_BYTES / batch_bytes;
    const uint64_t slots = wanted < affordable ? wanted : affordable;
    return slots < 2 ? 2 : (uint32_t)slots;
}

void gan__trainer_get_memory(const gan_trainer *trainer, bool resumed, gan_trainer_memory *out) {
    gan_module_memory module;
    gan__module_get_memory(trainer->module, &module);
    *out = (gan_trainer_memory){.module = module,
                                .start_bytes = resumed ? 0 : trainer->start_bytes,
                                .largest_bytes = module.largest_bytes,
                                .waiting_bytes = stage_slots(trainer) * module.input_bytes};
    out->total_bytes = module.total_bytes + out->start_bytes;
}

gan_status gan__trainer_prepare(gan_trainer *trainer) {
    GAN_TRY(gan__module_prepare(trainer->module, stage_slots(trainer)));
    const size_t grid = (size_t)gan__trainer_cells(trainer) * gan__trainer_sample_elements(trainer);
    void *batch = NULL, *labels = NULL;
    GAN_TRY(gan__alloc(grid, sizeof(float), &batch));
    trainer->batch = batch;
    GAN_TRY(gan__alloc((size_t)trainer->recipe->batch, sizeof *trainer->labels, &labels));
    trainer->labels = labels;
    const int64_t each = trainer->recipe->data.labelled;
    if (trainer->recipe->objective.classifier == GAN_CLASSIFIER_NONE || each == 0)
        return GAN_STATUS_OK;
    return gan__labelled_set_create(trainer->dataset, (uint64_t)trainer->recipe->seed,
                                    (uint64_t)each, &trainer->labelled);
}

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
    const gan_start start = start_of(trainer, player);
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

// Batches of real samples are prepared from the step on with which training begins.
static gan_status start_loader(gan_trainer *trainer) {
    const gan_recipe_values *const recipe = trainer->recipe;
    const uint64_t first = trainer->step * batches_per_step(trainer);
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

// --- Steps ---------------------------------------------------------------------------------------

uint64_t gan__trainer_step_count(const gan_trainer *trainer) {
    return trainer->step;
}

uint64_t gan__trainer_samples_seen(const gan_trainer *trainer) {
    return trainer->step * batches_per_step(trainer) * (uint64_t)trainer->recipe->batch;
}

// The labels of the batch that was read last; `input` may be NULL.
static gan_status feed_labels(gan_trainer *trainer, gan_node *input) {
    void *slot = NULL;
    if (input == NULL) return GAN_STATUS_OK;
    GAN_TRY(gan__module_feed_begin(trainer->module, input, &slot));
    float *const labels = slot;
    for (int64_t i = 0; i < trainer->recipe->batch; i++) labels[i] = (float)trainer->labels[i];
    return gan__module_feed_end(trainer->module, input);
}

// Batch number `batch` of the labelled samples.
static gan_status feed_labelled(gan_trainer *trainer, gan_node *samples, gan_node *labels,
                                uint64_t batch) {
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(trainer->module, samples, &slot));
    GAN_TRY(gan__labelled_set_read(trainer->labelled, batch, (size_t)trainer->recipe->batch, slot,
                                   trainer->labels));
    trainer->is_within_step = true;
    GAN_TRY(gan__module_feed_end(trainer->module, samples));
    return feed_labels(trainer, labels);
}

// Stages batch number `batch` of the run. A classifier of few labels sees those samples alone, a
// game both them and all.
static gan_status feed_batch(gan_trainer *trainer, uint64_t batch) {
    const gan_game *const game = trainer->game;
    void *slot = NULL;
    if (trainer->labelled != NULL && game->labelled == NULL)
        return feed_labelled(trainer, game->real, game->labels, batch);
    GAN_TRY(gan__module_feed_begin(trainer->module, game->real, &slot));
    GAN_TRY(gan__loader_read(trainer->loader, batch, slot, trainer->labels));
    trainer->is_within_step = true;
    GAN_TRY(gan__module_feed_end(trainer->module, game->real));
    GAN_TRY(feed_labels(trainer, game->labels));
    if (game->labelled == NULL) return GAN_STATUS_OK;
    return feed_labelled(trainer, game->labelled, game->labelled_labels, batch);
}

// Runs the plain program for D's update number `update`, or the penalised one where it is due.
static gan_status run_update(gan_trainer *trainer, gan_game_part plain, gan_game_part penalised,
                             uint64_t update, uint64_t counter) {
    const bool due = update % (uint64_t)trainer->recipe->objective.penalty_every == 0;
    gan_program *const with = trainer->programs[penalised];
    return gan__program_run(due && with != NULL ? with : trainer->programs[plain], counter);
}

static gan_status run_discriminator(gan_trainer *trainer, uint64_t update) {
    gan_program *const penalty = trainer->programs[GAN_GAME_PENALTY];
    GAN_TRY(feed_batch(trainer, update));
    GAN_TRY(run_update(trainer, GAN_GAME_DISCRIMINATOR, GAN_GAME_DISCRIMINATOR_PENALISED, update,
                       update));
    if (penalty == NULL || update % (uint64_t)trainer->recipe->objective.penalty_every != 0)
        return GAN_STATUS_OK;
    return gan__program_run(penalty, update);
}

static gan_status run_path(gan_trainer *trainer) {
    gan_program *const path = trainer->programs[GAN_GAME_PATH];
    const uint64_t every = (uint64_t)trainer->recipe->objective.path_length_every;
    if (path == NULL || trainer->step % every != 0) return GAN_STATUS_OK;
    return gan__program_run(path, trainer->step);
}

// G's updates of a step, or the joint one, which is D's update number `update` too.
static gan_status run_generator(gan_trainer *trainer, uint64_t update) {
    const uint64_t each = generator_runs(trainer), first = trainer->step * each;
    if (trainer->programs[GAN_GAME_GENERATOR] == NULL) return GAN_STATUS_OK;
    for (uint64_t i = 0; i < each; i++)
        GAN_TRY(run_update(trainer, GAN_GAME_GENERATOR, GAN_GAME_GENERATOR_PENALISED, update,
                           first + i));
    return GAN_STATUS_OK;
}

gan_status gan__trainer_step(gan_trainer *trainer) {
    const uint64_t first = trainer->step * batches_per_step(trainer);
    const uint64_t alone = discriminator_runs(trainer);
    for (uint64_t i = 0; i < alone; i++) GAN_TRY(run_discriminator(trainer, first + i));
    if (is_simultaneous(trainer)) GAN_TRY(feed_batch(trainer, first + alone));
    GAN_TRY(run_generator(trainer, first + alone));
    GAN_TRY(run_path(trainer));
    trainer->step++;
    trainer->is_within_step = false;
    return GAN_STATUS_OK;
}

bool gan__trainer_is_within_step(const gan_trainer *trainer) {
    return trainer->is_within_step;
}
