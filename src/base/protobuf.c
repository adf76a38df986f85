// Implements base/protobuf.h. Source: the encoding page of protobuf's documentation.
#include "base/protobuf.h"

#include "base/bytes.h"

#include <string.h>

enum wire_type { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_LENGTH = 2, WIRE_32 = 5 };

static void append_varint(gan_text *message, uint64_t value) {
    uint8_t bytes[10];
    size_t length = 0;
    do {
        bytes[length] = (uint8_t)(value & 127);
        value >>= 7;
        if (value != 0) bytes[length] |= 128;
        length++;
    } while (value != 0);
    gan__text_append_bytes(message, bytes, length);
}

static void append_key(gan_text *message, unsigned field, enum wire_type type) {
    append_varint(message, (uint64_t)field << 3 | type);
}

void gan__protobuf_varint(gan_text *message, unsigned field, int64_t value) {
    append_key(message, field, WIRE_VARINT);
    append_varint(message, (uint64_t)value);
}

void gan__protobuf_float(gan_text *message, unsigned field, float value) {
    uint32_t word;
    uint8_t bytes[4];
    memcpy(&word, &value, sizeof word);
    gan__put_u32(bytes, word);
    append_key(message, field, WIRE_32);
    gan__text_append_bytes(message, bytes, sizeof bytes);
}

void gan__protobuf_double(gan_text *message, unsigned field, double value) {
    uint64_t word;
    uint8_t bytes[8];
    memcpy(&word, &value, sizeof word);
    gan__put_u64(bytes, word);
    append_key(message, field, WIRE_64);
    gan__text_append_bytes(message, bytes, sizeof bytes);
}

void gan__protobuf_bytes(gan_text *message, unsigned field, const void *bytes, size_t length) {
    append_key(message, field, WIRE_LENGTH);
    append_varint(message, length);
    gan__text_append_bytes(message, bytes, length);
}

void gan__protobuf_string(gan_text *message, unsigned field, const char *string) {
    gan__protobuf_bytes(message, field, string, strlen(string));
}

void gan__protobuf_message(gan_text *message, unsigned field, const gan_text *inner) {
    if (inner->status != GAN_STATUS_OK) message->status = inner->status;
    gan__protobuf_bytes(message, field, gan__text_string(inner), inner->length);
}
