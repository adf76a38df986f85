// Folders of pictures: which files are taken, what the classes are, one size and one kind of
// colours for all, and what becomes of files that cannot be read.
#include "files.h"

#include <pthread.h>

// Puts a picture of tests/golden/pictures into the test's folder under another name.
static void put(const char *picture, const char *name) {
    static uint8_t bytes[1 << 16];
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/pictures/%s", CLGAN_TEST_SOURCE, picture);
    make_file(name, bytes, read_whole(path, bytes, sizeof bytes));
}

static void put_folder(const char *name) {
    assert_int_equal(mkdir(in_folder(name), 0700), 0);
}

static gan_dataset *open_as(const gan_dataset_options *options) {
    gan_dataset *set;
    if (gan__dataset_open_as(folder, options, &set) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return set;
}

static void assert_refused_as(const gan_dataset_options *options, const char *name,
                              const char *piece) {
    gan_dataset *set;
    gan_status status = gan__dataset_open_as(folder, options, &set);
    assert_true(status == GAN_STATUS_BAD_INPUT || status == GAN_STATUS_CORRUPT);
    const char *message = gan_status_message();
    if (!strstr(message, piece) || !strstr(message, name))
        fail_msg("\"%s\" has no \"%s\" or no \"%s\"", message, name, piece);
}

static const gan_dataset_options small = {.size = {8, 8}};

static void pictures_of_one_size_are_taken_as_they_are(void **state) {
    (void)state;
    put("rgb.png", "b.png");
    put("interlaced.png", "a.PNG");
    make_file("notes.txt", "text", 4);
    make_file(".hidden.png", "not a picture", 13);
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 2, 3, 3, 17, 23);
    const gan_dataset_info *info = gan__dataset_info(set);
    assert_string_equal(info->kind, "PNG and JPEG");
    assert_int_equal(info->classes, 0);
    assert_null(gan__dataset_class_name(set, 0));
    uint8_t a[3 * 17 * 23], b[3 * 17 * 23];
    assert_int_equal(gan__dataset_sample(set, 0, a, NULL), GAN_STATUS_OK);
    assert_int_equal(gan__dataset_sample(set, 1, b, NULL), GAN_STATUS_OK);
    assert_memory_equal(a, b, sizeof a); // the same pixels, stored in two ways
    double means[3 * 17 * 23];
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_OK);
    for (size_t i = 0; i < sizeof a; ++i) assert_true(means[i] == a[i]);
    gan__dataset_close(set);
}

static void sub_folders_are_classes_with_names(void **state) {
    (void)state;
    put_folder("dog");
    put_folder("cat");
    put_folder("cat/young");
    put_folder("empty");
    put_folder("of-text");
    make_file("of-text/a.txt", "text", 4);
    put("rgb.png", "dog/a.png");
    put("color.jpg", "cat/a.jpg");
    put("gray.png", "cat/young/a.png");
    make_file("labels.csv", "a,b\n", 4);
    gan_dataset *set = open_as(&small);
    assert_shape(set, 3, 3, 3, 8, 8);
    assert_int_equal(gan__dataset_info(set)->classes, 2);
    assert_string_equal(gan__dataset_class_name(set, 0), "cat");
    assert_string_equal(gan__dataset_class_name(set, 1), "dog");
    assert_null(gan__dataset_class_name(set, 2));
    assert_int_equal(label_of(set, 0), 0);
    assert_int_equal(label_of(set, 1), 0);
    assert_int_equal(label_of(set, 2), 1);
    gan__dataset_close(set);
    put("rgb.png", "above.png");
    assert_refused_as(&small, "above.png", "beside sub-folders with pictures (cat)");
}

static void the_training_part_is_taken_and_the_test_part_found(void **state) {
    (void)state;
    char *test;
    put_folder("train");
    put_folder("train/a");
    put_folder("val");
    put("rgb.png", "train/a/1.png");
    put("rgb.png", "val/1.png");
    gan_dataset *set = open_or_fail(folder);
    assert_shape(set, 1, 3, 3, 17, 23);
    assert_string_equal(gan__dataset_class_name(set, 0), "a");
    gan__dataset_close(set);
    assert_int_equal(gan__dataset_find_test(folder, &test), GAN_STATUS_OK);
    assert_string_equal(test, in_folder("val"));
    gan__free(test);
    assert_int_equal(gan__dataset_find_test(in_folder("train/"), &test), GAN_STATUS_OK);
    assert_string_equal(test, in_folder("val"));
    gan__free(test);
    assert_int_equal(gan__dataset_find_test(in_folder("val"), &test), GAN_STATUS_OK);
    assert_null(test);
}

static void sizes_that_differ_need_one_to_be_said(void **state) {
    (void)state;
    put("rgb.png", "a.png");
    put("photo.png", "b.png");
    assert_refused_as(NULL, "b.png", "data.size=[64, 64]");
    assert_refused_as(NULL, "a.png", "17 and 23");
    gan_dataset *set = open_as(&(gan_dataset_options){.size = {12, 20}});
    assert_shape(set, 2, 3, 3, 12, 20);
    gan__dataset_close(set);
    set = open_as(&(gan_dataset_options){.crop = {16, 10}});
    assert_shape(set, 2, 3, 3, 16, 10);
    gan__dataset_close(set);
    assert_refused_as(&(gan_dataset_options){.crop = {18, 10}}, "a.png", "data.crop");
}

static void colours_are_the_richest_that_any_picture_has(void **state) {
    (void)state;
    put("gray.png", "a.png");
    gan_dataset *set = open_as(&small);
    assert_shape(set, 1, 3, 1, 8, 8);
    gan__dataset_close(set);
    put("rgb.png", "b.png");
    set = open_as(&small);
    assert_shape(set, 2, 3, 3, 8, 8);
    gan__dataset_close(set);
    put("gray-alpha.png", "c.png");
    set = open_as(&small);
    assert_shape(set, 3, 3, 4, 8, 8);
    gan__dataset_close(set);
    gan_dataset_options gray = small;
    gray.channels = 1;
    set = open_as(&gray);
    assert_shape(set, 3, 3, 1, 8, 8);
    gan__dataset_close(set);
}

static void a_file_that_is_no_picture_is_named_or_left_out(void **state) {
    (void)state;
    gan_dataset_options skip = small;
    skip.skip_bad = true;
    put("rgb.png", "a.png");
    make_file("b.png", "this is text", 12);
    assert_refused_as(&small, "b.png", "data.skip_bad=true");
    put("cmyk.jpg", "c.jpg");
    make_file("d.gif", "GIF89a..", 8);
    gan_dataset *set = open_as(&skip);
    assert_int_equal(gan__dataset_info(set)->count, 1);
    assert_int_equal(gan__dataset_info(set)->skipped, 3);
    gan__dataset_close(set);
    unlink(in_folder("b.png"));
    assert_refused_as(&small, "c.jpg", "CMYK");
    unlink(in_folder("c.jpg"));
    assert_refused_as(&small, "d.gif", "this is GIF");
    unlink(in_folder("a.png"));
    assert_refused_as(&skip, folder, "none of its 1 pictures can be read");
}

// Its header is in order, so it is found only when it is decoded: at once where such files are to
// be left out, or when its turn comes.
static void a_picture_damaged_behind_its_header_is_named(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16], samples[3 * 3 * 64];
    put("rgb.png", "a.png");
    put("rgb.png", "b.png");
    size_t length = read_whole(in_folder("a.png"), bytes, sizeof bytes);
    bytes[length / 2] ^= 1;
    make_file("b.png", bytes, length);
    gan_dataset *set = open_as(&small);
    assert_int_equal(gan__dataset_info(set)->count, 2);
    assert_int_equal(gan__dataset_read(set, 1, 0, 2, samples, NULL), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), in_folder("b.png")));
    double means[3 * 64];
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_CORRUPT);
    gan__dataset_close(set);
    gan_dataset_options skip = small;
    skip.skip_bad = true;
    set = open_as(&skip);
    assert_int_equal(gan__dataset_info(set)->count, 1);
    assert_int_equal(gan__dataset_info(set)->skipped, 1);
    assert_int_equal(gan__dataset_read(set, 1, 0, 3, samples, NULL), GAN_STATUS_OK);
    gan__dataset_close(set);
}

static void a_picture_that_vanished_is_named(void **state) {
    (void)state;
    uint8_t sample[3 * 64];
    put("rgb.png", "a.png");
    gan_dataset *set = open_as(&small);
    unlink(in_folder("a.png"));
    assert_int_equal(gan__dataset_sample(set, 0, sample, NULL), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), in_folder("a.png")));
    gan__dataset_close(set);
}

static void a_link_back_to_a_folder_above_is_an_error(void **state) {
    (void)state;
    put("rgb.png", "a.png");
    put_folder("b");
    assert_int_equal(symlink("..", in_folder("b/up")), 0);
    assert_refused_as(&small, "up", "a link among them");
}

static void half_of_the_samples_are_mirrored_the_same_ones_each_time(void **state) {
    (void)state;
    enum { COUNT = 200, BYTES = 3 * 17 * 23 };
    static uint8_t stored[BYTES], mirrored[BYTES], read[COUNT * BYTES], again[BYTES];
    put("rgb.png", "a.png");
    gan_dataset *set = open_as(&(gan_dataset_options){.flip = true});
    assert_int_equal(gan__dataset_sample(set, 0, stored, NULL), GAN_STATUS_OK);
    for (size_t i = 0; i < BYTES; ++i) mirrored[i] = stored[i / 23 * 23 + 22 - i % 23];
    assert_int_equal(gan__dataset_read(set, 7, 0, COUNT, read, NULL), GAN_STATUS_OK);
    size_t count = 0;
    for (size_t i = 0; i < COUNT; ++i) {
        const uint8_t *sample = read + i * BYTES;
        const bool is_mirrored = memcmp(sample, mirrored, BYTES) == 0;
        assert_true(is_mirrored || memcmp(sample, stored, BYTES) == 0);
        count += is_mirrored;
        assert_int_equal(gan__dataset_read(set, 7, i, 1, again, NULL), GAN_STATUS_OK);
        assert_memory_equal(again, sample, BYTES);
    }
    assert_in_range(count, 75, 125); // 3.5 deviations
    gan__dataset_close(set);
}

static void *read_in_thread(void *argument) {
    uint8_t *samples = malloc(60 * 3 * 64);
    if (samples) gan__dataset_read(argument, 9, 0, 60, samples, NULL);
    return samples;
}

static void threads_may_decode_at_once(void **state) {
    (void)state;
    put("rgb.png", "a.png");
    put("color.jpg", "b.jpg");
    put("photo.png", "c.png");
    gan_dataset *set = open_as(&small);
    pthread_t threads[4];
    uint8_t *samples[4];
    for (int i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, read_in_thread, set), 0);
    for (int i = 0; i < 4; ++i) assert_int_equal(pthread_join(threads[i], (void **)&samples[i]), 0);
    uint8_t *alone = read_in_thread(set);
    assert_non_null(alone);
    for (int i = 0; i < 4; ++i) {
        assert_non_null(samples[i]);
        assert_memory_equal(samples[i], alone, 60 * 3 * 64);
        free(samples[i]);
    }
    free(alone);
    gan__dataset_close(set);
}

// The same options change sets that lie in memory.
static void images_of_other_sets_are_brought_into_form_too(void **state) {
    (void)state;
    static uint8_t bytes[1 << 10], sample[16];
    gan_dataset *set;
    make_file("images", bytes, ramp_idx(bytes, 3, (uint32_t[]){2, 8, 8}, 0));
    gan_dataset_options options = {.size = {2, 2}, .crop = {4, 4}, .channels = 3};
    assert_int_equal(gan__dataset_open_as(in_folder("images"), &options, &set), GAN_STATUS_OK);
    assert_shape(set, 2, 3, 3, 2, 2);
    assert_int_equal(gan__dataset_sample(set, 1, sample, NULL), GAN_STATUS_OK);
    // Rows 2 to 5 and columns 2 to 5 of a ramp: linear, so a pixel is the ramp at its middle.
    const uint8_t expected[] = {64 + 23, 64 + 25, 64 + 39, 64 + 41};
    for (size_t i = 0; i < 12; ++i)
        assert_in_range(sample[i], expected[i % 4] - 1, expected[i % 4] + 1);
    gan__dataset_close(set);
    options = (gan_dataset_options){.size = {8, 8}, .channels = 1};
    assert_int_equal(gan__dataset_open_as(in_folder("images"), &options, &set), GAN_STATUS_OK);
    assert_false(gan__dataset_info(set)->slow); // they are in that form already
    gan__dataset_close(set);
    options = (gan_dataset_options){.crop = {9, 4}};
    assert_int_equal(gan__dataset_open_as(in_folder("images"), &options, &set),
                     GAN_STATUS_BAD_INPUT);
    options = small;
    assert_int_equal(gan__dataset_open_as("builtin:ring8", &options, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "builtin:ring8"));
    assert_int_equal(gan__dataset_open_as("builtin:digits", &options, &set), GAN_STATUS_OK);
    assert_shape(set, 60000, 3, 1, 8, 8);
    assert_int_equal(gan__dataset_sample(set, 5, bytes, NULL), GAN_STATUS_OK);
    gan__dataset_close(set);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    uint8_t sample[3 * 64];
    gan_dataset_options skip = small;
    skip.skip_bad = true;
    put_folder("a");
    put_folder("b");
    put("rgb.png", "a/1.png");
    put("late-header.jpg", "b/1.jpg");
    gan_status status = GAN_STATUS_NO_MEMORY;
    for (size_t n = 1; status != GAN_STATUS_OK; ++n) {
        gan_dataset *set = NULL;
        gan__alloc_fail_at(n);
        status = gan__dataset_open_as(folder, n % 2 ? &skip : &small, &set);
        if (status == GAN_STATUS_OK) status = gan__dataset_sample(set, 1, sample, NULL);
        gan__alloc_fail_at(0);
        gan__dataset_close(set);
        assert_true(status == GAN_STATUS_OK || status == GAN_STATUS_NO_MEMORY);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(pictures_of_one_size_are_taken_as_they_are),
        TEST(sub_folders_are_classes_with_names),
        TEST(the_training_part_is_taken_and_the_test_part_found),
        TEST(sizes_that_differ_need_one_to_be_said),
        TEST(colours_are_the_richest_that_any_picture_has),
        TEST(a_file_that_is_no_picture_is_named_or_left_out),
        TEST(a_picture_damaged_behind_its_header_is_named),
        TEST(a_picture_that_vanished_is_named),
        TEST(a_link_back_to_a_folder_above_is_an_error),
        TEST(half_of_the_samples_are_mirrored_the_same_ones_each_time),
        TEST(threads_may_decode_at_once),
        TEST(images_of_other_sets_are_brought_into_form_too),
        TEST(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
