// Implements data/vocabulary.h.
#include "data/vocabulary.h"

#include "base/memory.h"

#include <string.h>

typedef struct symbol {
    uint16_t start, length; // in the text of all symbols
} symbol;

struct gan_vocabulary {
    char *symbols;
    size_t count;
    symbol symbol[GAN_VOCABULARY_MAX];
};

#define END_OF_LINE_SIGN "\xe2\x90\xa4" // U+2424

static bool is_at(const gan_vocabulary *vocabulary, size_t token, const char *text, size_t length) {
    const symbol of = vocabulary->symbol[token];
    return of.length == length && memcmp(vocabulary->symbols + of.start, text, length) == 0;
}

bool gan__vocabulary_controls(const char *text, size_t length) {
    const unsigned char *const byte = (const unsigned char *)text;
    if (length == 1) return (byte[0] < 0x20 && byte[0] != '\n') || byte[0] == 0x7f;
    return length == 2 && byte[0] == 0xc2 && byte[1] < 0xa0; // U+0080 to U+009F
}

bool gan__vocabulary_find(const gan_vocabulary *vocabulary, const char *text, uint16_t *token) {
    const size_t length = gan__text_utf8_length(text);
    for (size_t i = 0; length > 0 && i < vocabulary->count; i++) {
        if (!is_at(vocabulary, i, text, length)) continue;
        *token = (uint16_t)i;
        return true;
    }
    return false;
}

static gan_status fill(gan_vocabulary *vocabulary) {
    for (const char *at = vocabulary->symbols; *at != '\0';) {
        const size_t length = gan__text_utf8_length(at);
        uint16_t token;
        if (length == 0) return gan__fail(GAN_STATUS_BAD_INPUT, "the vocabulary is not UTF-8");
        if (gan__vocabulary_controls(at, length))
            return gan__fail(GAN_STATUS_BAD_INPUT, "the vocabulary has a control character");
        if (vocabulary->count == GAN_VOCABULARY_MAX)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "more than %d different characters; the most that a vocabulary has",
                             GAN_VOCABULARY_MAX);
        if (gan__vocabulary_find(vocabulary, at, &token))
            return gan__fail(GAN_STATUS_BAD_INPUT, "the vocabulary has \"%.*s\" twice", (int)length,
                             at);
        vocabulary->symbol[vocabulary->count++] =
            (symbol){(uint16_t)(at - vocabulary->symbols), (uint16_t)length};
        at += length;
    }
    if (vocabulary->count > 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT, "the vocabulary is empty");
}

gan_status gan__vocabulary_create(const char *symbols, gan_vocabulary **out) {
    void *memory = NULL, *copy = NULL;
    const size_t length = strlen(symbols);
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof **out, &memory));
    gan_vocabulary *const vocabulary = memory;
    gan_status status = gan__alloc(length + 1, 1, &copy);
    if (status == GAN_STATUS_OK) {
        memcpy(copy, symbols, length);
        vocabulary->symbols = copy;
        status = fill(vocabulary);
    }
    if (status == GAN_STATUS_OK)
        *out = vocabulary;
    else
        gan__vocabulary_destroy(vocabulary);
    return status;
}

void gan__vocabulary_destroy(gan_vocabulary *vocabulary) {
    if (vocabulary == NULL) return;
    gan__free(vocabulary->symbols);
    gan__free(vocabulary);
}

size_t gan__vocabulary_count(const gan_vocabulary *vocabulary) {
    return vocabulary->count;
}

const char *gan__vocabulary_symbols(const gan_vocabulary *vocabulary) {
    return vocabulary->symbols;
}

void gan__vocabulary_encode(const gan_vocabulary *vocabulary, const uint16_t *tokens, size_t length,
                            float *sample) {
    memset(sample, 0, vocabulary->count * length * sizeof *sample);
    for (size_t i = 0; i < length; i++) sample[tokens[i] * length + i] = 1;
}

void gan__vocabulary_decode(const gan_vocabulary *vocabulary, const float *sample, size_t length,
                            uint16_t *tokens) {
    for (size_t i = 0; i < length; i++) {
        size_t largest = 0;
        for (size_t k = 1; k < vocabulary->count; k++)
            if (sample[k * length + i] > sample[largest * length + i]) largest = k;
        tokens[i] = (uint16_t)largest;
    }
}

void gan__vocabulary_append(const gan_vocabulary *vocabulary, const uint16_t *tokens, size_t length,
                            gan_text *text) {
    while (length > 0 && is_at(vocabulary, tokens[length - 1], "\n", 1)) length--;
    for (size_t i = 0; i < length; i++) {
        const symbol of = vocabulary->symbol[tokens[i]];
        if (is_at(vocabulary, tokens[i], "\n", 1))
            gan__text_append(text, END_OF_LINE_SIGN);
        else
            gan__text_append_bytes(text, vocabulary->symbols + of.start, of.length);
    }
}
