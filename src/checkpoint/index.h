// The payload of INDX: from tensors to bytes and back.
#ifndef GAN_CHECKPOINT_INDEX_H
#define GAN_CHECKPOINT_INDEX_H

#include "base/memory.h"
#include "base/text.h"
#include "checkpoint/format.h"

// Appends one tensor's entry; failure shows in gan__text_status(index).
void gan__index_append(gan_text *index, const gan_stored_tensor *tensor);

// Parses the whole payload into tensors in the arena, checking every number by itself and the
// blocks against each other: in order, without overlap, inside [start, end) of the file. Errors:
// CORRUPT, NO_MEMORY.
gan_status gan__index_parse(const uint8_t *bytes, size_t length, uint64_t start, uint64_t end,
                            gan_arena *arena, gan_stored_tensor **tensors, size_t *count);

// The bytes of block `b` of the tensor, before encoding.
uint32_t gan__tensor_block_length(const gan_stored_tensor *tensor, size_t b);

#endif
