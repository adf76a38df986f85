// What holds for any set: which files of a folder are taken, the shuffled stream, the window of
// gan__dataset_limit, means, and CIFAR-10's records.
#include "files.h"

#include <pthread.h>

static uint8_t bytes[1 << 16];

// A set of 100 samples of one value each: its own number.
static gan_dataset *open_numbers(void) {
    make_file("numbers", bytes, ramp_idx(bytes, 2, (uint32_t[]){100, 1}, 0));
    return open_or_fail(in_folder("numbers"));
}

static void an_epoch_visits_each_sample_once_in_a_new_order(void **state) {
    (void)state;
    gan_dataset *set = open_numbers();
    uint8_t order[300];
    assert_int_equal(gan__dataset_read(set, 5, 0, 300, order, NULL), GAN_STATUS_OK);
    for (size_t epoch = 0; epoch < 3; ++epoch) {
        bool seen[100] = {false};
        for (size_t i = 0; i < 100; ++i) seen[order[100 * epoch + i]] = true;
        for (size_t i = 0; i < 100; ++i) assert_true(seen[i]);
    }
    assert_memory_not_equal(order, order + 100, 100);
    assert_memory_not_equal(order + 100, order + 200, 100);
    gan__dataset_close(set);
}

static void any_position_can_be_reached_at_once(void **state) {
    (void)state;
    gan_dataset *set = open_numbers();
    uint8_t all[300], part[77];
    gan__dataset_read(set, 5, 0, 300, all, NULL);
    gan__dataset_read(set, 5, 150, 77, part, NULL);
    assert_memory_equal(all + 150, part, 77);
    gan__dataset_read(set, 6, 0, 77, part, NULL);
    assert_memory_not_equal(all, part, 77);
    gan__dataset_close(set);
}

static void a_window_holds_its_samples_and_no_others(void **state) {
    (void)state;
    gan_dataset *set = open_numbers();
    assert_int_equal(gan__dataset_limit(set, 20, 30), GAN_STATUS_OK);
    assert_int_equal(gan__dataset_info(set)->count, 30);
    uint8_t order[30], sample;
    bool seen[100] = {false};
    gan__dataset_read(set, 1, 30, 30, order, NULL);
    for (size_t i = 0; i < 30; ++i) seen[order[i]] = true;
    for (size_t i = 0; i < 100; ++i) assert_int_equal(seen[i], i >= 20 && i < 50);
    assert_int_equal(gan__dataset_sample(set, 29, &sample, NULL), GAN_STATUS_OK);
    assert_int_equal(sample, 49);
    assert_int_equal(gan__dataset_sample(set, 30, &sample, NULL), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__dataset_limit(set, 10, 20), GAN_STATUS_OK); // a window of the window
    assert_int_equal(gan__dataset_sample(set, 0, &sample, NULL), GAN_STATUS_OK);
    assert_int_equal(sample, 30);
    gan__dataset_close(set);
}

static void a_window_past_the_end_is_refused(void **state) {
    (void)state;
    gan_dataset *set = open_numbers();
    assert_int_equal(gan__dataset_limit(set, 0, 101), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__dataset_limit(set, 101, 1), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__dataset_limit(set, 50, UINT64_MAX), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__dataset_limit(set, 0, 0), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__dataset_info(set)->count, 100);
    gan__dataset_close(set);
}

static void means_are_taken_element_by_element(void **state) {
    (void)state;
    make_file("images", bytes, ramp_idx(bytes, 3, (uint32_t[]){5, 2, 2}, 10));
    gan_dataset *set = open_or_fail(in_folder("images"));
    double means[4];
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_OK);
    for (int i = 0; i < 4; ++i) assert_true(means[i] == 10 + 8 + i);
    assert_int_equal(gan__dataset_limit(set, 3, 2), GAN_STATUS_OK);
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_OK);
    for (int i = 0; i < 4; ++i) assert_true(means[i] == 10 + 14 + i);
    gan__dataset_close(set);
}

static void *read_in_thread(void *argument) {
    const gan_dataset *set = argument;
    uint8_t *order = malloc(10000);
    if (order) gan__dataset_read(set, 9, 0, 10000, order, NULL);
    return order;
}

static void threads_may_read_one_set_at_once(void **state) {
    (void)state;
    gan_dataset *set = open_numbers();
    pthread_t threads[4];
    uint8_t *order[4], *alone = read_in_thread(set);
    assert_non_null(alone);
    for (int i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, read_in_thread, set), 0);
    for (int i = 0; i < 4; ++i) {
        assert_int_equal(pthread_join(threads[i], (void **)&order[i]), 0);
        assert_memory_equal(order[i], alone, 10000);
        free(order[i]);
    }
    free(alone);
    gan__dataset_close(set);
}

static void a_folder_gives_its_training_part(void **state) {
    (void)state;
    make_file("t10k-images-idx3-ubyte", bytes, ramp_idx(bytes, 3, (uint32_t[]){2, 2, 2}, 0));
    make_file("train-images-idx3-ubyte", bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 2, 2}, 0));
    make_file("train-labels-idx1-ubyte", bytes, ramp_idx(bytes, 1, (uint32_t[]){3}, 4));
    make_file("README.txt", "text", 4);
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 3, 3, 1, 2, 2);
    assert_int_equal(label_of(set, 2), 6);
    gan__dataset_close(set);
}

static void a_file_and_its_gzip_twin_are_one_set(void **state) {
    (void)state;
    size_t length = ramp_idx(bytes, 3, (uint32_t[]){3, 2, 2}, 0);
    make_file("train-images-idx3-ubyte", bytes, length);
    make_gzip_file("train-images-idx3-ubyte.gz", bytes, length);
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 3, 3, 1, 2, 2);
    gan__dataset_close(set);
}

static void two_sets_in_a_folder_are_not_guessed_between(void **state) {
    (void)state;
    make_file("letters-train-images", bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 2, 2}, 0));
    make_file("digits-train-images", bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 2, 2}, 0));
    assert_refused(folder, GAN_STATUS_BAD_INPUT, "several data sets (digits-train-images, ");
}

static void a_pipe_in_the_folder_is_passed_over(void **state) {
    (void)state;
    assert_int_equal(mkfifo(in_folder("a-train-images"), 0600), 0);
    make_file("images", bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 2, 2}, 0));
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 3, 3, 1, 2, 2);
    gan__dataset_close(set);
    assert_refused(in_folder("a-train-images"), GAN_STATUS_BAD_INPUT, "a pipe");
}

static void a_source_that_is_no_data_set_says_what_it_is(void **state) {
    (void)state;
    assert_refused(folder, GAN_STATUS_BAD_INPUT, "among its 0 files");
    make_file("a.png", "\x89PNG\r\n\x1a\n", 8);
    assert_refused(in_folder("a.png"), GAN_STATUS_BAD_INPUT, "a single picture; give the folder");
    unlink(in_folder("a.png"));
    make_file("batch", "\x80\2}q\1", 5);
    assert_refused(in_folder("batch"), GAN_STATUS_BAD_INPUT, "a Python pickle");
    make_file("empty", "", 0);
    assert_refused(in_folder("empty"), GAN_STATUS_BAD_INPUT, "the file is empty");
    memset(bytes, 'x', 600);
    make_file("text", bytes, 600);
    assert_refused(in_folder("text"), GAN_STATUS_BAD_INPUT, "known kinds are IDX");
    memcpy(bytes + 257, "ustar", 5);
    make_file("archive", bytes, 600);
    assert_refused(in_folder("archive"), GAN_STATUS_BAD_INPUT, "a tar archive; unpack it");
    assert_refused(in_folder("absent"), GAN_STATUS_BAD_INPUT, "");
    assert_refused("builtin:ring9", GAN_STATUS_BAD_INPUT, "did you mean builtin:ring8?");
    assert_refused("builtin:", GAN_STATUS_BAD_INPUT, gan__dataset_builtins());
}

// `count` CIFAR-10 records; pixel i of record n is i + n, its label (n + first) mod 10.
static size_t put_cifar(unsigned count, unsigned first) {
    for (unsigned n = 0; n < count; ++n) {
        bytes[n * 3073] = (uint8_t)((n + first) % 10);
        for (unsigned i = 0; i < 3072; ++i) bytes[n * 3073 + 1 + i] = (uint8_t)(i + n);
    }
    return count * 3073;
}

static void cifar_batches_of_a_folder_are_joined_without_the_test_batch(void **state) {
    (void)state;
    make_file("test_batch.bin", bytes, put_cifar(1, 9));
    make_file("data_batch_2.bin", bytes, put_cifar(2, 3));
    make_gzip_file("data_batch_1.bin.gz", bytes, put_cifar(3, 0));
    make_file("batches.meta.txt", "airplane\n", 9);
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 5, 3, 3, 32, 32);
    assert_string_equal(gan__dataset_info(set)->kind, "CIFAR-10 binary");
    assert_int_equal(gan__dataset_info(set)->classes, 5);
    for (unsigned i = 0; i < 5; ++i) assert_int_equal(label_of(set, i), i);
    put_cifar(3, 0);
    assert_sample(set, 2, bytes + 2 * 3073 + 1, 3072);
    assert_sample(set, 3, bytes + 1, 3072);
    gan__dataset_close(set);
}

static void cifar_records_are_told_from_an_idx_header(void **state) {
    (void)state;
    size_t length = put_cifar(3, 0);
    memcpy(bytes, "\0\0\x08\3\0\0\0\1", 8); // label 0, then pixels that look like IDX
    make_file("a", bytes, length);
    gan_dataset *set = open_or_fail(in_folder("a"));
    assert_shape(set, 3, 3, 3, 32, 32);
    gan__dataset_close(set);
}

static void damaged_cifar_records_are_named(void **state) {
    (void)state;
    size_t length = put_cifar(3, 0);
    make_file("a.bin", bytes, length - 1);
    assert_refused(in_folder("a.bin"), GAN_STATUS_CORRUPT, "from byte 6146 on, has 3072");
    bytes[3073] = 10;
    make_file("a.bin", bytes, length);
    assert_refused(in_folder("a.bin"), GAN_STATUS_BAD_INPUT,
                   "byte 3073: the label of record 1 is 10");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(an_epoch_visits_each_sample_once_in_a_new_order),
        TEST(any_position_can_be_reached_at_once),
        TEST(a_window_holds_its_samples_and_no_others),
        TEST(a_window_past_the_end_is_refused),
        TEST(means_are_taken_element_by_element),
        TEST(threads_may_read_one_set_at_once),
        TEST(a_folder_gives_its_training_part),
        TEST(a_file_and_its_gzip_twin_are_one_set),
        TEST(two_sets_in_a_folder_are_not_guessed_between),
        TEST(a_pipe_in_the_folder_is_passed_over),
        TEST(a_source_that_is_no_data_set_says_what_it_is),
        TEST(cifar_batches_of_a_folder_are_joined_without_the_test_batch),
        TEST(cifar_records_are_told_from_an_idx_header),
        TEST(damaged_cifar_records_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
