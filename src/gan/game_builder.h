// What a game is built with: for gan/game*.c only.
#ifndef GAN_GAN_GAME_BUILDER_H
#define GAN_GAN_GAME_BUILDER_H

#include "gan/game.h"

// Gone when the game is built.
typedef struct gan_builder {
    gan_game *game;
    gan_node **generator_weights, **discriminator_weights;
    gan_node *real;       // (sample..., B), in the recipe's range
    gan_shape fake_shape; // (sample..., B)
} gan_builder;

// game_steps.c: fills in the steps of the game.
gan_status gan__game_build_steps(const gan_builder *builder);

#endif
