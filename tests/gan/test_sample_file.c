// Samples in files of each format: against NumPy's bytes, read back as data sets, and through
// pipes.
#include "pipe.h"

#include "base/memory.h"
#include "clgan/sample_file.h"
#include "data/dataset.h"

#include <math.h>
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

static void pictures_with_opacity_follow_one_another_in_pam(void **state) {
    (void)state;
    uint8_t bytes[1024];
    size_t length = write_and_read(GAN_SAMPLE_FORMAT_PNM, info_of(3, 4, 2, 2), bytes, sizeof bytes);
    static const char header[] =
        "P7\nWIDTH 2\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n";
    assert_int_equal(length, 3 * (sizeof header - 1 + 16));
    assert_memory_equal(bytes, header, sizeof header - 1);
    for (size_t p = 0; p < 4; ++p)
        for (size_t c = 0; c < 4; ++c)
            assert_int_equal(bytes[sizeof header - 1 + 4 * p + c], 4 * c + p);
}

// The bars that every monitor of ITU-R BT.601 is set up with, at full amplitude: white, yellow,
// cyan, green, magenta, red, blue, black.
static void video_has_the_values_of_bt601(void **state) {
    (void)state;
    static const uint8_t rgb[8][3] = {{255, 255, 255}, {255, 255, 0}, {0, 255, 255}, {0, 255, 0},
                                      {255, 0, 255},   {255, 0, 0},   {0, 0, 255},   {0, 0, 0}};
    static const uint8_t yuv[3][8] = {{235, 210, 170, 145, 106, 81, 41, 16},
                                      {128, 16, 166, 54, 202, 90, 240, 128},
                                      {128, 146, 16, 34, 222, 240, 110, 128}};
    const gan_sample_info info = {.rank = 3, .size = {3, 1, 8}, .elements = 24, .high = 255};
    const gan_target target = {.path = in_folder("bars.y4m")};
    float sample[24];
    for (size_t i = 0; i < 24; ++i) sample[i] = (float)rgb[i % 8][i / 8];
    gan_sample_file *file;
    assert_int_equal(gan_sample_file_create(GAN_SAMPLE_FORMAT_Y4M, &info, 2, target, &file),
                     GAN_STATUS_OK);
    assert_int_equal(gan_sample_file_write(file, sample, 1), GAN_STATUS_OK);
    assert_int_equal(gan_sample_file_write(file, sample, 1), GAN_STATUS_OK);
    assert_int_equal(gan_sample_file_commit(file), GAN_STATUS_OK);
    uint8_t bytes[512];
    static const char header[] = "YUV4MPEG2 W8 H1 F25:1 Ip A1:1 C444\n";
    assert_int_equal(read_whole(target.path, bytes, sizeof bytes),
                     sizeof header - 1 + 2 * (6 + 24));
    assert_memory_equal(bytes, header, sizeof header - 1);
    for (size_t frame = 0; frame < 2; ++frame) {
        const uint8_t *at = bytes + sizeof header - 1 + frame * 30;
        assert_memory_equal(at, "FRAME\n", 6);
        assert_memory_equal(at + 6, yuv, 24);
    }
}

static gan_status open_latents(const char *header, const void *elements, size_t length,
                               gan_latent_file **out) {
    char text[128];
    FILE *file = fopen(in_folder("latents.npy"), "wb");
    assert_non_null(file);
    snprintf(text, sizeof text, "%-117s\n", header);
    assert_int_equal(fwrite("\x93NUMPY\1\0\x76\0", 1, 10, file), 10);
    assert_int_equal(fwrite(text, 1, 118, file), 118);
    assert_int_equal(fwrite(elements, 1, length, file), length);
    fclose(file);
    return gan_latent_file_open(in_folder("latents.npy"), 3, out);
}

#define HEADER(type, shape) "{'descr': '" type "', 'fortran_order': False, 'shape': " shape ", }"

static void latents_are_read_piece_by_piece(void **state) {
    (void)state;
    const float singles[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const double doubles[] = {0.5, -1, 1e-3};
    gan_latent_file *file;
    float got[9];
    assert_int_equal(open_latents(HEADER("<f4", "(3, 3)"), singles, sizeof singles, &file),
                     GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_get_count(file), 3);
    assert_int_equal(gan_latent_file_read(file, 1, got), GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_read(file, 2, got + 3), GAN_STATUS_OK);
    assert_memory_equal(got, singles, sizeof got);
    assert_int_equal(gan_latent_file_read(file, 1, got), GAN_STATUS_BAD_ARGUMENT);
    gan_latent_file_close(file);
    assert_int_equal(open_latents(HEADER("<f8", "(3,)"), doubles, sizeof doubles, &file),
                     GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_get_count(file), 1);
    assert_int_equal(gan_latent_file_read(file, 1, got), GAN_STATUS_OK);
    for (size_t i = 0; i < 3; ++i) assert_true(got[i] == (float)doubles[i]);
    gan_latent_file_close(file);
}

static void latents_that_are_none_are_refused(void **state) {
    (void)state;
    const float singles[] = {1, 2, 3, 4, 5, 6, 7, 8, NAN};
    static const struct {
        const char *header, *says;
        size_t length;
    } cases[] = {
        {HEADER("<f4", "(3, 4)"), "(count, 3)", 36}, {HEADER("<f4", "(3, 1, 3)"), "3 axes", 36},
        {HEADER("<i4", "(3, 3)"), "astype", 36},     {HEADER("<f4", "(4, 3)"), "cut short", 36},
        {HEADER("<f4", "(0, 3)"), "no latent", 36},  {"text", "latents.npy", 36},
        {HEADER("<f4", "(3, 3)"), "cut short", 35},
    };
    gan_latent_file *file;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        gan_status status = open_latents(cases[i].header, singles, cases[i].length, &file);
        assert_true(status == GAN_STATUS_BAD_INPUT || status == GAN_STATUS_CORRUPT);
        assert_null(file);
        if (!strstr(gan_status_message(), cases[i].says) ||
            !strstr(gan_status_message(), "latents.npy"))
            fail_msg("no \"%s\" in: %s", cases[i].says, gan_status_message());
    }
    float got[9];
    assert_int_equal(open_latents(HEADER("<f4", "(3, 3)"), singles, sizeof singles, &file),
                     GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_read(file, 3, got), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "element 2 of latent 2"));
    gan_latent_file_close(file);
    assert_int_equal(gan_latent_file_open(in_folder("absent.npy"), 3, &file), GAN_STATUS_BAD_INPUT);
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
    for (int format = GAN_SAMPLE_FORMAT_RAW; format <= GAN_SAMPLE_FORMAT_Y4M; ++format) {
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
    for (int format = GAN_SAMPLE_FORMAT_RAW; format <= GAN_SAMPLE_FORMAT_Y4M; ++format) {
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
        cmocka_unit_test(pictures_with_opacity_follow_one_another_in_pam),
        cmocka_unit_test(video_has_the_values_of_bt601),
        cmocka_unit_test(latents_are_read_piece_by_piece),
        cmocka_unit_test(latents_that_are_none_are_refused),
        cmocka_unit_test(a_pipe_gets_the_same_bytes_as_a_file),
        cmocka_unit_test(a_closed_pipe_is_told_from_a_failure),
        cmocka_unit_test(a_file_not_committed_leaves_nothing),
        cmocka_unit_test(more_than_a_format_holds_is_refused_at_once),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
