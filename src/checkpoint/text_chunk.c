// Named texts: packing and unpacking.
#include "checkpoint/text_chunk.h"

#include "checkpoint/zstream.h"

#include <string.h>

enum { TEXT_STORED, TEXT_DEFLATE };

// --- Writing -------------------------------------------------------------------------------------
// Deflates into *packed, which is the caller's; *length is 0 where that would not be shorter.
static gan_status deflate_text(const char *text, size_t bytes, int level, uint8_t **packed,
                               size_t *length) {
    *length = 0;
    z_stream stream;
    GAN_TRY(gan__alloc(bytes, 1, (void **)packed));
    gan_status status = gan__deflate_create(&stream, level);
    if (status == GAN_STATUS_OK) {
        stream.next_in = (Bytef *)(uintptr_t)text;
        stream.avail_in = (uInt)bytes;
        stream.next_out = *packed;
        stream.avail_out = (uInt)bytes - 1;
        if (deflate(&stream, Z_FINISH) == Z_STREAM_END) *length = stream.total_out;
        deflateEnd(&stream);
    }
    if (*length == 0) {
        gan__free(*packed);
        *packed = NULL;
    }
    return status;
}

gan_status gan__text_chunk_pack(const char *name, const char *text, int level,
                                gan_text_chunk *out) {
    size_t name_length = strlen(name), length = strlen(text);
    out->packed = NULL;
    out->body = text;
    out->body_length = length;
    if (level > 0 && length > 1) {
        size_t packed_length;
        GAN_TRY(deflate_text(text, length, level, &out->packed, &packed_length));
        if (out->packed) {
            out->body = out->packed;
            out->body_length = packed_length;
        }
    }
    gan__put_u16(out->start, (uint16_t)name_length);
    memcpy(out->start + 2, name, name_length);
    out->start[2 + name_length] = out->packed ? TEXT_DEFLATE : TEXT_STORED;
    gan__put_u64(out->start + 3 + name_length, length);
    out->start_length = name_length + 11;
    return GAN_STATUS_OK;
}

void gan__text_chunk_destroy(gan_text_chunk *payload) {
    gan__free(payload->packed);
    payload->packed = NULL;
}

// --- Reading -------------------------------------------------------------------------------------
static gan_status inflate_text(const uint8_t *packed, size_t packed_length, uint8_t *text,
                               size_t length) {
    z_stream stream;
    GAN_TRY(gan__inflate_create(&stream));
    gan_status status = gan__inflate_exactly(&stream, packed, packed_length, text, length);
    inflateEnd(&stream);
    return status;
}

static gan_status parse_name(gan_cursor *cursor, gan_arena *arena, const char **name) {
    size_t length = gan__cursor_u16(cursor);
    const uint8_t *bytes = gan__cursor_take(cursor, length);
    if (!bytes) return gan__fail(GAN_STATUS_CORRUPT, "it ends inside its name");
    if (gan__name_check((const char *)bytes, length) != GAN_STATUS_OK) return GAN_STATUS_CORRUPT;
    char *copy;
    GAN_TRY(gan__arena_alloc(arena, length + 1, 1, (void **)&copy));
    memcpy(copy, bytes, length);
    *name = copy;
    return GAN_STATUS_OK;
}

gan_status gan__text_chunk_parse(const uint8_t *payload, size_t length, gan_growth *growth,
                                 gan_arena *arena, const char **name, const char **content) {
    gan_cursor cursor = {.bytes = payload, .length = length};
    GAN_TRY(parse_name(&cursor, arena, name));
    uint8_t filter = gan__cursor_u8(&cursor);
    uint64_t bytes = gan__cursor_u64(&cursor);
    size_t left = length - cursor.at;
    bool possible = filter == TEXT_STORED ? bytes == left : bytes / GAN_FORMAT_GROWTH <= left;
    if (cursor.overrun || filter > TEXT_DEFLATE || bytes > GAN_FORMAT_TEXT_MAX || !possible)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "a text of %llu bytes in %zu, filter %u, is impossible",
                         (unsigned long long)bytes, left, (unsigned)filter);
    if (!gan__growth_add(growth, bytes)) return gan__growth_refuse(growth);
    uint8_t *text;
    GAN_TRY(gan__arena_alloc(arena, (size_t)bytes + 1, 1, (void **)&text));
    if (filter == TEXT_STORED) {
        memcpy(text, payload + cursor.at, left);
    } else {
        GAN_TRY(inflate_text(payload + cursor.at, left, text, (size_t)bytes));
    }
    if (!gan__utf8_check(text, (size_t)bytes))
        return gan__fail(GAN_STATUS_CORRUPT, "the text is not well-formed UTF-8");
    *content = (const char *)text;
    return GAN_STATUS_OK;
}
