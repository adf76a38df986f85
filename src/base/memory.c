// Host memory: calloc and realloc with an overflow check and a switch for tests, and an arena.
#define _DEFAULT_SOURCE // madvise
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static atomic_size_t allocations; // since the switch was last set
static atomic_size_t fail_at;     // which of them fails; 0 is none

void gan__alloc_fail_at(size_t n) {
    atomic_store(&allocations, 0);
    atomic_store(&fail_at, n);
}

size_t gan__alloc_count(void) {
    return atomic_load(&allocations);
}

static bool allocation_must_fail(void) {
    size_t number = atomic_fetch_add(&allocations, 1) + 1;
    return number == atomic_load(&fail_at);
}

static gan_status no_memory(size_t count, size_t size) {
    return gan__fail(
        GAN_STATUS_NO_MEMORY,
        "the host has no memory for %zu x %zu bytes; close other programs, or make the "
        "batch or the network smaller",
        count, size);
}

gan_status gan__alloc(size_t count, size_t size, void **out) {
    *out = NULL;
    bool overflow = size != 0 && count > SIZE_MAX / size;
    if (overflow || allocation_must_fail()) return no_memory(count, size);
    bool empty = count == 0 || size == 0;
    *out = empty ? calloc(1, 1) : calloc(count, size);
    return *out ? GAN_STATUS_OK : no_memory(count, size);
}

enum { LARGE_PAGE_BYTES = 2 << 20 };

// A last page that is not even half full is left to small ones. Large pages are a wish: where the
// system has none nothing changes.
gan_status gan__alloc_large(size_t bytes, void **out) {
    *out = NULL;
    size_t pages = bytes / LARGE_PAGE_BYTES + (bytes % LARGE_PAGE_BYTES >= LARGE_PAGE_BYTES / 2);
    size_t whole = pages * LARGE_PAGE_BYTES, size = whole > bytes ? whole : bytes;
    bool overflow = bytes > SIZE_MAX - LARGE_PAGE_BYTES;
    if (overflow || allocation_must_fail()) return no_memory(bytes, 1);
    if (posix_memalign(out, pages ? LARGE_PAGE_BYTES : 4096, size ? size : 1) != 0) {
        *out = NULL;
        return no_memory(bytes, 1);
    }
#ifdef MADV_HUGEPAGE
    if (pages) (void)madvise(*out, whole, MADV_HUGEPAGE);
#endif
    return GAN_STATUS_OK;
}

gan_status gan__realloc(size_t count, size_t size, void **block) {
    bool overflow = size != 0 && count > SIZE_MAX / size;
    if (overflow || allocation_must_fail()) return no_memory(count, size);
    size_t bytes = count * size;
    void *moved = realloc(*block, bytes ? bytes : 1);
    if (!moved) return no_memory(count, size);
    *block = moved;
    return GAN_STATUS_OK;
}

void gan__free(void *block) {
    free(block);
}

gan_status gan__string_copy(const char *text, char **out) {
    void *copy = NULL;
    GAN_TRY(gan__alloc(strlen(text) + 1, 1, &copy));
    *out = memcpy(copy, text, strlen(text) + 1);
    return GAN_STATUS_OK;
}

enum { ARENA_ALIGNMENT = 16, ARENA_CHUNK_BYTES = 65536 };

// A chunk's blocks lie behind this header.
typedef struct arena_chunk {
    _Alignas(ARENA_ALIGNMENT) struct arena_chunk *next;
    size_t used, capacity;
} arena_chunk;

struct gan_arena {
    arena_chunk *chunks; // the first is the one being filled
};

gan_status gan__arena_create(gan_arena **out) {
    return gan__alloc(1, sizeof(gan_arena), (void **)out);
}

void gan__arena_destroy(gan_arena *arena) {
    if (!arena) return;
    for (arena_chunk *chunk = arena->chunks; chunk;) {
        arena_chunk *next = chunk->next;
        gan__free(chunk);
        chunk = next;
    }
    gan__free(arena);
}

// A block larger than a chunk gets one of its own, behind the one being filled.
static gan_status arena_add_chunk(gan_arena *arena, size_t bytes, arena_chunk **out) {
    bool large = bytes > ARENA_CHUNK_BYTES / 4;
    size_t capacity = large ? bytes : ARENA_CHUNK_BYTES;
    GAN_TRY(gan__alloc(1, sizeof(arena_chunk) + capacity, (void **)out));
    (*out)->capacity = capacity;
    arena_chunk **place = large && arena->chunks ? &arena->chunks->next : &arena->chunks;
    (*out)->next = *place;
    *place = *out;
    return GAN_STATUS_OK;
}

gan_status gan__arena_alloc(gan_arena *arena, size_t count, size_t size, void **out) {
    *out = NULL;
    if (size != 0 && count > (SIZE_MAX - sizeof(arena_chunk) - ARENA_ALIGNMENT) / size) {
        return no_memory(count, size);
    }
    size_t bytes = count == 0 || size == 0 ? 1 : count * size;
    bytes = (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->capacity - chunk->used < bytes) {
        GAN_TRY(arena_add_chunk(arena, bytes, &chunk));
    }
    *out = (char *)(chunk + 1) + chunk->used;
    chunk->used += bytes;
    return GAN_STATUS_OK;
}

gan_status gan__arena_string(gan_arena *arena, const char *text, char **out) {
    size_t length = strlen(text);
    GAN_TRY(gan__arena_alloc(arena, length + 1, 1, (void **)out));
    memcpy(*out, text, length);
    return GAN_STATUS_OK;
}
