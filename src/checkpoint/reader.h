// An open checkpoint, as the files that read it share it.
#ifndef GAN_CHECKPOINT_READER_H
#define GAN_CHECKPOINT_READER_H

#include "base/growth.h"
#include "base/memory.h"
#include "checkpoint/format.h"
#include "checkpoint/names.h"

typedef struct gan_stored_text {
    const char *name;
    const char *content;
} gan_stored_text;

struct gan_checkpoint {
    int file;
    char *path; // for messages
    uint64_t file_bytes;
    uint64_t index_offset;
    uint32_t version;
    gan_growth growth; // of the file to the tensors and texts
    unsigned workers;  // threads that read
    gan_arena *arena;  // everything the index and the texts need
    gan_stored_tensor *tensors;
    size_t tensor_count;
    gan_stored_text *texts;
    size_t text_count, text_capacity;
    gan_names tensor_names, text_names;
    gan_chunk *ancillary; // of kinds that are not known, in the file's order
    size_t ancillary_count, ancillary_capacity;
};

// A chunk's payload, its checksum checked; *payload is the caller's (gan__free).
gan_status gan__reader_payload(const gan_checkpoint *checkpoint, const gan_chunk *chunk,
                               uint8_t **payload);

// Calls `visit` for each chunk between HEAD and INDX that is not a block of the index, and checks
// that these and the blocks leave no hole.
typedef gan_status (*gan_reader_visit)(gan_checkpoint *checkpoint, const gan_chunk *chunk);
gan_status gan__reader_walk(gan_checkpoint *checkpoint, gan_reader_visit visit);

// Decodes blocks of one tensor on all cores. `values` gets elements [start, start + count); NULL
// checks only. Where that is the whole tensor its CRC is checked too.
gan_status gan__reader_tensor(const gan_checkpoint *checkpoint, const gan_stored_tensor *tensor,
                              uint64_t start, uint64_t count, float *values);

#endif
