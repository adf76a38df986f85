// Recipes: every message to the letter, overrides, the resolved text, comparison, and hostile YAML.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "recipe/recipe.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define NETWORKS                                                                                   \
    "generator: [dense: 2]\n"                                                                      \
    "discriminator:\n"                                                                             \
    "  - dense: 4\n"                                                                               \
    "  - leaky_relu: 0.2\n"                                                                        \
    "  - dense: 1\n"

static gan_recipe *parse(const char *text) {
    gan_recipe *recipe;
    if (gan_recipe_parse(text, "r.yaml", &recipe) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return recipe;
}

static void expect_failure(const char *text, const char *message) {
    gan_recipe *recipe = NULL;
    gan_status status = gan_recipe_parse(text, "r.yaml", &recipe);
    if (status == GAN_STATUS_OK) fail_msg("accepted; expected: %s", message);
    assert_int_equal(status, GAN_STATUS_BAD_INPUT);
    assert_null(recipe);
    assert_string_equal(gan_status_message(), message);
}

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
        "  init: {kind: orthogonal, gain: 1.4}\n"
        "  bias_init: {kind: zeros}\n"
        "  layers:\n"
        "    - dense: {units: 12, bias: false, init: {kind: xavier_normal, gain: 1}}\n"
        "    - reshape: {shape: [3, 2, 2]}\n"
        "    - batch_norm: {momentum: 0.1, epsilon: 1e-5, affine: true, scale: false}\n"
        "    - tanh\n"
        "    - dense: {units: 2, bias: true, bias_init: {kind: constant, value: -2}}\n"
        "discriminator:\n"
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

// --- What it may not say -----------------------------------------------------------------------

static void unknown_keys_are_refused_with_the_nearest_known_one(void **state) {
    (void)state;
    expect_failure(NETWORKS "batchs: 3\n",
                   "r.yaml:6: unknown key \"batchs\"; did you mean \"batch\"?");
    expect_failure(
        NETWORKS "optimizer:\n  generator:\n    learning_rate: 3\n",
        "r.yaml:8: unknown key \"learning_rate\" in optimizer.generator; there are kind, "
        "lr, lr_decay, lr_floor, lr_end, lr_ramp, momentum, momentum_end, "
        "momentum_ramp, nesterov, beta1, beta2, alpha, epsilon, weight_decay, "
        "clip_norm, clip_value, max_norm, clip_weights");
    expect_failure(NETWORKS "prior: uniform\n",
                   "r.yaml:6: unknown key \"prior\"; did you mean \"latent.prior\"?");
    expect_failure(
        NETWORKS "data.range: [0, 1]\n",
        "r.yaml:6: unknown key \"data.range\"; there are name, seed, batch, steps, data, "
        "latent, objective, augment, schedule, generator, discriminator, encoder, "
        "optimizer, ema, log_every, sample_every, save_every, keep, log_gradients, samples");
    expect_failure("generator: [dens: 2]\n",
                   "r.yaml:1: there is no layer \"dens\"; did you mean \"dense\"?");
    expect_failure("generator:\n  - dense: {unit: 2}\n",
                   "r.yaml:2: dense has no \"unit\"; did you mean \"units\"?");
    expect_failure("generator:\n  - tanh: {slope: 2}\n",
                   "r.yaml:2: tanh has no \"slope\"; it takes nothing");
    expect_failure("generator:\n  init: {kind: norml}\n  layers: [tanh]\n",
                   "r.yaml:2: \"norml\" is no initialiser; did you mean \"normal\"?");
    expect_failure("generator:\n  init: {kind: normal, gain: 2}\n  layers: [tanh]\n",
                   "r.yaml:2: normal takes std and mean, not \"gain\"");
}

static void wrong_types_and_ranges_are_refused(void **state) {
    (void)state;
    expect_failure("batch: many\n" NETWORKS,
                   "r.yaml:1: batch must be a whole number from 1 to 65536, not \"many\"");
    expect_failure("batch: 2.5\n" NETWORKS,
                   "r.yaml:1: batch must be a whole number from 1 to 65536, not \"2.5\"");
    expect_failure("batch: 0x10\n" NETWORKS,
                   "r.yaml:1: batch must be a whole number from 1 to 65536, not \"0x10\"");
    expect_failure("batch: [1]\n" NETWORKS,
                   "r.yaml:1: batch must be a whole number from 1 to 65536, not a list");
    expect_failure("ema: {decay: .nan}\n" NETWORKS,
                   "r.yaml:1: ema.decay must be a number from 0 to 0.999999999, not \".nan\"");
    expect_failure("ema: {decay: 1}\n" NETWORKS,
                   "r.yaml:1: ema.decay must be a number from 0 to 0.999999999, not \"1\"");
    expect_failure("latent: 100\n" NETWORKS,
                   "r.yaml:1: latent must be a mapping of keys, not \"100\"");
    expect_failure("- 1\n", "r.yaml:1: a recipe must be a mapping of keys, not a list");
    expect_failure("latent:\n  prior: gaussian\n" NETWORKS,
                   "r.yaml:2: latent.prior must be one of uniform, normal, spherical, not "
                   "\"gaussian\"");
    expect_failure("data: {range: [0]}\n" NETWORKS,
                   "r.yaml:1: data.range must be a list of two numbers from -1000000 to 1000000, "
                   "not a list");
    expect_failure("optimizer: {generator: {kind: sgd, nesterov: yes}}\n" NETWORKS,
                   "r.yaml:1: optimizer.generator.nesterov must be true or false, not \"yes\"");
    expect_failure("name: ../up\n" NETWORKS,
                   "r.yaml:1: name must have from 1 to 64 letters, digits, dots, dashes and "
                   "underscores and not begin with a dot, not \"../up\"");
    expect_failure("name: [a]\n" NETWORKS, "r.yaml:1: name must be a text, not a list");
    expect_failure("generator:\n- dense: 0\n",
                   "r.yaml:2: units of dense must be a whole number from 1 to 16777216, not \"0\"");
    expect_failure("generator:\n- dense: {units: 3, bias: 1}\n",
                   "r.yaml:2: bias of dense must be true or false, not \"1\"");
    expect_failure("generator:\n- dropout: 1\n",
                   "r.yaml:2: rate of dropout must be a number from 0 to 0.999, not \"1\"");
    expect_failure("generator:\n- reshape: [1, 0]\n",
                   "r.yaml:2: shape of reshape must be a list of one to three whole numbers from 1 "
                   "to 16777216, not a list");
    expect_failure("generator:\n- tanh: 3\n", "r.yaml:2: tanh takes nothing, not \"3\"");
    expect_failure("generator:\n- dense\n", "r.yaml:2: dense needs units");
    expect_failure(
        "generator:\n- dense: {units: 1}\n  bias: false\n",
        "r.yaml:2: a layer is one name, or one name with its arguments (- dense: {units: "
        "256, bias: false}), not several names");
    expect_failure("generator: []\n",
                   "r.yaml:1: layers must be a list with at least one layer, not an empty one");
    expect_failure("generator: dense\n",
                   "r.yaml:1: generator must be a mapping of keys, not \"dense\"");
    expect_failure("generator: {init: normal, layers: [tanh]}\n", "r.yaml:1: normal needs std");
    expect_failure("generator: {init: {kind: normal, std: -1}, layers: [tanh]}\n",
                   "r.yaml:1: std of normal must be a number from 0 to 1e+06, not \"-1\"");
    expect_failure("generator: {init: {std: 1}, layers: [tanh]}\n",
                   "r.yaml:1: init needs a kind: {kind: normal, std: 0.02}");
}

static void what_contradicts_itself_is_refused(void **state) {
    (void)state;
    expect_failure("batch: 3\n",
                   "r.yaml:1: generator.layers is missing: the layers, first to last");
    expect_failure(NETWORKS "latent: {range: [0, 1]}\n",
                   "r.yaml:6: latent.range has no effect while latent.prior is normal");
    expect_failure(NETWORKS "optimizer:\n  generator:\n    momentum: 0.9\n",
                   "r.yaml:8: optimizer.generator.momentum has no effect while "
                   "optimizer.generator.kind is adam");
    expect_failure(NETWORKS "objective: {kind: hinge, label_smoothing: 0.1}\n",
                   "r.yaml:6: objective.label_smoothing has no effect while objective.kind is "
                   "hinge");
    expect_failure(NETWORKS "objective: {penalty_points: real}\n",
                   "r.yaml:6: objective.penalty_points has no effect while "
                   "objective.gradient_penalty is 0");
    expect_failure(NETWORKS "objective: {penalty_deviation: 1}\n",
                   "r.yaml:6: objective.penalty_deviation has no effect while "
                   "objective.gradient_penalty is 0");
    expect_failure(NETWORKS "objective: {gradient_penalty: 1, penalty_deviation: 1}\n",
                   "r.yaml:6: objective.penalty_deviation has no effect while "
                   "objective.penalty_points is interpolated");
    expect_failure(NETWORKS "schedule: {order: simultaneous}\nobjective: {penalty_apart: true}\n",
                   "r.yaml:7: objective.penalty_apart gives the discriminator updates of its own, "
                   "so schedule.order must be alternating");
    expect_failure(NETWORKS "objective: {consistency: 10}\n",
                   "r.yaml:6: objective.consistency compares samples with augmented ones, so some "
                   "augmentation must be asked for, such as augment.translation: 0.125");
    expect_failure(NETWORKS "augment: {noise: 0.1, target: 0.6}\n",
                   "r.yaml:6: augment.target has no effect while nothing of augment.flip, "
                   "brightness, saturation, contrast, translation and cutout is asked for");
    expect_failure(NETWORKS "objective: {generator_scale: 0}\n",
                   "r.yaml:6: objective.generator_scale may be 0 only where "
                   "objective.feature_matching gives the generator another cost");
    expect_failure(NETWORKS "data:\n  range: [1, 0]\n",
                   "r.yaml:7: data.range must name the smaller number first");
    expect_failure(NETWORKS "steps: 3355444\nschedule:\n  discriminator_steps: 5\n",
                   "r.yaml:8: 3355444 steps of 5 discriminator updates are more than the 16777216 "
                   "that can be counted exactly: lower steps to 3355443, or "
                   "schedule.discriminator_steps");
    expect_failure(NETWORKS "batch: 3\nbatch: 4\n",
                   "r.yaml:7: key \"batch\" was given before, on line 6");
}

static void an_encoder_that_cannot_be_is_refused(void **state) {
    (void)state;
    expect_failure(NETWORKS "latent: {size: 11, categorical: [1, 10], continuous: 2}\n",
                   "r.yaml:6: latent.size is 11, but the codes alone have 12 elements");
    expect_failure(NETWORKS "latent: {categorical: [2, 1]}\n",
                   "r.yaml:6: latent.categorical must be a number of codes and at least 2 "
                   "categories for each, or [0, 0] for none");
    expect_failure(NETWORKS "encoder: {kind: latents}\n",
                   "r.yaml:6: encoder.layers is missing: the layers, first to last");
    expect_failure(NETWORKS "encoder: {kind: codes, layers: [dense: 1]}\n",
                   "r.yaml:6: encoder.kind is codes, but the latent has none; give it some with "
                   "latent.categorical or latent.continuous");
    expect_failure(NETWORKS "encoder: {layers: [dense: 1]}\n",
                   "r.yaml:6: encoder.layers has no effect while encoder.kind is none");
    expect_failure(NETWORKS "optimizer: {encoder: {lr: 0.1}}\n",
                   "r.yaml:6: optimizer.encoder.lr has no effect while encoder.kind is none");
    expect_failure(NETWORKS
                   "objective: {unroll: 2}\nencoder: {kind: latents, layers: [dense: 1]}\n",
                   "r.yaml:6: objective.unroll goes without an encoder");
    expect_failure(NETWORKS "objective: {r1: 1}\nencoder: {kind: joint, layers: [dense: 1]}\n",
                   "r.yaml:6: objective.r1 goes without an encoder of kind joint");
}

static void what_is_not_yaml_is_refused(void **state) {
    (void)state;
    expect_failure("", "r.yaml:1: there is nothing in it");
    expect_failure("batch: [1,\n", "r.yaml:2: this is not YAML: did not find expected node content "
                                   "while parsing a flow node");
    expect_failure("a: b: c\n",
                   "r.yaml:1: this is not YAML: mapping values are not allowed in this context");
    expect_failure(NETWORKS "---\nbatch: 3\n", "r.yaml:6: a second document begins here");
    expect_failure("batch: !!int 3\n",
                   "r.yaml:1: tags (tag:yaml.org,2002:int) have no meaning here");
    expect_failure("? [a]\n: b\n", "r.yaml:1: a key must be a plain word");
    expect_failure("batch: \"a\\0b\"\n", "r.yaml:1: a zero byte in a value");
    expect_failure("batch: *b\n", "r.yaml:1: *b stands for nothing that is complete before it");
    expect_failure("a: &a [*a]\n", "r.yaml:1: *a stands for nothing that is complete before it");
    expect_failure("batch: \xff\n", "r.yaml: byte 7: invalid leading UTF-8 octet");
}

// Nine levels of nine: 387 million values if they were all written out.
static void alias_bombs_are_cut_short(void **state) {
    (void)state;
    gan_text text = {0};
    gan__text_append(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        gan__text_append(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++) gan__text_append(&text, "%s*a%d", k ? ", " : "", i - 1);
        gan__text_append(&text, "]\n");
    }
    gan_recipe *recipe;
    assert_int_equal(gan_recipe_parse(gan__text_string(&text), "r.yaml", &recipe),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "more than 20000 values, aliases written out"));
    gan__text_clear(&text);
    for (int i = 0; i < 50000; i++) gan__text_append(&text, "[");
    assert_int_equal(gan_recipe_parse(gan__text_string(&text), "r.yaml", &recipe),
                     GAN_STATUS_BAD_INPUT);
    gan__text_destroy(&text);
}

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
        cmocka_unit_test(unknown_keys_are_refused_with_the_nearest_known_one),
        cmocka_unit_test(wrong_types_and_ranges_are_refused),
        cmocka_unit_test(what_contradicts_itself_is_refused),
        cmocka_unit_test(an_encoder_that_cannot_be_is_refused),
        cmocka_unit_test(what_is_not_yaml_is_refused),
        cmocka_unit_test(alias_bombs_are_cut_short),
        cmocka_unit_test(settings_override_by_path),
        cmocka_unit_test(settings_may_leave_keys_without_effect),
        cmocka_unit_test(bad_settings_say_what_would_be_right_and_change_nothing),
        cmocka_unit_test(differences_are_listed_but_for_what_was_set),
        cmocka_unit_test(networks_must_fit_the_data),
        cmocka_unit_test(loading_and_setting_survive_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
