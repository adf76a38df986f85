// Lines of metrics: what they say, and that the file beside a run holds just the history.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const gan_run_metrics metrics = {
    .step = 200,
    .images = 12800,
    .elapsed_s = 1.5,
    .images_per_s = 8533.25,
    .d_loss = 1.25,
    .g_loss = 0.75,
    .d_real = 0.5,
    .d_fake = 0.25,
};

static void a_line_is_one_json_object_with_every_figure(void **state) {
    (void)state;
    gan_text history = {0};
    gan__history_append(&history, &metrics);
    assert_string_equal(gan__text_string(&history),
                        "{\"step\": 200, \"images\": 12800, \"elapsed_s\": 1.5, "
                        "\"images_per_s\": 8533.25, \"d_loss\": 1.25, \"g_loss\": 0.75, "
                        "\"d_real\": 0.5, \"d_fake\": 0.25}\n");
    gan__text_destroy(&history);
}

static void modes_are_in_the_line_where_they_were_measured(void **state) {
    (void)state;
    gan_text history = {0};
    gan_run_metrics measured = metrics;
    measured.has_modes = true;
    measured.modes =
        (gan_mode_figures){.modes = 8, .captured = 6, .high_quality = 0.75, .reverse_kl = 0.5};
    gan__history_append(&history, &metrics);
    assert_int_equal(gan__history_most_modes(gan__text_string(&history)), 0);
    gan__history_append(&history, &measured);
    assert_non_null(strstr(gan__text_string(&history),
                           "\"d_fake\": 0.25, \"modes\": 6, \"high_quality\": 0.75, "
                           "\"reverse_kl\": 0.5, \"collapsed\": false}\n"));
    measured.modes.captured = 2;
    measured.modes.reverse_kl = NAN;
    measured.collapsed = true;
    gan__history_append(&history, &measured);
    assert_non_null(strstr(gan__text_string(&history), "\"modes\": 2"));
    assert_non_null(
        strstr(gan__text_string(&history), "\"reverse_kl\": null, \"collapsed\": true}\n"));
    assert_int_equal(gan__history_most_modes(gan__text_string(&history)), 6);
    gan__history_append(&history, &metrics);
    measured.step = 300;
    gan__history_append(&history, &measured);
    measured.step = 400;
    measured.collapsed = false;
    gan__history_append(&history, &measured);
    const gan_history_collapse collapse = gan__history_count_collapse(gan__text_string(&history));
    assert_int_equal(collapse.looks, 4);
    assert_int_equal(collapse.collapsed, 2);
    assert_int_equal(collapse.last, 300);
    assert_int_equal(gan__history_count_collapse("").last, 0);
    gan__text_destroy(&history);
}

static void norms_of_gradients_are_in_the_line_where_they_were_asked_for(void **state) {
    (void)state;
    gan_text history = {0};
    gan_run_metrics measured = metrics;
    measured.has_gradients = true;
    measured.d_gradient = 1.5;
    measured.g_gradient = 0.125;
    measured.e_gradient = 3;
    gan__history_append(&history, &measured);
    assert_non_null(strstr(gan__text_string(&history),
                           "\"d_fake\": 0.25, \"d_gradient\": 1.5, \"g_gradient\": 0.125}\n"));
    measured.has_encoder = true;
    measured.e_loss = 2;
    gan__history_append(&history, &measured);
    assert_non_null(strstr(gan__text_string(&history),
                           "\"e_loss\": 2, \"d_gradient\": 1.5, \"g_gradient\": 0.125, "
                           "\"e_gradient\": 3}\n"));
    gan__text_destroy(&history);
}

static void an_orbit_is_in_the_line_where_it_was_asked_for(void **state) {
    (void)state;
    gan_text history = {0};
    gan_run_metrics measured = metrics;
    measured.has_orbit = true;
    measured.distance = 1.5;
    measured.rotation = NAN;
    gan__history_append(&history, &measured);
    assert_non_null(strstr(gan__text_string(&history),
                           "\"d_fake\": 0.25, \"distance\": 1.5, \"rotation\": null}\n"));
    gan__text_destroy(&history);
}

static void a_figure_that_is_not_finite_is_null(void **state) {
    (void)state;
    gan_run_metrics bad = metrics;
    gan_text history = {0};
    bad.d_loss = NAN;
    bad.g_loss = INFINITY;
    gan__history_append(&history, &bad);
    assert_non_null(strstr(gan__text_string(&history), "\"d_loss\": null, \"g_loss\": null"));
    gan__text_destroy(&history);
}

static void the_file_starts_as_the_history_and_grows_with_it(void **state) {
    (void)state;
    char path[] = "metrics-XXXXXX";
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0 && write(descriptor, "stale\n", 6) == 6);
    close(descriptor);
    gan_text history = {0};
    gan_history_file *file = NULL;
    gan__text_append(&history, "{\"step\": 100}\n");
    assert_int_equal(gan__history_file_open(path, &history, &file), GAN_STATUS_OK);
    const size_t before = history.length;
    gan__history_append(&history, &metrics);
    assert_int_equal(gan__history_file_append(file, &history, before), GAN_STATUS_OK);
    gan__history_file_close(file);
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, history.length);
    assert_memory_equal(bytes, history.bytes, length);
    gan__free(bytes);
    gan__text_destroy(&history);
    unlink(path);
}

static void a_folder_that_takes_no_files_is_refused(void **state) {
    (void)state;
    gan_text history = {0};
    gan_history_file *file = NULL;
    gan__history_append(&history, &metrics);
    assert_int_equal(gan__history_file_open("no-such-folder/metrics.jsonl", &history, &file),
                     GAN_STATUS_BAD_OUTPUT);
    assert_null(file);
    gan__text_destroy(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_json_object_with_every_figure),
        cmocka_unit_test(modes_are_in_the_line_where_they_were_measured),
        cmocka_unit_test(norms_of_gradients_are_in_the_line_where_they_were_asked_for),
        cmocka_unit_test(an_orbit_is_in_the_line_where_it_was_asked_for),
        cmocka_unit_test(a_figure_that_is_not_finite_is_null),
        cmocka_unit_test(the_file_starts_as_the_history_and_grows_with_it),
        cmocka_unit_test(a_folder_that_takes_no_files_is_refused),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
