// The formal language of builtin:brackets: balanced sequences of two kinds of brackets (the Dyck
// language of order 2), all of one length. There are Catalan(8) 2^8 = 366,080 such words of 16
// symbols, one in 11,732 of all sequences.
#ifndef GAN_DATA_BRACKETS_H
#define GAN_DATA_BRACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAN_BRACKETS_SYMBOLS "()[]" // token k is the symbol number k
enum { GAN_BRACKETS_LENGTH = 16 };

// Word `index` of the stream that `seed` names, all words equally likely: its tokens.
void gan__brackets_draw(uint64_t seed, uint64_t index, uint16_t tokens[GAN_BRACKETS_LENGTH]);
// Whether the tokens are a balanced sequence.
bool gan__brackets_valid(const uint16_t *tokens, size_t length);

#endif
