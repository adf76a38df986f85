// Sinks: a file appears whole or not at all, a descriptor gets every byte however slowly it is
// read, a reader that has gone is told from a failure, a terminal gets nothing.
#include "folder.h"

#include "base/sink.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { LENGTH = 300000 }; // of what is written: more than the buffer and a pipe hold

static uint8_t pattern[LENGTH];

// In pieces of growing length, so that the buffer is filled, passed over and left half full.
static gan_status write_pattern(gan_sink *sink) {
    for (size_t at = 0, piece = 1; at < LENGTH; piece *= 3) {
        size_t length = piece < LENGTH - at ? piece : LENGTH - at;
        GAN_TRY(gan__sink_write(sink, pattern + at, length));
        at += length;
        assert_int_equal(gan__sink_position(sink), at);
    }
    return GAN_STATUS_OK;
}

static int make_pattern(void **state) {
    for (size_t i = 0; i < LENGTH; i++) pattern[i] = (uint8_t)(i * 31 + i / 253);
    signal(SIGPIPE, SIG_IGN);
    return make_folder(state);
}

static void a_file_appears_when_it_is_whole(void **state) {
    (void)state;
    gan_sink *sink;
    uint8_t *bytes;
    size_t length;
    const char *path = in_folder("whole");
    assert_int_equal(gan__sink_open((gan_target){.path = path}, &sink), GAN_STATUS_OK);
    assert_int_equal(write_pattern(sink), GAN_STATUS_OK);
    assert_false(gan__file_exists(path));
    assert_int_equal(gan__sink_commit(sink), GAN_STATUS_OK);
    assert_int_equal(gan__file_read(path, LENGTH, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, LENGTH);
    assert_memory_equal(bytes, pattern, LENGTH);
    gan__free(bytes);

    path = in_folder("discarded");
    assert_int_equal(gan__sink_open((gan_target){.path = path}, &sink), GAN_STATUS_OK);
    assert_int_equal(write_pattern(sink), GAN_STATUS_OK);
    gan__sink_discard(sink);
    gan__sink_discard(NULL);
    assert_false(gan__file_exists(path));
    assert_int_equal(folder_count(folder), 1);
}

typedef struct slow_reader {
    int fd;
    size_t length;
    bool same;
} slow_reader;

static void *read_slowly(void *argument) {
    slow_reader *reader = argument;
    uint8_t bytes[5000];
    for (ssize_t got; (got = read(reader->fd, bytes, sizeof bytes)) > 0;) {
        if (reader->length + (size_t)got > LENGTH ||
            memcmp(bytes, pattern + reader->length, (size_t)got) != 0)
            reader->same = false;
        reader->length += (size_t)got;
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    return NULL;
}

static void a_pipe_that_would_block_gets_every_byte(void **state) {
    (void)state;
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        int ends[2];
        gan_sink *sink;
        pthread_t thread;
        assert_int_equal(pipe(ends), 0);
        slow_reader reader = {.fd = ends[0], .same = true};
        assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
        assert_int_equal(pthread_create(&thread, NULL, read_slowly, &reader), 0);
        assert_int_equal(gan__sink_open((gan_target){.fd = ends[1]}, &sink), GAN_STATUS_OK);
        assert_int_equal(write_pattern(sink), GAN_STATUS_OK);
        assert_int_equal(gan__sink_commit(sink), GAN_STATUS_OK);
        assert_int_equal(close(ends[1]), 0); // a descriptor is the caller's, and still open
        assert_int_equal(pthread_join(thread, NULL), 0);
        close(ends[0]);
        assert_int_equal(reader.length, LENGTH);
        assert_true(reader.same);
    }
}

static void a_reader_that_has_gone_is_told_from_a_failure(void **state) {
    (void)state;
    int ends[2];
    gan_sink *sink;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(gan__sink_open((gan_target){.fd = ends[1]}, &sink), GAN_STATUS_OK);
    assert_int_equal(gan__sink_write(sink, pattern, 10), GAN_STATUS_OK); // waits in the buffer
    assert_int_equal(gan__sink_commit(sink), GAN_STATUS_CLOSED);
    close(ends[1]);
    assert_int_equal(gan__sink_open((gan_target){.fd = ends[1]}, &sink), GAN_STATUS_OK);
    assert_int_equal(gan__sink_write(sink, pattern, LENGTH), GAN_STATUS_BAD_OUTPUT);
    assert_message_has("descriptor");
    gan__sink_discard(sink);
    gan_target target = {.path = in_folder("absent/file")};
    assert_int_equal(gan__sink_open(target, &sink), GAN_STATUS_BAD_OUTPUT);
    assert_null(sink);
}

static void a_terminal_gets_no_binary(void **state) {
    (void)state;
    gan_sink *sink;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) skip();
    int screen = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    if (screen < 0) skip();
    assert_int_equal(gan__sink_open((gan_target){.fd = screen}, &sink), GAN_STATUS_BAD_OUTPUT);
    assert_message_has("terminal");
    assert_null(sink);
    close(screen);
    close(terminal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_when_it_is_whole),
        cmocka_unit_test(a_pipe_that_would_block_gets_every_byte),
        cmocka_unit_test(a_reader_that_has_gone_is_told_from_a_failure),
        cmocka_unit_test(a_terminal_gets_no_binary),
    };
    return cmocka_run_group_tests(tests, make_pattern, remove_folder);
}
