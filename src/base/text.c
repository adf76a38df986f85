// Growing text, escaping, and the nearest word.
#include "base/text.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool text_reserve(gan_text *text, size_t more) {
    if (text->status != GAN_STATUS_OK) return false;
    if (more > SIZE_MAX / 2 - text->length - 1) more = SIZE_MAX / 2; // the allocation will refuse
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) return true;
    size_t capacity = text->capacity ? text->capacity * 2 : 64;
    if (capacity < needed) capacity = needed;
    text->status = gan__realloc(capacity, 1, (void **)&text->bytes);
    if (text->status != GAN_STATUS_OK) return false;
    text->capacity = capacity;
    return true;
}

void gan__text_append_v(gan_text *text, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0 && text->status == GAN_STATUS_OK) {
        text->status = gan__fail(GAN_STATUS_FAILED, "a text cannot be formatted: \"%s\"", format);
    }
    if (text_reserve(text, length < 0 ? 0 : (size_t)length)) {
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void gan__text_append(gan_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    gan__text_append_v(text, format, arguments);
    va_end(arguments);
}

void gan__text_append_bytes(gan_text *text, const void *bytes, size_t length) {
    if (!text_reserve(text, length)) return;
    if (length > 0) memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

const char *gan__text_string(const gan_text *text) {
    return text->bytes ? text->bytes : "";
}

gan_status gan__text_status(const gan_text *text) {
    return text->status;
}

void gan__text_clear(gan_text *text) {
    text->length = 0;
    text->status = GAN_STATUS_OK;
    if (text->bytes) text->bytes[0] = '\0';
}

void gan__text_destroy(gan_text *text) {
    gan__free(text->bytes);
    *text = (gan_text){0};
}

size_t gan__text_utf8_length(const char *text) {
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) return byte[0] != 0;
    size_t length = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
    uint32_t point = byte[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80) return 0;
        point = point << 6 | (byte[i] & 0x3FU);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    bool lead = byte[0] >= 0xC2 && byte[0] <= 0xF4;
    return lead && point >= smallest[length] && point <= 0x10FFFF && !surrogate ? length : 0;
}

// Whether the character of `length` bytes (0: none that is valid) would do something to a terminal.
static bool is_control(const char *text, size_t length) {
    const unsigned char *byte = (const unsigned char *)text;
    if (length == 0) return true;
    if (length == 1) return byte[0] < 0x20 || byte[0] == 0x7F;
    if (length == 2) return byte[0] == 0xC2 && byte[1] < 0xA0; // C1: U+0080 to U+009F
    // Separators of lines, and what turns the direction of writing: U+2028 to U+202E, U+2066 to
    // U+2069.
    const bool general = length == 3 && byte[0] == 0xE2;
    return general && ((byte[1] == 0x80 && byte[2] >= 0xA8 && byte[2] <= 0xAE) ||
                       (byte[1] == 0x81 && byte[2] >= 0xA6 && byte[2] <= 0xA9));
}

// `kept` are control bytes that pass as they are.
static void escape(const char *source, const char *kept, char *target, size_t size) {
    if (size == 0) return;
    size_t used = 0;
    while (*source) {
        char hex[4 * 4 + 1]; // of a character of four bytes
        size_t length = gan__text_utf8_length(source);
        size_t taken = length ? length : 1, written = taken;
        const char *piece = source;
        if (is_control(source, length) && !strchr(kept, *source)) {
            written = 0;
            for (size_t i = 0; i < taken; i++, written += 4) {
                snprintf(hex + written, 5, "\\x%02x", (unsigned char)source[i]);
            }
            piece = hex;
        }
        if (used + written >= size) break;
        memcpy(target + used, piece, written);
        used += written;
        source += taken;
    }
    target[used] = '\0';
}

void gan__text_escape(const char *source, char *target, size_t size) {
    escape(source, "", target, size);
}

void gan__text_escape_lines(const char *source, char *target, size_t size) {
    escape(source, "\n\t", target, size);
}

enum { LONGEST_WORD = 96 };

// Edits (insert, delete, replace, swap two neighbours) from `a` to `b`, letter case apart: the
// restricted Damerau-Levenshtein distance.
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][LONGEST_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++) above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            size_t best = above[j - 1] + (x != y);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            bool swap = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                        y == tolower((unsigned char)a[i - 2]);
            if (swap && before[j - 2] + 1 < best) best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

const char *gan__text_nearest(const char *word, const char *const *candidates, size_t count) {
    const char *nearest = NULL;
    size_t nearest_distance = SIZE_MAX, length = strlen(word);
    if (length > LONGEST_WORD) return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other > LONGEST_WORD) continue;
        size_t longer = length > other ? length : other;
        size_t allowed = longer >= 6 ? longer / 3 : 1;
        size_t distance = edit_distance(word, length, candidates[i], other);
        if (distance > allowed || distance >= longer || distance >= nearest_distance) continue;
        nearest = candidates[i];
        nearest_distance = distance;
    }
    return nearest;
}
