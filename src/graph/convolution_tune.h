// Tuning of convolutions: the runtime's kernels for them, or a product of the image's windows
// (expand.h), which on GPUs CLBlast makes. What is found is heeded by whatever is planned
// afterwards; it adds numbers up in another order, so a run keeps what it began with
// (runtime/tuner.h).
#ifndef GAN_GRAPH_CONVOLUTION_TUNE_H
#define GAN_GRAPH_CONVOLUTION_TUNE_H

#include "runtime/convolution.h"
#include "runtime/tuner.h"

// Measures a convolution of such sizes, unless it is known and not wanted `anew`. Memory of both
// ways is held meanwhile; where the windows do not fit, the kernels stay. Errors: as
// gan__tuner_run.
gan_status gan__convolution_tune(gan_device *device, const gan_convolution_desc *sizes, bool anew,
                                 const gan_tuner_limits *limits, gan_tuner_result *result);

// Appends its key and how it is made now: "kernels" or GAN_CONVOLUTION_WAY_WINDOWS.
gan_status gan__convolution_describe_way(gan_device *device, const gan_convolution_desc *sizes,
                                         gan_text *key, gan_text *way);

#endif
