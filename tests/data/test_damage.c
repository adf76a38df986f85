// Damage of every kind at every byte of small files of each format, and each allocation failing in
// turn: an error with a message or a whole set, never a crash, a leak or a read out of bounds (the
// sanitizers watch).
#include "files.h"

#include "damage.h"

#define SIZE 2048
#define LONG 1024 // files longer than this are changed in one way at each byte

// One small file of each format, made from here or from the golden ones.
static size_t make_example(size_t which, uint8_t *bytes, const char **name) {
    static const char *const names[] = {"images",    "images.gz",  "data.bin",     "u8_v1.npy",
                                        "f4_v2.npy", "stored.npz", "deflated.npz", "data.bin.gz"};
    *name = names[which];
    if (which == 0) return ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0);
    if (which == 1) {
        size_t length = ramp_idx(bytes, 3, (uint32_t[]){3, 4, 5}, 0);
        make_gzip_file("images.gz", bytes, length);
        return read_whole(in_folder("images.gz"), bytes, SIZE);
    }
    if (which == 2) {
        memset(bytes, 7, 3073);
        return 3073;
    }
    if (which == 7) {
        memset(bytes, 7, 3073);
        make_gzip_file("data.bin.gz", bytes, 3073);
        return read_whole(in_folder("data.bin.gz"), bytes, SIZE);
    }
    return read_whole(golden(names[which]), bytes, SIZE);
}
#define EXAMPLES 8

// Opens the file; a set that opens must be whole: every sample can be read.
static gan_status try_open(const char *path) {
    gan_dataset *set;
    gan_status status = gan__dataset_open(path, &set);
    if (!damage_judge(status)) {
        if (!strstr(gan_status_message(), path))
            fail_msg("the message does not name the file: %s", gan_status_message());
        return status;
    }
    const gan_dataset_info *info = gan__dataset_info(set);
    size_t elements = 1;
    for (int i = 0; i < info->rank; ++i) elements *= (size_t)info->size[i];
    assert_true(info->count > 0 && elements > 0 && info->count * elements <= 8 * SIZE);
    void *samples = test_malloc(info->count * elements * 4);
    uint32_t *labels = test_malloc(info->count * sizeof *labels);
    assert_int_equal(gan__dataset_read(set, 1, 0, info->count, samples, labels), GAN_STATUS_OK);
    for (uint64_t i = 0; i < info->count && info->classes; ++i)
        assert_true(labels[i] < info->classes);
    test_free(labels);
    test_free(samples);
    gan__dataset_close(set);
    return GAN_STATUS_OK;
}

static void every_byte_changed_gives_an_error_or_a_whole_set(void **state) {
    (void)state;
    static const uint8_t changes[] = {0x01, 0x02, 0x10, 0x80, 0xFF};
    static uint8_t bytes[2 * SIZE];
    for (size_t which = 0; which < EXAMPLES; ++which) {
        const char *name;
        size_t length = make_example(which, bytes, &name);
        for (size_t at = 0; at < length; ++at)
            for (size_t k = length > LONG ? sizeof changes - 1 : 0; k < sizeof changes; ++k) {
                bytes[at] ^= changes[k];
                make_file(name, bytes, length);
                try_open(in_folder(name));
                bytes[at] ^= changes[k];
            }
    }
}

static void a_file_cut_anywhere_is_an_error(void **state) {
    (void)state;
    static uint8_t bytes[2 * SIZE];
    for (size_t which = 0; which < EXAMPLES; ++which) {
        const char *name;
        size_t length = make_example(which, bytes, &name);
        make_file(name, bytes, length);
        assert_int_equal(try_open(in_folder(name)), GAN_STATUS_OK);
        for (size_t cut = 0; cut < length; ++cut) {
            make_file(name, bytes, cut);
            if (try_open(in_folder(name)) == GAN_STATUS_OK)
                fail_msg("%s cut at byte %zu of %zu opens", name, cut, length);
        }
    }
}

static const char *extreme;

static void open_extreme(const uint8_t *bytes, size_t length) {
    make_file(extreme, bytes, length);
    try_open(in_folder(extreme));
}

static void sizes_near_the_ends_of_their_ranges_are_survived(void **state) {
    (void)state;
    static uint8_t bytes[2 * SIZE];
    for (size_t which = 0; which < EXAMPLES; ++which) {
        size_t length = make_example(which, bytes, &extreme);
        if (length < LONG) damage_by_extremes(bytes, length, open_extreme);
    }
}

static void each_checksummed_byte_of_an_archive_counts(void **state) {
    (void)state;
    static uint8_t bytes[SIZE];
    size_t length = read_whole(golden("stored.npz"), bytes, SIZE);
    // The samples of the first member: its local header is 30 + 5 + 20 bytes, its .npy header 128.
    for (size_t at = 55; at < 55 + 128 + 60; ++at) {
        bytes[at] ^= 4;
        make_file("a.npz", bytes, length);
        assert_int_equal(try_open(in_folder("a.npz")), GAN_STATUS_CORRUPT);
        bytes[at] ^= 4;
    }
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4};
    static uint8_t bytes[2 * SIZE];
    for (size_t which = 0; which < EXAMPLES; ++which) {
        clear_folder(NULL);
        const char *name;
        size_t length = make_example(which, bytes, &name);
        make_file(name, bytes, length);
        if (which < 2) make_file("labels", labels, sizeof labels);
        gan_dataset *set = NULL;
        size_t fails = 0;
        for (size_t n = 1; !set; ++n) {
            gan__alloc_fail_at(n);
            gan_status status = gan__dataset_open(folder, &set);
            gan__alloc_fail_at(0);
            assert_true(status == GAN_STATUS_OK || status == GAN_STATUS_NO_MEMORY);
            fails += status != GAN_STATUS_OK;
        }
        assert_true(fails >= 4);
        gan__dataset_close(set);
    }
}

int main(void) {
    damage_bound_memory(128);
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(every_byte_changed_gives_an_error_or_a_whole_set),
        TEST(a_file_cut_anywhere_is_an_error),
        TEST(sizes_near_the_ends_of_their_ranges_are_survived),
        TEST(each_checksummed_byte_of_an_archive_counts),
        TEST(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
