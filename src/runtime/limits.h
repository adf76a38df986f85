// What a device can do at most, measured through the runtime that trains: a rate of multiply-adds
// and one of moving memory, beside which those of other kernels are read.
#ifndef GAN_RUNTIME_LIMITS_H
#define GAN_RUNTIME_LIMITS_H

#include "runtime/launch.h"

typedef struct gan_limits {
    double flops, bytes; // a second
    uint64_t moved;      // bytes of the memory that `bytes` was measured on
} gan_limits;

// Takes some 0.1 s and, on CPUs, 8 MiB, updated in place: what states and activations take; on
// others 256 MiB or a quarter of the largest buffer. The best of several runs.
gan_status gan__limits_measure(gan_device *device, gan_limits *out);

// The kernels themselves, for benchmarks. `out` has room for 32 floats for each work-item that runs
// at once; *flops are those of one run.
gan_status gan__limits_create_fma(gan_device *device, gan_buffer *out, gan_launch **launch,
                                  double *flops);
// Floats for which gan__limits_create_fma needs room.
uint64_t gan__limits_fma_elements(gan_device *device);
// Copies so many bytes; where `from` is `to`, updates them in place. CPUs read a line before they
// write to it, so a copy moves half as much again as it says, and an update does not. Both buffers
// have GAN_LIMITS_SHIFT floats more.
#define GAN_LIMITS_SHIFT 512
gan_status gan__limits_create_copy(gan_device *device, gan_buffer *from, gan_buffer *to,
                                   uint64_t bytes, gan_launch **launch);

#endif
