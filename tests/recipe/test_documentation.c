// docs/recipes.md against the tables: every key, layer and initialiser has its row there, word for
// word. When this fails it prints the row that is missing.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "recipe/keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char *documentation(void) {
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(CLGAN_TEST_SOURCE "/docs/recipes.md", 1 << 20, &bytes, &length),
                     GAN_STATUS_OK);
    return (char *)bytes;
}

static size_t missing;

static void expect_row(const char *page, gan_text *row) {
    gan__text_append(row, "\n");
    if (!strstr(page, gan__text_string(row))) {
        print_error("missing: %s", gan__text_string(row));
        missing++;
    }
    gan__text_destroy(row);
}

static void append_range(gan_text *row, double low, double high) {
    char a[GAN_NUMBER_TEXT], b[GAN_NUMBER_TEXT];
    gan__text_append(row, "%s to %s", gan__number_print(low, a), gan__number_print(high, b));
}

static void append_values(gan_text *row, const gan_key *key) {
    static const char *const words[] = {
        [GAN_KEY_TEXT] = "text",
        [GAN_KEY_WHOLE] = "whole, ",
        [GAN_KEY_REAL] = "number, ",
        [GAN_KEY_BOOL] = "`true`, `false`",
        [GAN_KEY_CHOICE] = "",
        [GAN_KEY_WHOLE_PAIR] = "two whole, ",
        [GAN_KEY_REAL_PAIR] = "two numbers, ",
        [GAN_KEY_INIT] = "[initialiser](#initialisers)",
        [GAN_KEY_PARAMETRIZATION] = "[parametrisation](#parametrisations)",
        [GAN_KEY_LAYERS] = "[layers](#layers)",
    };
    gan__text_append(row, "%s", words[key->type]);
    for (size_t i = 0; key->type == GAN_KEY_CHOICE && key->choices[i]; i++)
        gan__text_append(row, "%s`%s`", i ? ", " : "", key->choices[i]);
    if (key->low < key->high && key->type != GAN_KEY_BOOL) append_range(row, key->low, key->high);
}

// The keys of the networks and of their optimisers are alike; the page has them once.
static bool is_twin(const gan_key *key) {
    static const char *const twins[] = {
        "discriminator.",    "optimizer.discriminator.", "optimizer.encoder.", "encoder.init",
        "encoder.bias_init", "encoder.parametrization",  "encoder.layers"};
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        if (strncmp(key->path, twins[i], strlen(twins[i])) == 0) return true;
    return false;
}

static void every_key_is_documented(void **state) {
    (void)state;
    char *page = documentation();
    missing = 0;
    for (size_t i = 0; i < gan__key_count(); i++) {
        const gan_key *key = gan__key(i);
        gan_text row = {0};
        if (is_twin(key)) continue;
        gan__text_append(&row, "| `%s` | ", key->path);
        append_values(&row, key);
        if (!key->fallback)
            gan__text_append(&row, " | required | ");
        else if (key->fallback[0])
            gan__text_append(&row, " | `%s` | ", key->fallback);
        else
            gan__text_append(&row, " | | ");
        gan__text_append(&row, "%s |", key->meaning);
        expect_row(page, &row);
    }
    gan__free(page);
    assert_int_equal(missing, 0);
}

static void append_argument(gan_text *row, const gan_layer_argument *argument, bool first) {
    static const char *const words[] = {[GAN_LAYER_ARGUMENT_WHOLE] = "whole, ",
                                        [GAN_LAYER_ARGUMENT_REAL] = "number, ",
                                        [GAN_LAYER_ARGUMENT_BOOL] = "`true` or `false`",
                                        [GAN_LAYER_ARGUMENT_SHAPE] = "one to three whole, ",
                                        [GAN_LAYER_ARGUMENT_LAYERS] = "layers"};
    bool boolean = argument->type == GAN_LAYER_ARGUMENT_BOOL;
    bool list = argument->type == GAN_LAYER_ARGUMENT_LAYERS;
    char number[GAN_NUMBER_TEXT];
    gan__text_append(row, "%s`%s`: %s (%s", first ? "" : "; ", argument->name, argument->meaning,
                     words[argument->type]);
    if (!boolean && !list) append_range(row, argument->low, argument->high);
    gan__number_print(argument->fallback, number);
    if (argument->required)
        gan__text_append(row, "; required)");
    else if (list)
        gan__text_append(row, ")");
    else if (boolean)
        gan__text_append(row, "; %s)", argument->fallback != 0 ? "true" : "false");
    else
        gan__text_append(row, "; %s)", number);
}

static void every_layer_is_documented(void **state) {
    (void)state;
    char *page = documentation();
    const gan_layer_kind *kind;
    missing = 0;
    for (size_t i = 0; (kind = gan__layer_kind(i)); i++) {
        gan_text row = {0};
        gan__text_append(&row, "| `%s` | %s | ", kind->name, kind->meaning);
        for (size_t k = 0; kind->arguments[k].name; k++)
            append_argument(&row, &kind->arguments[k], k == 0);
        gan__text_append(&row, kind->arguments[0].name ? " |" : "|");
        expect_row(page, &row);
    }
    gan__free(page);
    assert_int_equal(missing, 0);
}

// "| `normal` | `std`, `mean` (0) |"
static void expect_variant(const char *page, const gan_variant_info *info) {
    gan_text row = {0};
    char number[GAN_NUMBER_TEXT];
    gan__text_append(&row, "| `%s` |", info->name);
    for (int i = 0; i < GAN_VARIANT_NUMBERS && info->numbers[i].name; i++) {
        gan__text_append(&row, "%s `%s`", i > 0 ? "," : "", info->numbers[i].name);
        const double fallback = info->numbers[i].fallback;
        if (!isnan(fallback) && floor(fallback) == fallback)
            gan__text_append(&row, " (%s)", gan__number_print(fallback, number));
    }
    if (!strstr(page, gan__text_string(&row))) {
        print_error("missing: %s\n", gan__text_string(&row));
        missing++;
    }
    gan__text_destroy(&row);
}

static void every_initialiser_is_documented(void **state) {
    (void)state;
    char *page = documentation();
    missing = 0;
    for (gan_init_kind kind = GAN_INIT_DEFAULT + 1; kind < GAN_INIT_KINDS; kind++)
        expect_variant(page, gan__init_info(kind));
    gan__free(page);
    assert_int_equal(missing, 0);
}

static void every_parametrisation_is_documented(void **state) {
    (void)state;
    char *page = documentation();
    missing = 0;
    for (gan_parametrization_kind kind = GAN_PARAMETRIZATION_NONE; kind < GAN_PARAMETRIZATION_KINDS;
         kind++)
        expect_variant(page, gan__parametrization_info(kind));
    gan__free(page);
    assert_int_equal(missing, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_documented),
        cmocka_unit_test(every_layer_is_documented),
        cmocka_unit_test(every_initialiser_is_documented),
        cmocka_unit_test(every_parametrisation_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
