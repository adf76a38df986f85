// Recipes: what they may say, the resolved text, the networks they describe, and memory that fails.
#include "recipe_fixture.h"

#include "base/memory.h"

#include <locale.h>

// --- What a recipe may say ---------------------------------------------------------------------

static void a_short_recipe_gets_every_default(void **state) {
    (void)state;
    gan_recipe *recipe = parse(NETWORKS);
    const gan_recipe_values *values = gan__recipe_values(recipe);
    assert_string_equal(gan_recipe_name(recipe), "r");
    assert_int_equal(values->batch, 64);
    assert_false(values->data.has_range);
    assert_string_equal(values->data.source, "");
    assert_int_equal(values->latent.prior, GAN_PRIOR_NORMAL);
    assert_int_equal(values->objective.generator_cost, GAN_GENERATOR_COST_NON_SATURATING);
    assert_int_equal(values->schedule.order, GAN_ORDER_ALTERNATING);
    assert_int_equal(values->generator_optimizer.optimizer.kind, GAN_OPTIMIZER_ADAM);
    assert_true(values->generator_optimizer.optimizer.lr.start == 2e-4);
    assert_true(values->discriminator_optimizer.optimizer.beta1 == 0.5);
    assert_int_equal(values->discriminator.count, 3);
    assert_true(values->discriminator.layers[1].argument[0] == 0.2);
    assert_int_equal(values->discriminator.layers[1].line, 4);
    gan_recipe_destroy(recipe);
}

static const char full_recipe[] =
    "name: full\n"
    "seed: 9007199254740991\n"
    "batch: 32\n"
    "steps: 1e5\n"
    "data: {source: \"a b: #c\\\\\\\"\", range: [-1, 1], limit: [10, 20]}\n"
    "latent: {size: 16, prior: uniform, range: [0, 2.5]}\n"
    "objective: {generator_cost: minimax, discriminator_scale: 0.5, label_smoothing: 0.1, r1: 5}\n"
    "schedule: {discriminator_steps: 5, order: simultaneous}\n"
    "generator:\n"
    "  init: {kind: orthogonal, gain: 1.4}\n"
    "  bias_init: zeros\n"
    "  layers:\n"
    "    - dense: {units: 12, bias: false, init: {kind: xavier_normal}}\n"
    "    - reshape: [3, 2, 2]\n"
    "    - batch_norm: {scale: false}\n"
    "    - tanh\n"
    "    - dense: {units: 2, bias_init: {kind: constant, value: -2}}\n"
    "discriminator: [maxout: {units: 3, pieces: 4}, noise: 0.3, dense: 1]\n"
    "optimizer:\n"
    "  generator: {kind: sgd, lr: 0.1, lr_decay: 1.000004, lr_floor: 1e-6, momentum: 0.5,\n"
    "              momentum_end: 0.7, momentum_ramp: [500, 125000], nesterov: true}\n"
    "  discriminator: {kind: rmsprop, alpha: 0.9, clip_norm: 1, max_norm: 1.9365}\n"
    "ema: {decay: 0.999, start: 100}\n"
    "log_every: 7\n"
    "sample_every: 0\n"
    "save_every: 11\n"
    "keep: 0\n"
    "samples: {grid: [4, 6]}\n";

static void a_full_recipe_is_read_in_full(void **state) {
    (void)state;
    gan_recipe *recipe = parse(full_recipe);
    const gan_recipe_values *values = gan__recipe_values(recipe);
    assert_true(values->seed == 9007199254740991);
    assert_int_equal(values->steps, 100000);
    assert_string_equal(values->data.source, "a b: #c\\\"");
    assert_true(values->data.has_range && values->data.range[0] == -1);
    assert_int_equal(values->data.limit[1], 20);
    assert_true(values->latent.range[1] == 2.5);
    assert_true(values->objective.r1 == 5);
    assert_int_equal(values->generator.init.kind, GAN_INIT_ORTHOGONAL);
    assert_true(values->generator.init.value == 1.4);
    assert_int_equal(values->generator.layers[0].init.kind, GAN_INIT_XAVIER_NORMAL);
    assert_true(values->generator.layers[0].init.value == 1);
    assert_int_equal(values->generator.layers[1].shape.size[0], 3);
    assert_true(values->generator.layers[2].argument[3] == 0);
    assert_true(values->generator.layers[4].bias_init.value == -2);
    const gan_optimizer *sgd = &values->generator_optimizer.optimizer;
    assert_true(sgd->nesterov && sgd->lr.decay == 1.000004 && sgd->lr.floor == 1e-6);
    assert_true(sgd->momentum.end == 0.7 && sgd->momentum.ramp_end == 125000);
    assert_true(values->discriminator_optimizer.optimizer.max_norm == 1.9365);
    assert_true(values->ema.decay == 0.999);
    assert_int_equal(values->samples.grid[1], 6);
    gan_recipe_destroy(recipe);
}

static void the_resolved_text_reads_back_as_the_same_recipe(void **state) {
    (void)state;
    const char *const texts[] = {NETWORKS, full_recipe};
    for (int i = 0; i < 2; i++) {
        gan_recipe *first = parse(texts[i]), *second = parse(gan_recipe_text(first));
        gan_text keys = {0};
        if (i == 0) assert_non_null(strstr(gan_recipe_text(first), "name: r\n"));
        assert_string_equal(gan_recipe_text(first), gan_recipe_text(second));
        assert_int_equal(gan__recipe_differences(first, second, &keys), 0);
        gan_recipe_destroy(first);
        gan_recipe_destroy(second);
    }
}

static void the_resolved_text_is_this(void **state) {
    (void)state;
    gan_recipe *recipe = parse(full_recipe);
    static const char expected[] =
        "generator:\n"
        "  init_batch: 0\n"
        "  reference_batch: 0\n"
        "  init: {kind: orthogonal, gain: 1.4}\n"
        "  bias_init: {kind: zeros}\n"
        "  layers:\n"
        "    - dense: {units: 12, bias: false, init: {kind: xavier_normal, gain: 1}}\n"
        "    - reshape: {shape: [3, 2, 2]}\n"
        "    - batch_norm: {momentum: 0.1, epsilon: 1e-5, affine: true, scale: false}\n"
        "    - tanh\n"
        "    - dense: {units: 2, bias: true, bias_init: {kind: constant, value: -2}}\n"
        "discriminator:\n"
        "  init_batch: 0\n"
        "  reference_batch: 0\n"
        "  layers:\n"
        "    - maxout: {units: 3, pieces: 4, bias: true}\n"
        "    - noise: {std: 0.3}\n"
        "    - dense: {units: 1, bias: true}\n"
        "encoder:\n"
        "  kind: none\n"
        "optimizer:\n"
        "  generator:\n"
        "    kind: sgd\n"
        "    lr: 0.1\n";
    assert_non_null(strstr(gan_recipe_text(recipe), expected));
    assert_non_null(strstr(gan_recipe_text(recipe), "data:\n  source: \"a b: #c\\\\\\\"\"\n"));
    assert_null(strstr(gan_recipe_text(recipe), "beta1"));
    gan_recipe_destroy(recipe);
}

static void aliases_are_written_out(void **state) {
    (void)state;
    gan_recipe *recipe =
        parse(NETWORKS "optimizer: {generator: &o {lr: 0.5}, discriminator: *o}\n");
    assert_true(gan__recipe_values(recipe)->discriminator_optimizer.lr == 0.5);
    assert_int_equal(gan_recipe_set(recipe, "optimizer.generator.lr=0.25"), GAN_STATUS_OK);
    assert_true(gan__recipe_values(recipe)->discriminator_optimizer.lr == 0.5);
    gan_recipe_destroy(recipe);
}

// In a locale with decimal commas, where the machine has one.
static void numbers_ignore_the_locale(void **state) {
    (void)state;
    const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    bool found = false;
    for (int i = 0; i < 4 && !found; i++) found = setlocale(LC_ALL, names[i]) != NULL;
    if (!found) skip();
    gan_recipe *recipe = parse(NETWORKS "optimizer: {generator: {lr: 0.25}}\n");
    assert_true(gan__recipe_values(recipe)->generator_optimizer.lr == 0.25);
    assert_non_null(strstr(gan_recipe_text(recipe), "lr: 0.25\n"));
    setlocale(LC_ALL, "C");
    gan_recipe_destroy(recipe);
}

// --- Networks ----------------------------------------------------------------------------------

static void expect_misfit(const char *text, gan_shape sample, const char *message) {
    gan_recipe *recipe = parse(text);
    gan_network *generator, *discriminator;
    assert_int_equal(gan__recipe_networks(recipe, &sample, 0, &generator, &discriminator),
                     GAN_STATUS_BAD_INPUT);
    assert_null(generator);
    assert_null(discriminator);
    assert_string_equal(gan_status_message(), message);
    gan_recipe_destroy(recipe);
}

static void networks_must_fit_the_data(void **state) {
    (void)state;
    gan_recipe *recipe = parse(NETWORKS);
    gan_network *generator, *discriminator;
    gan_shape image = GAN_SHAPE(1, 2, 1);
    assert_int_equal(gan__recipe_networks(recipe, &image, 0, &generator, &discriminator),
                     GAN_STATUS_OK);
    assert_int_equal(gan__network_parameter_elements(generator), 100 * 2 + 2);
    assert_int_equal(gan__network_parameter_elements(discriminator), 2 * 4 + 4 + 4 + 1);
    gan__network_destroy(generator);
    gan__network_destroy(discriminator);
    gan_recipe_destroy(recipe);
    expect_misfit(NETWORKS, GAN_SHAPE(1, 28, 28),
                  "r.yaml:1: generator layer 0 (dense) gives (2), but a sample of the data is (1, "
                  "28, 28): 784 elements");
    expect_misfit("generator: [dense: 2]\ndiscriminator:\n- dense: 4\n- tanh\n", GAN_SHAPE(2),
                  "r.yaml:4: discriminator layer 1 (tanh) gives (4), but the discriminator must "
                  "give one value for a sample");
    expect_misfit("generator:\n- dense: 6\n- reshape: [2, 2]\ndiscriminator: [dense: 1]\n",
                  GAN_SHAPE(2),
                  "r.yaml:3: generator layer 1 (reshape): (2, 2) has 4 elements, its input (6) has "
                  "6");
    expect_misfit("generator: [tanh]\ndiscriminator: [dense: 1]\n", GAN_SHAPE(100),
                  "r.yaml:1: the generator has no layer with weights, so nothing in it can be "
                  "trained; add one, such as dense");
    expect_misfit("generator: [dense: 1]\ndiscriminator:\n- tanh\n", GAN_SHAPE(1),
                  "r.yaml:3: the discriminator has no layer with weights, so nothing in it can be "
                  "trained; add one, such as dense");
}

// --- Allocation failures -----------------------------------------------------------------------

static void loading_and_setting_survive_any_failed_allocation(void **state) {
    (void)state;
    gan_status status = GAN_STATUS_NO_MEMORY;
    for (size_t n = 1; status != GAN_STATUS_OK; n++) {
        gan_recipe *recipe = NULL;
        assert_true(n < 100000);
        gan__alloc_fail_at(n);
        status = gan_recipe_parse(full_recipe, "r.yaml", &recipe);
        if (status == GAN_STATUS_OK) status = gan_recipe_set(recipe, "batch=3");
        if (status == GAN_STATUS_OK && !gan_recipe_text(recipe)) status = GAN_STATUS_NO_MEMORY;
        gan__alloc_fail_at(0);
        gan_recipe_destroy(recipe);
        assert_true(status == GAN_STATUS_OK || status == GAN_STATUS_NO_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_recipe_gets_every_default),
        cmocka_unit_test(a_full_recipe_is_read_in_full),
        cmocka_unit_test(the_resolved_text_reads_back_as_the_same_recipe),
        cmocka_unit_test(the_resolved_text_is_this),
        cmocka_unit_test(aliases_are_written_out),
        cmocka_unit_test(numbers_ignore_the_locale),
        cmocka_unit_test(networks_must_fit_the_data),
        cmocka_unit_test(loading_and_setting_survive_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
