// Plots to the letter.
#include "term/terminal_texts.h"

#include "base/memory.h"
#include "term/plot.h"

#include <math.h>

static void a_plot_in_ascii(void **state) {
    (void)state;
    static const double x[] = {0, 1, 2, 3, 4}, y[] = {0, 1, 4, 9, 16};
    const gan_plot_series series = {"square", x, y, 5};
    const gan_plot plot = {
        .series = &series, .series_count = 1, .x_label = "step", .columns = 25, .rows = 8};
    gan_terminal terminal = ascii_terminal(80);
    gan_text text = {0};
    gan__plot_append(&plot, &terminal, &text);
    assert_text(&text, "16 +                   **\n"
                       "   |                 **\n"
                       " 8 +             ****\n"
                       "   |        *****\n"
                       " 0 +********\n"
                       "   +---------------------\n"
                       "    0       step        4\n"
                       "    * square\n");
}

static void a_plot_in_braille(void **state) {
    (void)state;
    static double x[100], y[100];
    for (int i = 0; i < 100; i++) {
        x[i] = i * 10;
        y[i] = sin(i / 8.0);
    }
    const gan_plot_series series = {"d_loss", x, y, 100};
    const gan_plot plot = {
        .series = &series, .series_count = 1, .x_label = "step", .columns = 40, .rows = 9};
    gan_terminal terminal = utf8_terminal(80, GAN_PALETTE_NONE);
    gan_text text = {0};
    gan__plot_append(&plot, &terminal, &text);
    assert_text(&text, "0.9998 ┤  ⡠⠊⠉⢢            ⡠⠊⠉⠢⡀\n"
                       "       │ ⡰⠁   ⠱⡀         ⡔⠁   ⠘⡄\n"
                       "0.1999 ┤⡰⠁     ⠸⡀       ⡔⠁     ⠑⡄\n"
                       "       │        ⠸⡀     ⢰⠁       ⠱⡀     ⡠\n"
                       "       │         ⠣⡀   ⢰⠁         ⠣⡀   ⡠⠃\n"
                       "    -1 ┤          ⠑⢄⣀⠔⠁           ⠱⢄⣀⠴⠁\n"
                       "       └────────────────────────────────\n"
                       "        0            step            990\n"
                       "        ━ d_loss\n");
}

static void series_have_colors_or_letters(void **state) {
    (void)state;
    static const double x[] = {0, 10}, up[] = {0, 1}, down[] = {1, 0};
    const gan_plot_series series[] = {{"d", x, up, 2}, {"g", x, down, 2}};
    const gan_plot plot = {.series = series, .series_count = 2, .columns = 15, .rows = 6};
    gan_terminal colored = utf8_terminal(80, GAN_PALETTE_16);
    gan_text text = {0};
    gan__plot_append(&plot, &colored, &text);
    assert_text(&text, "  1 ┤\x1b[31m⠑\x1b[0m\x1b[31m⠢\x1b[0m\x1b[31m⢄\x1b[0m\x1b[31m⡀\x1b[0m  "
                       "\x1b[34m⢀\x1b[0m\x1b[34m⡠\x1b[0m\x1b[34m⠔\x1b[0m\x1b[34m⠊\x1b[0m\n"
                       "0.5 ┤   \x1b[31m⢈\x1b[0m\x1b[31m⠶\x1b[0m\x1b[31m⠶\x1b[0m\x1b[31m⡁\x1b[0m\n"
                       "  0 ┤\x1b[34m⡠\x1b[0m\x1b[34m⠔\x1b[0m\x1b[34m⠊\x1b[0m\x1b[34m⠁\x1b[0m  "
                       "\x1b[31m⠈\x1b[0m\x1b[31m⠑\x1b[0m\x1b[31m⠢\x1b[0m\x1b[31m⢄\x1b[0m\n"
                       "    └──────────\n"
                       "     0       10\n"
                       "     \x1b[34m━\x1b[0m d   \x1b[31m━\x1b[0m g\n");
    gan_terminal plain = utf8_terminal(80, GAN_PALETTE_NONE);
    gan__plot_append(&plot, &plain, &text);
    assert_text(&text, "  1 ┤ooo    ***\n"
                       "0.5 ┤   oooo\n"
                       "  0 ┤***    ooo\n"
                       "    └──────────\n"
                       "     0       10\n"
                       "     * d   o g\n");
}

static void what_is_not_finite_breaks_the_line(void **state) {
    (void)state;
    static const double x[] = {0, 1, 2, 3, 4}, y[] = {1, 1, NAN, 1, INFINITY};
    const gan_plot_series series = {"flat", x, y, 5};
    const gan_plot plot = {.series = &series, .series_count = 1, .columns = 20, .rows = 6};
    gan_terminal terminal = ascii_terminal(80);
    gan_text text = {0};
    gan__plot_append(&plot, &terminal, &text);
    assert_text(&text, "1.5 +\n"
                       "  1 +******        *\n"
                       "0.5 +\n"
                       "    +---------------\n"
                       "     0             3\n"
                       "     * flat\n");
    const gan_plot_series none = {"none", x, y + 4, 1};
    const gan_plot empty = {.series = &none, .series_count = 1};
    gan__plot_append(&empty, &terminal, &text);
    assert_text(&text, "nothing to plot\n");
}

static void huge_values_stay_on_the_canvas(void **state) {
    (void)state;
    static const double x[] = {-1e308, 1e308}, y[] = {-1e308, 1e308};
    const gan_plot_series series = {"huge", x, y, 2};
    const gan_plot plot = {.series = &series, .series_count = 1, .columns = 20, .rows = 6};
    gan_terminal terminal = ascii_terminal(80);
    gan_text text = {0};
    gan__plot_append(&plot, &terminal, &text);
    assert_text(&text, " 1e+308 +        ***\n"
                       "      0 +   *****\n"
                       "-1e+308 +***\n"
                       "        +-----------\n"
                       "         -1e+308 1e+308\n"
                       "         * huge\n");
}

static void a_histogram_is_one_line(void **state) {
    (void)state;
    static const double values[] = {0, 0.001, 1, 2, 3, 4, 5, 6, 7, 8, -1, NAN, INFINITY};
    gan_text text = {0};
    gan__plot_spark(values, 13, true, &text);
    assert_text(&text, " ▁▁▂▃▄▅▆▇█  █");
    gan__plot_spark(values, 13, false, &text);
    assert_text(&text, " ..:-=+*#@  @");
    gan__plot_spark(values, 1, true, &text);
    assert_text(&text, " ");
}

static void a_failed_allocation_is_an_error(void **state) {
    (void)state;
    static const double x[] = {0, 1};
    const gan_plot_series series = {"line", x, x, 2};
    const gan_plot plot = {.series = &series, .series_count = 1};
    gan_terminal terminal = ascii_terminal(80);
    for (size_t n = 1; n <= 2; n++) {
        gan__alloc_fail_at(n);
        assert_int_equal(gan__plot_write(&plot, &terminal), GAN_STATUS_NO_MEMORY);
    }
    gan__alloc_fail_at(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plot_in_ascii),
        cmocka_unit_test(a_plot_in_braille),
        cmocka_unit_test(series_have_colors_or_letters),
        cmocka_unit_test(what_is_not_finite_breaks_the_line),
        cmocka_unit_test(huge_values_stay_on_the_canvas),
        cmocka_unit_test(a_histogram_is_one_line),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
