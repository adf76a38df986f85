// Sequences of tokens: the formal language, text from files, and from tokens to text and back.
#include "files.h"

#include "base/text.h"
#include "data/brackets.h"

#include <math.h>

#define ERRORS 4.0 // standard errors; the draws are fixed, so what passes once passes always

// --- Brackets ------------------------------------------------------------------------------------

static bool is_valid(const char *word) {
    uint16_t tokens[32];
    for (size_t i = 0; word[i]; i++)
        tokens[i] = (uint16_t)(strchr(GAN_BRACKETS_SYMBOLS, word[i]) - GAN_BRACKETS_SYMBOLS);
    return gan__brackets_valid(tokens, strlen(word));
}

static void balanced_brackets_are_told_from_others(void **state) {
    (void)state;
    static const char *const words[] = {"", "()", "[]", "([])", "()[]", "[([]())[]]"};
    static const char *const others[] = {
        "((((((((]",        "(", ")", "(]", "([)]", "())(", "(()", "[]]", "(((((((((((((((((",
        "((((((((())))))))"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_true(is_valid(words[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_false(is_valid(others[i]));
}

// All are words, and all equally likely: of 1430 shapes, 429 begin with a pair that closes at once,
// and as many are one pair about all others; kinds are even.
static void drawn_brackets_are_words_equally_likely(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    double paired = 0, wrapped = 0, square = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        uint16_t tokens[GAN_BRACKETS_LENGTH];
        gan__brackets_draw(5, i, tokens);
        assert_true(gan__brackets_valid(tokens, GAN_BRACKETS_LENGTH));
        paired += tokens[1] % 2 == 1;
        wrapped += gan__brackets_valid(tokens + 1, GAN_BRACKETS_LENGTH - 2);
        square += tokens[0] == 2;
    }
    const double p = 429.0 / 1430;
    assert_true(fabs(paired / COUNT - p) < ERRORS * sqrt(p * (1 - p) / COUNT));
    assert_true(fabs(wrapped / COUNT - p) < ERRORS * sqrt(p * (1 - p) / COUNT));
    assert_true(fabs(square / COUNT - 0.5) < ERRORS * sqrt(0.25 / COUNT));
}

static void decode(const gan_dataset *set, const float *sample, gan_text *out) {
    const gan_vocabulary *vocabulary = gan__dataset_vocabulary(set);
    const size_t length = (size_t)gan__dataset_info(set)->size[2];
    uint16_t tokens[64];
    assert_non_null(vocabulary);
    assert_true(length <= 64);
    gan__text_clear(out);
    gan__vocabulary_decode(vocabulary, sample, length, tokens);
    gan__vocabulary_append(vocabulary, tokens, length, out);
}

static void the_builtin_set_has_them_one_hot(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail("builtin:brackets");
    float sample[4 * GAN_BRACKETS_LENGTH];
    uint16_t tokens[GAN_BRACKETS_LENGTH];
    gan_text text = {0};
    assert_shape(set, 100000, 3, 4, 1, GAN_BRACKETS_LENGTH);
    assert_int_equal(gan__dataset_read(set, 9, 77, 1, sample, NULL), GAN_STATUS_OK);
    gan__brackets_draw(9, 77, tokens);
    for (size_t i = 0; i < GAN_BRACKETS_LENGTH; i++)
        for (size_t k = 0; k < 4; k++)
            assert_true(sample[k * GAN_BRACKETS_LENGTH + i] == (float)(tokens[i] == k));
    decode(set, sample, &text);
    assert_int_equal(text.length, GAN_BRACKETS_LENGTH);
    assert_true(is_valid(gan__text_string(&text)));
    assert_true(gan__dataset_language(set) == gan__brackets_valid);
    gan__text_destroy(&text);
    gan__dataset_close(set);
}

// --- Text ----------------------------------------------------------------------------------------

static const char *write_file(const char *name, const char *content, size_t length) {
    make_file(name, content, length);
    return in_folder(name);
}

static gan_dataset *open_text(const char *content, const gan_dataset_options *options) {
    const char *path = write_file("text.txt", content, strlen(content));
    gan_dataset *set;
    if (gan__dataset_open_as(path, options, &set) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return set;
}

static void assert_text(const gan_dataset *set, uint64_t index, const char *expected) {
    const gan_dataset_info *info = gan__dataset_info(set);
    float *sample = test_malloc((size_t)(info->size[0] * info->size[2]) * sizeof *sample);
    gan_text text = {0};
    assert_int_equal(gan__dataset_sample(set, index, sample, NULL), GAN_STATUS_OK);
    decode(set, sample, &text);
    assert_string_equal(gan__text_string(&text), expected);
    gan__text_destroy(&text);
    test_free(sample);
}

// 42 characters once white space is one space each: the last tenth, "WXYZ", is held out.
#define LETTERS "  ab\tc d\r\n\r\nefghijklmnopqrstuvwxyzABCDEFGHIWXYZ \n"

static void text_is_cut_into_all_its_windows(void **state) {
    (void)state;
    const gan_dataset_options options = {.length = 4};
    gan_dataset *set = open_text(LETTERS, &options);
    assert_int_equal(gan__dataset_info(set)->count, 38 - 4 + 1);
    assert_int_equal(gan__dataset_info(set)->size[0], 42 - 2); // three spaces are one symbol
    assert_text(set, 0, "ab c");
    assert_text(set, 4, " d e");
    assert_text(set, 34, "FGHI");
    gan__dataset_close(set);
}

static void the_last_tenth_is_held_out(void **state) {
    (void)state;
    const gan_dataset_options options = {.length = 4}, rest = {.length = 4, .held_out = true};
    gan_dataset *set = open_text(LETTERS, &options), *other = open_text(LETTERS, &rest);
    assert_int_equal(gan__dataset_info(other)->count, 1);
    assert_text(other, 0, "WXYZ");
    assert_string_equal(gan__vocabulary_symbols(gan__dataset_vocabulary(set)),
                        gan__vocabulary_symbols(gan__dataset_vocabulary(other)));
    gan__dataset_close(set);
    gan__dataset_close(other);
}

static void lines_are_cut_and_filled_up(void **state) {
    (void)state;
    const gan_dataset_options options = {.length = 5, .lines = true};
    gan_dataset *set =
        open_text("one\n\n  two  three \nf\xc3\xbcnf\n4\n5\n6\n7\n8\n9\nlast", &options);
    assert_int_equal(gan__dataset_info(set)->count, 9);
    assert_text(set, 0, "one");
    assert_text(set, 1, "two t");
    assert_text(set, 2, "f\xc3\xbcnf");
    assert_text(set, 8, "9");
    gan__dataset_close(set);
}

static void an_inner_newline_is_written_as_its_sign(void **state) {
    (void)state;
    static const uint16_t tokens[] = {1, 0, 2, 0, 0};
    gan_vocabulary *vocabulary;
    gan_text text = {0};
    assert_int_equal(gan__vocabulary_create("\nab", &vocabulary), GAN_STATUS_OK);
    gan__vocabulary_append(vocabulary, tokens, 5, &text);
    assert_string_equal(gan__text_string(&text), "a\xe2\x90\xa4"
                                                 "b");
    gan__text_destroy(&text);
    gan__vocabulary_destroy(vocabulary);
}

// --- What is refused -----------------------------------------------------------------------------

typedef struct refusal {
    const char *content;
    size_t length; // in characters of a sample
    bool lines;
    const char *says;
} refusal;

static void bad_text_is_refused_with_its_place(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"good\nba\xff d", 2, false, "byte 7, in line 2: no UTF-8"},
        {"good\nb\033[2J", 2, false, "byte 6, in line 2: a control character"},
        {" \n\t ", 2, false, "nothing but white space"},
        {"too short", 4, false, "9 characters are too few for samples of 4"},
        {"a\nb\nc", 4, true, "3 lines are too few"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const refusal *r = &refusals[i];
        const gan_dataset_options options = {.length = r->length, .lines = r->lines};
        gan_dataset *set;
        const char *path = write_file("bad.txt", r->content, strlen(r->content));
        assert_int_equal(gan__dataset_open_as(path, &options, &set), GAN_STATUS_BAD_INPUT);
        if (!strstr(gan_status_message(), r->says))
            fail_msg("\"%s\" does not say \"%s\"", gan_status_message(), r->says);
    }
    static const char zero[] = "with a\0zero byte in it, and long enough";
    gan_dataset *set;
    const gan_dataset_options options = {.length = 2};
    const char *path = write_file("zero.txt", zero, sizeof zero - 1);
    assert_int_equal(gan__dataset_open_as(path, &options, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "byte 6, in line 1: a zero byte"));
}

static void only_what_is_meant_as_text_is_text(void **state) {
    (void)state;
    const gan_dataset_options length = {.length = 2};
    gan_dataset *set;
    const char *path = write_file("notes", LETTERS, strlen(LETTERS));
    assert_int_equal(gan__dataset_open(path, &set), GAN_STATUS_BAD_INPUT);
    assert_int_equal(gan__dataset_open_as(path, &length, &set), GAN_STATUS_OK);
    gan__dataset_close(set);
    assert_int_equal(gan__dataset_open_as("builtin:ring8", &length, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "no text"));
}

static void a_vocabulary_is_checked(void **state) {
    (void)state;
    static const char *const bad[] = {"", "aba", "a\033", "\xff", "\x7f", "\xc2\x85"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gan_vocabulary *vocabulary;
        assert_int_equal(gan__vocabulary_create(bad[i], &vocabulary), GAN_STATUS_BAD_INPUT);
        assert_null(vocabulary);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_brackets_are_told_from_others),
        cmocka_unit_test(drawn_brackets_are_words_equally_likely),
        cmocka_unit_test(the_builtin_set_has_them_one_hot),
        cmocka_unit_test(text_is_cut_into_all_its_windows),
        cmocka_unit_test(the_last_tenth_is_held_out),
        cmocka_unit_test(lines_are_cut_and_filled_up),
        cmocka_unit_test(an_inner_newline_is_written_as_its_sign),
        cmocka_unit_test(bad_text_is_refused_with_its_place),
        cmocka_unit_test(only_what_is_meant_as_text_is_text),
        cmocka_unit_test(a_vocabulary_is_checked),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
