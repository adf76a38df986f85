// Writes the beginning of an IDX file of bytes into a test's folder.
#ifndef GAN_TESTS_GAN_IDX_FILE_H
#define GAN_TESTS_GAN_IDX_FILE_H

#include "test_folder.h"

// Open behind the header; the elements and closing it are the caller's.
static inline FILE *open_idx(const char *name, uint8_t rank, const uint32_t *sizes) {
    FILE *const file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    const uint8_t magic[] = {0, 0, 8, rank};
    assert_int_equal(fwrite(magic, 1, 4, file), 4);
    for (uint8_t i = 0; i < rank; i++)
        for (int shift = 24; shift >= 0; shift -= 8) fputc((int)(sizes[i] >> shift & 255), file);
    return file;
}

#endif
