// Memory and disks that run out: nothing leaks, nothing half-written stays, the old file stays
// whole.
#include "sample.h"

#include <signal.h>
#include <sys/resource.h>

// Writes a file of several blocks; the first failure is returned.
static gan_status write_model(const char *path) {
    enum { COUNT = 100000 };
    gan_checkpoint_writer *writer;
    float *values = sample_values(SAMPLE_NORMAL, COUNT);
    gan_status status = gan_checkpoint_writer_create(path, 1, &writer);
    if (status == GAN_STATUS_OK) {
        status = gan_checkpoint_writer_text(writer, "recipe", "name: a, and again: name: a");
        if (status == GAN_STATUS_OK)
            status = gan_checkpoint_writer_tensor(writer, "w", GAN_DTYPE_F32, 1, (int64_t[]){COUNT},
                                                  values);
        if (status == GAN_STATUS_OK) {
            status = gan_checkpoint_writer_commit(writer);
        } else {
            gan_checkpoint_writer_discard(writer);
        }
    }
    free(values);
    return status;
}

static gan_status read_model(const char *path) {
    enum { COUNT = 100000 };
    gan_checkpoint *checkpoint;
    gan_status status = gan_checkpoint_open(path, &checkpoint);
    if (status != GAN_STATUS_OK) return status;
    float *values = sample_values(SAMPLE_ZEROS, COUNT);
    status = gan_checkpoint_read(checkpoint, gan_checkpoint_find(checkpoint, "w"), values);
    if (status == GAN_STATUS_OK) status = gan_checkpoint_verify(checkpoint);
    free(values);
    gan_checkpoint_close(checkpoint);
    return status;
}

// Fails the first, second, ... allocation of `work` until it needs no more.
static void fail_each_allocation(gan_status (*work)(const char *), const char *path,
                                 size_t files_left) {
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        gan__alloc_fail_at(n);
        gan_status status = work(path);
        size_t made = gan__alloc_count();
        gan__alloc_fail_at(0);
        if (made < n) {
            assert_ok(status);
            break;
        }
        if (status != GAN_STATUS_NO_MEMORY)
            fail_msg("allocation %zu: %s %s", n, gan_status_name(status), gan_status_message());
        assert_int_equal(sample_files(), files_left);
        failures++;
    }
    assert_true(failures > 10);
}

static void each_allocation_of_writing_may_fail(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", sample_path("written.gan"));
    fail_each_allocation(write_model, path, 0);
    unlink(path);
}

static void each_allocation_of_reading_may_fail(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", sample_path("read.gan"));
    assert_ok(write_model(path));
    fail_each_allocation(read_model, path, 1);
    unlink(path);
}

// A limit on the size of files stands for a disk that is full: write fails at that byte.
static gan_status write_limited(const char *path, rlim_t bytes) {
    struct rlimit old, limit;
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
    gan_status status = write_model(path);
    setrlimit(RLIMIT_FSIZE, &old);
    return status;
}

static void a_full_disk_leaves_the_previous_file_whole(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", sample_path("kept.gan"));
    signal(SIGXFSZ, SIG_IGN);
    sample_write_small(path);
    uint8_t *before, *after;
    size_t before_length, after_length;
    assert_ok(gan__file_read(path, 1 << 20, &before, &before_length));
    for (rlim_t bytes = 0; bytes < 340000; bytes += 30011) {
        assert_int_equal(write_limited(path, bytes), GAN_STATUS_BAD_OUTPUT);
        assert_int_equal(sample_files(), 1);
        assert_ok(gan__file_read(path, 1 << 20, &after, &after_length));
        assert_int_equal(after_length, before_length);
        assert_memory_equal(after, before, before_length);
        gan__free(after);
    }
    gan__free(before);
    unlink(path);
}

static void a_folder_that_cannot_be_written_is_bad_output(void **state) {
    (void)state;
    gan_checkpoint_writer *writer;
    assert_int_equal(gan_checkpoint_writer_create(sample_path("no/such/folder.gan"), 6, &writer),
                     GAN_STATUS_BAD_OUTPUT);
    assert_null(writer);
    assert_int_equal(gan_checkpoint_writer_create(sample_folder, 6, &writer),
                     GAN_STATUS_BAD_OUTPUT);
}

static void a_discarded_writer_leaves_nothing(void **state) {
    (void)state;
    gan_checkpoint_writer *writer;
    assert_ok(gan_checkpoint_writer_create(sample_path("discarded.gan"), 6, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "a", "b"));
    gan_checkpoint_writer_discard(writer);
    gan_checkpoint_writer_discard(NULL);
    gan_checkpoint_close(NULL);
    assert_int_equal(sample_files(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_writing_may_fail),
        cmocka_unit_test(each_allocation_of_reading_may_fail),
        cmocka_unit_test(a_full_disk_leaves_the_previous_file_whole),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_bad_output),
        cmocka_unit_test(a_discarded_writer_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
