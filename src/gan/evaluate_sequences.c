// Implements gan/evaluate_sequences.h.
#include "gan/evaluate_sequences.h"

#include "base/memory.h"
#include "gan/ngrams.h"

#include <math.h>

#define BLOCK 64 // samples read at once where they follow each other

// `count` of the points as tokens, the caller's (gan__free). They are spread over all: those of a
// text stand in its order.
static gan_status read_tokens(const gan_dataset *dataset, const gan_points *points, uint64_t count,
                              gan_token_set *out) {
    const gan_dataset_info *const info = gan__dataset_info(dataset);
    const size_t length = (size_t)info->size[2], elements = (size_t)info->size[0] * length;
    const uint64_t all = points->count;
    void *tokens = NULL, *samples = NULL;
    if (count > all) count = all;
    const size_t at_once = count == all ? BLOCK : 1;
    gan_status status = gan__alloc(BLOCK * elements, sizeof(float), &samples);
    if (status == GAN_STATUS_OK)
        status = gan__alloc((size_t)count * length, sizeof(uint16_t), &tokens);
    for (uint64_t i = 0; i < count && status == GAN_STATUS_OK; i += at_once) {
        const size_t block = count - i < at_once ? (size_t)(count - i) : at_once;
        const double place = (double)i / (double)count * (double)all;
        status = points->read(points, count == all ? i : (uint64_t)place, block, samples);
        for (size_t k = 0; k < block && status == GAN_STATUS_OK; k++)
            gan__vocabulary_decode(gan__dataset_vocabulary(dataset),
                                   (const float *)samples + k * elements, length,
                                   (uint16_t *)tokens + (i + k) * length);
    }
    gan__free(samples);
    *out = (gan_token_set){.tokens = tokens, .count = (size_t)count, .length = length};
    return status;
}

static double share_of_words(const gan_dataset *dataset, const gan_token_set *set) {
    gan_language *const is_word = gan__dataset_language(dataset);
    size_t words = 0;
    if (is_word == NULL) return NAN;
    for (size_t i = 0; i < set->count; i++)
        words += is_word(set->tokens + i * set->length, set->length);
    return (double)words / (double)set->count;
}

static gan_status compare(const gan_dataset *dataset, const gan_token_set *set,
                          const gan_token_set *held_out, gan_sequence_figures *out) {
    out->samples = set->count;
    out->held_out = held_out->count;
    out->valid = share_of_words(dataset, set);
    for (size_t n = 1; n <= GAN_NGRAMS; n++)
        GAN_TRY(gan__ngrams_divergence(set, held_out, n, &out->jensen_shannon[n - 1]));
    return gan__ngrams_distinct(set, &out->distinct);
}

gan_status gan__evaluate_sequences(const gan_dataset *dataset, const gan_points *points,
                                   const gan_points *held_out, uint64_t count,
                                   gan_sequence_figures *out) {
    gan_token_set set = {0}, others = {0};
    gan_status status = read_tokens(dataset, points, count, &set);
    if (status == GAN_STATUS_OK) status = read_tokens(dataset, held_out, count, &others);
    if (status == GAN_STATUS_OK) status = compare(dataset, &set, &others, out);
    gan__free((void *)(uintptr_t)set.tokens);
    gan__free((void *)(uintptr_t)others.tokens);
    return status;
}
