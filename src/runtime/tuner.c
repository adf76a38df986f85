// Measures the ways of a task against the usual one, in turns, so that whatever else the machine
// does meets both. What was found is kept by tuner_table.c.
#include "runtime/tuner.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/tuner_table.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COPIES 16
#define ROUNDS      9    // of a duel: each side is timed once a round
#define LAST_ROUNDS 15   // of the duel that decides
#define GLANCE      2    // after so many rounds a way that is ...
#define HOPELESS    1.15 // ... so many times slower is given up
#define WORTH       1.02 // a way has to be so many times faster to be kept
#define SAMPLE_TIME 2e-3 // what one timing should take at least, in seconds
#define MOST_RUNS   512  // launches in one timing

// --- Times ---------------------------------------------------------------------------------------

static double seconds_now(void) {
    const char *clock = getenv("CLGAN_TUNE_CLOCK");
    return clock && strcmp(clock, "processor") == 0 ? gan__clock_processor() : gan__clock_seconds();
}

// The launches of one way, one a copy.
typedef struct contender {
    gan_launch *launches[MOST_COPIES];
    size_t count;
    int runs;             // launches in one timing
    double least, median; // seconds of one launch, in the latest duel
} contender;

static void destroy_contender(contender *x) {
    for (size_t i = 0; i < x->count; i++) gan__launch_destroy(x->launches[i]);
    x->count = 0;
}

static gan_status time_runs(gan_device *device, contender *x, int runs, double *seconds) {
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
static gan_status warm_up(gan_device *device, contender *x) {
    double seconds = 0;
    GAN_TRY(time_runs(device, x, (int)x->count, &seconds));
    GAN_TRY(time_runs(device, x, (int)x->count, &seconds));
    double runs = seconds > 0 ? SAMPLE_TIME / seconds + 1 : MOST_RUNS;
    if (runs > MOST_RUNS) runs = MOST_RUNS;
    x->runs = ((int)runs + (int)x->count - 1) / (int)x->count * (int)x->count;
    x->least = 0;
    return GAN_STATUS_OK;
}

static gan_status create_contender(gan_device *device, const gan_tuner_task *task, size_t way,
                                   contender *out) {
    gan_status status = GAN_STATUS_OK;
    *out = (contender){0};
    while (out->count < task->copies && out->count < MOST_COPIES && status == GAN_STATUS_OK) {
        status = task->create(task->user, way, out->count, &out->launches[out->count]);
        if (status == GAN_STATUS_OK) out->count++;
    }
    if (status == GAN_STATUS_OK) status = warm_up(device, out);
    if (status != GAN_STATUS_OK) destroy_contender(out);
    return status;
}

// --- Duels ---------------------------------------------------------------------------------------

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// How many times faster `other` is: the median over the rounds of the ratio of two timings, one
// right after the other. The order within a round alternates.
static gan_status duel(gan_device *device, contender *usual, contender *other, int rounds,
                       double *gain) {
    double ratios[LAST_ROUNDS], usual_seconds[LAST_ROUNDS];
    int count = 0;
    usual->least = other->least = 0;
    while (count < rounds) {
        contender *const sides[2] = {count % 2 ? usual : other, count % 2 ? other : usual};
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

// --- The search ----------------------------------------------------------------------------------

typedef struct search {
    gan_device *device;
    const gan_tuner_task *task;
    const gan_tuner_limits *limits;
    gan_tuner_result *result;
    contender usual;
    double start;
} search;

static bool may_go_on(const search *s) {
    if (s->limits->seconds > 0 && gan__clock_seconds() - s->start > s->limits->seconds)
        return false;
    return !s->limits->go_on || s->limits->go_on(s->limits->user);
}

// What keeps a way from being used is no failure of the tuning.
static bool is_of_the_way(gan_status status) {
    return status == GAN_STATUS_BUILD_FAILED || status == GAN_STATUS_DEVICE_MEMORY ||
           status == GAN_STATUS_DEVICE_FAILED || status == GAN_STATUS_BAD_ARGUMENT;
}

static gan_status keep(const search *s, bool done) {
    const gan_tuner_task *task = s->task;
    gan_tuner_table *table = NULL;
    gan_text way = {0};
    size_t index = s->result->way;
    GAN_TRY(gan__tuner_table_get(s->device, &table));
    gan_status status = index > 0 ? task->describe(task->user, index, &way) : GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = gan__text_status(&way);
    const gan_tuner_entry entry = {.key = task->key,
                                   .way = gan__text_string(&way),
                                   .gain = s->result->gain,
                                   .reorders = index > 0 && task->reorders &&
                                               task->reorders(task->user, index),
                                   .done = done,
                                   .found_here = true};
    if (status == GAN_STATUS_OK) status = gan__tuner_table_put(table, &entry);
    gan__text_destroy(&way);
    if (status == GAN_STATUS_OK) gan__tuner_file_save(s->device);
    return status;
}

// Measures a way that is right.
static gan_status measure(search *s, size_t way, int rounds, double *gain) {
    contender other;
    GAN_TRY(create_contender(s->device, s->task, way, &other));
    gan_status status = duel(s->device, &s->usual, &other, rounds, gain);
    destroy_contender(&other);
    double *seconds = &s->result->usual_seconds;
    if (*seconds == 0 || s->usual.median < *seconds) *seconds = s->usual.median;
    return status;
}

static gan_status try_way(search *s, size_t way) {
    gan_tuner_result *result = s->result;
    double gain = 0;
    bool right = false;
    gan_status status = s->task->check(s->task->user, way, &right);
    if (status == GAN_STATUS_OK && right) status = measure(s, way, ROUNDS, &gain);
    if (!right || is_of_the_way(status)) {
        result->wrong++;
        return is_of_the_way(status) ? GAN_STATUS_OK : status;
    }
    GAN_TRY(status);
    result->tried++;
    if (gain < WORTH || gain <= result->gain) return GAN_STATUS_OK;
    result->way = way;
    result->gain = gain;
    return keep(s, false);
}

// The fastest of many measurements is partly luck, so the best way has to win once more.
static gan_status decide(search *s) {
    gan_tuner_result *result = s->result;
    if (result->way > 0) {
        double gain = 0;
        GAN_TRY(measure(s, result->way, LAST_ROUNDS, &gain));
        if (gain < WORTH) result->way = 0;
        result->gain = result->way > 0 ? gain : 1;
    }
    return keep(s, true);
}

static gan_status run_search(search *s) {
    const gan_tuner_task *task = s->task;
    if (!task->propose(task->user, 0, 0)) return GAN_STATUS_OK;
    GAN_TRY(create_contender(s->device, task, 0, &s->usual));
    for (size_t way = 1; may_go_on(s); way++) {
        if (!task->propose(task->user, way, s->result->way)) {
            s->result->finished = true;
            break;
        }
        GAN_TRY(try_way(s, way));
    }
    return s->result->finished ? decide(s) : GAN_STATUS_OK;
}

gan_status gan__tuner_run(gan_device *device, const gan_tuner_task *task,
                          const gan_tuner_limits *limits, gan_tuner_result *out) {
    *out = (gan_tuner_result){.gain = 1};
    search s = {.device = device,
                .task = task,
                .limits = limits,
                .result = out,
                .start = gan__clock_seconds()};
    gan_status status = run_search(&s);
    destroy_contender(&s.usual);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "tuning %s", task->key);
}
