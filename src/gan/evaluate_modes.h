// The measure of gan_evaluate for samples that lie in modes.
#ifndef GAN_GAN_EVALUATE_MODES_H
#define GAN_GAN_EVALUATE_MODES_H

#include "gan/evaluate_data.h"
#include "gan/modes.h"

// Of all the points, read block by block. Errors: those of reading and of the judge's classifier.
gan_status gan__evaluate_modes(const gan_mode_judge *judge, const gan_points *points,
                               const gan_parzen_watch *watch, gan_mode_figures *out);

#endif
