// Samples in files of each format: against NumPy's bytes, read back as data sets, and through
// pipes.
#include "pipe.h"

#include "base/memory.h"
#include "clgan/sample_file.h"
#include "data/dataset.h"

#include <pthread.h>

#define COUNT 3

// The samples of tests/golden/arrays/f4_images.npy: (3, 1, 4, 5), element i is i / 4.
static float values[COUNT * 20];

static gan_sample_info info_of(int rank, int64_t a, int64_t b, int64_t c) {
    gan_sample_info info = {.rank = rank, .size = {a, b, c}, .elements = (size_t)(a * b * c)};
    info.high = 255 / 4.0;
    for (size_t i = 0; i < COUNT * 20; ++i) values[i] = (float)i / 4;
    return info;
}

// Sample by sample, so that a file's parts are put together.
static gan_status write_file(gan_sample_format format, gan_sample_info info, uint64_t count,
                             gan_target target) {
    gan_sample_file *file;
    gan_status status = gan_sample_file_create(format, &info, count, target, &file);
    for (uint64_t i = 0; i < count && status == GAN_STATUS_OK; ++i)
        status = gan_sample_file_write(file, values + i % COUNT * info.elements, 1);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

static size_t write_and_read(gan_sample_format format, gan_sample_info info, uint8_t *bytes,
                             size_t size) {
    gan_target target = {.path = in_folder("file")};
    if (write_file(format, info, COUNT, target) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return read_whole(target.path, bytes, size);
}

static void a_npy_is_what_numpy_saves_and_raw_is_its_body(void **state) {
    (void)state;
    uint8_t ours[1024], numpys[1024];
    size_t length =
        read_whole(CLGAN_TEST_SOURCE "/tests/golden/arrays/f4_images.npy", numpys, sizeof numpys);
    gan_sample_info info = info_of(3, 1, 4, 5);
    assert_int_equal(write_and_read(GAN_SAMPLE_FORMAT_NPY, info, ours, sizeof ours), length);
    assert_memory_equal(ours, numpys, length);
    assert_int_equal(write_and_read(GAN_SAMPLE_FORMAT_RAW, info, ours, sizeof ours), 240);
    assert_memory_equal(ours, numpys + length - 240, 240);
}

// Opens what was written as a data set and compares every value, bytes being value * 4.
static void assert_reads_back(gan_sample_format format, gan_sample_info info, bool as_bytes) {
    uint8_t ignored[1024];
    write_and_read(format, info, ignored, sizeof ignored);
    gan_dataset *set;
    if (gan__dataset_open(in_folder("file"), &set) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    const gan_dataset_info *read = gan__dataset_info(set);
    assert_int_equal(read->count, COUNT);
    assert_int_equal(read->rank, info.rank);
    for (int i = 0; i < info.rank; ++i) assert_int_equal(read->size[i], info.size[i]);
    assert_int_equal(read->type, as_bytes ? GAN_SAMPLE_TYPE_U8 : GAN_SAMPLE_TYPE_F32);
    for (uint64_t n = 0; n < COUNT; ++n) {
        float sample[20];
        assert_int_equal(gan__dataset_sample(set, n, sample, NULL), GAN_STATUS_OK);
        for (size_t i = 0; i < info.elements; ++i) {
            float value = as_bytes ? (float)((uint8_t *)sample)[i] / 4 : sample[i];
            assert_true(value == values[n * info.elements + i]);
        }
    }
    gan__dataset_close(set);
}

static void every_format_with_a_header_reads_back_as_a_data_set(void **state) {
    (void)state;
    static const gan_sample_format formats[] = {GAN_SAMPLE_FORMAT_NPY, GAN_SAMPLE_FORMAT_NPZ,
                                                GAN_SAMPLE_FORMAT_IDX};
    for (size_t k = 0; k < 3; ++k) {
        bool idx = formats[k] == GAN_SAMPLE_FORMAT_IDX;
        assert_reads_back(formats[k], info_of(3, 1, 4, 5), idx);
        assert_reads_back(formats[k], info_of(3, 3, 2, 2), idx);
        gan_sample_info point = info_of(1, 2, 1, 1);
        point.size[1] = point.size[2] = 0;
        assert_reads_back(formats[k], point, false);
    }
}

static void grey_idx_has_the_three_axes_of_mnist(void **state) {
    (void)state;
    uint8_t bytes[1024];
    size_t length = write_and_read(GAN_SAMPLE_FORMAT_IDX, info_of(3, 1, 4, 5), bytes, sizeof bytes);
    assert_int_equal(length, 16 + 60);
    assert_memory_equal(bytes, "\0\0\x08\3\0\0\0\3\0\0\0\4\0\0\0\5\0\1\2", 19);
}

static void pictures_follow_one_another_in_pnm(void **state) {
    (void)state;
    uint8_t bytes[1024];
    size_t length = write_and_read(GAN_SAMPLE_FORMAT_PNM, info_of(3, 1, 4, 5), bytes, sizeof bytes);
    assert_int_equal(length, 3 * 31);
    for (size_t n = 0; n < 3; ++n) {
        assert_memory_equal(bytes + 31 * n, "P5\n5 4\n255\n", 11);
        for (size_t i = 0; i < 20; ++i) assert_int_equal(bytes[31 * n + 11 + i], 20 * n + i);
    }
}

typedef struct reader {
    int fd;
    uint8_t *bytes;
    size_t length, size;
} reader;

static void *read_pipe(void *argument) {
    reader *r = argument;
    for (ssize_t got = 1; got > 0 && r->length < r->size;) {
        got = read(r->fd, r->bytes + r->length, r->size - r->length);
        r->length += got > 0 ? (size_t)got : 0;
    }
    return NULL;
}

static void a_pipe_gets_the_same_bytes_as_a_file(void **state) {
    (void)state;
    enum { MANY = 5000, SIZE = 1 << 20 };
    uint8_t *piped = test_malloc(SIZE), *filed = test_malloc(SIZE);
    gan_sample_info info = info_of(3, 1, 4, 5);
    for (int format = GAN_SAMPLE_FORMAT_RAW; format <= GAN_SAMPLE_FORMAT_PNM; ++format) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        reader r = {ends[0], piped, 0, SIZE};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, read_pipe, &r), 0);
        gan_target target = {.fd = ends[1]};
        assert_int_equal(write_file((gan_sample_format)format, info, MANY, target), GAN_STATUS_OK);
        assert_int_equal(close(ends[1]), 0); // it was left open
        assert_int_equal(pthread_join(thread, NULL), 0);
        close(ends[0]);
        target.path = in_folder("many");
        assert_int_equal(write_file((gan_sample_format)format, info, MANY, target), GAN_STATUS_OK);
        assert_int_equal(read_whole(target.path, filed, SIZE), r.length);
        assert_memory_equal(piped, filed, r.length);
    }
    test_free(piped);
    test_free(filed);
}

static void a_closed_pipe_is_told_from_a_failure(void **state) {
    (void)state;
    gan_target target = {.fd = closed_pipe()};
    gan_sample_info info = info_of(3, 1, 4, 5);
    assert_int_equal(write_file(GAN_SAMPLE_FORMAT_RAW, info, 100000, target), GAN_STATUS_CLOSED);
    assert_int_equal(write_file(GAN_SAMPLE_FORMAT_NPY, info, 1, target), GAN_STATUS_CLOSED);
    close(target.fd);
    assert_int_equal(write_file(GAN_SAMPLE_FORMAT_NPY, info, 1, target), GAN_STATUS_BAD_OUTPUT);
}

static void a_file_not_committed_leaves_nothing(void **state) {
    (void)state;
    gan_target target = {.path = in_folder("unfinished")};
    gan_sample_info info = info_of(3, 1, 4, 5);
    gan_sample_file *file;
    assert_int_equal(gan_sample_file_create(GAN_SAMPLE_FORMAT_NPY, &info, 2, target, &file),
                     GAN_STATUS_OK);
    assert_int_equal(gan_sample_file_write(file, values, 1), GAN_STATUS_OK);
    assert_int_equal(gan_sample_file_write(file, values, 2), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_sample_file_commit(file), GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "only 1 were written"));
    assert_int_not_equal(access(target.path, F_OK), 0);
}

static void more_than_a_format_holds_is_refused_at_once(void **state) {
    (void)state;
    gan_target target = {.path = in_folder("large")};
    gan_sample_info info = info_of(3, 1, 4, 5);
    gan_sample_file *file;
    assert_int_equal(gan_sample_file_create(GAN_SAMPLE_FORMAT_NPZ, &info, 60000000, target, &file),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "4 GiB"));
    assert_int_equal(
        gan_sample_file_create(GAN_SAMPLE_FORMAT_IDX, &info, UINT64_C(1) << 32, target, &file),
        GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_sample_file_create(GAN_SAMPLE_FORMAT_NPY, &info, 0, target, &file),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_not_equal(access(target.path, F_OK), 0);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    gan_target target = {.path = in_folder("c")};
    for (int format = GAN_SAMPLE_FORMAT_RAW; format <= GAN_SAMPLE_FORMAT_PNM; ++format) {
        gan_status status = GAN_STATUS_NO_MEMORY;
        for (size_t n = 1; status != GAN_STATUS_OK; ++n) {
            gan_sample_info info = info_of(3, 1, 4, 5);
            gan__alloc_fail_at(n);
            status = write_file((gan_sample_format)format, info, COUNT, target);
            gan__alloc_fail_at(0);
            if (status != GAN_STATUS_OK) assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_npy_is_what_numpy_saves_and_raw_is_its_body),
        cmocka_unit_test(every_format_with_a_header_reads_back_as_a_data_set),
        cmocka_unit_test(grey_idx_has_the_three_axes_of_mnist),
        cmocka_unit_test(pictures_follow_one_another_in_pnm),
        cmocka_unit_test(a_pipe_gets_the_same_bytes_as_a_file),
        cmocka_unit_test(a_closed_pipe_is_told_from_a_failure),
        cmocka_unit_test(a_file_not_committed_leaves_nothing),
        cmocka_unit_test(more_than_a_format_holds_is_refused_at_once),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
