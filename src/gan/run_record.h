// The "run" text of a checkpoint: what is true of the run besides its recipe, as JSON.
//
//     {"clgan": "0.1.0", "seed": 1, "step": 1000, "data_position": 64000, "logged_step": 1000,
//      "elapsed_s": 12.5, "written": 1700000000, "device": "...", "driver": "...",
//      "data": {"kind": "IDX", "count": 60000, "classes": 10},
//      "sample": [1, 28, 28]}
#ifndef GAN_GAN_RUN_RECORD_H
#define GAN_GAN_RUN_RECORD_H

#include "base/text.h"
#include "clgan/checkpoint.h"
#include "clgan/recipe.h"
#include "graph/shape.h"
#include "runtime/device.h"

#include <stdint.h>

typedef struct gan_run_record {
    uint64_t seed;
    uint64_t step;          // steps done
    uint64_t data_position; // samples taken from the data set's stream
    uint64_t logged_step;   // step of the history's last line
    double elapsed_s;       // of training so far
    char device[128], driver[128];
    char data_kind[32];
    uint64_t data_count;
    uint32_t classes; // of the data's labels; 0: none
    gan_shape sample; // one sample, without batch
} gan_run_record;

gan_status gan__run_record_write(const gan_run_record *record, gan_text *json);
// From the text itself. Errors: BAD_INPUT where it lacks what is needed.
gan_status gan__run_record_parse(const char *text, gan_run_record *out);
// Errors: BAD_INPUT when the checkpoint has no record or one that lacks what is needed.
gan_status gan__run_record_read(const gan_checkpoint *checkpoint, gan_run_record *out);

// What a checkpoint's networks are made by: its recipe, the caller's (gan_recipe_destroy) even
// after a failure, and its record. Errors: BAD_INPUT (it lacks one of them), those of the recipe.
gan_status gan__run_record_open(const gan_checkpoint *checkpoint, gan_recipe **recipe,
                                gan_run_record *record);

// Has the device add up in the orders that the checkpoint's run has (runtime/tuner.h), whatever it
// has been tuned to meanwhile: for what goes on with the run, and for what is to be the same
// whenever it is made of the checkpoint. A checkpoint without them has the usual ones.
gan_status gan__run_record_adopt_orders(gan_device *device, const gan_checkpoint *checkpoint);

#endif
