// fuzz_seal for checkpoints: the checksums of all chunks, and in HEAD the file's length and the
// place of the index (docs/checkpoint-format.md).
#include "fuzz.h"

#include "base/bytes.h"
#include "checkpoint/format.h"

#include <string.h>

// The length of the chunk at `at`, cut to what is there.
static size_t seal_chunk(uint8_t *chunk, size_t left) {
    const size_t room = left - GAN_FORMAT_CHUNK_FRAME;
    uint64_t length = gan__get_u64(chunk + 4);
    if (length > room) gan__put_u64(chunk + 4, length = room);
    uint8_t *const payload = chunk + GAN_FORMAT_CHUNK_HEADER;
    gan__put_u32(chunk + 12, gan__crc(chunk, 12));
    gan__put_u32(payload + length, gan__crc(payload, (size_t)length));
    return (size_t)length + GAN_FORMAT_CHUNK_FRAME;
}

void fuzz_seal(uint8_t *bytes, size_t length) {
    size_t index = 0;
    if (length < GAN_FORMAT_START) return;
    for (size_t at = GAN_FORMAT_SIGNATURE; length - at >= GAN_FORMAT_CHUNK_FRAME;) {
        if (memcmp(bytes + at, "INDX", 4) == 0) index = at;
        at += seal_chunk(bytes + at, length - at);
    }
    uint8_t *const head = bytes + GAN_FORMAT_SIGNATURE;
    gan__put_u64(head + GAN_FORMAT_CHUNK_HEADER + 4, length);
    if (index > 0) gan__put_u64(head + GAN_FORMAT_CHUNK_HEADER + 12, index);
    (void)seal_chunk(head, length - GAN_FORMAT_SIGNATURE);
}
