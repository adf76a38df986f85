// What bench_gemm and bench_convolution share: operands, and the time of one launch among many that
// are enqueued with one wait at their end, as in training.
#ifndef CLGAN_BENCH_LAUNCHES_H
#define CLGAN_BENCH_LAUNCHES_H

#include "runtime/launch.h"

#define BENCH_COPIES 16

// The same launch on one or more copies of its operands.
typedef struct bench_launches {
    gan_launch *launches[BENCH_COPIES];
    gan_buffer *buffers[BENCH_COPIES][4];
    int count;
} bench_launches;

typedef struct bench_timing {
    double best, median; // seconds
} bench_timing;

// Random numbers in [-1, 1).
gan_buffer *bench_operand(gan_device *device, size_t floats);

// Samples for so many seconds, the copies in turns. `flops` of one launch says how many of them
// make a sample. With `cpu_time` they are of the processors' time spent on this process.
bench_timing bench_measure(gan_device *device, const bench_launches *set, double seconds,
                           double flops, bool cpu_time);
void bench_release(bench_launches *set);

#endif
