// Path length regularisation (Karras et al. 2020, StyleGAN2): steps of w, the condition of G's
// layers, should change pictures by the same amount everywhere. For noise y on the pixels,
// N(0, 1 / pixels), the length is |J^T y| = |d (y . G(w)) / d w|, which is pulled towards its mean
// so far. As their code has it the mean follows the batch at hand first, and the gradient goes
// through that too; theirs gives each layer a w of its own and takes the root of the mean of the
// squares over layers, where here, as in the paper, there is one w.
#include "gan/game_builder.h"

#include "nn/losses.h"
#include "nn/stable.h"

#include <math.h>

// (W, B): the gradient of the noisy pixels' sum by w.
static gan_node *gradient_by_condition(const gan_network_result *fake, uint32_t stream) {
    gan_node *gradient = NULL, *wrt = fake->condition;
    const gan_shape *const shape = gan__node_shape(fake->output);
    double pixels = 1;
    for (int i = 1; i < shape->rank - 1; i++) pixels *= (double)shape->size[i];
    gan_node *const noise = gan__random_normal(gan__node_graph(fake->output), shape, stream);
    if (gan__gradient_seeded(fake->output, gan__scale(noise, 1 / sqrt(pixels)), &wrt, 1,
                             &gradient) != GAN_STATUS_OK)
        return NULL;
    return gradient;
}

// (1, B)
static gan_node *lengths_of(gan_node *gradient) {
    return gan__root_of_squares(gan__reduce_sum(gan__square(gradient), 1u << 0));
}

// Of the lengths' distances from their mean, with the mean as it is after them.
static gan_cost cost_of(const gan_game *game, gan_node *lengths) {
    const gan_recipe_values *const recipe = game->recipe;
    const double decay = recipe->objective.path_length_decay;
    const double weight =
        recipe->objective.path_length * (double)recipe->objective.path_length_every;
    gan_node *const before = gan__scale(gan__element(game->path_length, 0), decay);
    gan_node *const mean = gan__add(before, gan__scale(gan__mean(lengths), 1 - decay));
    gan_node *const excess = gan__mean(gan__square(gan__sub(lengths, mean)));
    return (gan_cost){.value = gan__scale(excess, weight),
                      .memories = {{game->path_length, gan__reshape(mean, &GAN_SHAPE(1))}}};
}

gan_status gan__game_path_cost(const gan_builder *builder, gan_cost *out) {
    const gan_game *const game = builder->game;
    const int64_t share = game->recipe->batch / game->recipe->objective.path_length_shrink;
    const gan_network_result fake =
        gan__game_generate_some(builder, share > 0 ? share : 1, GAN_STREAMS_OF_PATH);
    GAN_TRY(gan__graph_status(game->graph));
    if (fake.condition == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "objective.path_length: the generator has no condition layer, whose "
                         "output a path would be in");
    *out = cost_of(
        game, lengths_of(gradient_by_condition(&fake, GAN_STREAMS_OF_PATH + GAN_STREAM_POINTS)));
    return gan__graph_status(game->graph);
}
