// Counting modes among samples, batch by batch; the figures are clgan/evaluate.h's. Modes are those
// of a mixture that is known, or the classes that a classifier tells apart: of stacked digits each
// channel is one, and the number that they spell is the mode.
#ifndef GAN_GAN_MODES_H
#define GAN_GAN_MODES_H

#include "clgan/classify.h"
#include "clgan/evaluate.h"
#include "data/dataset.h"

typedef struct gan_mode_judge {
    size_t modes, elements;     // in all; of a sample
    gan_mixture mixture;        // without a classifier
    gan_classifier *classifier; // NULL: none
    size_t channels;            // that it is asked of
    double low, high;           // what black and white are in samples; equal: as it takes them
} gan_mode_judge;

// The mixture a data set is drawn from; false when it is none.
bool gan__modes_of_dataset(const gan_dataset *dataset, gan_mixture *out);
gan_mode_judge gan__modes_of_mixture(const gan_mixture *mixture);
// The classes of each channel of samples like the data set's; the classifier must outlive it.
// Errors: BAD_INPUT where its own samples, as channels, do not make up one, or there are more than
// 65,536 modes.
gan_status gan__modes_of_classes(gan_classifier *classifier, const gan_dataset_info *data,
                                 double low, double high, gan_mode_judge *out);

// How many samples are looked at where nothing else is asked for.
uint64_t gan__modes_samples(const gan_mode_judge *judge);

// Adds `count` samples to `histogram` (one number a mode): of a mixture those of high quality, by a
// classifier all. Errors: the classifier's.
gan_status gan__modes_count(const gan_mode_judge *judge, const float *samples, size_t count,
                            uint64_t *histogram);
// The figures of a histogram that `samples` samples were counted into.
gan_mode_figures gan__modes_figures(const gan_mode_judge *judge, const uint64_t *histogram,
                                    uint64_t samples);

#endif
