// What the tests of data sets share: a folder of their own, files made in it, sets opened from
// them.
#ifndef GAN_TESTS_DATA_FILES_H
#define GAN_TESTS_DATA_FILES_H

#include "test_folder.h"

#include "base/memory.h"
#include "data/dataset.h"

#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

static inline const char *golden(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/arrays/%s", CLGAN_TEST_SOURCE, name);
    return path;
}

static inline void make_file(const char *name, const void *bytes, size_t length) {
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void make_gzip_file(const char *name, const void *bytes, size_t length) {
    gzFile file = gzopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)length), length);
    assert_int_equal(gzclose(file), Z_OK);
}

// An IDX header for these sizes at `bytes`; returns its length.
static inline size_t put_idx(uint8_t *bytes, uint8_t type, int rank, const uint32_t *sizes) {
    bytes[0] = bytes[1] = 0;
    bytes[2] = type;
    bytes[3] = (uint8_t)rank;
    for (int i = 0; i < rank; ++i)
        for (int k = 0; k < 4; ++k) bytes[4 + 4 * i + k] = (uint8_t)(sizes[i] >> (24 - 8 * k));
    return 4 + 4 * (size_t)rank;
}

// A uint8 IDX file with these sizes whose element i is (i + offset) mod 256.
static inline size_t ramp_idx(uint8_t *bytes, int rank, const uint32_t *sizes, unsigned offset) {
    size_t at = put_idx(bytes, 0x08, rank, sizes), count = 1;
    for (int i = 0; i < rank; ++i) count *= sizes[i];
    for (size_t i = 0; i < count; ++i) bytes[at + i] = (uint8_t)(i + offset);
    return at + count;
}

static inline gan_dataset *open_or_fail(const char *path) {
    gan_dataset *dataset;
    if (gan__dataset_open(path, &dataset) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    return dataset;
}

// Opening fails with this status and a message that has this piece and names the file.
static inline void assert_refused(const char *path, gan_status status, const char *piece) {
    gan_dataset *dataset = (gan_dataset *)1;
    gan_status got = gan__dataset_open(path, &dataset);
    if (got != status || !strstr(gan_status_message(), piece))
        fail_msg("%s: %s, \"%s\"; expected %s with \"%s\"", path, gan_status_name(got),
                 gan_status_message(), gan_status_name(status), piece);
    if (!strstr(gan_status_message(), path))
        fail_msg("the message does not name the file: %s", gan_status_message());
    assert_null(dataset);
}

// Each of the first `count` bytes of sample `index` is what it should be.
static inline void assert_sample(const gan_dataset *dataset, uint64_t index, const uint8_t *bytes,
                                 size_t count) {
    uint8_t *sample = test_malloc(1 << 16);
    assert_int_equal(gan__dataset_sample(dataset, index, sample, NULL), GAN_STATUS_OK);
    assert_memory_equal(sample, bytes, count);
    test_free(sample);
}

static inline void assert_shape(const gan_dataset *dataset, uint64_t count, int rank, int64_t a,
                                int64_t b, int64_t c) {
    const gan_dataset_info *info = gan__dataset_info(dataset);
    assert_int_equal(info->count, count);
    assert_int_equal(info->rank, rank);
    assert_int_equal(info->size[0], a);
    if (rank == 1) return;
    assert_int_equal(info->size[1], b);
    assert_int_equal(info->size[2], c);
}

static inline uint32_t label_of(const gan_dataset *dataset, uint64_t index) {
    uint8_t *sample = test_malloc(1 << 16);
    uint32_t label = UINT32_MAX;
    assert_int_equal(gan__dataset_sample(dataset, index, sample, &label), GAN_STATUS_OK);
    test_free(sample);
    return label;
}

// Empties the folder between tests.
static inline int clear_folder(void **state) {
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s && mkdir %s", folder, folder);
    return system(command);
}

#endif
