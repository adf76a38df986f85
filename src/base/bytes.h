// Numbers as they lie in files: little-endian ones, those of either byte order, and a cursor that
// reads them one behind the other.
#ifndef GAN_BASE_BYTES_H
#define GAN_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Spelt out byte by byte: compilers make one move of each on little-endian machines.
static inline void gan__put_u16(uint8_t *bytes, uint16_t value) {
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

static inline void gan__put_u32(uint8_t *bytes, uint32_t value) {
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
    bytes[2] = (uint8_t)(value >> 16);
    bytes[3] = (uint8_t)(value >> 24);
}

static inline void gan__put_u64(uint8_t *bytes, uint64_t value) {
    gan__put_u32(bytes, (uint32_t)value);
    gan__put_u32(bytes + 4, (uint32_t)(value >> 32));
}

static inline uint16_t gan__get_u16(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t gan__get_u32(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline uint64_t gan__get_u64(const uint8_t *bytes) {
    return gan__get_u32(bytes) | (uint64_t)gan__get_u32(bytes + 4) << 32;
}

// The number of `count` bytes (at most 8) in either byte order.
static inline uint64_t gan__get_word(const uint8_t *bytes, size_t count, bool big_endian) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word = word << 8 | bytes[big_endian ? i : count - 1 - i];
    return word;
}

// Past the end a cursor gives zeros and says so in `overrun`, so a parser reads a group of fields
// and checks once, before it believes any of them.
typedef struct gan_cursor {
    const uint8_t *bytes;
    size_t length;
    size_t at;
    bool overrun;
} gan_cursor;

const uint8_t *gan__cursor_take(gan_cursor *cursor, size_t length); // NULL past the end
uint8_t gan__cursor_u8(gan_cursor *cursor);
uint16_t gan__cursor_u16(gan_cursor *cursor);
uint32_t gan__cursor_u32(gan_cursor *cursor);
uint64_t gan__cursor_u64(gan_cursor *cursor);
double gan__cursor_f64(gan_cursor *cursor);

#endif
