// A game's state nodes and a checkpoint's tensors: which is which, and moving the one to the other.
// Names are those of clgan/checkpoint.h; layouts are PyTorch's already, so nothing is reshuffled.
#ifndef GAN_GAN_MODEL_FILE_H
#define GAN_GAN_MODEL_FILE_H

#include "clgan/checkpoint.h"
#include "gan/game.h"
#include "graph/module.h"

// Writes every state of the game. Blocking. Errors: DIVERGED when a weight is not finite, naming
// the tensor (nothing is committed then); those of the device and the writer.
gan_status gan__model_save(gan_module *module, const gan_game *game, gan_checkpoint_writer *writer);

// Reads every state of the game back. Errors: BAD_INPUT naming the first tensor that is missing or
// of another shape; CORRUPT.
gan_status gan__model_load(gan_module *module, const gan_game *game,
                           const gan_checkpoint *checkpoint);

// One flat vector of a network (its parameters, or its buffers) from the tensors "<prefix><name>".
// `values` holds gan__network_parameter_elements (or _buffer_elements) floats. Buffers of "ema."
// are those of "generator." where the checkpoint has none of their own.
gan_status gan__model_read_flat(const gan_checkpoint *checkpoint, const char *prefix,
                                const gan_network *network, bool buffers, float *values);

#endif
