// A cache folder and a device for each test, and what tuning is asked and told in all of them.
#ifndef GAN_TESTS_RUNTIME_TUNER_FIXTURE_H
#define GAN_TESTS_RUNTIME_TUNER_FIXTURE_H

#include "runtime/device_fixture.h"

#include "base/file.h"
#include "runtime/tuner_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char cache[64], *cache_before;

static inline int begin(void **state) {
    const char *before = getenv("CLGAN_CACHE_DIR");
    cache_before = before ? strdup(before) : NULL;
    strcpy(cache, "/tmp/clgan-test-XXXXXX");
    if (!mkdtemp(cache)) return -1;
    setenv("CLGAN_CACHE_DIR", cache, 1);
    setenv("CLGAN_TUNE_CLOCK", "processor", 1); // other programs must not decide
    return open_device(state);
}

static inline void empty_folder(const char *path) {
    char **names = NULL;
    size_t count = 0;
    if (gan__folder_list(path, &names, &count) != GAN_STATUS_OK) return;
    for (size_t i = 0; i < count; i++) {
        gan_text inner = {0};
        gan__text_append(&inner, "%s/%s", path, names[i]);
        if (gan__file_is_folder(gan__text_string(&inner))) empty_folder(inner.bytes);
        remove(gan__text_string(&inner));
        gan__text_destroy(&inner);
    }
    gan__folder_list_free(names, count);
}

static inline int end(void **state) {
    close_device(state);
    empty_folder(cache);
    rmdir(cache);
    if (cache_before)
        setenv("CLGAN_CACHE_DIR", cache_before, 1);
    else
        unsetenv("CLGAN_CACHE_DIR");
    free(cache_before);
    return 0;
}

// As another process would see it.
static inline void reopen(void) {
    gan_device_close(device);
    assert_ok(gan_device_open(NULL, &device));
}

static inline void expect_way(const char *key, const char *way) {
    const char *found = gan__tuner_find(device, key);
    if (!way) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, way);
}

// As if tuning had found it.
static inline void put(const char *key, const char *way, bool own_order) {
    gan_tuner_table *table = NULL;
    const gan_tuner_entry entry = {.key = key,
                                   .way = way,
                                   .gain = 1.5,
                                   .reorders = own_order,
                                   .done = true,
                                   .found_here = true};
    assert_ok(gan__tuner_table_get(device, &table));
    assert_ok(gan__tuner_table_put(table, &entry));
    gan__tuner_file_save(device);
}

// For limits that end a tuning: so many questions are answered by yes.
static int questions_left;

static inline bool go_on(void *user) {
    (void)user;
    return questions_left-- > 0;
}

#define tuner_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
