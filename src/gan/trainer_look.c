// What looks at a trainer and leaves the state of training as it is: figures and samples.
#include "gan/trainer_state.h"

#include "base/memory.h"
#include "gan/augment.h"
#include "gan/latent.h"

#include <string.h>

int64_t gan__trainer_cells(const gan_trainer *trainer) {
    return trainer->recipe->samples.grid[0] * trainer->recipe->samples.grid[1];
}

uint64_t gan__trainer_sample_elements(const gan_trainer *trainer) {
    const gan_dataset_info *const info = gan__dataset_info(trainer->dataset);
    uint64_t elements = 1;
    for (int i = 0; i < info->rank; i++) elements *= (uint64_t)info->size[i];
    return elements;
}

gan_status gan__trainer_read_sums(gan_trainer *trainer, gan_trainer_sums *out) {
    const gan_game *const game = trainer->game;
    float d[GAN_GAME_D_METRICS] = {0}, g[GAN_GAME_G_METRICS] = {0}, e[GAN_GAME_E_METRICS] = {0};
    float errors = 0;
    GAN_TRY(gan__module_read_state(trainer->module, game->discriminator_sums, d));
    if (game->generator_sums != NULL)
        GAN_TRY(gan__module_read_state(trainer->module, game->generator_sums, g));
    if (game->encoder_sums != NULL)
        GAN_TRY(gan__module_read_state(trainer->module, game->encoder_sums, e));
    if (game->errors != NULL)
        GAN_TRY(gan__module_read_state(trainer->module, game->errors, &errors));
    *out = (gan_trainer_sums){.d_loss = (double)d[GAN_GAME_D_LOSS],
                              .d_real = (double)d[GAN_GAME_D_REAL],
                              .d_fake = (double)d[GAN_GAME_D_FAKE],
                              .d_gradient = (double)d[GAN_GAME_D_GRADIENT],
                              .g_loss = (double)g[GAN_GAME_G_LOSS],
                              .g_gradient = (double)g[GAN_GAME_G_GRADIENT],
                              .e_loss = (double)e[GAN_GAME_E_LOSS],
                              .e_categorical = (double)e[GAN_GAME_E_CATEGORICAL],
                              .e_continuous = (double)e[GAN_GAME_E_CONTINUOUS],
                              .e_gradient = (double)e[GAN_GAME_E_GRADIENT],
                              .errors = (double)errors};
    return GAN_STATUS_OK;
}

gan_status gan__trainer_clear_sums(gan_trainer *trainer) {
    static const float zeros[GAN_GAME_D_METRICS + GAN_GAME_G_METRICS] = {0};
    gan_node *const sums[] = {trainer->game->discriminator_sums, trainer->game->generator_sums,
                              trainer->game->encoder_sums, trainer->game->errors};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        if (sums[i] != NULL) GAN_TRY(gan__module_write_state(trainer->module, sums[i], zeros));
    return GAN_STATUS_OK;
}

gan_status gan__trainer_read_augmentation(gan_trainer *trainer, double *out) {
    float state[GAN_AUGMENT_STATE];
    *out = 1;
    if (trainer->game->augmentation == NULL) return GAN_STATUS_OK;
    GAN_TRY(gan__module_read_state(trainer->module, trainer->game->augmentation, state));
    *out = (double)state[GAN_AUGMENT_PROBABILITY];
    return GAN_STATUS_OK;
}

// Where samples come from: seeds from `seed` on. With labels each has the one that belongs to its
// seed or, `in_turn`, to its place in the batch.
typedef struct samples_wanted {
    uint64_t seed;
    bool in_turn;
} samples_wanted;

static gan_status feed_latents(gan_trainer *trainer, samples_wanted from, float *own) {
    const size_t cells = (size_t)gan__trainer_cells(trainer);
    const size_t latent = (size_t)trainer->recipe->latent.size;
    const size_t draws = (size_t)gan__network_draws(trainer->game->generator.network);
    const bool labelled = gan__network_uses_labels(trainer->game->generator.network);
    const uint32_t classes = gan__dataset_info(trainer->dataset)->classes;
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(trainer->module, trainer->generation.latents, &slot));
    for (size_t i = 0; i < cells; i++) {
        gan__latent_draw(trainer->recipe, from.seed + i, own);
        gan__latent_draw_tokens(from.seed + i, draws, own + latent);
        if (labelled)
            own[latent + draws] = (float)(from.in_turn ? (uint32_t)(i % classes)
                                                       : gan__label_draw(classes, from.seed + i));
        gan__generation_put(slot, cells, i, own, latent + draws + labelled);
    }
    return gan__module_feed_end(trainer->module, trainer->generation.latents);
}

// One run of the sampling program, which makes as many samples as the grid has cells: the first
// `wanted` of them.
static gan_status generate_batch(gan_trainer *trainer, samples_wanted from, size_t wanted,
                                 float *samples) {
    gan_program *const program = trainer->programs[GAN_TRAINER_SAMPLING];
    const int64_t draws = gan__network_draws(trainer->game->generator.network);
    void *own = NULL;
    GAN_TRY(gan__alloc((size_t)(trainer->recipe->latent.size + draws + 1), sizeof(float), &own));
    gan_status status = feed_latents(trainer, from, own);
    gan__free(own);
    if (status == GAN_STATUS_OK) status = gan__program_run(program, 0);
    if (status == GAN_STATUS_OK) status = gan__program_read(program, 0, trainer->batch);
    if (status == GAN_STATUS_OK)
        gan__generation_take(trainer->batch, (size_t)gan__trainer_cells(trainer),
                             gan__trainer_sample_elements(trainer), wanted, samples);
    return status;
}

gan_status gan__trainer_generate(gan_trainer *trainer, uint64_t first_seed, size_t count,
                                 float *samples) {
    const size_t cells = (size_t)gan__trainer_cells(trainer),
                 elements = gan__trainer_sample_elements(trainer);
    for (size_t done = 0; done < count; done += cells) {
        const size_t wanted = count - done < cells ? count - done : cells;
        GAN_TRY(generate_batch(trainer, (samples_wanted){.seed = first_seed + done}, wanted,
                               samples + done * elements));
    }
    return GAN_STATUS_OK;
}

gan_status gan__trainer_sample(gan_trainer *trainer, float *samples) {
    return generate_batch(trainer, (samples_wanted){.in_turn = true},
                          (size_t)gan__trainer_cells(trainer), samples);
}

bool gan__trainer_judges_numbers(const gan_trainer *trainer) {
    return trainer->judged != NULL;
}

gan_status gan__trainer_judge(gan_trainer *trainer, const float *points, float *judged) {
    gan_program *const program = trainer->programs[GAN_TRAINER_JUDGING];
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(trainer->module, trainer->points, &slot));
    memcpy(slot, points, GAN_TRAINER_POINTS * sizeof *points);
    GAN_TRY(gan__module_feed_end(trainer->module, trainer->points));
    GAN_TRY(gan__program_run(program, 0));
    return gan__program_read(program, 0, judged);
}
