// Two ways of one thing, timed in turns. Private to src/runtime/.
#ifndef GAN_RUNTIME_TUNER_DUEL_H
#define GAN_RUNTIME_TUNER_DUEL_H

#include "runtime/tuner.h"

#define GAN_TUNER_COPIES      16
#define GAN_TUNER_ROUNDS      9    // of a duel: each side is timed once a round
#define GAN_TUNER_LAST_ROUNDS 15   // of the duel that decides; the most there are
#define GAN_TUNER_WORTH       1.02 // a way has to be so many times faster to be kept

// The launches of one way, one a copy.
typedef struct gan_tuner_contender {
    gan_launch *launches[GAN_TUNER_COPIES];
    size_t count;
    int runs;             // launches in one timing
    double least, median; // seconds of one launch, in the latest duel
} gan_tuner_contender;

gan_status gan__tuner_contender_create(gan_device *device, const gan_tuner_task *task, size_t way,
                                       gan_tuner_contender *out);
void gan__tuner_contender_destroy(gan_tuner_contender *contender);

// How many times faster `other` is: the median over the rounds of the ratio of two timings, one
// right after the other, or the ratio of the least times of both where that says less.
gan_status gan__tuner_duel(gan_device *device, gan_tuner_contender *usual,
                           gan_tuner_contender *other, int rounds, double *gain);

// A duel of two ways of a task, of which only `create` and `copies` are used. *usual_seconds: of
// one launch.
gan_status gan__tuner_compare(gan_device *device, const gan_tuner_task *task, size_t usual,
                              size_t other, double *usual_seconds, double *gain);

// Whether the limits let a tuning that began at `start` go on.
bool gan__tuner_may_go_on(const gan_tuner_limits *limits, double start);

// What keeps a way from being used is no failure of the tuning: it could not be built, or is too
// large.
bool gan__tuner_is_of_the_way(gan_status status);

#endif
