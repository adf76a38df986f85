// The game of two players, or of three where the recipe has an encoder, as one graph: Algorithm 1
// of Goodfellow et al. 2014, with the steps a trainer runs as lists of roots. A classifier is such
// a game without a generator, in which D tells the classes of labelled samples apart
// (objective.classifier: alone). Knows no device and no data set: it only builds nodes.
//
// Random nodes of the discriminator's and of the generator's step draw from disjoint streams, so
// each step's counter may be its own.
#ifndef GAN_GAN_GAME_H
#define GAN_GAN_GAME_H

#include "graph/graph.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "recipe/recipe.h"

// One player: its network and everything of it that lasts from step to step, as state nodes.
typedef struct gan_player {
    const char *name;     // "generator", "discriminator", "encoder"
    gan_network *network; // NULL: there is no such player
    gan_optimizer optimizer;
    gan_optimizer_state state;
    const char *slot_names[GAN_OPTIMIZER_SLOTS_MAX];
    size_t slot_count;
    gan_node *buffers; // NULL when the network has none
    gan_node *history; // mean of the parameters so far (objective.historical_averaging), or NULL
} gan_player;

// What to compute in one program.
#define GAN_GAME_ROOTS_MAX 32
typedef struct gan_game_step {
    const char *name; // "discriminator step"; for messages and profiles
    gan_node *roots[GAN_GAME_ROOTS_MAX];
    size_t count; // 0: the game has no such step
} gan_game_step;

// The steps a game may have. Where penalties are lazy (objective.penalty_every above 1), an update
// of D whose number is a multiple of that runs the PENALISED program in place of the plain one, or,
// with objective.penalty_apart, PENALTY after it. Likewise PATH after updates of G whose number is
// a multiple of objective.path_length_every.
typedef enum gan_game_part {
    GAN_GAME_DISCRIMINATOR,
    GAN_GAME_DISCRIMINATOR_PENALISED,
    GAN_GAME_PENALTY,   // D down its penalties alone
    GAN_GAME_GENERATOR, // SIMULTANEOUS: both players at once, so it takes a batch too
    GAN_GAME_GENERATOR_PENALISED,
    GAN_GAME_PATH, // G down its path lengths alone (objective.path_length)
    GAN_GAME_PARTS,
} gan_game_part;

// Sums of the figures of the steps since they were last cleared; the count is the caller's. Norms
// of gradients are kept only where the recipe wants them logged.
enum { GAN_GAME_D_LOSS, GAN_GAME_D_REAL, GAN_GAME_D_FAKE, GAN_GAME_D_GRADIENT, GAN_GAME_D_METRICS };
enum { GAN_GAME_G_LOSS, GAN_GAME_G_GRADIENT, GAN_GAME_G_METRICS };
// Categorical and continuous: what it knows of such codes at least, in nats (gan/encoder.h).
enum {
    GAN_GAME_E_LOSS,
    GAN_GAME_E_CATEGORICAL,
    GAN_GAME_E_CONTINUOUS,
    GAN_GAME_E_GRADIENT,
    GAN_GAME_E_METRICS
};

typedef struct gan_game {
    const gan_recipe_values *recipe;
    gan_graph *graph;
    gan_player generator, discriminator, encoder; // who does not play has no network
    gan_node *average;         // moving average of the generator's parameters; NULL: none
    gan_node *average_buffers; // of its running statistics; NULL: none
    gan_node *discriminator_average, *discriminator_average_buffers; // the same of D's
    gan_node *augmentation;    // what adapting it remembers (gan/augment.h); NULL: it does not
    gan_node *anchors;         // averages of D's logits, real and fake (objective.lecam); or NULL
    gan_node *baseline;        // of costs, for the score-function estimator; NULL: it is not used
    gan_node *path_length;     // (1): mean length of paths (objective.path_length); or NULL
    gan_node *real;            // input (B, sample...): as the data set gives it
    gan_node *labels;          // input (B): of those; NULL where nothing is made of them
    gan_node *labelled;        // input (B, sample...): samples whose labels are used, and those;
    gan_node *labelled_labels; // NULL where they are those of `real` (data.labelled)
    gan_node *errors;          // (1): sum of the shares of them whose class D mistook; or NULL
    gan_node *discriminator_sums; // (GAN_GAME_D_METRICS), or without the last of them
    gan_node *generator_sums;     // (GAN_GAME_G_METRICS), or without the last of them; or NULL
    gan_node *encoder_sums;       // (GAN_GAME_E_METRICS), or without the last of them; or NULL
    gan_game_step steps[GAN_GAME_PARTS];
} gan_game;

// The data's side of the game.
typedef struct gan_game_data {
    gan_shape sample;    // without batch
    gan_element element; // U8: mapped to the recipe's range
    int64_t classes;     // of its labels; 0: none
} gan_game_data;

// Builds both networks and all steps. `recipe` must outlive the game.
// Errors: BAD_INPUT naming the layers that do not fit; those of the graph.
gan_status gan__game_create(const gan_recipe *recipe, const gan_game_data *data, gan_game **out);
void gan__game_destroy(gan_game *game); // NULL is allowed

// The logits of the classes (K, B), of what D gives (K or 1 + K, B); NULL where it gives none.
gan_node *gan__game_class_logits(const gan_recipe_values *recipe, gan_node *logits);

// Whether G and D are taken from a checkpoint (encoder.from): the only step is then the
// discriminator's, which updates the encoder alone.
bool gan__game_trains_encoder_only(const gan_game *game);

#endif
