// Samples into a file or a pipe, as numbers or one picture after another, in memory that does not
// grow with their count.
//
//     gan_target target = {.path = "samples.npy"};
//     gan_sample_file *file;
//     status = gan_sample_file_create(GAN_SAMPLE_FORMAT_NPY, info, 100000, target, &file);
//     while (status == GAN_STATUS_OK && ...) status = gan_sample_file_write(file, samples, count);
//     if (status == GAN_STATUS_OK) status = gan_sample_file_commit(file);
//     else gan_sample_file_discard(file);
#ifndef CLGAN_SAMPLE_FILE_H
#define CLGAN_SAMPLE_FILE_H

#include "clgan/sample.h"
#include "clgan/status.h"
#include "clgan/target.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// X(name, suffix, what it is)
#define GAN_SAMPLE_FORMAT_TABLE(X)                                                                 \
    X(RAW, "raw", "little-endian float32 without a header")                                        \
    X(NPY, "npy", "NumPy array of float32, (count, ...)")                                          \
    X(NPZ, "npz", "NumPy archive of one such array, stored: images, or x where they are points")   \
    X(IDX, "idx", "IDX as MNIST's: bytes where the samples are images, float32 where points")      \
    X(PNM, "pnm", "PGM, PPM or PAM, one picture after another")                                    \
    X(Y4M, "y4m", "uncompressed video (YUV4MPEG2), a frame a sample, for an encoder")              \
    X(TXT, "txt", "a line of UTF-8 a sample, where samples are text")

typedef enum gan_sample_format {
#define GAN_SAMPLE_FORMAT_VALUE(name, suffix, meaning) GAN_SAMPLE_FORMAT_##name,
    GAN_SAMPLE_FORMAT_TABLE(GAN_SAMPLE_FORMAT_VALUE)
#undef GAN_SAMPLE_FORMAT_VALUE
} gan_sample_format;

typedef struct gan_sample_file gan_sample_file;

// Writes the header: exactly `count` samples must follow. Of `info`, rank, size, elements, low and
// high count (the last two as in gan_image_create, and for IDX's bytes, PNM and Y4M only, where low
// equals high the range is then 0 to 1); it is copied. Nothing is at the target's path until
// commit; info.vocabulary, which TXT needs, must outlive it. Errors: BAD_ARGUMENT (no sample; TXT of
// samples that are no text; more than IDX or NPZ can hold: 2^32 samples, 4 GiB),
// BAD_OUTPUT, CLOSED, NO_MEMORY.
GAN_API gan_status gan_sample_file_create(gan_sample_format format, const gan_sample_info *info,
                                          uint64_t count, gan_target target, gan_sample_file **out);
// `samples`: (count, info->elements). Errors: BAD_OUTPUT, CLOSED, BAD_ARGUMENT (too many).
GAN_API gan_status gan_sample_file_write(gan_sample_file *file, const float *samples, size_t count);
// Finishes; the file is destroyed either way. Errors: BAD_OUTPUT, CLOSED, BAD_ARGUMENT (too few).
GAN_API gan_status gan_sample_file_commit(gan_sample_file *file);
// Throws the unfinished file away (what a pipe got stays there); NULL is allowed.
GAN_API void gan_sample_file_discard(gan_sample_file *file);

// --- Latents ------------------------------------------------------------------------------------
// A .npy file of latents, (count, latent) or one alone (latent), float32 or float64 of either byte
// order, read piece by piece. (To write latents is to write samples of rank 1.)
typedef struct gan_latent_file gan_latent_file;

// `latent`: how many elements one must have. Errors: BAD_INPUT, CORRUPT, naming the file.
GAN_API gan_status gan_latent_file_open(const char *path, size_t latent, gan_latent_file **out);
GAN_API uint64_t gan_latent_file_get_count(const gan_latent_file *file);
// The next `count` of them: (count, latent). Errors: BAD_ARGUMENT past the end; BAD_INPUT where an
// element is not finite; CORRUPT.
GAN_API gan_status gan_latent_file_read(gan_latent_file *file, size_t count, float *latents);
GAN_API void gan_latent_file_close(gan_latent_file *file); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
