// The fixed parts of the format: chunk headers, names, shapes.
#include "checkpoint/format.h"

#include <string.h>
#include <zlib.h>

const uint8_t gan__format_signature[GAN_FORMAT_SIGNATURE] = {0x8a, 'G',  'A',  'N',
                                                             '\r', '\n', 0x1a, '\n'};

size_t gan__dtype_bytes(gan_dtype dtype) {
    return dtype == GAN_DTYPE_F16 ? 2 : 4;
}

uint32_t gan__crc(const void *bytes, size_t length) {
    return (uint32_t)crc32_z(0, bytes, length);
}

// --- Chunks --------------------------------------------------------------------------------------
void gan__chunk_pack(const char *type, uint64_t length, uint8_t header[GAN_FORMAT_CHUNK_HEADER]) {
    memcpy(header, type, 4);
    gan__put_u64(header + 4, length);
    gan__put_u32(header + 12, gan__crc(header, 12));
}

static bool is_letter(uint8_t byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

gan_status gan__chunk_parse(const uint8_t header[GAN_FORMAT_CHUNK_HEADER], uint64_t offset,
                            gan_chunk *out) {
    if (gan__get_u32(header + 12) != gan__crc(header, 12))
        return gan__fail(GAN_STATUS_CORRUPT, "the chunk header at byte %llu is damaged (checksum)",
                         (unsigned long long)offset);
    for (int i = 0; i < 4; i++) {
        if (!is_letter(header[i]))
            return gan__fail(GAN_STATUS_CORRUPT,
                             "the chunk at byte %llu has a type that is not four letters",
                             (unsigned long long)offset);
    }
    memcpy(out->type, header, 4);
    out->type[4] = 0;
    out->offset = offset;
    out->length = gan__get_u64(header + 4);
    return GAN_STATUS_OK;
}

// --- Names and shapes ----------------------------------------------------------------------------
// Length of the well-formed UTF-8 sequence at `bytes` (RFC 3629, table of section 4), 0 for none.
static size_t utf8_sequence(const uint8_t *bytes, size_t left) {
    static const struct {
        uint8_t first, last, low, high; // range of the first byte, then of the second
        size_t length;
    } rows[] = {
        {0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if (bytes[0] < rows[r].first || bytes[0] > rows[r].last) continue;
        size_t length = rows[r].length;
        if (length > left) return 0;
        if (length > 1 && (bytes[1] < rows[r].low || bytes[1] > rows[r].high)) return 0;
        for (size_t i = 2; i < length; i++) {
            if (bytes[i] < 0x80 || bytes[i] > 0xbf) return 0;
        }
        return length;
    }
    return 0;
}

bool gan__utf8_check(const uint8_t *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t step = utf8_sequence(bytes + at, length - at);
        if (step == 0) return false;
        at += step;
    }
    return true;
}

gan_status gan__name_check(const char *name, size_t length) {
    if (length == 0 || length > GAN_FORMAT_NAME_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a name has %zu bytes; allowed are 1 to %d", length,
                         GAN_FORMAT_NAME_MAX);
    if (!gan__utf8_check((const uint8_t *)name, length))
        return gan__fail(GAN_STATUS_BAD_INPUT, "a name is not well-formed UTF-8");
    return GAN_STATUS_OK;
}

gan_status gan__tensor_elements(int rank, const int64_t *size, uint64_t *elements) {
    if (rank < 0 || rank > GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "rank %d is outside 0 to %d", rank,
                         GAN_TENSOR_RANK_MAX);
    uint64_t product = 1;
    bool empty = false;
    for (int i = 0; i < rank; i++) {
        if (size[i] < 0)
            return gan__fail(GAN_STATUS_BAD_INPUT, "size %d of the shape is %lld", i,
                             (long long)size[i]);
        if (size[i] == 0) {
            empty = true;
        } else if (product > GAN_FORMAT_ELEMENTS_MAX / (uint64_t)size[i]) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "the shape has more than 2^60 elements");
        } else {
            product *= (uint64_t)size[i];
        }
    }
    *elements = empty ? 0 : product;
    return GAN_STATUS_OK;
}
