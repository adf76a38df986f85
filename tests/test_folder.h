// A folder of a test program's own, and what it holds.
#ifndef GAN_TESTS_TEST_FOLDER_H
#define GAN_TESTS_TEST_FOLDER_H

#include "cmocka_headers.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clgan-test-XXXXXX";

// A path in the folder; eight may be in use at once.
static inline const char *in_folder(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
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

static inline size_t read_whole(const char *path, uint8_t *bytes, size_t size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, size, file);
    assert_true(length < size);
    fclose(file);
    return length;
}

#endif
