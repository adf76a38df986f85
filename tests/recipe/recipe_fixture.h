// What the tests of recipes share: two small networks, a recipe from text, and one that is refused.
#ifndef GAN_TESTS_RECIPE_RECIPE_FIXTURE_H
#define GAN_TESTS_RECIPE_RECIPE_FIXTURE_H

#include "cmocka_headers.h"

#include "recipe/recipe.h"

#include <string.h>

#define NETWORKS                                                                                   \
    "generator: [dense: 2]\n"                                                                      \
    "discriminator:\n"                                                                             \
    "  - dense: 4\n"                                                                               \
    "  - leaky_relu: 0.2\n"                                                                        \
    "  - dense: 1\n"

static inline gan_recipe *parse(const char *text) {
    gan_recipe *recipe;
    if (gan_recipe_parse(text, "r.yaml", &recipe) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return recipe;
}

static inline void expect_failure(const char *text, const char *message) {
    gan_recipe *recipe = NULL;
    gan_status status = gan_recipe_parse(text, "r.yaml", &recipe);
    if (status == GAN_STATUS_OK) fail_msg("accepted; expected: %s", message);
    assert_int_equal(status, GAN_STATUS_BAD_INPUT);
    assert_null(recipe);
    assert_string_equal(gan_status_message(), message);
}

#endif
