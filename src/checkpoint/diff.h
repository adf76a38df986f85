// How the texts of two checkpoints are compared.
#ifndef GAN_CHECKPOINT_DIFF_H
#define GAN_CHECKPOINT_DIFF_H

#include "clgan/checkpoint.h"

// Each writes the first difference that counts into difference->where, which stays "" where there
// is none. Errors: NO_MEMORY.

// Line by line, but for outermost keys that only say how long to train and what to write meanwhile.
gan_status gan__diff_recipe(const char *first, const char *second, gan_difference *difference);

// As JSON objects, but for keys that tell of circumstances; texts that are no such objects, as
// texts.
gan_status gan__diff_run(const char *first, const char *second, gan_difference *difference);

#endif
