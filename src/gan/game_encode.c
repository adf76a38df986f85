// The encoder's part in the game: what it is asked about, and what each player pays for its answer.
#include "gan/game_builder.h"

#include "gan/objective.h"

bool gan__game_trains_encoder_only(const gan_game *game) {
    const gan_recipe_values *const recipe = game->recipe;
    return recipe->inference.kind != GAN_ENCODER_NONE && recipe->inference.from[0] != '\0';
}

static bool recovers(const gan_recipe_values *recipe) {
    return recipe->inference.kind == GAN_ENCODER_CODES ||
           recipe->inference.kind == GAN_ENCODER_LATENTS;
}

bool gan__game_is_recovered_for_generator(const gan_recipe_values *recipe) {
    return recovers(recipe) && recipe->inference.generator_weight > 0;
}

bool gan__game_is_recovered_for_discriminator(const gan_recipe_values *recipe) {
    return recovers(recipe) && recipe->inference.shares > 0;
}

// E of samples, or of what the layers of D that it shares made of them.
static gan_network_result encode(const gan_builder *builder, gan_node *from, uint32_t streams) {
    const gan_player *const player = &builder->game->encoder;
    const gan_network_call call = {.training = true,
                                   .stream = streams + GAN_STREAM_ENCODER,
                                   .weights = builder->encoder_weights,
                                   .buffers = player->buffers};
    return gan__network_apply(player->network, &call, from);
}

bool gan__game_is_joint(const gan_recipe_values *recipe) {
    return recipe->inference.kind == GAN_ENCODER_JOINT;
}

void gan__game_encode_real(const gan_builder *builder, gan_answers *given) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    if (!gan__game_is_joint(recipe)) return;
    const gan_network_result answer = encode(builder, builder->real, given->streams);
    gan_node *const zero = gan__scalar(builder->game->graph, 0);
    given->encoded = gan__reshape(answer.output, &GAN_SHAPE(recipe->latent.size, recipe->batch));
    given->encoder_buffers = answer.buffers;
    given->recovered = (gan_recovery){.categorical = zero, .continuous = zero};
}

void gan__game_recover(const gan_builder *builder, gan_answers *given) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    if (!recovers(recipe)) return;
    gan_node *const from = recipe->inference.shares > 0 ? given->of_fake.shared : given->fake;
    const gan_network_result answer = encode(builder, from, given->streams);
    given->recovered =
        gan__encoder_recovery(recipe, answer.output, gan__game_latents(builder, given->streams));
    given->encoder_buffers = answer.buffers;
}

gan_node *gan__game_encoder_cost(const gan_builder *builder, const gan_answers *given) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    if (gan__game_is_joint(recipe))
        return gan__objective_encoder(recipe, given->on_real, given->on_fake);
    return gan__scale(given->recovered.cost, recipe->inference.weight);
}
