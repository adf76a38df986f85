// Who is applied to what: G to latents, D to samples as the recipe augments them.
#include "gan/game_builder.h"

#include "gan/augment.h"
#include "gan/latent.h"
#include "graph/samples.h"

static gan_node *some_labels(const gan_builder *builder, int64_t count, uint32_t streams) {
    const gan_game *const game = builder->game;
    if (!gan__network_uses_labels(game->generator.network)) return NULL;
    return gan__label_node(game->graph, builder->classes, count, streams + GAN_STREAM_LABELS);
}

gan_node *gan__game_labels(const gan_builder *builder, uint32_t streams) {
    return some_labels(builder, builder->game->recipe->batch, streams);
}

static gan_node *some_latents(const gan_builder *builder, int64_t count, uint32_t streams) {
    const gan_game *const game = builder->game;
    return gan__latent_node(game->graph, game->recipe, count, streams + GAN_STREAM_LATENTS);
}

gan_node *gan__game_latents(const gan_builder *builder, uint32_t streams) {
    return some_latents(builder, builder->game->recipe->batch, streams);
}

// Numbers U(0, 1) that a generator which is not trained draws its tokens by; NULL where it draws
// none.
static gan_node *some_draws(const gan_builder *builder, int64_t count, uint32_t stream) {
    const int64_t draws = gan__network_draws(builder->game->generator.network);
    if (draws == 0 || !builder->only_encoder) return NULL;
    return gan__random_uniform(builder->game->graph, &GAN_SHAPE(draws, count), stream);
}

// A generator that is not trained makes samples as gan-sample has them.
gan_network_result gan__game_generate_some(const gan_builder *builder, int64_t count,
                                           uint32_t streams) {
    const gan_game *const game = builder->game;
    const gan_player *const generator = &game->generator;
    const bool averaged = builder->only_encoder && game->average_buffers != NULL;
    const gan_network_call call = {.training = !builder->only_encoder,
                                   .stream = streams + GAN_STREAM_GENERATOR,
                                   .weights = builder->generator_weights,
                                   .buffers = averaged ? game->average_buffers : generator->buffers,
                                   .draws =
                                       some_draws(builder, count, streams + GAN_STREAM_GENERATOR),
                                   .labels = some_labels(builder, count, streams),
                                   .step = gan__game_own_updates(game, generator)};
    return gan__network_apply(generator->network, &call, some_latents(builder, count, streams));
}

gan_network_result gan__game_generate(const gan_builder *builder, uint32_t streams) {
    gan_network_result fake =
        gan__game_generate_some(builder, builder->game->recipe->batch, streams);
    fake.output = gan__reshape(fake.output, &builder->fake_shape);
    if (gan__network_draws(builder->game->generator.network) > 0)
        fake.logits = gan__reshape(fake.logits, &builder->fake_shape);
    return fake;
}

// PacGAN (Lin et al. 2018): samples n, n + B / m, n + 2 B / m... side by side along the first axis.
static gan_node *packed(const gan_builder *builder, gan_node *samples) {
    const int64_t pack = builder->game->recipe->objective.pack;
    int order[GAN_RANK_MAX];
    if (pack == 1 || samples == NULL) return samples;
    const gan_shape shape = *gan__node_shape(samples);
    const int batch = shape.rank - 1;
    gan_shape split = shape, joined = shape;
    split.size[batch] = pack;
    split.size[split.rank++] = joined.size[batch] = shape.size[batch] / pack;
    joined.size[0] *= pack;
    order[0] = batch;
    for (int axis = 0; axis < batch; axis++) order[axis + 1] = axis;
    order[split.rank - 1] = split.rank - 1;
    return gan__reshape(gan__permute(gan__reshape(samples, &split), order), &joined);
}

// What goes with the samples that D judges.
typedef struct company {
    gan_node *labels, *latents;
} company;

// What D says of a batch.
typedef struct verdict {
    gan_node *logits, *classes, *buffers;
    gan_features features;
} verdict;

static verdict judge(const gan_builder *builder, gan_node *samples, company with, uint32_t stream,
                     gan_node *buffers) {
    const gan_network_call call = {.training = !builder->only_encoder,
                                   .stream = stream,
                                   .weights = builder->discriminator_weights,
                                   .buffers = buffers,
                                   .labels = with.labels,
                                   .latents = with.latents,
                                   .activations = builder->activations};
    const gan_network_result result =
        gan__network_apply(builder->game->discriminator.network, &call, packed(builder, samples));
    const gan_recipe_values *const recipe = builder->game->recipe;
    verdict said = {.logits = gan__game_real_logits(recipe, result.logits),
                    .classes = gan__game_class_logits(recipe, result.logits),
                    .buffers = result.buffers};
    if (recipe->objective.feature_matching > 0)
        said.features.matched = builder->activations[builder->feature_layer];
    if (recipe->inference.shares > 0)
        said.features.shared = builder->activations[recipe->inference.shares - 1];
    return said;
}

gan_node *gan__game_judge_plainly(const gan_builder *builder, gan_node *samples, gan_node *labels,
                                  uint32_t stream, gan_node *buffers) {
    return judge(builder, samples, (company){.labels = labels}, stream, buffers).logits;
}

// Steps of training done, where the generator has made some updates of a step with a fraction.
static gan_node *steps_done(const gan_game *game) {
    const gan_player *const generator = &game->generator;
    if (generator->network == NULL) return gan__game_own_updates(game, &game->discriminator);
    return gan__scale(gan__game_own_updates(game, generator),
                      1 / (double)game->recipe->schedule.generator_steps);
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
    return gan__augment_noise(recipe, augmented, steps_done(game), stream + GAN_AUGMENT_STREAMS);
}

static company of_real(const gan_builder *builder, const gan_answers *given) {
    return (company){.labels = builder->game->labels, .latents = given->encoded};
}

static company of_fake(const gan_builder *builder, const gan_answers *given) {
    const bool joint = gan__game_is_joint(builder->game->recipe);
    return (company){.labels = gan__game_labels(builder, given->streams),
                     .latents = joint ? gan__game_latents(builder, given->streams) : NULL};
}

static void judge_real(const gan_builder *builder, gan_answers *given) {
    gan_node *const samples =
        shown(builder, builder->real, given->streams + GAN_STREAM_AUGMENT_REAL);
    const verdict result = judge(builder, samples, of_real(builder, given),
                                 given->streams + GAN_STREAM_REAL, given->buffers);
    given->on_real = result.logits;
    given->real_classes = result.classes;
    given->of_real = result.features;
    given->buffers = result.buffers;
}

static void judge_fake(const gan_builder *builder, gan_answers *given) {
    gan_node *const samples = shown(builder, given->fake, given->streams + GAN_STREAM_AUGMENT_FAKE);
    const verdict result = judge(builder, samples, of_fake(builder, given),
                                 given->streams + GAN_STREAM_FAKE, given->buffers);
    given->on_fake = result.logits;
    given->fake_classes = result.classes;
    given->of_fake = result.features;
    given->buffers = result.buffers;
}

// Whose classes D is to tell.
static void judge_labelled(const gan_builder *builder, gan_answers *given) {
    const gan_game *const game = builder->game;
    given->labels = game->labels;
    given->labelled_classes = given->real_classes;
    if (game->labelled == NULL) return;
    gan_node *const samples =
        shown(builder, builder->labelled, given->streams + GAN_STREAM_AUGMENT_LABELLED);
    const verdict result =
        judge(builder, samples, (company){0}, given->streams + GAN_STREAM_LABELLED, given->buffers);
    given->labels = game->labelled_labels;
    given->labelled_classes = result.classes;
    given->buffers = result.buffers;
}

// --- Both batches --------------------------------------------------------------------------------

// The half of both batches' logits that begins with sample `from`.
static gan_node *half_of(const gan_builder *builder, gan_node *logits, int64_t from) {
    if (logits == NULL) return NULL;
    gan_shape size = *gan__node_shape(logits);
    int64_t start[GAN_RANK_MAX] = {0};
    start[size.rank - 1] = from;
    size.size[size.rank - 1] = builder->game->recipe->batch;
    return gan__slice(logits, start, size.size, NULL);
}

static gan_node *beside(gan_node *real, gan_node *fake, int axis) {
    return real == NULL || fake == NULL ? NULL : gan__concat((gan_node *[]){real, fake}, 2, axis);
}

// In one application: half the products, each of twice the columns. Only for a D that says of a
// sample what it says of it alone, and that keeps nothing of what it is shown; else false.
static bool judge_together(const gan_builder *builder, gan_answers *given) {
    if (given->buffers != NULL || builder->activations != NULL) return false;
    if (builder->game->recipe->objective.pack > 1) return false;
    gan_node *const batches[] = {
        shown(builder, builder->real, given->streams + GAN_STREAM_AUGMENT_REAL),
        shown(builder, given->fake, given->streams + GAN_STREAM_AUGMENT_FAKE)};
    if (batches[0] == NULL || batches[1] == NULL) return false;
    gan_node *const samples = gan__concat(batches, 2, builder->fake_shape.rank - 1);
    const company real = of_real(builder, given), fake = of_fake(builder, given);
    const company both = {.labels = beside(real.labels, fake.labels, 0),
                          .latents = beside(real.latents, fake.latents, 1)};
    const int64_t batch = builder->game->recipe->batch;
    const verdict result = judge(builder, samples, both, given->streams + GAN_STREAM_REAL, NULL);
    given->on_real = half_of(builder, result.logits, 0);
    given->on_fake = half_of(builder, result.logits, batch);
    given->real_classes = half_of(builder, result.classes, 0);
    given->fake_classes = half_of(builder, result.classes, batch);
    return gan__samples_stay_apart(result.logits, samples);
}

gan_answers gan__game_judge_both(const gan_builder *builder, gan_node *fake, bool penalised,
                                 uint32_t streams) {
    gan_answers given = {
        .streams = streams,
        .fake = fake,
        .buffers = builder->game->discriminator.buffers,
        .encoder_buffers = builder->game->encoder.buffers,
    };
    gan__game_encode_real(builder, &given);
    if (fake == NULL || penalised || !judge_together(builder, &given)) {
        judge_real(builder, &given);
        if (fake != NULL) judge_fake(builder, &given);
    }
    judge_labelled(builder, &given);
    return given;
}

gan_answers gan__game_judge_for_generator(const gan_builder *builder, gan_node *fake,
                                          uint32_t streams) {
    gan_answers given = {
        .streams = streams,
        .fake = fake,
        .buffers = builder->game->discriminator.buffers,
        .encoder_buffers = builder->game->encoder.buffers,
    };
    judge_fake(builder, &given);
    gan__game_encode_real(builder, &given);
    if (gan__game_generator_sees_real(builder->game->recipe)) judge_real(builder, &given);
    return given;
}
