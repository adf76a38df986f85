// The tuner: finds by measurement which of several ways of doing one thing is the fastest on a
// device, and keeps what it found for later runs. Everything works without it, in the usual way.
//
// What can be done in several ways has a key, one line that names it and the class of sizes it was
// measured for ("gemm NT 1152 1152 96"), and each way a text of its kind's own, also one line.
// Where a launch is made, its maker asks
//
//     const char *way = gan__tuner_find(device, key); // NULL: in the usual way
//
// and falls back to the usual way where it cannot read the text, or the way does not fit the sizes
// at hand. To be tuned, the kind of kernel fills in a gan_tuner_task and hands it to
// gan__tuner_run.
//
// Reproducibility. A way that adds numbers up in another order than the usual one is marked so
// (`reorders`). All others may change between an interrupted run and its resumption, since they
// leave every bit as it is. Those that are marked are written into a run's checkpoints
// (gan__tuner_write_orders) and taken from there when it is resumed (gan__tuner_adopt_orders), so
// that a run keeps the orders it began with though its device has been tuned meanwhile.
//
// What is found lies in <cache>/tuned/<hash>.txt, a text a person can read, one file for each
// device, driver, number of compute units and version of clgan. A file that is damaged, or of
// another device, is as good as absent. $CLGAN_TUNING=off leaves all of it aside.
#ifndef GAN_RUNTIME_TUNER_H
#define GAN_RUNTIME_TUNER_H

#include "base/text.h"
#include "runtime/launch.h"

// One thing that can be done in several ways.
typedef struct gan_tuner_task {
    const char *key;
    void *user; // for the calls below
    // Prepares way number `way`; number 0 is the usual one. `best` is the fastest so far, so that
    // the next may be made from it. Returns false where there is no such way, nor any after it.
    bool (*propose)(void *user, size_t way, size_t best);
    gan_status (*describe)(void *user, size_t way, gan_text *text);
    bool (*reorders)(void *user, size_t way); // NULL: none does
    // Whether the way computes what the reference computes: nothing that is not right is measured.
    gan_status (*check)(void *user, size_t way, bool *right);
    // A launch that can be timed. Number `copy` has operands of its own: launches of `copies` of
    // them are run in turns, so that they find in the caches no more than training would.
    gan_status (*create)(void *user, size_t way, size_t copy, gan_launch **out);
    size_t copies; // at least 1
} gan_tuner_task;

typedef struct gan_tuner_limits {
    double
        seconds; // the time this task may take; 0: no limit. A measurement under way is finished.
    bool (*go_on)(void *user); // asked between measurements; false: stop. NULL: always
    void *user;
} gan_tuner_limits;

typedef struct gan_tuner_result {
    size_t way;           // the fastest
    double gain;          // how many times faster than the usual one it is; 1 for that one itself
    double usual_seconds; // of one launch in the usual way: the least median of a duel; 0: no duel
    size_t tried, wrong;  // ways measured; ways that were not right or could not be built
    bool finished;        // nothing cut it short
    bool known;           // by the asker: there was no need to run anything
} gan_tuner_result;

// Tries one way after the other, each in turns with the usual one, and keeps one that is faster as
// soon as it is found, then the last word at the end. Where it is cut short, what it found so far
// stays. Times are those of the clock, or with $CLGAN_TUNE_CLOCK=processor those processors spent
// on this process, which on a CPU that others use tells more. Errors: those of the calls; a way
// that cannot be built, or is too large, is no error. That results cannot be kept on disk is none
// either: they hold for this device object.
gan_status gan__tuner_run(gan_device *device, const gan_tuner_task *task,
                          const gan_tuner_limits *limits, gan_tuner_result *out);

// The way that was found for the key, which stays the device's until the next tuning; NULL for the
// usual one.
const char *gan__tuner_find(gan_device *device, const char *key);
// From now on, until `aside` is false again, gan__tuner_find finds nothing: everything is planned
// in the usual way.
void gan__tuner_set_aside(gan_device *device, bool aside);
// What is known of the key: how many times faster than the usual way. 0 where it has never been
// tuned to the end.
double gan__tuner_gain(gan_device *device, const char *key);

// Appends what is in force that reorders sums, and nothing where nothing is. For checkpoints.
gan_status gan__tuner_write_orders(gan_device *device, gan_text *text);
// From now on these and no others that reorder sums are in force. "" for none, and so is a text of
// this device that cannot be read. One from another device, driver or version of clgan is passed
// over: what this device's tuning says holds then.
gan_status gan__tuner_adopt_orders(gan_device *device, const char *text);

// The file of this device; "" where nothing is kept. For messages.
gan_status gan__tuner_path(const gan_device *device, gan_text *path);

#endif
