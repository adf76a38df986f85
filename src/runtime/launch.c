// Launches: kernels with their arguments bound, enqueued again and again.
#include "runtime/launch.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/launch_parts.h"
#include "runtime/program.h"
#include "runtime/timing.h"

#include <inttypes.h>
#include <string.h>

#define MOST_PARTS 8

typedef struct launch_part {
    cl_kernel kernel; // NULL for a library call
    char *name;
    size_t global[3], local[3];
    bool local_given;
    gan_library_call call;
    void *state;
} launch_part;

struct gan_launch {
    gan_device *device;
    char *label;
    const char *engine;
    gan_work work; // of one run
    launch_part parts[MOST_PARTS];
    uint32_t part_count;
    size_t argument_count;   // of the kernel added last, as in its desc
    cl_uint *argument_index; // where each goes in the kernel; UINT_MAX unless it is a UINT
    size_t first_argument;   // the caller's first: gan__launch_set_uint counts from here
    uint64_t runs;
    double seconds;
};

gan_status gan__launch_begin(gan_device *device, const char *label, const char *engine,
                             gan_work work, gan_launch **out) {
    *out = NULL;
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_launch), &memory));
    gan_launch *launch = memory;
    launch->device = device;
    launch->engine = engine;
    launch->work = work;
    gan_status status = gan__string_copy(label, &launch->label);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status;
}

void gan__launch_destroy(gan_launch *launch) {
    if (!launch) return;
    gan__timings_forget(launch->device->timings, &launch->seconds);
    for (uint32_t i = 0; i < launch->part_count; i++) {
        launch_part *part = &launch->parts[i];
        if (part->kernel) clReleaseKernel(part->kernel);
        gan__free(part->name);
        gan__free(part->state);
    }
    gan__free(launch->argument_index);
    gan__free(launch->label);
    gan__free(launch);
}

// --- Binding -------------------------------------------------------------------------------------

static gan_status bind_all(gan_launch *launch, const gan_launch_desc *desc, cl_kernel kernel) {
    void *indices = NULL;
    GAN_TRY(gan__alloc(desc->argument_count, sizeof(cl_uint), &indices));
    gan__free(launch->argument_index);
    launch->argument_index = indices;
    launch->argument_count = desc->argument_count;
    launch->first_argument = 0;
    return gan__launch_bind(launch->device, desc, kernel, launch->argument_index);
}

// --- Sizes ---------------------------------------------------------------------------------------

static gan_status set_sizes(launch_part *part, const gan_launch_desc *desc) {
    part->local_given = desc->local[0] != 0;
    for (int i = 0; i < 3; i++) {
        part->global[i] = desc->global[i] ? desc->global[i] : 1;
        part->local[i] = desc->local[i] ? desc->local[i] : 1;
        if (desc->global[0] == 0 || part->global[i] % part->local[i] != 0)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "kernel %s: %zu work-items in dimension %d are not a multiple of %zu",
                             desc->name, desc->global[i], i, part->local[i]);
    }
    return GAN_STATUS_OK;
}

// Mesa 22.3's rusticl gives 32 for kernels that it runs in work-groups of 1024.
static bool understates_work_groups(const gan_device *device) {
    return strcmp(device->info.platform_name, "rusticl") == 0;
}

// What a device allows may differ from kernel to kernel: Apple's CPUs allow one work-item where
// there is a barrier.
static gan_status check_sizes(gan_device *device, const launch_part *part, const char *name) {
    size_t most = 0, asked = part->local[0] * part->local[1] * part->local[2];
    cl_ulong local = 0;
    GAN_CL(device, clGetKernelWorkGroupInfo(part->kernel, device->id, CL_KERNEL_WORK_GROUP_SIZE,
                                            sizeof most, &most, NULL));
    if (part->local_given && asked > most && !understates_work_groups(device))
        return gan__fail(GAN_STATUS_DEVICE_FAILED,
                         "kernel %s wants work-groups of %zu; %s allows it %zu: choose another "
                         "device with --device",
                         name, asked, device->info.name, most);
    GAN_CL(device, clGetKernelWorkGroupInfo(part->kernel, device->id, CL_KERNEL_LOCAL_MEM_SIZE,
                                            sizeof local, &local, NULL));
    if (local > device->traits.local_memory_bytes)
        return gan__fail(GAN_STATUS_DEVICE_FAILED,
                         "kernel %s wants %" PRIu64 " bytes of local memory; %s has %" PRIu64
                         ": choose another device with --device",
                         name, (uint64_t)local, device->info.name,
                         device->traits.local_memory_bytes);
    return GAN_STATUS_OK;
}

// --- Making --------------------------------------------------------------------------------------

static gan_status check_room(const gan_launch *launch) {
    if (launch->part_count < MOST_PARTS) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "launch %s has more than %d parts", launch->label,
                     MOST_PARTS);
}

gan_status gan__launch_add_kernel(gan_launch *launch, const gan_launch_desc *desc) {
    gan_device *device = launch->device;
    GAN_TRY(check_room(launch));
    cl_program program = NULL;
    GAN_TRY(gan__program_get(device, desc->source, desc->options, desc->name, &program));
    launch_part *part = &launch->parts[launch->part_count++]; // destroyed with the launch
    GAN_TRY(gan__string_copy(desc->name, &part->name));
    cl_int error = CL_SUCCESS;
    part->kernel = clCreateKernel(program, desc->name, &error);
    if (error != CL_SUCCESS)
        return gan__fail_in(gan__cl_check(device, error, "clCreateKernel"), "kernel %s",
                            desc->name);
    GAN_TRY(set_sizes(part, desc));
    GAN_TRY(check_sizes(device, part, desc->name));
    return bind_all(launch, desc, part->kernel);
}

gan_status gan__launch_add_call(gan_launch *launch, gan_library_call call, const void *state,
                                size_t bytes) {
    void *copy = NULL;
    GAN_TRY(check_room(launch));
    GAN_TRY(gan__alloc(1, bytes, &copy));
    memcpy(copy, state, bytes);
    launch->parts[launch->part_count++] = (launch_part){.call = call, .state = copy};
    return GAN_STATUS_OK;
}

gan_status gan__launch_create(gan_device *device, const gan_launch_desc *desc, gan_launch **out) {
    gan_launch *launch = NULL;
    *out = NULL;
    gan_status status = gan__launch_begin(device, desc->label, "kernel", desc->work, &launch);
    if (status == GAN_STATUS_OK) status = gan__launch_add_kernel(launch, desc);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", desc->label);
}

void gan__launch_hide_arguments(gan_launch *launch, size_t count) {
    launch->first_argument = count;
}

gan_status gan__launch_set_uint(gan_launch *launch, size_t index, uint32_t value) {
    index += launch->first_argument;
    if (index >= launch->argument_count || launch->argument_index[index] == UINT32_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: argument %zu is not a uint", launch->label,
                         index);
    cl_kernel kernel = launch->parts[launch->part_count - 1].kernel;
    GAN_CL(launch->device,
           clSetKernelArg(kernel, launch->argument_index[index], sizeof value, &value));
    return GAN_STATUS_OK;
}

// --- Running -------------------------------------------------------------------------------------

static gan_status enqueue_kernel(gan_launch *launch, const launch_part *part,
                                 cl_command_queue queue, cl_uint count, const cl_event *waits,
                                 cl_event *event) {
    cl_int error =
        clEnqueueNDRangeKernel(queue, part->kernel, 3, NULL, part->global,
                               part->local_given ? part->local : NULL, count, waits, event);
    launch->device->counters.launches++;
    if (error == CL_SUCCESS) return GAN_STATUS_OK;
    return gan__fail_in(gan__cl_check(launch->device, error, "clEnqueueNDRangeKernel"),
                        "%s, kernel %s", launch->label, part->name);
}

static gan_status enqueue_part(gan_launch *launch, const launch_part *part, cl_event *event) {
    if (part->kernel) return enqueue_kernel(launch, part, launch->device->queue, 0, NULL, event);
    launch->device->counters.launches++;
    gan_status status = part->call(launch->device, part->state, event);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", launch->label);
}

static gan_status enqueue_with_events(gan_launch *launch) {
    for (uint32_t i = 0; i < launch->part_count; i++) {
        cl_event event = NULL;
        GAN_TRY(enqueue_part(launch, &launch->parts[i], &event));
        if (event) GAN_TRY(gan__timings_add(launch->device->timings, event, &launch->seconds));
    }
    return GAN_STATUS_OK;
}

static gan_status enqueue_all(gan_launch *launch) {
    for (uint32_t i = 0; i < launch->part_count; i++)
        GAN_TRY(enqueue_part(launch, &launch->parts[i], NULL));
    return GAN_STATUS_OK;
}

static gan_status enqueue_with_clock(gan_launch *launch) {
    GAN_TRY(gan__device_finish(launch->device));
    double start = gan__clock_seconds();
    GAN_TRY(enqueue_all(launch));
    GAN_TRY(gan__device_finish(launch->device));
    launch->seconds += gan__clock_seconds() - start;
    return GAN_STATUS_OK;
}

gan_status gan__launch_enqueue(gan_launch *launch) {
    launch->runs++;
    if (launch->device->profiling)
        return launch->device->events_tell_time ? enqueue_with_events(launch)
                                                : enqueue_with_clock(launch);
    return enqueue_all(launch);
}

bool gan__launch_is_kernels(const gan_launch *launch) {
    for (uint32_t i = 0; i < launch->part_count; i++)
        if (!launch->parts[i].kernel) return false;
    return true;
}

gan_status gan__launch_enqueue_after(gan_launch *launch, cl_command_queue queue, cl_uint count,
                                     const cl_event *waits, cl_event *event) {
    cl_event before = NULL;
    launch->runs++;
    *event = NULL;
    for (uint32_t i = 0; i < launch->part_count; i++) {
        gan_status status = enqueue_kernel(launch, &launch->parts[i], queue, count, waits, event);
        if (status != GAN_STATUS_OK) {
            *event = before;
            return status;
        }
        if (before) clReleaseEvent(before);
        before = *event;
        count = 1;
        waits = &before;
    }
    return GAN_STATUS_OK;
}

void gan__launch_get_profile(gan_launch *launch, gan_launch_profile *out) {
    gan_timings *timings = launch->device->timings;
    if (gan__timings_waiting_for(timings, &launch->seconds)) gan__device_finish(launch->device);
    *out = (gan_launch_profile){.label = launch->label,
                                .engine = launch->engine,
                                .runs = launch->runs,
                                .enqueues = launch->part_count,
                                .seconds = launch->seconds,
                                .work = launch->work};
}
