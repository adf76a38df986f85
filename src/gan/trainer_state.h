// What a trainer is made of: for gan/trainer*.c only.
#ifndef GAN_GAN_TRAINER_STATE_H
#define GAN_GAN_TRAINER_STATE_H

#include "data/labelled.h"
#include "gan/generation.h"
#include "gan/start.h"
#include "gan/trainer.h"

enum { GAN_TRAINER_SAMPLING = GAN_GAME_PARTS, GAN_TRAINER_JUDGING, GAN_TRAINER_PROGRAMS };

struct gan_trainer {
    gan_device *device;
    const gan_recipe_values *recipe;
    const gan_dataset *dataset;
    gan_game *game;
    gan_module *module;
    uint64_t start_bytes; // of the device while layers are scaled by the data
    gan_program
        *programs[GAN_TRAINER_PROGRAMS]; // by gan_game_part; NULL where the game has no such step
    gan_trainer_program listed[GAN_TRAINER_PROGRAMS];
    size_t listed_count;
    gan_generation generation;
    gan_node *points, *judged;  // numbers, and D's probabilities of them; NULL: D judges others
    gan_loader *loader;         // of batches, from the first that is needed
    float *batch;               // one run of the sampling program
    uint32_t *labels;           // of one batch of data
    gan_labelled_set *labelled; // those whose labels are used; NULL: all
    uint64_t step;
    bool is_within_step;
};

// --- trainer_look.c ------------------------------------------------------------------------------

// Samples of one run of the sampling program.
int64_t gan__trainer_cells(const gan_trainer *trainer);
uint64_t gan__trainer_sample_elements(const gan_trainer *trainer);

// --- trainer_start.c -----------------------------------------------------------------------------

// How the player's layers are scaled by the data (init_batch); its `count` is 0 where none are.
gan_start gan__trainer_start_of(const gan_trainer *trainer, const gan_player *player);

// --- trainer_step.c ------------------------------------------------------------------------------

// Whether a step ends in one update of both players, not in the generator's alone.
bool gan__trainer_is_simultaneous(const gan_trainer *trainer);
// Batches that D sees in one step, and updates that it makes.
uint64_t gan__trainer_batches_per_step(const gan_trainer *trainer);
// Those updates that are the discriminator's alone; the joint step is one of both.
uint64_t gan__trainer_discriminator_runs(const gan_trainer *trainer);
// Updates of the generator in one step.
uint64_t gan__trainer_generator_runs(const gan_trainer *trainer);

#endif
