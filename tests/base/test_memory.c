// Allocation, its failure switch, and the arena.
#include "cmocka_headers.h"

#include "base/memory.h"

#include <stdint.h>
#include <string.h>

static void memory_is_zeroed_and_there_for_no_bytes_too(void **state) {
    (void)state;
    unsigned char *block;
    assert_int_equal(gan__alloc(100, 3, (void **)&block), GAN_STATUS_OK);
    for (int i = 0; i < 300; i++) assert_int_equal(block[i], 0);
    memset(block, 7, 300);
    assert_int_equal(gan__realloc(1000, 3, (void **)&block), GAN_STATUS_OK);
    for (int i = 0; i < 300; i++) assert_int_equal(block[i], 7);
    gan__free(block);
    assert_int_equal(gan__alloc(0, 8, (void **)&block), GAN_STATUS_OK);
    assert_non_null(block);
    gan__free(block);
    gan__free(NULL);
}

static void a_product_that_overflows_is_refused(void **state) {
    (void)state;
    void *block = &block;
    assert_int_equal(gan__alloc(SIZE_MAX / 2, 3, &block), GAN_STATUS_NO_MEMORY);
    assert_null(block);
    assert_int_equal(gan__alloc(1, 16, &block), GAN_STATUS_OK);
    void *kept = block;
    assert_int_equal(gan__realloc(SIZE_MAX, 2, &block), GAN_STATUS_NO_MEMORY);
    assert_ptr_equal(block, kept);
    gan__free(block);
    gan_arena *arena;
    assert_int_equal(gan__arena_create(&arena), GAN_STATUS_OK);
    assert_int_equal(gan__arena_alloc(arena, SIZE_MAX, 1, &block), GAN_STATUS_NO_MEMORY);
    assert_int_equal(gan__arena_alloc(arena, SIZE_MAX / 4, 8, &block), GAN_STATUS_NO_MEMORY);
    gan__arena_destroy(arena);
}

static void the_switch_fails_the_named_allocation_only(void **state) {
    (void)state;
    void *first, *second, *third;
    gan__alloc_fail_at(2);
    assert_int_equal(gan__alloc(1, 1, &first), GAN_STATUS_OK);
    assert_int_equal(gan__alloc(1, 1, &second), GAN_STATUS_NO_MEMORY);
    assert_null(second);
    assert_true(strstr(gan_status_message(), "no memory") != NULL);
    assert_int_equal(gan__alloc(1, 1, &third), GAN_STATUS_OK);
    assert_int_equal(gan__alloc_count(), 3);
    gan__alloc_fail_at(1);
    void *kept = first;
    assert_int_equal(gan__realloc(2, 1, &first), GAN_STATUS_NO_MEMORY);
    assert_ptr_equal(first, kept);
    gan__alloc_fail_at(0);
    assert_int_equal(gan__realloc(2, 1, &first), GAN_STATUS_OK);
    gan__free(first);
    gan__free(third);
}

static void large_memory_is_aligned_writable_and_fails_when_told(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 5000, (2 << 20) - 1, 2 << 20, (5 << 20) + 7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block;
        assert_int_equal(gan__alloc_large(sizes[i], &block), GAN_STATUS_OK);
        assert_int_equal((uintptr_t)block % (sizes[i] < 1 << 20 ? 4096 : 2 << 20), 0);
        memset(block, 1, sizes[i]);
        gan__free(block);
    }
    void *block = &block;
    assert_int_equal(gan__alloc_large(SIZE_MAX, &block), GAN_STATUS_NO_MEMORY);
    gan__alloc_fail_at(1);
    assert_int_equal(gan__alloc_large(4, &block), GAN_STATUS_NO_MEMORY);
    assert_null(block);
    gan__alloc_fail_at(0);
}

static void an_arena_gives_zeroed_aligned_blocks_that_do_not_touch(void **state) {
    (void)state;
    enum { BLOCKS = 2000 };
    static const size_t sizes[] = {1, 16, 17, 300, 20000, 100000};
    unsigned char *blocks[BLOCKS];
    gan_arena *arena;
    assert_int_equal(gan__arena_create(&arena), GAN_STATUS_OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = sizes[i % 6];
        assert_int_equal(gan__arena_alloc(arena, size, 1, (void **)&blocks[i]), GAN_STATUS_OK);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        for (size_t j = 0; j < size; j++) assert_true(blocks[i][j] == 0);
        memset(blocks[i], (int)(i % 251 + 1), size);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        for (size_t j = 0; j < sizes[i % 6]; j++) assert_true(blocks[i][j] == i % 251 + 1);
    }
    char *copy;
    assert_int_equal(gan__arena_string(arena, "latent", &copy), GAN_STATUS_OK);
    assert_string_equal(copy, "latent");
    gan__arena_destroy(arena);
    gan__arena_destroy(NULL);
}

static void an_arena_survives_a_failed_allocation(void **state) {
    (void)state;
    gan_arena *arena;
    void *block;
    assert_int_equal(gan__arena_create(&arena), GAN_STATUS_OK);
    gan__alloc_fail_at(1);
    assert_int_equal(gan__arena_alloc(arena, 10, 1, &block), GAN_STATUS_NO_MEMORY);
    assert_null(block);
    gan__alloc_fail_at(0);
    assert_int_equal(gan__arena_alloc(arena, 10, 1, &block), GAN_STATUS_OK);
    gan__arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_there_for_no_bytes_too),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(the_switch_fails_the_named_allocation_only),
        cmocka_unit_test(large_memory_is_aligned_writable_and_fails_when_told),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_blocks_that_do_not_touch),
        cmocka_unit_test(an_arena_survives_a_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
