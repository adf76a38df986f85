// How much more than its bytes a file may come to. A zip archive of zeros makes a thousand bytes of
// one, a view of one element a tensor of terabytes: a file may be made to fill memory or disk.
#ifndef GAN_BASE_GROWTH_H
#define GAN_BASE_GROWTH_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define GAN_GROWTH_FREE  (UINT64_C(1) << 28) // bytes that any file may come to
#define GAN_GROWTH_RATIO 256                 // and as many more for each of its own

// What has come of a file so far.
typedef struct gan_growth {
    uint64_t length; // of the file
    uint64_t total;  // bytes made of it; at most the limit
} gan_growth;

// The most that a file of `length` bytes may come to.
uint64_t gan__growth_limit(uint64_t length);

// Adds `more` bytes; false, and the total as it was, where that is past the limit.
bool gan__growth_add(gan_growth *growth, uint64_t more);

// Says so. Returns BAD_INPUT; put the file's name before it (gan__fail_in).
gan_status gan__growth_refuse(const gan_growth *growth);

#endif
