// OpenCL devices: listing them, choosing one, opening it.
#ifndef CLGAN_DEVICE_H
#define CLGAN_DEVICE_H

#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gan_device_kind {
    GAN_DEVICE_KIND_CPU,
    GAN_DEVICE_KIND_GPU_INTEGRATED,
    GAN_DEVICE_KIND_GPU_DISCRETE,
    GAN_DEVICE_KIND_OTHER,
} gan_device_kind;

// What one OpenCL device says of itself. Numbers the driver would not give are 0, texts are "".
typedef struct gan_device_info {
    unsigned platform, device; // the indices of --device P:D; platforms with no device count too
    char platform_name[128];
    char name[128];
    char driver[128];
    char version[128]; // of OpenCL, as the device words it
    gan_device_kind kind;
    uint32_t compute_units;
    uint32_t clock_mhz;
    uint64_t memory_bytes;
    uint64_t max_allocation_bytes;
    uint64_t local_memory_bytes;
    uint64_t max_work_group;
    bool fp16, fp64, subgroups;
} gan_device_info;

// Every device of every platform, in the order of their indices. *infos is the caller's
// (gan_device_list_free). A platform that fails is passed over. No device at all: NO_DEVICE.
GAN_API gan_status gan_device_list(gan_device_info **infos, size_t *count);
GAN_API void gan_device_list_free(gan_device_info *infos);

// An open device: its context and its queues. Not for use by two threads at once.
typedef struct gan_device gan_device;

// `spec`: "auto" (a discrete GPU before an integrated one before a CPU), "cpu", "gpu", "P:D", or a
// case-insensitive part of a platform's or device's name; NULL means $CLGAN_DEVICE, else "auto".
// Among equals Mesa's drivers come after the vendor's (and after PoCL on CPUs), then the larger
// memory first. No match, or several for a name: NO_DEVICE with a message that lists the devices.
GAN_API gan_status gan_device_open(const char *spec, gan_device **out);
// Waits for the queue, releases everything; NULL is allowed.
GAN_API void gan_device_close(gan_device *device);
GAN_API const gan_device_info *gan_device_get_info(const gan_device *device);

// Runs a few kernels whose answers are known (arithmetic, Philox, both GEMM engines).
// Errors: DEVICE_FAILED or BUILD_FAILED, naming what was wrong.
GAN_API gan_status gan_device_self_test(gan_device *device);

#ifdef __cplusplus
}
#endif
#endif
