// Recipes that are refused: every message to the letter, and hostile YAML.
#include "recipe_fixture.h"

#include <stdio.h>

static void unknown_keys_are_refused_with_the_nearest_known_one(void **state) {
    (void)state;
    expect_failure(NETWORKS "batchs: 3\n",
                   "r.yaml:6: unknown key \"batchs\"; did you mean \"batch\"?");
    expect_failure(
        NETWORKS "optimizer:\n  generator:\n    learning_rate: 3\n",
        "r.yaml:8: unknown key \"learning_rate\" in optimizer.generator; there are kind, "
        "lr, lr_decay, lr_floor, lr_end, lr_ramp, lr_curve, momentum, momentum_end, "
        "momentum_ramp, nesterov, beta1, beta2, alpha, epsilon, weight_decay, "
        "clip_norm, clip_value, max_norm, clip_weights");
    expect_failure(NETWORKS "prior: uniform\n",
                   "r.yaml:6: unknown key \"prior\"; did you mean \"latent.prior\"?");
    expect_failure(
        NETWORKS "data.range: [0, 1]\n",
        "r.yaml:6: unknown key \"data.range\"; there are name, seed, batch, steps, data, "
        "latent, objective, augment, schedule, generator, discriminator, encoder, "
        "optimizer, ema, log_every, sample_every, save_every, keep, log_gradients, orbit, "
        "samples, modes");
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
    expect_failure(NETWORKS "schedule: {order: simultaneous}\n"
                            "objective: {penalty_apart: true, r1: 1}\n",
                   "r.yaml:7: objective.penalty_apart gives the discriminator updates of its own, "
                   "so schedule.order must be alternating");
    expect_failure(NETWORKS "objective: {consistency: 10}\n",
                   "r.yaml:6: objective.consistency compares samples with augmented ones, so some "
                   "augmentation must be asked for, such as augment.translation: 0.125");
    expect_failure(NETWORKS "augment: {noise: 0.1, target: 0.6}\n",
                   "r.yaml:6: augment.target has no effect while nothing of augment.flip, "
                   "brightness, saturation, contrast, translation and cutout is asked for");
    expect_failure(NETWORKS "objective: {gradient: reinforce, path_length: 2}\n",
                   "r.yaml:6: objective.gradient reinforce goes without objective.path_length");
    expect_failure(NETWORKS "objective: {generator_scale: 0}\n",
                   "r.yaml:6: objective.generator_scale may be 0 only where "
                   "objective.feature_matching gives the generator another cost");
    expect_failure(NETWORKS "data:\n  range: [1, 0]\n",
                   "r.yaml:7: data.range must name the smaller number first");
    expect_failure(NETWORKS "optimizer:\n  generator:\n    lr_ramp: [9, 3]\n",
                   "r.yaml:8: optimizer.generator.lr_ramp must name the smaller number first");
    expect_failure(NETWORKS "optimizer:\n  discriminator:\n    lr_ramp: [3, 9]\n"
                            "    lr_curve: exponential\n",
                   "r.yaml:9: optimizer.discriminator.lr_curve can be exponential only where lr "
                   "and lr_end are above 0");
    expect_failure(NETWORKS "steps: 3355444\nschedule:\n  discriminator_steps: 5\n",
                   "r.yaml:8: 3355444 steps of 5 discriminator updates are more than the 16777216 "
                   "that can be counted exactly: lower steps to 3355443, or "
                   "schedule.discriminator_steps");
    expect_failure(NETWORKS "schedule: {generator_steps: 2, order: simultaneous}\n",
                   "r.yaml:6: schedule.generator_steps gives the generator updates of its own, so "
                   "schedule.order must be alternating");
    expect_failure(NETWORKS "schedule: {generator_steps: 2}\nobjective: {path_length: 2}\n",
                   "r.yaml:6: schedule.generator_steps goes without objective.path_length, whose "
                   "updates come after so many of the generator's");
    expect_failure(NETWORKS "steps: 5592406\nschedule: {generator_steps: 3}\n",
                   "r.yaml:7: 5592406 steps of 3 generator updates are more than the 16777216 that "
                   "can be counted exactly: lower steps to 5592405");
    expect_failure(
        "generator: {reference_batch: 8, layers: [dense: 1]}\ndiscriminator: [dense: 1]\n",
        "r.yaml:1: generator.reference_batch has no effect while no layer of it is "
        "virtual_batch_norm");
    expect_failure("generator: [dense: 1]\ndiscriminator:\n  reference_batch: 8\n"
                   "  layers: [dense: 2, virtual_batch_norm, dense: 1]\nobjective: {pack: 2}\n",
                   "r.yaml:3: discriminator.reference_batch goes without objective.pack: its "
                   "samples are single ones");
    expect_failure(NETWORKS "batch: 3\nbatch: 4\n",
                   "r.yaml:7: key \"batch\" was given before, on line 6");
}

// Keys that mean nothing beside the others, where one other key does not say so alone.
static void keys_without_effect_are_refused(void **state) {
    (void)state;
    const struct {
        const char *text, *message;
    } cases[] = {
        {"objective: {penalty_every: 16}\n",
         "objective.penalty_every has no effect while objective.r1, r2 and gradient_penalty are 0"},
        {"objective: {penalty_apart: true}\n",
         "objective.penalty_apart has no effect while objective.r1, r2 and gradient_penalty are 0"},
        {"objective: {gradient_penalty: 1, penalty_target: 0, penalty_one_sided: true}\n",
         "objective.penalty_one_sided has no effect while objective.penalty_target is 0"},
        {"objective: {generator_scale: 0, feature_matching: 1, generator_cost: minimax}\n",
         "objective.generator_cost has no effect while objective.generator_scale is 0"},
        {"augment: {noise: 0.1, probability: 0.5}\n",
         "augment.probability has no effect while nothing of augment.flip, brightness, saturation, "
         "contrast, translation and cutout is asked for"},
        {"data: {stack_count: 9}\n", "data.stack_count has no effect while data.stack is 1"},
        {"data: {fit: stretch}\n", "data.fit has no effect while data.size is [0, 0]"},
        {"latent: {size: 4, categorical: [1, 3], continuous: 1, prior: uniform}\n",
         "latent.prior has no effect while the codes take all of latent.size"},
        {"latent: {categorical: [1, 3]}\n"
         "encoder: {kind: codes, layers: [dense: 3], continuous_weight: 2}\n",
         "encoder.continuous_weight has no effect while latent.continuous is 0"},
        {"latent: {categorical: [1, 3]}\n"
         "encoder: {kind: codes, layers: [dense: 3], learned_deviation: true}\n",
         "encoder.learned_deviation has no effect while latent.continuous is 0"},
        {"ema: {start: 10}\n",
         "ema.start has no effect while ema.decay and ema.discriminator are 0"},
        {"optimizer: {generator: {lr_end: 1e-5}}\n",
         "optimizer.generator.lr_end has no effect while optimizer.generator.lr_ramp is [0, 0]"},
        {"optimizer: {encoder: {lr_curve: exponential}}\n"
         "encoder: {kind: latents, layers: [dense: 3]}\n",
         "optimizer.encoder.lr_curve has no effect while optimizer.encoder.lr_ramp is [0, 0]"},
        {"optimizer: {discriminator: {lr: 1e-3, lr_floor: 1e-5}}\n",
         "optimizer.discriminator.lr_floor has no effect while the rate is constant: neither "
         "lr_decay nor lr_ramp is given"},
        {"optimizer: {discriminator: {kind: sgd, momentum: 0.5, momentum_end: 0.9}}\n",
         "optimizer.discriminator.momentum_end has no effect while "
         "optimizer.discriminator.momentum_ramp is [0, 0]"},
        {"optimizer: {generator: {kind: sgd, nesterov: true}}\n",
         "optimizer.generator.nesterov has no effect while optimizer.generator.momentum is 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512], found[512];
        gan_recipe *recipe = NULL;
        snprintf(text, sizeof text, NETWORKS "%s", cases[i].text);
        if (gan_recipe_parse(text, "r.yaml", &recipe) == GAN_STATUS_OK)
            fail_msg("accepted; expected: %s", cases[i].message);
        snprintf(found, sizeof found, "%s", strchr(gan_status_message(), ' ') + 1);
        assert_string_equal(found, cases[i].message);
        // What an older version let pass can still be used out of a checkpoint.
        assert_int_equal(gan__recipe_parse_saved(text, "r.yaml", &recipe), GAN_STATUS_OK);
        gan_recipe_destroy(recipe);
    }
}

// The same keys with the values that they have anyway, as resolved recipes print them.
static void keys_without_effect_may_have_their_own_values(void **state) {
    (void)state;
    gan_recipe_destroy(parse(NETWORKS "objective: {penalty_every: 1, penalty_apart: false}\n"
                                      "augment: {probability: 1}\n"
                                      "data: {fit: crop}\n"
                                      "ema: {start: 0}\n"
                                      "optimizer: {generator: {kind: sgd, lr_end: 0, lr_floor: 0, "
                                      "momentum_end: 0, nesterov: false}}\n"));
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
    expect_failure(NETWORKS "objective: {classifier: implicit}\ndata: {labelled: 1}\n"
                            "encoder: {kind: joint, layers: [dense: 1]}\n",
                   "r.yaml:7: data.labelled goes without an encoder of kind joint");
    expect_failure(NETWORKS "objective: {generator_scale: 0, feature_matching: 1}\n"
                            "encoder: {kind: joint, layers: [dense: 1]}\n",
                   "r.yaml:6: objective.generator_scale is the factor of a joint encoder's cost, "
                   "too, so it must be above 0");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_keys_are_refused_with_the_nearest_known_one),
        cmocka_unit_test(wrong_types_and_ranges_are_refused),
        cmocka_unit_test(what_contradicts_itself_is_refused),
        cmocka_unit_test(keys_without_effect_are_refused),
        cmocka_unit_test(keys_without_effect_may_have_their_own_values),
        cmocka_unit_test(an_encoder_that_cannot_be_is_refused),
        cmocka_unit_test(what_is_not_yaml_is_refused),
        cmocka_unit_test(alias_bombs_are_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
