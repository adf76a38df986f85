// PyTorch's files: what a pickle may not do, and lies about storages.
#include "files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/zip.h"

#include <stdio.h>
#include <string.h>

// A literal's bytes, zeros among them.
#define BYTES(literal) (literal), sizeof(literal) - 1

// An archive of this pickle and of one storage of 16 bytes.
static gan_status write_archive_at(int level, const char *pickle, size_t length) {
    static const float storage[4] = {1, 2, 3, 4};
    gan_zip_writer zip = {.level = level};
    assert_ok(gan__sink_open((gan_target){.path = files_path("x.pt")}, &zip.sink));
    assert_ok(gan__zip_write(&zip, "x/data.pkl", pickle, length, "", 0));
    assert_ok(gan__zip_write(&zip, "x/data/0", storage, sizeof storage, "", 0));
    assert_ok(gan__zip_finish(&zip));
    gan__zip_writer_destroy(&zip);
    return gan__sink_commit(zip.sink);
}

static gan_status write_archive(const char *pickle, size_t length) {
    return write_archive_at(0, pickle, length);
}

static void assert_refused(const char *pickle, size_t length, gan_status expected,
                           const char *piece) {
    assert_ok(write_archive(pickle, length));
    gan_status status = files_convert(files_path("x.pt"), files_path("x.gan"), NULL);
    if (status != expected || !strstr(gan_status_message(), piece))
        fail_msg("not %s, '%s', but %s: %s", gan_status_name(expected), piece,
                 gan_status_name(status), gan_status_message());
    assert_false(gan__file_exists(files_path("x.gan")));
}

static void functions_that_are_not_allowed_are_refused_by_name(void **state) {
    (void)state;
    assert_refused(BYTES("\x80\2cos\nsystem\nX\4\0\0\0true\x85R."), GAN_STATUS_BAD_INPUT,
                   "os.system");
    assert_refused(BYTES("\x80\4\x8c\2os\x8c\6system\x93\x8c\4true\x85R."), GAN_STATUS_BAD_INPUT,
                   "os.system");
    assert_refused(BYTES("\x80\2}X\1\0\0\0acbuiltins\neval\n)\x81s."), GAN_STATUS_BAD_INPUT,
                   "builtins.eval");
    assert_refused(BYTES("\x80\2c\x1b[2J\nx\n."), GAN_STATUS_BAD_INPUT, "\\x1b[2J.x");
    assert_int_equal(files_convert(FOREIGN "torch-module.pt", files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "torch.nn.modules.container.Sequential"));
    assert_non_null(strstr(gan_status_message(), "state_dict"));
}

static void opcodes_that_are_not_allowed_are_refused_by_name(void **state) {
    (void)state;
    assert_refused(BYTES("(S'true'\nios\nsystem\n."), GAN_STATUS_BAD_INPUT, "STRING");
    assert_refused(BYTES("\x80\2(ios\nsystem\n."), GAN_STATUS_BAD_INPUT, "INST");
    assert_refused(BYTES("\x80\2(o."), GAN_STATUS_BAD_INPUT, "OBJ");
    assert_refused(BYTES("\x80\2\x82\1."), GAN_STATUS_BAD_INPUT, "EXT1");
    assert_refused(BYTES("\x80\2\x92."), GAN_STATUS_BAD_INPUT, "NEWOBJ_EX");
    assert_refused(BYTES("\x80\2P0\n."), GAN_STATUS_BAD_INPUT, "PERSID");
    assert_refused(BYTES("\x80\2\xff."), GAN_STATUS_BAD_INPUT, "0xff");
}

static void pickles_that_make_no_sense_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *pickle;
        size_t length;
        const char *piece;
    } cases[] = {
        {BYTES(""), "STOP"},
        {BYTES("\x80\2}"), "STOP"},
        {BYTES("\x80\2."), "missing on the stack"},
        {BYTES("\x80\2}}."), "left over"},
        {BYTES("\x80\2(."), "missing on the stack"},
        {BYTES("\x80\2}u."), "mark"},
        {BYTES("\x80\2}(Nu."), "key without a value"},
        {BYTES("\x80\2(Nd."), "key without a value"},
        {BYTES("\x80\2(u."), "another kind"},
        {BYTES("\x80\2NNa."), "another kind"},
        {BYTES("\x80\2h\0."), "memo"},
        {BYTES("\x80\2}r\xff\xff\xff\xff."), "memo"},
        {BYTES("\x80\2j\xff\xff\xff\xff."), "memo"},
        {BYTES("\x80\2X\xff\xff\xff\xff."), "past the end"},
        {BYTES("\x80\2\x8d\xff\xff\xff\xff\xff\xff\xff\xff."), "past the end"},
        {BYTES("\x80\2J\1\2."), "BININT"},
        {BYTES("\x80\2G\1\2."), "BINFLOAT"},
        {BYTES("\x80\2\x8a\xff\1."), "LONG1"},
        {BYTES("\x80\2cos"), "within a name"},
        {BYTES("\x80\2NN\x93."), "no string"},
        {BYTES("\x80\2NNR."), "no function"},
        {BYTES("\x80\2ccollections\nOrderedDict\nNR."), "no function"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(cases[i].pickle, cases[i].length, GAN_STATUS_CORRUPT, cases[i].piece);
    }
}

// Lists that hold the one before twice, so that 200 bytes would be 2^20 leaves; and a circle.
static void trees_that_multiply_or_never_end_are_refused(void **state) {
    (void)state;
    char pickle[400];
    size_t at = 0;
    memcpy(pickle, BYTES("\x80\2(]q\0"));
    at = 6;
    for (char level = 1; level <= 20; level++) {
        const char step[] = {']', 'q', level, '(', 'h', level - 1, 'h', level - 1, 'e'};
        memcpy(pickle + at, step, sizeof step);
        at += sizeof step;
    }
    memcpy(pickle + at, BYTES("t."));
    assert_refused(pickle, at + 2, GAN_STATUS_BAD_INPUT, "again and again");
    assert_refused(BYTES("\x80\2]q\0h\0a."), GAN_STATUS_BAD_INPUT, "again and again");
}

// Two megabytes of empty dictionaries in a few kilobytes.
static void a_pickle_larger_than_its_file_is_refused(void **state) {
    (void)state;
    enum { LENGTH = 2 << 20 };
    char *pickle;
    assert_ok(gan__alloc(LENGTH, 1, (void **)&pickle));
    memset(pickle, '}', LENGTH);
    assert_ok(write_archive_at(9, pickle, LENGTH));
    assert_int_equal(files_convert(files_path("x.pt"), files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "larger than the whole file"));
    gan__free(pickle);
}

// {'a': torch._utils._rebuild_tensor_v2(storage of `elements`, offset, sizes, strides, ...)}
#define TENSOR(elements, offset, sizes, strides)                                                   \
    BYTES("\x80\2}X\1\0\0\0"                                                                       \
          "actorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storage"                                 \
          "ctorch\nFloatStorage\nX\1\0\0\0"                                                        \
          "0X\3\0\0\0"                                                                             \
          "cpu" elements "tQ" offset "(" sizes "t(" strides "t\x89}tRs.")

static void tensors_that_reach_past_their_storage_are_refused(void **state) {
    (void)state;
    assert_ok(write_archive(TENSOR("K\4", "K\1", "K\3", "K\1")));
    assert_ok(files_convert(files_path("x.pt"), files_path("x.gan"), NULL));
    remove(files_path("x.gan"));
    assert_refused(TENSOR("K\4", "K\2", "K\3", "K\1"), GAN_STATUS_CORRUPT, "past its storage");
    assert_refused(TENSOR("K\4", "K\0", "K\3", "K\2"), GAN_STATUS_CORRUPT, "past its storage");
    assert_refused(TENSOR("K\4", "K\0", "K\2K\2", "K\3K\1"), GAN_STATUS_CORRUPT,
                   "past its storage");
    assert_refused(TENSOR("K\4", "K\0", "K\2", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x0f"),
                   GAN_STATUS_CORRUPT, "past its storage");
    assert_refused(TENSOR("K\4", "K\0", "K\2", "J\xff\xff\xff\xff"), GAN_STATUS_CORRUPT,
                   "no whole number");
    assert_refused(TENSOR("K\4", "K\0", "J\xff\xff\xff\xff", "K\1"), GAN_STATUS_CORRUPT,
                   "no whole number");
    assert_refused(TENSOR("K\4", "K\0", "K\2K\2", "K\1"), GAN_STATUS_CORRUPT, "sizes and strides");
    assert_refused(TENSOR("K\5", "K\0", "K\3", "K\1"), GAN_STATUS_CORRUPT, "another size");
    assert_refused(TENSOR("K\4", "N", "K\3", "K\1"), GAN_STATUS_CORRUPT, "offset");
    assert_refused(
        TENSOR("K\4", "K\0", "K\1K\1K\1K\1K\1K\1K\1K\1K\1", "K\1K\1K\1K\1K\1K\1K\1K\1K\1"),
        GAN_STATUS_BAD_INPUT, "9 dimensions");
    // 2^31 elements, all of them the same four bytes.
    assert_refused(TENSOR("K\4", "K\0", "\x8a\x05\0\0\0\x80\0", "K\0"), GAN_STATUS_BAD_INPUT,
                   "repeat");
}

// A list of tensors of 2^26 elements, each the same four bytes, and of texts that are one in the
// file: each alone is within the limit.
static void what_repeats_beyond_the_limit_in_sum_is_refused(void **state) {
    (void)state;
    static const char tensor[] = "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storage"
                                 "ctorch\nFloatStorage\nX\1\0\0\0"
                                 "0X\3\0\0\0cpuK\4tQK\0(J\0\0\0\1t(K\0t\x89}tR";
    enum { TENSOR = sizeof tensor - 1, TENSORS = 5, LONG = 100000, COPIES = 4000 };
    char *pickle = test_calloc(1, LONG + 3 * COPIES);
    memcpy(pickle, BYTES("\x80\2(\0"));
    for (size_t i = 0; i < TENSORS; i++) memcpy(pickle + 3 + i * TENSOR, tensor, TENSOR);
    memcpy(pickle + 3 + TENSORS * TENSOR, "t.", 2);
    assert_refused(pickle, 5 + TENSORS * TENSOR, GAN_STATUS_BAD_INPUT, "repeat");
    memcpy(pickle, BYTES("\x80\2(X\xa0\x86\1\0"));
    memset(pickle + 8, 'x', LONG);
    memcpy(pickle + 8 + LONG, "q\0", 2);
    for (size_t i = 0; i < COPIES; i++) memcpy(pickle + 10 + LONG + 2 * i, "h\0", 2);
    memcpy(pickle + 10 + LONG + 2 * COPIES, "t.", 2);
    assert_refused(pickle, 12 + LONG + 2 * COPIES, GAN_STATUS_BAD_INPUT, "come to more than");
    test_free(pickle);
}

// The older layout's list of keys, in which the second storage, as large as the first, goes by the
// first's: it would be nowhere.
static void a_storage_that_is_there_twice_is_refused(void **state) {
    (void)state;
    enum { FIRST_AT = 2648, SECOND_AT = 2669, KEY = 14 };
    uint8_t *bytes;
    size_t length;
    assert_ok(gan__file_read(FOREIGN "torch-legacy.pt", 1 << 20, &bytes, &length));
    assert_memory_equal(bytes + FIRST_AT, "93924033246400", KEY);
    assert_memory_equal(bytes + SECOND_AT, "93924033440288", KEY);
    memcpy(bytes + SECOND_AT, bytes + FIRST_AT, KEY);
    assert_ok(gan__file_write(files_path("x.pt"), bytes, length));
    gan__free(bytes);
    assert_int_equal(files_convert(files_path("x.pt"), files_path("x.gan"), NULL),
                     GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "storage 93924033246400 is there twice"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_that_are_not_allowed_are_refused_by_name),
        cmocka_unit_test(opcodes_that_are_not_allowed_are_refused_by_name),
        cmocka_unit_test(pickles_that_make_no_sense_are_refused),
        cmocka_unit_test(trees_that_multiply_or_never_end_are_refused),
        cmocka_unit_test(a_pickle_larger_than_its_file_is_refused),
        cmocka_unit_test(what_repeats_beyond_the_limit_in_sum_is_refused),
        cmocka_unit_test(tensors_that_reach_past_their_storage_are_refused),
        cmocka_unit_test(a_storage_that_is_there_twice_is_refused),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
