// Launches made of several enqueues, for the engines of this folder. A launch is a list of parts
// that are enqueued in order: kernels, or calls of a library that enqueues by itself.
//
//     GAN_TRY(gan__launch_begin(device, "g.0 matmul", "tile", work, &launch));
//     status = gan__launch_add_kernel(launch, &partial_sums);
//     if (status == GAN_STATUS_OK) status = gan__launch_add_kernel(launch, &reduction);
//     if (status != GAN_STATUS_OK) gan__launch_destroy(launch);
//
// Private to src/runtime/.
#ifndef GAN_RUNTIME_LAUNCH_PARTS_H
#define GAN_RUNTIME_LAUNCH_PARTS_H

#include "runtime/launch.h"
#include "runtime/opencl.h"

#include <stdbool.h>

// Enqueues work on device->queue. Where `event` is not NULL the call sets it to the event of the
// last command it enqueued, or leaves it NULL. `state` is the part's own.
typedef gan_status (*gan_library_call)(gan_device *device, void *state, cl_event *event);

// An empty launch. `engine` is a literal: "kernel", "tile", "clblast".
gan_status gan__launch_begin(gan_device *device, const char *label, const char *engine,
                             gan_work work, gan_launch **out);

// Adds a kernel, built and bound as gan__launch_create does. desc->label and desc->work are not
// looked at. gan__launch_set_uint reaches the arguments of the kernel added last only.
gan_status gan__launch_add_kernel(gan_launch *launch, const gan_launch_desc *desc);

// The first `count` arguments of the kernel added last are the engine's own: gan__launch_set_uint
// counts from the one after them.
void gan__launch_hide_arguments(gan_launch *launch, size_t count);

// Checks the arguments of `desc` and binds them; indices[i]: where argument i went, UINT32_MAX
// unless it is a UINT (launch_bind.c).
gan_status gan__launch_bind(gan_device *device, const gan_launch_desc *desc, cl_kernel kernel,
                            cl_uint *indices);

// Adds a library call with its own copy of `state` (`bytes` of it).
gan_status gan__launch_add_call(gan_launch *launch, gan_library_call call, const void *state,
                                size_t bytes);

// Whether all parts are kernels, none of them a library call.
bool gan__launch_is_kernels(const gan_launch *launch);

// Enqueues a launch of kernels on `queue`, to run after `count` (1 or more) events, and sets *event
// to that of its last part; after an error to that of the last part enqueued, or NULL. Untimed.
gan_status gan__launch_enqueue_after(gan_launch *launch, cl_command_queue queue, cl_uint count,
                                     const cl_event *waits, cl_event *event);

// The OpenCL memory of a buffer, for library calls.
cl_mem gan__buffer_memory(const gan_buffer *buffer);

gan_device *gan__buffer_device(const gan_buffer *buffer);

#endif
