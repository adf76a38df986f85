// NumPy's .npy, versions 1 to 3 (numpy.lib.format): a magic, a version, the header's length, a
// Python dictionary literal with exactly three keys, then the elements. The literal is read by a
// parser that knows just that much Python and trusts nothing.
#include "data/formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char magic[6] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

static const struct {
    char code[3];
    gan_element element;
} types[] = {
    {"u1", GAN_ELEMENT_U8},  {"i1", GAN_ELEMENT_I8},  {"u2", GAN_ELEMENT_U16},
    {"i2", GAN_ELEMENT_I16}, {"u4", GAN_ELEMENT_U32}, {"i4", GAN_ELEMENT_I32},
    {"u8", GAN_ELEMENT_U64}, {"i8", GAN_ELEMENT_I64}, {"f4", GAN_ELEMENT_F32},
    {"f8", GAN_ELEMENT_F64},
};

// The literal being read; `at` never passes `end`.
typedef struct reader {
    const gan_file *file;
    size_t at;
    size_t end;
} reader;

static gan_status malformed(const reader *r, const char *expected) {
    return gan__fail(GAN_STATUS_CORRUPT,
                     "%s: byte %zu: the .npy header should have %s here; write the file again with "
                     "numpy.save",
                     r->file->path, r->at, expected);
}

static void skip_spaces(reader *r) {
    while (r->at < r->end && memchr(" \t\n", r->file->bytes[r->at], 3)) r->at++;
}

static bool accept(reader *r, char wanted) {
    skip_spaces(r);
    if (r->at == r->end || r->file->bytes[r->at] != (uint8_t)wanted) return false;
    r->at++;
    return true;
}

static bool accept_word(reader *r, const char *word) {
    skip_spaces(r);
    size_t length = strlen(word);
    if (r->end - r->at < length || memcmp(r->file->bytes + r->at, word, length) != 0) return false;
    r->at += length;
    return true;
}

// A quoted string without escapes, shorter than `size`, into `text`.
static bool accept_string(reader *r, char *text, size_t size) {
    size_t start = r->at;
    char quote = accept(r, '\'') ? '\'' : accept(r, '"') ? '"' : 0;
    size_t length = 0;
    while (quote && r->at < r->end && length + 1 < size) {
        char c = (char)r->file->bytes[r->at++];
        if (c == quote) {
            text[length] = 0;
            return true;
        }
        text[length++] = c;
    }
    r->at = start;
    return false;
}

static gan_status read_type(reader *r, gan_array *out) {
    char code[64];
    skip_spaces(r);
    size_t at = r->at;
    if (accept(r, '['))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte %zu: a structured array (elements with fields), which cannot be "
                         "read; save one plain array of samples",
                         r->file->path, at);
    if (!accept_string(r, code, sizeof code)) return malformed(r, "an element type like '<f4'");
    for (size_t i = 0; i < sizeof types / sizeof *types; ++i)
        if (strlen(code) == 3 && strchr("<>|=", code[0]) && strcmp(code + 1, types[i].code) == 0) {
            out->element = types[i].element;
            out->big_endian = code[0] == '>';
            return GAN_STATUS_OK;
        }
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s: byte %zu: elements of type '%s' cannot be read; use numpy.uint8 or "
                     "numpy.float32, and any whole number for labels",
                     r->file->path, at, code);
}

static gan_status read_order(reader *r) {
    if (accept_word(r, "False")) return GAN_STATUS_OK;
    size_t at = r->at;
    if (!accept_word(r, "True")) return malformed(r, "True or False");
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s: byte %zu: the array is in Fortran order, which cannot be read; save "
                     "numpy.ascontiguousarray(array) instead",
                     r->file->path, at);
}

static bool accept_size(reader *r, uint64_t *out) {
    skip_spaces(r);
    size_t start = r->at;
    for (*out = 0; r->at < r->end; r->at++) {
        unsigned digit = (unsigned)r->file->bytes[r->at] - '0';
        if (digit > 9) break;
        if (*out > (UINT64_MAX - digit) / 10) return false;
        *out = *out * 10 + digit;
    }
    return r->at > start;
}

static gan_status read_shape(reader *r, gan_array *out) {
    if (!accept(r, '(')) return malformed(r, "a shape in parentheses");
    out->rank = 0;
    while (!accept(r, ')')) {
        if (out->rank == GAN_ARRAY_RANK_MAX) return malformed(r, "a shape of at most 8 axes");
        if (!accept_size(r, &out->size[out->rank])) return malformed(r, "a size");
        out->rank++;
        if (!accept(r, ',')) {
            if (!accept(r, ')') || out->rank == 1) return malformed(r, "a comma");
            break;
        }
    }
    if (out->rank == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte %zu: the array is a single number (shape ()); save an array of "
                         "samples",
                         r->file->path, r->at - 1);
    return GAN_STATUS_OK;
}

static gan_status read_entry(reader *r, unsigned *seen, gan_array *out) {
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    char key[16];
    skip_spaces(r);
    reader start = *r;
    unsigned which = 0;
    if (accept_string(r, key, sizeof key))
        while (which < 3 && strcmp(key, keys[which]) != 0) which++;
    else
        which = 3;
    if (which == 3 || *seen & 1u << which)
        return malformed(&start, "'descr', 'fortran_order' or 'shape', each once,");
    *seen |= 1u << which;
    if (!accept(r, ':')) return malformed(r, "a colon");
    if (which == 0) return read_type(r, out);
    return which == 1 ? read_order(r) : read_shape(r, out);
}

static gan_status read_literal(reader *r, gan_array *out) {
    unsigned seen = 0;
    if (!accept(r, '{')) return malformed(r, "a dictionary");
    while (!accept(r, '}')) {
        GAN_TRY(read_entry(r, &seen, out));
        if (accept(r, ',')) continue;
        if (!accept(r, '}')) return malformed(r, "a comma or the end of the dictionary");
        break;
    }
    if (seen != 7)
        return malformed(r, "'descr', 'fortran_order' and 'shape', all three before this,");
    skip_spaces(r);
    return r->at == r->end ? GAN_STATUS_OK : malformed(r, "only spaces until its end");
}

gan_status gan__npy_parse(const gan_file *file, gan_array *out) {
    const uint8_t *bytes = file->bytes;
    *out = (gan_array){.rank = 0};
    if (file->length < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s: byte 0: this is no .npy array (no NUMPY magic)",
                         file->path);
    size_t start = file->length > 6 && bytes[6] == 1 ? 10 : 12;
    if (file->length >= 8 && (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0))
        return gan__fail(GAN_STATUS_BAD_VERSION,
                         "%s: byte 6: .npy version %d.%d; 1.0, 2.0 and 3.0 can be read", file->path,
                         bytes[6], bytes[7]);
    size_t length = 0;
    if (file->length >= start)
        length = start == 10 ? (size_t)bytes[8] | (size_t)bytes[9] << 8
                             : (size_t)bytes[8] | (size_t)bytes[9] << 8 | (size_t)bytes[10] << 16 |
                                   (size_t)bytes[11] << 24;
    if (file->length < start || file->length - start < length)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "%s: cut short: the .npy header should end at byte %zu, but the content "
                         "ends at byte %zu; fetch or write the file again",
                         file->path, start + length, file->length);
    reader r = {file, start, start + length};
    GAN_TRY(read_literal(&r, out));
    out->offset = r.end;
    return gan__array_check(file->path, file->length, out);
}

gan_status gan__npy_load(gan_file *file, gan_dataset *dataset) {
    gan_array array;
    GAN_TRY(gan__npy_parse(file, &array));
    snprintf(dataset->info.kind, sizeof dataset->info.kind, "NPY");
    GAN_TRY(gan__dataset_take_samples(dataset, file, &array, true));
    return gan__dataset_find_labels(dataset, file->path, gan__npy_parse);
}
