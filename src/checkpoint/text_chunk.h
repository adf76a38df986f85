// The payload of TEXT: from a named text to bytes and back.
#ifndef GAN_CHECKPOINT_TEXT_CHUNK_H
#define GAN_CHECKPOINT_TEXT_CHUNK_H

#include "base/growth.h"
#include "base/memory.h"
#include "checkpoint/format.h"

enum { GAN_TEXT_START_MAX = 2 + GAN_FORMAT_NAME_MAX + 1 + 8 };

// A text ready to be written: the payload is `start` followed by `body`.
typedef struct gan_text_chunk {
    uint8_t start[GAN_TEXT_START_MAX];
    size_t start_length;
    const void *body; // the text itself, or `packed`
    size_t body_length;
    uint8_t *packed; // owned; NULL where the text is stored as it is
} gan_text_chunk;

// Packs at `level`, or stores where that is not longer. The name was checked; `text` must outlive
// the payload. Errors: NO_MEMORY.
gan_status gan__text_chunk_pack(const char *name, const char *text, int level, gan_text_chunk *out);
void gan__text_chunk_destroy(gan_text_chunk *payload);

// Name and content, zero-terminated, in the arena; `growth` counts the content. Errors: CORRUPT,
// BAD_INPUT (it grows too much), NO_MEMORY.
gan_status gan__text_chunk_parse(const uint8_t *payload, size_t length, gan_growth *growth,
                                 gan_arena *arena, const char **name, const char **content);

#endif
