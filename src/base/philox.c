// Philox4x32-10 on the host: the bijection, its named draws, and a permutation built from it.
#include "base/philox.h"

#include <math.h>

enum { ROUNDS = 10 };

static void philox_round(uint32_t c[4], const uint32_t key[2]) {
    uint64_t product0 = UINT64_C(0xD2511F53) * c[0];
    uint64_t product1 = UINT64_C(0xCD9E8D57) * c[2];
    uint32_t word1 = c[1], word3 = c[3];
    c[0] = (uint32_t)(product1 >> 32) ^ word1 ^ key[0];
    c[1] = (uint32_t)product1;
    c[2] = (uint32_t)(product0 >> 32) ^ word3 ^ key[1];
    c[3] = (uint32_t)product0;
}

gan_philox_words gan__philox(const uint32_t counter[4], const uint32_t key[2]) {
    gan_philox_words words = {{counter[0], counter[1], counter[2], counter[3]}};
    uint32_t bumped[2] = {key[0], key[1]};
    for (int round = 0; round < ROUNDS; round++) {
        philox_round(words.word, bumped);
        bumped[0] += UINT32_C(0x9E3779B9); // the golden ratio's fraction
        bumped[1] += UINT32_C(0xBB67AE85); // the square root of three's
    }
    return words;
}

gan_philox_words gan__philox_draw(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element) {
    const uint32_t counter[4] = {element, stream, (uint32_t)step, (uint32_t)(step >> 32)};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    return gan__philox(counter, key);
}

float gan__philox_uniform(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element) {
    return (float)(gan__philox_draw(seed, stream, step, element).word[0] >> 8) * 0x1p-24F;
}

float gan__philox_normal(uint64_t seed, uint32_t stream, uint64_t step, uint32_t element) {
    const double two_pi = 6.283185307179586476925;
    gan_philox_words words = gan__philox_draw(seed, stream, step, element);
    double u = ((words.word[0] >> 8) + 1) * 0x1p-24;
    double v = (words.word[1] >> 8) * 0x1p-24;
    return (float)(sqrt(-2.0 * log(u)) * cos(two_pi * v));
}

// The permutation's network: eight rounds, so that small domains are well mixed too. A draw gives
// four independent round functions of the half it is named by; the stream's top bit names the
// second four.
enum { FEISTEL_DRAWS = 2 };

static uint64_t feistel(uint64_t seed, uint32_t stream, uint64_t step, uint64_t index,
                        unsigned half_bits) {
    const uint32_t mask = (uint32_t)((UINT64_C(1) << half_bits) - 1);
    uint32_t left = (uint32_t)(index >> half_bits), right = (uint32_t)index & mask;
    for (unsigned draw = 0; draw < FEISTEL_DRAWS; draw++) {
        for (unsigned word = 0; word < 4; word++) {
            gan_philox_words words = gan__philox_draw(seed, stream ^ draw << 31, step, right);
            uint32_t mixed = left ^ (words.word[word] & mask);
            left = right;
            right = mixed;
        }
    }
    return (uint64_t)left << half_bits | right;
}

uint64_t gan__philox_permute(uint64_t seed, uint32_t stream, uint64_t step, uint64_t index,
                             uint64_t count) {
    unsigned half_bits = 1;
    while (half_bits < 32 && (count - 1) >> (2 * half_bits) != 0) half_bits++;
    // The network permutes [0, 4^half_bits); walking its cycle from inside [0, count) comes back
    // in.
    do {
        index = feistel(seed, stream, step, index, half_bits);
    } while (index >= count);
    return index;
}
