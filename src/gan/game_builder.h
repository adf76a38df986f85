// What a game is built with: for gan/game*.c only.
#ifndef GAN_GAN_GAME_BUILDER_H
#define GAN_GAN_GAME_BUILDER_H

#include "gan/encoder.h"
#include "gan/game.h"

// Gone when the game is built.
typedef struct gan_builder {
    gan_game *game;
    bool only_encoder; // G, its averaged weights where there are any, and D are used as they are
    gan_node **generator_weights, **discriminator_weights, **encoder_weights;
    gan_node **activations; // room for D's, one a layer; NULL where no cost is of them
    size_t feature_layer;   // which of them
    gan_node *real;         // (sample..., B), in the recipe's range
    gan_node *labelled;     // the same of samples of their own whose labels are used, or NULL
    gan_shape fake_shape;   // (sample..., B)
    int64_t classes;        // of the labels of generated samples
} gan_builder;

// A player's weights as views of its flat `parameters`; the array is the caller's (gan__free).
gan_status gan__game_weights(const gan_player *player, gan_node *parameters, gan_node ***weights);

// Where each use of randomness draws from; an application of a network takes up to 4096 streams.
// Each kind of step has streams of its own.
enum {
    GAN_STREAM_LATENTS = 0,
    GAN_STREAM_GENERATOR = 1 << 12,
    GAN_STREAM_REAL = 2 << 12,
    GAN_STREAM_FAKE = 3 << 12,
    GAN_STREAM_POINTS = 4 << 12, // where penalties are taken
    GAN_STREAM_AT_POINTS = 5 << 12,
    GAN_STREAM_AUGMENT_REAL = 6 << 12,
    GAN_STREAM_AUGMENT_FAKE = 7 << 12,
    GAN_STREAM_CONSISTENT_REAL = 8 << 12,
    GAN_STREAM_CONSISTENT_FAKE = 9 << 12,
    GAN_STREAM_LABELS = 10 << 12,
    GAN_STREAM_ENCODER = 11 << 12,
    GAN_STREAM_LABELLED = 14 << 12,
    GAN_STREAM_AUGMENT_LABELLED = 15 << 12,
    GAN_STREAMS_OF_DISCRIMINATOR = 0,
    GAN_STREAMS_OF_GENERATOR = 1 << 16,
    GAN_STREAMS_OF_PENALTY = 2 << 16,
    GAN_STREAMS_OF_PATH = 3 << 16,
};

// --- Applications (game_judge.c) -----------------------------------------------------------------
// `streams` is where the step's streams begin.

// The labels that G is asked for; NULL where it uses none.
gan_node *gan__game_labels(const gan_builder *builder, uint32_t streams);
// z, (size, B).
gan_node *gan__game_latents(const gan_builder *builder, uint32_t streams);
// G(z) in training, as samples; logits of the same shape where G draws tokens.
gan_network_result gan__game_generate(const gan_builder *builder, uint32_t streams);
// `count` of them instead of a batch, in the shape that G gives.
gan_network_result gan__game_generate_some(const gan_builder *builder, int64_t count,
                                           uint32_t streams);

// What D's layers make of a batch; NULL where nobody asked.
typedef struct gan_features {
    gan_node *matched; // of objective.feature_layer
    gan_node *shared;  // what the encoder goes on from
} gan_features;

// What D says of a real and of a generated batch, both augmented as the recipe has it.
typedef struct gan_answers {
    uint32_t streams;
    gan_node *fake;              // the samples
    gan_node *token_logits;      // by which G drew them; NULL where nobody asked
    gan_node *on_real, *on_fake; // D's logits; on_real NULL where nobody asked
    gan_node *encoded;           // latents that go with the real ones; NULL where D looks at none
    gan_features of_real, of_fake;
    gan_node *real_classes, *fake_classes; // logits of classes (K, B); NULL where D gives none
    gan_node *labelled_classes;            // those of the samples whose labels are used ...
    gan_node *labels;                      // ... and these
    gan_node *buffers;                     // D's running statistics after it
    gan_recovery recovered;    // what the encoder says of the generated batch; of NULLs where
                               // nobody asked it
    gan_node *encoder_buffers; // its running statistics after it
} gan_answers;

// One after the other, or both at once where that saves work: where D answers sample by sample, and
// `penalised` does not say that a penalty differentiates by one batch alone.
gan_answers gan__game_judge_both(const gan_builder *builder, gan_node *fake, bool penalised,
                                 uint32_t streams);
// Of the generated batch, and of the real one (which D saw last) only where G's cost depends on it.
gan_answers gan__game_judge_for_generator(const gan_builder *builder, gan_node *fake,
                                          uint32_t streams);
// D's logits of samples as they are given; its running statistics stay as they are.
gan_node *gan__game_judge_plainly(const gan_builder *builder, gan_node *samples, gan_node *labels,
                                  uint32_t stream, gan_node *buffers);

// --- The encoder (game_encode.c) -----------------------------------------------------------------

// Whether the costs of G and of D depend on what the encoder says of generated samples.
bool gan__game_is_recovered_for_generator(const gan_recipe_values *recipe);
bool gan__game_is_recovered_for_discriminator(const gan_recipe_values *recipe);
// Whether it is asked about the real batch, and D judges pairs.
bool gan__game_is_joint(const gan_recipe_values *recipe);
// Gives the real batch latents, where D looks at them.
void gan__game_encode_real(const gan_builder *builder, gan_answers *given);
// Asks the encoder about the generated batch; of kinds CODES and LATENTS, else nothing.
void gan__game_recover(const gan_builder *builder, gan_answers *given);
gan_node *gan__game_encoder_cost(const gan_builder *builder, const gan_answers *given);

// --- Classes (game_classes.c) --------------------------------------------------------------------

// The logit of being real (1, B), of what D gives.
gan_node *gan__game_real_logits(const gan_recipe_values *recipe, gan_node *logits);
// `cost` with what D pays for the classes of labelled samples, and of generated ones that G was
// asked for a class of; `cost` may be NULL: with nothing else. And what G pays for the latter.
gan_node *gan__game_add_classification(const gan_builder *builder, const gan_answers *given,
                                       gan_node *cost);
gan_node *gan__game_add_asked_classes(const gan_builder *builder, const gan_answers *given,
                                      gan_node *cost);
// The share of labelled samples whose class D mistakes, as rank 0.
gan_node *gan__game_errors(const gan_answers *given);

// --- Costs (game_costs.c) ------------------------------------------------------------------------

// What a cost remembers from one step to the next; stored when the player is updated.
typedef struct gan_memory {
    gan_node *state, *after; // NULL: nothing
} gan_memory;

enum { GAN_MEMORIES = 2 };
typedef struct gan_cost {
    gan_node *value; // rank 0, or NULL after a failure of the graph
    gan_memory memories[GAN_MEMORIES];
} gan_cost;

gan_cost gan__game_discriminator_cost(const gan_builder *builder, const gan_answers *given);
gan_cost gan__game_generator_cost(const gan_builder *builder, const gan_answers *given);
// All penalties on D's gradient, times the updates that each stands for.
gan_node *gan__game_penalty(const gan_builder *builder, const gan_answers *given);
// Whether G's cost needs D's answer to real samples.
bool gan__game_generator_sees_real(const gan_recipe_values *recipe);

// How many updates the player has made down its own costs; its optimiser's step counts those of a
// regulariser too where they are apart (objective.penalty_apart, objective.path_length).
gan_node *gan__game_own_updates(const gan_game *game, const gan_player *player);

// --- Path lengths (game_path.c) ------------------------------------------------------------------

// The path length regulariser, times the updates that it stands for. Errors: BAD_INPUT where the
// generator has no condition.
gan_status gan__game_path_cost(const gan_builder *builder, gan_cost *out);

// --- Unrolling (game_unroll.c) -------------------------------------------------------------------

// *ahead: the builder with D's weights after objective.unroll updates of its optimiser on `fake`
// and the real batch, as nodes that depend on `fake`. The same samples, masks and running
// statistics serve each of them. Ended with gan__game_unroll_end unless it fails.
gan_status gan__game_unroll(const gan_builder *builder, gan_node *fake, uint32_t streams,
                            gan_builder *ahead);
void gan__game_unroll_end(gan_builder *ahead);

// --- Going down a cost (game_descend.c) ----------------------------------------------------------

// The gradient of `loss` by the player's weights, as one vector; NULL after a failure.
gan_node *gan__game_gradient(const gan_player *player, gan_node *const *weights, gan_node *loss);
// One update of the player's optimiser along the gradient of `cost` by `weights`; nothing is
// stored. `after` may be `before`. Errors: the graph's.
gan_status gan__game_descend(const gan_player *player, gan_node *const *weights, gan_node *cost,
                             const gan_optimizer_state *before, gan_optimizer_state *after,
                             gan_node **gradient);

// --- What a step stores (game_update.c) ----------------------------------------------------------

// One update of the player down `cost`, stored. *gradient: that of the cost, for figures.
gan_status gan__game_update(const gan_player *player, gan_node *const *weights, gan_node *cost,
                            gan_optimizer_state *after, gan_node **gradient, gan_game_step *step);
// The player's running statistics as they are afterwards, where it has any and they changed.
void gan__game_store_buffers(const gan_player *player, gan_node *buffers, gan_game_step *step);
void gan__game_store_memories(const gan_cost *cost, gan_game_step *step);
// Adds as many of the figures to `sums` as it has places for.
void gan__game_add_sums(gan_game_step *step, gan_node *sums, gan_node **figures);
// The share of labelled samples whose class D mistakes, where it tells classes.
void gan__game_add_errors(const gan_game *game, const gan_answers *given, gan_game_step *step);

// D's update from what it said of a real and of a generated batch.
gan_status gan__game_update_discriminator(const gan_builder *builder, const gan_answers *given,
                                          const gan_cost *cost, gan_game_step *step);
// G's update, and the moving averages. `buffers`: G's, after it made the samples.
gan_status gan__game_update_generator(const gan_builder *builder, const gan_cost *cost,
                                      gan_node *buffers, gan_game_step *step);
// E's update, where there is one, from what it said in `given`.
gan_status gan__game_update_encoder(const gan_builder *builder, const gan_answers *given,
                                    gan_game_step *step);

// --- Steps (game_joint.c, game_steps.c) ----------------------------------------------------------

// One update of both players from one batch. At the same point, as the code of the first paper
// does, or as schedule.order has it.
gan_status gan__game_build_joint_step(const gan_builder *builder, bool penalised,
                                      gan_game_step *step);

// Fills in the steps of the game.
gan_status gan__game_build_steps(const gan_builder *builder);

#endif
