// .npy and .npz, against files that NumPy wrote (tests/golden/make_arrays.py): element i is i, or
// i / 4 where the array is of floats.
#include "files.h"

static void assert_ramp(const gan_dataset *set, size_t elements) {
    const gan_dataset_info *info = gan__dataset_info(set);
    float values[64];
    for (uint64_t n = 0; n < info->count; ++n) {
        assert_int_equal(gan__dataset_sample(set, n, values, NULL), GAN_STATUS_OK);
        for (size_t i = 0; i < elements; ++i) {
            if (info->type == GAN_SAMPLE_TYPE_U8)
                assert_int_equal(((uint8_t *)values)[i], (n * elements + i) % 256);
            else
                assert_true(values[i] == (float)(n * elements + i) / 4);
        }
    }
}

static void every_version_order_and_element_type_reads_alike(void **state) {
    (void)state;
    static const struct {
        const char *name;
        gan_sample_type type;
        uint64_t count;
        int rank;
        int64_t size[3];
    } cases[] = {
        {"u8_v1.npy", GAN_SAMPLE_TYPE_U8, 3, 3, {1, 4, 5}},
        {"f4_v2.npy", GAN_SAMPLE_TYPE_F32, 6, 1, {2, 0, 0}},
        {"f8_v3.npy", GAN_SAMPLE_TYPE_F32, 2, 3, {3, 4, 2}},
        {"f4_big_endian.npy", GAN_SAMPLE_TYPE_F32, 5, 1, {1, 0, 0}},
        {"stored.npz", GAN_SAMPLE_TYPE_U8, 3, 3, {1, 4, 5}},
        {"deflated.npz", GAN_SAMPLE_TYPE_U8, 3, 3, {1, 4, 5}},
        {"one_array.npz", GAN_SAMPLE_TYPE_F32, 6, 1, {2, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        gan_dataset *set = open_or_fail(golden(cases[i].name));
        const int64_t *size = cases[i].size;
        assert_shape(set, cases[i].count, cases[i].rank, size[0], size[1], size[2]);
        assert_int_equal(gan__dataset_info(set)->type, cases[i].type);
        assert_ramp(set, (size_t)(size[0] * (size[1] ? size[1] * size[2] : 1)));
        gan__dataset_close(set);
    }
}

static void channels_last_become_channels_first(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail(golden("u8_channels_last.npy"));
    assert_shape(set, 2, 3, 3, 5, 4);
    uint8_t sample[60];
    for (unsigned n = 0; n < 2; ++n) {
        assert_int_equal(gan__dataset_sample(set, n, sample, NULL), GAN_STATUS_OK);
        for (unsigned c = 0; c < 3; ++c)
            for (unsigned p = 0; p < 20; ++p)
                assert_int_equal(sample[c * 20 + p], 60 * n + 3 * p + c);
    }
    gan__dataset_close(set);
}

static void labels_come_from_the_member_of_their_name(void **state) {
    (void)state;
    static const char *const names[] = {"stored.npz", "deflated.npz"};
    for (size_t i = 0; i < 2; ++i) {
        gan_dataset *set = open_or_fail(golden(names[i]));
        assert_int_equal(gan__dataset_info(set)->classes, 4);
        assert_int_equal(label_of(set, 0), 3);
        assert_int_equal(label_of(set, 1), 0);
        assert_int_equal(label_of(set, 2), 2);
        gan__dataset_close(set);
    }
}

static void labels_lie_beside_a_npy_too(void **state) {
    (void)state;
    uint8_t bytes[512];
    make_file("x_train.npy", bytes, read_whole(golden("u8_v1.npy"), bytes, sizeof bytes));
    static const char labels[] = "\x93NUMPY\1\0\x38\0{'descr': '<i2', 'fortran_order': False, "
                                 "'shape': (3,)}\n\5\0\1\0\0\1";
    make_file("y_train.npy", labels, sizeof labels - 1);
    gan_dataset *set = open_or_fail(folder);
    assert_int_equal(label_of(set, 0), 5);
    assert_int_equal(label_of(set, 2), 256);
    assert_int_equal(gan__dataset_info(set)->classes, 257);
    gan__dataset_close(set);
}

static void what_cannot_be_used_is_said(void **state) {
    (void)state;
    static const struct {
        const char *name;
        gan_status status;
        const char *piece;
    } cases[] = {
        {"f4_fortran.npy", GAN_STATUS_BAD_INPUT, "Fortran order"},
        {"i8_whole_numbers.npy", GAN_STATUS_BAD_INPUT, "samples of int64"},
        {"f4_not_finite.npy", GAN_STATUS_BAD_INPUT,
         "byte 140: value 1 of sample 1 is not a finite"},
        {"f4_scalar.npy", GAN_STATUS_BAD_INPUT, "a single number"},
        {"f4_empty.npy", GAN_STATUS_BAD_INPUT, "the set is empty (its shape is 0 x 28 x 28)"},
        {"structured.npy", GAN_STATUS_BAD_INPUT, "structured array"},
        {"no_telling.npz", GAN_STATUS_BAD_INPUT, "which array holds the samples?"},
        {"negative_label.npz", GAN_STATUS_BAD_INPUT,
         "y.npy: byte 136: the label of sample 1 is -1"},
        {"one_hot.npz", GAN_STATUS_BAD_INPUT, "labels of shape 3 x 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
        assert_refused(golden(cases[i].name), cases[i].status, cases[i].piece);
}

// A version 1 .npy of this dictionary, followed by `body` zero bytes.
static void make_npy(const char *dictionary, size_t body) {
    uint8_t bytes[512] = "\x93NUMPY\1";
    size_t length = strlen(dictionary);
    bytes[8] = (uint8_t)length;
    memcpy(bytes + 10, dictionary, length);
    make_file("a.npy", bytes, 10 + length + body);
}

static void the_dictionary_is_read_as_python_would_not_as_it_claims(void **state) {
    (void)state;
    static const struct {
        const char *dictionary;
        gan_status status;
        const char *piece; // NULL: readable
    } cases[] = {
        {"{'descr':'<f4','fortran_order':False,'shape':(2,3)}", GAN_STATUS_OK, NULL},
        {"{\"shape\" : (2 , 3 ,) , \"fortran_order\" : False, \"descr\" : \"<f4\" , }\n",
         GAN_STATUS_OK, NULL},
        {"{'descr':'<f4','fortran_order':False,'shape':(2,3)} x", GAN_STATUS_CORRUPT,
         "only spaces until its end"},
        {"{'descr':'<f4','fortran_order':False}", GAN_STATUS_CORRUPT, "all three"},
        {"{'descr':'<f4','descr':'<f4','fortran_order':False,'shape':(6,)}", GAN_STATUS_CORRUPT,
         "each once"},
        {"{'descr':'<f4','fortran_order':0,'shape':(6,)}", GAN_STATUS_CORRUPT, "True or False"},
        {"{'descr':'<f4','fortran_order':False,'shape':(6)}", GAN_STATUS_CORRUPT, "a comma"},
        {"{'descr':'<f4','fortran_order':False,'shape':(-6,)}", GAN_STATUS_CORRUPT, "a size"},
        {"{'descr':'<f4','fortran_order':False,'shape':(6,1,1,1,1,1,1,1,1)}", GAN_STATUS_CORRUPT,
         "at most 8 axes"},
        {"{'descr':'<f4','fortran_order':False,'shape':(6,1,1,1,1)}", GAN_STATUS_BAD_INPUT,
         "5 axes"},
        {"{'descr':'<f4','fortran_order':False,'shape':(99999999999999999999,)}",
         GAN_STATUS_CORRUPT, "a size"},
        {"{'descr':'<f4','fortran_order':False,'shape':(4294967296,4294967296)}",
         GAN_STATUS_CORRUPT, "more than any file holds"},
        {"{'descr':'<f4','fortran_order':False,'shape':(1000000000,)}", GAN_STATUS_CORRUPT,
         "cut short"},
        {"{'descr':'<f2','fortran_order':False,'shape':(12,)}", GAN_STATUS_BAD_INPUT, "type '<f2'"},
        {"{'descr':'|O','fortran_order':False,'shape':(12,)}", GAN_STATUS_BAD_INPUT, "type '|O'"},
        {"{'descr':'<f4", GAN_STATUS_CORRUPT, "an element type"},
        {"{", GAN_STATUS_CORRUPT, "each once"},
        {"", GAN_STATUS_CORRUPT, "a dictionary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        make_npy(cases[i].dictionary, 24);
        if (cases[i].piece)
            assert_refused(in_folder("a.npy"), cases[i].status, cases[i].piece);
        else
            gan__dataset_close(open_or_fail(in_folder("a.npy")));
    }
}

static void a_version_of_the_future_is_named(void **state) {
    (void)state;
    make_file("a.npy", "\x93NUMPY\4\0\0\0\0\0", 12);
    assert_refused(in_folder("a.npy"), GAN_STATUS_BAD_VERSION, "version 4.0");
}

// Writes stored.npz with `length` bytes at `at` (from the end where negative) replaced.
static void patch_npz(const char *name, long at, const void *patch, size_t length) {
    uint8_t bytes[1024];
    size_t size = read_whole(golden(name), bytes, sizeof bytes);
    memcpy(bytes + (at < 0 ? (long)size + at : at), patch, length);
    make_file("a.npz", bytes, size);
}

static void zip_that_cannot_be_read_is_refused_by_name(void **state) {
    (void)state;
    uint8_t bytes[1024];
    size_t size = read_whole(golden("stored.npz"), bytes, sizeof bytes);
    uint32_t directory;
    memcpy(&directory, bytes + size - 6, 4);
    patch_npz("stored.npz", -6, "\xFF\xFF\xFF\xFF", 4);
    assert_refused(in_folder("a.npz"), GAN_STATUS_CORRUPT, "Zip64");
    patch_npz("stored.npz", (long)directory + 24, "\xFF\xFF\xFF\xFF", 4);
    assert_refused(in_folder("a.npz"), GAN_STATUS_CORRUPT, "Zip64");
    patch_npz("stored.npz", (long)directory + 8, "\1", 1);
    assert_refused(in_folder("a.npz"), GAN_STATUS_BAD_INPUT, "encrypted");
    patch_npz("stored.npz", (long)directory + 10, "\x0C", 1);
    assert_refused(in_folder("a.npz"), GAN_STATUS_BAD_INPUT, "zip's method 12");
    patch_npz("stored.npz", (long)directory + 16, "\0\0\0\0", 4);
    assert_refused(in_folder("a.npz"), GAN_STATUS_CORRUPT, "checksum");
    patch_npz("deflated.npz", 90, "\xFF\xFF\xFF\xFF", 4);
    assert_refused(in_folder("a.npz"), GAN_STATUS_CORRUPT, "compressed bytes");
}

static void a_member_that_claims_gigabytes_allocates_none(void **state) {
    (void)state;
    uint8_t bytes[1024];
    size_t size = read_whole(golden("deflated.npz"), bytes, sizeof bytes);
    uint32_t directory;
    memcpy(&directory, bytes + size - 6, 4);
    patch_npz("deflated.npz", (long)directory + 24, "\xF0\xFF\xFF\xFF", 4);
    assert_refused(in_folder("a.npz"), GAN_STATUS_CORRUPT, "two sizes contradict");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, clear_folder)
    const struct CMUnitTest tests[] = {
        TEST(every_version_order_and_element_type_reads_alike),
        TEST(channels_last_become_channels_first),
        TEST(labels_come_from_the_member_of_their_name),
        TEST(labels_lie_beside_a_npy_too),
        TEST(what_cannot_be_used_is_said),
        TEST(the_dictionary_is_read_as_python_would_not_as_it_claims),
        TEST(a_version_of_the_future_is_named),
        TEST(zip_that_cannot_be_read_is_refused_by_name),
        TEST(a_member_that_claims_gigabytes_allocates_none),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
