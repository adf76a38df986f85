// The costs of both players: the objective's, and what the recipe adds to them.
#include "gan/game_builder.h"

#include "gan/augment.h"
#include "gan/objective.h"
#include "gan/penalty.h"
#include "gan/score_function.h"
#include "nn/losses.h"

// --- Penalties on D's gradient -------------------------------------------------------------------

typedef struct critic {
    const gan_builder *builder;
    const gan_answers *given;
} critic;

// Points between real and generated samples go with the real ones' labels.
static gan_node *judge_points(void *user, gan_node *points) {
    const critic *const at = user;
    return gan__game_judge_plainly(at->builder, points, at->builder->game->labels,
                                   at->given->streams + GAN_STREAM_AT_POINTS, at->given->buffers);
}

gan_node *gan__game_penalty(const gan_builder *builder, const gan_answers *given) {
    critic at = {.builder = builder, .given = given};
    const gan_penalty_call call = {.recipe = builder->game->recipe,
                                   .real = builder->real,
                                   .fake = given->fake,
                                   .real_logits = given->on_real,
                                   .fake_logits = given->on_fake,
                                   .stream = given->streams + GAN_STREAM_POINTS,
                                   .logits = judge_points,
                                   .user = &at};
    return gan__scale(gan__penalty(&call), (double)call.recipe->objective.penalty_every);
}

// --- Additions of D ------------------------------------------------------------------------------

// weight mean (D(x) - D(T(x)))^2 for an augmentation T (Zhang et al. 2020, consistency; Zhao et al.
// 2021, balanced consistency, for generated samples too).
typedef struct consistency {
    double weight;
    gan_node *samples, *labels, *logits;
    uint32_t stream;
} consistency;

static gan_node *add_inconsistency(const gan_builder *builder, const consistency *of,
                                   gan_node *buffers, gan_node *cost) {
    if (of->weight == 0) return cost;
    gan_node *const changed =
        gan__augment(builder->game->recipe, builder->game->augmentation, of->samples, of->stream);
    gan_node *const answer = gan__game_judge_plainly(builder, changed, of->labels,
                                                     of->stream + GAN_AUGMENT_STREAMS, buffers);
    return gan__add(cost, gan__scale(gan__mean_square_error(of->logits, answer), of->weight));
}

static gan_node *add_consistency(const gan_builder *builder, const gan_answers *given,
                                 gan_node *cost) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    const consistency on_real = {.weight = recipe->objective.consistency,
                                 .samples = builder->real,
                                 .labels = builder->game->labels,
                                 .logits = given->on_real,
                                 .stream = given->streams + GAN_STREAM_CONSISTENT_REAL};
    const consistency on_fake = {.weight = recipe->objective.consistency_generated,
                                 .samples = gan__stop_gradient(given->fake),
                                 .labels = gan__game_labels(builder, given->streams),
                                 .logits = given->on_fake,
                                 .stream = given->streams + GAN_STREAM_CONSISTENT_FAKE};
    cost = add_inconsistency(builder, &on_real, given->buffers, cost);
    return add_inconsistency(builder, &on_fake, given->buffers, cost);
}

// mean max(0, a)^2
static gan_node *mean_squared_excess(gan_node *a) {
    if (a == NULL) return NULL;
    return gan__mean(gan__square(gan__maximum(a, gan__scalar(gan__node_graph(a), 0))));
}

// LeCam's regulariser (Tseng et al. 2021), one-sided as in its authors' code: with moving averages
// a of D's mean logits, weight (mean max(0, D(x) - a_fake)^2 + mean max(0, a_real - D(G(z)))^2).
// Before the first update the averages are the first batch's means.
static gan_node *add_lecam(const gan_builder *builder, const gan_answers *given, gan_node *cost,
                           gan_memory *memory) {
    const gan_game *const game = builder->game;
    const double weight = game->recipe->objective.lecam,
                 decay = game->recipe->objective.lecam_decay;
    const gan_shape one = GAN_SHAPE(1);
    if (weight == 0) return cost;
    gan_node *const first = gan__equal(game->discriminator.state.step, gan__scalar(game->graph, 0));
    gan_node *const answers[2] = {given->on_real, given->on_fake};
    gan_node *anchors[2], *after[2];
    for (int i = 0; i < 2; i++) {
        gan_node *const now = gan__stop_gradient(gan__mean(answers[i]));
        anchors[i] = gan__select(first, now, gan__element(game->anchors, i));
        after[i] =
            gan__reshape(gan__add(gan__scale(anchors[i], decay), gan__scale(now, 1 - decay)), &one);
    }
    *memory = (gan_memory){game->anchors, gan__concat(after, 2, 0)};
    gan_node *const on_real = mean_squared_excess(gan__sub(given->on_real, anchors[1]));
    gan_node *const on_fake = mean_squared_excess(gan__sub(anchors[0], given->on_fake));
    return gan__add(cost, gan__scale(gan__add(on_real, on_fake), weight));
}

// --- Additions of both ---------------------------------------------------------------------------

// A regulariser with updates of its own after every so many-th of the player's; 0: there is none.
static int64_t regularised_every(const gan_game *game, const gan_player *player) {
    const gan_recipe_values *const recipe = game->recipe;
    const bool apart = recipe->objective.penalty_apart && gan__penalty_wanted(recipe);
    if (player == &game->discriminator && apart) return recipe->objective.penalty_every;
    if (player == &game->generator && recipe->objective.path_length > 0)
        return recipe->objective.path_length_every;
    return 0;
}

// After n updates down its own costs there have been ceil(n / every) of the regulariser.
gan_node *gan__game_own_updates(const gan_game *game, const gan_player *player) {
    const double every = (double)regularised_every(game, player);
    gan_node *const step = player->state.step;
    if (every == 0) return step;
    return gan__sub(step, gan__floor(gan__scale(gan__offset(step, every + 0.5), 1 / (every + 1))));
}

// weight |p - mean of all p so far, this one included|^2 (Salimans et al. 2016).
static gan_node *add_history(const gan_builder *builder, const gan_player *player,
                             gan_node *const *weights, gan_node *cost, gan_memory *memory) {
    const double weight = builder->game->recipe->objective.historical_averaging;
    if (weight == 0) return cost;
    const gan_shape scalar = gan__shape_scalar();
    gan_node *const now = gan__network_flatten(player->network, weights);
    gan_node *const share =
        gan__reciprocal(gan__offset(gan__game_own_updates(builder->game, player), 1));
    gan_node *const mean = gan__stop_gradient(
        gan__add(player->history, gan__mul(share, gan__sub(now, player->history))));
    gan_node *const squares = gan__reduce_sum(gan__square(gan__sub(now, mean)), GAN_AXES_ALL);
    *memory = (gan_memory){player->history, mean};
    return gan__add(cost, gan__scale(gan__reshape(squares, &scalar), weight));
}

// --- Additions of G ------------------------------------------------------------------------------

// The mean over features of (mean over real samples - mean over generated ones)^2 (Salimans et al.
// 2016, as their code has it).
static gan_node *feature_distance(const gan_answers *given) {
    gan_node *const real = given->of_real.matched, *const fake = given->of_fake.matched;
    if (fake == NULL || real == NULL) return NULL;
    const uint32_t batch = 1u << (gan__node_shape(fake)->rank - 1);
    return gan__mean_square_error(gan__stop_gradient(gan__reduce_mean(real, batch)),
                                  gan__reduce_mean(fake, batch));
}

// |gradient of D's cost by D's weights|^2 / 2 (Nagarajan, Kolter 2017).
static gan_node *opponents_gradient(const gan_builder *builder, const gan_answers *given) {
    const gan_game *const game = builder->game;
    const gan_shape scalar = gan__shape_scalar();
    gan_node *const cost =
        gan__objective_discriminator(game->recipe, given->on_real, given->on_fake);
    gan_node *const gradient =
        gan__game_gradient(&game->discriminator, builder->discriminator_weights, cost);
    gan_node *const squares = gan__reduce_sum(gan__square(gradient), GAN_AXES_ALL);
    return gan__scale(gan__reshape(squares, &scalar), 0.5);
}

// The objective's cost of G, with the score-function estimate of its gradient.
static gan_node *estimated_cost(const gan_builder *builder, const gan_answers *given,
                                gan_memory *memory) {
    const gan_game *const game = builder->game;
    gan_node *const costs =
        gan__objective_generator_each(game->recipe, given->on_real, given->on_fake);
    gan_node *const probabilities = gan__score_log_probability(given->token_logits, given->fake);
    gan_node *const baseline = gan__element(game->baseline, 0);
    gan_node *const after =
        gan__score_baseline_update(baseline, costs, game->recipe->objective.baseline_decay,
                                   gan__game_own_updates(game, &game->generator));
    *memory = (gan_memory){game->baseline, gan__reshape(after, &GAN_SHAPE(1))};
    return gan__score_surrogate(costs, probabilities, baseline);
}

// D's weights depend on G then, and so does what they say of real samples: the minimax game is
// played with all of D's cost.
static bool unrolled_minimax(const gan_recipe_values *recipe) {
    return recipe->objective.unroll > 0 && recipe->objective.kind == GAN_OBJECTIVE_LOGISTIC &&
           recipe->objective.generator_cost == GAN_GENERATOR_COST_MINIMAX;
}

static gan_node *objective_of_generator(const gan_builder *builder, const gan_answers *given,
                                        gan_memory *memory) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    if (recipe->objective.gradient == GAN_GRADIENT_REINFORCE)
        return estimated_cost(builder, given, memory);
    if (unrolled_minimax(recipe))
        return gan__neg(gan__objective_discriminator(recipe, given->on_real, given->on_fake));
    return gan__objective_generator(recipe, given->on_real, given->on_fake);
}

bool gan__game_generator_sees_real(const gan_recipe_values *recipe) {
    return gan__objective(recipe)->generator_sees_real || unrolled_minimax(recipe) ||
           recipe->objective.feature_matching > 0 ||
           recipe->objective.gradient_regularization > 0 || gan__game_is_joint(recipe);
}

// --- All of it -----------------------------------------------------------------------------------

gan_cost gan__game_discriminator_cost(const gan_builder *builder, const gan_answers *given) {
    const gan_game *const game = builder->game;
    gan_cost cost = {0};
    if (game->generator.network != NULL) {
        cost.value = gan__objective_discriminator(game->recipe, given->on_real, given->on_fake);
        cost.value = add_consistency(builder, given, cost.value);
        cost.value = add_lecam(builder, given, cost.value, &cost.memories[0]);
    }
    cost.value = gan__game_add_classification(builder, given, cost.value);
    cost.value = add_history(builder, &game->discriminator, builder->discriminator_weights,
                             cost.value, &cost.memories[1]);
    if (gan__game_is_recovered_for_discriminator(game->recipe))
        cost.value =
            gan__add(cost.value, gan__scale(given->recovered.cost, game->recipe->inference.weight));
    return cost;
}

gan_cost gan__game_generator_cost(const gan_builder *builder, const gan_answers *given) {
    const gan_game *const game = builder->game;
    const double matching = game->recipe->objective.feature_matching;
    const double regularization = game->recipe->objective.gradient_regularization;
    gan_cost cost = {0};
    cost.value = objective_of_generator(builder, given, &cost.memories[1]);
    if (matching > 0)
        cost.value = gan__add(cost.value, gan__scale(feature_distance(given), matching));
    if (regularization > 0)
        cost.value =
            gan__add(cost.value, gan__scale(opponents_gradient(builder, given), regularization));
    cost.value = gan__game_add_asked_classes(builder, given, cost.value);
    cost.value = add_history(builder, &game->generator, builder->generator_weights, cost.value,
                             &cost.memories[0]);
    if (gan__game_is_recovered_for_generator(game->recipe))
        cost.value = gan__add(cost.value, gan__scale(given->recovered.cost,
                                                     game->recipe->inference.generator_weight));
    return cost;
}
