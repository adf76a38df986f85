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

// The generator's and the discriminator's weights, averages and running statistics alone. Errors:
// as above.
gan_status gan__model_load_networks(gan_module *module, const gan_game *game,
                                    const gan_checkpoint *checkpoint);

// `state`, a network's parameters or buffers as one vector, from the tensors "<prefix><name>".
// Buffers of "ema." are those of "generator." where the checkpoint has none of their own. Errors:
// as gan__model_load's.
gan_status gan__model_load_flat(gan_module *module, gan_node *state, const gan_network *network,
                                bool buffers, const char *prefix, const gan_checkpoint *checkpoint);

#endif
