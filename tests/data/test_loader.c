// Batches prepared on other threads are those that the data set gives, in any order of asking; what
// fails there fails here, with its message.
#include "files.h"

#include "data/loader.h"

enum { SIDE = 28, BYTES = SIDE * SIDE, BATCH = 12 };

static void assert_batch(gan_loader *loader, const gan_dataset *set, uint64_t number) {
    static uint8_t samples[BATCH * BYTES], expected[BATCH * BYTES];
    uint32_t labels[BATCH], expected_labels[BATCH];
    assert_int_equal(gan__loader_read(loader, number, samples, labels), GAN_STATUS_OK);
    assert_int_equal(gan__dataset_read(set, 5, number * BATCH, BATCH, expected, expected_labels),
                     GAN_STATUS_OK);
    assert_memory_equal(samples, expected, sizeof samples);
    assert_memory_equal(labels, expected_labels, sizeof labels);
}

static void batches_are_those_of_the_data_set(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail("builtin:digits");
    gan_loader *loader;
    assert_int_equal(gan__loader_create(set, 5, BATCH, 3, &loader), GAN_STATUS_OK);
    assert_true(gan__loader_threads(loader) > 0);
    for (uint64_t i = 3; i < 40; ++i) assert_batch(loader, set, i);
    assert_batch(loader, set, 7); // out of turn
    assert_batch(loader, set, 40);
    gan__loader_destroy(loader);
    gan__dataset_close(set);
}

static void a_loader_may_be_left_at_any_time(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail("builtin:digits");
    for (uint64_t read = 0; read < 12; ++read) {
        gan_loader *loader;
        assert_int_equal(gan__loader_create(set, 5, BATCH, 0, &loader), GAN_STATUS_OK);
        for (uint64_t i = 0; i < read; ++i) assert_batch(loader, set, i);
        gan__loader_destroy(loader);
    }
    gan__dataset_close(set);
}

static void samples_that_lie_in_memory_need_no_thread(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    const uint32_t sizes[] = {20, SIDE, SIDE};
    make_file("images", bytes, ramp_idx(bytes, 3, sizes, 0));
    gan_dataset *set = open_or_fail(in_folder("images"));
    gan_loader *loader;
    assert_int_equal(gan__loader_create(set, 5, BATCH, 0, &loader), GAN_STATUS_OK);
    assert_int_equal(gan__loader_threads(loader), 0);
    for (uint64_t i = 0; i < 5; ++i) assert_batch(loader, set, i);
    gan__loader_destroy(loader);
    gan__dataset_close(set);
}

static void a_failure_comes_with_its_batch_and_its_message(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16], samples[BATCH * 3 * 64];
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/pictures/rgb.png", CLGAN_TEST_SOURCE);
    size_t length = read_whole(path, bytes, sizeof bytes);
    const gan_dataset_options options = {.size = {8, 8}};
    gan_dataset *set;
    gan_loader *loader;
    for (char name[] = "a.png"; name[0] < 'a' + 20; name[0]++) {
        if (name[0] == 'k') bytes[length / 2] ^= 1;
        make_file(name, bytes, length);
        if (name[0] == 'k') bytes[length / 2] ^= 1;
    }
    assert_int_equal(gan__dataset_open_as(folder, &options, &set), GAN_STATUS_OK);
    assert_int_equal(gan__loader_create(set, 5, 2, 0, &loader), GAN_STATUS_OK);
    uint64_t number = 0;
    gan_status status = GAN_STATUS_OK, expected = GAN_STATUS_OK;
    for (; status == GAN_STATUS_OK; ++number) {
        assert_true(number < 10); // it is met in the first epoch
        status = gan__loader_read(loader, number, samples, NULL);
        if (status != GAN_STATUS_OK) assert_non_null(strstr(gan_status_message(), "/k.png"));
        expected = gan__dataset_read(set, 5, 2 * number, 2, samples, NULL);
        assert_int_equal(status, expected);
    }
    assert_int_equal(gan__loader_read(loader, number - 1, samples, NULL), status);
    gan__loader_destroy(loader);
    gan__dataset_close(set);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail("builtin:digits");
    gan_loader *loader = NULL;
    for (size_t n = 1; !loader; ++n) {
        gan__alloc_fail_at(n);
        gan_status status = gan__loader_create(set, 5, BATCH, 0, &loader);
        gan__alloc_fail_at(0);
        assert_int_equal(status, loader ? GAN_STATUS_OK : GAN_STATUS_NO_MEMORY);
    }
    gan__loader_destroy(loader);
    gan__dataset_close(set);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(batches_are_those_of_the_data_set),
        TEST(a_loader_may_be_left_at_any_time),
        TEST(samples_that_lie_in_memory_need_no_thread),
        TEST(a_failure_comes_with_its_batch_and_its_message),
        TEST(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
