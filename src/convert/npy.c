// Reads and writes the dictionary that stands before an array's elements: just so much Python as
// numpy.save writes.
#include "convert/npy.h"

#include "checkpoint/bytes.h"

#include <string.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC_BYTES = 6, ALIGNMENT = 64, SIZE_MAX_DIGITS = 18 };

// --- Reading -------------------------------------------------------------------------------------
// The dictionary being read; `at` never passes `end`.
typedef struct npy_reader {
    const uint8_t *bytes;
    size_t at, end;
} npy_reader;

static gan_status malformed(const npy_reader *reader, const char *expected) {
    return gan__fail(GAN_STATUS_CORRUPT, "byte %zu of the .npy header should be %s", reader->at,
                     expected);
}

static void skip_spaces(npy_reader *reader) {
    while (reader->at < reader->end && memchr(" \t\n", reader->bytes[reader->at], 3)) reader->at++;
}

static bool accept(npy_reader *reader, const char *word) {
    size_t length = strlen(word);
    skip_spaces(reader);
    if (reader->end - reader->at < length || memcmp(reader->bytes + reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

// A quoted string without escapes, shorter than `size`.
static bool accept_string(npy_reader *reader, char *text, size_t size) {
    skip_spaces(reader);
    if (reader->at == reader->end) return false;
    uint8_t quote = reader->bytes[reader->at];
    if (quote != '\'' && quote != '"') return false;
    size_t start = reader->at + 1, length = 0;
    while (start + length < reader->end && reader->bytes[start + length] != quote) length++;
    if (start + length == reader->end || length >= size) return false;
    memcpy(text, reader->bytes + start, length);
    text[length] = 0;
    reader->at = start + length + 1;
    return true;
}

static gan_status read_type(npy_reader *reader, gan_npy_header *out) {
    char code[sizeof out->type + 1];
    if (accept(reader, "["))
        return gan__fail(GAN_STATUS_BAD_INPUT, "a structured array, which cannot be read");
    if (!accept_string(reader, code, sizeof code) || !code[0] || !strchr("<>|=", code[0]))
        return malformed(reader, "a type such as '<f4'");
    out->big_endian = code[0] == '>';
    memcpy(out->type, code + 1, strlen(code));
    return GAN_STATUS_OK;
}

static gan_status read_order(npy_reader *reader, gan_npy_header *out) {
    out->columns_first = accept(reader, "True");
    if (out->columns_first || accept(reader, "False")) return GAN_STATUS_OK;
    return malformed(reader, "True or False");
}

static bool accept_size(npy_reader *reader, int64_t *size) {
    skip_spaces(reader);
    size_t start = reader->at;
    for (*size = 0; reader->at < reader->end; reader->at++) {
        uint8_t byte = reader->bytes[reader->at];
        if (byte < '0' || byte > '9') break;
        if (reader->at - start >= SIZE_MAX_DIGITS) return false;
        *size = *size * 10 + (byte - '0');
    }
    return reader->at > start;
}

static gan_status read_shape(npy_reader *reader, gan_npy_header *out) {
    if (!accept(reader, "(")) return malformed(reader, "a shape in parentheses");
    for (out->rank = 0; !accept(reader, ")"); out->rank++) {
        if (out->rank == GAN_TENSOR_RANK_MAX)
            return gan__fail(GAN_STATUS_BAD_INPUT, "the array has more than %d sizes",
                             GAN_TENSOR_RANK_MAX);
        if (!accept_size(reader, &out->size[out->rank])) return malformed(reader, "a size");
        if (accept(reader, ",")) continue;
        if (!accept(reader, ")")) return malformed(reader, "a comma or the end of the shape");
        out->rank++;
        break;
    }
    return GAN_STATUS_OK;
}

static const struct {
    const char *key;
    gan_status (*read)(npy_reader *reader, gan_npy_header *out);
} entries[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static gan_status read_dictionary(npy_reader *reader, gan_npy_header *out) {
    bool seen[ENTRIES] = {false};
    size_t found = 0;
    if (!accept(reader, "{")) return malformed(reader, "a dictionary");
    while (!accept(reader, "}")) {
        char key[16];
        size_t which = ENTRIES;
        if (accept_string(reader, key, sizeof key)) {
            for (which = 0; which < ENTRIES && strcmp(entries[which].key, key) != 0;) which++;
        }
        if (which == ENTRIES || seen[which] || !accept(reader, ":"))
            return malformed(reader, "'descr', 'fortran_order' or 'shape', each once");
        seen[which] = true;
        found++;
        GAN_TRY(entries[which].read(reader, out));
        if (accept(reader, ",")) continue;
        if (!accept(reader, "}")) return malformed(reader, "a comma or the end of the dictionary");
        break;
    }
    skip_spaces(reader);
    if (found == ENTRIES && reader->at == reader->end) return GAN_STATUS_OK;
    return malformed(reader, "the end, with descr, fortran_order and shape before it");
}

gan_status gan__npy_parse_header(const uint8_t *bytes, size_t length, gan_npy_header *out) {
    gan_cursor cursor = {.bytes = bytes, .length = length};
    const uint8_t *start = gan__cursor_take(&cursor, MAGIC_BYTES);
    uint8_t version = gan__cursor_u8(&cursor);
    (void)gan__cursor_u8(&cursor); // minor
    if (!start || memcmp(start, magic, MAGIC_BYTES) != 0 || version < 1 || version > 3)
        return gan__fail(GAN_STATUS_CORRUPT, "it does not begin as .npy of version 1 to 3");
    size_t header = version == 1 ? gan__cursor_u16(&cursor) : gan__cursor_u32(&cursor);
    if (!gan__cursor_take(&cursor, header))
        return gan__fail(GAN_STATUS_CORRUPT, "its header of %zu bytes is cut short", header);
    *out = (gan_npy_header){.data = cursor.at};
    npy_reader reader = {.bytes = bytes, .at = cursor.at - header, .end = cursor.at};
    return read_dictionary(&reader, out);
}

// --- Writing -------------------------------------------------------------------------------------
void gan__npy_print_header(const char *type, int rank, const int64_t *size, gan_text *out) {
    gan_text words = {0};
    bool has_order = type[0] != 'S' && strcmp(type + 1, "1") != 0;
    gan__text_append(&words, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                     has_order ? '<' : '|', type);
    for (int i = 0; i < rank; i++) {
        gan__text_append(&words, "%s%lld", i ? ", " : "", (long long)size[i]);
    }
    gan__text_append(&words, rank == 1 ? ",), }" : "), }");
    size_t before = MAGIC_BYTES + 4, used = before + words.length + 1;
    size_t total = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    gan__text_append(&words, "%*s\n", (int)(total - used), "");
    uint8_t start[MAGIC_BYTES + 4] = "\x93NUMPY\1";
    gan__put_u16(start + 8, (uint16_t)words.length);
    gan__text_append_bytes(out, start, sizeof start);
    gan__text_append_bytes(out, gan__text_string(&words), words.length);
    if (gan__text_status(&words) != GAN_STATUS_OK) out->status = words.status;
    gan__text_destroy(&words);
}
