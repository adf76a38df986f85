// Tuning: measures, on one device, which of several ways of doing the work of a training step is
// the fastest, and keeps the answers beside the program cache for every later run on that device
// with the same driver and version of clgan. Nothing needs it; everything is the faster for it.
//
// What tuning changes in a result: nothing on CPUs. Where a way adds numbers up in another order
// (on GPUs, another engine, other parameters of it, or a convolution as a product), a run keeps the
// one it began with, also when it is resumed after a tuning.
#ifndef CLGAN_TUNE_H
#define CLGAN_TUNE_H

#include "clgan/device.h"
#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Zero and NULL mean the default everywhere.
typedef struct gan_tune_options {
    const char *const *recipes; // paths of YAML recipes; none: dense layers of those that ship
    size_t recipe_count;
    const char *data; // for those recipes: as gan_run_options has it
    double seconds;   // the time it may take; 0: until all is done
    bool anew;        // measure also what is known already
} gan_tune_options;

// What came of one class of work.
typedef struct gan_tune_class {
    // "gemm NT 1152 1152 96", "convolution forward 3x64x64 64x32x32 kernel 4x4 ...", "clblast
    // parameters"
    const char *name;
    const char *way;      // how it will be done: "tile 8 3 0 1 256 384 96", "kernels", "own"
    bool known;           // since before: nothing was measured
    bool finished;        // false: it was cut short; what was found so far is kept
    double gain;          // how many times faster than untuned; 1: as before
    double usual_seconds; // the time of one, untuned; 0 where nothing was measured
    double flops;         // of one
    size_t tried, wrong;  // ways measured; ways left out because they were not right
} gan_tune_class;

// Any member may be NULL. They are called from gan_device_tune's thread.
typedef struct gan_tune_callbacks {
    void *user;
    // Between measurements: `done` of `total` classes are finished and `name` is under way. Returns
    // false to stop.
    bool (*on_progress)(void *user, size_t done, size_t total, const char *name);
    // After each class.
    void (*on_class)(void *user, const gan_tune_class *found);
} gan_tune_callbacks;

typedef struct gan_tune_summary {
    size_t classes, finished; // in all; known or measured to the end
    bool in_time;             // false: the time ran out
    char file[512];           // where it is kept; "" where caching is off
} gan_tune_summary;

// Tunes `device`, the classes with most work first. What is found is kept at once. `summary` is
// filled in as far as it came, also on an error.
// Errors: BAD_INPUT (a recipe, its data), DEVICE_*, INTERRUPTED (on_progress said so), FAILED
// (where CLBlast takes part and this process has used other parameters than its own before).
GAN_API gan_status gan_device_tune(gan_device *device, const gan_tune_options *options,
                                   const gan_tune_callbacks *callbacks, gan_tune_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
