// Figure 1 of Goodfellow et al. 2014 as training goes: both densities, D, and the optimum that D
// has to reach for this generator, data / (data + generated). See gan_run_curves.
#include "gan/density.h"
#include "gan/run_state.h"

#include "base/memory.h"

#include <math.h>

#define TAIL 0.15 // of the data's range, on both sides of it

_Static_assert(GAN_RUN_CURVE_POINTS == GAN_TRAINER_POINTS, "D is asked once for all points");

// What is worked with; the curves themselves last.
typedef struct curve_memory {
    float samples[GAN_RUN_CURVE_SAMPLES];
    float points[GAN_RUN_CURVE_POINTS], judged[GAN_RUN_CURVE_POINTS];
    double work[GAN_RUN_CURVE_POINTS];
    double x[GAN_RUN_CURVE_POINTS], data[GAN_RUN_CURVE_POINTS], generated[GAN_RUN_CURVE_POINTS];
    double probability[GAN_RUN_CURVE_POINTS], optimum[GAN_RUN_CURVE_POINTS];
} curve_memory;

typedef struct range {
    double low, high;
} range;

static range find_range(const float *values) {
    range found = {INFINITY, -INFINITY};
    for (size_t i = 0; i < GAN_RUN_CURVE_SAMPLES; i++) {
        found.low = fmin(found.low, (double)values[i]);
        found.high = fmax(found.high, (double)values[i]);
    }
    const double extra = found.high > found.low ? TAIL * (found.high - found.low) : 1;
    return (range){found.low - extra, found.high + extra};
}

// Of the samples in hand, per unit of x.
static void estimate(curve_memory *m, range over, double *density) {
    const double column = (over.high - over.low) / GAN_RUN_CURVE_POINTS;
    gan__density_estimate(m->samples, GAN_RUN_CURVE_SAMPLES, over.low, over.high,
                          GAN_RUN_CURVE_POINTS, m->work, density);
    for (size_t i = 0; i < GAN_RUN_CURVE_POINTS; i++) density[i] /= column;
}

static gan_status fill(gan_run *run, curve_memory *m) {
    GAN_TRY(gan__dataset_read(run->dataset, (uint64_t)run->values->seed, 0, GAN_RUN_CURVE_SAMPLES,
                              m->samples, NULL));
    const range over = find_range(m->samples);
    estimate(m, over, m->data);
    GAN_TRY(gan__trainer_generate(run->trainer, 0, GAN_RUN_CURVE_SAMPLES, m->samples));
    estimate(m, over, m->generated);
    for (size_t i = 0; i < GAN_RUN_CURVE_POINTS; i++) {
        m->x[i] = over.low + (over.high - over.low) * ((double)i + 0.5) / GAN_RUN_CURVE_POINTS;
        m->points[i] = (float)m->x[i];
        const double both = m->data[i] + m->generated[i];
        m->optimum[i] = both > 0 ? m->data[i] / both : NAN;
    }
    GAN_TRY(gan__trainer_judge(run->trainer, m->points, m->judged));
    for (size_t i = 0; i < GAN_RUN_CURVE_POINTS; i++) m->probability[i] = (double)m->judged[i];
    return GAN_STATUS_OK;
}

static void compare(gan_run_curves *curves) {
    double top = 0;
    for (size_t i = 0; i < curves->count; i++) top = fmax(top, curves->data[i]);
    curves->distance = curves->d_lowest = curves->d_highest = NAN;
    for (size_t i = 0; i < curves->count; i++) {
        if (!(fmin(curves->data[i], curves->generated[i]) >= GAN_RUN_CURVE_MATTERS * top)) continue;
        const double distance = fabs(curves->judged[i] - curves->optimum[i]);
        curves->distance = fmax(curves->distance, distance); // fmax passes over the first NaN
        curves->d_lowest = fmin(curves->d_lowest, curves->judged[i]);
        curves->d_highest = fmax(curves->d_highest, curves->judged[i]);
    }
}

gan_status gan__run_draw_curves(gan_run *run, gan_run_curves *out, void **memory) {
    *memory = NULL;
    *out = (gan_run_curves){.step = gan__trainer_step_count(run->trainer)};
    if (!gan__trainer_judges_numbers(run->trainer)) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(1, sizeof(curve_memory), memory));
    curve_memory *const m = *memory;
    const gan_status status = fill(run, m);
    if (status != GAN_STATUS_OK) {
        gan__free(m);
        *memory = NULL;
        return status;
    }
    out->count = GAN_RUN_CURVE_POINTS;
    out->x = m->x;
    out->data = m->data;
    out->generated = m->generated;
    out->judged = m->probability;
    out->optimum = m->optimum;
    compare(out);
    return GAN_STATUS_OK;
}

gan_status gan__run_measure_curves(gan_run *run, gan_run_metrics *metrics) {
    gan_run_curves curves;
    void *memory = NULL;
    if (!gan__run_is_look_due(run, metrics->step)) return GAN_STATUS_OK;
    GAN_TRY(gan__run_draw_curves(run, &curves, &memory));
    metrics->has_curves = memory != NULL;
    metrics->optimum_distance = curves.distance;
    metrics->d_lowest = curves.d_lowest;
    metrics->d_highest = curves.d_highest;
    gan__free(memory);
    return GAN_STATUS_OK;
}
