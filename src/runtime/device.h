// An open device as the floors above the runtime see it. Only src/runtime/ knows OpenCL's types.
#ifndef GAN_RUNTIME_DEVICE_H
#define GAN_RUNTIME_DEVICE_H

#include "clgan/device.h"

#include <stdbool.h>
#include <stdint.h>

// What planning and code generation must know of a device. $CLGAN_LANES = 1 | 16 forces `lanes`, so
// that the code for GPUs can be tested on a CPU: with 1 a CPU is treated as a GPU (is_cpu is
// false). $CLGAN_OVERLAP=off: every launch runs by itself.
typedef struct gan_device_traits {
    bool is_cpu;    // one work-item per work-group, explicit vectors of `lanes` floats
    bool overlaps;  // launches that do not wait for one another run at the same time
    uint32_t lanes; // 16 on CPUs, 1 on GPUs and on Mesa's llvmpipe
    uint32_t compute_units;
    uint32_t work_group;     // preferred size for elementwise kernels: 1 on CPUs, else up to 256
    uint32_t max_work_group; // what the device allows; some CPU devices allow 1
    uint64_t local_memory_bytes;
    uint64_t memory_bytes;
    uint64_t max_allocation_bytes;
    uint32_t max_argument_bytes; // CL_DEVICE_MAX_PARAMETER_SIZE: at least 1024; 4096 on Apple
} gan_device_traits;
const gan_device_traits *gan__device_traits(const gan_device *device);

// What the device has been asked for since it was opened (or since the last reset).
typedef struct gan_device_counters {
    uint64_t launches;        // kernels and CLBlast calls enqueued; transfers are not launches
    uint64_t host_syncs;      // blocking reads and writes, finishes and waits
    uint64_t allocations;     // buffers created
    uint64_t bytes_allocated; // now, not since the reset
    uint64_t bytes_staged;    // host to device, without blocking
    uint64_t builds, build_cache_hits; // compiled from source; found in memory or on disk
    uint64_t build_retries; // builds for which clgan's declarations of functions did not suffice
} gan_device_counters;
void gan__device_get_counters(const gan_device *device, gan_device_counters *out);
void gan__device_reset_counters(gan_device *device);

// Starts whatever was enqueued without waiting for it.
gan_status gan__device_flush(gan_device *device);
// Waits until everything enqueued has run. Counts as a host sync.
gan_status gan__device_finish(gan_device *device);

// Profiling: off when a device is opened. Switched on, every launch is timed (by device events
// where these can be trusted, else by the host's clock around a finish).
gan_status gan__device_set_profiling(gan_device *device, bool on);
bool gan__device_profiling(const gan_device *device);

#endif
