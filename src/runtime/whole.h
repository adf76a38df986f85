// Whole numbers of sizes and work-groups. Private to src/runtime/.
#ifndef GAN_RUNTIME_WHOLE_H
#define GAN_RUNTIME_WHOLE_H

#include <stdint.h>

static inline uint32_t gan__least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static inline uint32_t gan__most(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static inline uint32_t gan__divided_up(uint64_t a, uint64_t b) {
    return (uint32_t)((a + b - 1) / b);
}

// The least multiple of b that is not below a.
static inline uint32_t gan__rounded_up(uint32_t a, uint32_t b) {
    return gan__divided_up(a, b) * b;
}

#endif
