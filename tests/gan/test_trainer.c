// A game on a real device: what a step may not do, and that a run is a function of (seed, step).
#include "test_device.h"

#include "gan/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Batch norm, dropout, maxout, averaging and both orders of play, small enough to compile at once.
#define RECIPE_WITH(ema, schedule)                                                                 \
    "name: test\nseed: 5\nbatch: 24\nsteps: 1000\nlog_every: 100\n"                                \
    "data: {source: 'builtin:ring8'}\nlatent: {size: 4, prior: normal}\n"                          \
    "generator:\n  - dense: 20\n  - batch_norm\n  - relu\n  - dense: 2\n"                          \
    "discriminator:\n  - maxout: {units: 10, pieces: 3}\n  - dropout: 0.25\n  - dense: 1\n"        \
    "optimizer:\n  generator: {kind: adam, lr: 1e-3}\n"                                            \
    "  discriminator: {kind: sgd, lr: 1e-2, momentum: 0.5}\n"                                      \
    "ema: " ema "\n" schedule
#define RECIPE(schedule) RECIPE_WITH("{decay: 0.9}", schedule)

static const char *const recipes[] = {
    RECIPE(""),
    RECIPE("schedule: {discriminator_steps: 3}\n"),
    RECIPE("schedule: {order: simultaneous}\n"),
    RECIPE("schedule: {order: simultaneous, discriminator_steps: 2}\n"),
    // 25 and 40 steps are no multiples of 2 or 3: a resumed run must know which update is
    // penalised.
    RECIPE("objective: {kind: relativistic-paired, r1: 1, penalty_every: 3}\nlog_gradients: true\n"
           "schedule: {discriminator_steps: 2}\n"),
    RECIPE("objective: {kind: wasserstein, gradient_penalty: 1, penalty_every: 2, "
           "penalty_apart: true}\n"),
    RECIPE("objective: {lecam: 0.3, historical_averaging: 0.1, feature_matching: 1}\n"
           "augment: {noise: 0.1, noise_ramp: [10, 30]}\n"),
    // Labels, spectral norms with their vectors, a residual block.
    "name: test\nseed: 5\nbatch: 24\nsteps: 1000\nlog_every: 100\n"
    "data: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"
    "generator: {parametrization: spectral, layers: [embedding: 3, concat: -1, dense: 16, "
    "conditional_batch_norm, relu, dense: 2]}\n"
    "discriminator: {parametrization: spectral, layers: [dense: 16, residual: [relu, dense: 16], "
    "relu, projection]}\n"
    "objective: {kind: hinge}\nema: {decay: 0.9, start: 5}\n",
    // Of pictures, with augmentation that adapts.
    "name: test\nseed: 5\nbatch: 8\nsteps: 1000\nlog_every: 100\n"
    "data: {source: 'builtin:digits', range: [-1, 1]}\nlatent: {size: 4}\n"
    "generator: [dense: 784, tanh]\n"
    "discriminator: [flatten, dense: 4, leaky_relu: 0.2, dense: 4, leaky_relu: 0.2, dense: 4, "
    "leaky_relu: 0.2, dense: 1]\n"
    "augment: {flip: true, brightness: 0.2, contrast: 0.3, translation: 0.05, cutout: 0.3, "
    "target: 0.3, every: 2, images: 1000}\n",
    // A third player, which goes on from D's features and is asked about codes.
    "name: test\nseed: 5\nbatch: 24\nsteps: 1000\nlog_every: 100\n"
    "data: {source: 'builtin:ring8'}\n"
    "latent: {size: 9, prior: uniform, categorical: [1, 4], continuous: 1}\n"
    "generator: [dense: 20, batch_norm, relu, dense: 2]\n"
    "discriminator: [dense: 12, leaky_relu: 0.2, dense: 8, batch_norm, leaky_relu: 0.2, dense: 1]\n"
    "encoder: {kind: codes, shares: 5, layers: [dense: 6, batch_norm, leaky_relu: 0.2, dense: 5]}\n"
    "schedule: {discriminator_steps: 2}\nlog_gradients: true\n",
    // A third player that gives real samples latents, and a discriminator of pairs.
    "name: test\nseed: 5\nbatch: 24\nsteps: 1000\nlog_every: 100\n"
    "data: {source: 'builtin:ring8'}\nlatent: {size: 4, prior: uniform}\n"
    "generator: [dense: 20, batch_norm, relu, dense: 2]\n"
    "discriminator: [latent, concat: -1, dense: 12, leaky_relu: 0.2, dense: 1]\n"
    "encoder: {kind: joint, layers: [dense: 16, batch_norm, leaky_relu: 0.2, dense: 4, tanh]}\n",
    RECIPE("schedule: {generator_steps: 3}\n"),
    // Reference batches, with labels.
    "name: test\nseed: 5\nbatch: 24\nsteps: 1000\nlog_every: 100\n"
    "data: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"
    "generator: {reference_batch: 10, layers: [embedding: 3, concat: -1, dense: 16, "
    "virtual_batch_norm, relu, dense: 2]}\n"
    "discriminator: {reference_batch: 6, layers: [dense: 16, virtual_batch_norm, relu, "
    "projection]}\n"
    "ema: {decay: 0.9, discriminator: 0.8}\n",
};
#define RECIPE_COUNT (sizeof recipes / sizeof recipes[0])

// One for all tests, so that what recipes share is compiled once.
typedef struct table {
    gan_recipe *recipe;
    gan_dataset *dataset;
    gan_trainer *trainer;
} table;

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static table set_table(const char *recipe) {
    table set = {0};
    succeed(gan_recipe_parse(recipe, "test", &set.recipe));
    succeed(gan__dataset_open(gan__recipe_values(set.recipe)->data.source, &set.dataset));
    succeed(gan__trainer_create(device, set.recipe, set.dataset, &set.trainer));
    succeed(gan__trainer_prepare(set.trainer));
    succeed(gan__trainer_initialise(set.trainer));
    return set;
}

static void clear_table(table *set) {
    gan__trainer_destroy(set->trainer);
    gan__dataset_close(set->dataset);
    gan_recipe_destroy(set->recipe);
}

static void run_steps(table *set, int steps) {
    for (int i = 0; i < steps; i++) succeed(gan__trainer_step(set->trainer));
}

static double launches_per_step(const table *set) {
    double launches = 0;
    const gan_trainer_program *listed;
    for (size_t i = 0; (listed = gan__trainer_program(set->trainer, i)) != NULL; i++)
        launches += listed->runs_per_step * (double)gan__program_launches(listed->program);
    return launches;
}

static uint64_t batch_bytes(const table *set) {
    const gan_dataset_info *const info = gan__dataset_info(set->dataset);
    uint64_t bytes = info->type == GAN_SAMPLE_TYPE_U8 ? 1 : sizeof(float);
    for (int i = 0; i < info->rank; i++) bytes *= (uint64_t)info->size[i];
    if (gan__trainer_game(set->trainer)->labels != NULL) bytes += sizeof(float);
    return bytes * (uint64_t)gan__recipe_values(set->recipe)->batch;
}

static void a_steady_step_allocates_nothing_and_waits_for_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < RECIPE_COUNT; i++) {
        table set = set_table(recipes[i]);
        const uint64_t k = (uint64_t)gan__recipe_values(set.recipe)->schedule.discriminator_steps;
        gan_device_counters before, after;
        run_steps(&set, 3);
        succeed(gan__device_finish(device));
        gan__device_get_counters(device, &before);
        assert_int_equal(before.build_retries, 0);
        gan__device_reset_counters(device);
        gan__device_get_counters(device, &before);
        run_steps(&set, 50);
        gan__device_get_counters(device, &after);
        assert_int_equal(after.host_syncs, 0);
        assert_int_equal(after.allocations, 0);
        assert_int_equal(after.builds, 0);
        assert_int_equal(after.bytes_allocated, before.bytes_allocated);
        assert_int_equal(after.bytes_staged, 50 * k * batch_bytes(&set));
        // What is planned is what is launched; a library call may be several launches of its own.
        // Penalised updates are rarer or more frequent than on average by one at most.
        assert_true((double)after.launches >= 49 * launches_per_step(&set));
        clear_table(&set);
    }
}

// --- Averaging -----------------------------------------------------------------------------------

static size_t read_weights(const table *set, float **weights, float **average) {
    const gan_game *const game = gan__trainer_game(set->trainer);
    gan_module *const module = gan__trainer_module(set->trainer);
    const gan_node *const parameters = game->generator.state.parameters;
    const size_t count = (size_t)gan__shape_elements(gan__node_shape(parameters));
    *weights = malloc(count * sizeof **weights);
    *average = malloc(count * sizeof **average);
    assert_true(*weights != NULL && *average != NULL);
    succeed(gan__module_read_state(module, parameters, *weights));
    succeed(gan__module_read_state(module, game->average, *average));
    return count;
}

// The k-th step (from 0) averages where k is at least `start`.
// A product and nothing else: latents and samples are turned by the host.
static void sampling_is_one_launch_a_dense_layer(void **state) {
    (void)state;
    table set = set_table(recipes[0]);
    const gan_trainer_program *listed;
    size_t launches = 0;
    for (size_t i = 0; (listed = gan__trainer_program(set.trainer, i)) != NULL; i++)
        if (strcmp(listed->name, "sampling") == 0)
            launches = gan__program_launches(listed->program);
    assert_int_equal(launches, 2);
    clear_table(&set);
}

static void check_average_from(int start, const char *recipe) {
    table set = set_table(recipe);
    float *weights, *average, *before;
    read_weights(&set, &weights, &before);
    free(weights);
    for (int k = 0; k < start + 3; k++) {
        run_steps(&set, 1);
        const size_t count = read_weights(&set, &weights, &average);
        for (size_t i = 0; i < count; i++) {
            const double w = (double)weights[i], blend = 0.9 * (double)before[i] + 0.1 * w;
            if (k < start)
                assert_true(average[i] == weights[i]);
            else
                assert_float_equal((double)average[i], blend, 1e-6);
        }
        if (k >= start) assert_memory_not_equal(average, weights, count * sizeof *weights);
        free(weights);
        free(before);
        before = average;
    }
    free(before);
    clear_table(&set);
}

static void the_average_is_the_weights_until_its_first_step(void **state) {
    (void)state;
    check_average_from(4, RECIPE_WITH("{decay: 0.9, start: 4}", ""));
    check_average_from(2, RECIPE_WITH("{decay: 0.9, start: 2}",
                                      "schedule: {order: simultaneous, discriminator_steps: 2}\n"));
}

// --- Saving --------------------------------------------------------------------------------------

static void save(table *set, const char *path) {
    gan_checkpoint_writer *writer = NULL;
    succeed(gan_checkpoint_writer_create(path, 1, &writer));
    succeed(gan__trainer_save(set->trainer, writer));
    succeed(gan_checkpoint_writer_commit(writer));
}

static void load(table *set, const char *path, uint64_t step) {
    gan_checkpoint *checkpoint = NULL;
    succeed(gan_checkpoint_open(path, &checkpoint));
    succeed(gan__trainer_load(set->trainer, checkpoint, step));
    gan_checkpoint_close(checkpoint);
}

static void assert_same_tensors(const char *a, const char *b) {
    gan_checkpoint *first = NULL, *second = NULL;
    succeed(gan_checkpoint_open(a, &first));
    succeed(gan_checkpoint_open(b, &second));
    const size_t count = gan_checkpoint_tensor_count(first);
    assert_int_equal(count, gan_checkpoint_tensor_count(second));
    assert_true(count > 20);
    for (size_t i = 0; i < count; i++) {
        const gan_tensor_info *const x = gan_checkpoint_tensor(first, i);
        const gan_tensor_info *const y = gan_checkpoint_tensor(second, i);
        assert_string_equal(x->name, y->name);
        if (x->crc != y->crc) fail_msg("%s differs", x->name);
    }
    gan_checkpoint_close(first);
    gan_checkpoint_close(second);
}

static void resuming_gives_the_bits_of_never_having_stopped(void **state) {
    (void)state;
    for (size_t i = 0; i < RECIPE_COUNT; i++) {
        table straight = set_table(recipes[i]), first = set_table(recipes[i]);
        run_steps(&straight, 40);
        save(&straight, "trainer-straight.gan");
        run_steps(&first, 25);
        save(&first, "trainer-first.gan");
        table second = set_table(recipes[i]);
        load(&second, "trainer-first.gan", 25);
        assert_int_equal(gan__trainer_step_count(second.trainer), 25);
        run_steps(&second, 15);
        save(&second, "trainer-second.gan");
        assert_same_tensors("trainer-straight.gan", "trainer-second.gan");
        clear_table(&straight);
        clear_table(&first);
        clear_table(&second);
    }
    unlink("trainer-straight.gan");
    unlink("trainer-first.gan");
    unlink("trainer-second.gan");
}

static void looking_does_not_change_training(void **state) {
    (void)state;
    table looked = set_table(recipes[0]), left = set_table(recipes[0]);
    float samples[64 * 2 * 64];
    const int64_t *const grid = gan__recipe_values(looked.recipe)->samples.grid;
    assert_true((size_t)(grid[0] * grid[1]) * 2 <= sizeof samples / sizeof samples[0]);
    for (int i = 0; i < 10; i++) {
        gan_trainer_sums sums;
        run_steps(&looked, 1);
        succeed(gan__trainer_sample(looked.trainer, samples));
        succeed(gan__trainer_generate(looked.trainer, 1000 + (uint64_t)i, 33, samples));
        succeed(gan__trainer_read_sums(looked.trainer, &sums));
    }
    run_steps(&left, 10);
    save(&looked, "trainer-looked.gan");
    save(&left, "trainer-left.gan");
    assert_same_tensors("trainer-looked.gan", "trainer-left.gan");
    clear_table(&looked);
    clear_table(&left);
    unlink("trainer-looked.gan");
    unlink("trainer-left.gan");
}

static void a_checkpoint_of_other_networks_is_refused_by_name(void **state) {
    (void)state;
    table set = set_table(recipes[0]);
    save(&set, "trainer-other.gan");
    clear_table(&set);
    char *const wider = strdup(recipes[0]);
    memcpy(strstr(wider, "dense: 20"), "dense: 21", 9);
    table other = set_table(wider);
    gan_checkpoint *checkpoint = NULL;
    succeed(gan_checkpoint_open("trainer-other.gan", &checkpoint));
    assert_int_equal(gan__trainer_load(other.trainer, checkpoint, 0), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "generator.0.weight"));
    gan_checkpoint_close(checkpoint);
    clear_table(&other);
    free(wider);
    unlink("trainer-other.gan");
}

static float *read_floats(const table *set, gan_node *state, size_t *count) {
    *count = (size_t)gan__shape_elements(gan__node_shape(state));
    float *const values = calloc(*count, sizeof *values);
    assert_non_null(values);
    succeed(gan__module_read_state(gan__trainer_module(set->trainer), state, values));
    return values;
}

// Where D stays as it is, the generator cannot tell two of its updates in one step from two steps.
static void a_steps_generator_updates_are_those_of_as_many_steps(void **state) {
    (void)state;
    static const char still[] =
        "name: test\nseed: 5\nbatch: 24\ndata: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"
        "generator: [dense: 20, relu, dense: 2]\n"
        "discriminator: [dense: 12, dropout: 0.25, dense: 1]\n"
        "optimizer: {discriminator: {kind: sgd, lr: 0}}\nschedule: {generator_steps: %d}\n";
    float *weights[3];
    size_t count = 0;
    for (int i = 0; i < 3; i++) {
        char recipe[512];
        snprintf(recipe, sizeof recipe, still, i == 1 ? 2 : 1);
        table set = set_table(recipe);
        const int steps[] = {6, 3, 3};
        run_steps(&set, steps[i]);
        weights[i] =
            read_floats(&set, gan__trainer_game(set.trainer)->generator.state.parameters, &count);
        clear_table(&set);
    }
    assert_memory_equal(weights[0], weights[1], count * sizeof(float));
    assert_memory_not_equal(weights[0], weights[2], count * sizeof(float));
    for (size_t i = 0; i < 3; i++) free(weights[i]);
}

// The players stay as they are, so that what D makes of samples hangs on the noise alone.
static void noise_falls_by_steps_however_many_updates_they_have(void **state) {
    (void)state;
    static const char still[] =
        "name: test\nseed: 5\nbatch: 24\ndata: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"
        "generator: [dense: 20, relu, dense: 2]\ndiscriminator: [dense: 12, relu, dense: 1]\n"
        "optimizer: {generator: {kind: sgd, lr: 0}, discriminator: {kind: sgd, lr: 0}}\n"
        "augment: {noise: 0.5, noise_ramp: [0, %d]}\nschedule: {generator_steps: %d}\n";
    static const struct {
        int ramp_end, generator_steps;
    } runs[] = {{8, 1}, {8, 2}, {4, 1}};
    float *sums[3];
    size_t count = 0;
    for (int i = 0; i < 3; i++) {
        char recipe[512];
        snprintf(recipe, sizeof recipe, still, runs[i].ramp_end, runs[i].generator_steps);
        table set = set_table(recipe);
        run_steps(&set, 4);
        sums[i] = read_floats(&set, gan__trainer_game(set.trainer)->discriminator_sums, &count);
        clear_table(&set);
    }
    assert_memory_equal(sums[0], sums[1], count * sizeof(float));
    assert_memory_not_equal(sums[0], sums[2], count * sizeof(float));
    for (size_t i = 0; i < 3; i++) free(sums[i]);
}

// The generator's batch norm is averaged as its weights are; the vectors of its spectral norms are
// those it has.
static void averaged_weights_have_averaged_statistics(void **state) {
    (void)state;
    table set = set_table(RECIPE_WITH("{decay: 0.75}", ""));
    table labelled = set_table(recipes[7]);
    table *const sets[] = {&set, &labelled};
    for (size_t i = 0; i < 2; i++) {
        const gan_game *const game = gan__trainer_game(sets[i]->trainer);
        const gan_network *const network = game->generator.network;
        size_t count;
        run_steps(sets[i], 8);
        float *const before = read_floats(sets[i], game->average_buffers, &count);
        run_steps(sets[i], 1);
        float *const after = read_floats(sets[i], game->average_buffers, &count);
        float *const own = read_floats(sets[i], game->generator.buffers, &count);
        const float decay = i == 0 ? 0.75f : 0.9f;
        for (size_t t = 0; t < gan__network_buffer_count(network); t++) {
            const gan_tensor *const tensor = gan__network_buffer(network, t);
            const bool statistic = strstr(tensor->name, "running") != NULL;
            for (int64_t e = tensor->offset; e < tensor->offset + tensor->elements; e++) {
                const float expected =
                    statistic ? decay * before[e] + (1 - decay) * own[e] : own[e];
                assert_true(before[e] != own[e]);
                if (!(fabsf(after[e] - expected) <= 1e-6f * (1 + fabsf(expected))))
                    fail_msg("%s[%lld] is averaged to %g, not %g", tensor->name, (long long)e,
                             (double)after[e], (double)expected);
            }
        }
        free(before);
        free(after);
        free(own);
        clear_table(sets[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_step_allocates_nothing_and_waits_for_nothing),
        cmocka_unit_test(sampling_is_one_launch_a_dense_layer),
        cmocka_unit_test(the_average_is_the_weights_until_its_first_step),
        cmocka_unit_test(resuming_gives_the_bits_of_never_having_stopped),
        cmocka_unit_test(looking_does_not_change_training),
        cmocka_unit_test(averaged_weights_have_averaged_statistics),
        cmocka_unit_test(a_steps_generator_updates_are_those_of_as_many_steps),
        cmocka_unit_test(noise_falls_by_steps_however_many_updates_they_have),
        cmocka_unit_test(a_checkpoint_of_other_networks_is_refused_by_name),
    };
    return cmocka_run_group_tests_name("trainer", tests, open_device, close_device);
}
