// Reads and writes the dictionary that stands before an array's elements. The parser knows just as
// much Python as numpy.save writes, and trusts nothing.
#include "base/npy.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <string.h>

enum { MAGIC_BYTES = 6, VERSION_BYTES = 2, ALIGNMENT = 64 };
static const uint8_t magic[MAGIC_BYTES] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

// --- Reading -------------------------------------------------------------------------------------
// The dictionary being read; `at` never passes `end`.
typedef struct npy_reader {
    const uint8_t *bytes;
    size_t at, end;
} npy_reader;

static gan_status malformed(size_t at, const char *expected) {
    return gan__fail(GAN_STATUS_CORRUPT,
                     "byte %zu: the .npy header should have %s here; write the file again with "
                     "numpy.save",
                     at, expected);
}

// Where the next thing begins that is no space.
static size_t next_at(npy_reader *reader) {
    while (reader->at < reader->end && memchr(" \t\n", reader->bytes[reader->at], 3)) reader->at++;
    return reader->at;
}

static bool accept(npy_reader *reader, const char *word) {
    size_t length = strlen(word), at = next_at(reader);
    if (reader->end - at < length || memcmp(reader->bytes + at, word, length) != 0) return false;
    reader->at += length;
    return true;
}

// A quoted string without escapes, shorter than `size`.
static bool accept_string(npy_reader *reader, char *text, size_t size) {
    size_t start = next_at(reader) + 1, length = 0;
    if (start > reader->end) return false;
    uint8_t quote = reader->bytes[start - 1];
    if (quote != '\'' && quote != '"') return false;
    while (start + length < reader->end && reader->bytes[start + length] != quote) length++;
    if (start + length == reader->end || length >= size) return false;
    memcpy(text, reader->bytes + start, length);
    text[length] = 0;
    reader->at = start + length + 1;
    return true;
}

static gan_status read_type(npy_reader *reader, gan_npy_header *out) {
    char code[sizeof out->type + 1];
    out->type_at = next_at(reader);
    if (accept(reader, "["))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: a structured array (elements with fields), which cannot be "
                         "read; save a plain array",
                         out->type_at);
    if (!accept_string(reader, code, sizeof code) || !code[0] || !strchr("<>|=", code[0]))
        return malformed(out->type_at, "an element type like '<f4'");
    out->order = code[0];
    memcpy(out->type, code + 1, strlen(code));
    return GAN_STATUS_OK;
}

static gan_status read_order(npy_reader *reader, gan_npy_header *out) {
    out->order_at = next_at(reader);
    out->columns_first = accept(reader, "True");
    if (out->columns_first || accept(reader, "False")) return GAN_STATUS_OK;
    return malformed(out->order_at, "True or False");
}

static bool accept_size(npy_reader *reader, int64_t *size) {
    size_t start = next_at(reader);
    for (*size = 0; reader->at < reader->end; reader->at++) {
        unsigned digit = (unsigned)reader->bytes[reader->at] - '0';
        if (digit > 9) break;
        if (*size > (INT64_MAX - (int64_t)digit) / 10) return false;
        *size = *size * 10 + (int64_t)digit;
    }
    return reader->at > start;
}

static gan_status read_shape(npy_reader *reader, gan_npy_header *out) {
    out->size_at = next_at(reader);
    if (!accept(reader, "(")) return malformed(out->size_at, "a shape in parentheses");
    out->rank = 0;
    while (!accept(reader, ")")) {
        if (out->rank == GAN_NPY_RANK_MAX)
            return malformed(reader->at, "a shape of at most 8 axes");
        if (!accept_size(reader, &out->size[out->rank])) return malformed(reader->at, "a size");
        out->rank++;
        if (accept(reader, ",")) continue;
        // Only one size needs its comma, to be a tuple.
        if (out->rank == 1 || !accept(reader, ")")) return malformed(reader->at, "a comma");
        break;
    }
    return GAN_STATUS_OK;
}

static const struct {
    const char *key;
    gan_status (*read)(npy_reader *reader, gan_npy_header *out);
} entries[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static gan_status read_entry(npy_reader *reader, bool seen[ENTRIES], gan_npy_header *out) {
    char key[16];
    size_t which = ENTRIES, at = next_at(reader);
    if (accept_string(reader, key, sizeof key))
        for (which = 0; which < ENTRIES && strcmp(entries[which].key, key) != 0;) which++;
    if (which == ENTRIES || seen[which])
        return malformed(at, "'descr', 'fortran_order' or 'shape', each once,");
    seen[which] = true;
    if (!accept(reader, ":")) return malformed(reader->at, "a colon");
    return entries[which].read(reader, out);
}

static gan_status read_dictionary(npy_reader *reader, gan_npy_header *out) {
    bool seen[ENTRIES] = {false};
    if (!accept(reader, "{")) return malformed(reader->at, "a dictionary");
    while (!accept(reader, "}")) {
        GAN_TRY(read_entry(reader, seen, out));
        if (accept(reader, ",")) continue;
        if (accept(reader, "}")) break;
        return malformed(reader->at, "a comma or the end of the dictionary");
    }
    for (size_t i = 0; i < ENTRIES; i++)
        if (!seen[i])
            return malformed(reader->at,
                             "'descr', 'fortran_order' and 'shape', all three before this,");
    if (next_at(reader) == reader->end) return GAN_STATUS_OK;
    return malformed(reader->at, "only spaces until its end");
}

gan_status gan__npy_header_parse(const uint8_t *bytes, size_t length, gan_npy_header *out) {
    gan_cursor cursor = {.bytes = bytes, .length = length};
    const uint8_t *start = gan__cursor_take(&cursor, MAGIC_BYTES);
    if (!start || memcmp(start, magic, MAGIC_BYTES) != 0)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "byte 0: this is no .npy array (no NUMPY magic); write it with numpy.save");
    uint8_t major = gan__cursor_u8(&cursor), minor = gan__cursor_u8(&cursor);
    if (!cursor.overrun && (major < 1 || major > 3 || minor != 0))
        return gan__fail(GAN_STATUS_BAD_VERSION,
                         "byte %d: .npy version %d.%d; 1.0, 2.0 and 3.0 can be read", MAGIC_BYTES,
                         major, minor);
    size_t dictionary = major == 1 ? gan__cursor_u16(&cursor) : gan__cursor_u32(&cursor);
    size_t begin = MAGIC_BYTES + VERSION_BYTES + (major == 1 ? 2 : 4);
    if (cursor.overrun || !gan__cursor_take(&cursor, dictionary))
        return gan__fail(GAN_STATUS_CORRUPT,
                         "cut short: the .npy header should end at byte %zu, but the content ends "
                         "at byte %zu; fetch or write the file again",
                         begin + dictionary, length);
    *out = (gan_npy_header){.data = cursor.at};
    npy_reader reader = {.bytes = bytes, .at = begin, .end = cursor.at};
    return read_dictionary(&reader, out);
}

// --- Writing -------------------------------------------------------------------------------------
// Single bytes and strings of them have no byte order.
static char order_of(const char *type) {
    return type[0] == 'S' || strcmp(type + 1, "1") == 0 ? '|' : '<';
}

void gan__npy_header_print(const char *type, int rank, const int64_t *size, gan_text *out) {
    gan_text words = {0};
    gan__text_append(&words, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order_of(type),
                     type);
    for (int i = 0; i < rank; i++) gan__text_append(&words, "%s%" PRId64, i ? ", " : "", size[i]);
    gan__text_append(&words, rank == 1 ? ",), }" : "), }");
    uint8_t start[MAGIC_BYTES + VERSION_BYTES + 2] = {[MAGIC_BYTES] = 1};
    size_t used = sizeof start + words.length + 1;
    gan__text_append(&words, "%*s\n", (int)((ALIGNMENT - used % ALIGNMENT) % ALIGNMENT), "");
    memcpy(start, magic, MAGIC_BYTES);
    gan__put_u16(start + MAGIC_BYTES + VERSION_BYTES, (uint16_t)words.length);
    gan__text_append_bytes(out, start, sizeof start);
    gan__text_append_bytes(out, gan__text_string(&words), words.length);
    if (gan__text_status(&words) != GAN_STATUS_OK) out->status = words.status;
    gan__text_destroy(&words);
}
