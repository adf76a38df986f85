// How alike two sets of sequences of tokens are: the Jensen-Shannon divergence between the
// frequencies of their n-grams, runs of n tokens within a sequence (Gulrajani et al. 2017).
#ifndef GAN_GAN_NGRAMS_H
#define GAN_GAN_NGRAMS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gan_token_set {
    const uint16_t *tokens; // (count, length)
    size_t count, length;
} gan_token_set;

// In nats, 0 to ln 2, for n from 1 to 4; NaN where sequences are shorter than n. Tokens are below
// 4096. Errors: NO_MEMORY.
gan_status gan__ngrams_divergence(const gan_token_set *p, const gan_token_set *q, size_t n,
                                  double *out);
// The share of different sequences among all.
gan_status gan__ngrams_distinct(const gan_token_set *set, double *out);

#endif
