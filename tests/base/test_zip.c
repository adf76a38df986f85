// Zip archives: those of NumPy read, ours read back and by unzip where there is one, lies and
// damage refused by name.
#include "folder.h"

#include "base/bytes.h"
#include "base/zip.h"

#include <stdbool.h>

#define ARRAYS CLGAN_TEST_SOURCE "/tests/golden/arrays/"
enum { SAMPLES = 5000 };

static uint8_t *read_golden(const char *name, size_t *length) {
    char path[512];
    uint8_t *bytes;
    snprintf(path, sizeof path, ARRAYS "%s", name);
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, length), GAN_STATUS_OK);
    return bytes;
}

static void assert_member(const gan_zip *zip, size_t index, const char *name, const void *content,
                          size_t length) {
    uint8_t *found;
    const gan_zip_member *member = &zip->members[index];
    assert_true(index < zip->count);
    assert_int_equal(member->name_length, strlen(name));
    assert_memory_equal(member->name, name, strlen(name));
    if (gan__zip_extract(zip, member, &found) != GAN_STATUS_OK)
        fail_msg("%s: %s", name, gan_status_message());
    assert_int_equal(member->length, length);
    assert_memory_equal(found, content, length);
    gan__free(found);
}

static void what_numpy_stored_and_deflated_is_the_same(void **state) {
    (void)state;
    size_t length[3];
    gan_zip zip[2];
    uint8_t *stored = read_golden("stored.npz", &length[0]);
    uint8_t *deflated = read_golden("deflated.npz", &length[1]);
    uint8_t *array = read_golden("u8_v1.npy", &length[2]);
    assert_int_equal(gan__zip_open(stored, length[0], &zip[0]), GAN_STATUS_OK);
    assert_int_equal(gan__zip_open(deflated, length[1], &zip[1]), GAN_STATUS_OK);
    assert_int_equal(zip[0].members[0].method, 0);
    assert_int_equal(zip[1].members[0].method, 8);
    assert_int_equal(zip[0].count, 2);
    assert_int_equal(zip[1].count, 3);
    assert_member(&zip[0], 0, "x.npy", array, length[2]);
    assert_member(&zip[1], 0, "train_images.npy", array, length[2]);
    gan__zip_close(&zip[0]);
    gan__zip_close(&zip[1]);
    gan__free(stored);
    gan__free(deflated);
    gan__free(array);
}

// Every number in it that can be is in a Zip64 field.
static void zip64_is_read(void **state) {
    (void)state;
    size_t length[2];
    gan_zip zip;
    uint8_t *bytes = read_golden("zip64.npz", &length[0]);
    uint8_t *array = read_golden("u8_v1.npy", &length[1]);
    if (gan__zip_open(bytes, length[0], &zip) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    assert_int_equal(zip.count, 2);
    assert_member(&zip, 0, "x.npy", array, length[1]);
    assert_member(&zip, 1, "y.npy", array, length[1]);
    gan__zip_close(&zip);
    gan__free(bytes);
    gan__free(array);
}

// --- Writing -------------------------------------------------------------------------------------
static uint8_t noise[SAMPLES], zeros[SAMPLES];

// Four members: noise and zeros in two pieces, nothing at all, noise in many pieces.
static gan_status write_members(gan_zip_writer *writer) {
    GAN_TRY(gan__zip_write(writer, "noise", noise, 100, noise + 100, SAMPLES - 100));
    GAN_TRY(gan__zip_write(writer, "zeros", zeros, 1, zeros + 1, SAMPLES - 1));
    GAN_TRY(gan__zip_write(writer, "empty", "", 0, "", 0));
    GAN_TRY(gan__zip_member_begin(writer, "pieces"));
    for (size_t at = 0; at < SAMPLES; at += 50)
        GAN_TRY(gan__zip_member_append(writer, noise + at, 50));
    GAN_TRY(gan__zip_member_end(writer));
    return gan__zip_finish(writer);
}

static gan_status write_archive(const char *path, int level) {
    for (unsigned i = 0; i < SAMPLES; i++) noise[i] = (uint8_t)(i * 2654435761u >> 13);
    gan_zip_writer writer = {.level = level};
    GAN_TRY(gan__sink_open((gan_target){.path = path}, &writer.sink));
    gan_status status = write_members(&writer);
    gan__zip_writer_destroy(&writer);
    if (status == GAN_STATUS_OK) return gan__sink_commit(writer.sink);
    gan__sink_discard(writer.sink);
    return status;
}

static void what_is_written_is_read_again(void **state) {
    (void)state;
    for (int level = 0; level <= 9; level += 3) {
        uint8_t *bytes;
        size_t length;
        gan_zip zip;
        assert_int_equal(write_archive(in_folder("a.zip"), level), GAN_STATUS_OK);
        assert_int_equal(gan__file_read(in_folder("a.zip"), 1 << 20, &bytes, &length),
                         GAN_STATUS_OK);
        assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
        assert_int_equal(zip.count, 4);
        assert_member(&zip, 0, "noise", noise, SAMPLES);
        assert_member(&zip, 1, "zeros", zeros, SAMPLES);
        assert_member(&zip, 2, "empty", "", 0);
        assert_member(&zip, 3, "pieces", noise, SAMPLES);
        assert_int_equal(zip.members[1].method, level ? 8 : 0);
        assert_int_equal(zip.members[2].method, 0); // nothing does not get shorter
        gan__zip_close(&zip);
        gan__free(bytes);
    }
}

static void contents_begin_where_alignment_puts_them(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t length, behind = 0;
    gan_zip zip;
    gan_zip_writer writer = {.align = 64};
    assert_int_equal(gan__sink_open((gan_target){.path = in_folder("a.zip")}, &writer.sink),
                     GAN_STATUS_OK);
    for (size_t i = 0; i < 70; i++) {
        char name[100] = "";
        memset(name, 'n', i + 1);
        assert_int_equal(gan__zip_write(&writer, name, noise, i, "", 0), GAN_STATUS_OK);
    }
    assert_int_equal(gan__zip_finish(&writer), GAN_STATUS_OK);
    gan__zip_writer_destroy(&writer);
    assert_int_equal(gan__sink_commit(writer.sink), GAN_STATUS_OK);
    assert_int_equal(gan__file_read(in_folder("a.zip"), 1 << 20, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
    for (size_t i = 0; i < 70; i++) {
        uint8_t *local = bytes + zip.members[i].local, *content;
        size_t start = zip.members[i].local + 30 + i + 1 + gan__get_u16(local + 28);
        assert_int_equal(start % 64, 0);
        assert_true(start - behind < 64 + 64 + 4 + 30 + 71); // no more than it takes
        assert_int_equal(gan__zip_extract(&zip, &zip.members[i], &content), GAN_STATUS_OK);
        assert_memory_equal(content, noise, i);
        gan__free(content);
        behind = start + i;
    }
    gan__zip_close(&zip);
    gan__free(bytes);
}

static void others_find_no_fault_with_it(void **state) {
    (void)state;
    char command[400];
    assert_int_equal(write_archive(in_folder("a.zip"), 6), GAN_STATUS_OK);
    if (system("python3 -c 'import zipfile' 2>/dev/null") != 0) skip();
    snprintf(command, sizeof command,
             "python3 -c 'import sys, zipfile; a = zipfile.ZipFile(sys.argv[1]); "
             "sys.exit(a.testzip() is not None or a.namelist() != "
             "[\"noise\", \"zeros\", \"empty\", \"pieces\"])' %s",
             in_folder("a.zip"));
    assert_int_equal(system(command), 0);
}

static void four_gibibytes_are_refused_before_a_byte_is_written(void **state) {
    (void)state;
    gan_zip_writer writer = {0};
    gan_target target = {.path = in_folder("large.zip")};
    assert_int_equal(gan__sink_open(target, &writer.sink), GAN_STATUS_OK);
    assert_int_equal(gan__zip_write(&writer, "large", "", 0, noise, UINT32_MAX),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_message_has("4 GiB");
    assert_int_equal(gan__zip_member_begin(&writer, "large"), GAN_STATUS_OK);
    uint64_t before = gan__sink_position(writer.sink);
    assert_int_equal(gan__zip_member_append(&writer, noise, UINT32_MAX), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__sink_position(writer.sink), before);
    gan__zip_writer_destroy(&writer);
    gan__sink_discard(writer.sink);
}

// --- Damage --------------------------------------------------------------------------------------
// Opens and extracts all of an archive.
static gan_status read_all(const uint8_t *bytes, size_t length) {
    gan_zip zip;
    gan_status status = gan__zip_open(bytes, length, &zip);
    for (size_t i = 0; status == GAN_STATUS_OK && i < zip.count; i++) {
        uint8_t *content;
        status = gan__zip_extract(&zip, &zip.members[i], &content);
        gan__free(content);
    }
    gan__zip_close(&zip);
    return status;
}

static void what_cannot_be_read_is_refused_by_name(void **state) {
    (void)state;
    enum { FROM_END, FROM_DIRECTORY };
    static const struct {
        int from;
        size_t at;
        const char *patch;
        size_t length;
        gan_status status;
        const char *piece;
    } cases[] = {
        {FROM_END, 4, "\1", 1, GAN_STATUS_CORRUPT, "several disks"},
        {FROM_END, 6, "\1", 1, GAN_STATUS_CORRUPT, "several disks"},
        {FROM_END, 8, "\7", 1, GAN_STATUS_CORRUPT, "several disks"},
        {FROM_END, 8, "\xff\xff\xff\xff", 4, GAN_STATUS_CORRUPT, "Zip64"},
        {FROM_END, 8, "\4\0\4\0", 4, GAN_STATUS_CORRUPT, "should have an entry here"},
        {FROM_END, 8, "\2\0\2\0", 4, GAN_STATUS_CORRUPT, "bytes left over"},
        {FROM_END, 12, "\0", 1, GAN_STATUS_CORRUPT, "does not fit"},
        {FROM_END, 16, "\xff\xff\xff\xff", 4, GAN_STATUS_CORRUPT, "Zip64"},
        {FROM_DIRECTORY, 8, "\1", 1, GAN_STATUS_BAD_INPUT, "encrypted"},
        {FROM_DIRECTORY, 10, "\x0c", 1, GAN_STATUS_BAD_INPUT, "zip's method 12"},
        {FROM_DIRECTORY, 16, "\0\0\0\0", 4, GAN_STATUS_CORRUPT, "checksum"},
        {FROM_DIRECTORY, 20, "\xf0\xff\xff\xff", 4, GAN_STATUS_CORRUPT, "cut short"},
        {FROM_DIRECTORY, 24, "\xf0\xff\xff\xff", 4, GAN_STATUS_CORRUPT, "contradict each other"},
        {FROM_DIRECTORY, 24, "\xff\xff\xff\xff", 4, GAN_STATUS_CORRUPT, "Zip64"},
        {FROM_DIRECTORY, 28, "\xff\xff", 2, GAN_STATUS_CORRUPT, "reaches past"},
        {FROM_DIRECTORY, 42, "\1", 1, GAN_STATUS_CORRUPT, "points to no member"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        uint8_t *bytes = read_golden("deflated.npz", &length);
        uint8_t *end = bytes + length - 22;
        uint8_t *base = cases[i].from == FROM_END ? end : bytes + gan__get_u32(end + 16);
        memcpy(base + cases[i].at, cases[i].patch, cases[i].length);
        gan_status status = read_all(bytes, length);
        if (status != cases[i].status) fail_msg("case %zu: %s", i, gan_status_name(status));
        assert_message_has(cases[i].piece);
        gan__free(bytes);
    }
}

static void a_claim_of_gigabytes_allocates_none(void **state) {
    (void)state;
    size_t length;
    gan_zip zip;
    uint8_t *content, *bytes = read_golden("deflated.npz", &length);
    uint32_t directory = gan__get_u32(bytes + length - 6);
    gan__put_u32(bytes + directory + 24, 0xfffffff0);
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
    gan__alloc_fail_at(0);
    assert_int_equal(gan__zip_extract(&zip, &zip.members[0], &content), GAN_STATUS_CORRUPT);
    assert_int_equal(gan__alloc_count(), 0);
    gan__zip_close(&zip);
    gan__free(bytes);
}

// One member of `packed` bytes, whose entry in the directory says that it is deflated and comes to
// `length`.
static uint8_t *claim(size_t packed, uint32_t length, size_t *archive_length) {
    uint8_t *bytes, *content = test_calloc(1, packed);
    gan_zip_writer writer = {0};
    const char *path = in_folder("claim.zip");
    assert_int_equal(gan__sink_open((gan_target){.path = path}, &writer.sink), GAN_STATUS_OK);
    assert_int_equal(gan__zip_write(&writer, "x", content, packed, "", 0), GAN_STATUS_OK);
    assert_int_equal(gan__zip_finish(&writer), GAN_STATUS_OK);
    gan__zip_writer_destroy(&writer);
    assert_int_equal(gan__sink_commit(writer.sink), GAN_STATUS_OK);
    assert_int_equal(gan__file_read(path, SIZE_MAX, &bytes, archive_length), GAN_STATUS_OK);
    uint8_t *entry = bytes + gan__get_u32(bytes + *archive_length - 6);
    gan__put_u16(entry + 10, 8);
    gan__put_u32(entry + 24, length);
    test_free(content);
    return bytes;
}

static void a_bomb_is_refused_before_anything_is_unpacked(void **state) {
    (void)state;
    enum { PACKED = 1 << 19, RATIO = 1000 };
    size_t length;
    gan_zip zip;
    uint8_t *bytes = claim(PACKED, PACKED * RATIO, &length);
    gan__alloc_fail_at(0);
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_BAD_INPUT);
    assert_int_equal(gan__alloc_count(), 1); // the list of members
    assert_message_has("come to more than");
    gan__zip_close(&zip);
    gan__free(bytes);
    bytes = claim(PACKED, PACKED * 700, &length); // much, but no more than the limit
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
    gan__zip_close(&zip);
    gan__free(bytes);
}

// A thousand entries for one member: all of it would be unpacked a thousand times.
static void members_that_overlap_are_refused(void **state) {
    (void)state;
    enum { ENTRY = 46 + 1, ENTRIES = 1000, END = 22, PACKED = 1 << 16 };
    size_t length;
    gan_zip zip;
    uint8_t *one = claim(PACKED, PACKED, &length);
    const size_t directory = gan__get_u32(one + length - 6);
    uint8_t *bytes = test_malloc(length + ENTRIES * ENTRY);
    memcpy(bytes, one, directory);
    for (size_t i = 0; i < ENTRIES; i++)
        memcpy(bytes + directory + i * ENTRY, one + directory, ENTRY);
    uint8_t *end = bytes + directory + ENTRIES * ENTRY;
    memcpy(end, one + length - END, END);
    gan__put_u16(end + 8, ENTRIES);
    gan__put_u16(end + 10, ENTRIES);
    gan__put_u32(end + 12, ENTRIES * ENTRY);
    length = directory + ENTRIES * ENTRY + END;
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_CORRUPT);
    assert_message_has("overlap");
    gan__zip_close(&zip);
    test_free(bytes);
    gan__free(one);
}

static void what_is_stored_is_borrowed_where_it_lies(void **state) {
    (void)state;
    size_t length;
    gan_zip zip;
    const uint8_t *content;
    uint8_t *bytes = read_golden("stored.npz", &length);
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
    assert_int_equal(gan__zip_borrow(&zip, &zip.members[0], &content), GAN_STATUS_OK);
    assert_true(content > bytes && content < bytes + length);
    assert_member(&zip, 0, "x.npy", content, zip.members[0].length);
    bytes[content - bytes] ^= 1;
    assert_int_equal(gan__zip_borrow(&zip, &zip.members[0], &content), GAN_STATUS_CORRUPT);
    gan__zip_close(&zip);
    gan__free(bytes);
    bytes = read_golden("deflated.npz", &length);
    assert_int_equal(gan__zip_open(bytes, length, &zip), GAN_STATUS_OK);
    assert_int_equal(gan__zip_borrow(&zip, &zip.members[0], &content), GAN_STATUS_OK);
    assert_null(content);
    gan__zip_close(&zip);
    gan__free(bytes);
}

static void damage_anywhere_is_survived_and_a_cut_always_seen(void **state) {
    (void)state;
    static const char *const names[] = {"stored.npz", "deflated.npz", "zip64.npz"};
    for (size_t f = 0; f < 3; f++) {
        size_t length;
        uint8_t *bytes = read_golden(names[f], &length);
        for (size_t cut = 0; cut < length; cut++) {
            uint8_t *copy = test_malloc(cut + 1);
            memcpy(copy + 1, bytes, cut);
            assert_int_equal(read_all(copy + 1, cut), GAN_STATUS_CORRUPT);
            test_free(copy);
        }
        for (size_t at = 0; at < length; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                bytes[at] ^= (uint8_t)(1u << bit);
                gan_status status = read_all(bytes, length);
                assert_true(status == GAN_STATUS_OK || status == GAN_STATUS_CORRUPT ||
                            status == GAN_STATUS_BAD_INPUT);
                bytes[at] ^= (uint8_t)(1u << bit);
            }
        }
        gan__free(bytes);
    }
}

// --- Memory --------------------------------------------------------------------------------------
static void each_allocation_may_fail(void **state) {
    (void)state;
    size_t n = 1;
    for (gan_status status = GAN_STATUS_NO_MEMORY; status != GAN_STATUS_OK; n++) {
        gan__alloc_fail_at(n);
        status = write_archive(in_folder("memory.zip"), 6);
        gan__alloc_fail_at(0);
        if (status == GAN_STATUS_OK) break;
        assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        assert_false(gan__file_exists(in_folder("memory.zip")));
    }
    assert_true(n > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_numpy_stored_and_deflated_is_the_same),
        cmocka_unit_test(zip64_is_read),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(contents_begin_where_alignment_puts_them),
        cmocka_unit_test(others_find_no_fault_with_it),
        cmocka_unit_test(four_gibibytes_are_refused_before_a_byte_is_written),
        cmocka_unit_test(what_cannot_be_read_is_refused_by_name),
        cmocka_unit_test(a_claim_of_gigabytes_allocates_none),
        cmocka_unit_test(a_bomb_is_refused_before_anything_is_unpacked),
        cmocka_unit_test(members_that_overlap_are_refused),
        cmocka_unit_test(what_is_stored_is_borrowed_where_it_lies),
        cmocka_unit_test(damage_anywhere_is_survived_and_a_cut_always_seen),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
