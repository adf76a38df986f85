// Searches for the fastest way of a task: each against the usual one. Times are tuner_duel.c's;
// what was found is kept by tuner_table.c.
#include "runtime/tuner.h"

#include "base/clock.h"
#include "runtime/tuner_duel.h"
#include "runtime/tuner_table.h"

// --- The search ----------------------------------------------------------------------------------

typedef struct search {
    gan_device *device;
    const gan_tuner_task *task;
    const gan_tuner_limits *limits;
    gan_tuner_result *result;
    gan_tuner_contender usual;
    double start;
} search;

bool gan__tuner_may_go_on(const gan_tuner_limits *limits, double start) {
    if (limits->seconds > 0 && gan__clock_seconds() - start > limits->seconds) return false;
    return !limits->go_on || limits->go_on(limits->user);
}

bool gan__tuner_is_of_the_way(gan_status status) {
    return status == GAN_STATUS_BUILD_FAILED || status == GAN_STATUS_DEVICE_MEMORY ||
           status == GAN_STATUS_DEVICE_FAILED || status == GAN_STATUS_BAD_ARGUMENT;
}

static gan_status keep(const search *s, bool done) {
    const gan_tuner_task *task = s->task;
    gan_text way = {0};
    size_t index = s->result->way;
    gan_status status = index > 0 ? task->describe(task->user, index, &way) : GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = gan__text_status(&way);
    const gan_tuner_entry entry = {.key = task->key,
                                   .way = gan__text_string(&way),
                                   .gain = s->result->gain,
                                   .reorders = index > 0 && task->reorders &&
                                               task->reorders(task->user, index),
                                   .done = done};
    if (status == GAN_STATUS_OK) status = gan__tuner_table_keep(s->device, &entry);
    gan__text_destroy(&way);
    return status;
}

// Measures a way that is right.
static gan_status measure(search *s, size_t way, int rounds, double *gain) {
    gan_tuner_contender other;
    GAN_TRY(gan__tuner_contender_create(s->device, s->task, way, &other));
    gan_status status = gan__tuner_duel(s->device, &s->usual, &other, rounds, gain);
    gan__tuner_contender_destroy(&other);
    double *seconds = &s->result->usual_seconds;
    if (*seconds == 0 || s->usual.median < *seconds) *seconds = s->usual.median;
    return status;
}

static gan_status try_way(search *s, size_t way) {
    gan_tuner_result *result = s->result;
    double gain = 0;
    bool right = false;
    gan_status status = s->task->check(s->task->user, way, &right);
    if (status == GAN_STATUS_OK && right) status = measure(s, way, GAN_TUNER_ROUNDS, &gain);
    if (!right || gan__tuner_is_of_the_way(status)) {
        result->wrong++;
        return gan__tuner_is_of_the_way(status) ? GAN_STATUS_OK : status;
    }
    GAN_TRY(status);
    result->tried++;
    if (gain < GAN_TUNER_WORTH || gain <= result->gain) return GAN_STATUS_OK;
    result->way = way;
    result->gain = gain;
    return keep(s, false);
}

// The fastest of many measurements is partly luck, so the best way has to win once more.
static gan_status decide(search *s) {
    gan_tuner_result *result = s->result;
    if (result->way > 0) {
        double gain = 0;
        GAN_TRY(measure(s, result->way, GAN_TUNER_LAST_ROUNDS, &gain));
        if (gain < GAN_TUNER_WORTH) result->way = 0;
        result->gain = result->way > 0 ? gain : 1;
    }
    return keep(s, true);
}

static gan_status run_search(search *s) {
    const gan_tuner_task *task = s->task;
    if (!task->propose(task->user, 0, 0)) return GAN_STATUS_OK;
    GAN_TRY(gan__tuner_contender_create(s->device, task, 0, &s->usual));
    for (size_t way = 1; gan__tuner_may_go_on(s->limits, s->start); way++) {
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
    gan__tuner_contender_destroy(&s.usual);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "tuning %s", task->key);
}
