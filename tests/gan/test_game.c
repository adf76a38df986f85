// Five training steps of small games, each of another objective and other penalties, against
// PyTorch in float64 (tests/golden/make_game.py): the sums of both players' figures, and every
// parameter of both after them, in the interpreter and on every OpenCL device. Latents and the
// points of penalties are the game's own draws, which the script draws too.
#include "cmocka_headers.h"

#include "gan/game.h"
#include "nn/golden.h"
#include "nn/runner.h"

enum { STEPS = 5, SEED = 7, CLASSES = 3 };

// What most games share: two small networks of dense layers on two-dimensional samples. (A last
// bias cancels in the relativistic costs; its gradient is a rounding error that Adam would blow
// up.)
#define NETWORKS(last)                                                                             \
    "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"                           \
    "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n"                                           \
    "discriminator: [dense: 7, tanh, dense: 5, softplus, dense: " last "]\n"
#define DENSE NETWORKS("1")
#define ADAM(settings)                                                                             \
    "optimizer: {generator: {kind: adam, " settings "}, discriminator: {kind: adam, " settings     \
    "}}\n"
#define ADAM_100      ADAM("lr: 0.01, beta1: 0.5, beta2: 0.99")
#define DENSE_ADAM    DENSE ADAM_100
#define UNBIASED_ADAM NETWORKS("{units: 1, bias: false}") ADAM_100

// And on pictures, for what augmentation does to them.
#define PICTURES                                                                                   \
    "batch: 6\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"                           \
    "generator: [dense: 90, tanh, reshape: [3, 6, 5]]\n"                                           \
    "discriminator:\n"                                                                             \
    "  - convolution: {channels: 4, kernel: 3, stride: 2, padding: 1}\n"                           \
    "  - tanh\n  - flatten\n  - dense: {units: 1, bias: false}\n" ADAM_100
#define EVERYTHING                                                                                 \
    "flip: true, brightness: 0.5, saturation: 1, contrast: 0.5, translation: 0.3, cutout: 0.5"

// And with a discriminator that tells classes apart.
#define GENERATING "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
#define TELLING(logits)                                                                            \
    "discriminator: [dense: 7, tanh, noise: 0.3, dense: 5, softplus, dense: " logits "]\n"
#define AVERAGED "ema: {discriminator: 0.9}\n"

// And with tokens that are drawn.
#define TOKENS(last)                                                                               \
    GENERATING "generator: [dense: 6, leaky_relu: 0.2, dense: 12, reshape: [3, 1, 4], "            \
               "categorical]\ndiscriminator: [flatten, dense: 7, tanh, dense: " last               \
               "]\n" ADAM_100

typedef struct game_case {
    const char *name, *recipe;
    double weights; // scale of the initial ones
    gan_shape sample;
} game_case;

static const game_case cases[] = {
    {"wgan_gp",
     "batch: 4\nlog_gradients: true\nlatent: {size: 6, prior: uniform}\n"
     "objective: {kind: wasserstein, gradient_penalty: 10}\n"
     "schedule: {discriminator_steps: 5}\n"
     "generator:\n"
     "  - dense: 64\n"
     "  - relu\n"
     "  - reshape: [4, 4, 4]\n"
     "  - transposed_convolution: {channels: 3, kernel: 5, stride: 2, padding: 2}\n"
     "  - relu\n"
     "  - transposed_convolution: {channels: 2, kernel: 5, stride: 2, padding: 2, "
     "output_padding: 1}\n"
     "  - relu\n"
     "  - transposed_convolution: {channels: 1, kernel: 5, stride: 2, padding: 2, "
     "output_padding: 1}\n"
     "  - sigmoid\n"
     "discriminator:\n"
     "  - convolution: {channels: 2, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - convolution: {channels: 3, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - convolution: {channels: 4, kernel: 5, stride: 2, padding: 2}\n"
     "  - leaky_relu: 0.2\n"
     "  - flatten\n"
     "  - dense: 1\n" ADAM("lr: 1e-4, beta1: 0.5, beta2: 0.9"),
     0.2,
     {3, {1, 28, 28}}},
    {"residual_spectral_hinge",
     "batch: 5\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {kind: hinge}\nschedule: {discriminator_steps: 2}\n"
     "generator:\n"
     "  - dense: 20\n"
     "  - reshape: [5, 2, 2]\n"
     "  - residual: &up\n"
     "      layers: [batch_norm, relu, upsample: 2,\n"
     "               convolution: {channels: 4, kernel: 3, padding: 1, bias: false}, batch_norm, "
     "relu,\n"
     "               convolution: {channels: 4, kernel: 3, padding: 1, bias: false}]\n"
     "      skip: [upsample: 2, convolution: {channels: 4, kernel: 1, bias: false}]\n"
     "  - residual: *up\n"
     "  - batch_norm\n"
     "  - relu\n"
     "  - convolution: {channels: 3, kernel: 3, padding: 1}\n"
     "  - tanh\n"
     "discriminator:\n"
     "  parametrization: {kind: spectral}\n"
     "  layers:\n"
     "    - residual:\n"
     "        layers: [convolution: {channels: 4, kernel: 3, padding: 1}, relu,\n"
     "                 convolution: {channels: 4, kernel: 3, padding: 1}, average_pool: 2]\n"
     "        skip: [average_pool: 2, convolution: {channels: 4, kernel: 1}]\n"
     "    - residual:\n"
     "        layers: [relu, convolution: {channels: 4, kernel: 3, padding: 1}, relu,\n"
     "                 convolution: {channels: 4, kernel: 3, padding: 1}]\n"
     "    - relu\n"
     "    - global_pool: true\n"
     "    - dense: {units: 1, bias: false}\n" ADAM("lr: 2e-4, beta1: 0, beta2: 0.9"),
     0.3,
     {3, {3, 8, 8}}},
    {"wgan_clipped",
     DENSE "objective: {kind: wasserstein}\nschedule: {discriminator_steps: 2}\n"
           "optimizer:\n  generator: {kind: rmsprop, lr: 0.01}\n"
           "  discriminator: {kind: rmsprop, lr: 0.01, clip_weights: 0.3}\n",
     0.7,
     {1, {2}}},
    {"hinge_lazy_r1",
     DENSE_ADAM "objective: {kind: hinge, r1: 4, penalty_every: 2}\n",
     0.7,
     {1, {2}}},
    {"least_squares_dragan",
     DENSE_ADAM "objective: {kind: least-squares, gradient_penalty: 2, penalty_points: perturbed}\n"
                "schedule: {order: simultaneous}\n",
     0.7,
     {1, {2}}},
    {"relativistic_paired_apart",
     UNBIASED_ADAM "objective: {kind: relativistic-paired, r1: 3, r2: 2, penalty_every: 2, "
                   "penalty_apart: true}\n",
     0.7,
     {1, {2}}},
    {"relativistic_average_zero_centred",
     UNBIASED_ADAM
     "objective: {kind: relativistic-average, gradient_penalty: 5, penalty_target: 0, "
     "penalty_every: 3}\n"
     "schedule: {order: simultaneous, discriminator_steps: 2}\n",
     0.7,
     {1, {2}}},
    {"minimax_one_sided",
     DENSE_ADAM "objective: {generator_cost: minimax, gradient_penalty: 3, penalty_target: 0.2, "
                "penalty_points: generated, penalty_one_sided: true}\n",
     0.7,
     {1, {2}}},
    {"augmented",
     PICTURES "objective: {kind: hinge, r1: 2}\naugment: {" EVERYTHING ", probability: 0.7}\n",
     0.4,
     {3, {3, 6, 5}}},
    {"adaptive",
     PICTURES "objective: {generator_cost: minimax}\nschedule: {discriminator_steps: 2}\n"
              "augment: {" EVERYTHING ", target: 0.1, every: 2, images: 40}\n",
     0.8,
     {3, {3, 6, 5}}},
    {"consistent",
     PICTURES "objective: {kind: hinge, consistency: 3, consistency_generated: 2}\n"
              "augment: {flip: true, translation: 0.3}\n",
     0.4,
     {3, {3, 6, 5}}},
    {"regularized",
     DENSE_ADAM "objective: {generator_cost: minimax, lecam: 0.5, lecam_decay: 0.9, "
                "historical_averaging: 0.2, gradient_regularization: 0.7}\n"
                "schedule: {order: simultaneous}\n",
     0.7,
     {1, {2}}},
    {"conditional",
     "batch: 4\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {kind: hinge}\nschedule: {discriminator_steps: 2}\n"
     "generator:\n"
     "  - embedding: 2\n"
     "  - concat: -1\n"
     "  - dense: {units: 32, bias: false}\n"
     "  - reshape: [8, 2, 2]\n"
     "  - conditional_batch_norm\n"
     "  - relu\n"
     "  - upsample: 2\n"
     "  - convolution: {channels: 2, kernel: 3, padding: 1}\n"
     "  - tanh\n"
     "discriminator:\n"
     "  parametrization: spectral\n"
     "  layers:\n"
     "    - convolution: {channels: 4, kernel: 3, padding: 1}\n"
     "    - residual:\n"
     "        layers:\n"
     "          - relu\n"
     "          - convolution: {channels: 6, kernel: 3, padding: 1}\n"
     "          - relu\n"
     "          - convolution: {channels: 6, kernel: 3, padding: 1}\n"
     "          - average_pool: 2\n"
     "        skip: [convolution: {channels: 6, kernel: 1}, average_pool: 2]\n"
     "    - relu\n"
     "    - global_pool: {sum: true}\n"
     "    - projection: {bias: false}\n" ADAM("lr: 1e-3, beta1: 0, beta2: 0.9"),
     0.4,
     {3, {2, 4, 4}}},
    {"packed",
     "batch: 6\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective: {generator_cost: minimax, pack: 2}\n"
     "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n"
     "discriminator: [dense: 5, tanh, dense: 1]\n" ADAM_100,
     0.7,
     {1, {2}}},
    {"classifier",
     "batch: 5\nlog_gradients: true\nobjective: {classifier: alone, classification: 0.8}\n" TELLING(
         "3") "optimizer: {discriminator: {kind: adam, lr: 0.01, beta1: 0.5, beta2: "
              "0.99}}\n" AVERAGED,
     0.7,
     {1, {2}}},
    {"semi_supervised",
     GENERATING "objective: {classifier: implicit, classification: 0.8, discriminator_scale: 0.5, "
                "generator_scale: 0, feature_matching: 2}\ndata: {labelled: 1}\n"
                "generator: [dense: 6, leaky_relu: 0.2, dense: 2]\n" TELLING("3") ADAM_100 AVERAGED,
     0.7,
     {1, {2}}},
    {"auxiliary",
     GENERATING "objective: {classifier: auxiliary, classification: 0.8}\n"
                "generator: [one_hot, concat: -1, dense: 6, leaky_relu: 0.2, dense: 2]\n" TELLING(
                    "4") ADAM_100 AVERAGED,
     0.7,
     {1, {2}}},
    {"matched",
     DENSE_ADAM "objective: {generator_scale: 0, feature_matching: 4}\n"
                "augment: {noise: 0.3, noise_ramp: [1, 5]}\n",
     0.7,
     {1, {2}}},
    {"styled",
     "batch: 4\nlog_gradients: true\nlatent: {size: 3, prior: uniform}\n"
     "objective:\n"
     "  {generator_cost: minimax, r1: 0.5, penalty_every: 2, penalty_apart: true,\n"
     "   path_length: 2, path_length_decay: 0.9, path_length_every: 2}\n"
     "generator:\n"
     "  parametrization: {kind: equalized}\n"
     "  layers:\n"
     "    - condition:\n"
     "        - pixel_norm\n"
     "        - dense: {units: 4, parametrization: {kind: equalized, lr_multiplier: 0.5}}\n"
     "        - leaky_relu: 0.2\n"
     "    - constant: [3, 2, 2]\n"
     "    - modulated_convolution: 3\n"
     "    - pixel_noise\n"
     "    - leaky_relu: 0.2\n"
     "    - scale: 1.4142135623730951\n"
     "    - modulated_convolution: {channels: 2, kernel: 1, demodulate: false}\n"
     "    - upsample: 2\n"
     "    - blur: {size: 3, padding: 1}\n"
     "    - take: 5\n"
     "    - modulated_convolution: {channels: 3, upsample: true}\n"
     "    - pixel_noise\n"
     "    - leaky_relu: 0.2\n"
     "    - scale: 1.4142135623730951\n"
     "    - modulated_convolution: {channels: 2, kernel: 1, demodulate: false}\n"
     "    - add: 8\n"
     "discriminator:\n"
     "  parametrization: {kind: equalized}\n"
     "  layers:\n"
     "    - convolution: {channels: 3, kernel: 1}\n"
     "    - leaky_relu: 0.2\n"
     "    - blur: {size: 4, padding: 2}\n"
     "    - convolution: {channels: 4, kernel: 3, stride: 2}\n"
     "    - leaky_relu: 0.2\n"
     "    - minibatch_stddev: 2\n"
     "    - dense: 1\n" ADAM("lr: 0.01, beta1: 0, beta2: 0.99"),
     0.8,
     {3, {2, 4, 4}}},
    {"reinforce",
     TOKENS("1") "objective: {generator_cost: minimax, gradient: reinforce, baseline_decay: 0.75}\n"
                 "schedule: {discriminator_steps: 2}\n",
     0.7,
     {3, {3, 1, 4}}},
    {"reinforce_paired",
     TOKENS("{units: 1, bias: false}") "objective: {kind: relativistic-paired, gradient: "
                                       "reinforce, baseline_decay: 0.9}\n"
                                       "schedule: {order: simultaneous}\n",
     0.7,
     {3, {3, 1, 4}}},
};

// With an encoder, by make_encoder.py.
#define INFERENCE                                                                                  \
    "batch: 6\nlog_gradients: true\n"                                                              \
    "generator: [dense: {units: 6, bias: false}, batch_norm, leaky_relu: 0.2, dense: 2]\n"         \
    "optimizer: {generator: &o {kind: adam, lr: 0.01, beta1: 0.5, beta2: 0.99}, "                  \
    "discriminator: *o, encoder: *o}\n"

static const game_case encoder_cases[] = {
    {"codes_of_features",
     INFERENCE
     "latent: {size: 7, prior: uniform, categorical: [1, 3], continuous: 2}\n"
     "objective: {generator_cost: minimax}\n"
     "schedule: {discriminator_steps: 2}\n"
     "discriminator:\n"
     "  [dense: 7, tanh, dense: {units: 5, bias: false}, batch_norm, leaky_relu: 0.2, dense: 1]\n"
     "encoder:\n"
     "  kind: codes\n"
     "  shares: 5\n"
     "  weight: 0.7\n"
     "  generator_weight: 0.4\n"
     "  continuous_weight: 0.3\n"
     "  layers: [dense: {units: 4, bias: false}, batch_norm, leaky_relu: 0.2, dense: 5]\n",
     0.7,
     {1, {2}}},
    {"codes_with_deviations",
     INFERENCE
     "latent: {size: 7, categorical: [2, 3], continuous: 1}\n"
     "objective: {kind: least-squares}\n"
     "schedule: {order: simultaneous}\n"
     "discriminator: [dense: 7, tanh, dense: 1]\n"
     "encoder: {kind: codes, learned_deviation: true, layers: [dense: 6, tanh, dense: 8]}\n",
     0.7,
     {1, {2}}},
    {"latents",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {kind: least-squares}\n"
     "discriminator: [dense: 7, tanh, dense: 1]\n"
     "encoder:\n"
     "  {kind: latents, weight: 2, generator_weight: 0.25, layers: [dense: 6, tanh, dense: 3]}\n",
     0.7,
     {1, {2}}},
    {"joint",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {generator_cost: minimax}\n"
     "schedule: {discriminator_steps: 2}\n"
     "discriminator: [latent, concat: -1, dense: 7, tanh, dense: {units: 5, bias: false}, "
     "batch_norm, leaky_relu: 0.2, dense: 1]\n"
     "encoder:\n"
     "  kind: joint\n"
     "  layers: [dense: {units: 6, bias: false}, batch_norm, leaky_relu: 0.2, dense: 3, tanh]\n",
     0.7,
     {1, {2}}},
    {"joint_relativistic",
     INFERENCE
     "latent: {size: 3, prior: uniform}\n"
     "objective: {kind: relativistic-paired}\n"
     "schedule: {order: simultaneous}\n"
     "discriminator: [latent, concat: -1, dense: 7, tanh, dense: {units: 1, bias: false}]\n"
     "encoder: {kind: joint, layers: [dense: 6, tanh, dense: 3]}\n",
     0.7,
     {1, {2}}},
};

// --- What runs the game's programs ---------------------------------------------------------------

typedef struct machine {
    const gan_game *game;
    double tolerance;
    gan_interpreter *interpreter; // or:
    gan_module *module;
    gan_program *programs[GAN_GAME_PARTS];
} machine;

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static void machine_open(machine *m, gan_device *device) {
    gan_graph *const graph = m->game->graph;
    m->tolerance = device ? 1e-4 : 1e-9;
    if (!device) {
        succeed(gan__interpreter_create(graph, SEED, &m->interpreter));
        return;
    }
    succeed(gan__module_create(device, graph, &m->module));
    gan__module_set_seed(m->module, SEED);
    for (int part = 0; part < GAN_GAME_PARTS; part++) {
        const gan_game_step *const step = &m->game->steps[part];
        if (step->count == 0) continue;
        succeed(gan__program_create(m->module, step->name, step->roots, step->count,
                                    &m->programs[part]));
    }
    succeed(gan__module_prepare(m->module, 2));
}

static void machine_close(machine *m) {
    gan__interpreter_destroy(m->interpreter);
    gan__module_destroy(m->module);
}

static void machine_set(machine *m, gan_node *leaf, const double *values) {
    float narrow[RUNNER_VALUES_MAX];
    if (m->interpreter) {
        succeed(gan__interpreter_set(m->interpreter, leaf, values));
        return;
    }
    device_values(leaf, values, narrow);
    const gan_game *const game = m->game;
    const bool fed = leaf == game->real || leaf == game->labels || leaf == game->labelled ||
                     leaf == game->labelled_labels;
    succeed(fed ? gan__module_feed(m->module, leaf, narrow)
                : gan__module_write_state(m->module, leaf, narrow));
}

static void machine_get(machine *m, gan_node *state, double *values) {
    float narrow[RUNNER_VALUES_MAX];
    const double *found;
    if (m->interpreter) {
        succeed(gan__interpreter_get(m->interpreter, state, &found));
        memcpy(values, found, node_elements(state) * sizeof *values);
        return;
    }
    succeed(gan__module_read_state(m->module, state, narrow));
    for (size_t i = 0; i < node_elements(state); i++) values[i] = (double)narrow[i];
}

static void machine_run(machine *m, gan_game_part part, uint64_t counter) {
    const gan_game_step *const step = &m->game->steps[part];
    assert_true(step->count > 0);
    succeed(m->interpreter ? gan__interpreter_run(m->interpreter, step->roots, step->count, counter)
                           : gan__program_run(m->programs[part], counter));
}

// --- A game --------------------------------------------------------------------------------------

// Means and variances about 1; singular vectors of norm 1.
static void initialise_buffer(const gan_tensor *tensor, int number, double *flat) {
    double *const values = flat + tensor->offset;
    double squares = 0;
    golden_values(values, (size_t)tensor->elements, 50 + number, 0.3);
    for (int64_t k = 0; k < tensor->elements; k++) squares += values[k] * values[k];
    for (int64_t k = 0; k < tensor->elements; k++)
        values[k] = tensor->role == GAN_TENSOR_PLAIN ? values[k] + 1 : values[k] / sqrt(squares);
}

static void initialise(machine *m, const gan_player *player, double scale) {
    double flat[RUNNER_VALUES_MAX];
    for (size_t i = 0; i < gan__network_parameter_count(player->network); i++) {
        const gan_tensor *const tensor = gan__network_parameter(player->network, i);
        golden_values(flat + tensor->offset, (size_t)tensor->elements, (int)i + 1, scale);
    }
    machine_set(m, player->state.parameters, flat);
    for (size_t i = 0; i < gan__network_buffer_count(player->network); i++)
        initialise_buffer(gan__network_buffer(player->network, i), (int)i, flat);
    if (player->buffers) machine_set(m, player->buffers, flat);
}

// D's averages begin at its weights.
static void begin_average(machine *m) {
    double values[RUNNER_VALUES_MAX];
    if (!m->game->discriminator_average) return;
    machine_get(m, m->game->discriminator.state.parameters, values);
    machine_set(m, m->game->discriminator_average, values);
}

// The labels of a batch: `first`, the class after it, ...
static void set_labels(machine *m, gan_node *input, uint64_t first) {
    double labels[RUNNER_VALUES_MAX];
    if (!input) return;
    for (size_t i = 0; i < node_elements(input); i++) labels[i] = (double)((i + first) % CLASSES);
    machine_set(m, input, labels);
}

// The batch of update number `update`, and that of labelled samples beside it.
static void set_batch(machine *m, uint64_t update) {
    const gan_game *const game = m->game;
    double samples[RUNNER_VALUES_MAX];
    golden_values(samples, node_elements(game->real), 10 + (int)update, 1);
    machine_set(m, game->real, samples);
    set_labels(m, game->labels, update);
    if (!game->labelled) return;
    golden_values(samples, node_elements(game->labelled), 30 + (int)update, 1);
    machine_set(m, game->labelled, samples);
    set_labels(m, game->labelled_labels, 2 * update);
}

static bool has(const machine *m, gan_game_part part) {
    return m->game->steps[part].count > 0;
}

// As the trainer does: the programs of D's update number `update`, or of the joint step.
static void run_due(machine *m, gan_game_part plain, gan_game_part penalised, uint64_t update,
                    uint64_t counter) {
    const bool due = update % (uint64_t)m->game->recipe->objective.penalty_every == 0;
    machine_run(m, due && has(m, penalised) ? penalised : plain, counter);
}

static void take_step(machine *m, uint64_t step) {
    const gan_recipe_values *const recipe = m->game->recipe;
    const uint64_t k = (uint64_t)recipe->schedule.discriminator_steps;
    const bool joint = recipe->schedule.order != GAN_ORDER_ALTERNATING;
    for (uint64_t i = 0; i < k; i++) {
        const uint64_t update = step * k + i;
        set_batch(m, update);
        if (joint && i == k - 1) {
            run_due(m, GAN_GAME_GENERATOR, GAN_GAME_GENERATOR_PENALISED, update, step);
            return;
        }
        run_due(m, GAN_GAME_DISCRIMINATOR, GAN_GAME_DISCRIMINATOR_PENALISED, update, update);
        if (has(m, GAN_GAME_PENALTY) && update % (uint64_t)recipe->objective.penalty_every == 0)
            machine_run(m, GAN_GAME_PENALTY, update);
    }
    if (has(m, GAN_GAME_GENERATOR)) machine_run(m, GAN_GAME_GENERATOR, step);
    if (has(m, GAN_GAME_PATH) && step % (uint64_t)recipe->objective.path_length_every == 0)
        machine_run(m, GAN_GAME_PATH, step);
}

static void compare(const machine *m, const game_case *is, const char *golden, const char *what,
                    const double *got, int64_t elements) {
    size_t count;
    double *expected = golden_line(golden, what, &count);
    assert_int_equal(count, elements);
    golden_compare(is->name, what, got, expected, count, m->tolerance);
    gan__free(expected);
}

// Each figure by itself: they are of different sizes.
static void compare_figures(machine *m, const game_case *is, const char *golden, const char *what,
                            gan_node *sums) {
    double got[GAN_GAME_D_METRICS];
    size_t count;
    double *expected = golden_line(golden, what, &count);
    assert_int_equal(count, node_elements(sums));
    machine_get(m, sums, got);
    for (size_t i = 0; i < count; i++)
        golden_compare(is->name, what, &got[i], &expected[i], 1, m->tolerance);
    gan__free(expected);
}

static void compare_player(machine *m, const game_case *is, const char *golden,
                           const gan_player *player) {
    double got[RUNNER_VALUES_MAX];
    char what[32];
    machine_get(m, player->state.parameters, got);
    for (size_t i = 0; i < gan__network_parameter_count(player->network); i++) {
        const gan_tensor *const tensor = gan__network_parameter(player->network, i);
        snprintf(what, sizeof what, "%c_parameter%zu", player->name[0], i);
        compare(m, is, golden, what, got + tensor->offset, tensor->elements);
    }
    if (player->buffers) machine_get(m, player->buffers, got);
    for (size_t i = 0; i < gan__network_buffer_count(player->network); i++) {
        const gan_tensor *const tensor = gan__network_buffer(player->network, i);
        snprintf(what, sizeof what, "%c_buffer%zu", player->name[0], i);
        compare(m, is, golden, what, got + tensor->offset, tensor->elements);
    }
}

// D's averaged weights.
static void compare_average(machine *m, const game_case *is, const char *golden) {
    const gan_network *const network = m->game->discriminator.network;
    double got[RUNNER_VALUES_MAX];
    char what[32];
    machine_get(m, m->game->discriminator_average, got);
    for (size_t i = 0; i < gan__network_parameter_count(network); i++) {
        const gan_tensor *const tensor = gan__network_parameter(network, i);
        snprintf(what, sizeof what, "average%zu", i);
        compare(m, is, golden, what, got + tensor->offset, tensor->elements);
    }
}

static void play(const game_case *is, gan_device *device, const char *text) {
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {
        .sample = is->sample, .element = GAN_ELEMENT_F32, .classes = CLASSES};
    const char *const golden = golden_case(text, is->name);
    succeed(gan_recipe_parse(is->recipe, is->name, &recipe));
    succeed(gan__game_create(recipe, &data, &game));
    machine m = {.game = game};
    machine_open(&m, device);
    const bool plays = game->generator.network != NULL;
    if (plays) initialise(&m, &game->generator, is->weights);
    initialise(&m, &game->discriminator, is->weights);
    if (game->encoder.network) initialise(&m, &game->encoder, is->weights);
    begin_average(&m);
    for (uint64_t step = 0; step < STEPS; step++) take_step(&m, step);
    compare_figures(&m, is, golden, "d_figures", game->discriminator_sums);
    if (plays) compare_figures(&m, is, golden, "g_figures", game->generator_sums);
    if (game->errors) compare_figures(&m, is, golden, "errors", game->errors);
    if (game->augmentation) compare_figures(&m, is, golden, "augmentation", game->augmentation);
    if (game->anchors) compare_figures(&m, is, golden, "anchors", game->anchors);
    if (game->path_length) compare_figures(&m, is, golden, "path_length", game->path_length);
    if (game->baseline) compare_figures(&m, is, golden, "baseline", game->baseline);
    compare_player(&m, is, golden, &game->discriminator);
    if (plays) compare_player(&m, is, golden, &game->generator);
    if (game->encoder.network) {
        compare_figures(&m, is, golden, "e_figures", game->encoder_sums);
        compare_player(&m, is, golden, &game->encoder);
    }
    if (game->discriminator_average) compare_average(&m, is, golden);
    machine_close(&m);
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
}

static void play_table(gan_device *device, const char *golden, const game_case *table,
                       size_t count) {
    char *text = golden_open(golden);
    for (size_t i = 0; i < count; i++) play(&table[i], device, text);
    gan__free(text);
}

static void play_all(gan_device *device) {
    play_table(device, "gan_game.txt", cases, sizeof cases / sizeof cases[0]);
    play_table(device, "gan_encoder.txt", encoder_cases,
               sizeof encoder_cases / sizeof encoder_cases[0]);
}

static void five_steps_of_each_game_are_pytorchs_in_double_precision(void **state) {
    (void)state;
    play_all(NULL);
}

static void five_steps_of_each_game_are_pytorchs_on_every_device(void **state) {
    (void)state;
    for_each_device(play_all);
}

// With which D's optimiser begins.
static double rate_of_discriminator(const char *penalties) {
    char text[1024];
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32};
    snprintf(text, sizeof text, DENSE_ADAM "objective: {%s}\n", penalties);
    succeed(gan_recipe_parse(text, "rates", &recipe));
    succeed(gan__game_create(recipe, &data, &game));
    const double rate = game->discriminator.optimizer.lr.start;
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
    return rate;
}

static void rates_are_corrected_only_for_updates_that_there_are(void **state) {
    (void)state;
    assert_true(rate_of_discriminator("penalty_apart: false, r1: 1") == 0.01);
    assert_true(rate_of_discriminator("penalty_apart: true, r1: 1") == 0.01 / 2);
}

// D's penalties have updates of their own here, which are none of those that the mean is of.
static void check_mean_of_weights(int every) {
    char text[1024];
    double weights[RUNNER_VALUES_MAX], mean[RUNNER_VALUES_MAX] = {0}, found[RUNNER_VALUES_MAX];
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32};
    snprintf(text, sizeof text,
             DENSE_ADAM "objective: {r1: 1, penalty_apart: true, penalty_every: %d, "
                        "historical_averaging: 0.5}\n",
             every);
    succeed(gan_recipe_parse(text, "mean", &recipe));
    succeed(gan__game_create(recipe, &data, &game));
    machine m = {.game = game};
    machine_open(&m, NULL);
    initialise(&m, &game->generator, 0.7);
    initialise(&m, &game->discriminator, 0.7);
    const size_t count = node_elements(game->discriminator.state.parameters);
    for (uint64_t step = 0; step < 8; step++) {
        machine_get(&m, game->discriminator.state.parameters, weights);
        take_step(&m, step);
        machine_get(&m, game->discriminator.history, found);
        for (size_t i = 0; i < count; i++) {
            mean[i] += (weights[i] - mean[i]) / (double)(step + 1);
            assert_float_equal(found[i], mean[i], 1e-12);
        }
    }
    machine_close(&m);
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
}

static void the_mean_of_weights_so_far_leaves_out_updates_of_penalties(void **state) {
    (void)state;
    for (int every = 1; every <= 4; every++) check_mean_of_weights(every);
}

static void paths_need_a_condition(void **state) {
    (void)state;
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32};
    succeed(gan_recipe_parse(DENSE "objective: {path_length: 2}\n", "paths", &recipe));
    assert_int_equal(gan__game_create(recipe, &data, &game), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "the generator has no condition layer"));
    gan_recipe_destroy(recipe);
}

// The encoder's cost at the first step, where every element of that state is `value`.
static double cost_of_encoder(const gan_game *game, gan_node *state, double value) {
    double values[RUNNER_VALUES_MAX];
    machine m = {.game = game};
    machine_open(&m, NULL);
    initialise(&m, &game->generator, 0.7);
    initialise(&m, &game->discriminator, 0.7);
    initialise(&m, &game->encoder, 0.7);
    machine_get(&m, game->generator.state.parameters, values);
    machine_set(&m, game->average, values);
    machine_get(&m, game->generator.buffers, values);
    machine_set(&m, game->average_buffers, values);
    for (size_t i = 0; i < node_elements(state); i++) values[i] = value;
    machine_set(&m, state, values);
    take_step(&m, 0);
    machine_get(&m, game->encoder_sums, values);
    machine_close(&m);
    return values[GAN_GAME_E_LOSS];
}

static void an_encoder_alone_learns_from_the_samples_that_inference_makes(void **state) {
    (void)state;
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32};
    succeed(gan_recipe_parse("batch: 5\nlog_gradients: true\nlatent: {size: 3}\nema: {decay: 0.9}\n"
                             "generator: [dense: 7, batch_norm, tanh, dense: 2]\n"
                             "discriminator: [dense: 7, tanh, dense: 1]\n"
                             "encoder: {kind: latents, from: a.gan, layers: [dense: 3]}\n",
                             "alone", &recipe));
    succeed(gan__game_create(recipe, &data, &game));
    assert_true(cost_of_encoder(game, game->average_buffers, 1) !=
                cost_of_encoder(game, game->average_buffers, 2));
    assert_true(cost_of_encoder(game, game->generator.buffers, 1) ==
                cost_of_encoder(game, game->generator.buffers, 2));
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
}

static void an_encoder_alone_leaves_count_of_the_classifiers_errors(void **state) {
    (void)state;
    double errors[RUNNER_VALUES_MAX];
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32, .classes = CLASSES};
    succeed(gan_recipe_parse("batch: 5\nlatent: {size: 3}\nobjective: {classifier: implicit}\n"
                             "generator: [dense: 7, tanh, dense: 2]\n"
                             "discriminator: [dense: 7, tanh, dense: 3]\n"
                             "encoder: {kind: latents, from: a.gan, layers: [dense: 3]}\n",
                             "alone", &recipe));
    succeed(gan__game_create(recipe, &data, &game));
    machine m = {.game = game};
    machine_open(&m, NULL);
    initialise(&m, &game->generator, 0.7);
    initialise(&m, &game->discriminator, 0.7);
    initialise(&m, &game->encoder, 0.7);
    take_step(&m, 0);
    machine_get(&m, game->errors, errors);
    assert_true(errors[0] > 0);
    machine_close(&m);
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_steps_of_each_game_are_pytorchs_in_double_precision),
        cmocka_unit_test(five_steps_of_each_game_are_pytorchs_on_every_device),
        cmocka_unit_test(the_mean_of_weights_so_far_leaves_out_updates_of_penalties),
        cmocka_unit_test(rates_are_corrected_only_for_updates_that_there_are),
        cmocka_unit_test(paths_need_a_condition),
        cmocka_unit_test(an_encoder_alone_learns_from_the_samples_that_inference_makes),
        cmocka_unit_test(an_encoder_alone_leaves_count_of_the_classifiers_errors),
    };
    return cmocka_run_group_tests_name("game", tests, NULL, NULL);
}
