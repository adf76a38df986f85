// Implements gan/layer_statistics.h.
#include "gan/layer_statistics.h"

#include "base/memory.h"

#include <math.h>

gan_status gan__running_figures_begin(uint64_t units, gan_running_figures *out) {
    void *least = NULL, *most = NULL;
    gan_status status = gan__alloc((size_t)units, sizeof(float), &least);
    if (status == GAN_STATUS_OK) status = gan__alloc((size_t)units, sizeof(float), &most);
    *out = (gan_running_figures){.least = least, .most = most};
    for (uint64_t unit = 0; unit < units && status == GAN_STATUS_OK; unit++) {
        out->least[unit] = INFINITY;
        out->most[unit] = -INFINITY;
    }
    return status;
}

void gan__running_figures_destroy(gan_running_figures *running) {
    gan__free(running->least);
    gan__free(running->most);
}

static void add_value(gan_running_figures *running, size_t unit, float value,
                      gan_layer_figures *figures) {
    if (!isfinite(value)) {
        figures->not_finite++;
        return;
    }
    figures->values++;
    figures->zeros += value == 0;
    running->sum += (double)value;
    running->squares += (double)value * (double)value;
    running->least[unit] = fminf(running->least[unit], value);
    running->most[unit] = fmaxf(running->most[unit], value);
}

void gan__running_figures_add(gan_running_figures *running, const float *values, size_t count,
                              gan_layer_figures *figures) {
    const size_t of_unit = count / (size_t)figures->units;
    for (size_t i = 0; i < count; i++) add_value(running, i / of_unit, values[i], figures);
}

void gan__running_figures_finish(const gan_running_figures *running, gan_layer_figures *figures) {
    const double count = (double)figures->values;
    figures->minimum = figures->maximum = NAN;
    figures->mean = running->sum / count;
    figures->deviation = sqrt(fmax(running->squares / count - figures->mean * figures->mean, 0));
    for (uint64_t unit = 0; unit < figures->units; unit++) {
        figures->dead += running->least[unit] == running->most[unit];
        if (running->least[unit] > running->most[unit]) continue; // it was never finite
        figures->minimum = fmin(figures->minimum, (double)running->least[unit]);
        figures->maximum = fmax(figures->maximum, (double)running->most[unit]);
    }
}
