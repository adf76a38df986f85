// The recipes that ship: each loads, reads back from its resolved text, and makes networks of the
// sizes that the experiments they follow had.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "recipe/recipe.h"

#include <stdio.h>
#include <string.h>

// Shapes of the data each is for, and parameters. 0: not published, so not checked.
static const struct {
    const char *name;
    gan_shape sample;
    int64_t generator, discriminator;
    int64_t classes; // of its labels, where they are used
} models[] = {
    {"gauss1d", {1, {1}}, 1153, 8577, 0},
    {"ring8", {1, {2}}, 484802, 405201, 0}, // Lin et al. 2018, packing 1
    {"grid25", {1, {2}}, 484802, 405201, 0},
    {"xy", {1, {1}}, 2, 1, 0},
    {"unrolled-ring8", {1, {2}}, 49666, 17025, 0}, // Metz et al. 2017
    {"digits", {3, {1, 28, 28}}, 0, 0, 0},
    {"mnist-mlp", {3, {1, 28, 28}}, 1486352, 533505, 0},
    {"mnist-paper", {3, {1, 28, 28}}, 2503984, 1231441, 0}, // Goodfellow et al. 2014
    {"mnist-dcgan", {3, {1, 28, 28}}, 759681, 138689, 0},
    {"wgan-gp", {3, {1, 28, 28}}, 1554177, 1030145, 0}, // the sums of gan_mnist.py's layers
    {"mnist-conditional", {3, {1, 28, 28}}, 2413984, 1224351, 10}, // Mirza, Osindero 2014
    {"mnist-classifier", {3, {1, 28, 28}}, 0, 0, 10},
    {"mnist-semisup", {3, {1, 28, 28}}, 694568, 1541020, 10}, // Salimans et al. 2016
    {"dcgan-64", {3, {3, 64, 64}}, 3576704, 2765568, 0},      // PyTorch's example
    {"cifar-sngan", {3, {3, 32, 32}}, 4276739, 1053825, 0},   // Lee, Town 2020
    {"biggan-32", {3, {3, 32, 32}}, 0, 0, 10},
    {"r3gan-32", {3, {3, 32, 32}}, 0, 0, 0},
    {"mnist-infogan", {3, {1, 28, 28}}, 6652481, 6559169, 0}, // the sums of the authors' layers
    {"mnist-bigan", {3, {1, 28, 28}}, 1953792, 1903616, 0},
    {"stacked-mnist", {3, {3, 28, 28}}, 4512323, 4309505, 0}, // Lin et al. 2018, table 2, packing 1
    {"stacked-mnist-narrow", {3, {3, 28, 28}}, 321683, 270977, 0}, // the sums of its layers
    {"brackets", {3, {4, 1, 16}}, 27332, 6337, 0},                 // as docs/discrete.md has them
    {"text-wgan-gp", {3, {75, 1, 32}}, 89643, 24065, 0},
    {"stylegan2-32", {3, {3, 32, 32}}, 0, 0, 0},
};
enum { MODELS = sizeof models / sizeof models[0] };

static gan_recipe *load(const char *name) {
    char path[512];
    gan_recipe *recipe;
    snprintf(path, sizeof path, "%s/models/%s.yaml", CLGAN_TEST_SOURCE, name);
    if (gan_recipe_load(path, &recipe) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    assert_string_equal(gan_recipe_name(recipe), name);
    return recipe;
}

static void shipped_recipes_make_networks_of_their_experiments_size(void **state) {
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        gan_recipe *recipe = load(models[i].name);
        gan_network *generator, *discriminator, *encoder;
        if (gan__recipe_networks(recipe, &models[i].sample, models[i].classes, &generator,
                                 &discriminator) != GAN_STATUS_OK ||
            gan__recipe_encoder(recipe, &models[i].sample, models[i].classes, discriminator,
                                &encoder) != GAN_STATUS_OK)
            fail_msg("%s", gan_status_message());
        if (models[i].generator) {
            assert_int_equal(gan__network_parameter_elements(generator), models[i].generator);
            assert_int_equal(gan__network_parameter_elements(discriminator),
                             models[i].discriminator);
        }
        gan__network_destroy(generator);
        gan__network_destroy(discriminator);
        gan__network_destroy(encoder);
        gan_recipe_destroy(recipe);
    }
}

static void every_file_in_models_reads_back_from_its_resolved_text(void **state) {
    (void)state;
    char **names;
    size_t count, recipes = 0;
    assert_int_equal(gan__folder_list(CLGAN_TEST_SOURCE "/models", &names, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        char *suffix = strstr(names[i], ".yaml");
        if (suffix) {
            *suffix = '\0';
            gan_recipe *recipe = load(names[i]), *again;
            gan_text keys = {0};
            assert_int_equal(gan_recipe_parse(gan_recipe_text(recipe), "again", &again),
                             GAN_STATUS_OK);
            assert_string_equal(gan_recipe_text(recipe), gan_recipe_text(again));
            assert_int_equal(gan__recipe_differences(recipe, again, &keys), 0);
            gan_recipe_destroy(recipe);
            gan_recipe_destroy(again);
            recipes++;
        }
        gan__free(names[i]);
    }
    gan__free(names);
    assert_int_equal(recipes, MODELS);
}

// REFERENCES 1.1, number by number.
static void the_papers_recipe_is_the_papers(void **state) {
    (void)state;
    gan_recipe *recipe = load("mnist-paper");
    const gan_recipe_values *values = gan__recipe_values(recipe);
    const gan_optimizer *optimizers[2] = {&values->generator_optimizer.optimizer,
                                          &values->discriminator_optimizer.optimizer};
    assert_int_equal(values->batch, 100);
    assert_true(values->data.limit[0] == 0 && values->data.limit[1] == 50000);
    assert_true(values->data.range[0] == 0 && values->data.range[1] == 1);
    assert_int_equal(values->latent.prior, GAN_PRIOR_UNIFORM);
    assert_true(values->latent.range[1] * values->latent.range[1] - 3 < 1e-15);
    assert_true(values->latent.range[0] == -values->latent.range[1]);
    assert_true(values->objective.discriminator_scale == 0.5);
    assert_int_equal(values->objective.generator_cost, GAN_GENERATOR_COST_NON_SATURATING);
    assert_int_equal(values->schedule.order, GAN_ORDER_SIMULTANEOUS);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(optimizers[i]->kind, GAN_OPTIMIZER_SGD);
        assert_false(optimizers[i]->nesterov);
        assert_true(optimizers[i]->lr.start == 0.1 && optimizers[i]->lr.decay == 1.000004);
        assert_true(optimizers[i]->lr.floor == 1e-6);
        assert_true(optimizers[i]->momentum.start == 0.5 && optimizers[i]->momentum.end == 0.7);
    }
    assert_true(values->generator.init.value == 0.05);
    assert_true(values->discriminator.init.value == 0.005);
    gan_recipe_destroy(recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_recipes_make_networks_of_their_experiments_size),
        cmocka_unit_test(every_file_in_models_reads_back_from_its_resolved_text),
        cmocka_unit_test(the_papers_recipe_is_the_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
