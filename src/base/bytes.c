// The cursor over little-endian numbers.
#include "base/bytes.h"

#include <string.h>

const uint8_t *gan__cursor_take(gan_cursor *cursor, size_t length) {
    if (cursor->overrun || length > cursor->length - cursor->at) {
        cursor->overrun = true;
        return NULL;
    }
    const uint8_t *bytes = cursor->bytes + cursor->at;
    cursor->at += length;
    return bytes;
}

uint8_t gan__cursor_u8(gan_cursor *cursor) {
    const uint8_t *bytes = gan__cursor_take(cursor, 1);
    return bytes ? *bytes : 0;
}

uint16_t gan__cursor_u16(gan_cursor *cursor) {
    const uint8_t *bytes = gan__cursor_take(cursor, 2);
    return bytes ? gan__get_u16(bytes) : 0;
}

uint32_t gan__cursor_u32(gan_cursor *cursor) {
    const uint8_t *bytes = gan__cursor_take(cursor, 4);
    return bytes ? gan__get_u32(bytes) : 0;
}

uint64_t gan__cursor_u64(gan_cursor *cursor) {
    const uint8_t *bytes = gan__cursor_take(cursor, 8);
    return bytes ? gan__get_u64(bytes) : 0;
}

double gan__cursor_f64(gan_cursor *cursor) {
    uint64_t bits = gan__cursor_u64(cursor);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
