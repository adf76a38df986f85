// The statistics of one layer's output over several batches.
#ifndef GAN_GAN_LAYER_STATISTICS_H
#define GAN_GAN_LAYER_STATISTICS_H

#include "clgan/layers.h"

#include "base/status.h"

typedef struct gan_running_figures {
    double sum, squares;
    float *least, *most; // of each unit
} gan_running_figures;

gan_status gan__running_figures_begin(uint64_t units, gan_running_figures *out);
void gan__running_figures_destroy(gan_running_figures *running);
// The output for one batch, `count` values, those of a unit together: counts them in `figures`,
// whose units are set.
void gan__running_figures_add(gan_running_figures *running, const float *values, size_t count,
                              gan_layer_figures *figures);
// Fills in what follows from all batches.
void gan__running_figures_finish(const gan_running_figures *running, gan_layer_figures *figures);

#endif
