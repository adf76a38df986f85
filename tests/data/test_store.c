// Large sets lie in a file, not in memory, and give the same samples from there.
#include "files.h"

#include "data/formats.h"

#define SAMPLES 1100
#define VALUES  15901 // a sample; together 16.7 MiB, and no sample begins as the last one did

static size_t put_large(uint8_t **bytes) {
    *bytes = test_malloc(64 + (size_t)SAMPLES * VALUES);
    return ramp_idx(*bytes, 2, (uint32_t[]){SAMPLES, VALUES}, 0);
}

static void assert_ramp(const gan_dataset *set, uint64_t index) {
    uint8_t expected[256];
    for (size_t i = 0; i < sizeof expected; ++i) expected[i] = (uint8_t)(index * VALUES + i);
    assert_sample(set, index, expected, sizeof expected);
}

static void assert_ramps(const gan_dataset *set) {
    assert_shape(set, SAMPLES, 1, VALUES, 0, 0);
    for (uint64_t i = 0; i < SAMPLES; i += 157) assert_ramp(set, i);
    assert_ramp(set, SAMPLES - 1);
}

static void a_large_file_is_read_where_it_lies(void **state) {
    (void)state;
    uint8_t *bytes;
    const size_t length = put_large(&bytes);
    make_file("large", bytes, length);
    gan_dataset *set = open_or_fail(in_folder("large"));
    assert_true(set->filed);
    assert_null(set->storage);
    assert_int_equal(set->file_start, length - (size_t)SAMPLES * VALUES);
    unlink(in_folder("large")); // which takes nothing from whom has it open
    assert_ramps(set);
    gan__dataset_close(set);
    test_free(bytes);
}

static void a_large_gzip_file_is_read_from_a_copy_without_a_name(void **state) {
    (void)state;
    uint8_t *bytes;
    const size_t length = put_large(&bytes);
    make_gzip_file("large.gz", bytes, length);
    assert_int_equal(mkdir(in_folder("cache"), 0777), 0);
    setenv("CLGAN_CACHE_DIR", in_folder("cache"), 1);
    gan_dataset *set = open_or_fail(in_folder("large.gz"));
    assert_true(set->filed);
    assert_null(set->storage);
    assert_int_equal(set->file_start, 0);
    assert_int_equal(rmdir(in_folder("cache")), 0); // it is empty
    assert_ramps(set);
    gan__dataset_close(set);
    test_free(bytes);
}

static void where_there_is_no_cache_samples_stay_in_memory(void **state) {
    (void)state;
    uint8_t *bytes;
    const size_t length = put_large(&bytes);
    make_gzip_file("large.gz", bytes, length);
    setenv("CLGAN_CACHE_DIR", "off", 1);
    gan_dataset *set = open_or_fail(in_folder("large.gz"));
    assert_false(set->filed);
    assert_ramps(set);
    gan__dataset_close(set);
    test_free(bytes);
}

static void small_sets_stay_in_memory(void **state) {
    (void)state;
    uint8_t bytes[256];
    make_file("small", bytes, ramp_idx(bytes, 2, (uint32_t[]){10, 2}, 0));
    gan_dataset *set = open_or_fail(in_folder("small"));
    assert_false(set->filed);
    gan__dataset_close(set);
}

static void a_file_that_is_cut_meanwhile_is_an_error(void **state) {
    (void)state;
    uint8_t *bytes, *sample = test_malloc(VALUES);
    const size_t length = put_large(&bytes);
    make_file("large", bytes, length);
    gan_dataset *set = open_or_fail(in_folder("large"));
    assert_int_equal(truncate(in_folder("large"), (off_t)(length - 1)), 0);
    assert_ramp(set, SAMPLES - 2);
    assert_int_equal(gan__dataset_sample(set, SAMPLES - 1, sample, NULL), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "sample 1099 of the data set"));
    gan__dataset_close(set);
    test_free(sample);
    test_free(bytes);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(a_large_file_is_read_where_it_lies),
        TEST(a_large_gzip_file_is_read_from_a_copy_without_a_name),
        TEST(where_there_is_no_cache_samples_stay_in_memory),
        TEST(small_sets_stay_in_memory),
        TEST(a_file_that_is_cut_meanwhile_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
