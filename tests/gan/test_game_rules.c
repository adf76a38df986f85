// What a game keeps to beside its numbers: rates corrected for updates that there are, the mean of
// weights so far, what an objective needs of the networks, and an encoder that learns alone.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "gan/game_machine.h"
#include "gan/game_recipes.h"

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
    machine_begin(&m, NULL, 0.7);
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
    machine_begin(&m, NULL, 0.7);
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
    machine_begin(&m, NULL, 0.7);
    take_step(&m, 0);
    machine_get(&m, game->errors, errors);
    assert_true(errors[0] > 0);
    machine_close(&m);
    gan__game_destroy(game);
    gan_recipe_destroy(recipe);
}

// Each allocation of creating a game fails in turn; nothing is freed twice, and nothing leaks
// (under a leak checker).
static void check_creation(const char *text) {
    gan_recipe *recipe = NULL;
    gan_game *game = NULL;
    const gan_game_data data = {.sample = {1, {2}}, .element = GAN_ELEMENT_F32};
    succeed(gan_recipe_parse(text, "game", &recipe));
    gan__alloc_fail_at(0);
    succeed(gan__game_create(recipe, &data, &game));
    const size_t allocations = gan__alloc_count();
    size_t failed = 0;
    gan__game_destroy(game);
    assert_true(allocations > 20);
    for (size_t n = 1; n <= allocations; n++) {
        gan__alloc_fail_at(n);
        const gan_status status = gan__game_create(recipe, &data, &game);
        gan__alloc_fail_at(0);
        failed += status != GAN_STATUS_OK;
        if (status != GAN_STATUS_OK) assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        assert_true((status == GAN_STATUS_OK) == (game != NULL));
        gan__game_destroy(game);
    }
    // Some allocations can be done without.
    assert_true(failed > allocations / 2);
    gan_recipe_destroy(recipe);
}

static void creation_survives_any_failed_allocation(void **state) {
    (void)state;
    check_creation(DENSE_ADAM "objective: {unroll: 2}\n");
    check_creation(DENSE_ADAM "objective: {r1: 1}\nschedule: {order: extragradient}\n");
    check_creation(DENSE_ADAM "encoder: {kind: latents, layers: [dense: 3]}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_of_weights_so_far_leaves_out_updates_of_penalties),
        cmocka_unit_test(rates_are_corrected_only_for_updates_that_there_are),
        cmocka_unit_test(paths_need_a_condition),
        cmocka_unit_test(an_encoder_alone_learns_from_the_samples_that_inference_makes),
        cmocka_unit_test(an_encoder_alone_leaves_count_of_the_classifiers_errors),
        cmocka_unit_test(creation_survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("game_rules", tests, NULL, NULL);
}
