// Recipes: values that are set over those of the file, and comparison.
#include "recipe_fixture.h"

#include <stdio.h>

// --- Overrides ---------------------------------------------------------------------------------

static void settings_override_by_path(void **state) {
    (void)state;
    gan_recipe *recipe = parse(NETWORKS);
    const gan_recipe_values *values = gan__recipe_values(recipe);
    static const char *const settings[] = {
        "optimizer.generator.lr=1e-4",
        "batch=7",
        "data.range=[0, 1]",
        "data.source=builtin:ring8",
        "generator.layers.0.dense=5",
        "generator.layers.0.dense.bias=false",
        "discriminator.layers.1=tanh",
        "generator.init={kind: normal, std: 0.5}",
        "generator.init.std=0.75",
        "name=",
        "latent.prior=uniform",
        "latent.range=[-2, 2]",
        "optimizer.generator.kind=sgd",
        "optimizer.generator.momentum=0.9",
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (gan_recipe_set(recipe, settings[i]) != GAN_STATUS_OK)
            fail_msg("%s", gan_status_message());
    assert_true(values->generator_optimizer.optimizer.lr.start == 1e-4);
    assert_true(values->generator_optimizer.optimizer.momentum.start == 0.9);
    assert_int_equal(values->batch, 7);
    assert_string_equal(values->data.source, "builtin:ring8");
    assert_true(values->generator.layers[0].argument[0] == 5);
    assert_true(values->generator.layers[0].argument[1] == 0);
    assert_string_equal(values->discriminator.layers[1].kind->name, "tanh");
    assert_true(values->generator.init.value == 0.75);
    assert_string_equal(gan_recipe_name(recipe), "r");
    assert_non_null(strstr(gan_recipe_text(recipe), "  range: [-2, 2]\n"));
    gan_recipe_destroy(recipe);
}

// As a program writes lists: JSON is YAML.
static void layers_may_be_given_as_json(void **state) {
    (void)state;
    gan_recipe *recipe = parse(NETWORKS);
    const gan_recipe_values *values = gan__recipe_values(recipe);
    const char *const setting =
        "generator.layers=[{\"dense\":8},\"batch_norm\",{\"leaky_relu\":0.2},"
        "'tanh',{\"dense\":{\"units\":2,\"bias\":false}}]";
    if (gan_recipe_set(recipe, setting) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    assert_int_equal(values->generator.count, 5);
    assert_string_equal(values->generator.layers[1].kind->name, "batch_norm");
    assert_string_equal(values->generator.layers[3].kind->name, "tanh");
    assert_true(values->generator.layers[4].argument[1] == 0);
    gan_recipe_destroy(recipe);
}

// beta1 is in the recipe; choosing sgd over it by an option leaves it without meaning, not in
// error.
static void settings_may_leave_keys_without_effect(void **state) {
    (void)state;
    gan_recipe *recipe = parse(NETWORKS "optimizer: {generator: {beta1: 0.1}}\n");
    assert_int_equal(gan_recipe_set(recipe, "optimizer.generator.kind=sgd"), GAN_STATUS_OK);
    assert_null(strstr(gan_recipe_text(recipe), "beta1: 0.1"));
    gan_recipe_destroy(recipe);
    recipe = parse(NETWORKS "objective: {gradient_penalty: 1, penalty_points: real}\n");
    assert_int_equal(gan_recipe_set(recipe, "objective.gradient_penalty=0"), GAN_STATUS_OK);
    assert_null(strstr(gan_recipe_text(recipe), "penalty_points"));
    gan_recipe_destroy(recipe);
    // So does switching off the last of several that a key is about.
    recipe = parse(NETWORKS "objective: {r1: 1, penalty_every: 16}\n");
    assert_int_equal(gan_recipe_set(recipe, "objective.r1=0"), GAN_STATUS_OK);
    assert_null(strstr(gan_recipe_text(recipe), "penalty_every"));
    gan_recipe *again = parse(gan_recipe_text(recipe));
    gan_text keys = {0};
    assert_int_equal(gan__recipe_differences(recipe, again, &keys), 0);
    gan__text_destroy(&keys);
    gan_recipe_destroy(again);
    // But not asking for it by an option.
    assert_int_equal(gan_recipe_set(recipe, "objective.penalty_apart=true"),
                     GAN_STATUS_BAD_ARGUMENT);
    gan_recipe_destroy(recipe);
}

static void bad_settings_say_what_would_be_right_and_change_nothing(void **state) {
    (void)state;
    static const struct {
        const char *setting, *message;
    } cases[] = {
        {"batch", "batch: write KEY=VALUE, e.g. batch=64"},
        {"=3", "=3: write KEY=VALUE, e.g. batch=64"},
        {"batch=0", "batch=0: batch must be a whole number from 1 to 65536, not \"0\""},
        {"optimizer.generator.le=3", "optimizer.generator.le=3: unknown key \"le\" in "
                                     "optimizer.generator; did you mean \"lr\"?"},
        {"batch.x=3", "batch.x=3: \"batch\" has no keys inside it"},
        {"generator.layers.7=tanh", "generator.layers.7=tanh: \"7\" is no number from 0 to 0"},
        {"generator.layers.0.dens=4", "generator.layers.0.dens=4: a layer is one name, or one name "
                                      "with its arguments (- dense: {units: 256, bias: false}), "
                                      "not several names"},
        {"data.range=[0", "data.range=[0: this is not YAML: did not find expected ',' or ']' while "
                          "parsing a flow sequence"},
        {".batch=3", ".batch=3: a key must have from 1 to 63 characters"},
        {"samples={grid: [1, 1], grid: [2, 2]}",
         "samples={grid: [1, 1], grid: [2, 2]}: key \"grid\" is given twice"},
    };
    gan_recipe *recipe = parse("batch: 5\n" NETWORKS);
    gan_text before = {0};
    gan__text_append(&before, "%s", gan_recipe_text(recipe));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(gan_recipe_set(recipe, cases[i].setting), GAN_STATUS_BAD_ARGUMENT);
        const char *found = gan_status_message();
        const char *file = strstr(found, "r.yaml:2: "); // where the layer in question stands
        if (file && i == 6)
            assert_non_null(strstr(file, "a layer is one name"));
        else
            assert_string_equal(found, cases[i].message);
    }
    assert_string_equal(gan_recipe_text(recipe), gan__text_string(&before));
    gan__text_destroy(&before);
    gan_recipe_destroy(recipe);
}

// --- Comparison --------------------------------------------------------------------------------

static void differences_are_listed_but_for_what_was_set(void **state) {
    (void)state;
    gan_recipe *before = parse(NETWORKS "batch: 5\nlatent: {prior: uniform}\n");
    gan_recipe *now = parse("generator: [dense: 2]\n"
                            "discriminator: [dense: 8, leaky_relu: 0.2, dense: 1]\n"
                            "batch: 6\n"
                            "data: {range: [0, 1]}\n"
                            "optimizer: {discriminator: {lr: 1}}\n");
    gan_text keys = {0};
    assert_int_equal(gan__recipe_differences(now, before, &keys), 6);
    assert_string_equal(gan__text_string(&keys),
                        "batch, data.range, latent.prior, latent.range, discriminator.layers.0, "
                        "optimizer.discriminator.lr");
    assert_int_equal(gan_recipe_set(now, "batch=6"), GAN_STATUS_OK);
    assert_int_equal(gan_recipe_set(now, "discriminator.layers.0.dense=9"), GAN_STATUS_OK);
    assert_int_equal(gan_recipe_set(now, "latent={prior: normal}"), GAN_STATUS_OK);
    gan__text_clear(&keys);
    assert_int_equal(gan__recipe_differences(now, before, &keys), 2);
    assert_string_equal(gan__text_string(&keys), "data.range, optimizer.discriminator.lr");
    assert_int_equal(gan_recipe_set(now, "generator=[dense: 2, tanh]"), GAN_STATUS_OK);
    gan__text_clear(&keys);
    assert_int_equal(gan__recipe_differences(before, now, &keys), 7);
    assert_non_null(strstr(gan__text_string(&keys), "generator.layers, "));
    gan__text_destroy(&keys);
    gan_recipe_destroy(before);
    gan_recipe_destroy(now);
}

// The saved text of such a run has no generator.
static void layers_that_an_override_left_without_effect_do_not_differ(void **state) {
    (void)state;
    gan_recipe *before = parse("objective: {classifier: alone}\n"
                               "discriminator: [dense: 4, leaky_relu: 0.2, dense: 1]\n");
    gan_recipe *now = parse(NETWORKS);
    gan_text keys = {0};
    assert_int_equal(gan_recipe_set(now, "objective.classifier=alone"), GAN_STATUS_OK);
    assert_int_equal(gan__recipe_differences(now, before, &keys), 0);
    assert_string_equal(gan__text_string(&keys), "");
    gan__text_destroy(&keys);
    gan_recipe_destroy(before);
    gan_recipe_destroy(now);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_override_by_path),
        cmocka_unit_test(layers_may_be_given_as_json),
        cmocka_unit_test(settings_may_leave_keys_without_effect),
        cmocka_unit_test(bad_settings_say_what_would_be_right_and_change_nothing),
        cmocka_unit_test(differences_are_listed_but_for_what_was_set),
        cmocka_unit_test(layers_that_an_override_left_without_effect_do_not_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
