// Host memory: every allocation of the library passes here, so that a test can fail each in turn.
#ifndef GAN_BASE_MEMORY_H
#define GAN_BASE_MEMORY_H

#include "base/status.h"

#include <stddef.h>

// `count` * `size` zeroed bytes in *out (never NULL on success, also for 0 bytes).
// Errors: NO_MEMORY, also where the product overflows; *out is then NULL.
gan_status gan__alloc(size_t count, size_t size, void **out);

// Resizes *block to `count` * `size` bytes; new bytes are not zeroed. On NO_MEMORY *block is kept.
gan_status gan__realloc(size_t count, size_t size, void **block);

// `bytes` of memory for arrays that are walked from end to end, not zeroed. From 1 MiB on they begin
// at a multiple of 2 MiB and lie on pages of that size, where the system has them. Errors: NO_MEMORY.
gan_status gan__alloc_large(size_t bytes, void **out);

// Frees what the functions above returned; NULL is allowed.
void gan__free(void *block);

// A copy of `text`, the caller's (gan__free). Errors: NO_MEMORY; *out is then as it was.
gan_status gan__string_copy(const char *text, char **out);

// An arena: many small blocks, freed together. Blocks are zeroed and aligned to 16 bytes.
typedef struct gan_arena gan_arena;
gan_status gan__arena_create(gan_arena **out);
void gan__arena_destroy(gan_arena *arena);
gan_status gan__arena_alloc(gan_arena *arena, size_t count, size_t size, void **out);
// A copy of `text` in the arena.
gan_status gan__arena_string(gan_arena *arena, const char *text, char **out);

// Tests only: the n-th allocation from now on fails (1 is the next); 0 switches this off.
// The second function returns how many allocations were made since.
void gan__alloc_fail_at(size_t n);
size_t gan__alloc_count(void);

#endif
