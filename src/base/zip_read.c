// Reads zip archives through their central directory, as writers may leave sizes out of the local
// headers.
#include "base/bytes.h"
#include "base/growth.h"
#include "base/memory.h"
#include "base/zip.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

enum {
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR_BYTES = 20,
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    COMMENT_MAX = 65535,
    ENCRYPTED = 1,
    EXTRA_ZIP64 = 1,
    // No deflate stream expands more (https://zlib.net/zlib_tech.html), so no honest member claims
    // more.
    DEFLATE_RATIO_MAX = 1032,
};

static gan_status damaged(size_t at, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT,
                     "byte %zu: %s; the zip archive is damaged: fetch or write it again", at, what);
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

// Where the directory is, and how many entries it has.
typedef struct zip_directory {
    uint64_t start, length, entries;
    size_t end; // of it, found by what follows it
} zip_directory;

// The Zip64 record (APPNOTE 4.3.14), which a locator directly before the end record points to.
static gan_status read_end64(const gan_zip *zip, size_t end, zip_directory *directory) {
    static const char absent[] = "a Zip64 record is needed before this end record and not there";
    if (end < LOCATOR_BYTES + END64_BYTES) return damaged(end, absent);
    const uint8_t *locator = zip->bytes + end - LOCATOR_BYTES;
    uint64_t at = gan__get_u64(locator + 8);
    if (memcmp(locator, "PK\6\7", 4) != 0 || at > end - LOCATOR_BYTES - END64_BYTES)
        return damaged(end, absent);
    const uint8_t *record = zip->bytes + at;
    if (memcmp(record, "PK\6\6", 4) != 0 ||
        gan__get_u64(record + 4) != end - LOCATOR_BYTES - at - 12)
        return damaged((size_t)at, absent);
    *directory = (zip_directory){.start = gan__get_u64(record + 48),
                                 .length = gan__get_u64(record + 40),
                                 .entries = gan__get_u64(record + 32),
                                 .end = (size_t)at};
    return GAN_STATUS_OK;
}

static gan_status find_directory(const gan_zip *zip, zip_directory *directory) {
    size_t end = 0;
    GAN_TRY(find_end(zip, &end));
    const uint8_t *record = zip->bytes + end;
    *directory = (zip_directory){.start = gan__get_u32(record + 16),
                                 .length = gan__get_u32(record + 12),
                                 .entries = gan__get_u16(record + 10),
                                 .end = end};
    if (gan__get_u32(record + 4) != 0 || gan__get_u16(record + 8) != directory->entries)
        return damaged(end, "an archive over several disks, or a damaged end record");
    if (directory->entries == UINT16_MAX || directory->start == UINT32_MAX ||
        (end >= LOCATOR_BYTES && memcmp(record - LOCATOR_BYTES, "PK\6\7", 4) == 0))
        GAN_TRY(read_end64(zip, end, directory));
    if (directory->start <= directory->end &&
        directory->length == directory->end - directory->start &&
        directory->length / ENTRY_BYTES >= directory->entries)
        return GAN_STATUS_OK;
    return damaged(end, "the end record does not fit the zip directory before it");
}

// The next 8 bytes of a Zip64 field stand for a number that has no room in its 32 bits.
static bool take_zip64(const uint8_t **field, size_t *left, size_t *number) {
    if (*number != UINT32_MAX) return true;
    if (*left < 8) return false;
    *number = (size_t)gan__get_u64(*field);
    *field += 8;
    *left -= 8;
    return true;
}

// The numbers of the member that stand in a Zip64 field among the entry's extra ones.
static gan_status read_extra(const uint8_t *extra, size_t length, gan_zip_member *member) {
    while (length >= 4) {
        size_t id = gan__get_u16(extra), left = gan__get_u16(extra + 2);
        if (left > length - 4) break;
        const uint8_t *field = extra + 4;
        extra += 4 + left;
        length -= 4 + left;
        if (id != EXTRA_ZIP64) continue;
        if (take_zip64(&field, &left, &member->length) &&
            take_zip64(&field, &left, &member->packed) && take_zip64(&field, &left, &member->local))
            return GAN_STATUS_OK;
    }
    return damaged(member->entry, "this entry needs a Zip64 field and has none");
}

// The entry at *at of the directory that ends at `end`; *at moves behind it.
static gan_status read_entry(const gan_zip *zip, size_t end, size_t *at, gan_zip_member *member) {
    const uint8_t *entry = zip->bytes + *at;
    if (end - *at < ENTRY_BYTES || memcmp(entry, "PK\1\2", 4) != 0)
        return damaged(*at, "the zip directory should have an entry here");
    size_t name = gan__get_u16(entry + 28), extra = gan__get_u16(entry + 30);
    size_t behind = ENTRY_BYTES + name + extra + gan__get_u16(entry + 32);
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
    *at += behind;
    if (member->packed != UINT32_MAX && member->length != UINT32_MAX && member->local != UINT32_MAX)
        return GAN_STATUS_OK;
    return read_extra(entry + ENTRY_BYTES + name, extra, member);
}

// Whether the member's two sizes can both be true.
static bool is_possible(const gan_zip_member *member) {
    return member->method == 0 ? member->length == member->packed
                               : member->length / DEFLATE_RATIO_MAX <= member->packed;
}

// Members that together are longer than the archive lie over each other: reading all would take
// time in the square of its length. And what they come to is bounded before any is unpacked.
// Members that cannot be are left to gan__zip_extract.
static gan_status check_lengths(const gan_zip *zip) {
    gan_growth unpacked = {.length = zip->length};
    uint64_t packed = 0;
    for (size_t i = 0; i < zip->count; i++) {
        const gan_zip_member *member = &zip->members[i];
        if (member->packed > zip->length || !is_possible(member)) continue;
        packed += member->packed;
        if (packed > zip->length)
            return damaged(member->entry, "the members up to this one overlap");
        if (!gan__growth_add(&unpacked, member->length)) return gan__growth_refuse(&unpacked);
    }
    return GAN_STATUS_OK;
}

gan_status gan__zip_open(const uint8_t *bytes, size_t length, gan_zip *zip) {
    zip_directory directory;
    *zip = (gan_zip){.bytes = bytes, .length = length};
    GAN_TRY(find_directory(zip, &directory));
    size_t at = (size_t)directory.start, entries = (size_t)directory.entries;
    GAN_TRY(gan__alloc(entries, sizeof *zip->members, (void **)&zip->members));
    for (; zip->count < entries; zip->count++) {
        GAN_TRY(read_entry(zip, directory.end, &at, &zip->members[zip->count]));
    }
    if (at == directory.end) return check_lengths(zip);
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
    if (!is_possible(member))
        return damaged(member->entry, "this member's two sizes contradict each other");
    *start = member->local + behind;
    return GAN_STATUS_OK;
}

// zlib counts in 32 bits.
static void refill(uInt *available, size_t *left) {
    size_t more = *left < UINT_MAX - *available ? *left : UINT_MAX - *available;
    *available += (uInt)more;
    *left -= more;
}

// Exactly `length` bytes out of exactly `packed_length`.
static bool inflate_content(const uint8_t *packed, size_t packed_length, uint8_t *content,
                            size_t length) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed, .next_out = content};
    size_t packed_left = packed_length, left = length;
    int code = Z_OK;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    while (code == Z_OK) {
        refill(&stream.avail_in, &packed_left);
        refill(&stream.avail_out, &left);
        code = inflate(&stream, Z_NO_FLUSH); // Z_BUF_ERROR where nothing is left on a side
    }
    bool whole =
        code == Z_STREAM_END && packed_left + stream.avail_in == 0 && left + stream.avail_out == 0;
    inflateEnd(&stream);
    return whole;
}

static gan_status check_content(const gan_zip_member *member, const uint8_t *content) {
    if (crc32_z(0, content, member->length) == member->crc) return GAN_STATUS_OK;
    return damaged(member->local, "this member's checksum (CRC-32) is wrong");
}

gan_status gan__zip_extract(const gan_zip *zip, const gan_zip_member *member, uint8_t **content) {
    size_t start = 0;
    gan_status status = GAN_STATUS_OK;
    *content = NULL;
    GAN_TRY(find_content(zip, member, &start));
    GAN_TRY(gan__alloc(member->length, 1, (void **)content));
    if (member->method == 0)
        memcpy(*content, zip->bytes + start, member->length);
    else if (!inflate_content(zip->bytes + start, member->packed, *content, member->length))
        status = damaged(member->local, "this member's compressed bytes are not valid");
    if (status == GAN_STATUS_OK) status = check_content(member, *content);
    if (status == GAN_STATUS_OK) return status;
    gan__free(*content);
    *content = NULL;
    return status;
}

gan_status gan__zip_borrow(const gan_zip *zip, const gan_zip_member *member,
                           const uint8_t **content) {
    size_t start = 0;
    *content = NULL;
    GAN_TRY(find_content(zip, member, &start));
    if (member->method != 0) return GAN_STATUS_OK;
    GAN_TRY(check_content(member, zip->bytes + start));
    *content = zip->bytes + start;
    return GAN_STATUS_OK;
}
