// Checkpoints: the file that holds a model. docs/checkpoint-format.md specifies it byte by byte.
//
// Content is named tensors and named texts. Names of tensors follow PyTorch's state dictionaries
// under one prefix a role:
//     generator.0.weight  discriminator.2.bias  ema.0.weight (averaged generator)
//     generator.3.running_mean (buffers)  optimizer.generator.m.0.weight (optimiser slots)
// Names and texts are UTF-8; a name is 1 to 4096 bytes long and used once.
// Texts: "recipe" (resolved YAML), "run" (a JSON object: seed, step, data position, device,
// versions, time), "history" (JSON lines, as metrics.jsonl), and where there are any "classes" (their
// names), "vocabulary" (symbols of sequences) and "tuning" (orders of sums).
#ifndef CLGAN_CHECKPOINT_H
#define CLGAN_CHECKPOINT_H

#include "clgan/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GAN_TENSOR_RANK_MAX  8
#define GAN_TENSOR_HISTOGRAM 32

typedef enum gan_dtype { GAN_DTYPE_F32, GAN_DTYPE_F16 } gan_dtype;

// Computed when the tensor is written and stored beside it, so reading them costs nothing.
// Mean to maximum are over the finite elements (0 where there are none).
typedef struct gan_tensor_statistics {
    double mean, deviation, minimum, maximum;
    uint64_t zeros, nans, infinities;
    uint32_t histogram[GAN_TENSOR_HISTOGRAM]; // equal bins from minimum to maximum
} gan_tensor_statistics;

typedef struct gan_tensor_info {
    const char *name; // belongs to the checkpoint
    gan_dtype dtype;
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX]; // row-major
    uint64_t elements;
    uint64_t bytes;        // in memory, of dtype
    uint64_t bytes_stored; // in the file, compressed
    uint32_t crc;          // CRC-32 of the uncompressed little-endian bytes
    gan_tensor_statistics statistics;
} gan_tensor_info;

// --- Reading ------------------------------------------------------------------------------------
typedef struct gan_checkpoint gan_checkpoint;

// Reads and checks the header, the index and the texts; tensor data stays on disk until asked for.
// Errors: BAD_INPUT (not a checkpoint, unreadable), CORRUPT (naming the chunk and byte),
// BAD_VERSION.
GAN_API gan_status gan_checkpoint_open(const char *path, gan_checkpoint **out);
GAN_API void gan_checkpoint_close(gan_checkpoint *checkpoint); // NULL is allowed
GAN_API uint32_t gan_checkpoint_version(const gan_checkpoint *checkpoint);
GAN_API uint64_t gan_checkpoint_file_bytes(const gan_checkpoint *checkpoint);
GAN_API size_t gan_checkpoint_tensor_count(const gan_checkpoint *checkpoint);
// In the file's order; NULL when index is out of range.
GAN_API const gan_tensor_info *gan_checkpoint_tensor(const gan_checkpoint *checkpoint,
                                                     size_t index);
// By name; NULL when there is none.
GAN_API const gan_tensor_info *gan_checkpoint_find(const gan_checkpoint *checkpoint,
                                                   const char *name);
// All elements as float32, row-major. Checks every block and the tensor's CRC. `values` holds
// info->elements floats.
GAN_API gan_status gan_checkpoint_read(const gan_checkpoint *checkpoint,
                                       const gan_tensor_info *info, float *values);
// Elements [start, start + count) only, decoding no more blocks than they touch.
GAN_API gan_status gan_checkpoint_read_part(const gan_checkpoint *checkpoint,
                                            const gan_tensor_info *info, uint64_t start,
                                            uint64_t count, float *values);
// How many singular values the tensor has as a matrix with a row for each index of its first axis:
// the shorter side; 0 for tensors of fewer than two axes.
GAN_API size_t gan_tensor_rank_limit(const gan_tensor_info *info);
// Them, descending, to `values`; the first is the spectral norm. Takes the tensor in double, and
// time in the longer side times the square of the shorter one. Errors: as of reading; FAILED where
// an element is not finite.
GAN_API gan_status gan_checkpoint_singular_values(const gan_checkpoint *checkpoint,
                                                  const gan_tensor_info *info, double *values);
// The text of that name, zero-terminated; NULL when there is none.
GAN_API const char *gan_checkpoint_text(const gan_checkpoint *checkpoint, const char *name);
// The names of all texts, in the file's order; NULL when index is out of range.
GAN_API const char *gan_checkpoint_text_name(const gan_checkpoint *checkpoint, size_t index);
// Reads everything and checks every checksum and bound. Errors: CORRUPT, naming the chunk.
GAN_API gan_status gan_checkpoint_verify(const gan_checkpoint *checkpoint);

// --- Writing ------------------------------------------------------------------------------------
typedef struct gan_checkpoint_writer gan_checkpoint_writer;

// Writes beside `path`; nothing is at `path` until commit. `level` is 0 (stored) to 9.
#define GAN_CHECKPOINT_LEVEL_DEFAULT 6
GAN_API gan_status gan_checkpoint_writer_create(const char *path, int level,
                                                gan_checkpoint_writer **out);
GAN_API gan_status gan_checkpoint_writer_text(gan_checkpoint_writer *writer, const char *name,
                                              const char *text);
// `values` are float32 whatever dtype says; F16 rounds them to nearest even.
GAN_API gan_status gan_checkpoint_writer_tensor(gan_checkpoint_writer *writer, const char *name,
                                                gan_dtype dtype, int rank, const int64_t *size,
                                                const float *values);
// Finishes, syncs, renames over `path`. The writer is destroyed either way.
GAN_API gan_status gan_checkpoint_writer_commit(gan_checkpoint_writer *writer);
GAN_API void gan_checkpoint_writer_discard(gan_checkpoint_writer *writer); // NULL is allowed

// --- Comparing ----------------------------------------------------------------------------------
typedef enum gan_difference_kind {
    GAN_DIFFERENCE_ONLY_FIRST,  // only the first checkpoint has it
    GAN_DIFFERENCE_ONLY_SECOND, // only the second
    GAN_DIFFERENCE_TYPE,        // of the elements
    GAN_DIFFERENCE_SHAPE,
    GAN_DIFFERENCE_VALUES,
    GAN_DIFFERENCE_TEXT,
} gan_difference_kind;

// One tensor or text that is not the same in both.
typedef struct gan_difference {
    gan_difference_kind kind;
    const char *name;                      // belongs to the checkpoints, which must stay open
    const gan_tensor_info *first, *second; // NULL for a text, and where there is none
    // VALUES only:
    uint64_t elements;   // how many differ in any bit
    uint64_t at;         // the first of them, in row-major order
    float values[2];     // its value in each
    double max_absolute; // largest |a - b|; infinite where one is a NaN or infinity
    double max_relative; // largest |a - b| / max(|a|, |b|); infinite likewise
    char where[240];     // TEXT only: the line or key, and what each has there
} gan_difference;

// What would make training go on differently, or samples differ: every tensor, bit by bit; the text
// "recipe" but for the keys that only say how long to train and when to log, sample and save; the
// text "run" but for clgan's version, device, driver, times. *differences is the caller's
// (gan_difference_free); *count is 0 when the two are the same. Errors: as of reading.
GAN_API gan_status gan_checkpoint_diff(const gan_checkpoint *first, const gan_checkpoint *second,
                                       gan_difference **differences, size_t *count);
GAN_API void gan_difference_free(gan_difference *differences); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
