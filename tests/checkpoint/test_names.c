// The table of names: every name is found, no other, and none twice; and no choice of names makes
// it slow.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "checkpoint/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 48 };

// The names "0", "1", ... in an order that jumps about, behind a prefix that many share.
static void make_name(size_t i, char name[WIDTH]) {
    static const char *const prefixes[] = {"", "generator.", "generator.0", "\xc3\xa9"};
    snprintf(name, WIDTH, "%s%zu", prefixes[i % 4], i * 7919 % 100003);
}

static void every_name_is_found_and_no_other(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    gan_names names = {0};
    char(*name)[WIDTH] = malloc(COUNT * sizeof *name), other[WIDTH + 4];
    assert_non_null(name);
    assert_int_equal(gan__names_find(&names, "0"), SIZE_MAX);
    for (size_t i = 0; i < COUNT; i++) {
        make_name(i, name[i]);
        assert_int_equal(gan__names_add(&names, name[i]), GAN_STATUS_OK);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(gan__names_find(&names, name[i]), i);
        assert_int_equal(gan__names_add(&names, name[i]), GAN_STATUS_BAD_INPUT);
        snprintf(other, sizeof other, "%sx", name[i]);
        assert_int_equal(gan__names_find(&names, other), SIZE_MAX);
    }
    assert_int_equal(names.count, COUNT);
    assert_int_equal(gan__names_find(&names, ""), SIZE_MAX);
    gan__names_destroy(&names);
    free(name);
}

static void names_that_begin_each_other_are_different(void **state) {
    (void)state;
    static const char *const list[] = {"ab", "abc", "a", "abcd", "b", "ab\x01", "ab\xff", "\x80"};
    enum { COUNT = sizeof list / sizeof list[0] };
    gan_names names = {0};
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(gan__names_add(&names, list[i]), GAN_STATUS_OK);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(gan__names_find(&names, list[i]), i);
    assert_int_equal(gan__names_find(&names, "abcde"), SIZE_MAX);
    gan__names_destroy(&names);
}

// FNV-1a, as tables hash: of two strings of a block that leave the same lower bits behind, either
// may follow either, so that 17 such pairs are 131,072 names of one hash.
static void names_of_one_hash_take_no_longer_than_others(void **state) {
    (void)state;
    enum { BLOCKS = 17, BLOCK = 4, COUNT = 1 << BLOCKS, BITS = 20 };
    const uint64_t mask = ((uint64_t)1 << BITS) - 1;
    char pair[BLOCKS][2][WIDTH];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint32_t *seen = malloc(sizeof *seen << BITS);
    char(*name)[BLOCKS * BLOCK + 1] = malloc(COUNT * sizeof *name);
    assert_true(seen != NULL && name != NULL);
    for (size_t b = 0; b < BLOCKS; b++) {
        memset(seen, 0xff, sizeof *seen << BITS);
        for (uint32_t try = 0;; try++) {
            char word[WIDTH];
            uint64_t end = hash;
            snprintf(word, sizeof word, "%04x", try);
            for (size_t i = 0; i < BLOCK; i++)
                end = (end ^ (unsigned char)word[i]) * UINT64_C(0x100000001b3);
            const uint32_t before = seen[end & mask];
            seen[end & mask] = try;
            if (before == UINT32_MAX) continue;
            memcpy(pair[b][0], word, sizeof word);
            snprintf(pair[b][1], sizeof pair[b][1], "%04x", before);
            hash = end;
            break;
        }
    }
    gan_names names = {0};
    const clock_t start = clock();
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t b = 0; b < BLOCKS; b++)
            memcpy(name[i] + b * BLOCK, pair[b][i >> b & 1], BLOCK + 1);
        assert_int_equal(gan__names_add(&names, name[i]), GAN_STATUS_OK);
    }
    // In the square of their number it were minutes.
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    gan__names_destroy(&names);
    free(seen);
    free(name);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t n = 1; n <= 4; n++) {
        gan_names names = {0};
        gan_status status = GAN_STATUS_OK;
        gan__alloc_fail_at(n);
        for (size_t i = 0; i + 1 < sizeof letters && status == GAN_STATUS_OK; i++)
            status = gan__names_add(&names, letters + i);
        gan__alloc_fail_at(0);
        assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        for (size_t i = 0; i < names.count; i++)
            assert_int_equal(gan__names_find(&names, letters + i), i);
        gan__names_destroy(&names);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found_and_no_other),
        cmocka_unit_test(names_that_begin_each_other_are_different),
        cmocka_unit_test(names_of_one_hash_take_no_longer_than_others),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
