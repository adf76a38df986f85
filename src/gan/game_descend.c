// A player goes down a cost: its gradient, and the update of its optimiser along it, as nodes.
#include "gan/game_builder.h"

#include "base/memory.h"

gan_node *gan__game_gradient(const gan_player *player, gan_node *const *weights, gan_node *loss) {
    const size_t count = gan__network_parameter_count(player->network);
    void *memory = NULL;
    if (loss == NULL) return NULL;
    if (gan__alloc(count, sizeof(gan_node *), &memory) != GAN_STATUS_OK)
        return gan__graph_no_memory(gan__node_graph(loss));
    gan_node **const gradients = memory;
    gan_node *flat = NULL;
    if (gan__gradient(loss, weights, count, gradients) == GAN_STATUS_OK)
        flat = gan__network_flatten(player->network, gradients);
    gan__free(gradients);
    return flat;
}

gan_status gan__game_descend(const gan_player *player, gan_node *const *weights, gan_node *cost,
                             const gan_optimizer_state *before, gan_optimizer_state *after,
                             gan_node **gradient) {
    *gradient = gan__game_gradient(player, weights, cost);
    GAN_TRY(gan__graph_status(gan__node_graph(player->state.parameters)));
    return gan__optimizer_update(&player->optimizer, player->network, before, *gradient, after);
}
