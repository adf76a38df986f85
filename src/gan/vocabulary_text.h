// The symbols that a model's tokens stand for, in a checkpoint: the text "vocabulary".
#ifndef GAN_GAN_VOCABULARY_TEXT_H
#define GAN_GAN_VOCABULARY_TEXT_H

#include "clgan/checkpoint.h"
#include "data/dataset.h"
#include "graph/shape.h"

// Nothing where the data's samples are no sequences of tokens.
gan_status gan__vocabulary_write(const gan_dataset *dataset, gan_checkpoint_writer *writer);
// Of a checkpoint whose samples are of the shape `sample`. *out, the caller's
// (gan__vocabulary_destroy), is NULL where it has none. Errors: CORRUPT (it is none, or samples are
// no sequences of as many symbols).
gan_status gan__vocabulary_read(const gan_checkpoint *checkpoint, const gan_shape *sample,
                                gan_vocabulary **out);
// Whether the data has the symbols that the checkpoint was trained on. Errors: BAD_INPUT (others).
gan_status gan__vocabulary_check(const gan_checkpoint *checkpoint, const gan_dataset *dataset);

#endif
