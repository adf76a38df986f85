// report.html as a text: what stands in it is data, never markup.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_report(const gan_report *report, char folder[], char **page) {
    gan_run_folder *run = NULL;
    gan_text path = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(gan__run_folder_create(folder, &run), GAN_STATUS_OK);
    assert_int_equal(gan__run_folder_prepare(run), GAN_STATUS_OK);
    assert_int_equal(gan__report_write(report, run), GAN_STATUS_OK);
    assert_int_equal(gan__run_folder_file(run, "report.html", &path), GAN_STATUS_OK);
    assert_int_equal(gan__file_read(path.bytes, SIZE_MAX, &bytes, &length), GAN_STATUS_OK);
    *page = (char *)bytes;
    unlink(path.bytes);
    gan__run_folder_file(run, "samples", &path);
    rmdir(path.bytes);
    rmdir(folder);
    gan__text_destroy(&path);
    gan__run_folder_destroy(run);
}

static void test_texts_cannot_become_markup(void **state) {
    (void)state;
    char folder[] = "report-XXXXXX";
    char *page = NULL;
    const gan_run_plan plan = {.name = "a<b", .recipe = "x: </script><b>", .data_kind = "IDX"};
    const gan_device_info device = {.name = "<!-- device", .driver = "1"};
    const gan_report report = {
        .state = "training", .plan = &plan, .device = &device, .history = ""};
    write_report(&report, folder, &page);
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
    write_report(&report, folder, &page);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_cannot_become_markup),
        cmocka_unit_test(test_long_histories_are_thinned_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
