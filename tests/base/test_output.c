// Outputs appear whole or not at all.
#include "base/folder.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unfinished_output_leaves_the_target_as_it_was),
        cmocka_unit_test(a_patch_overwrites_and_the_position_stays),
        cmocka_unit_test(a_killed_process_s_leftover_is_replaced),
        cmocka_unit_test(a_link_is_followed_and_a_mode_kept),
        cmocka_unit_test(an_output_that_cannot_be_is_refused_at_once),
        cmocka_unit_test(an_unwritable_folder_is_bad_output),
        cmocka_unit_test(a_full_disk_is_bad_output_and_leaves_nothing),
        cmocka_unit_test(a_device_is_written_to_and_not_replaced),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
