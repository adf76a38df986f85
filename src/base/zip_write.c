// Writes zip archives.
#include "base/bytes.h"
#include "base/memory.h"
#include "base/zip.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

enum {
    LOCAL_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    DESCRIPTOR_BYTES = 16,
    FACTS_AT = 10, // checksum and sizes, within what local header and entry share
    VERSION = 20,  // 2.0: deflate
    HAS_DESCRIPTOR = 1 << 3,
    UTF8_NAME = 1 << 11,
    MADE_BY_UNIX = 3 << 8,
    DATE_1980_01_01 = 1 << 5 | 1,
    RAW_WINDOW = -15,
    MEMORY_LEVEL = 8,
    ALIGN_MAX = 4096,
    PADDING_HEADER = 4,
};

static gan_status too_large(void) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "a zip archive of 4 GiB or more, or of 65535 members, is not written; write "
                     "less into it, or choose another format");
}

// Whether `length` bytes more, a name and a header still lie below 4 GiB.
static bool has_room(const gan_zip_writer *writer, uint64_t length) {
    return length <= UINT32_MAX - 2 * UINT16_MAX &&
           gan__sink_position(writer->sink) <= UINT32_MAX - 2 * UINT16_MAX - length;
}

// --- Headers -------------------------------------------------------------------------------------
static void put_facts(uint8_t *bytes, uint32_t crc, size_t packed, size_t length) {
    gan__put_u32(bytes, crc);
    gan__put_u32(bytes + 4, (uint32_t)packed);
    gan__put_u32(bytes + 8, (uint32_t)length);
}

// How long an extra field must be for the content behind `header` bytes to be aligned; 0: none.
static size_t padding_of(const gan_zip_writer *writer, size_t header) {
    size_t align = writer->align ? writer->align : 1;
    uint64_t start = gan__sink_position(writer->sink) + header;
    if (start % align == 0) return 0;
    return PADDING_HEADER + (size_t)((align - (start + PADDING_HEADER) % align) % align);
}

// An extra field of id "FB", as PyTorch writes it for the same purpose, filled with "Z".
static gan_status write_padding(gan_zip_writer *writer, size_t length) {
    uint8_t field[ALIGN_MAX + PADDING_HEADER] = "FB";
    if (length == 0) return GAN_STATUS_OK;
    gan__put_u16(field + 2, (uint16_t)(length - PADDING_HEADER));
    memset(field + PADDING_HEADER, 'Z', length - PADDING_HEADER);
    return gan__sink_write(writer->sink, field, length);
}

// Writes a local header, and puts its twin into the directory.
static gan_status write_header(gan_zip_writer *writer, const char *name, unsigned flags,
                               unsigned method, uint32_t crc, size_t packed, size_t length) {
    uint8_t local[LOCAL_BYTES] = "PK\3\4", entry[ENTRY_BYTES] = "PK\1\2";
    size_t name_length = strlen(name);
    uint8_t *shared = local + 4; // as far as the end of `local`
    if (name_length > UINT16_MAX || writer->count + 1 >= UINT16_MAX) return too_large();
    gan__put_u16(shared, VERSION);
    gan__put_u16(shared + 2, (uint16_t)(UTF8_NAME | flags));
    gan__put_u16(shared + 4, (uint16_t)method);
    gan__put_u16(shared + 8, DATE_1980_01_01);
    put_facts(shared + FACTS_AT, crc, packed, length);
    gan__put_u16(shared + 22, (uint16_t)name_length);
    gan__put_u16(entry + 4, MADE_BY_UNIX | VERSION);
    memcpy(entry + 6, shared, LOCAL_BYTES - 4);
    gan__put_u32(entry + 38, UINT32_C(0100644) << 16); // the mode of a plain file
    gan__put_u32(entry + 42, (uint32_t)gan__sink_position(writer->sink));
    size_t padding = padding_of(writer, LOCAL_BYTES + name_length);
    gan__put_u16(shared + 24, (uint16_t)padding); // in the local header only
    writer->entry = writer->directory.length;
    gan__text_append_bytes(&writer->directory, entry, sizeof entry);
    gan__text_append_bytes(&writer->directory, name, name_length);
    writer->count++;
    GAN_TRY(gan__text_status(&writer->directory));
    GAN_TRY(gan__sink_write(writer->sink, local, sizeof local));
    GAN_TRY(gan__sink_write(writer->sink, name, name_length));
    return write_padding(writer, padding);
}

// --- A member, whole -----------------------------------------------------------------------------
typedef struct zip_content {
    const void *piece[2];
    size_t length[2];
    uint8_t *packed; // owned; NULL where it is stored
    size_t packed_length;
} zip_content;

// Deflates both pieces; left unpacked where that would not be shorter.
static gan_status pack(zip_content *content, int level) {
    size_t length = content->length[0] + content->length[1];
    z_stream stream = {0};
    GAN_TRY(gan__alloc(length, 1, (void **)&content->packed));
    if (deflateInit2(&stream, level, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return gan__fail(GAN_STATUS_NO_MEMORY, "no memory to compress");
    stream.next_out = content->packed;
    stream.avail_out = (uInt)length;
    int code = Z_OK;
    for (int i = 0; i < 2; i++) {
        stream.next_in = (Bytef *)(uintptr_t)content->piece[i];
        stream.avail_in = (uInt)content->length[i];
        code = deflate(&stream, i == 1 ? Z_FINISH : Z_NO_FLUSH);
    }
    content->packed_length = stream.total_out;
    deflateEnd(&stream);
    if (code == Z_STREAM_END) return GAN_STATUS_OK;
    gan__free(content->packed);
    content->packed = NULL;
    return GAN_STATUS_OK;
}

// zlib begins anew where there are no bytes to point to.
static uint32_t append_crc(uint32_t crc, const void *bytes, size_t length) {
    return length == 0 ? crc : (uint32_t)crc32_z(crc, bytes, length);
}

static gan_status write_content(gan_zip_writer *writer, const char *name,
                                const zip_content *content) {
    size_t length = content->length[0] + content->length[1];
    uint32_t crc = append_crc(0, content->piece[0], content->length[0]);
    crc = append_crc(crc, content->piece[1], content->length[1]);
    if (content->packed) {
        GAN_TRY(write_header(writer, name, 0, Z_DEFLATED, crc, content->packed_length, length));
        return gan__sink_write(writer->sink, content->packed, content->packed_length);
    }
    GAN_TRY(write_header(writer, name, 0, 0, crc, length, length));
    GAN_TRY(gan__sink_write(writer->sink, content->piece[0], content->length[0]));
    return gan__sink_write(writer->sink, content->piece[1], content->length[1]);
}

gan_status gan__zip_write(gan_zip_writer *writer, const char *name, const void *first,
                          size_t first_length, const void *second, size_t second_length) {
    zip_content content = {.piece = {first, second}, .length = {first_length, second_length}};
    if (!has_room(writer, (uint64_t)first_length + second_length)) return too_large();
    gan_status status = writer->level > 0 ? pack(&content, writer->level) : GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = write_content(writer, name, &content);
    gan__free(content.packed);
    return status;
}

// --- A member in pieces --------------------------------------------------------------------------
gan_status gan__zip_member_begin(gan_zip_writer *writer, const char *name) {
    if (!has_room(writer, 0)) return too_large();
    writer->length = 0;
    writer->crc = 0;
    return write_header(writer, name, HAS_DESCRIPTOR, 0, 0, 0, 0);
}

gan_status gan__zip_member_append(gan_zip_writer *writer, const void *bytes, size_t length) {
    if (!has_room(writer, length)) return too_large();
    writer->length += length;
    writer->crc = append_crc(writer->crc, bytes, length);
    return gan__sink_write(writer->sink, bytes, length);
}

gan_status gan__zip_member_end(gan_zip_writer *writer) {
    uint8_t descriptor[DESCRIPTOR_BYTES] = "PK\7\10";
    put_facts(descriptor + 4, writer->crc, (size_t)writer->length, (size_t)writer->length);
    GAN_TRY(gan__text_status(&writer->directory));
    memcpy(writer->directory.bytes + writer->entry + 6 + FACTS_AT, descriptor + 4, 12);
    return gan__sink_write(writer->sink, descriptor, sizeof descriptor);
}

// --- The directory -------------------------------------------------------------------------------
gan_status gan__zip_finish(gan_zip_writer *writer) {
    uint8_t end[END_BYTES] = "PK\5\6";
    uint64_t at = gan__sink_position(writer->sink);
    if (at + writer->directory.length > UINT32_MAX) return too_large();
    gan__put_u16(end + 8, (uint16_t)writer->count);
    gan__put_u16(end + 10, (uint16_t)writer->count);
    gan__put_u32(end + 12, (uint32_t)writer->directory.length);
    gan__put_u32(end + 16, (uint32_t)at);
    GAN_TRY(gan__text_status(&writer->directory));
    GAN_TRY(gan__sink_write(writer->sink, gan__text_string(&writer->directory),
                            writer->directory.length));
    return gan__sink_write(writer->sink, end, sizeof end);
}

void gan__zip_writer_destroy(gan_zip_writer *writer) {
    gan__text_destroy(&writer->directory);
}
