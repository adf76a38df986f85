// A sample that is a sequence of tokens as text.
#ifndef GAN_GAN_SAMPLE_TEXT_H
#define GAN_GAN_SAMPLE_TEXT_H

#include "base/text.h"
#include "clgan/sample.h"

// Appends the text of a sample whose info has a vocabulary. Errors: NO_MEMORY.
gan_status gan__sample_append_text(const gan_sample_info *info, const float *sample,
                                   gan_text *text);

#endif
