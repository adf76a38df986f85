// The steps of a game: who is applied to what, down which cost each player goes, and what is
// stored.
#include "gan/game_builder.h"

#include "base/memory.h"
#include "gan/latent.h"
#include "gan/objective.h"
#include "gan/penalty.h"
#include "nn/losses.h"

// Where each use of randomness draws from; an application of a network takes a stream a layer.
// Each kind of step has streams of its own.
enum {
    STREAM_LATENT = 0,
    STREAM_GENERATOR = 1 << 12,
    STREAM_REAL = 2 << 12,
    STREAM_FAKE = 3 << 12,
    STREAM_POINTS = 4 << 12, // where penalties are taken
    STREAM_AT_POINTS = 5 << 12,
    DISCRIMINATOR_STREAMS = 0,
    GENERATOR_STREAMS = 1 << 16,
    PENALTY_STREAMS = 2 << 16,
};

// --- One application of each ---------------------------------------------------------------------

// G(z) in training, for the latents of the step whose streams start at `streams`.
static gan_network_result generate(const gan_builder *builder, uint32_t streams) {
    const gan_game *const game = builder->game;
    gan_node *const latents =
        gan__latent_node(game->graph, game->recipe, game->recipe->batch, streams + STREAM_LATENT);
    const gan_network_call call = {.training = true,
                                   .stream = streams + STREAM_GENERATOR,
                                   .weights = builder->generator_weights,
                                   .buffers = game->generator.buffers};
    gan_network_result fake = gan__network_apply(game->generator.network, &call, latents);
    fake.output = gan__reshape(fake.output, &builder->fake_shape);
    return fake;
}

static gan_network_result judge(const gan_builder *builder, gan_node *samples, uint32_t stream,
                                gan_node *buffers) {
    const gan_network_call call = {.training = true,
                                   .stream = stream,
                                   .weights = builder->discriminator_weights,
                                   .buffers = buffers};
    return gan__network_apply(builder->game->discriminator.network, &call, samples);
}

// What D says of a real and of a generated batch, and its running statistics after both.
typedef struct answers {
    gan_node *fake; // the samples
    gan_node *on_real, *on_fake;
    gan_node *buffers;
} answers;

static answers judge_both(const gan_builder *builder, gan_node *fake, uint32_t streams) {
    const gan_network_result on_real =
        judge(builder, builder->real, streams + STREAM_REAL, builder->game->discriminator.buffers);
    const gan_network_result on_fake = judge(builder, fake, streams + STREAM_FAKE, on_real.buffers);
    return (answers){.fake = fake,
                     .on_real = on_real.logits,
                     .on_fake = on_fake.logits,
                     .buffers = on_fake.buffers};
}

// --- Updates -------------------------------------------------------------------------------------

static void add_root(gan_game_step *step, gan_node *root) {
    step->roots[step->count++] = root;
}

static gan_node *norm(gan_node *gradient) {
    const gan_shape scalar = gan__shape_scalar();
    gan_node *const squares = gan__reduce_sum(gan__square(gradient), GAN_AXES_ALL);
    return gan__sqrt(gan__reshape(squares, &scalar));
}

// One update of the player down the gradient of `loss`. *gradient: all of it, as one vector.
static gan_status update_player(const gan_player *player, gan_node *const *weights, gan_node *loss,
                                gan_optimizer_state *after, gan_node **gradient,
                                gan_game_step *step) {
    const size_t count = gan__network_parameter_count(player->network);
    void *gradients = NULL;
    GAN_TRY(gan__alloc(count, sizeof(gan_node *), &gradients));
    gan_status status = gan__gradient(loss, weights, count, gradients);
    if (status == GAN_STATUS_OK) {
        *gradient = gan__network_flatten(player->network, gradients);
        status = gan__optimizer_update(&player->optimizer, player->network, &player->state,
                                       *gradient, after);
    }
    gan__free(gradients);
    GAN_TRY(status);
    step->count +=
        gan__optimizer_assign(&player->optimizer, &player->state, after, step->roots + step->count);
    return GAN_STATUS_OK;
}

static void store_buffers(const gan_player *player, gan_node *buffers, gan_game_step *step) {
    if (player->buffers != NULL && buffers != player->buffers)
        add_root(step, gan__assign(player->buffers, buffers));
}

// As many of the figures as `sums` has places for.
static void add_sums(gan_game_step *step, gan_node *sums, gan_node **figures) {
    const gan_shape one = GAN_SHAPE(1);
    if (sums == NULL) return;
    const size_t count = (size_t)gan__node_shape(sums)->size[0];
    for (size_t i = 0; i < count; i++) figures[i] = gan__reshape(figures[i], &one);
    add_root(step, gan__assign(sums, gan__add(sums, gan__concat(figures, count, 0))));
}

// --- The discriminator ---------------------------------------------------------------------------

// D as penalties apply it: at points of their choice. Its running statistics stay as they are.
typedef struct critic {
    const gan_builder *builder;
    const answers *given;
    uint32_t stream;
} critic;

static gan_node *judge_points(void *user, gan_node *points) {
    const critic *const at = user;
    return judge(at->builder, points, at->stream, at->given->buffers).logits;
}

// All penalties, times the updates that each stands for.
static gan_node *penalty(const gan_builder *builder, uint32_t streams, const answers *given) {
    critic at = {.builder = builder, .given = given, .stream = streams + STREAM_AT_POINTS};
    const gan_penalty_call call = {.recipe = builder->game->recipe,
                                   .real = builder->real,
                                   .fake = given->fake,
                                   .real_logits = given->on_real,
                                   .fake_logits = given->on_fake,
                                   .stream = streams + STREAM_POINTS,
                                   .logits = judge_points,
                                   .user = &at};
    return gan__scale(gan__penalty(&call), (double)call.recipe->objective.penalty_every);
}

// D's part of a step: its update from a real batch and `fake`. *given: what D said of them.
static gan_status add_discriminator_update(const gan_builder *builder, uint32_t streams,
                                           gan_node *fake, bool penalised, gan_game_step *step,
                                           answers *given) {
    gan_game *const game = builder->game;
    const gan_player *const player = &game->discriminator;
    gan_node *gradient = NULL;
    gan_optimizer_state after;
    *given = judge_both(builder, fake, streams);
    gan_node *loss = gan__objective_discriminator(game->recipe, given->on_real, given->on_fake);
    if (penalised) loss = gan__add(loss, penalty(builder, streams, given));
    GAN_TRY(gan__graph_status(game->graph));
    GAN_TRY(update_player(player, builder->discriminator_weights, loss, &after, &gradient, step));
    store_buffers(player, given->buffers, step);
    gan_node *figures[GAN_GAME_D_METRICS] = {
        [GAN_GAME_D_LOSS] = loss,
        [GAN_GAME_D_REAL] = gan__mean(gan__sigmoid(given->on_real)),
        [GAN_GAME_D_FAKE] = gan__mean(gan__sigmoid(given->on_fake)),
        [GAN_GAME_D_GRADIENT] = norm(gradient),
    };
    add_sums(step, game->discriminator_sums, figures);
    return GAN_STATUS_OK;
}

// D alone: G's samples are given, not learned from.
static gan_status build_discriminator_step(const gan_builder *builder, bool penalised,
                                           gan_game_step *step) {
    const gan_network_result fake = generate(builder, DISCRIMINATOR_STREAMS);
    answers given;
    step->name = "discriminator step";
    GAN_TRY(add_discriminator_update(builder, DISCRIMINATOR_STREAMS,
                                     gan__stop_gradient(fake.output), penalised, step, &given));
    return gan__graph_status(builder->game->graph);
}

// D down its penalties alone.
static gan_status build_penalty_step(const gan_builder *builder, gan_game_step *step) {
    const gan_game *const game = builder->game;
    const gan_network_result fake = generate(builder, PENALTY_STREAMS);
    gan_node *gradient = NULL;
    gan_optimizer_state after;
    step->name = "penalty step";
    const answers given = judge_both(builder, gan__stop_gradient(fake.output), PENALTY_STREAMS);
    gan_node *const loss = penalty(builder, PENALTY_STREAMS, &given);
    GAN_TRY(gan__graph_status(game->graph));
    return update_player(&game->discriminator, builder->discriminator_weights, loss, &after,
                         &gradient, step);
}

// --- The generator -------------------------------------------------------------------------------

// G's part of a step: its update from what D said of its samples, and the moving average.
static gan_status add_generator_update(const gan_builder *builder, const answers *given,
                                       gan_node *buffers, gan_game_step *step) {
    gan_game *const game = builder->game;
    const gan_player *const player = &game->generator;
    gan_node *const loss = gan__objective_generator(game->recipe, given->on_real, given->on_fake);
    gan_node *gradient = NULL;
    gan_optimizer_state after;
    GAN_TRY(gan__graph_status(game->graph));
    GAN_TRY(update_player(player, builder->generator_weights, loss, &after, &gradient, step));
    store_buffers(player, buffers, step);
    if (game->average != NULL)
        add_root(step, gan__assign(game->average,
                                   gan__average_update(
                                       game->average, after.parameters, game->recipe->ema.decay,
                                       (double)game->recipe->ema.start, player->state.step)));
    gan_node *figures[GAN_GAME_G_METRICS] = {
        [GAN_GAME_G_LOSS] = loss, [GAN_GAME_G_GRADIENT] = norm(gradient)};
    add_sums(step, game->generator_sums, figures);
    return gan__graph_status(game->graph);
}

// What D says of `fake`, and where G's cost asks for it of the real samples that D saw last.
static answers judge_for_generator(const gan_builder *builder, gan_node *fake) {
    const gan_game *const game = builder->game;
    const gan_network_result on_fake =
        judge(builder, fake, GENERATOR_STREAMS + STREAM_FAKE, game->discriminator.buffers);
    answers given = {.fake = fake, .on_fake = on_fake.logits, .buffers = on_fake.buffers};
    if (!gan__objective(game->recipe)->generator_sees_real) return given;
    const gan_network_result on_real =
        judge(builder, builder->real, GENERATOR_STREAMS + STREAM_REAL, given.buffers);
    given.on_real = on_real.logits;
    given.buffers = on_real.buffers;
    return given;
}

// G alone, against D as it stands. D's running statistics follow what it is shown, as PyTorch's do.
static gan_status build_generator_step(const gan_builder *builder, gan_game_step *step) {
    const gan_network_result fake = generate(builder, GENERATOR_STREAMS);
    const answers given = judge_for_generator(builder, fake.output);
    step->name = "generator step";
    GAN_TRY(add_generator_update(builder, &given, fake.buffers, step));
    store_buffers(&builder->game->discriminator, given.buffers, step);
    return gan__graph_status(builder->game->graph);
}

// Both at the same point, from one batch and with the same masks, as the paper's code does.
static gan_status build_joint_step(const gan_builder *builder, bool penalised,
                                   gan_game_step *step) {
    const gan_network_result fake = generate(builder, GENERATOR_STREAMS);
    answers given;
    step->name = "joint step";
    GAN_TRY(
        add_discriminator_update(builder, GENERATOR_STREAMS, fake.output, penalised, step, &given));
    return add_generator_update(builder, &given, fake.buffers, step);
}

// --- All of them ---------------------------------------------------------------------------------

static gan_status build_simultaneous(const gan_builder *builder, bool penalised, bool lazy) {
    gan_game_step *const steps = builder->game->steps;
    const bool alone = builder->game->recipe->schedule.discriminator_steps > 1;
    GAN_TRY(build_joint_step(builder, penalised && !lazy, &steps[GAN_GAME_GENERATOR]));
    if (lazy) GAN_TRY(build_joint_step(builder, true, &steps[GAN_GAME_GENERATOR_PENALISED]));
    if (!alone) return GAN_STATUS_OK;
    GAN_TRY(build_discriminator_step(builder, penalised && !lazy, &steps[GAN_GAME_DISCRIMINATOR]));
    if (!lazy) return GAN_STATUS_OK;
    return build_discriminator_step(builder, true, &steps[GAN_GAME_DISCRIMINATOR_PENALISED]);
}

gan_status gan__game_build_steps(const gan_builder *builder) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    gan_game_step *const steps = builder->game->steps;
    const bool penalised = gan__penalty_wanted(recipe), apart = recipe->objective.penalty_apart;
    const bool lazy = penalised && recipe->objective.penalty_every > 1;
    if (recipe->schedule.order == GAN_ORDER_SIMULTANEOUS)
        return build_simultaneous(builder, penalised, lazy);
    GAN_TRY(build_discriminator_step(builder, penalised && !lazy && !apart,
                                     &steps[GAN_GAME_DISCRIMINATOR]));
    if (penalised && apart)
        GAN_TRY(build_penalty_step(builder, &steps[GAN_GAME_PENALTY]));
    else if (lazy)
        GAN_TRY(build_discriminator_step(builder, true, &steps[GAN_GAME_DISCRIMINATOR_PENALISED]));
    return build_generator_step(builder, &steps[GAN_GAME_GENERATOR]);
}
