// Growing text, escaping, "did you mean", and the hash.
#include "cmocka_headers.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

static void text_grows_by_formats_and_by_bytes(void **state) {
    (void)state;
    gan_text text = {0};
    assert_string_equal(gan__text_string(&text), "");
    gan__text_append(&text, "%d", 1);
    for (int i = 2; i <= 1000; i++) gan__text_append(&text, " %d", i);
    assert_int_equal(text.length, 9 + 90 * 2 + 900 * 3 + 4 + 999);
    assert_int_equal(strlen(gan__text_string(&text)), text.length);
    assert_string_equal(gan__text_string(&text) + text.length - 8, "999 1000");
    gan__text_clear(&text);
    gan__text_append_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a\0b", 4);
    assert_int_equal(gan__text_status(&text), GAN_STATUS_OK);
    gan__text_destroy(&text);
    assert_string_equal(gan__text_string(&text), "");
}

static void a_failed_append_stays_failed_and_keeps_the_text(void **state) {
    (void)state;
    gan_text text = {0};
    gan__text_append(&text, "kept");
    gan__alloc_fail_at(1);
    gan__text_append(&text, "%200d", 1);
    gan__alloc_fail_at(0);
    gan__text_append(&text, "later");
    gan__text_append_bytes(&text, "later", 5);
    assert_int_equal(gan__text_status(&text), GAN_STATUS_NO_MEMORY);
    assert_string_equal(gan__text_string(&text), "kept");
    gan__text_clear(&text);
    gan__text_append(&text, "again");
    assert_string_equal(gan__text_string(&text), "again");
    assert_int_equal(gan__text_status(&text), GAN_STATUS_OK);
    gan__text_destroy(&text);
}

static void escaping_leaves_nothing_that_moves_a_terminal(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"a\xe2\x80\xaex\xe2\x81\xa6\xe2\x80\xa8",
         "a\\xe2\\x80\\xaex\\xe2\\x81\\xa6\\xe2\\x80\\xa8"},
        {"\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xaa\xe2\x82\xac",
         "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xaa\xe2\x82\xac"},
        {"plain/name.png", "plain/name.png"},
        {"a\nb\tc\x1b", "a\\x0ab\\x09c\\x1b"},
        {"\xe2\x96\x84 caf\xc3\xa9 \xf0\x9f\x99\x82", "\xe2\x96\x84 caf\xc3\xa9 \xf0\x9f\x99\x82"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
        {"\x9b"
         "31m",
         "\\x9b"
         "31m"}, // an 8-bit CSI
        {"\xc0\xaf \xe0\x80\xaf \xed\xa0\x80", "\\xc0\\xaf \\xe0\\x80\\xaf \\xed\\xa0\\x80"},
        {"\xe2\x96", "\\xe2\\x96"}, // cut short
    };
    char escaped[80];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan__text_escape(cases[i].from, escaped, sizeof escaped);
        assert_string_equal(escaped, cases[i].to);
    }
    gan__text_escape_lines("a\n\tb\x07", escaped, sizeof escaped);
    assert_string_equal(escaped, "a\n\tb\\x07");
}

static void escaping_never_cuts_a_character(void **state) {
    (void)state;
    char target[8];
    gan__text_escape("12345\xc3\xa9", target, 7);
    assert_string_equal(target, "12345");
    gan__text_escape("12345\xc3\xa9", target, 8);
    assert_string_equal(target, "12345\xc3\xa9");
    gan__text_escape("1234\x01", target, 8);
    assert_string_equal(target, "1234");
    memset(target, 'x', sizeof target);
    gan__text_escape("abc", target, 0);
    assert_int_equal(target[0], 'x');
}

static void the_nearest_word_is_found_where_one_is_near(void **state) {
    (void)state;
    static const char *const words[] = {"steps", "seed", "save-every", "sample-every",
                                        "batch", "n",    "lr",         "momentum"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"stpes", "steps"},
        {"step", "steps"},
        {"SEED", "seed"},
        {"bacth", "batch"},
        {"save_every", "save-every"},
        {"sampel-evry", "sample-every"},
        {"momentun", "momentum"},
        {"ls", "lr"},
        {"batch", "batch"},
        {"quiet", NULL},
        {"x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *nearest = gan__text_nearest(cases[i].word, words, sizeof words / sizeof *words);
        if (cases[i].nearest) {
            assert_non_null(nearest);
            assert_string_equal(nearest, cases[i].nearest);
        } else {
            assert_null(nearest);
        }
    }
    assert_null(gan__text_nearest("seed", words, 0));
}

// Vectors from the FNV authors' reference program (test_fnv.c).
static void the_hash_is_fnv_1a(void **state) {
    (void)state;
    assert_true(gan__hash(GAN_HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
    assert_true(gan__hash(GAN_HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(gan__hash(GAN_HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    uint64_t half = gan__hash(GAN_HASH_START, "foo", 3);
    assert_true(gan__hash(half, "bar", 3) == UINT64_C(0x85944171f73967e8));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_by_formats_and_by_bytes),
        cmocka_unit_test(a_failed_append_stays_failed_and_keeps_the_text),
        cmocka_unit_test(escaping_leaves_nothing_that_moves_a_terminal),
        cmocka_unit_test(escaping_never_cuts_a_character),
        cmocka_unit_test(the_nearest_word_is_found_where_one_is_near),
        cmocka_unit_test(the_hash_is_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
