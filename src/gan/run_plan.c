// What a run will do, before it does it: layers, memory, launches (clgan/train.h, gan_run_plan).
#include "gan/run_state.h"

#include "base/memory.h"
#include "gan/sides.h"
#include "runtime/limits.h"

#include <math.h>
#include <string.h>

static uint64_t layer_parameters(const gan_network *network, size_t layer) {
    uint64_t elements = 0;
    for (size_t i = 0; i < gan__network_parameter_count(network); i++) {
        const gan_tensor *const tensor = gan__network_parameter(network, i);
        if (tensor->layer == layer) elements += (uint64_t)tensor->elements;
    }
    return elements;
}

static void fill_layers(const gan_player *player, gan_run_layer *layers) {
    for (size_t i = 0; i < gan__network_layer_count(player->network); i++) {
        layers[i] = (gan_run_layer){.network = player->name,
                                    .index = i,
                                    .kind = gan__network_layer(player->network, i)->kind->name,
                                    .parameters = layer_parameters(player->network, i)};
        gan__sides_text(gan__network_layer_shape(player->network, i), layers[i].output,
                        sizeof layers[i].output);
    }
}

static gan_status plan_layers(gan_run *run) {
    const gan_game *const game = gan__trainer_game(run->trainer);
    const size_t generator =
        game->generator.network == NULL ? 0 : gan__network_layer_count(game->generator.network);
    const size_t judged = generator + gan__network_layer_count(game->discriminator.network);
    const bool encodes = game->encoder.network != NULL;
    const size_t count = judged + (encodes ? gan__network_layer_count(game->encoder.network) : 0);
    void *memory = NULL;
    GAN_TRY(gan__alloc(count, sizeof(gan_run_layer), &memory));
    run->layers = memory;
    if (generator > 0) fill_layers(&game->generator, run->layers);
    fill_layers(&game->discriminator, run->layers + generator);
    if (encodes) fill_layers(&game->encoder, run->layers + judged);
    run->plan.layers = run->layers;
    run->plan.layer_count = count;
    return GAN_STATUS_OK;
}

static void plan_memory(gan_run *run) {
    gan_trainer_memory memory;
    gan__trainer_get_memory(run->trainer, run->resumed != NULL, &memory);
    run->plan.state_bytes = memory.module.state_bytes;
    run->plan.input_bytes = memory.module.input_bytes;
    run->plan.output_bytes = memory.module.output_bytes;
    run->plan.arena_bytes = memory.module.arena_bytes;
    run->plan.engine_bytes = memory.module.engine_bytes;
    run->plan.start_bytes = memory.start_bytes;
    run->plan.device_bytes = memory.total_bytes;
    run->plan.waiting_bytes = memory.waiting_bytes;
}

static uint64_t launches_per_step(const gan_trainer *trainer) {
    double launches = 0;
    const gan_trainer_program *listed;
    for (size_t i = 0; (listed = gan__trainer_program(trainer, i)) != NULL; i++)
        launches += listed->runs_per_step * (double)gan__program_launches(listed->program);
    return (uint64_t)llround(launches);
}

gan_status gan__run_fill_plan(gan_run *run) {
    const gan_game *const game = gan__trainer_game(run->trainer);
    const gan_dataset_info *const data = gan__dataset_info(run->dataset);
    gan_run_plan *const plan = &run->plan;
    gan_shape sample = {.rank = data->rank};
    memcpy(sample.size, data->size, (size_t)data->rank * sizeof data->size[0]);
    gan__sides_text(&sample, plan->sample, sizeof plan->sample);
    plan->name = gan_recipe_name(run->recipe);
    plan->recipe = gan_recipe_text(run->recipe);
    if (plan->recipe == NULL)
        return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory while writing the recipe out");
    plan->data_kind = data->kind;
    plan->data_count = data->count;
    plan->data_skipped = data->skipped;
    plan->data_classes = data->classes;
    plan->steps = (uint64_t)run->values->steps;
    plan->first_step = run->record.step;
    if (game->generator.network != NULL)
        plan->generator_parameters =
            (uint64_t)gan__network_parameter_elements(game->generator.network);
    plan->discriminator_parameters =
        (uint64_t)gan__network_parameter_elements(game->discriminator.network);
    if (game->encoder.network != NULL)
        plan->encoder_parameters = (uint64_t)gan__network_parameter_elements(game->encoder.network);
    plan->launches_per_step = launches_per_step(run->trainer);
    plan_memory(run);
    return plan_layers(run);
}

const gan_run_plan *gan_run_get_plan(const gan_run *run) {
    return &run->plan;
}

// --- Kernels -------------------------------------------------------------------------------------

// The program that launch number *index of all belongs to; *index becomes its number in it.
static const gan_trainer_program *find_launch(const gan_run *run, size_t *index) {
    const gan_trainer_program *listed;
    for (size_t i = 0; (listed = gan__trainer_program(run->trainer, i)) != NULL; i++) {
        const size_t launches = gan__program_launches(listed->program);
        if (*index < launches) return listed;
        *index -= launches;
    }
    return NULL;
}

size_t gan_run_kernel_count(const gan_run *run) {
    size_t count = 0;
    const gan_trainer_program *listed;
    for (size_t i = 0; (listed = gan__trainer_program(run->trainer, i)) != NULL; i++)
        count += gan__program_launches(listed->program);
    return count;
}

gan_status gan_run_measure_limits(gan_run *run, gan_run_limits *out) {
    gan_limits limits;
    GAN_TRY(gan__limits_measure(run->device, &limits));
    *out = (gan_run_limits){.flops = limits.flops, .bytes = limits.bytes, .moved = limits.moved};
    return GAN_STATUS_OK;
}

gan_status gan_run_get_kernel(gan_run *run, size_t index, gan_run_kernel *out) {
    size_t launch = index;
    const gan_trainer_program *const listed = find_launch(run, &launch);
    if (listed == NULL)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "there is no kernel %zu; the run has %zu", index,
                         gan_run_kernel_count(run));
    gan_launch_profile profile;
    gan__program_get_profile(listed->program, launch, &profile);
    *out = (gan_run_kernel){.program = listed->name,
                            .label = profile.label,
                            .engine = profile.engine,
                            .runs = profile.runs,
                            .seconds = profile.seconds,
                            .flops = profile.work.flops,
                            .bytes = profile.work.bytes};
    return GAN_STATUS_OK;
}
