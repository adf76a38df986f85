// Five training steps of small games, each of another objective and other penalties, against
// PyTorch in float64 (tests/golden/make_game.py): the sums of both players' figures, and every
// parameter of both after them, in the interpreter and on every OpenCL device. Latents and the
// points of penalties are the game's own draws, which the script draws too.
#include "cmocka_headers.h"

#include "gan/game_cases.h"
#include "gan/game_machine.h"

enum { STEPS = 5 };

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
    const bool plays = game->generator.network != NULL;
    machine_begin(&m, device, is->weights);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_steps_of_each_game_are_pytorchs_in_double_precision),
        cmocka_unit_test(five_steps_of_each_game_are_pytorchs_on_every_device),
    };
    return cmocka_run_group_tests_name("game", tests, NULL, NULL);
}
