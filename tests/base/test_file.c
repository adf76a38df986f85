// Reading files, writing them whole or not at all, folders.
#include "cmocka_headers.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/clgan-file-XXXXXX";

// A path in the test's folder; eight may be in use at once.
static const char *in_folder(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void assert_message_has(const char *piece) {
    if (!strstr(gan_status_message(), piece)) {
        fail_msg("\"%s\" is not in \"%s\"", piece, gan_status_message());
    }
}

static void assert_content(const char *path, const char *expected) {
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, strlen(expected));
    assert_string_equal((char *)bytes, expected);
    gan__free(bytes);
}

static size_t folder_count(const char *path) {
    char **names;
    size_t count;
    assert_int_equal(gan__folder_list(path, &names, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) gan__free(names[i]);
    gan__free(names);
    return count;
}

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

static void an_unfinished_output_leaves_the_target_as_it_was(void **state) {
    (void)state;
    const char *path = in_folder("target");
    assert_int_equal(gan__file_write(path, "before", 6), GAN_STATUS_OK);
    size_t files = folder_count(folder);
    gan_output *output;
    assert_int_equal(gan__output_create(path, &output), GAN_STATUS_OK);
    assert_int_equal(gan__output_write(output, "after!", 6), GAN_STATUS_OK);
    assert_int_equal(folder_count(folder), files + 1);
    assert_content(path, "before");
    gan__output_discard(output);
    assert_content(path, "before");
    assert_int_equal(folder_count(folder), files);
    gan__output_discard(NULL);
}

static void a_patch_overwrites_and_the_position_stays(void **state) {
    (void)state;
    const char *path = in_folder("patched");
    static char filler[100000];
    memset(filler, '.', sizeof filler);
    gan_output *output;
    assert_int_equal(gan__output_create(path, &output), GAN_STATUS_OK);
    assert_int_equal(gan__output_write(output, "head", 4), GAN_STATUS_OK);
    assert_int_equal(gan__output_write(output, filler, sizeof filler), GAN_STATUS_OK);
    assert_int_equal(gan__output_patch(output, 1, "EA", 2), GAN_STATUS_OK);
    assert_int_equal(gan__output_write(output, "tail", 4), GAN_STATUS_OK);
    assert_int_equal(gan__output_position(output), 100008);
    assert_int_equal(gan__output_patch(output, 100005, "AIL", 3), GAN_STATUS_OK);
    assert_int_equal(gan__output_patch(output, 100005, "AILS", 4), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__output_patch(output, UINT64_MAX, "x", 1), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan__output_commit(output), GAN_STATUS_OK);
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, 100008);
    assert_memory_equal(bytes, "hEAd....", 8);
    assert_memory_equal(bytes + 100000, "....tAIL", 8);
    gan__free(bytes);
}

static void a_killed_process_s_leftover_is_replaced(void **state) {
    (void)state;
    char name[64];
    snprintf(name, sizeof name, ".again.tmp-%ld", (long)getpid());
    assert_int_equal(symlink(in_folder("elsewhere"), in_folder(name)), 0);
    assert_int_equal(gan__file_write(in_folder("again"), "new", 3), GAN_STATUS_OK);
    assert_content(in_folder("again"), "new");
    assert_false(gan__file_exists(in_folder("elsewhere")));
    assert_false(gan__file_exists(in_folder(name)));
}

static void a_link_is_followed_and_a_mode_kept(void **state) {
    (void)state;
    const char *path = in_folder("private"), *link = in_folder("link");
    assert_int_equal(gan__file_write(path, "1", 1), GAN_STATUS_OK);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(symlink("private", link), 0);
    assert_int_equal(gan__file_write(link, "2", 1), GAN_STATUS_OK);
    assert_content(path, "2");
    struct stat about;
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void an_output_that_cannot_be_is_refused_at_once(void **state) {
    (void)state;
    gan_output *output;
    assert_int_equal(gan__output_create(in_folder("no/such/x"), &output), GAN_STATUS_BAD_OUTPUT);
    assert_null(output);
    assert_message_has("cannot be created: No such file");
    assert_int_equal(gan__output_create(folder, &output), GAN_STATUS_BAD_OUTPUT);
    assert_message_has("is a folder");
    assert_int_equal(gan__output_create(in_folder("new/"), &output), GAN_STATUS_BAD_OUTPUT);
    assert_int_equal(gan__output_create("", &output), GAN_STATUS_BAD_OUTPUT);
}

static void an_unwritable_folder_is_bad_output(void **state) {
    (void)state;
    if (geteuid() == 0) { // root may write anywhere but below /proc
        assert_int_equal(gan__file_write("/proc/x", "1", 1), GAN_STATUS_BAD_OUTPUT);
        return;
    }
    const char *closed = in_folder("closed");
    assert_int_equal(mkdir(closed, 0500), 0);
    assert_int_equal(gan__file_write(in_folder("closed/x"), "1", 1), GAN_STATUS_BAD_OUTPUT);
    assert_message_has("Permission denied");
    assert_int_equal(rmdir(closed), 0);
}

static void a_full_disk_is_bad_output_and_leaves_nothing(void **state) {
    (void)state;
    static char filler[300000];
    const char *path = in_folder("full");
    assert_int_equal(gan__file_write(path, "before", 6), GAN_STATUS_OK);
    size_t files = folder_count(folder);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    gan_status large = gan__file_write(path, filler, sizeof filler);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(large, GAN_STATUS_BAD_OUTPUT);
    assert_content(path, "before");
    assert_int_equal(folder_count(folder), files);
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(gan__file_write("/dev/full", "1", 1), GAN_STATUS_BAD_OUTPUT);
        assert_message_has("No space left");
    }
}

static void a_device_is_written_to_and_not_replaced(void **state) {
    (void)state;
    struct stat about;
    assert_int_equal(gan__file_write("/dev/null", "1", 1), GAN_STATUS_OK);
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    uint8_t packed[300], *bytes;
    size_t length, packed_length = gzip("latent", packed, sizeof packed);
    gan_status status = GAN_STATUS_NO_MEMORY;
    const char *path = in_folder("scarce");
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
        if (status == GAN_STATUS_OK) status = gan__folder_create(in_folder("a"));
        if (status == GAN_STATUS_OK) status = gan__folder_list(folder, &names, &count);
        gan__alloc_fail_at(0);
        if (status != GAN_STATUS_OK) {
            assert_int_equal(status, GAN_STATUS_NO_MEMORY);
            continue;
        }
        for (size_t i = 0; i < count; i++) gan__free(names[i]);
        gan__free(names);
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
    for (size_t i = 0; i < count; i++) gan__free(names[i]);
    gan__free(names);
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

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_back_as_written),
        cmocka_unit_test(what_is_no_file_is_named),
        cmocka_unit_test(gzip_is_found_by_its_content),
        cmocka_unit_test(a_gzip_file_cut_anywhere_or_flipped_is_corrupt),
        cmocka_unit_test(an_unfinished_output_leaves_the_target_as_it_was),
        cmocka_unit_test(a_patch_overwrites_and_the_position_stays),
        cmocka_unit_test(a_killed_process_s_leftover_is_replaced),
        cmocka_unit_test(a_link_is_followed_and_a_mode_kept),
        cmocka_unit_test(an_output_that_cannot_be_is_refused_at_once),
        cmocka_unit_test(an_unwritable_folder_is_bad_output),
        cmocka_unit_test(a_full_disk_is_bad_output_and_leaves_nothing),
        cmocka_unit_test(a_device_is_written_to_and_not_replaced),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(folders_are_made_with_parents_and_listed_in_order),
        cmocka_unit_test(the_cache_folder_follows_the_environment),
        cmocka_unit_test(the_clocks_go_forward_and_can_be_fixed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
