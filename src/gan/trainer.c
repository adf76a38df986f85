// Implements gan/trainer.h: what is planned for the game's steps and for looking, and the memory it
// takes. First values and checkpoints are trainer_start.c, steps trainer_step.c, and what looks at
// a trainer without changing it trainer_look.c.
#include "gan/trainer_state.h"

#include "base/memory.h"

#include <string.h>

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

// How often a step runs each program, on average.
static double runs_per_step(const gan_trainer *trainer, gan_game_part part) {
    const gan_game_step *const steps = trainer->game->steps;
    const double lazily = 1 / (double)trainer->recipe->objective.penalty_every;
    const double alone = (double)gan__trainer_discriminator_runs(trainer);
    const double runs[GAN_GAME_PARTS] = {
        [GAN_GAME_DISCRIMINATOR] =
            steps[GAN_GAME_DISCRIMINATOR_PENALISED].count > 0 ? alone * (1 - lazily) : alone,
        [GAN_GAME_DISCRIMINATOR_PENALISED] = alone * lazily,
        [GAN_GAME_PENALTY] = alone * lazily,
        [GAN_GAME_GENERATOR] = steps[GAN_GAME_GENERATOR_PENALISED].count > 0
                                   ? 1 - lazily
                                   : (double)gan__trainer_generator_runs(trainer),
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
    return gan__generation_build(game->graph, generator->network, weights, statistics, NULL,
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

static gan_status plan_start(gan_trainer *trainer, const gan_player *player) {
    const gan_start start = gan__trainer_start_of(trainer, player);
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

// --- Memory --------------------------------------------------------------------------------------
// Host memory that waiting batches may take.
#define STAGE_BYTES (4u << 20)

// Enough slots that no batch waits for another between two readings of the figures, within reason.
static uint32_t stage_slots(const gan_trainer *trainer) {
    const bool bytes = gan__dataset_info(trainer->dataset)->type == GAN_SAMPLE_TYPE_U8;
    const uint64_t batch_bytes = gan__trainer_sample_elements(trainer) *
                                 (uint64_t)trainer->recipe->batch * (bytes ? 1 : sizeof(float));
    const uint64_t wanted =
        (uint64_t)trainer->recipe->log_every * gan__trainer_batches_per_step(trainer);
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
