// Reading files, listing folders, clocks.
#include "base/folder.h"

#include "base/clock.h"
#include "base/growth.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>

static void a_file_is_read_back_as_written(void **state) {
    (void)state;
    static uint8_t pattern[200000];
    for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i * 7 + i / 251);
    const char *path = in_folder("pattern");
    assert_int_equal(gan__file_write(path, pattern, sizeof pattern), GAN_STATUS_OK);
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(path, sizeof pattern, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, sizeof pattern);
    assert_memory_equal(bytes, pattern, sizeof pattern);
    assert_int_equal(bytes[length], 0);
    gan__free(bytes);
    assert_int_equal(gan__file_read(path, sizeof pattern - 1, &bytes, &length),
                     GAN_STATUS_BAD_INPUT);
    assert_null(bytes);
    assert_message_has("larger than the 199999 bytes");
    assert_int_equal(gan__file_write(in_folder("empty"), "", 0), GAN_STATUS_OK);
    assert_content(in_folder("empty"), "");
}

static void what_is_no_file_is_named(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(in_folder("absent"), 10, &bytes, &length),
                     GAN_STATUS_BAD_INPUT);
    assert_message_has("absent: cannot be opened: No such file");
    assert_int_equal(gan__file_read(folder, 10, &bytes, &length), GAN_STATUS_BAD_INPUT);
    assert_message_has("is a folder");
    const char *pipe_path = in_folder("pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    alarm(10); // a reader that waits for a writer is killed here
    assert_int_equal(gan__file_read(pipe_path, 10, &bytes, &length), GAN_STATUS_BAD_INPUT);
    alarm(0);
    assert_message_has("is a pipe or a device");
    assert_int_equal(unlink(pipe_path), 0);
}

// `text` as a gzip stream in `packed`; returns its length.
static size_t gzip(const char *text, uint8_t *packed, size_t size) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)text;
    stream.avail_in = (uInt)strlen(text);
    stream.next_out = packed;
    stream.avail_out = (uInt)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    return length;
}

static gan_status read_gzip_bytes(const uint8_t *packed, size_t packed_length, size_t limit,
                                  uint8_t **bytes, size_t *length) {
    const char *path = in_folder("packed");
    assert_int_equal(gan__file_write(path, packed, packed_length), GAN_STATUS_OK);
    return gan__file_read_gzip(path, limit, bytes, length);
}

static void gzip_is_found_by_its_content(void **state) {
    (void)state;
    uint8_t packed[600], *bytes;
    size_t length, first = gzip("generator ", packed, 300);
    size_t both = first + gzip("discriminator", packed + first, 300);
    assert_int_equal(read_gzip_bytes(packed, first, 100, &bytes, &length), GAN_STATUS_OK);
    assert_string_equal((char *)bytes, "generator ");
    gan__free(bytes);
    // Members add up, as in gzip itself, and zeros behind the last are padding.
    memset(packed + both, 0, 7);
    assert_int_equal(read_gzip_bytes(packed, both + 7, 100, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, 23);
    assert_string_equal((char *)bytes, "generator discriminator");
    gan__free(bytes);
    assert_int_equal(read_gzip_bytes((const uint8_t *)"plain", 5, 100, &bytes, &length),
                     GAN_STATUS_OK);
    assert_string_equal((char *)bytes, "plain");
    gan__free(bytes);
    assert_int_equal(read_gzip_bytes(packed, both, 22, &bytes, &length), GAN_STATUS_BAD_INPUT);
    assert_null(bytes);
}

static void a_gzip_file_cut_anywhere_or_flipped_is_corrupt(void **state) {
    (void)state;
    char text[4001];
    for (size_t i = 0; i < 4000; i++) text[i] = (char)('a' + i * i % 23);
    text[4000] = '\0';
    static uint8_t packed[6000];
    uint8_t *bytes;
    size_t length, whole = gzip(text, packed, sizeof packed);
    for (size_t cut = 2; cut < whole; cut++) {
        assert_int_equal(read_gzip_bytes(packed, cut, 10000, &bytes, &length), GAN_STATUS_CORRUPT);
        assert_null(bytes);
    }
    assert_message_has("cut short");
    for (size_t at = whole - 8; at < whole; at++) { // the checksum and the length
        packed[at] ^= 0x10;
        assert_int_equal(read_gzip_bytes(packed, whole, 10000, &bytes, &length),
                         GAN_STATUS_CORRUPT);
        packed[at] ^= 0x10;
    }
    assert_message_has("damaged");
    packed[whole] = 'x'; // neither padding nor a member
    assert_int_equal(read_gzip_bytes(packed, whole + 1, 10000, &bytes, &length),
                     GAN_STATUS_CORRUPT);
}

// Members of zeros, a thousandth as long as what they hold, until they hold more than any file may.
static void a_gzip_bomb_ends_at_the_limit(void **state) {
    (void)state;
    enum { MEMBER = 1 << 25, MEMBERS = 12 };
    uint8_t *zeros = test_calloc(1, MEMBER), *packed = test_malloc(MEMBERS * (MEMBER >> 9));
    uint8_t *bytes;
    z_stream stream = {.next_in = zeros, .avail_in = MEMBER, .next_out = packed};
    stream.avail_out = MEMBER >> 9;
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    const size_t one = stream.total_out;
    deflateEnd(&stream);
    for (size_t i = 1; i < MEMBERS; i++) memcpy(packed + i * one, packed, one);
    size_t length;
    assert_true(gan__growth_limit(MEMBERS * one) < (uint64_t)MEMBERS * MEMBER);
    assert_int_equal(read_gzip_bytes(packed, MEMBERS * one, SIZE_MAX / 2, &bytes, &length),
                     GAN_STATUS_BAD_INPUT);
    assert_message_has("packed: its ");
    assert_message_has("write it again uncompressed");
    assert_null(bytes);
    test_free(packed);
    test_free(zeros);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    uint8_t packed[300], *bytes;
    size_t length, packed_length = gzip("latent", packed, sizeof packed);
    gan_status status = GAN_STATUS_NO_MEMORY;
    const char *path = in_folder("scarce"), *inner = in_folder("a");
    assert_int_equal(gan__file_write(path, packed, packed_length), GAN_STATUS_OK);
    size_t tries = 0;
    for (size_t n = 1; status != GAN_STATUS_OK; n++, tries++) {
        gan__alloc_fail_at(n);
        char **names = NULL;
        size_t count;
        status = gan__file_read_gzip(path, 1000, &bytes, &length);
        if (status == GAN_STATUS_OK) {
            gan__free(bytes);
            status = gan__file_write(path, packed, packed_length);
        }
        if (status == GAN_STATUS_OK) status = gan__folder_create(inner);
        if (status == GAN_STATUS_OK) status = gan__folder_list(folder, &names, &count);
        gan__alloc_fail_at(0);
        if (status != GAN_STATUS_OK) {
            assert_int_equal(status, GAN_STATUS_NO_MEMORY);
            continue;
        }
        gan__folder_list_free(names, count);
    }
    assert_true(tries >= 6);
}

static void folders_are_made_with_parents_and_listed_in_order(void **state) {
    (void)state;
    const char *inner = in_folder("x/y/z");
    assert_int_equal(gan__folder_create(inner), GAN_STATUS_OK);
    assert_int_equal(gan__folder_create(inner), GAN_STATUS_OK);
    assert_true(gan__file_is_folder(inner));
    assert_int_equal(gan__file_write(in_folder("x/b"), "", 0), GAN_STATUS_OK);
    assert_int_equal(gan__file_write(in_folder("x/B"), "", 0), GAN_STATUS_OK);
    char **names;
    size_t count;
    assert_int_equal(gan__folder_list(in_folder("x"), &names, &count), GAN_STATUS_OK);
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "B");
    assert_string_equal(names[1], "b");
    assert_string_equal(names[2], "y");
    gan__folder_list_free(names, count);
    assert_int_equal(gan__folder_create(in_folder("x/b/c")), GAN_STATUS_BAD_OUTPUT);
    assert_message_has("x/b: the folder cannot be created");
    assert_int_equal(gan__folder_list(in_folder("none"), &names, &count), GAN_STATUS_BAD_INPUT);
    assert_null(names);
}

static void the_cache_folder_follows_the_environment(void **state) {
    (void)state;
    setenv("HOME", "/home/someone", 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("CLGAN_CACHE_DIR");
#if defined(__APPLE__)
    assert_string_equal(gan__folder_cache(), "/home/someone/Library/Caches/clgan");
#else
    assert_string_equal(gan__folder_cache(), "/home/someone/.cache/clgan");
#endif
    setenv("XDG_CACHE_HOME", "/var/cache/me", 1);
    assert_string_equal(gan__folder_cache(), "/var/cache/me/clgan");
    setenv("CLGAN_CACHE_DIR", "/fast/disk", 1);
    assert_string_equal(gan__folder_cache(), "/fast/disk");
    setenv("CLGAN_CACHE_DIR", "off", 1);
    assert_string_equal(gan__folder_cache(), "");
    unsetenv("CLGAN_CACHE_DIR");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_string_equal(gan__folder_cache(), "");
}

static void the_clocks_go_forward_and_can_be_fixed(void **state) {
    (void)state;
    double before = gan__clock_seconds();
    assert_true(gan__clock_seconds() >= before);
    setenv("SOURCE_DATE_EPOCH", "1234567890", 1);
    assert_int_equal(gan__clock_unix(), 1234567890);
    setenv("SOURCE_DATE_EPOCH", "nonsense", 1);
    assert_true(gan__clock_unix() > 1700000000);
    unsetenv("SOURCE_DATE_EPOCH");
    assert_true(gan__clock_unix() > 1700000000);
}

static void a_part_is_read_whole_or_its_lack_is_said(void **state) {
    (void)state;
    char part[8] = {0};
    const char *path = in_folder("parts");
    assert_int_equal(gan__file_write(path, "0123456789", 10), GAN_STATUS_OK);
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(gan__file_read_at(file, 3, part, 7), GAN_STATUS_OK);
    assert_string_equal(part, "3456789");
    assert_int_equal(gan__file_read_at(file, 10, part, 0), GAN_STATUS_OK);
    assert_int_equal(gan__file_read_at(file, 4, part, 7), GAN_STATUS_CORRUPT);
    assert_message_has("ends at byte 10");
    close(file);
    assert_int_equal(gan__file_read_at(file, 0, part, 1), GAN_STATUS_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_back_as_written),
        cmocka_unit_test(what_is_no_file_is_named),
        cmocka_unit_test(gzip_is_found_by_its_content),
        cmocka_unit_test(a_gzip_file_cut_anywhere_or_flipped_is_corrupt),
        cmocka_unit_test(a_part_is_read_whole_or_its_lack_is_said),
        cmocka_unit_test(a_gzip_bomb_ends_at_the_limit),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(folders_are_made_with_parents_and_listed_in_order),
        cmocka_unit_test(the_cache_folder_follows_the_environment),
        cmocka_unit_test(the_clocks_go_forward_and_can_be_fixed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
