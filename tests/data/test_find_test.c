// The test set beside a training set, by the names that data sets come with.
#include "files.h"

static void make(const char *name) {
    uint8_t bytes[64];
    const uint32_t sizes[] = {2, 2, 2};
    make_file(name, bytes, ramp_idx(bytes, 3, sizes, 0));
}

static void assert_found(const char *source, const char *test) {
    char *path = NULL;
    if (gan__dataset_find_test(source, &path) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    if (test == NULL) {
        assert_null(path);
        return;
    }
    assert_non_null(path);
    assert_string_equal(path, in_folder(test));
    gan__free(path);
}

static void mnists_names_packed_or_not(void **state) {
    (void)state;
    make("train-images-idx3-ubyte");
    assert_found(in_folder("train-images-idx3-ubyte"), NULL);
    make("t10k-images-idx3-ubyte.gz");
    assert_found(in_folder("train-images-idx3-ubyte"), "t10k-images-idx3-ubyte.gz");
    make("t10k-images-idx3-ubyte");
    assert_found(in_folder("train-images-idx3-ubyte"), "t10k-images-idx3-ubyte");
    assert_found(in_folder("train-images-idx3-ubyte.gz"), "t10k-images-idx3-ubyte.gz");
    unlink(in_folder("t10k-images-idx3-ubyte.gz"));
    assert_found(in_folder("train-images-idx3-ubyte.gz"), "t10k-images-idx3-ubyte");
    assert_found(folder, "t10k-images-idx3-ubyte");
    unlink(in_folder("t10k-images-idx3-ubyte"));
    unlink(in_folder("train-images-idx3-ubyte"));
}

static void other_names(void **state) {
    (void)state;
    make("x_test.npy");
    assert_found(in_folder("x_train.npy"), "x_test.npy");
    make("test_batch.bin");
    assert_found(in_folder("data_batch_3.bin"), "test_batch.bin");
    assert_found(in_folder("pictures.npy"), NULL);
    assert_found("builtin:digits", NULL);
    unlink(in_folder("x_test.npy"));
    unlink(in_folder("test_batch.bin"));
}

// Only the name of the file counts, not that of its folder.
static void folders_names_do_not_count(void **state) {
    (void)state;
    assert_int_equal(mkdir(in_folder("train"), 0700), 0);
    assert_int_equal(mkdir(in_folder("test"), 0700), 0);
    make("test/images.npy");
    assert_found(in_folder("train/images.npy"), NULL);
    unlink(in_folder("test/images.npy"));
    rmdir(in_folder("test"));
    rmdir(in_folder("train"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mnists_names_packed_or_not),
        cmocka_unit_test(other_names),
        cmocka_unit_test(folders_names_do_not_count),
    };
    return cmocka_run_group_tests_name("test sets", tests, make_folder, remove_folder);
}
