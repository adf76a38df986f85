// What a program does that rewrites a checkpoint: unknown ancillary chunks go with it.
#ifndef GAN_CHECKPOINT_KEEP_H
#define GAN_CHECKPOINT_KEEP_H

#include "clgan/checkpoint.h"

#include <stdbool.h>

// Writes the chunks of kinds that this clgan does not know, in their order; where `changed` says
// that texts or tensors are not those of `from`, only the kinds that allow it. Errors: CORRUPT,
// those of writing.
gan_status gan__checkpoint_keep_chunks(const gan_checkpoint *from, bool changed,
                                       gan_checkpoint_writer *to);

#endif
