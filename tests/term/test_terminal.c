// What is found out about a terminal, widths, and numbers as people read them.
#include "term/terminal_texts.h"

#include "term/human.h"

#include <fcntl.h>
#include <math.h>
#include <sys/ioctl.h>

static const char *const variables[] = {"NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLORTERM",
                                        "TERM",     "LC_ALL",         "LC_CTYPE", "LANG",
                                        "COLUMNS",  "LINES"};

static int clear_environment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) unsetenv(variables[i]);
    return 0;
}

// The palette of a file that is no terminal.
static gan_palette palette(gan_color_when when) {
    FILE *file = tmpfile();
    assert_non_null(file);
    gan_palette found = gan__terminal_detect(file, when).palette;
    fclose(file);
    return found;
}

static void colors_follow_option_then_environment_then_terminal(void **state) {
    (void)state;
    setenv("TERM", "xterm-256color", 1);
    assert_int_equal(palette(GAN_COLOR_AUTO), GAN_PALETTE_NONE);
    assert_int_equal(palette(GAN_COLOR_ALWAYS), GAN_PALETTE_256);
    setenv("CLICOLOR_FORCE", "0", 1);
    assert_int_equal(palette(GAN_COLOR_AUTO), GAN_PALETTE_NONE);
    setenv("CLICOLOR_FORCE", "1", 1);
    assert_int_equal(palette(GAN_COLOR_AUTO), GAN_PALETTE_256);
    assert_int_equal(palette(GAN_COLOR_NEVER), GAN_PALETTE_NONE);
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(palette(GAN_COLOR_AUTO), GAN_PALETTE_NONE);
    assert_int_equal(palette(GAN_COLOR_ALWAYS), GAN_PALETTE_256);
    setenv("COLORTERM", "truecolor", 1);
    assert_int_equal(palette(GAN_COLOR_ALWAYS), GAN_PALETTE_TRUE);
    unsetenv("COLORTERM");
    setenv("TERM", "linux", 1);
    assert_int_equal(palette(GAN_COLOR_ALWAYS), GAN_PALETTE_16);
}

static void characters_follow_the_locale_and_size_the_variables(void **state) {
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    gan_terminal terminal = gan__terminal_detect(file, GAN_COLOR_AUTO);
    assert_false(terminal.utf8);
    assert_false(terminal.interactive);
    assert_int_equal(terminal.columns, 80);
    assert_int_equal(terminal.rows, 24);
    setenv("LANG", "de_DE.utf8", 1);
    setenv("COLUMNS", "132", 1);
    setenv("LINES", "-3", 1);
    terminal = gan__terminal_detect(file, GAN_COLOR_AUTO);
    assert_true(terminal.utf8);
    assert_int_equal(terminal.columns, 132);
    assert_int_equal(terminal.rows, 24);
    setenv("LC_ALL", "C", 1);
    assert_false(gan__terminal_detect(file, GAN_COLOR_AUTO).utf8);
    setenv("LC_ALL", "C.UTF-8", 1);
    assert_true(gan__terminal_detect(file, GAN_COLOR_AUTO).utf8);
    fclose(file);
}

static void a_real_terminal_is_found_out(void **state) {
    (void)state;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) skip();
    FILE *file = fopen(ptsname(master), "r+");
    if (!file) skip();
    struct winsize size = {.ws_row = 31, .ws_col = 97};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    setenv("TERM", "xterm", 1);
    setenv("COLUMNS", "132", 1);
    gan_terminal terminal = gan__terminal_detect(file, GAN_COLOR_AUTO);
    assert_true(terminal.interactive);
    assert_int_equal(terminal.columns, 97);
    assert_int_equal(terminal.rows, 31);
    assert_int_equal(terminal.palette, GAN_PALETTE_16);
    setenv("CLICOLOR", "0", 1);
    assert_int_equal(gan__terminal_detect(file, GAN_COLOR_AUTO).palette, GAN_PALETTE_NONE);
    size.ws_col = 40;
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    assert_int_equal(gan__terminal_columns(&terminal), 40);
    setenv("TERM", "dumb", 1);
    terminal = gan__terminal_detect(file, GAN_COLOR_AUTO);
    assert_false(terminal.interactive);
    assert_int_equal(terminal.palette, GAN_PALETTE_NONE);
    fclose(file);
    close(master);
}

static void paint_is_only_where_there_are_colors(void **state) {
    (void)state;
    gan_terminal plain = ascii_terminal(80), colored = utf8_terminal(80, GAN_PALETTE_16);
    gan_text text = {0};
    gan__terminal_paint(&plain, &text, GAN_STYLE_BAD, "x");
    gan__terminal_paint(&colored, &text, GAN_STYLE_BOLD, "y");
    gan__terminal_paint(&colored, &text, GAN_STYLE_SERIES + 1, "z");
    assert_text(&text, "x\x1b[1my\x1b[0m\x1b[31mz\x1b[0m");
}

static void a_failure_is_the_tool_and_the_message(void **state) {
    (void)state;
    gan_terminal plain = ascii_terminal(80);
    gan_text text = {0};
    gan__fail(GAN_STATUS_BAD_INPUT, "a.gan: no such file");
    gan__terminal_failure(&plain, &text, "gan-sample", GAN_STATUS_BAD_INPUT);
    assert_text(&text, "gan-sample: a.gan: no such file\n");
    gan_status_set(GAN_STATUS_BAD_INPUT, "");
    gan__terminal_failure(&plain, &text, "gan-sample", GAN_STATUS_BAD_INPUT);
    assert_text(&text, "gan-sample: an input cannot be used\n");
}

static void a_write_that_fails_is_bad_output(void **state) {
    (void)state;
    FILE *file = fopen("/dev/full", "w");
    if (!file) skip();
    gan_terminal terminal = ascii_terminal(80);
    terminal.file = file;
    gan_text text = {0};
    gan__text_append(&text, "x");
    assert_int_equal(gan__terminal_write(&terminal, &text), GAN_STATUS_BAD_OUTPUT);
    assert_message("text cannot be written: No space left on device");
    gan__text_destroy(&text);
    fclose(file);
}

static void widths_are_of_columns(void **state) {
    (void)state;
    assert_int_equal(gan__terminal_width(""), 0);
    assert_int_equal(gan__terminal_width("latent"), 6);
    assert_int_equal(gan__terminal_width("caf\xc3\xa9"), 4);
    assert_int_equal(gan__terminal_width("cafe\xcc\x81"), 4); // e and a combining acute
    assert_int_equal(gan__terminal_width("数字"), 4);
    assert_int_equal(gan__terminal_width("🙂"), 2);
    assert_int_equal(gan__terminal_width("▀█⣿"), 3);
    assert_int_equal(gan__terminal_width("\xff\xfe"), 2);
}

static void sizes_and_counts_have_three_digits(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        const char *bytes, *count, *digits;
    } cases[] = {
        {0, "0 B", "0", "0"},
        {999, "999 B", "999", "999"},
        {1000, "1000 B", "1.0 k", "1,000"},
        {1023, "1023 B", "1.0 k", "1,023"},
        {1024, "1.0 KiB", "1.0 k", "1,024"},
        {1536, "1.5 KiB", "1.5 k", "1,536"},
        {9960, "9.7 KiB", "10 k", "9,960"},
        {10240, "10 KiB", "10 k", "10,240"},
        {999499, "976 KiB", "999 k", "999,499"},
        {999500, "976 KiB", "1.0 M", "999,500"},
        {1493520, "1.4 MiB", "1.5 M", "1,493,520"},
        {UINT64_C(5) << 30, "5.0 GiB", "5.4 G", "5,368,709,120"},
        {UINT64_MAX, "16 EiB", "18 E", "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(gan__human_bytes(cases[i].value).text, cases[i].bytes);
        assert_string_equal(gan__human_count(cases[i].value).text, cases[i].count);
        assert_string_equal(gan__human_digits(cases[i].value).text, cases[i].digits);
    }
}

static void durations_and_numbers_are_short(void **state) {
    (void)state;
    assert_string_equal(gan__human_duration(0.4).text, "0:00");
    assert_string_equal(gan__human_duration(7.4).text, "0:07");
    assert_string_equal(gan__human_duration(59.6).text, "1:00");
    assert_string_equal(gan__human_duration(3599.4).text, "59:59");
    assert_string_equal(gan__human_duration(3723).text, "1:02:03");
    assert_string_equal(gan__human_duration(3 * 86400 + 4 * 3600).text, "3 d 4 h");
    assert_string_equal(gan__human_duration(-1).text, "?");
    assert_string_equal(gan__human_duration(NAN).text, "?");
    assert_string_equal(gan__human_number(0.69314718).text, "0.6931");
    assert_string_equal(gan__human_number(1.2e-5).text, "1.2e-05");
    assert_string_equal(gan__human_number(-NAN).text, "nan");
    assert_string_equal(gan__human_number(-INFINITY).text, "-inf");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(colors_follow_option_then_environment_then_terminal,
                               clear_environment),
        cmocka_unit_test_setup(characters_follow_the_locale_and_size_the_variables,
                               clear_environment),
        cmocka_unit_test_setup(a_real_terminal_is_found_out, clear_environment),
        cmocka_unit_test(paint_is_only_where_there_are_colors),
        cmocka_unit_test(a_failure_is_the_tool_and_the_message),
        cmocka_unit_test(a_write_that_fails_is_bad_output),
        cmocka_unit_test(widths_are_of_columns),
        cmocka_unit_test(sizes_and_counts_have_three_digits),
        cmocka_unit_test(durations_and_numbers_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
