// Implements gan/ngrams.h.
#include "gan/ngrams.h"

#include "base/hash.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_BITS 12

typedef struct key_list {
    uint64_t *keys; // ascending
    size_t count;
} key_list;

static int compare_keys(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static gan_status list_ngrams(const gan_token_set *set, size_t n, key_list *out) {
    const size_t each = set->length + 1 - n;
    void *memory = NULL;
    *out = (key_list){0};
    GAN_TRY(gan__alloc(set->count * each, sizeof(uint64_t), &memory));
    out->keys = memory;
    for (size_t i = 0; i < set->count; i++)
        for (size_t at = 0; at < each; at++) {
            uint64_t key = 0;
            for (size_t k = 0; k < n; k++)
                key = key << TOKEN_BITS | set->tokens[i * set->length + at + k];
            out->keys[out->count++] = key;
        }
    qsort(out->keys, out->count, sizeof(uint64_t), compare_keys);
    return GAN_STATUS_OK;
}

// How often `key` stands from *at on, which goes past it.
static size_t take(const key_list *list, size_t *at, uint64_t key) {
    size_t count = 0;
    for (; *at < list->count && list->keys[*at] == key; ++*at) count++;
    return count;
}

// share log(share / mean of both shares)
static double term(double share, double other) {
    return share > 0 ? share * log(2 * share / (share + other)) : 0;
}

static double divergence(const key_list *p, const key_list *q) {
    size_t at_p = 0, at_q = 0;
    double sum = 0;
    while (at_p < p->count || at_q < q->count) {
        const bool from_p = at_q == q->count || (at_p < p->count && p->keys[at_p] <= q->keys[at_q]);
        const uint64_t key = from_p ? p->keys[at_p] : q->keys[at_q];
        const double a = (double)take(p, &at_p, key) / (double)p->count;
        const double b = (double)take(q, &at_q, key) / (double)q->count;
        sum += (term(a, b) + term(b, a)) / 2;
    }
    return sum;
}

gan_status gan__ngrams_divergence(const gan_token_set *p, const gan_token_set *q, size_t n,
                                  double *out) {
    key_list of_p = {0}, of_q = {0};
    *out = NAN;
    if (p->length < n || q->length < n || p->count == 0 || q->count == 0) return GAN_STATUS_OK;
    gan_status status = list_ngrams(p, n, &of_p);
    if (status == GAN_STATUS_OK) status = list_ngrams(q, n, &of_q);
    if (status == GAN_STATUS_OK) *out = divergence(&of_p, &of_q);
    gan__free(of_p.keys);
    gan__free(of_q.keys);
    return status;
}

// By 64-bit hashes, of which two different sequences share one with a probability that does not
// show in a share.
gan_status gan__ngrams_distinct(const gan_token_set *set, double *out) {
    void *memory = NULL;
    size_t different = 0;
    GAN_TRY(gan__alloc(set->count, sizeof(uint64_t), &memory));
    uint64_t *const hashes = memory;
    for (size_t i = 0; i < set->count; i++)
        hashes[i] = gan__hash(GAN_HASH_START, set->tokens + i * set->length,
                              set->length * sizeof *set->tokens);
    qsort(hashes, set->count, sizeof *hashes, compare_keys);
    for (size_t i = 0; i < set->count; i++) different += i == 0 || hashes[i] != hashes[i - 1];
    *out = (double)different / (double)set->count;
    gan__free(memory);
    return GAN_STATUS_OK;
}
