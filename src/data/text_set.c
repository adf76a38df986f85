// Text as a data set: characters of UTF-8 as tokens, in samples of one length. Runs of white space
// count as one space. By lines, what is longer than a sample is cut off, and what is shorter ends
// in newlines; empty lines are passed over. The last tenth, of the text or of its lines, is held
// out, so that there is something to compare with that no one trained on.
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/brackets.h"
#include "data/formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CODE_POINTS = 0x110000, LONGEST_SAMPLE = 1 << 20 };
#define HELD_OUT_PARTS 10

// Characters by number while a text is read.
typedef struct reader {
    const gan_file *file;
    size_t at, line;      // the byte it stands at, and that byte's line, from 1
    uint32_t *characters; // so far, white space as it is to be kept
    size_t count;
} reader;

bool gan__text_meant(const char *path, const gan_dataset_options *options) {
    const char *const endings[] = {".txt", ".txt.gz"};
    const size_t length = strlen(path);
    bool named = false;
    for (size_t i = 0; i < 2; i++) {
        const size_t tail = strlen(endings[i]);
        named = named || (length >= tail && strcmp(path + length - tail, endings[i]) == 0);
    }
    return named || options->length > 0 || options->lines;
}

// --- Characters ----------------------------------------------------------------------------------

static gan_status fail_character(const reader *from, const char *what) {
    return gan__fail(
        GAN_STATUS_BAD_INPUT,
        "%s: byte %zu, in line %zu: %s; text must be UTF-8 without control characters: "
        "convert it first (iconv -t UTF-8)",
        from->file->path, from->at, from->line, what);
}

static uint32_t code_point(const char *text, size_t length) {
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = (uint8_t)text[0] & masks[length];
    for (size_t i = 1; i < length; i++) point = point << 6 | ((uint8_t)text[i] & 0x3fu);
    return point;
}

static bool is_space(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// White space from here on: a newline where lines count and it has one, else a space.
static void read_space(reader *from, bool lines) {
    const char *const text = (const char *)from->file->bytes;
    bool ends = false;
    for (; from->at < from->file->length && is_space(text[from->at]); from->at++) {
        ends = ends || text[from->at] == '\n';
        from->line += text[from->at] == '\n';
    }
    if (from->count > 0) from->characters[from->count++] = ends && lines ? '\n' : ' ';
}

static gan_status read_character(reader *from) {
    const char *const text = (const char *)from->file->bytes + from->at;
    const size_t length = gan__text_utf8_length(text); // 0 at the zero byte behind the file, too
    if (length == 0) return fail_character(from, *text == '\0' ? "a zero byte" : "no UTF-8");
    if (gan__vocabulary_controls(text, length)) return fail_character(from, "a control character");
    from->characters[from->count++] = code_point(text, length);
    from->at += length;
    return GAN_STATUS_OK;
}

static gan_status read_characters(reader *from, bool lines) {
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; // of byte order
    const gan_file *const file = from->file;
    void *memory = NULL;
    GAN_TRY(gan__alloc(file->length + 1, sizeof *from->characters, &memory));
    from->characters = memory;
    if (file->length >= sizeof mark && memcmp(file->bytes, mark, sizeof mark) == 0)
        from->at = sizeof mark;
    while (from->at < file->length) {
        if (is_space((char)file->bytes[from->at]))
            read_space(from, lines);
        else
            GAN_TRY(read_character(from));
    }
    if (from->count > 0 && from->characters[from->count - 1] <= ' ') from->count--;
    return GAN_STATUS_OK;
}

// --- The vocabulary ------------------------------------------------------------------------------

static void append_utf8(gan_text *text, uint32_t point) {
    char bytes[4];
    size_t length = 0;
    if (point < 0x80) {
        bytes[length++] = (char)point;
    } else {
        const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        static const uint32_t leads[] = {0, 0xc0, 0xe0, 0xf0};
        bytes[length++] = (char)(leads[more] | point >> 6 * more);
        for (int i = more - 1; i >= 0; i--)
            bytes[length++] = (char)(0x80 | (point >> 6 * i & 0x3f));
    }
    gan__text_append_bytes(text, bytes, length);
}

// All characters of the text, by number; tokens[character] is which of them it is.
static gan_status find_symbols(const reader *from, bool lines, uint16_t *tokens,
                               gan_text *symbols) {
    size_t count = 0;
    for (size_t i = 0; i < from->count; i++) tokens[from->characters[i]] = 1;
    if (lines) tokens['\n'] = 1;
    for (uint32_t point = 0; point < CODE_POINTS; point++) {
        if (tokens[point] == 0) continue;
        if (count == GAN_VOCABULARY_MAX)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: more than %d different characters; at most so many can be told "
                             "apart",
                             from->file->path, GAN_VOCABULARY_MAX);
        tokens[point] = (uint16_t)count++;
        append_utf8(symbols, point);
    }
    return gan__text_status(symbols);
}

// --- Samples -------------------------------------------------------------------------------------

// Which part of `count` things: the last tenth, or what is before it.
static void choose_part(bool held_out, size_t count, size_t *first, size_t *end) {
    const size_t border = count - count / HELD_OUT_PARTS;
    *first = held_out ? border : 0;
    *end = held_out ? count : border;
}

static gan_status fail_short(const reader *from, size_t length) {
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s: %zu characters are too few for samples of %zu, as a tenth of the text is "
                     "held out; give more text, or a smaller data.length",
                     from->file->path, from->count, length);
}

static gan_status take_windows(const reader *from, const gan_dataset_options *options,
                               const uint16_t *tokens, gan_dataset *dataset) {
    const size_t length = (size_t)dataset->info.size[2];
    size_t first, end;
    void *memory = NULL;
    choose_part(options->held_out, from->count, &first, &end);
    if (from->count / HELD_OUT_PARTS < length) return fail_short(from, length);
    GAN_TRY(gan__alloc(end - first, sizeof *dataset->tokens, &memory));
    dataset->tokens = memory;
    dataset->token_stride = 1;
    dataset->info.count = end - first - length + 1;
    for (size_t i = first; i < end; i++) dataset->tokens[i - first] = tokens[from->characters[i]];
    return GAN_STATUS_OK;
}

// The next line from *at on, as `length` tokens.
static void take_line(const reader *from, size_t *at, const uint16_t *tokens, size_t length,
                      uint16_t *out) {
    size_t taken = 0;
    for (; *at < from->count && from->characters[*at] != '\n'; ++*at)
        if (taken < length) out[taken++] = tokens[from->characters[*at]];
    while (taken < length) out[taken++] = tokens['\n'];
    ++*at;
}

static gan_status take_lines(const reader *from, const gan_dataset_options *options,
                             const uint16_t *tokens, gan_dataset *dataset) {
    const size_t length = (size_t)dataset->info.size[2];
    size_t lines = 1, first, end, at = 0;
    void *memory = NULL;
    for (size_t i = 0; i < from->count; i++) lines += from->characters[i] == '\n';
    choose_part(options->held_out, lines, &first, &end);
    if (lines < HELD_OUT_PARTS)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "%s: %zu lines are too few, as a tenth of them is held out; give more text",
            from->file->path, lines);
    GAN_TRY(gan__alloc(end - first, length * sizeof *dataset->tokens, &memory));
    dataset->tokens = memory;
    dataset->token_stride = length;
    dataset->info.count = end - first;
    for (size_t i = 0; i < end; i++)
        take_line(from, &at, tokens, length,
                  dataset->tokens + (i < first ? 0 : i - first) * length);
    return GAN_STATUS_OK;
}

static gan_status take_samples(const reader *from, const gan_dataset_options *options,
                               const uint16_t *tokens, gan_dataset *dataset) {
    const size_t symbols = gan__vocabulary_count(dataset->vocabulary);
    const size_t length = options->length > 0 ? options->length : GAN_TEXT_LENGTH;
    gan_dataset_info *const info = &dataset->info;
    if (length > LONGEST_SAMPLE / symbols)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: samples of %zu characters, of %zu each, are too large; make "
                         "data.length smaller",
                         from->file->path, length, symbols);
    snprintf(info->kind, sizeof info->kind, "text");
    info->type = GAN_SAMPLE_TYPE_F32;
    info->rank = 3;
    info->size[0] = (int64_t)symbols;
    info->size[1] = 1;
    info->size[2] = (int64_t)length;
    gan__dataset_measure(dataset);
    return options->lines ? take_lines(from, options, tokens, dataset)
                          : take_windows(from, options, tokens, dataset);
}

gan_status gan__text_load(const gan_file *file, const gan_dataset_options *options,
                          gan_dataset *dataset) {
    reader from = {.file = file, .line = 1};
    gan_text symbols = {0};
    void *tokens = NULL;
    gan_status status = read_characters(&from, options->lines);
    if (status == GAN_STATUS_OK && from.count == 0)
        status = gan__fail(GAN_STATUS_BAD_INPUT, "%s: there is nothing but white space in it",
                           file->path);
    if (status == GAN_STATUS_OK) status = gan__alloc(CODE_POINTS, sizeof(uint16_t), &tokens);
    if (status == GAN_STATUS_OK) status = find_symbols(&from, options->lines, tokens, &symbols);
    if (status == GAN_STATUS_OK)
        status = gan__vocabulary_create(gan__text_string(&symbols), &dataset->vocabulary);
    if (status == GAN_STATUS_OK) status = take_samples(&from, options, tokens, dataset);
    gan__text_destroy(&symbols);
    gan__free(from.characters);
    gan__free(tokens);
    return status;
}

void gan__text_fetch(const gan_dataset *dataset, uint64_t seed, uint64_t index, float *sample) {
    uint16_t drawn[GAN_BRACKETS_LENGTH];
    const uint16_t *tokens = drawn;
    if (dataset->builtin)
        gan__builtin_tokens(dataset->builtin, seed, index, drawn);
    else
        tokens = dataset->tokens + index * dataset->token_stride;
    gan__vocabulary_encode(dataset->vocabulary, tokens, (size_t)dataset->info.size[2], sample);
}
