// Tuning of what cannot be put back: ways that hold for a whole process, the usual one only until
// the first other is tried, so that they cannot be timed in turns. Each way is entered once, in
// order, and everything it matters for is measured in it beside a yardstick that is the same in all
// ways; ways are compared by that. Private to src/runtime/.
#ifndef GAN_RUNTIME_TUNER_STAGES_H
#define GAN_RUNTIME_TUNER_STAGES_H

#include "runtime/tuner.h"

typedef struct gan_tuner_stages {
    const char *key;
    void *user;
    size_t ways, items; // way 0 is the usual one
    gan_status (*describe)(void *user, size_t way, gan_text *text);
    // Enters the way. Way 0 is entered first and never again.
    gan_status (*enter)(void *user, size_t way);
    // All the time an item takes by the yardstick, and how many times faster the way is.
    gan_status (*measure)(void *user, size_t way, size_t item, bool *right, double *yardstick,
                          double *gain);
} gan_tuner_stages;

// Measures all ways and keeps the fastest for the key, marked as reordering sums; the winner is
// measured twice. An item that the yardstick does faster counts with its time, and so does one that
// is not right in the usual way; any other way that is not right, or cannot be built, is left out.
// Cut short, nothing is kept: half a comparison says nothing. The last way entered stays entered.
// Errors: as gan__tuner_run.
gan_status gan__tuner_run_stages(gan_device *device, const gan_tuner_stages *task,
                                 const gan_tuner_limits *limits, gan_tuner_result *out);

#endif
