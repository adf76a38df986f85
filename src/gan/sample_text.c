// Implements gan/sample_text.h, and gan_sample_text for the public.
#include "gan/sample_text.h"

#include "base/memory.h"
#include "data/vocabulary.h"

#include <string.h>

gan_status gan__sample_append_text(const gan_sample_info *info, const float *sample,
                                   gan_text *text) {
    const size_t length = (size_t)info->size[2];
    void *tokens = NULL;
    GAN_TRY(gan__alloc(length, sizeof(uint16_t), &tokens));
    gan__vocabulary_decode(info->vocabulary, sample, length, tokens);
    gan__vocabulary_append(info->vocabulary, tokens, length, text);
    gan__free(tokens);
    return gan__text_status(text);
}

size_t gan_sample_text(const gan_sample_info *info, const float *sample, char *text, size_t size) {
    gan_text all = {0};
    size_t kept = 0;
    if (gan__sample_append_text(info, sample, &all) == GAN_STATUS_OK && size > 0) {
        while (kept < all.length) {
            const size_t next = gan__text_utf8_length(all.bytes + kept);
            if (kept + next >= size) break;
            kept += next;
        }
        memcpy(text, gan__text_string(&all), kept);
    }
    if (size > 0) text[kept] = '\0';
    const size_t length = all.length;
    gan__text_destroy(&all);
    return length;
}
