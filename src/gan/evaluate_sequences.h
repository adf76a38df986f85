// The measures of gan_evaluate for samples that are sequences of tokens.
#ifndef GAN_GAN_EVALUATE_SEQUENCES_H
#define GAN_GAN_EVALUATE_SEQUENCES_H

#include "clgan/evaluate.h"
#include "gan/evaluate_data.h"

// `count` points spread evenly over all of `points` against as many of `held_out`, which are
// sequences of tokens as `dataset` has them.
gan_status gan__evaluate_sequences(const gan_dataset *dataset, const gan_points *points,
                                   const gan_points *held_out, uint64_t count,
                                   gan_sequence_figures *out);

#endif
