// Recipes that are small as files and large as what they say, and one damaged at each byte: each
// ends in a message, in little memory.
#include "cmocka_headers.h"

#include "base/text.h"
#include "clgan/recipe.h"
#include "damage.h"

#include <string.h>
#include <sys/resource.h>

static void refused(gan_text *text, const char *message) {
    gan_recipe *recipe;
    assert_int_equal(gan__text_status(text), GAN_STATUS_OK);
    assert_int_equal(gan_recipe_parse(text->bytes, "bomb.yaml", &recipe), GAN_STATUS_BAD_INPUT);
    assert_null(recipe);
    if (!strstr(gan_status_message(), message)) fail_msg("%s", gan_status_message());
    gan__text_destroy(text);
}

static long peak_kilobytes(void) {
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void a_long_text_cannot_be_multiplied_by_aliases(void **state) {
    (void)state;
    enum { LENGTH = 100000, ALIASES = 15000, KILOBYTES_MAX = 100000 };
    gan_text text = {0};
    gan__text_append(&text, "name: &a \"%0*d\"\nlist:\n", LENGTH, 0);
    for (int i = 0; i < ALIASES; i++) gan__text_append(&text, "- *a\n");
    const long before = peak_kilobytes();
    refused(&text, "bytes, aliases written out");
    assert_true(peak_kilobytes() - before < KILOBYTES_MAX);
}

static void lists_cannot_be_multiplied_by_aliases(void **state) {
    (void)state;
    gan_text text = {0};
    gan__text_append(&text, "l0: &l0 [a, a, a, a, a, a, a, a]\n");
    for (int i = 1; i < 9; i++)
        gan__text_append(&text, "l%d: &l%d [*l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d]\n", i,
                         i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    refused(&text, "values, aliases written out");
}

// Every construct that a recipe may have: nested lists and mappings, an alias, quotes, a comment.
static const char whole[] = "name: small # a comment\n"
                            "steps: 1e3\n"
                            "data: {source: \"builtin:ring8\"}\n"
                            "latent: {size: 4, prior: normal}\n"
                            "generator: &net [dense: 24, batch_norm, relu, dense: 2]\n"
                            "discriminator:\n"
                            "  - maxout: {units: 12, pieces: 3}\n"
                            "  - dropout: 0.25\n"
                            "  - dense: 1\n"
                            "optimizer: {generator: {kind: adam, lr: 1e-3}}\n"
                            "ema: {decay: 0.99}\n";

// Whether it is read; what is read can be printed, and that be read again.
static bool read_recipe(const char *text) {
    gan_recipe *recipe, *again;
    if (!damage_judge(gan_recipe_parse(text, "damaged.yaml", &recipe))) {
        assert_non_null(strstr(gan_status_message(), "damaged.yaml"));
        return false;
    }
    assert_int_equal(gan_recipe_parse(gan_recipe_text(recipe), "printed", &again), GAN_STATUS_OK);
    gan_recipe_destroy(again);
    gan_recipe_destroy(recipe);
    return true;
}

// A text has no checksum: another number or word is another recipe where it makes sense.
static void every_changed_byte_gives_an_error_or_a_recipe(void **state) {
    (void)state;
    static const char masks[] = {0x01, 0x04, 0x10, (char)0x80};
    char text[sizeof whole];
    size_t refused = 0;
    assert_true(read_recipe(whole));
    for (size_t i = 0; i + 1 < sizeof whole; i++) {
        for (size_t m = 0; m < sizeof masks; m++) {
            memcpy(text, whole, sizeof whole);
            text[i] = (char)(text[i] ^ masks[m]);
            refused += !read_recipe(text);
        }
    }
    assert_true(refused > 2 * sizeof whole);
}

static void every_truncation_gives_an_error_or_a_recipe(void **state) {
    (void)state;
    char text[sizeof whole];
    const size_t networks = (size_t)(strstr(whole, "  - maxout") - whole); // both are needed
    memcpy(text, whole, sizeof whole);
    for (size_t cut = sizeof whole - 1; cut-- > 0;) {
        text[cut] = '\0';
        if (read_recipe(text) && cut <= networks) fail_msg("cut to %zu bytes", cut);
    }
}

static void numbers_out_of_all_bounds_are_refused(void **state) {
    (void)state;
    static const char *const settings[] = {
        "steps: 9223372036854775808",
        "steps: 1e19",
        "steps: -1",
        "batch: 9223372036854775807",
        "batch: 1e400",
        "seed: 18446744073709551616",
        "latent: {size: 1e18}",
        "latent: {size: nan}",
        "generator: [dense: 9223372036854775807]",
        "ema: {decay: inf}",
        "data: {size: [4294967296, 4294967296]}",
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        gan_text text = {0};
        gan__text_append(&text, "%s\n%s", settings[i],
                         strstr(settings[i], "generator") ? "" : "generator: [dense: 2]\n");
        gan__text_append(&text, "discriminator: [dense: 1]\n");
        if (read_recipe(gan__text_string(&text))) fail_msg("read: %s", settings[i]);
        gan__text_destroy(&text);
    }
}

// Keys and values of a recipe stand in messages.
static void control_characters_do_not_reach_the_message(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\"a\\e[2Jb\": 1\n",
        "batch: \"\\e[2J\\r\\n\"\n",
        "batch: \x1b[2J\n",
        "name: \"\\e[2J\\x07\"\ngenerator: [\"\\e[31m\"]\n",
        "objective: {kind: \"\\x9b2J\\N\\_\\L\\P\"}\n",
        "data: {source: \"builtin:\\e[2J\"}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) (void)read_recipe(texts[i]);
    assert_false(read_recipe(texts[0]));
    assert_non_null(strstr(gan_status_message(), "\\x1b[2J"));
}

int main(void) {
    damage_bound_memory(256);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_text_cannot_be_multiplied_by_aliases),
        cmocka_unit_test(lists_cannot_be_multiplied_by_aliases),
        cmocka_unit_test(every_changed_byte_gives_an_error_or_a_recipe),
        cmocka_unit_test(every_truncation_gives_an_error_or_a_recipe),
        cmocka_unit_test(numbers_out_of_all_bounds_are_refused),
        cmocka_unit_test(control_characters_do_not_reach_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
