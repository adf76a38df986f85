// What the writer offers to tests beside the public interface.
#ifndef GAN_CHECKPOINT_WRITER_H
#define GAN_CHECKPOINT_WRITER_H

#include "clgan/checkpoint.h"

// As gan_checkpoint_writer_create, with a number of threads (1 to 64) in place of all cores. The
// file does not depend on it.
gan_status gan__checkpoint_writer_create(const char *path, int level, unsigned threads,
                                         gan_checkpoint_writer **out);

#endif
