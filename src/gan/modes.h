// Counting a mixture's modes among samples, batch by batch; the figures are clgan/evaluate.h's.
#ifndef GAN_GAN_MODES_H
#define GAN_GAN_MODES_H

#include "clgan/evaluate.h"
#include "data/dataset.h"

// The mixture a data set is drawn from; false when it is none.
bool gan__modes_of_dataset(const gan_dataset *dataset, gan_mixture *out);

// Adds the high-quality ones among `count` samples to `histogram` (one number a mode).
void gan__modes_count(const gan_mixture *mixture, const float *samples, size_t count,
                      uint64_t *histogram);
// The figures of a histogram that `samples` samples were counted into.
gan_mode_figures gan__modes_figures(const gan_mixture *mixture, const uint64_t *histogram,
                                    uint64_t samples);

#endif
