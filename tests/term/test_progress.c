// The progress bar, on a clock that the test moves.
#include "term/terminal_texts.h"

#include "term/progress.h"

#include <math.h>

static double now;

static double clock_of_test(void) {
    return now;
}

static FILE *file;

static gan_progress *start(gan_terminal terminal, uint64_t total, uint64_t begun, bool quiet) {
    now = 1000;
    terminal.file = file;
    terminal.interactive = true;
    gan_progress_settings settings = {
        .terminal = terminal,
        .quiet = quiet,
        .label = "training",
        .unit = "steps",
        .total = total,
        .start = begun,
        .clock = clock_of_test,
    };
    gan_progress *progress;
    assert_int_equal(gan__progress_create(&settings, &progress), GAN_STATUS_OK);
    return progress;
}

static void update(gan_progress *progress, double time, uint64_t done, const char *detail) {
    now = 1000 + time;
    assert_int_equal(gan__progress_update(progress, done, detail), GAN_STATUS_OK);
}

static void the_bar_shows_share_rate_and_time_left(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(100), 2000, 0, false);
    update(progress, 0, 0, NULL);
    assert_written(file, "\rtraining [                              ]   0% 0/2000 steps\x1b[K");
    update(progress, 4, 500, "d 0.69 g 0.71");
    assert_written(
        file,
        "\rtraining [#######                      ]  25% 500/2000 steps  125 steps/s  0:12 left"
        "  d 0.69 g 0.71\x1b[K");
    update(progress, 16, 2000, NULL);
    assert_written(file,
                   "\rtraining [##############################] 100% 2000/2000 steps  125 steps/s"
                   "\x1b[K");
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void the_bar_has_eighths_where_there_is_utf8(void **state) {
    (void)state;
    gan_progress *progress = start(utf8_terminal(46, GAN_PALETTE_NONE), 1000, 0, false);
    update(progress, 0, 333, NULL);
    assert_written(file, "\rtraining [████▋         ]  33% 333/1000 steps\x1b[K");
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void it_is_drawn_ten_times_a_second_at_most(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(100), 100000, 0, false);
    unsigned drawn = 0;
    for (int i = 0; i < 10000; i++) { // one second
        update(progress, i / 10000.0, (uint64_t)i, NULL);
        drawn += ftell(file) > 0;
        rewind(file);
    }
    assert_int_equal(drawn, 10);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void the_rate_forgets_what_is_long_ago(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(100), 0, 700, true);
    assert_true(gan__progress_rate(progress) == 0);
    uint64_t done = 700; // before this run, and not of its rate
    for (int second = 1; second <= 30; second++) update(progress, second, done += 10, NULL);
    assert_true(fabs(gan__progress_rate(progress) - 10) < 1e-9);
    for (int second = 31; second <= 60; second++) update(progress, second, done += 50, NULL);
    assert_true(fabs(gan__progress_rate(progress) - 50) < 1e-9);
    gan__progress_destroy(progress);
}

static void a_note_stands_above_the_bar(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(60), 10, 0, false);
    assert_int_equal(gan__progress_note(progress, "kernels: %d", 12), GAN_STATUS_OK);
    assert_written(file, "kernels: 12\n");
    update(progress, 1, 5, NULL);
    assert_written(file, "\rtraining [#####     ]  50% 5/10 steps  5 steps/s  0:01 left\x1b[K");
    assert_int_equal(gan__progress_note(progress, "saved"), GAN_STATUS_OK);
    assert_written(file, "\r\x1b[Ksaved\n");
    update(progress, 1.01, 6, NULL); // drawn again at once
    assert_written(file, "\rtraining [###   ]  60% 6/10 steps  5.941 steps/s  0:01 left\x1b[K");
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void a_narrow_terminal_gets_numbers_only(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(30), 10, 0, false);
    update(progress, 0, 5, "d 0.6931");
    assert_written(file, "\rtraining  50% 5/10 steps\x1b[K");
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void an_unknown_total_shows_what_is_done(void **state) {
    (void)state;
    gan_progress *progress = start(ascii_terminal(60), 0, 0, false);
    update(progress, 2, 50, NULL);
    assert_written(file, "\rtraining 50 steps  25 steps/s\x1b[K");
    gan__progress_destroy(progress);
    assert_written(file, "\r\x1b[K");
}

static void quiet_and_a_plain_file_get_no_bar(void **state) {
    (void)state;
    gan_progress *quiet = start(ascii_terminal(60), 10, 0, true);
    update(quiet, 1, 5, NULL);
    assert_int_equal(gan__progress_note(quiet, "saved"), GAN_STATUS_OK);
    gan__progress_destroy(quiet);
    assert_written(file, "");

    gan_terminal plain = ascii_terminal(60);
    plain.file = file;
    gan_progress_settings settings = {.terminal = plain, .label = "x", .unit = "y", .total = 9};
    gan_progress *progress;
    assert_int_equal(gan__progress_create(&settings, &progress), GAN_STATUS_OK);
    assert_int_equal(gan__progress_update(progress, 3, NULL), GAN_STATUS_OK);
    assert_int_equal(gan__progress_note(progress, "saved"), GAN_STATUS_OK);
    gan__progress_destroy(progress);
    gan__progress_destroy(NULL);
    assert_written(file, "saved\n");
}

static int open_file(void **state) {
    (void)state;
    file = tmpfile();
    return file ? 0 : -1;
}

static int close_file(void **state) {
    (void)state;
    return fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bar_shows_share_rate_and_time_left),
        cmocka_unit_test(the_bar_has_eighths_where_there_is_utf8),
        cmocka_unit_test(it_is_drawn_ten_times_a_second_at_most),
        cmocka_unit_test(the_rate_forgets_what_is_long_ago),
        cmocka_unit_test(a_note_stands_above_the_bar),
        cmocka_unit_test(a_narrow_terminal_gets_numbers_only),
        cmocka_unit_test(an_unknown_total_shows_what_is_done),
        cmocka_unit_test(quiet_and_a_plain_file_get_no_bar),
    };
    return cmocka_run_group_tests(tests, open_file, close_file);
}
