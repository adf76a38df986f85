// Blocks and parametrisations in a recipe: read, printed, overridden, compared and refused like any
// other layer, however deep they lie.
#include "recipe_fixture.h"

static const char text[] = "discriminator:\n"
                           "  parametrization: spectral\n"
                           "  layers:\n"
                           "    - dense: 8\n"
                           "    - residual:\n"
                           "        layers:\n"
                           "          - relu\n"
                           "          - residual: [dense: {units: 8, bias: false}]\n"
                           "          - dense: {units: 4, parametrization: none}\n"
                           "        skip:\n"
                           "          - dense: {units: 4, init: {kind: normal, std: 2, mean: 1}}\n"
                           "    - dense: {units: 1, parametrization: {kind: equalized, gain: 2}}\n"
                           "generator: [dense: 3]\n";

static void blocks_are_read_with_their_lists(void **state) {
    (void)state;
    gan_recipe *recipe = parse(text);
    const gan_recipe_network *d = &gan__recipe_values(recipe)->discriminator;
    assert_int_equal(d->count, 3);
    assert_int_equal(d->parametrization.kind, GAN_PARAMETRIZATION_SPECTRAL);
    assert_true(d->parametrization.value == 1);
    const gan_layer *block = &d->layers[1];
    assert_int_equal(block->lists[0].count, 3);
    assert_int_equal(block->lists[1].count, 1);
    const gan_layer *inner = &block->lists[0].layers[1];
    assert_string_equal(inner->kind->name, "residual");
    assert_true(inner->lists[0].count == 1 && inner->lists[1].count == 0);
    assert_true(inner->lists[0].layers[0].argument[1] == 0);
    assert_int_equal(block->lists[0].layers[2].parametrization.kind, GAN_PARAMETRIZATION_NONE);
    assert_true(block->lists[1].layers[0].init.mean == 1);
    assert_int_equal(block->lists[1].layers[0].line, 11);
    assert_true(d->layers[2].parametrization.value == 2 && d->layers[2].parametrization.other == 1);
    gan_recipe_destroy(recipe);
}

static void blocks_read_back_from_the_resolved_text(void **state) {
    (void)state;
    gan_recipe *first = parse(text), *second = parse(gan_recipe_text(first));
    gan_text keys = {0};
    assert_string_equal(gan_recipe_text(first), gan_recipe_text(second));
    assert_int_equal(gan__recipe_differences(first, second, &keys), 0);
    gan__text_destroy(&keys);
    gan_recipe_destroy(first);
    gan_recipe_destroy(second);
}

static void what_lies_in_blocks_is_overridden_and_compared(void **state) {
    (void)state;
    gan_recipe *first = parse(text), *second = parse(text);
    gan_text keys = {0};
    assert_int_equal(
        gan_recipe_set(second, "discriminator.layers.1.residual.skip.0.dense.bias=false"),
        GAN_STATUS_OK);
    const gan_recipe_values *values = gan__recipe_values(second);
    assert_true(values->discriminator.layers[1].lists[1].layers[0].argument[1] == 0);
    assert_int_equal(gan__recipe_differences(first, second, &keys), 1);
    assert_string_equal(gan__text_string(&keys), "discriminator.layers.1");
    gan__text_destroy(&keys);
    gan_recipe_destroy(first);
    gan_recipe_destroy(second);
}

#define G "generator: [dense: 3]\n"

static void mistakes_in_blocks_are_named_by_line(void **state) {
    (void)state;
    expect_failure(G "discriminator:\n  - residual:\n      layers:\n        - dens: 3\n",
                   "r.yaml:5: there is no layer \"dens\"; did you mean \"dense\"?");
    expect_failure(G "discriminator:\n  - residual:\n      skip: [dense: 1]\n",
                   "r.yaml:3: residual needs layers");
    expect_failure(G "discriminator:\n  - residual: {layers: []}\n",
                   "r.yaml:3: layers must be a list with at least one layer, not an empty one");
    expect_failure(G "discriminator:\n  - residual: {layers: 3}\n",
                   "r.yaml:3: layers must be a list with at least one layer, not \"3\"");
    expect_failure(G "discriminator:\n  - dense: {units: 1, parametrization: spectrl}\n",
                   "r.yaml:3: \"spectrl\" is no parametrisation; did you mean \"spectral\"?");
    expect_failure(G "discriminator:\n  parametrization: {kind: spectral, gain: 2}\n"
                     "  layers: [dense: 1]\n",
                   "r.yaml:3: spectral takes iterations, not \"gain\"");
    expect_failure(G "discriminator:\n  - batch_norm: {parametrization: spectral}\n",
                   "r.yaml:3: batch_norm has no \"parametrization\"; it takes momentum, epsilon, "
                   "affine, scale, init, bias_init");
}

static void shapes_in_blocks_are_refused_by_place_and_line(void **state) {
    (void)state;
    gan_recipe *recipe =
        parse(G "discriminator:\n  - residual:\n      layers:\n        - dense: 4\n"
                "        - convolution: {channels: 1, kernel: 3}\n");
    const gan_shape sample = GAN_SHAPE(3);
    gan_network *generator, *discriminator;
    assert_int_equal(gan__recipe_networks(recipe, &sample, 0, &generator, &discriminator),
                     GAN_STATUS_BAD_INPUT);
    assert_string_equal(gan_status_message(),
                        "r.yaml:6: discriminator layer 0.layers.1 (convolution): its input (4) is "
                        "no image (channels, height, width): put a reshape before it");
    gan_recipe_destroy(recipe);
}

static void labels_are_for_both_networks_or_neither(void **state) {
    (void)state;
    gan_recipe *recipe = parse("generator: [one_hot, dense: 3]\ndiscriminator: [dense: 1]\n");
    const gan_shape sample = GAN_SHAPE(3);
    gan_network *generator, *discriminator;
    assert_int_equal(gan__recipe_networks(recipe, &sample, 10, &generator, &discriminator),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(
        strstr(gan_status_message(),
               "r.yaml:2: the generator looks at labels but the discriminator does not"));
    gan_recipe_destroy(recipe);
}

static void expect_networks_failure(const char *recipe_text, const char *message) {
    gan_recipe *recipe = parse(recipe_text);
    const gan_shape sample = GAN_SHAPE(3);
    gan_network *generator, *discriminator, *encoder = NULL;
    gan_status status = gan__recipe_networks(recipe, &sample, 10, &generator, &discriminator);
    if (status == GAN_STATUS_OK)
        status = gan__recipe_encoder(recipe, &sample, 10, discriminator, &encoder);
    assert_int_equal(status, GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), message));
    gan__network_destroy(generator);
    gan__network_destroy(discriminator);
    gan_recipe_destroy(recipe);
}

static void only_generators_draw_tokens(void **state) {
    (void)state;
    expect_networks_failure(G "discriminator: [dense: 1, gumbel_softmax]\n",
                            "r.yaml:2: discriminator layer 1 (gumbel_softmax) draws tokens");
    expect_networks_failure(G "discriminator: [dense: 1]\nlatent: {size: 4}\n"
                              "encoder: {kind: latents, layers: [dense: 4, gumbel_softmax]}\n",
                            "r.yaml:4: encoder layer 1 (gumbel_softmax) draws tokens");
}

// Its cross-entropy has no gradient by samples that are drawn.
static void classes_are_not_asked_for_by_the_score_function(void **state) {
    (void)state;
    expect_networks_failure("generator: [one_hot, dense: 3, categorical]\n"
                            "discriminator: [dense: 11]\n"
                            "objective: {classifier: auxiliary, gradient: reinforce}\n",
                            "r.yaml:1: the generator looks at labels, and with");
}

static void packs_divide_the_batch_and_are_of_samples_alike(void **state) {
    (void)state;
    expect_failure(G "discriminator: [dense: 1]\nbatch: 7\nobjective: {pack: 2}\n",
                   "r.yaml:4: objective.pack is 2: it must divide the batch, which is 7");
    expect_failure(
        G "discriminator: [dense: 1]\nobjective: {pack: 2, r1: 1}\n",
        "r.yaml:3: objective.pack goes without penalties on the gradient at a sample: the "
        "discriminator judges 2 together");
    gan_recipe *recipe = parse(G "discriminator: [dense: 1]\nobjective: {pack: 2}\n");
    const gan_shape sample = GAN_SHAPE(3);
    gan_network *generator, *discriminator;
    assert_int_equal(gan__recipe_networks(recipe, &sample, 0, &generator, &discriminator),
                     GAN_STATUS_OK);
    assert_int_equal(gan__network_input_shape(discriminator)->size[0], 6);
    gan__network_destroy(generator);
    gan__network_destroy(discriminator);
    gan_recipe_destroy(recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_read_with_their_lists),
        cmocka_unit_test(blocks_read_back_from_the_resolved_text),
        cmocka_unit_test(what_lies_in_blocks_is_overridden_and_compared),
        cmocka_unit_test(mistakes_in_blocks_are_named_by_line),
        cmocka_unit_test(shapes_in_blocks_are_refused_by_place_and_line),
        cmocka_unit_test(labels_are_for_both_networks_or_neither),
        cmocka_unit_test(only_generators_draw_tokens),
        cmocka_unit_test(classes_are_not_asked_for_by_the_score_function),
        cmocka_unit_test(packs_divide_the_batch_and_are_of_samples_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
