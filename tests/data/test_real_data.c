// Real data sets, where they are: counts, shapes, first labels and means that are known. Where a
// set is absent its test is skipped.
#include "files.h"

static gan_dataset *open_shared(const char *name) {
    char path[512];
    struct stat about;
    snprintf(path, sizeof path, "%s/data/%s", CLGAN_TEST_SHARED, name);
    if (stat(path, &about) != 0) {
        print_message("%s is not here\n", name);
        skip();
    }
    return open_or_fail(path);
}

static double mean_of(const gan_dataset *set) {
    const gan_dataset_info *info = gan__dataset_info(set);
    size_t elements = (size_t)(info->size[0] * info->size[1] * info->size[2]);
    double *means = test_malloc(elements * sizeof *means), sum = 0;
    assert_int_equal(gan__dataset_means(set, means), GAN_STATUS_OK);
    for (size_t i = 0; i < elements; ++i) sum += means[i];
    test_free(means);
    return sum / (double)elements;
}

static void assert_labels(const gan_dataset *set, uint32_t classes, const uint32_t first[5]) {
    assert_int_equal(gan__dataset_info(set)->classes, classes);
    for (uint64_t i = 0; i < 5; ++i) assert_int_equal(label_of(set, i), first[i]);
}

static void mnist_has_its_published_numbers(void **state) {
    (void)state;
    gan_dataset *set = open_shared("mnist");
    assert_shape(set, 60000, 3, 1, 28, 28);
    assert_labels(set, 10, (uint32_t[]){5, 0, 4, 1, 9});
    // 0.1307 of 255, the mean that everybody normalises with.
    assert_float_equal(mean_of(set), 33.318421, 1e-6);
    gan__dataset_close(set);
    set = open_shared("mnist/t10k-images-idx3-ubyte.gz");
    assert_shape(set, 10000, 3, 1, 28, 28);
    assert_labels(set, 10, (uint32_t[]){7, 2, 1, 0, 4});
    gan__dataset_close(set);
}

static void other_idx_sets_open(void **state) {
    (void)state;
    gan_dataset *set = open_shared("fashion-mnist-subset");
    assert_shape(set, 3882, 3, 1, 28, 28);
    assert_labels(set, 10, (uint32_t[]){9, 0, 0, 3, 0});
    gan__dataset_close(set);
    set = open_shared("optdigits8x8");
    assert_shape(set, 3823, 3, 1, 8, 8);
    assert_labels(set, 10, (uint32_t[]){0, 0, 7, 4, 6});
    gan__dataset_close(set);
    set = open_shared("noto-emoji64");
    assert_shape(set, 3566, 3, 3, 64, 64);
    assert_int_equal(gan__dataset_info(set)->classes, 0);
    gan__dataset_close(set);
}

static void cifar_records_open(void **state) {
    (void)state;
    gan_dataset *set = open_shared("cifar10");
    assert_shape(set, 4000, 3, 3, 32, 32);
    // frog, truck, truck, deer, automobile: the first five of data_batch_1.
    assert_labels(set, 10, (uint32_t[]){6, 9, 9, 4, 1});
    gan__dataset_close(set);
    set = open_shared("dcss-tiles32");
    assert_shape(set, 3905, 3, 3, 32, 32);
    assert_int_equal(gan__dataset_info(set)->classes, 7);
    gan__dataset_close(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mnist_has_its_published_numbers),
        cmocka_unit_test(other_idx_sets_open),
        cmocka_unit_test(cifar_records_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
