// Fields of protocol buffers to and from bytes.
#include "base/wire.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5, TYPE_BITS = 3, VARINT_MAX = 10 };

// --- Writing -------------------------------------------------------------------------------------
static void put_varint(gan_text *message, uint64_t value) {
    uint8_t bytes[VARINT_MAX];
    size_t count = 0;
    do {
        bytes[count++] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value > 0);
    gan__text_append_bytes(message, bytes, count);
}

static void put_tag(gan_text *message, int field, int type) {
    put_varint(message, (uint64_t)field << TYPE_BITS | (uint64_t)type);
}

void gan__wire_put_whole(gan_text *message, int field, int64_t value) {
    put_tag(message, field, VARINT);
    put_varint(message, (uint64_t)value);
}

void gan__wire_put_float(gan_text *message, int field, float value) {
    uint32_t bits;
    uint8_t bytes[4];
    memcpy(&bits, &value, sizeof bits);
    gan__put_u32(bytes, bits);
    put_tag(message, field, FIXED32);
    gan__text_append_bytes(message, bytes, sizeof bytes);
}

void gan__wire_put_double(gan_text *message, int field, double value) {
    uint64_t bits;
    uint8_t bytes[8];
    memcpy(&bits, &value, sizeof bits);
    gan__put_u64(bytes, bits);
    put_tag(message, field, FIXED64);
    gan__text_append_bytes(message, bytes, sizeof bytes);
}

void gan__wire_put_start(gan_text *message, int field, uint64_t length) {
    put_tag(message, field, LENGTH);
    put_varint(message, length);
}

void gan__wire_put_bytes(gan_text *message, int field, const void *bytes, size_t length) {
    gan__wire_put_start(message, field, length);
    gan__text_append_bytes(message, bytes, length);
}

void gan__wire_put_string(gan_text *message, int field, const char *string) {
    gan__wire_put_bytes(message, field, string, strlen(string));
}

void gan__wire_put_message(gan_text *message, int field, const gan_text *inner) {
    if (message->status == GAN_STATUS_OK) message->status = inner->status;
    gan__wire_put_bytes(message, field, gan__text_string(inner), inner->length);
}

// --- Reading -------------------------------------------------------------------------------------
static gan_status damaged(const gan_cursor *cursor, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT, "byte %zu of a message of %zu: %s", cursor->at,
                     cursor->length, what);
}

gan_status gan__wire_take_varint(gan_cursor *cursor, uint64_t *out) {
    *out = 0;
    for (int i = 0; i < VARINT_MAX; i++) {
        uint8_t byte = gan__cursor_u8(cursor);
        if (cursor->overrun) break;
        *out |= (uint64_t)(byte & 0x7f) << 7 * i;
        if (byte < 0x80) return GAN_STATUS_OK;
    }
    return damaged(cursor, "a number that does not end");
}

static gan_status take_content(gan_cursor *message, gan_wire_field *field) {
    uint64_t length;
    GAN_TRY(gan__wire_take_varint(message, &length));
    field->at = message->at;
    if (length > message->length - message->at)
        return damaged(message, "a field reaches past the message");
    field->has_content = true;
    field->content =
        (gan_cursor){.bytes = gan__cursor_take(message, (size_t)length), .length = (size_t)length};
    return GAN_STATUS_OK;
}

gan_status gan__wire_next(gan_cursor *message, gan_wire_field *field, bool *more) {
    uint64_t tag;
    *field = (gan_wire_field){0};
    *more = message->at < message->length;
    if (!*more) return GAN_STATUS_OK;
    GAN_TRY(gan__wire_take_varint(message, &tag));
    if (tag >> TYPE_BITS == 0 || tag >> TYPE_BITS > INT32_MAX)
        return damaged(message, "a field's number is none");
    field->number = (int)(tag >> TYPE_BITS);
    switch (tag & ((1 << TYPE_BITS) - 1)) {
    case VARINT:
        return gan__wire_take_varint(message, &field->whole);
    case FIXED64:
        field->whole = gan__cursor_u64(message);
        break;
    case FIXED32:
        field->whole = gan__cursor_u32(message);
        break;
    case LENGTH:
        return take_content(message, field);
    default:
        return damaged(message, "a field's type is none");
    }
    return message->overrun ? damaged(message, "a field reaches past the message") : GAN_STATUS_OK;
}
