// Carrying over the chunks that this clgan does not know.
#include "checkpoint/keep.h"

#include "checkpoint/reader.h"
#include "checkpoint/writer.h"

enum { COPY_LETTER = 3 }; // of a type: small where the chunk may be copied into a changed file

static gan_status keep(const gan_checkpoint *from, const gan_chunk *chunk,
                       gan_checkpoint_writer *to) {
    uint8_t *payload;
    GAN_TRY(gan__reader_payload(from, chunk, &payload));
    gan_status status =
        gan__writer_chunk(to->output, chunk->type, payload, (size_t)chunk->length, NULL, 0);
    gan__free(payload);
    return status;
}

gan_status gan__checkpoint_keep_chunks(const gan_checkpoint *from, bool changed,
                                       gan_checkpoint_writer *to) {
    for (size_t i = 0; i < from->ancillary_count; i++) {
        const gan_chunk *chunk = &from->ancillary[i];
        if (changed && chunk->type[COPY_LETTER] < 'a') continue;
        GAN_TRY(keep(from, chunk, to));
    }
    return GAN_STATUS_OK;
}
