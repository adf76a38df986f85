// Compares ways that cannot be timed in turns, by a yardstick.
#include "runtime/tuner_stages.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/tuner_duel.h"
#include "runtime/tuner_table.h"

typedef struct stages {
    gan_device *device;
    const gan_tuner_stages *task;
    const gan_tuner_limits *limits;
    gan_tuner_result *result;
    double *yardsticks; // of each item, as measured beside the usual way
    double start;
} stages;

typedef enum outcome { OUTCOME_MEASURED, OUTCOME_WRONG, OUTCOME_CUT_SHORT } outcome;

// The time of one item: by the way, or by the yardstick where that is faster or the way wrong.
static gan_status measure_item(const stages *s, size_t way, size_t item, double *seconds,
                               bool *right) {
    double yardstick = 0, gain = 0;
    *right = false;
    gan_status status = s->task->measure(s->task->user, way, item, right, &yardstick, &gain);
    if (gan__tuner_is_of_the_way(status)) {
        *right = false;
        status = GAN_STATUS_OK;
    }
    if (way == 0) s->yardsticks[item] = yardstick;
    *seconds = s->yardsticks[item] / (*right && gain > 1 ? gain : 1);
    return status;
}

static gan_status measure_way(const stages *s, size_t way, double *seconds, outcome *came) {
    *seconds = 0;
    *came = OUTCOME_CUT_SHORT;
    GAN_TRY(s->task->enter(s->task->user, way));
    for (size_t i = 0; i < s->task->items; i++) {
        double one = 0;
        bool right = false;
        if (!gan__tuner_may_go_on(s->limits, s->start)) return GAN_STATUS_OK;
        GAN_TRY(measure_item(s, way, i, &one, &right));
        *seconds += one;
        if (!right && way > 0) {
            *came = OUTCOME_WRONG;
            return GAN_STATUS_OK;
        }
    }
    *came = OUTCOME_MEASURED;
    return GAN_STATUS_OK;
}

// The fastest of many is partly luck, so it has to be faster once more.
static gan_status confirm(const stages *s, double usual, outcome *came) {
    gan_tuner_result *result = s->result;
    double seconds = 0;
    GAN_TRY(measure_way(s, result->way, &seconds, came));
    double gain = seconds > 0 ? usual / seconds : 0;
    if (gain < result->gain) result->gain = gain;
    if (*came == OUTCOME_WRONG || result->gain < GAN_TUNER_WORTH) {
        result->way = 0;
        result->gain = 1;
    }
    return GAN_STATUS_OK;
}

static gan_status keep(const stages *s) {
    const gan_tuner_result *result = s->result;
    gan_text way = {0};
    gan_status status =
        result->way > 0 ? s->task->describe(s->task->user, result->way, &way) : GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = gan__text_status(&way);
    const gan_tuner_entry entry = {.key = s->task->key,
                                   .way = gan__text_string(&way),
                                   .gain = result->gain,
                                   .reorders = result->way > 0,
                                   .done = true};
    if (status == GAN_STATUS_OK) status = gan__tuner_table_keep(s->device, &entry);
    gan__text_destroy(&way);
    return status;
}

static gan_status run(stages *s) {
    gan_tuner_result *result = s->result;
    outcome came = OUTCOME_MEASURED;
    double usual = 0;
    GAN_TRY(measure_way(s, 0, &usual, &came));
    result->usual_seconds = usual;
    for (size_t way = 1; way < s->task->ways && usual > 0 && came != OUTCOME_CUT_SHORT; way++) {
        double seconds = 0;
        GAN_TRY(measure_way(s, way, &seconds, &came));
        if (came == OUTCOME_WRONG) result->wrong++;
        if (came != OUTCOME_MEASURED) continue;
        result->tried++;
        double gain = seconds > 0 ? usual / seconds : 0;
        if (gain < GAN_TUNER_WORTH || gain <= result->gain) continue;
        result->way = way;
        result->gain = gain;
    }
    if (came != OUTCOME_CUT_SHORT && result->way > 0) GAN_TRY(confirm(s, usual, &came));
    result->finished = came != OUTCOME_CUT_SHORT;
    return result->finished ? keep(s) : GAN_STATUS_OK;
}

gan_status gan__tuner_run_stages(gan_device *device, const gan_tuner_stages *task,
                                 const gan_tuner_limits *limits, gan_tuner_result *out) {
    void *yardsticks = NULL;
    *out = (gan_tuner_result){.gain = 1};
    GAN_TRY(gan__alloc(task->items + 1, sizeof(double), &yardsticks));
    stages s = {.device = device,
                .task = task,
                .limits = limits,
                .result = out,
                .yardsticks = yardsticks,
                .start = gan__clock_seconds()};
    gan_status status = run(&s);
    gan__free(yardsticks);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "tuning %s", task->key);
}
