// Statuses and the thread's message.
#include "cmocka_headers.h"

#include "base/status.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void each_status_has_its_name_and_exit_code(void **state) {
    (void)state;
    assert_string_equal(gan_status_name(GAN_STATUS_OK), "OK");
    assert_string_equal(gan_status_name(GAN_STATUS_BAD_VERSION), "BAD_VERSION");
    assert_string_equal(gan_status_meaning(GAN_STATUS_DIFFERENT), "the two differ");
    assert_int_equal(gan_status_exit_code(GAN_STATUS_OK), 0);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_BAD_ARGUMENT), 2);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_BUILD_FAILED), 3);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_CORRUPT), 4);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_BAD_OUTPUT), 5);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_DIVERGED), 6);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_TERMINATED), 143);
    assert_int_equal(gan_status_exit_code(GAN_STATUS_CLOSED), 141);
    assert_string_equal(gan_status_name((gan_status)999), "UNKNOWN");
    assert_int_equal(gan_status_exit_code((gan_status)999), 1);
}

static void a_failure_sets_the_message_and_answers_its_status(void **state) {
    (void)state;
    assert_int_equal(gan__fail(GAN_STATUS_CORRUPT, "%s: byte %d is wrong", "a.gan", 7),
                     GAN_STATUS_CORRUPT);
    assert_string_equal(gan_status_message(), "a.gan: byte 7 is wrong");
    assert_int_equal(gan__fail_in(GAN_STATUS_CORRUPT, "layer %d", 3), GAN_STATUS_CORRUPT);
    assert_string_equal(gan_status_message(), "layer 3: a.gan: byte 7 is wrong");
    gan__fail(GAN_STATUS_FAILED, "after \"%s\"", gan_status_message());
    assert_string_equal(gan_status_message(), "after \"layer 3: a.gan: byte 7 is wrong\"");
}

static void control_bytes_are_escaped(void **state) {
    (void)state;
    gan__fail(GAN_STATUS_BAD_INPUT, "name \"%s\"", "a\x1b[31m\x07z\x7f");
    assert_string_equal(gan_status_message(), "name \"a\\x1b[31m\\x07z\\x7f\"");
    gan__fail(GAN_STATUS_BAD_INPUT, "%s", "\xc3\xa9 \xc2\x9b \xff");
    assert_string_equal(gan_status_message(), "\xc3\xa9 \\xc2\\x9b \\xff");
}

static void a_name_from_a_file_cannot_begin_a_line_of_its_own(void **state) {
    (void)state;
    gan__fail(GAN_STATUS_BAD_INPUT, "tensor %s", "a\ngan-train: done\t");
    assert_string_equal(gan_status_message(), "tensor a\\x0agan-train: done\\x09");
    gan__fail_in(GAN_STATUS_BAD_INPUT, "member %s", "b\n");
    assert_string_equal(gan_status_message(), "member b\\x0a: tensor a\\x0agan-train: done\\x09");
}

static void messages_of_several_lines_keep_them(void **state) {
    (void)state;
    gan__fail_lines(GAN_STATUS_NO_DEVICE, "one of these:\n\t%s", "0:0 \x1b[31m");
    assert_string_equal(gan_status_message(), "one of these:\n\t0:0 \\x1b[31m");
    gan__fail_in(GAN_STATUS_NO_DEVICE, "self-test");
    assert_string_equal(gan_status_message(), "self-test: one of these:\n\t0:0 \\x1b[31m");
}

static void a_long_message_is_cut_and_says_so(void **state) {
    (void)state;
    char word[6000];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    gan__fail(GAN_STATUS_FAILED, "%s", word);
    size_t length = strlen(gan_status_message());
    assert_int_equal(length, 4095);
    assert_string_equal(gan_status_message() + length - 4, "x...");
    gan__fail_in(GAN_STATUS_FAILED, "here");
    assert_memory_equal(gan_status_message(), "here: xxx", 9);
    assert_int_equal(strlen(gan_status_message()), 4095);
}

static void *fail_elsewhere(void *found) {
    snprintf(found, 64, "%s", gan_status_message());
    gan__fail(GAN_STATUS_FAILED, "the other thread's");
    return NULL;
}

static void a_message_belongs_to_its_thread(void **state) {
    (void)state;
    char found[64] = "?";
    pthread_t thread;
    gan__fail(GAN_STATUS_FAILED, "this thread's");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, found), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(found, "");
    assert_string_equal(gan_status_message(), "this thread's");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_its_name_and_exit_code),
        cmocka_unit_test(a_failure_sets_the_message_and_answers_its_status),
        cmocka_unit_test(control_bytes_are_escaped),
        cmocka_unit_test(a_name_from_a_file_cannot_begin_a_line_of_its_own),
        cmocka_unit_test(messages_of_several_lines_keep_them),
        cmocka_unit_test(a_long_message_is_cut_and_says_so),
        cmocka_unit_test(a_message_belongs_to_its_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
