// report.html as a text: what stands in it is data, never markup.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static gan_run_folder *make_run(char folder[]) {
    gan_run_folder *run = NULL;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(gan__run_folder_create(folder, &run), GAN_STATUS_OK);
    assert_int_equal(gan__run_folder_prepare(run), GAN_STATUS_OK);
    return run;
}

static void remove_run(gan_run_folder *run) {
    gan_text path = {0};
    gan__run_folder_file(run, "report.html", &path);
    unlink(path.bytes);
    gan__run_folder_file(run, "samples", &path);
    rmdir(path.bytes);
    rmdir(gan__run_folder_path(run));
    gan__text_destroy(&path);
    gan__run_folder_destroy(run);
}

static void write_report(const gan_report *report, const gan_run_folder *run, char **page) {
    gan_text path = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_int_equal(gan__report_write(report, run), GAN_STATUS_OK);
    assert_int_equal(gan__run_folder_file(run, "report.html", &path), GAN_STATUS_OK);
    assert_int_equal(gan__file_read(path.bytes, SIZE_MAX, &bytes, &length), GAN_STATUS_OK);
    *page = (char *)bytes;
    gan__text_destroy(&path);
}

static void test_texts_cannot_become_markup(void **state) {
    (void)state;
    char folder[] = "report-XXXXXX";
    char *page = NULL;
    const gan_run_plan plan = {.name = "a<b", .recipe = "x: </script><b>", .data_kind = "IDX"};
    const gan_device_info device = {.name = "<!-- device", .driver = "1"};
    const gan_report report = {
        .state = "training", .plan = &plan, .device = &device, .history = ""};
    gan_run_folder *const run = make_run(folder);
    write_report(&report, run, &page);
    remove_run(run);
    assert_non_null(strstr(page, "<title>a&#60;b</title>"));
    assert_non_null(strstr(page, "x: \\u003c/script>\\u003cb>"));
    assert_null(strstr(page, "</script><b>"));
    assert_null(strstr(page, "<!-- device"));
    assert_null(strstr(page, "{{"));
    gan__free(page);
}

static void test_long_histories_are_thinned_evenly(void **state) {
    (void)state;
    char folder[] = "report-XXXXXX";
    char *page = NULL;
    gan_text history = {0};
    for (int step = 1; step <= 10000; step++) gan__text_append(&history, "{\"step\": %d}\n", step);
    const gan_run_plan plan = {.name = "long", .recipe = "", .data_kind = "IDX"};
    const gan_device_info device = {.name = "device", .driver = "1"};
    const gan_report report = {.state = "finished",
                               .plan = &plan,
                               .device = &device,
                               .history = gan__text_string(&history)};
    gan_run_folder *const run = make_run(folder);
    write_report(&report, run, &page);
    remove_run(run);
    size_t lines = 0;
    const char *const start = strstr(page, "\"history\":[");
    assert_non_null(start);
    for (const char *at = start; (at = strstr(at, "{\"step\":")) != NULL; at++) lines++;
    assert_int_equal(lines, GAN_REPORT_LINES);
    assert_non_null(strstr(page, "\"history_every\":5"));
    assert_non_null(strstr(page, "\"history\":[{\"step\":1}"));
    assert_non_null(strstr(page, "{\"step\":10000}]"));
    gan__text_destroy(&history);
    gan__free(page);
}

// One of 1 byte, and one that is longer than any that goes into a page.
static void test_pictures_too_large_for_a_page_are_left_out(void **state) {
    (void)state;
    char folder[] = "report-XXXXXX", *page = NULL;
    gan_text small = {0}, large = {0};
    const gan_run_plan plan = {.name = "large", .recipe = "", .data_kind = "IDX"};
    const gan_device_info device = {.name = "device", .driver = "1"};
    const gan_report report = {
        .state = "training", .plan = &plan, .device = &device, .history = "", .step = 2};
    gan_run_folder *const run = make_run(folder);
    gan__run_folder_samples(run, 1, &small);
    gan__run_folder_samples(run, 2, &large);
    assert_int_equal(gan__file_write(small.bytes, "x", 1), GAN_STATUS_OK);
    assert_int_equal(gan__file_write(large.bytes, "x", 1), GAN_STATUS_OK);
    assert_int_equal(truncate(large.bytes, (off_t)GAN_RUN_PICTURE_BYTES + 1), 0);
    write_report(&report, run, &page);
    assert_non_null(strstr(page, "\"pictures\":[{\"step\":1,\"png\":\"eA==\"}]"));
    unlink(small.bytes);
    unlink(large.bytes);
    gan__text_destroy(&small);
    gan__text_destroy(&large);
    gan__free(page);
    remove_run(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_cannot_become_markup),
        cmocka_unit_test(test_long_histories_are_thinned_evenly),
        cmocka_unit_test(test_pictures_too_large_for_a_page_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
