// The measures of gan_evaluate for samples that are one number each.
#ifndef GAN_GAN_EVALUATE_DIVERGENCES_H
#define GAN_GAN_EVALUATE_DIVERGENCES_H

#include "clgan/evaluate.h"
#include "gan/evaluate_data.h"

// Fills in both fits, and the divergences by them, by histogram and by kernels: NaN where a side
// has no density. Errors: those of reading; NO_MEMORY.
gan_status gan__evaluate_divergences(const gan_points *data, const gan_points *generated,
                                     gan_evaluation *out);

#endif
