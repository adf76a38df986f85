// The CLBlast engine. Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_CLBLAST_H
#define GAN_RUNTIME_GEMM_CLBLAST_H

#include "runtime/gemm.h"

// The launch of one CLBlast call, unchecked. Memory that CLBlast needs beside its operands is
// allocated here, once for the device, so that enqueueing allocates none (but for several batches,
// where CLBlast's interface leaves no choice).
gan_status gan__gemm_clblast_create(gan_device *device, const gan_gemm_desc *desc,
                                    gan_launch **out);

// That memory as it is now, at least so large from now on, or so large again after a check.
uint64_t gan__gemm_clblast_reserved(gan_device *device);
gan_status gan__gemm_clblast_reserve(gan_device *device, uint64_t bytes);
gan_status gan__gemm_clblast_shrink(gan_device *device, uint64_t bytes);

// Floats of memory beside the operands; 0 where CLBlast takes the product by its direct kernel.
gan_status gan__gemm_clblast_memory(gan_device *device, const gan_gemm_desc *desc,
                                    uint64_t *floats);

// The set of CLBlast's parameters (clblast_parameters.h) that launches are made for from now on:
// the one that tuning found, unless another is on trial.
gan_status gan__gemm_clblast_set(gan_device *device, size_t *set);
// Puts a set on trial, for tuning, until gan__gemm_clblast_settle.
gan_status gan__gemm_clblast_try(gan_device *device, size_t set);

// What the tuned set is kept under.
#define GAN_GEMM_CLBLAST_KEY "clblast parameters"

// Drops what CLBlast has cached in this process.
void gan__gemm_clblast_clear(void);

#endif
