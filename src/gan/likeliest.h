// Which of some classes or categories is the likeliest, by their logits or probabilities.
#ifndef GAN_GAN_LIKELIEST_H
#define GAN_GAN_LIKELIEST_H

#include <stddef.h>
#include <stdint.h>

// The first of the largest of `count` values; count is at least 1.
static inline uint32_t gan__likeliest(const float *values, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (values[i] > values[best]) best = i;
    return (uint32_t)best;
}

#endif
