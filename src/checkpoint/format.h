// The fixed parts of docs/checkpoint-format.md: limits, chunk headers, names, shapes. Nothing here
// allocates or touches files.
#ifndef GAN_CHECKPOINT_FORMAT_H
#define GAN_CHECKPOINT_FORMAT_H

#include "base/bytes.h"
#include "base/status.h"
#include "clgan/checkpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GAN_FORMAT_VERSION = 1,
    GAN_FORMAT_SIGNATURE = 8,     // bytes of the signature
    GAN_FORMAT_CHUNK_HEADER = 16, // type, length, CRC of these
    GAN_FORMAT_CHUNK_TRAILER = 4, // CRC of the payload
    GAN_FORMAT_CHUNK_FRAME = GAN_FORMAT_CHUNK_HEADER + GAN_FORMAT_CHUNK_TRAILER,
    GAN_FORMAT_HEAD = 20, // payload of HEAD in version 1
    GAN_FORMAT_START = GAN_FORMAT_SIGNATURE + GAN_FORMAT_CHUNK_FRAME + GAN_FORMAT_HEAD,
    GAN_FORMAT_NAME_MAX = 4096,
    GAN_FORMAT_BLOCK_MIN = 1 << 18,
    GAN_FORMAT_BLOCK_MAX = 1 << 30,
    GAN_FORMAT_TEXT_MAX = 1 << 30,
    GAN_FORMAT_GROWTH = 1032, // deflate: at most 258 bytes from 2 bits
};
#define GAN_FORMAT_ELEMENTS_MAX ((UINT64_C(1) << 60) - 1)

typedef enum gan_block_filter {
    GAN_BLOCK_FILTER_STORED,
    GAN_BLOCK_FILTER_DEFLATE,
    GAN_BLOCK_FILTER_SHUFFLE,
    GAN_BLOCK_FILTER_COUNT,
} gan_block_filter;

extern const uint8_t gan__format_signature[GAN_FORMAT_SIGNATURE];

// What a chunk's header says. `type` is zero-terminated.
typedef struct gan_chunk {
    char type[5];
    uint64_t offset; // of its header, from the start of the file
    uint64_t length; // of its payload
} gan_chunk;

// Where one encoded block is.
typedef struct gan_block {
    uint64_t offset; // of its chunk
    uint32_t length; // of its payload
    gan_block_filter filter;
} gan_block;

// A tensor of an open or growing checkpoint. `info` is first: the public handle is its address.
typedef struct gan_stored_tensor {
    gan_tensor_info info;
    uint32_t block_bytes;
    uint32_t block_count;
    gan_block *blocks;
} gan_stored_tensor;

// Bytes of one element.
size_t gan__dtype_bytes(gan_dtype dtype);

// The chunk header's 16 bytes, checksum included.
void gan__chunk_pack(const char *type, uint64_t length, uint8_t header[GAN_FORMAT_CHUNK_HEADER]);

// Reads the header found at `offset`. Errors: CORRUPT (checksum, or a type that is not four
// letters).
gan_status gan__chunk_parse(const uint8_t header[GAN_FORMAT_CHUNK_HEADER], uint64_t offset,
                            gan_chunk *out);

// CRC-32 of any number of bytes.
uint32_t gan__crc(const void *bytes, size_t length);

// Checks a name of a tensor or text. Errors: BAD_INPUT, saying what is wrong with it.
gan_status gan__name_check(const char *name, size_t length);

// Whether the bytes are well-formed UTF-8 without a zero byte.
bool gan__utf8_check(const uint8_t *bytes, size_t length);

// The product of a shape's sizes in *elements. Errors: BAD_INPUT (rank, a negative size, too many).
gan_status gan__tensor_elements(int rank, const int64_t *size, uint64_t *elements);

#endif
