// A game on a device, with its data: runs steps, reports figures, draws samples, saves and loads.
// The whole state of training is (seed, step) and the game's state nodes; a step neither allocates
// nor waits. Files and folders are gan/run.c's business.
#ifndef GAN_GAN_TRAINER_H
#define GAN_GAN_TRAINER_H

#include "data/loader.h"
#include "gan/game.h"
#include "gan/model_file.h"

typedef struct gan_trainer gan_trainer;

// Builds the game for the data and plans its programs; nothing is allocated on the device yet. All
// three must outlive the trainer. Errors: those of gan__game_create and gan__program_create.
gan_status gan__trainer_create(gan_device *device, const gan_recipe *recipe,
                               const gan_dataset *dataset, gan_trainer **out);
void gan__trainer_destroy(gan_trainer *trainer); // NULL is allowed

const gan_game *gan__trainer_game(const gan_trainer *trainer);
gan_module *gan__trainer_module(const gan_trainer *trainer);

// What training takes of the device, exactly: beside what the module does, at the start of a run
// and for a moment, the memory of a program that scales layers by the data (init_batch); and the
// memory that batches wait in, which is the host's.
typedef struct gan_trainer_memory {
    gan_module_memory module;
    uint64_t start_bytes; // 0 where no layers are, or the run is `resumed`
    uint64_t total_bytes;
    uint64_t largest_bytes; // in one buffer
    uint64_t waiting_bytes; // not among total_bytes
} gan_trainer_memory;
void gan__trainer_get_memory(const gan_trainer *trainer, bool resumed, gan_trainer_memory *out);

// The programs: those of the game's steps (gan_game_part), then "sampling" and "judging", where
// the game has them. NULL past the last.
typedef struct gan_trainer_program {
    const char *name;
    gan_program *program;
    double runs_per_step; // on average; 0 for sampling
} gan_trainer_program;
const gan_trainer_program *gan__trainer_program(const gan_trainer *trainer, size_t index);

// Allocates and compiles. Then the state must be set by one of the next two.
gan_status gan__trainer_prepare(gan_trainer *trainer);
// Step 0: weights from the recipe's initialisers and seed.
gan_status gan__trainer_initialise(gan_trainer *trainer);
// The state a checkpoint holds, which was taken after `step` steps.
gan_status gan__trainer_load(gan_trainer *trainer, const gan_checkpoint *checkpoint, uint64_t step);
gan_status gan__trainer_save(gan_trainer *trainer, gan_checkpoint_writer *writer);

uint64_t gan__trainer_step_count(const gan_trainer *trainer); // steps done
// Real samples the discriminator has seen; also the position in the data set's stream.
uint64_t gan__trainer_samples_seen(const gan_trainer *trainer);
// Enqueues one step: the updates of D and of G that the schedule has. Errors: also those of reading
// the data set.
gan_status gan__trainer_step(gan_trainer *trainer);
// Whether a failed step has begun: its first batch was read. Else the state is that of the step
// before, and can be saved.
bool gan__trainer_is_within_step(const gan_trainer *trainer);

// Sums over the steps since the last clearing; blocking.
typedef struct gan_trainer_sums {
    double d_loss, d_real, d_fake, d_gradient; // one term an update of D
    double g_loss, g_gradient; // one term an update of G; gradients 0 where not logged
    // One term an update of the encoder; 0 where there is none.
    double e_loss, e_categorical, e_continuous, e_gradient;
    double errors; // one term an update of D; 0 where it tells no classes
} gan_trainer_sums;
gan_status gan__trainer_read_sums(gan_trainer *trainer, gan_trainer_sums *out);
// The probability of augmentation that adapts, as it stands; blocking. 1 where none does.
gan_status gan__trainer_read_augmentation(gan_trainer *trainer, double *out);
gan_status gan__trainer_clear_sums(gan_trainer *trainer);

// What follows is for games with a generator.

// The samples of seeds `first_seed`, `first_seed` + 1, ..., as pictures have them: `samples`
// (count, elements of one sample). Blocking; leaves the state of training as it is.
gan_status gan__trainer_generate(gan_trainer *trainer, uint64_t first_seed, size_t count,
                                 float *samples);
// One sample for each cell of the recipe's grid, from latents that never change: seeds 0, 1, ...
// and, where samples have labels, classes 0, 1, ... over and over.
// `samples`: (columns x rows, elements of one sample).
gan_status gan__trainer_sample(gan_trainer *trainer, float *samples);

// What D says of numbers, as it stands, where a sample is one number and all that D sees.
#define GAN_TRAINER_POINTS 256
bool gan__trainer_judges_numbers(const gan_trainer *trainer);
// D's probability that each of GAN_TRAINER_POINTS `points` is real. Blocking; leaves the state of
// training as it is.
gan_status gan__trainer_judge(gan_trainer *trainer, const float *points, float *judged);

#endif
