// What tuning found, as a file, and what a run keeps of it.
#include "tuner_fixture.h"

#include "base/hash.h"
#include "base/memory.h"
#include "runtime/device_state.h"

#include <inttypes.h>
#include <sys/wait.h>

static const char *program; // this one, to be run as other processes

// --- The file ------------------------------------------------------------------------------------

static gan_text file_path(void) {
    gan_text path = {0};
    assert_ok(gan__tuner_path(device, &path));
    assert_true(path.length > 0);
    return path;
}

static void a_damaged_file_is_as_good_as_absent(void **state) {
    (void)state;
    put("spin a", "spin 1", false);
    put("spin b", "spin 2", false);
    gan_text path = file_path();
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_ok(gan__file_read(path.bytes, 1 << 20, &bytes, &length));
    for (size_t i = 0; i < length; i += 29) {
        bytes[i] ^= (uint8_t)(1 + i % 255);
        assert_ok(gan__file_write(path.bytes, bytes, length));
        bytes[i] ^= (uint8_t)(1 + i % 255);
        gan__tuner_table_destroy(device->tuned);
        device->tuned = NULL;
        expect_way("spin a", NULL);
        expect_way("spin b", NULL);
        // And of every length.
        assert_ok(gan__file_write(path.bytes, bytes, i));
        gan__tuner_table_destroy(device->tuned);
        device->tuned = NULL;
        expect_way("spin a", NULL);
    }
    put("spin c", "spin 3", false); // it is written anew
    reopen();
    expect_way("spin c", "spin 3");
    gan__free(bytes);
    gan__text_destroy(&path);
}

// Replaces `from` by `to` in the file and makes its checksum right again.
static void rewrite(const char *path, const char *from, const char *to) {
    uint8_t *bytes = NULL;
    size_t length = 0;
    gan_text text = {0};
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    char *at = strstr((char *)bytes, from), *sum = strstr((char *)bytes, "checksum ");
    assert_non_null(at);
    gan__text_append_bytes(&text, bytes, (size_t)(at - (char *)bytes));
    gan__text_append(&text, "%s", to);
    at += strlen(from);
    gan__text_append_bytes(&text, at, (size_t)(sum - at));
    gan__text_append(&text, "checksum %016" PRIx64 "\n",
                     gan__hash(GAN_HASH_START, text.bytes, text.length));
    assert_ok(gan__file_write(path, text.bytes, text.length));
    gan__free(bytes);
    gan__text_destroy(&text);
}

static void a_file_of_another_driver_or_version_is_not_used(void **state) {
    (void)state;
    char driver[128];
    const char *const lines[] = {driver, "clgan " CLGAN_VERSION, " compute units"};
    snprintf(driver, sizeof driver, "%s", gan_device_get_info(device)->driver);
    gan_text path = file_path();
    for (int i = 0; i < 3; i++) {
        put("spin a", "spin 1", false);
        rewrite(path.bytes, "spin 1", "spin 2"); // a rewritten file as such is read
        reopen();
        expect_way("spin a", "spin 2");
        rewrite(path.bytes, lines[i], "another");
        reopen();
        expect_way("spin a", NULL);
    }
    gan__text_destroy(&path);
}

static void lines_that_say_nothing_spoil_no_run(void **state) {
    (void)state;
    const char *const lines[] = {"spin a | done | 1.5 | same order", "spin a", " |  | x |  | y",
                                 "spin a | done | nan | same order | spin 1",
                                 "spin a | done | -2 | same order | spin 1"};
    gan_text path = file_path();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        put("spin a", "spin 1", false);
        rewrite(path.bytes, "spin a | done | 1.5 | same order | spin 1", lines[i]);
        reopen();
        expect_way("spin a", NULL);
        remove(path.bytes);
        reopen();
    }
    gan__text_destroy(&path);
}

static void two_processes_keep_each_others_results(void **state) {
    (void)state;
    gan_device *first = device, *second = NULL;
    assert_ok(gan_device_open(NULL, &second));
    expect_way("spin a", NULL); // both have read the empty table
    device = second;
    expect_way("spin a", NULL);
    put("spin b", "spin 2", false);
    device = first;
    put("spin a", "spin 1", false);
    gan_device_close(second);
    reopen();
    expect_way("spin a", "spin 1");
    expect_way("spin b", "spin 2");
}

static void what_another_found_since_is_not_undone(void **state) {
    (void)state;
    put("spin a", "spin 1", false);
    reopen();
    expect_way("spin a", "spin 1");
    gan_device *first = device;
    assert_ok(gan_device_open(NULL, &device));
    put("spin a", "spin 2", false);
    gan_device_close(device);
    device = first;
    put("spin b", "spin 3", false); // and what was read of a goes into no file
    reopen();
    expect_way("spin a", "spin 2");
    expect_way("spin b", "spin 3");
}

enum { SAVERS = 4, SAVES = 12 };

// A process that tunes: finds SAVES classes, one after the other.
static int save_many(const char *name) {
    if (gan_device_open(NULL, &device) != GAN_STATUS_OK) return 1;
    for (int i = 0; i < SAVES; i++) {
        char key[64];
        snprintf(key, sizeof key, "spin %s %d", name, i);
        put(key, "spin 1", false);
    }
    gan_device_close(device);
    return 0;
}

static void processes_that_tune_at_once_lose_nothing(void **state) {
    (void)state;
    pid_t savers[SAVERS];
    for (int i = 0; i < SAVERS; i++) {
        char name[] = {(char)('a' + i), '\0'};
        savers[i] = fork();
        assert_true(savers[i] >= 0);
        if (savers[i] == 0) {
            execl(program, program, "save", name, (char *)NULL);
            _exit(1);
        }
    }
    for (int i = 0; i < SAVERS; i++) {
        int status = 1;
        assert_int_equal(waitpid(savers[i], &status, 0), savers[i]);
        assert_int_equal(status, 0);
    }
    reopen();
    for (int i = 0; i < SAVERS * SAVES; i++) {
        char key[64];
        snprintf(key, sizeof key, "spin %c %d", 'a' + i / SAVES, i % SAVES);
        expect_way(key, "spin 1");
    }
}

static void tuning_can_be_left_aside(void **state) {
    (void)state;
    put("spin a", "spin 1", false);
    setenv("CLGAN_TUNING", "off", 1);
    reopen();
    expect_way("spin a", NULL);
    unsetenv("CLGAN_TUNING");
    reopen();
    expect_way("spin a", "spin 1");
}

// --- What a run keeps ----------------------------------------------------------------------------

static void a_run_keeps_the_orders_it_began_with(void **state) {
    (void)state;
    gan_text began = {0}, nothing = {0};
    assert_ok(gan__tuner_write_orders(device, &nothing));
    assert_int_equal(nothing.length, 0);
    put("spin a", "spin 1", true);
    put("spin b", "spin 2", false);
    assert_ok(gan__tuner_write_orders(device, &began));
    assert_non_null(strstr(began.bytes, "spin a"));
    assert_null(strstr(began.bytes, "spin b"));
    // Meanwhile the device is tuned anew ...
    put("spin a", "spin 3", true);
    put("spin b", "spin 4", false);
    put("spin c", "spin 5", true);
    // ... and what was begun goes on as it was, but for what changes no bit.
    reopen();
    assert_ok(gan__tuner_adopt_orders(device, began.bytes));
    expect_way("spin a", "spin 1");
    expect_way("spin b", "spin 4");
    expect_way("spin c", NULL);
    // So does what was begun untuned.
    assert_ok(gan__tuner_adopt_orders(device, ""));
    expect_way("spin a", NULL);
    expect_way("spin b", "spin 4");
    // And what was begun with orders that cannot be read.
    reopen();
    gan__text_append(&began, "no line of a table\n");
    assert_ok(gan__tuner_adopt_orders(device, gan__text_string(&began)));
    expect_way("spin a", NULL);
    expect_way("spin b", "spin 4");
    // What another device had says nothing of this one.
    reopen();
    assert_ok(gan__tuner_adopt_orders(device, "clgan tuning 1\nanother\n"));
    expect_way("spin a", "spin 3");
    gan__text_destroy(&began);
}

int main(int argc, char **argv) {
    program = argv[0];
    if (argc == 3 && strcmp(argv[1], "save") == 0) return save_many(argv[2]);
    const struct CMUnitTest tests[] = {
        tuner_test(a_damaged_file_is_as_good_as_absent),
        tuner_test(a_file_of_another_driver_or_version_is_not_used),
        tuner_test(lines_that_say_nothing_spoil_no_run),
        tuner_test(two_processes_keep_each_others_results),
        tuner_test(what_another_found_since_is_not_undone),
        tuner_test(processes_that_tune_at_once_lose_nothing),
        tuner_test(tuning_can_be_left_aside),
        tuner_test(a_run_keeps_the_orders_it_began_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
