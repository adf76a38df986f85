// Event files: byte for byte what TensorBoard's own writer makes of the same figures
// (tests/golden/make_events.py).
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/event_file.h"

#include <string.h>
#include <unistd.h>

static const char lines[] =
    "{\"step\": 50, \"images\": 1000, \"elapsed_s\": 1.5, \"d_loss\": 1.25, \"g_loss\": 0.75}\n"
    "{\"step\": 300, \"images\": 6000, \"elapsed_s\": 9.125, \"d_loss\": -0.5, \"g_loss\": null, "
    "\"modes\": 3, \"collapsed\": true}\n"
    "{\"step\": 350, \"images\": 7000, \"elapsed_s\": 10.5, \"modes\": 8, \"collapsed\": false}\n";

static void read_golden(const char *name, uint8_t **bytes, size_t *length) {
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/%s", CLGAN_TEST_SOURCE, name);
    assert_int_equal(gan__file_read(path, SIZE_MAX, bytes, length), GAN_STATUS_OK);
}

static void the_file_is_tensorboards_own(void **state) {
    (void)state;
    const char *const path = "event-file.tmp";
    uint8_t *png = NULL, *expected = NULL, *written = NULL;
    size_t png_length, expected_length, written_length;
    read_golden("events.png", &png, &png_length);
    read_golden("events.bin", &expected, &expected_length);
    gan_event_file *file = NULL;
    assert_int_equal(gan__event_file_open(path, 1700000000.25, &file), GAN_STATUS_OK);
    assert_int_equal(gan__event_file_lines(file, lines), GAN_STATUS_OK);
    assert_int_equal(gan__event_file_picture(file, 350, png, png_length), GAN_STATUS_OK);
    gan__event_file_close(file);
    assert_int_equal(gan__file_read(path, SIZE_MAX, &written, &written_length), GAN_STATUS_OK);
    assert_int_equal(written_length, expected_length);
    assert_memory_equal(written, expected, expected_length);
    unlink(path);
    gan__free(png);
    gan__free(expected);
    gan__free(written);
}

static void what_is_no_picture_is_refused(void **state) {
    (void)state;
    const char *const path = "event-file-short.tmp";
    gan_event_file *file = NULL;
    assert_int_equal(gan__event_file_open(path, 0, &file), GAN_STATUS_OK);
    assert_int_equal(gan__event_file_picture(file, 1, (const uint8_t *)"PNG", 3),
                     GAN_STATUS_BAD_INPUT);
    gan__event_file_close(file);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_tensorboards_own),
        cmocka_unit_test(what_is_no_picture_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
