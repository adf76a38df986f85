// Who is applied to what: G to latents, D to samples as the recipe augments them.
#include "gan/game_builder.h"

#include "gan/augment.h"
#include "gan/latent.h"

gan_network_result gan__game_generate(const gan_builder *builder, uint32_t streams) {
    const gan_game *const game = builder->game;
    gan_node *const latents = gan__latent_node(game->graph, game->recipe, game->recipe->batch,
                                               streams + GAN_STREAM_LATENTS);
    const gan_network_call call = {.training = true,
                                   .stream = streams + GAN_STREAM_GENERATOR,
                                   .weights = builder->generator_weights,
                                   .buffers = game->generator.buffers};
    gan_network_result fake = gan__network_apply(game->generator.network, &call, latents);
    fake.output = gan__reshape(fake.output, &builder->fake_shape);
    return fake;
}

static gan_network_result judge(const gan_builder *builder, gan_node *samples, uint32_t stream,
                                gan_node *buffers, gan_node **features) {
    const gan_network_call call = {.training = true,
                                   .stream = stream,
                                   .weights = builder->discriminator_weights,
                                   .buffers = buffers,
                                   .activations = builder->activations};
    const gan_network_result result =
        gan__network_apply(builder->game->discriminator.network, &call, samples);
    if (builder->activations != NULL) *features = builder->activations[builder->feature_layer];
    return result;
}

gan_node *gan__game_judge_plainly(const gan_builder *builder, gan_node *samples, uint32_t stream,
                                  gan_node *buffers) {
    gan_node *features;
    return judge(builder, samples, stream, buffers, &features).logits;
}

// What D is shown in place of `samples`. Where consistency is asked for, augmentation is for that
// alone.
static gan_node *shown(const gan_builder *builder, gan_node *samples, uint32_t stream) {
    const gan_game *const game = builder->game;
    const gan_recipe_values *const recipe = game->recipe;
    const bool apart =
        recipe->objective.consistency > 0 || recipe->objective.consistency_generated > 0;
    gan_node *const augmented =
        apart ? samples : gan__augment(recipe, game->augmentation, samples, stream);
    return gan__augment_noise(recipe, augmented, game->generator.state.step,
                              stream + GAN_AUGMENT_STREAMS);
}

static void judge_real(const gan_builder *builder, gan_answers *given) {
    gan_node *const samples =
        shown(builder, builder->real, given->streams + GAN_STREAM_AUGMENT_REAL);
    const gan_network_result result = judge(builder, samples, given->streams + GAN_STREAM_REAL,
                                            given->buffers, &given->real_features);
    given->on_real = result.logits;
    given->buffers = result.buffers;
}

static void judge_fake(const gan_builder *builder, gan_answers *given) {
    gan_node *const samples = shown(builder, given->fake, given->streams + GAN_STREAM_AUGMENT_FAKE);
    const gan_network_result result = judge(builder, samples, given->streams + GAN_STREAM_FAKE,
                                            given->buffers, &given->fake_features);
    given->on_fake = result.logits;
    given->buffers = result.buffers;
}

gan_answers gan__game_judge_both(const gan_builder *builder, gan_node *fake, uint32_t streams) {
    gan_answers given = {
        .streams = streams, .fake = fake, .buffers = builder->game->discriminator.buffers};
    judge_real(builder, &given);
    judge_fake(builder, &given);
    return given;
}

gan_answers gan__game_judge_for_generator(const gan_builder *builder, gan_node *fake,
                                          uint32_t streams) {
    gan_answers given = {
        .streams = streams, .fake = fake, .buffers = builder->game->discriminator.buffers};
    judge_fake(builder, &given);
    if (gan__game_generator_sees_real(builder->game->recipe)) judge_real(builder, &given);
    return given;
}
