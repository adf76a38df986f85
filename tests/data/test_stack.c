// Stacks of pictures: which pictures a sample is made of, its label, and what cannot be stacked.
#include "files.h"

#include <math.h>

enum { IMAGES = 10, SIDE = 4, PIXELS = SIDE * SIDE, STACK = 3 };

// Image n is n * 20 + 1 everywhere; its label is 9 - n.
static void make_set(void) {
    uint8_t bytes[16 + IMAGES * PIXELS], labels[8 + IMAGES];
    const size_t at = put_idx(bytes, 0x08, 3, (uint32_t[]){IMAGES, SIDE, SIDE});
    for (size_t i = 0; i < IMAGES * PIXELS; ++i) bytes[at + i] = (uint8_t)(i / PIXELS * 20 + 1);
    make_file("train-images-idx3-ubyte", bytes, sizeof bytes);
    const size_t from = put_idx(labels, 0x08, 1, (uint32_t[]){IMAGES});
    for (size_t i = 0; i < IMAGES; ++i) labels[from + i] = (uint8_t)(9 - i);
    make_file("train-labels-idx1-ubyte", labels, sizeof labels);
}

static gan_dataset *open_stacks(uint64_t count, uint64_t seed) {
    gan_dataset *set = NULL;
    const gan_dataset_options options = {.stack = STACK, .stack_count = count, .stack_seed = seed};
    if (gan__dataset_open_as(in_folder("train-images-idx3-ubyte"), &options, &set) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return set;
}

// The images that the sample's layers are of; each is one image all over.
static void look(const uint8_t *sample, uint32_t label, size_t images[STACK]) {
    uint32_t number = 0;
    for (size_t i = 0; i < STACK; ++i) {
        const uint8_t *const layer = sample + i * PIXELS;
        for (size_t p = 0; p < PIXELS; ++p) assert_int_equal(layer[p], layer[0]);
        images[i] = (size_t)(layer[0] - 1) / 20;
        assert_true(images[i] < IMAGES && layer[0] == images[i] * 20 + 1);
        number = number * 10 + (uint32_t)(9 - images[i]);
    }
    assert_int_equal(label, number);
}

static void a_sample_is_three_images_and_its_label_spells_theirs(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    size_t times[STACK][IMAGES] = {{0}}, alike = 0;
    gan_dataset *set = open_stacks(COUNT, 1);
    assert_shape(set, COUNT, 3, STACK, SIDE, SIDE);
    assert_int_equal(gan__dataset_info(set)->classes, 1000);
    for (uint64_t n = 0; n < COUNT; ++n) {
        uint8_t sample[STACK * PIXELS];
        uint32_t label;
        size_t images[STACK];
        assert_int_equal(gan__dataset_sample(set, n, sample, &label), GAN_STATUS_OK);
        look(sample, label, images);
        for (size_t i = 0; i < STACK; ++i) times[i][images[i]]++;
        alike += images[0] == images[1];
    }
    // Each image 300 +- 16.4 times in each place, and every tenth pair of places alike: both within
    // five deviations.
    for (size_t i = 0; i < STACK; ++i)
        for (size_t k = 0; k < IMAGES; ++k) assert_true(fabs((double)times[i][k] - 300) < 82);
    assert_true(fabs((double)alike - 300) < 82);
    gan__dataset_close(set);
}

static void which_images_is_the_seeds_matter_and_the_order_the_streams(void **state) {
    (void)state;
    enum { COUNT = 50 };
    gan_dataset *sets[] = {open_stacks(COUNT, 1), open_stacks(COUNT, 1), open_stacks(COUNT, 2)};
    static uint8_t samples[3][COUNT * STACK * PIXELS], stream[COUNT * STACK * PIXELS];
    uint32_t labels[3][COUNT], read[COUNT];
    int seen[1000] = {0};
    for (size_t s = 0; s < 3; ++s)
        for (uint64_t n = 0; n < COUNT; ++n)
            assert_int_equal(
                gan__dataset_sample(sets[s], n, samples[s] + n * STACK * PIXELS, &labels[s][n]),
                GAN_STATUS_OK);
    assert_memory_equal(samples[0], samples[1], sizeof samples[0]);
    assert_memory_not_equal(samples[0], samples[2], sizeof samples[0]);
    // An epoch of the stream is the same stacks in another order.
    assert_int_equal(gan__dataset_read(sets[0], 7, COUNT, COUNT, stream, read), GAN_STATUS_OK);
    assert_memory_not_equal(stream, samples[0], sizeof stream);
    for (size_t n = 0; n < COUNT; ++n) {
        size_t images[STACK];
        look(stream + n * STACK * PIXELS, read[n], images);
        seen[labels[0][n]]++;
        seen[read[n]]--;
    }
    for (size_t k = 0; k < 1000; ++k) assert_int_equal(seen[k], 0);
    for (size_t s = 0; s < 3; ++s) gan__dataset_close(sets[s]);
}

static void without_a_count_there_are_as_many_as_images(void **state) {
    (void)state;
    gan_dataset *set = open_stacks(0, 1);
    assert_shape(set, IMAGES, 3, STACK, SIDE, SIDE);
    gan__dataset_close(set);
}

static void no_drawn_digit_is_in_two_stacks(void **state) {
    (void)state;
    gan_dataset *single = open_or_fail("builtin:digits"), *set = NULL;
    static uint8_t sample[STACK * 784], digits[STACK * 784];
    const gan_dataset_options options = {.stack = STACK};
    uint32_t label, number = 0;
    assert_int_equal(gan__dataset_open_as("builtin:digits", &options, &set), GAN_STATUS_OK);
    assert_true(gan__dataset_info(set)->endless);
    assert_int_equal(gan__dataset_read(set, 4, 5, 1, sample, &label), GAN_STATUS_OK);
    for (uint64_t i = 0; i < STACK; ++i) {
        uint32_t digit;
        assert_int_equal(gan__dataset_read(single, 4, 5 * STACK + i, 1, digits + i * 784, &digit),
                         GAN_STATUS_OK);
        number = number * 10 + digit;
    }
    assert_memory_equal(sample, digits, sizeof sample);
    assert_int_equal(label, number);
    gan__dataset_close(set);
    gan__dataset_close(single);
}

static void assert_unstackable(const char *source, uint32_t stack, const char *piece) {
    gan_dataset *set = NULL;
    const gan_dataset_options options = {.stack = stack};
    assert_int_equal(gan__dataset_open_as(source, &options, &set), GAN_STATUS_BAD_INPUT);
    if (!strstr(gan_status_message(), piece)) fail_msg("%s", gan_status_message());
    assert_null(set);
}

static void stacks_without_end_have_no_count(void **state) {
    (void)state;
    gan_dataset *set = NULL;
    const gan_dataset_options options = {.stack = STACK, .stack_count = 9};
    assert_int_equal(gan__dataset_open_as("builtin:digits", &options, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "leave data.stack_count out"));
    assert_null(set);
}

static void points_and_too_many_classes_are_refused(void **state) {
    (void)state;
    assert_unstackable("builtin:ring8", 2, "no images");
    assert_unstackable(in_folder("train-images-idx3-ubyte"), 5, "lower data.stack");
}

// 0.1307 of 255 is the mean of MNIST's pixels; of 6,000 digits drawn at random it is within
// five of its deviations (a digit's mean has one of about 11).
static void stacks_of_mnist_look_like_mnist(void **state) {
    (void)state;
    gan_dataset *set = NULL;
    static double means[STACK * 784];
    const char *const path = CLGAN_TEST_SHARED "/data/mnist";
    const gan_dataset_options options = {.stack = STACK, .stack_count = 2000, .stack_seed = 1};
    struct stat about;
    if (stat(path, &about) != 0) {
        print_message("mnist is not here\n");
        skip();
    }
    assert_int_equal(gan__dataset_open_as(path, &options, &set), GAN_STATUS_OK);
    assert_shape(set, 2000, 3, STACK, 28, 28);
    assert_int_equal(gan__dataset_info(set)->classes, 1000);
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_OK);
    double sum = 0;
    for (size_t i = 0; i < STACK * 784; ++i) sum += means[i] / (STACK * 784);
    assert_true(fabs(sum - 33.318421) < 5 * 11 / sqrt(6000));
    gan__dataset_close(set);
}

static int set_up(void **state) {
    if (make_folder(state) != 0) return -1;
    make_set();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_three_images_and_its_label_spells_theirs),
        cmocka_unit_test(which_images_is_the_seeds_matter_and_the_order_the_streams),
        cmocka_unit_test(without_a_count_there_are_as_many_as_images),
        cmocka_unit_test(no_drawn_digit_is_in_two_stacks),
        cmocka_unit_test(stacks_without_end_have_no_count),
        cmocka_unit_test(points_and_too_many_classes_are_refused),
        cmocka_unit_test(stacks_of_mnist_look_like_mnist),
    };
    return cmocka_run_group_tests_name("stacks", tests, set_up, remove_folder);
}
