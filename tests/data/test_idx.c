// IDX files: ranks, element types, gzip, labels beside the images, and what is refused.
#include "files.h"

#define NAME "train-images-idx3-ubyte"

static uint8_t bytes[1 << 16];

static void a_file_of_rank_3_is_grey_images(void **state) {
    (void)state;
    size_t length = ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0);
    make_file(NAME, bytes, length);
    gan_dataset *set = open_or_fail(in_folder(NAME));
    assert_shape(set, 3, 3, 1, 4, 5);
    assert_int_equal(gan__dataset_info(set)->type, GAN_SAMPLE_TYPE_U8);
    assert_int_equal(gan__dataset_info(set)->classes, 0);
    assert_false(gan__dataset_info(set)->endless);
    assert_string_equal(gan__dataset_info(set)->kind, "IDX");
    for (size_t i = 0; i < 3; ++i) assert_sample(set, i, bytes + 16 + 20 * i, 20);
    gan__dataset_close(set);
}

static void ranks_1_2_and_4_are_numbers_points_and_planes(void **state) {
    (void)state;
    make_file("one", bytes, ramp_idx(bytes, 1, (uint32_t[]){7}, 0));
    make_file("two", bytes, ramp_idx(bytes, 2, (uint32_t[]){6, 3}, 0));
    size_t length = ramp_idx(bytes, 4, (uint32_t[]){2, 3, 5, 4}, 0);
    make_file("four", bytes, length);
    gan_dataset *set = open_or_fail(in_folder("one"));
    assert_shape(set, 7, 1, 1, 0, 0);
    gan__dataset_close(set);
    set = open_or_fail(in_folder("two"));
    assert_shape(set, 6, 1, 3, 0, 0);
    gan__dataset_close(set);
    set = open_or_fail(in_folder("four"));
    assert_shape(set, 2, 3, 3, 5, 4);
    assert_sample(set, 1, bytes + 20 + 60, 60);
    gan__dataset_close(set);
}

static void floats_are_read_in_big_endian(void **state) {
    (void)state;
    static const uint8_t body[] = {0x3F, 0x80, 0, 0, 0xC0, 0x20, 0,    0,    0x41, 0x20, 0, 0,
                                   0,    0,    0, 1, 0x7F, 0x7F, 0xFF, 0xFF, 0x80, 0,    0, 0};
    static const float expected[] = {1, -2.5F, 10, 0x1p-149F, 0x1.fffffep127F, -0.0F};
    size_t at = put_idx(bytes, 0x0D, 2, (uint32_t[]){3, 2});
    memcpy(bytes + at, body, sizeof body);
    make_file("floats", bytes, at + sizeof body);
    gan_dataset *set = open_or_fail(in_folder("floats"));
    assert_shape(set, 3, 1, 2, 0, 0);
    assert_int_equal(gan__dataset_info(set)->type, GAN_SAMPLE_TYPE_F32);
    for (size_t i = 0; i < 3; ++i) assert_sample(set, i, (const uint8_t *)(expected + 2 * i), 8);
    gan__dataset_close(set);
}

static void labels_beside_the_images_are_found_gzipped_or_not(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4};
    static const char *const names[][2] = {
        {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
        {"train-images.idx3-ubyte", "train-labels.idx1-ubyte"},
        {"images", "labels"},
    };
    for (size_t i = 0; i < 6; ++i) {
        clear_folder(NULL);
        make_file(names[i / 2][0], bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0));
        char name[64];
        snprintf(name, sizeof name, "%s.gz", names[i / 2][1]);
        if (i % 2)
            make_gzip_file(name, labels, sizeof labels);
        else
            make_file(names[i / 2][1], labels, sizeof labels);
        gan_dataset *set = open_or_fail(in_folder(names[i / 2][0]));
        assert_int_equal(gan__dataset_info(set)->classes, 10);
        for (size_t k = 0; k < 3; ++k) assert_int_equal(label_of(set, k), labels[8 + k]);
        gan__dataset_close(set);
    }
}

static void a_gzip_file_gives_the_same_set(void **state) {
    (void)state;
    size_t length = ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0);
    make_gzip_file(NAME ".gz", bytes, length);
    gan_dataset *set = open_or_fail(in_folder(NAME ".gz"));
    assert_shape(set, 3, 3, 1, 4, 5);
    assert_sample(set, 2, bytes + 16 + 40, 20);
    gan__dataset_close(set);
}

static void a_file_cut_short_says_where_it_should_end(void **state) {
    (void)state;
    make_file(NAME, bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0) - 1);
    assert_refused(in_folder(NAME), GAN_STATUS_CORRUPT,
                   "cut short: 3 x 4 x 5 of uint8 from byte 16 on should end at byte 76, but the "
                   "content ends at byte 75");
}

static void bytes_left_over_are_refused(void **state) {
    (void)state;
    make_file(NAME, bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0) + 1);
    assert_refused(in_folder(NAME), GAN_STATUS_CORRUPT, "bytes left over");
}

static void absurd_sizes_are_refused_without_an_allocation(void **state) {
    (void)state;
    put_idx(bytes, 0x08, 4, (uint32_t[]){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX});
    make_file(NAME, bytes, 24);
    assert_refused(in_folder(NAME), GAN_STATUS_CORRUPT, "more than any file holds");
    put_idx(bytes, 0x0E, 3, (uint32_t[]){1u << 31, 1u << 29, 1});
    make_file(NAME, bytes, 24);
    assert_refused(in_folder(NAME), GAN_STATUS_CORRUPT, "more than any file holds");
    put_idx(bytes, 0x08, 3, (uint32_t[]){UINT32_MAX, 28, 28});
    make_file(NAME, bytes, 24);
    assert_refused(in_folder(NAME), GAN_STATUS_CORRUPT, "cut short");
}

static void sizes_of_0_are_an_empty_set(void **state) {
    (void)state;
    make_file(NAME, bytes, put_idx(bytes, 0x08, 3, (uint32_t[]){0, 28, 28}));
    assert_refused(in_folder(NAME), GAN_STATUS_BAD_INPUT, "the set is empty");
    make_file(NAME, bytes, put_idx(bytes, 0x08, 3, (uint32_t[]){UINT32_MAX, UINT32_MAX, 0}));
    assert_refused(in_folder(NAME), GAN_STATUS_BAD_INPUT, "the set is empty");
}

static void whole_numbers_are_no_samples(void **state) {
    (void)state;
    size_t at = put_idx(bytes, 0x0C, 2, (uint32_t[]){1, 1});
    make_file(NAME, bytes, at + 4);
    assert_refused(in_folder(NAME), GAN_STATUS_BAD_INPUT, "samples of int32");
}

static void labels_that_do_not_belong_are_refused(void **state) {
    (void)state;
    static const uint8_t two[] = {0, 0, 8, 1, 0, 0, 0, 2, 9, 0};
    static const uint8_t negative[] = {0, 0, 9, 1, 0, 0, 0, 3, 1, 0xFF, 2};
    static const uint8_t fraction[] = {0, 0, 0xD, 1, 0, 0, 0,    3, 0, 0,
                                       0, 0, 0,   0, 0, 0, 0x3F, 0, 0, 0};
    static const uint8_t pairs[] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6};
    make_file("images", bytes, ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0));
    make_file("labels", two, sizeof two);
    gan_dataset *set;
    assert_int_equal(gan__dataset_open(in_folder("images"), &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "/labels: 2 labels for 3 samples"));
    make_file("labels", negative, sizeof negative);
    assert_int_equal(gan__dataset_open(in_folder("images"), &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "/labels: byte 9: the label of sample 1 is -1"));
    make_file("labels", fraction, sizeof fraction);
    assert_int_equal(gan__dataset_open(in_folder("images"), &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "/labels: byte 16: the label of sample 2 is 0.5"));
    make_file("labels", pairs, sizeof pairs);
    assert_int_equal(gan__dataset_open(in_folder("images"), &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "/labels: labels of shape 3 x 2"));
    make_file("labels", two, 5);
    assert_int_equal(gan__dataset_open(in_folder("images"), &set), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "/labels: cut short"));
}

static void a_labels_file_given_as_images_is_told_apart(void **state) {
    (void)state;
    make_file("train-labels-idx1-ubyte", bytes, ramp_idx(bytes, 1, (uint32_t[]){9}, 0));
    assert_refused(in_folder("train-labels-idx1-ubyte"), GAN_STATUS_BAD_INPUT,
                   "give the file with the images");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(a_file_of_rank_3_is_grey_images),
        TEST(ranks_1_2_and_4_are_numbers_points_and_planes),
        TEST(floats_are_read_in_big_endian),
        TEST(labels_beside_the_images_are_found_gzipped_or_not),
        TEST(a_gzip_file_gives_the_same_set),
        TEST(a_file_cut_short_says_where_it_should_end),
        TEST(bytes_left_over_are_refused),
        TEST(absurd_sizes_are_refused_without_an_allocation),
        TEST(sizes_of_0_are_an_empty_set),
        TEST(whole_numbers_are_no_samples),
        TEST(labels_that_do_not_belong_are_refused),
        TEST(a_labels_file_given_as_images_is_told_apart),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
