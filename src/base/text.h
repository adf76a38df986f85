// Growing text. Errors are sticky: after the first failed allocation appends do nothing, and
// gan__text_status says so; so a generator appends freely and checks once.
#ifndef GAN_BASE_TEXT_H
#define GAN_BASE_TEXT_H

#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>

typedef struct gan_text {
    char *bytes; // zero-terminated once anything was appended; NULL before
    size_t length;
    size_t capacity;
    gan_status status;
} gan_text; // all zero is an empty text

void gan__text_append(gan_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void gan__text_append_v(gan_text *text, const char *format, va_list arguments);
void gan__text_append_bytes(gan_text *text, const void *bytes, size_t length);
// The content, zero-terminated; "" when empty.
const char *gan__text_string(const gan_text *text);
gan_status gan__text_status(const gan_text *text);
// Empties the text but keeps its memory.
void gan__text_clear(gan_text *text);
void gan__text_destroy(gan_text *text);

// Copies `source` to `target` (of `size` bytes) with control characters (newlines and tabs too) and
// bytes that are no UTF-8 as \xNN, so that a name read from a file can do nothing to a terminal;
// always terminated, cut only between characters.
void gan__text_escape(const char *source, char *target, size_t size);
// The same, but newlines and tabs stay: for a text of several lines, such as a compiler's log.
void gan__text_escape_lines(const char *source, char *target, size_t size);

// The bytes of the UTF-8 character that `text` begins with; 0 at the end or where it is not valid.
size_t gan__text_utf8_length(const char *text);

// The candidate nearest to `word` by edit distance, or NULL when none is near enough to be meant
// (distance at most a third of the longer's length, and at least 1). For "did you mean".
const char *gan__text_nearest(const char *word, const char *const *candidates, size_t count);

#endif
