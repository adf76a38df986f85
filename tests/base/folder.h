// What the tests of files share: a folder of their own, and reading it back.
#ifndef GAN_TESTS_BASE_FOLDER_H
#define GAN_TESTS_BASE_FOLDER_H

#include "test_folder.h"

#include "base/file.h"
#include "base/memory.h"

#include <string.h>

static inline void assert_message_has(const char *piece) {
    if (!strstr(gan_status_message(), piece)) {
        fail_msg("\"%s\" is not in \"%s\"", piece, gan_status_message());
    }
}

static inline void assert_content(const char *path, const char *expected) {
    uint8_t *bytes;
    size_t length;
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, &length), GAN_STATUS_OK);
    assert_int_equal(length, strlen(expected));
    assert_string_equal((char *)bytes, expected);
    gan__free(bytes);
}

static inline size_t folder_count(const char *path) {
    char **names;
    size_t count;
    assert_int_equal(gan__folder_list(path, &names, &count), GAN_STATUS_OK);
    gan__folder_list_free(names, count);
    return count;
}

#endif
