// A checkpoint being written, as the files that write it share it, and what the writer offers to
// tests beside the public interface.
#ifndef GAN_CHECKPOINT_WRITER_H
#define GAN_CHECKPOINT_WRITER_H

#include "base/file.h"
#include "base/growth.h"
#include "base/memory.h"
#include "base/text.h"
#include "checkpoint/block.h"
#include "checkpoint/names.h"

enum { GAN_WRITER_BLOCK = GAN_FORMAT_BLOCK_MIN, GAN_WRITER_WAVE = 4 };

// A block on its way into the file.
typedef struct gan_writer_block {
    uint8_t *bytes; // GAN_WRITER_BLOCK; the encoding
    size_t length;
    gan_block_filter filter;
} gan_writer_block;

// One thread's tools.
typedef struct gan_writer_worker {
    gan_block_encoder *encoder;
    uint8_t *raw;  // GAN_WRITER_BLOCK: a block's elements as stored
    float *values; // the same as float32, as a reader will see them
} gan_writer_worker;

struct gan_checkpoint_writer {
    gan_output *output;
    gan_arena *arena; // names
    gan_names tensors, texts;
    gan_text index;    // entries of INDX, without the count
    gan_status status; // the first failure, which later calls and commit repeat
    char message[GAN_MESSAGE_SIZE];
    int level;
    gan_growth growth; // of the file so far, which a reader must not find past its limit
    unsigned workers;
    gan_writer_worker *worker;
    gan_writer_block *wave; // workers * GAN_WRITER_WAVE
};

// As gan_checkpoint_writer_create, with a number of threads (1 to 64) in place of all cores. The
// file does not depend on it.
gan_status gan__checkpoint_writer_create(const char *path, int level, unsigned threads,
                                         gan_checkpoint_writer **out);

// Writes a chunk whose payload stands in two pieces.
gan_status gan__writer_chunk(gan_output *output, const char *type, const void *first,
                             size_t first_length, const void *second, size_t second_length);

// Counts `bytes` more, and says whether they may be written compressed: stored, they add to the
// file what they add to its content, so a reader finds the content within its limit
// (base/growth.h).
bool gan__writer_may_pack(gan_checkpoint_writer *writer, uint64_t bytes);

// Encodes and writes the tensor's blocks and appends it to the index; name, type and shape of
// `tensor` are filled in, the rest is done here.
gan_status gan__writer_tensor(gan_checkpoint_writer *writer, gan_stored_tensor *tensor,
                              const float *values);

#endif
