// What tokens stand for: token k is the symbol number k, one Unicode character each. Sequences of
// tokens are samples (symbols, 1, length), one-hot along the first axis.
//
// A newline is the end of a line: as text, a sequence goes without those at its end, and one that
// stands before others is written as the sign for it (U+2424), so that a sample is always one line.
#ifndef GAN_DATA_VOCABULARY_H
#define GAN_DATA_VOCABULARY_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_vocabulary gan_vocabulary;

#define GAN_VOCABULARY_MAX 4096 // symbols

// `symbols`: the characters one after the other, in UTF-8. Errors: BAD_INPUT (none, too many, one
// of them twice, no UTF-8, control characters other than the newline).
gan_status gan__vocabulary_create(const char *symbols, gan_vocabulary **out);
void gan__vocabulary_destroy(gan_vocabulary *vocabulary); // NULL is allowed

// Whether the character, of so many bytes, would do something to a terminal other than end a line.
bool gan__vocabulary_controls(const char *text, size_t length);

size_t gan__vocabulary_count(const gan_vocabulary *vocabulary);
// The symbols, as it was created from.
const char *gan__vocabulary_symbols(const gan_vocabulary *vocabulary);
// The token of the character that `text` begins with; false where it is none of the symbols.
bool gan__vocabulary_find(const gan_vocabulary *vocabulary, const char *text, uint16_t *token);

// One sample of `length` places from its tokens, and back: at each place the first of the largest.
void gan__vocabulary_encode(const gan_vocabulary *vocabulary, const uint16_t *tokens, size_t length,
                            float *sample);
void gan__vocabulary_decode(const gan_vocabulary *vocabulary, const float *sample, size_t length,
                            uint16_t *tokens);
// Appends the tokens as text, without a newline behind them.
void gan__vocabulary_append(const gan_vocabulary *vocabulary, const uint16_t *tokens, size_t length,
                            gan_text *text);

#endif
