// Counts the memory of OpenCL's buffers, whoever makes them: clgan, or CLBlast behind its back. The
// program that includes this stands before the OpenCL library when calls of clCreateBuffer are
// bound. Buffers of host memory, which batches wait in, are counted apart.
#ifndef CLGAN_TEST_COUNTED_BUFFERS_H
#define CLGAN_TEST_COUNTED_BUFFERS_H

#include "runtime/opencl.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

typedef struct counted_bytes {
    _Atomic uint64_t now, most; // most: at any time since it was last set to `now`
} counted_bytes;

static counted_bytes counted_device, counted_host;

typedef struct counted_buffer {
    counted_bytes *of;
    uint64_t bytes;
} counted_buffer;

static void CL_CALLBACK count_released(cl_mem memory, void *user) {
    counted_buffer *const counted = user;
    (void)memory;
    atomic_fetch_sub(&counted->of->now, counted->bytes);
    free(counted);
}

static void count_created(cl_mem memory, cl_mem_flags flags, size_t bytes) {
    counted_buffer *const counted = malloc(sizeof *counted);
    if (counted == NULL) abort();
    counted->of = flags & CL_MEM_ALLOC_HOST_PTR ? &counted_host : &counted_device;
    counted->bytes = bytes;
    const uint64_t now = atomic_fetch_add(&counted->of->now, bytes) + bytes;
    if (now > counted->of->most) counted->of->most = now;
    if (clSetMemObjectDestructorCallback(memory, count_released, counted) != CL_SUCCESS) abort();
}

typedef cl_mem(CL_API_CALL *counted_create)(cl_context, cl_mem_flags, size_t, void *, cl_int *);

cl_mem CL_API_CALL clCreateBuffer(cl_context context, cl_mem_flags flags, size_t bytes, void *given,
                                  cl_int *error) {
    static counted_create create;
    if (create == NULL) *(void **)&create = dlsym(RTLD_NEXT, "clCreateBuffer");
    const cl_mem memory = create(context, flags, bytes, given, error);
    if (memory != NULL) count_created(memory, flags, bytes);
    return memory;
}

// Drivers let go of a buffer when the last command that used it does, which may be a moment after
// it has run. Waits until there are so many bytes, some seconds at most, and returns how many there
// are.
static uint64_t settle_at(const counted_bytes *bytes, uint64_t expected) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int tries = 0; tries < 5000 && bytes->now != expected; tries++) nanosleep(&moment, NULL);
    return bytes->now;
}

// From now on `most` is counted anew.
static void count_anew(counted_bytes *bytes) {
    bytes->most = bytes->now;
}

#endif
