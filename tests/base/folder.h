// What the tests of files share: a folder of their own, and reading it back.
#ifndef GAN_TESTS_BASE_FOLDER_H
#define GAN_TESTS_BASE_FOLDER_H

#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/clgan-file-XXXXXX";

// A path in the test's folder; eight may be in use at once.
static inline const char *in_folder(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

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

static inline int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

#endif
