// The record of a run in a checkpoint: what is written reads back the same, and each byte of it
// damaged, as by a program that writes checkpoints of its own, is an error or a record in bounds.
#include "cmocka_headers.h"

#include "damage.h"
#include "gan/run_record.h"

#include <string.h>

static const gan_run_record record = {
    .seed = 3,
    .step = 1200,
    .data_position = 76800,
    .logged_step = 1100,
    .elapsed_s = 12.25,
    .device = "pthread-0x1",
    .driver = "3.1",
    .data_kind = "IDX",
    .data_count = 60000,
    .classes = 10,
    .sample = {.rank = 3, .size = {1, 28, 28}},
};

static void a_record_reads_back_as_written(void **state) {
    (void)state;
    gan_text json = {0};
    gan_run_record again;
    assert_int_equal(gan__run_record_write(&record, &json), GAN_STATUS_OK);
    assert_int_equal(gan__run_record_parse(json.bytes, &again), GAN_STATUS_OK);
    assert_true(again.seed == 3 && again.step == 1200 && again.data_position == 76800);
    assert_true(again.logged_step == 1100 && again.elapsed_s == 12.25);
    assert_string_equal(again.device, record.device);
    assert_string_equal(again.driver, record.driver);
    assert_string_equal(again.data_kind, record.data_kind);
    assert_true(again.data_count == 60000 && again.classes == 10 && again.sample.rank == 3);
    for (int i = 0; i < 3; i++) assert_int_equal(again.sample.size[i], record.sample.size[i]);
    gan__text_destroy(&json);
}

// Whether it is read; what is read lies in bounds that resuming and sampling rely on.
static bool read_record(const char *text) {
    gan_run_record got;
    if (!damage_judge(gan__run_record_parse(text, &got))) return false;
    assert_in_range(got.sample.rank, 1, 3);
    for (int i = 0; i < got.sample.rank; i++) assert_in_range(got.sample.size[i], 1, INT32_MAX);
    assert_true(got.logged_step <= got.step && got.step <= INT64_MAX && got.classes <= 65536);
    assert_true(memchr(got.device, 0, sizeof got.device) != NULL);
    return true;
}

static void every_changed_byte_gives_an_error_or_a_record_in_bounds(void **state) {
    (void)state;
    gan_text json = {0};
    size_t refused = 0;
    assert_int_equal(gan__run_record_write(&record, &json), GAN_STATUS_OK);
    for (size_t i = 0; i < json.length; i++) {
        const char kept = json.bytes[i];
        for (int value = 1; value < 256; value++) {
            json.bytes[i] = (char)value;
            refused += !read_record(json.bytes);
        }
        json.bytes[i] = kept;
    }
    assert_true(refused > 100 * json.length);
    gan__text_destroy(&json);
}

static void every_truncation_is_refused(void **state) {
    (void)state;
    gan_text json = {0};
    assert_int_equal(gan__run_record_write(&record, &json), GAN_STATUS_OK);
    while (json.length > 0) {
        json.bytes[--json.length] = '\0';
        if (read_record(json.bytes)) fail_msg("cut to %zu bytes", json.length);
    }
    gan__text_destroy(&json);
}

#define RECORD(seed, step, sample)                                                                 \
    "{\"seed\": " seed ", \"step\": " step ", \"data_position\": 0, \"logged_step\": 0, "          \
    "\"elapsed_s\": 1, \"sample\": " sample "}"

static void numbers_out_of_bounds_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        RECORD("9223372036854775808", "1", "[1]"),
        RECORD("-1", "1", "[1]"),
        RECORD("1", "1e300", "[1]"),
        RECORD("1", "-9223372036854775808", "[1]"),
        RECORD("1", "1", "[]"),
        RECORD("1", "1", "[1, 2, 3, 4]"),
        RECORD("1", "1", "[9223372036854775807]"),
        RECORD("1", "1", "[0]"),
        RECORD("1", "1", "[-1, 1, 1]"),
        RECORD("1", "1", "[\"1\"]"),
        RECORD("1", "1", "{}"),
        "[]",
    };
    assert_true(read_record(RECORD("9223372036854775807", "9223372036854775807", "[2147483647]")));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (read_record(texts[i])) fail_msg("read: %s", texts[i]);
}

// Jansson would make gigabytes of it.
static void a_record_of_megabytes_is_refused_unread(void **state) {
    (void)state;
    gan_text json = {0};
    gan__text_append(&json, "{\"sample\": [");
    for (int i = 0; i < 1000000; i++) gan__text_append_bytes(&json, "[],", 3);
    gan__text_append(&json, "[]]}");
    assert_int_equal(gan__text_status(&json), GAN_STATUS_OK);
    assert_false(read_record(json.bytes));
    gan__text_destroy(&json);
}

int main(void) {
    damage_bound_memory(64);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_reads_back_as_written),
        cmocka_unit_test(every_changed_byte_gives_an_error_or_a_record_in_bounds),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(numbers_out_of_bounds_are_refused),
        cmocka_unit_test(a_record_of_megabytes_is_refused_unread),
    };
    return cmocka_run_group_tests_name("run_record", tests, NULL, NULL);
}
