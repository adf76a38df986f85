// A plain copy through zlib, what a checkpoint's rates are read beside: the same bytes in the same
// blocks at the same level, one thread, no names, checksums or statistics. It comes in two kinds:
//   plain    each block as it lies in memory, at the level
//   streams  what the checkpoint gave to zlib: each block's byte planes, encoded the way by which
//   the
//            tensor comes nearest to the bytes that it takes in the checkpoint. Finding that, and
//            taking planes apart, is done when a tensor is added and is not measured; planes are
//            not put together again.
// A file is written beside its place, synced and renamed, as a checkpoint is.
#ifndef CLGAN_BENCH_ZLIB_COPY_H
#define CLGAN_BENCH_ZLIB_COPY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bench_zlib_copy bench_zlib_copy;

// The file is `path` and `suffix` behind a dot; it is to hold `length` bytes.
bench_zlib_copy *bench_zlib_copy_create(const char *path, const char *suffix, size_t length);
// A tensor, whose bytes must outlive the copy. `stored`: what it takes in a checkpoint; 0: plain.
void bench_zlib_copy_add(bench_zlib_copy *copy, const void *bytes, size_t length, size_t stored);
void bench_zlib_copy_write(bench_zlib_copy *copy);
void bench_zlib_copy_read(bench_zlib_copy *copy, void *out); // all tensors, one after the other
void bench_zlib_copy_destroy(bench_zlib_copy *copy);

#endif
