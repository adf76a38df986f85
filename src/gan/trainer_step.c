// Implements gan/trainer.h: the steps of a run, and the batches that they are fed.
#include "gan/trainer_state.h"

bool gan__trainer_is_simultaneous(const gan_trainer *trainer) {
    return trainer->recipe->schedule.order != GAN_ORDER_ALTERNATING;
}

uint64_t gan__trainer_batches_per_step(const gan_trainer *trainer) {
    return (uint64_t)trainer->recipe->schedule.discriminator_steps;
}

uint64_t gan__trainer_discriminator_runs(const gan_trainer *trainer) {
    return gan__trainer_batches_per_step(trainer) - gan__trainer_is_simultaneous(trainer);
}

uint64_t gan__trainer_generator_runs(const gan_trainer *trainer) {
    return (uint64_t)trainer->recipe->schedule.generator_steps;
}

uint64_t gan__trainer_step_count(const gan_trainer *trainer) {
    return trainer->step;
}

uint64_t gan__trainer_samples_seen(const gan_trainer *trainer) {
    return trainer->step * gan__trainer_batches_per_step(trainer) *
           (uint64_t)trainer->recipe->batch;
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
    const uint64_t each = gan__trainer_generator_runs(trainer), first = trainer->step * each;
    if (trainer->programs[GAN_GAME_GENERATOR] == NULL) return GAN_STATUS_OK;
    for (uint64_t i = 0; i < each; i++)
        GAN_TRY(run_update(trainer, GAN_GAME_GENERATOR, GAN_GAME_GENERATOR_PENALISED, update,
                           first + i));
    return GAN_STATUS_OK;
}

gan_status gan__trainer_step(gan_trainer *trainer) {
    const uint64_t first = trainer->step * gan__trainer_batches_per_step(trainer);
    const uint64_t alone = gan__trainer_discriminator_runs(trainer);
    for (uint64_t i = 0; i < alone; i++) GAN_TRY(run_discriminator(trainer, first + i));
    if (gan__trainer_is_simultaneous(trainer)) GAN_TRY(feed_batch(trainer, first + alone));
    GAN_TRY(run_generator(trainer, first + alone));
    GAN_TRY(run_path(trainer));
    trainer->step++;
    trainer->is_within_step = false;
    return GAN_STATUS_OK;
}

bool gan__trainer_is_within_step(const gan_trainer *trainer) {
    return trainer->is_within_step;
}
