// Recipes that are small as files and large as what they say: each ends in a message, in little
// memory.
#include "cmocka_headers.h"

#include "base/text.h"
#include "clgan/recipe.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_text_cannot_be_multiplied_by_aliases),
        cmocka_unit_test(lists_cannot_be_multiplied_by_aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
