// Something that runs a game's programs, in the interpreter or on a device, and plays steps of it as
// the trainer does, with the weights and batches that tests/golden/make_game.py makes too.
#ifndef GAN_TESTS_GAN_GAME_MACHINE_H
#define GAN_TESTS_GAN_GAME_MACHINE_H

#include "cmocka_headers.h"

#include "gan/game.h"
#include "nn/golden.h"
#include "nn/runner.h"

enum { SEED = 7, CLASSES = 3 };

typedef struct machine {
    const gan_game *game;
    double tolerance;
    gan_interpreter *interpreter; // or:
    gan_module *module;
    gan_program *programs[GAN_GAME_PARTS];
} machine;

static inline void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static inline void machine_open(machine *m, gan_device *device) {
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

static inline void machine_close(machine *m) {
    gan__interpreter_destroy(m->interpreter);
    gan__module_destroy(m->module);
}

static inline void machine_set(machine *m, gan_node *leaf, const double *values) {
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

static inline void machine_get(machine *m, gan_node *state, double *values) {
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

static inline void machine_run(machine *m, gan_game_part part, uint64_t counter) {
    const gan_game_step *const step = &m->game->steps[part];
    assert_true(step->count > 0);
    succeed(m->interpreter ? gan__interpreter_run(m->interpreter, step->roots, step->count, counter)
                           : gan__program_run(m->programs[part], counter));
}

// --- A step of it -------------------------------------------------------------------------------

// Means and variances about 1; singular vectors of norm 1.
static inline void initialise_buffer(const gan_tensor *tensor, int number, double *flat) {
    double *const values = flat + tensor->offset;
    double squares = 0;
    golden_values(values, (size_t)tensor->elements, 50 + number, 0.3);
    for (int64_t k = 0; k < tensor->elements; k++) squares += values[k] * values[k];
    for (int64_t k = 0; k < tensor->elements; k++)
        values[k] = tensor->role == GAN_TENSOR_PLAIN ? values[k] + 1 : values[k] / sqrt(squares);
}

static inline void initialise(machine *m, const gan_player *player, double scale) {
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
static inline void begin_average(machine *m) {
    double values[RUNNER_VALUES_MAX];
    if (!m->game->discriminator_average) return;
    machine_get(m, m->game->discriminator.state.parameters, values);
    machine_set(m, m->game->discriminator_average, values);
}

// Opens it, with initial weights of that scale in the players that there are.
static inline void machine_begin(machine *m, gan_device *device, double scale) {
    const gan_game *const game = m->game;
    machine_open(m, device);
    if (game->generator.network) initialise(m, &game->generator, scale);
    initialise(m, &game->discriminator, scale);
    if (game->encoder.network) initialise(m, &game->encoder, scale);
    begin_average(m);
}

// The labels of a batch: `first`, the class after it, ...
static inline void set_labels(machine *m, gan_node *input, uint64_t first) {
    double labels[RUNNER_VALUES_MAX];
    if (!input) return;
    for (size_t i = 0; i < node_elements(input); i++) labels[i] = (double)((i + first) % CLASSES);
    machine_set(m, input, labels);
}

// The batch of update number `update`, and that of labelled samples beside it.
static inline void set_batch(machine *m, uint64_t update) {
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

static inline bool has(const machine *m, gan_game_part part) {
    return m->game->steps[part].count > 0;
}

// As the trainer does: the programs of D's update number `update`, or of the joint step.
static inline void run_due(machine *m, gan_game_part plain, gan_game_part penalised, uint64_t update,
                    uint64_t counter) {
    const bool due = update % (uint64_t)m->game->recipe->objective.penalty_every == 0;
    machine_run(m, due && has(m, penalised) ? penalised : plain, counter);
}

static inline void take_step(machine *m, uint64_t step) {
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

#endif
