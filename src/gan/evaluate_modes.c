// Implements gan/evaluate_modes.h.
#include "gan/evaluate_modes.h"

#include "base/memory.h"

#define BLOCK 1024 // samples read at once

gan_status gan__evaluate_modes(const gan_mode_judge *judge, const gan_points *points,
                               const gan_parzen_watch *watch, gan_mode_figures *out) {
    void *values = NULL, *histogram = NULL;
    gan_status status = gan__alloc(BLOCK, judge->elements * sizeof(float), &values);
    if (status == GAN_STATUS_OK) status = gan__alloc(judge->modes, sizeof(uint64_t), &histogram);
    for (uint64_t first = 0; first < points->count && status == GAN_STATUS_OK; first += BLOCK) {
        const uint64_t left = points->count - first;
        const size_t count = left < BLOCK ? (size_t)left : BLOCK;
        gan__parzen_tell(watch, first, points->count);
        status = points->read(points, first, count, values);
        if (status == GAN_STATUS_OK) status = gan__modes_count(judge, values, count, histogram);
    }
    if (status == GAN_STATUS_OK) *out = gan__modes_figures(judge, histogram, points->count);
    gan__free(values);
    gan__free(histogram);
    return status;
}
