// Implements zlib_copy.h.
#include "zlib_copy.h"

#include "serve.h"

#include "clgan/checkpoint.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK ((size_t)256 << 10) // a checkpoint's
#define LEVEL GAN_CHECKPOINT_LEVEL_DEFAULT

// How a block is encoded: all of it by one strategy, or all planes but the last stored.
typedef enum encoding { PLANES, RUNS, DEFLATE, ENCODINGS } encoding;

typedef struct copied_block {
    const uint8_t *bytes; // what zlib is given
    size_t length, encoded;
    encoding how;
} copied_block;

struct bench_zlib_copy {
    char path[1024], unfinished[1040];
    copied_block *blocks;
    size_t count;
    uint8_t *shuffled; // all blocks' planes
    size_t length;     // of what was added
    uint8_t *encoded;  // one block
    size_t room;
    z_stream writer, reader;
};

static void insist(bool right, const char *what) {
    if (!right) bench_refuse(what);
}

static void shuffle(const uint8_t *bytes, size_t length, uint8_t *planes) {
    const size_t count = length / 4;
    for (size_t plane = 0; plane < 4; plane++)
        for (size_t i = 0; i < count; i++) planes[plane * count + i] = bytes[4 * i + plane];
}

// Encodes into copy->encoded; returns the length.
static size_t encode(bench_zlib_copy *copy, const copied_block *block, encoding how) {
    z_stream *const stream = &copy->writer;
    const size_t stored = how == PLANES ? block->length / 4 * 3 : 0;
    const int strategy = how == RUNS ? Z_RLE : Z_DEFAULT_STRATEGY;
    deflateReset(stream);
    stream->next_out = copy->encoded;
    stream->avail_out = (uInt)copy->room;
    stream->next_in = (Bytef *)(uintptr_t)block->bytes;
    stream->avail_in = 0;
    deflateParams(stream, how == PLANES ? 0 : LEVEL, strategy);
    if (how == PLANES) {
        stream->avail_in = (uInt)stored;
        insist(deflate(stream, Z_NO_FLUSH) == Z_OK, "zlib does not store");
        deflateParams(stream, LEVEL, Z_HUFFMAN_ONLY);
    }
    stream->avail_in = (uInt)(block->length - stored);
    insist(deflate(stream, Z_FINISH) == Z_STREAM_END, "zlib does not compress");
    return stream->total_out;
}

bench_zlib_copy *bench_zlib_copy_create(const char *path, const char *suffix, size_t length) {
    bench_zlib_copy *const copy = calloc(1, sizeof *copy);
    insist(copy != NULL, "the host is out of memory");
    snprintf(copy->path, sizeof copy->path, "%s.%s", path, suffix);
    snprintf(copy->unfinished, sizeof copy->unfinished, "%s.new", copy->path);
    copy->room = 2 * BLOCK; // of an encoded block, which zlib makes little longer than it was
    copy->encoded = malloc(copy->room);
    copy->shuffled = malloc(length + 1);
    insist(copy->encoded && copy->shuffled, "the host is out of memory");
    insist(deflateInit(&copy->writer, LEVEL) == Z_OK && inflateInit(&copy->reader) == Z_OK,
           "zlib cannot be set up");
    return copy;
}

// The tensor's blocks, in one encoding. Returns how many bytes they take.
static size_t encode_all(bench_zlib_copy *copy, const uint8_t *bytes, const uint8_t *planes,
                         size_t first, encoding how) {
    size_t total = 0;
    for (size_t i = first; i < copy->count; i++) {
        copied_block *const block = &copy->blocks[i];
        block->bytes = (how == DEFLATE ? bytes : planes) + (i - first) * BLOCK;
        block->how = how;
        if (planes != NULL) total += encode(copy, block, how);
    }
    return total;
}

static size_t distance(size_t a, size_t b) {
    return a < b ? b - a : a - b;
}

void bench_zlib_copy_add(bench_zlib_copy *copy, const void *bytes, size_t length, size_t stored) {
    const size_t first = copy->count, blocks = (length + BLOCK - 1) / BLOCK;
    uint8_t *const planes = copy->shuffled + copy->length;
    copy->blocks = realloc(copy->blocks, (first + blocks + 1) * sizeof *copy->blocks);
    insist(copy->blocks != NULL, "the host is out of memory");
    copy->count += blocks;
    copy->length += length;
    for (size_t i = 0; i < blocks; i++) {
        const size_t left = length - i * BLOCK;
        copied_block *const block = &copy->blocks[first + i];
        *block = (copied_block){.length = left < BLOCK ? left : BLOCK};
        shuffle((const uint8_t *)bytes + i * BLOCK, block->length, planes + i * BLOCK);
    }
    encoding nearest = DEFLATE;
    size_t apart = SIZE_MAX;
    for (encoding how = PLANES; how < ENCODINGS && stored > 0; how++) {
        const size_t found = distance(encode_all(copy, bytes, planes, first, how), stored);
        if (found >= apart) continue;
        apart = found;
        nearest = how;
    }
    (void)encode_all(copy, bytes, stored > 0 ? planes : NULL, first, nearest);
}

void bench_zlib_copy_write(bench_zlib_copy *copy) {
    FILE *const file = fopen(copy->unfinished, "wb");
    insist(file != NULL, "the copy cannot be created");
    for (size_t i = 0; i < copy->count; i++) {
        copied_block *const block = &copy->blocks[i];
        block->encoded = encode(copy, block, block->how);
        insist(fwrite(copy->encoded, 1, block->encoded, file) == block->encoded,
               "the copy cannot be written");
    }
    insist(fflush(file) == 0 && fsync(fileno(file)) == 0 && fclose(file) == 0 &&
               rename(copy->unfinished, copy->path) == 0,
           "the copy cannot be finished");
}

void bench_zlib_copy_read(bench_zlib_copy *copy, void *out) {
    uint8_t *into = out;
    FILE *const file = fopen(copy->path, "rb");
    insist(file != NULL, "the copy cannot be opened");
    for (size_t i = 0; i < copy->count; i++) {
        const copied_block *const block = &copy->blocks[i];
        z_stream *const stream = &copy->reader;
        insist(fread(copy->encoded, 1, block->encoded, file) == block->encoded,
               "the copy cannot be read");
        inflateReset(stream);
        stream->next_in = copy->encoded;
        stream->avail_in = (uInt)block->encoded;
        stream->next_out = into;
        stream->avail_out = (uInt)block->length;
        insist(inflate(stream, Z_FINISH) == Z_STREAM_END, "the copy is damaged");
        into += block->length;
    }
    fclose(file);
}

void bench_zlib_copy_destroy(bench_zlib_copy *copy) {
    deflateEnd(&copy->writer);
    inflateEnd(&copy->reader);
    free(copy->blocks);
    free(copy->encoded);
    free(copy->shuffled);
    free(copy);
}
