// fuzz_seal for PNG: the checksums of all chunks; JPEG has none.
#include "fuzz.h"

#include "base/bytes.h"

#include <zlib.h>

enum { SIGNATURE_BYTES = 8, FRAME_BYTES = 12 };

static void put_big_endian(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void fuzz_seal(uint8_t *bytes, size_t length) {
    if (length < SIGNATURE_BYTES || bytes[0] != 0x89) return;
    for (size_t at = SIGNATURE_BYTES; length - at >= FRAME_BYTES;) {
        const size_t content = (size_t)gan__get_word(bytes + at, 4, true);
        if (content > length - at - FRAME_BYTES) return;
        put_big_endian(bytes + at + 8 + content,
                       (uint32_t)crc32(0, bytes + at + 4, (uInt)content + 4));
        at += content + FRAME_BYTES;
    }
}
