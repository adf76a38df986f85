// What an open device is made of. Private to src/runtime/.
#ifndef GAN_RUNTIME_DEVICE_STATE_H
#define GAN_RUNTIME_DEVICE_STATE_H

#include "runtime/device.h"
#include "runtime/opencl.h"

#include <pthread.h>

#define GAN_DEVICE_NOTICE_SIZE 256

typedef struct gan_programs gan_programs;       // runtime/program.h
typedef struct gan_timings gan_timings;         // runtime/timing.h
typedef struct gan_tuner_table gan_tuner_table; // runtime/tuner_table.h

// What the driver tells the context outside any call, from a thread of its own perhaps.
typedef struct gan_device_notice {
    pthread_mutex_t lock;
    char text[GAN_DEVICE_NOTICE_SIZE];
} gan_device_notice;

struct gan_device {
    gan_device_info info;
    gan_device_traits traits;
    gan_device_counters counters;

    cl_platform_id platform;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;         // replaced by gan__device_set_profiling: do not keep copies
    cl_command_queue overlap_queue; // without an order; NULL unless traits.overlaps

    gan_device_notice *notice;
    gan_programs *programs;
    gan_timings *timings;
    bool profiling;
    // Programs bring declarations of the functions they call (runtime/program.h).
    bool declares_functions;

    uint64_t drains;       // how often the queue is known to have run dry
    bool events_tell_time; // event timestamps can be trusted
    bool keeps_binaries;   // compiled programs are kept on disk by clgan, not by the driver

    gan_tuner_table *tuned; // NULL until it is first asked for
    bool tuned_aside;       // nothing is found in it

    // Whatever the GEMM engines keep with a device. gemm_release is called once, when the device is
    // closed and its queue has run dry, before the context goes.
    void *gemm;
    void (*gemm_release)(gan_device *device);
};

// Copies the driver's latest notice into `text` and forgets it; "" when there is none.
void gan__device_take_notice(const gan_device *device, char text[GAN_DEVICE_NOTICE_SIZE]);

#endif
