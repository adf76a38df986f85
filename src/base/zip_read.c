// Reads zip archives through their central directory, as writers may leave sizes out of the local
// headers.
#include "base/bytes.h"
#include "base/memory.h"
#include "base/zip.h"

#include <string.h>
#include <zlib.h>

enum {
    END_BYTES = 22,
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    COMMENT_MAX = 65535,
    ENCRYPTED = 1,
    // No deflate stream expands more (https://zlib.net/zlib_tech.html), so no honest member claims
    // more.
    DEFLATE_RATIO_MAX = 1032,
};

static gan_status damaged(size_t at, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT,
                     "byte %zu: %s; the zip archive is damaged: fetch or write it again", at, what);
}

static gan_status too_large(size_t at, const char *what) {
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "byte %zu: %s, which cannot be read; save the arrays in another format, or in "
                     "several archives below 4 GiB",
                     at, what);
}

// The end record, searched from the back as a comment may follow it.
static gan_status find_end(const gan_zip *zip, size_t *at) {
    for (size_t back = END_BYTES; back <= zip->length && back <= END_BYTES + COMMENT_MAX; back++) {
        const uint8_t *end = zip->bytes + zip->length - back;
        if (memcmp(end, "PK\5\6", 4) == 0 && gan__get_u16(end + 20) == back - END_BYTES) {
            *at = zip->length - back;
            return GAN_STATUS_OK;
        }
    }
    return gan__fail(GAN_STATUS_CORRUPT,
                     "cut short: a zip archive ends with its directory, but this, of %zu bytes, "
                     "does not; fetch or write it again",
                     zip->length);
}

// The entry at *at of the directory that ends at `end`; *at moves behind it.
static gan_status read_entry(const gan_zip *zip, size_t end, size_t *at, gan_zip_member *member) {
    const uint8_t *entry = zip->bytes + *at;
    if (end - *at < ENTRY_BYTES || memcmp(entry, "PK\1\2", 4) != 0)
        return damaged(*at, "the zip directory should have an entry here");
    size_t name = gan__get_u16(entry + 28);
    size_t behind =
        ENTRY_BYTES + name + gan__get_u16(entry + 30) + (size_t)gan__get_u16(entry + 32);
    if (end - *at < behind) return damaged(*at, "this entry reaches past the zip directory");
    *member = (gan_zip_member){.name = (const char *)entry + ENTRY_BYTES,
                               .name_length = name,
                               .flags = gan__get_u16(entry + 8),
                               .method = gan__get_u16(entry + 10),
                               .crc = gan__get_u32(entry + 16),
                               .packed = gan__get_u32(entry + 20),
                               .length = gan__get_u32(entry + 24),
                               .local = gan__get_u32(entry + 42),
                               .entry = *at};
    if (member->packed == UINT32_MAX || member->length == UINT32_MAX || member->local == UINT32_MAX)
        return too_large(*at, "a member in Zip64 (4 GiB or more)");
    *at += behind;
    return GAN_STATUS_OK;
}

gan_status gan__zip_open(const uint8_t *bytes, size_t length, gan_zip *zip) {
    *zip = (gan_zip){.bytes = bytes, .length = length};
    size_t end = 0;
    GAN_TRY(find_end(zip, &end));
    const uint8_t *record = bytes + end;
    size_t entries = gan__get_u16(record + 10), at = gan__get_u32(record + 16);
    if (entries == UINT16_MAX || at == UINT32_MAX) return too_large(end, "a Zip64 archive");
    if (gan__get_u32(record + 4) != 0 || gan__get_u16(record + 8) != entries)
        return damaged(end, "an archive over several disks, or a damaged end record");
    if (at > end || gan__get_u32(record + 12) != end - at || (end - at) / ENTRY_BYTES < entries)
        return damaged(end, "the end record does not fit the zip directory before it");
    GAN_TRY(gan__alloc(entries, sizeof *zip->members, (void **)&zip->members));
    for (; zip->count < entries; zip->count++) {
        GAN_TRY(read_entry(zip, end, &at, &zip->members[zip->count]));
    }
    if (at == end) return GAN_STATUS_OK;
    return damaged(at, "bytes left over between the zip directory and its end record");
}

void gan__zip_close(gan_zip *zip) {
    gan__free(zip->members);
    *zip = (gan_zip){0};
}

// Where the member's bytes begin, all `packed` of them known to be there.
static gan_status find_content(const gan_zip *zip, const gan_zip_member *member, size_t *start) {
    if (member->flags & ENCRYPTED)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: it is encrypted; write the archive without password",
                         member->entry);
    if (member->method != 0 && member->method != Z_DEFLATED)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: compressed by zip's method %u; only stored and deflated "
                         "members can be read: write it with numpy.savez_compressed",
                         member->entry, member->method);
    if (member->local > zip->length || zip->length - member->local < LOCAL_BYTES ||
        memcmp(zip->bytes + member->local, "PK\3\4", 4) != 0)
        return damaged(member->entry, "this entry points to no member");
    const uint8_t *local = zip->bytes + member->local;
    size_t behind = LOCAL_BYTES + (size_t)gan__get_u16(local + 26) + gan__get_u16(local + 28);
    size_t left = zip->length - member->local;
    if (left < behind || left - behind < member->packed)
        return damaged(member->local, "this member is cut short");
    bool possible = member->method == 0 ? member->length == member->packed
                                        : member->length / DEFLATE_RATIO_MAX <= member->packed;
    if (!possible) return damaged(member->entry, "this member's two sizes contradict each other");
    *start = member->local + behind;
    return GAN_STATUS_OK;
}

// Exactly `length` bytes out of exactly `packed_length`.
static bool inflate_content(const uint8_t *packed, size_t packed_length, uint8_t *content,
                            size_t length) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed,
                       .avail_in = (uInt)packed_length,
                       .next_out = content,
                       .avail_out = (uInt)length};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    int code = inflate(&stream, Z_FINISH);
    bool whole = code == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    return whole;
}

gan_status gan__zip_extract(const gan_zip *zip, const gan_zip_member *member, uint8_t **content) {
    size_t start = 0;
    *content = NULL;
    GAN_TRY(find_content(zip, member, &start));
    GAN_TRY(gan__alloc(member->length, 1, (void **)content));
    bool good = true;
    if (member->method == 0) {
        memcpy(*content, zip->bytes + start, member->length);
    } else {
        good = inflate_content(zip->bytes + start, member->packed, *content, member->length);
    }
    if (good && crc32_z(0, *content, member->length) == member->crc) return GAN_STATUS_OK;
    gan__free(*content);
    *content = NULL;
    return damaged(member->local, good ? "this member's checksum (CRC-32) is wrong"
                                       : "this member's compressed bytes are not valid");
}
