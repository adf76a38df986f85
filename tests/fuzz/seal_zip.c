// fuzz_seal for zip archives: where the directory and its members are, the lengths of stored
// members, and the checksums of all (APPNOTE 6.3, without Zip64).
#include "fuzz.h"

#include "base/bytes.h"

#include <string.h>
#include <zlib.h>

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, CONTENT_MAX = 1 << 16 };

// Where the next `signature` is from `at` on; `end` where there is none.
static size_t find(const uint8_t *bytes, size_t at, size_t end, const char *signature) {
    while (end - at >= 4 && memcmp(bytes + at, signature, 4) != 0) at++;
    return end - at >= 4 ? at : end;
}

static uint32_t checksum(unsigned method, const uint8_t *packed, size_t length) {
    static uint8_t content[CONTENT_MAX];
    if (method != Z_DEFLATED) return (uint32_t)crc32(0, packed, (uInt)length);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed,
                       .avail_in = (uInt)length,
                       .next_out = content,
                       .avail_out = CONTENT_MAX};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return 0;
    (void)inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return (uint32_t)crc32(0, content, (uInt)stream.total_out);
}

// The member at `local`, which ends where the next or the directory begins.
static void seal_member(const uint8_t *bytes, size_t local, size_t end, uint8_t *entry) {
    size_t start = local + LOCAL_BYTES;
    if (start > end) return;
    start += (size_t)gan__get_u16(bytes + local + 26) + gan__get_u16(bytes + local + 28);
    if (start > end) return;
    const unsigned method = gan__get_u16(entry + 10);
    gan__put_u32(entry + 16, checksum(method, bytes + start, end - start));
    gan__put_u32(entry + 20, (uint32_t)(end - start));
    if (method == 0) gan__put_u32(entry + 24, (uint32_t)(end - start));
    gan__put_u32(entry + 42, (uint32_t)local);
}

void fuzz_seal(uint8_t *bytes, size_t length) {
    if (length < END_BYTES) return;
    const size_t end = length - END_BYTES;
    size_t directory = find(bytes, 0, length, "PK\1\2");
    size_t local = find(bytes, 0, directory, "PK\3\4");
    if (memcmp(bytes + end, "PK\5\6", 4) != 0 || directory >= end) return;
    for (size_t at = directory; end - at >= ENTRY_BYTES && local < directory;) {
        const size_t next = find(bytes, local + 4, directory, "PK\3\4");
        seal_member(bytes, local, next, bytes + at);
        local = next;
        at = find(bytes, at + 4, end, "PK\1\2");
    }
    gan__put_u32(bytes + end + 12, (uint32_t)(end - directory));
    gan__put_u32(bytes + end + 16, (uint32_t)directory);
}
