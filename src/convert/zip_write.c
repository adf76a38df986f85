// Writes zip archives front to back, so that they may go to a pipe.
#include "checkpoint/bytes.h"
#include "convert/zip.h"

#include <string.h>
#include <zlib.h>

enum {
    LOCAL_BYTES = 30,
    CENTRAL_BYTES = 46,
    END_BYTES = 22,
    SHARED_BYTES = 26, // what the local header and the directory's entry have alike
    VERSION = 20,      // 2.0: deflate
    UTF8_NAME = 1 << 11,
    MADE_BY_UNIX = 3 << 8,
    DATE_1980_01_01 = 1 << 5 | 1,
    RAW_WINDOW = -15,
    MEMORY_LEVEL = 8,
};

// A member's content, packed or not.
typedef struct zip_content {
    const void *piece[2];
    size_t length[2];
    uint32_t crc;
    uint8_t *packed; // owned; NULL where it is stored
    size_t packed_length;
} zip_content;

static gan_status too_large(void) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "the .npz would have 4 GiB or more, or 65535 members; write .safetensors, or "
                     "choose with --only or --network");
}

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

// From "version needed to extract" to "extra field length".
static void shared_header(const zip_content *content, size_t name_length,
                          uint8_t header[SHARED_BYTES]) {
    size_t length = content->length[0] + content->length[1];
    memset(header, 0, SHARED_BYTES);
    gan__put_u16(header, VERSION);
    gan__put_u16(header + 2, UTF8_NAME);
    gan__put_u16(header + 4, content->packed ? Z_DEFLATED : 0);
    gan__put_u16(header + 8, DATE_1980_01_01);
    gan__put_u32(header + 10, content->crc);
    gan__put_u32(header + 14, (uint32_t)(content->packed ? content->packed_length : length));
    gan__put_u32(header + 18, (uint32_t)length);
    gan__put_u16(header + 22, (uint16_t)name_length);
}

static gan_status write_content(gan_zip_writer *writer, const char *name,
                                const zip_content *content) {
    uint8_t local[LOCAL_BYTES] = "PK\3\4", central[CENTRAL_BYTES] = "PK\1\2";
    uint64_t at = gan__sink_position(writer->sink);
    size_t name_length = strlen(name);
    shared_header(content, name_length, local + 4);
    gan__put_u16(central + 4, MADE_BY_UNIX | VERSION);
    memcpy(central + 6, local + 4, SHARED_BYTES);
    gan__put_u32(central + 38, UINT32_C(0100644) << 16); // the mode of a plain file
    gan__put_u32(central + 42, (uint32_t)at);
    gan__text_append_bytes(&writer->directory, central, sizeof central);
    gan__text_append_bytes(&writer->directory, name, name_length);
    writer->count++;
    GAN_TRY(gan__sink_write(writer->sink, local, sizeof local));
    GAN_TRY(gan__sink_write(writer->sink, name, name_length));
    if (content->packed)
        return gan__sink_write(writer->sink, content->packed, content->packed_length);
    GAN_TRY(gan__sink_write(writer->sink, content->piece[0], content->length[0]));
    return gan__sink_write(writer->sink, content->piece[1], content->length[1]);
}

gan_status gan__zip_write(gan_zip_writer *writer, const char *name, const void *first,
                          size_t first_length, const void *second, size_t second_length) {
    zip_content content = {.piece = {first, second}, .length = {first_length, second_length}};
    uint64_t at = gan__sink_position(writer->sink);
    uint64_t reached = at + first_length + second_length + UINT16_MAX; // a name fits in the rest
    if (reached > UINT32_MAX || writer->count + 1 >= UINT16_MAX) return too_large();
    content.crc = (uint32_t)crc32_z(crc32_z(0, first, first_length), second, second_length);
    gan_status status = writer->level > 0 ? pack(&content, writer->level) : GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = write_content(writer, name, &content);
    gan__free(content.packed);
    return status;
}

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
