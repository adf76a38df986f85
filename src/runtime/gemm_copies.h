// Operands to tune a matrix product with: so many copies that a launch finds its own in no cache.
// Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_COPIES_H
#define GAN_RUNTIME_GEMM_COPIES_H

#include "runtime/gemm.h"

#define GAN_GEMM_COPIES 16

typedef struct gan_gemm_copy {
    gan_gemm_desc desc;
    gan_gemm_operand scratch; // what the usual plan of TILE needs
} gan_gemm_copy;

typedef struct gan_gemm_copies {
    gan_gemm_copy items[GAN_GEMM_COPIES];
    size_t count;
} gan_gemm_copies;

// Only the sizes, transposes and batches of `sizes` are looked at. Errors: DEVICE_MEMORY; nothing
// is left behind then.
gan_status gan__gemm_copies_create(gan_device *device, const gan_gemm_desc *sizes,
                                   gan_gemm_copies *out);
void gan__gemm_copies_destroy(gan_gemm_copies *copies);

#endif
