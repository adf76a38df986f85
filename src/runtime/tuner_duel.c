// Times launches against each other, in turns, so that whatever else the machine does meets both.
#include "runtime/tuner_duel.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ROUNDS 15
#define GLANCE      2    // after so many rounds a way that is ...
#define HOPELESS    1.15 // ... so many times slower is given up
#define SAMPLE_TIME 2e-3 // what one timing should take at least, in seconds
#define MOST_RUNS   512  // launches in one timing

// --- Times ---------------------------------------------------------------------------------------

static double seconds_now(void) {
    const char *clock = getenv("CLGAN_TUNE_CLOCK");
    return clock && strcmp(clock, "processor") == 0 ? gan__clock_processor() : gan__clock_seconds();
}

void gan__tuner_contender_destroy(gan_tuner_contender *x) {
    for (size_t i = 0; i < x->count; i++) gan__launch_destroy(x->launches[i]);
    x->count = 0;
}

static gan_status time_runs(gan_device *device, gan_tuner_contender *x, int runs, double *seconds) {
    GAN_TRY(gan__device_finish(device));
    double start = seconds_now();
    for (int i = 0; i < runs; i++) GAN_TRY(gan__launch_enqueue(x->launches[(size_t)i % x->count]));
    GAN_TRY(gan__device_finish(device));
    *seconds = (seconds_now() - start) / runs;
    if (x->least == 0 || *seconds < x->least) x->least = *seconds;
    return GAN_STATUS_OK;
}

// Runs each copy once, which compiles what is left to compile, and once more to see how many
// launches make a timing.
static gan_status warm_up(gan_device *device, gan_tuner_contender *x) {
    double seconds = 0;
    GAN_TRY(time_runs(device, x, (int)x->count, &seconds));
    GAN_TRY(time_runs(device, x, (int)x->count, &seconds));
    double runs = seconds > 0 ? SAMPLE_TIME / seconds + 1 : MOST_RUNS;
    if (runs > MOST_RUNS) runs = MOST_RUNS;
    x->runs = ((int)runs + (int)x->count - 1) / (int)x->count * (int)x->count;
    x->least = 0;
    return GAN_STATUS_OK;
}

gan_status gan__tuner_contender_create(gan_device *device, const gan_tuner_task *task, size_t way,
                                       gan_tuner_contender *out) {
    gan_status status = GAN_STATUS_OK;
    *out = (gan_tuner_contender){0};
    while (out->count < task->copies && out->count < GAN_TUNER_COPIES && status == GAN_STATUS_OK) {
        status = task->create(task->user, way, out->count, &out->launches[out->count]);
        if (status == GAN_STATUS_OK) out->count++;
    }
    if (status == GAN_STATUS_OK) status = warm_up(device, out);
    if (status != GAN_STATUS_OK) gan__tuner_contender_destroy(out);
    return status;
}

// --- Duels ---------------------------------------------------------------------------------------

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The order within a round alternates.
gan_status gan__tuner_duel(gan_device *device, gan_tuner_contender *usual,
                           gan_tuner_contender *other, int rounds, double *gain) {
    double ratios[MOST_ROUNDS], usual_seconds[MOST_ROUNDS];
    int count = 0;
    usual->least = other->least = 0;
    while (count < rounds) {
        gan_tuner_contender *const sides[2] = {count % 2 ? usual : other,
                                               count % 2 ? other : usual};
        double seconds[2];
        for (int i = 0; i < 2; i++)
            GAN_TRY(time_runs(device, sides[i], sides[i]->runs, &seconds[i]));
        ratios[count] = count % 2 ? seconds[0] / seconds[1] : seconds[1] / seconds[0];
        usual_seconds[count] = seconds[count % 2 ? 0 : 1];
        count++;
        if (count == GLANCE && other->least > HOPELESS * usual->least) break;
    }
    qsort(ratios, (size_t)count, sizeof *ratios, compare_doubles);
    qsort(usual_seconds, (size_t)count, sizeof *usual_seconds, compare_doubles);
    usual->median = usual_seconds[count / 2];
    double median = ratios[count / 2], of_least = usual->least / other->least;
    *gain = median < of_least ? median : of_least;
    return GAN_STATUS_OK;
}

gan_status gan__tuner_compare(gan_device *device, const gan_tuner_task *task, size_t usual,
                              size_t other, double *usual_seconds, double *gain) {
    gan_tuner_contender sides[2] = {{.count = 0}, {.count = 0}};
    gan_status status = gan__tuner_contender_create(device, task, usual, &sides[0]);
    if (status == GAN_STATUS_OK)
        status = gan__tuner_contender_create(device, task, other, &sides[1]);
    if (status == GAN_STATUS_OK)
        status = gan__tuner_duel(device, &sides[0], &sides[1], GAN_TUNER_ROUNDS, gain);
    *usual_seconds = sides[0].median;
    for (int i = 0; i < 2; i++) gan__tuner_contender_destroy(&sides[i]);
    return status;
}
