// Numbers as text: what is one and what is not, the shortest that reads back, and locales with
// decimal commas.
#include "cmocka_headers.h"

#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void a_number_is_decimal_finite_and_the_whole_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0},     {"-1.5", -1.5}, {"+2", 2},        {".5", 0.5},
                {"1e3", 1e3}, {"2.E-1", 0.2}, {"1e308", 1e308}, {"4.9e-324", 4.9e-324}};
    static const char *const bad[] = {"",    " 1", "1 ",  "1,5",  "0x10",  "inf",
                                      "nan", "1e", "--1", "1e+-", "1e309", "e"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(gan__number_parse(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = 42;
        if (gan__number_parse(bad[i], &value)) fail_msg("\"%s\" was taken", bad[i]);
        assert_true(value == 42);
    }
}

static void a_whole_number_may_have_an_exponent_but_loses_no_digit(void **state) {
    (void)state;
    int64_t whole = 42;
    uint64_t count = 42;
    assert_true(gan__number_parse_whole("-9223372036854775808", &whole) && whole == INT64_MIN);
    assert_true(gan__number_parse_whole("2.5e3", &whole) && whole == 2500);
    assert_true(gan__number_parse_whole("-1e2", &whole) && whole == -100);
    assert_false(gan__number_parse_whole("9223372036854775808", &whole));
    assert_false(gan__number_parse_whole("1e16", &whole)); // past 2^53
    assert_false(gan__number_parse_whole("0.5", &whole));
    assert_int_equal(whole, -100);
    assert_true(gan__number_parse_count("18446744073709551615", &count) && count == UINT64_MAX);
    assert_true(gan__number_parse_count("1e6", &count) && count == 1000000);
    static const char *const bad[] = {"", "-1", "+1", " 1", "18446744073709551616", "1.5", "0x10"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (gan__number_parse_count(bad[i], &count)) fail_msg("\"%s\" was taken", bad[i]);
    }
    assert_int_equal(count, 1000000);
}

static void the_shortest_text_reads_back_as_the_same_number(void **state) {
    (void)state;
    char text[GAN_NUMBER_TEXT];
    assert_string_equal(gan__number_print(0.1, text), "0.1");
    assert_string_equal(gan__number_print(1e-6, text), "1e-6");
    assert_string_equal(gan__number_print(100000, text), "100000");
    assert_string_equal(gan__number_print(1e22, text), "1e+22");
    assert_string_equal(gan__number_format(1.0 / 3, 9, text), "0.333333333");
    double value = 1e-300;
    for (int i = 0; i < 2000; i++, value *= -1.97) {
        double back;
        assert_true(gan__number_parse(gan__number_print(value, text), &back));
        assert_true(back == value);
        assert_true(gan__number_parse(gan__number_format(value, 17, text), &back));
        assert_true(back == value || isinf(value));
        if (fabs(value) > 1e300) break;
    }
}

static void a_decimal_comma_stays_outside(void **state) {
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    char text[GAN_NUMBER_TEXT];
    double value = 0;
    bool found = false;
    for (int i = 0; i < 4 && !found; i++) found = setlocale(LC_ALL, names[i]) != NULL;
    if (!found) skip(); // the machine has no such locale
    assert_string_equal(gan__number_print(0.25, text), "0.25");
    assert_string_equal(gan__number_format(0.25, 9, text), "0.25");
    assert_true(gan__number_parse("0.25", &value) && value == 0.25);
    setlocale(LC_ALL, "C");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_decimal_finite_and_the_whole_text),
        cmocka_unit_test(a_whole_number_may_have_an_exponent_but_loses_no_digit),
        cmocka_unit_test(the_shortest_text_reads_back_as_the_same_number),
        cmocka_unit_test(a_decimal_comma_stays_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
