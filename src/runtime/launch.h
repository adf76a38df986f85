// Launches: entries of a list that is replayed. A launch is made once, with its arguments bound,
// and then enqueued step after step without allocation. One launch may be several enqueues (a
// split-K product and its reduction) or a CLBlast call.
//
//     gan_launch_desc desc = {.name = "add", .source = text, .arguments = args, ...};
//     GAN_TRY(gan__launch_create(device, &desc, &launch));   // builds through the program cache
//     GAN_TRY(gan__launch_enqueue(launch));                  // any number of times
//
// What is compiled is "#define GAN_LANES n", cl/prelude.cl, what the source asks for, the source.
// It asks with lines of its own, so that no kernel pays for parsing what it does not call:
//     //@use philox
// puts cl/philox.cl before it, once, after whatever that file itself uses. The options are
// -cl-std=CL1.2 and those of the desc. $CLGAN_DUMP_KERNELS names a folder into which every distinct
// complete source is written, for other compilers and for readers.
//
// Programs are built one after another: two threads gained nothing with PoCL 3.1 (12 kernels, 1.6 s
// to build and 2.7 s more at their first run either way) nor with Intel's CPU driver.
#ifndef GAN_RUNTIME_LAUNCH_H
#define GAN_RUNTIME_LAUNCH_H

#include "runtime/buffer.h"

#include <stddef.h>

typedef enum gan_argument_kind {
    GAN_ARGUMENT_KIND_BUFFER, // two kernel arguments: the buffer, and a uint offset in elements
    GAN_ARGUMENT_KIND_UINT,
    GAN_ARGUMENT_KIND_FLOAT,
} gan_argument_kind;

typedef struct gan_argument {
    gan_argument_kind kind;
    gan_buffer *buffer; // BUFFER
    uint64_t offset;    // BUFFER: in elements; a value over 2^32 - 1 is an error
    uint32_t uint_value;
    float float_value;
} gan_argument;

// A launch's work, for --profile and the benchmark. Bytes are those a perfect cache would move.
typedef struct gan_work {
    double flops;
    double bytes;
} gan_work;

typedef struct gan_launch_desc {
    const char *label;   // for profiles and errors: "discriminator.2 matmul"; copied
    const char *name;    // the kernel's name in `source`
    const char *source;  // OpenCL C 1.2, without what the runtime puts before it
    const char *options; // build options, NULL for none; never -cl-fast-relaxed-math
    const gan_argument *arguments;
    size_t argument_count;
    size_t global[3]; // a multiple of local in each dimension; 0 means 1, but for the first
    size_t local[3];  // {0} lets the driver choose: only for kernels that do not care
    gan_work work;
} gan_launch_desc;

typedef struct gan_launch gan_launch;

// Builds (or finds in memory or on disk) the program, makes a kernel of its own, binds everything.
// Errors: BUILD_FAILED with the kernel, the device and the log; DEVICE_FAILED.
gan_status gan__launch_create(gan_device *device, const gan_launch_desc *desc, gan_launch **out);
void gan__launch_destroy(gan_launch *launch); // NULL is allowed

// A launch that is whatever `enqueue` enqueues on the device, in order with all else: for the
// tuner, which compares launches. `user` is the caller's and has to outlive it. Profiles show no
// time of it.
typedef gan_status (*gan_enqueue_call)(void *user);
gan_status gan__launch_create_from(gan_device *device, const char *label, gan_enqueue_call enqueue,
                                   void *user, gan_launch **out);

// Changes a UINT argument (the step, the seed) before the next enqueue; `index` counts in
// desc.arguments, for a matrix product in those of its epilogue.
gan_status gan__launch_set_uint(gan_launch *launch, size_t index, uint32_t value);
gan_status gan__launch_enqueue(gan_launch *launch);

// What a launch has cost so far. Seconds stay 0 unless the device profiles.
typedef struct gan_launch_profile {
    const char *label;
    const char *engine; // "kernel", "tile", "clblast"
    uint64_t runs;
    uint32_t enqueues; // per run
    double seconds;
    gan_work work; // of one run
} gan_launch_profile;
void gan__launch_get_profile(gan_launch *launch, gan_launch_profile *out);

#endif
