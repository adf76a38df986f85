// Implements data/brackets.h.
#include "data/brackets.h"

#include "base/philox.h"

// Whether one more bracket opens where `open` are open and `left` symbols are left, `word` being
// uniform over 32 bits. Of the continuations that close everything, by the ballot numbers, the
// share (open + 2) (left - open) / (2 left (open + 1)) begin so. (Each kind of opening bracket is
// as likely as the other, and says which kind closes it.)
static bool opens(uint32_t word, uint64_t open, uint64_t left) {
    const uint64_t of = 2 * left * (open + 1);
    return (uint64_t)word * of < ((open + 2) * (left - open)) << 32;
}

void gan__brackets_draw(uint64_t seed, uint64_t index, uint16_t tokens[GAN_BRACKETS_LENGTH]) {
    uint16_t stack[GAN_BRACKETS_LENGTH];
    uint64_t open = 0;
    for (uint32_t i = 0; i < GAN_BRACKETS_LENGTH; i++) {
        const gan_philox_words words = gan__philox_draw(seed, GAN_STREAM_DATA, index, i);
        if (opens(words.word[0], open, GAN_BRACKETS_LENGTH - i)) {
            const uint16_t kind = words.word[1] >> 31 ? 2 : 0;
            stack[open++] = kind;
            tokens[i] = kind;
        } else {
            tokens[i] = (uint16_t)(stack[--open] + 1);
        }
    }
}

bool gan__brackets_valid(const uint16_t *tokens, size_t length) {
    uint16_t stack[GAN_BRACKETS_LENGTH];
    size_t open = 0;
    for (size_t i = 0; i < length; i++) {
        const bool closes = tokens[i] % 2 == 1;
        if (!closes && open == GAN_BRACKETS_LENGTH) return false;
        if (!closes)
            stack[open++] = tokens[i];
        else if (open == 0 || stack[--open] + 1 != tokens[i])
            return false;
    }
    return open == 0;
}
