// Device memory and blocking transfers.
#include "runtime/buffer.h"

#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/launch_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ZEROS_BYTES ((uint64_t)1 << 20)
#define LARGE_BYTES ((uint64_t)1 << 20) // where large pages begin to count

struct gan_buffer {
    gan_device *device;
    cl_mem memory;
    uint64_t bytes;
};

// "3.2 GiB", for messages.
static const char *in_words(uint64_t bytes, char words[32]) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    int unit = 0;
    for (; value >= 1024 && unit < 4; unit++) value /= 1024;
    snprintf(words, 32, unit == 0 ? "%.0f %s" : "%.2f %s", value, units[unit]);
    return words;
}

static gan_status refuse(const gan_device *device, uint64_t bytes, const char *what,
                         const char *limit, uint64_t limit_bytes) {
    char asked[32], allowed[32];
    return gan__fail(GAN_STATUS_DEVICE_MEMORY,
                     "%s: %s asked of %s, which %s %s; use a smaller batch or network, or another "
                     "device",
                     what, in_words(bytes, asked), device->info.name, limit,
                     in_words(limit_bytes, allowed));
}

static gan_status check_limits(const gan_device *device, uint64_t bytes, const char *what) {
    uint64_t most = device->info.max_allocation_bytes, all = device->info.memory_bytes;
    uint64_t used = device->counters.bytes_allocated;
    if (most && bytes > most) return refuse(device, bytes, what, "allows buffers of at most", most);
    if (all && bytes > all - (used < all ? used : all))
        return refuse(device, bytes, what, "has left", all - (used < all ? used : all));
    return GAN_STATUS_OK;
}

// Writes zeros to the start and doubles them by copies on the device: clEnqueueFillBuffer leaves
// garbage with some drivers (Apple's), and a fill kernel would have to be compiled.
static cl_int fill_with_zeros(gan_buffer *buffer, const void *zeros) {
    cl_command_queue queue = buffer->device->queue;
    uint64_t filled = buffer->bytes < ZEROS_BYTES ? buffer->bytes : ZEROS_BYTES;
    cl_int error =
        clEnqueueWriteBuffer(queue, buffer->memory, CL_TRUE, 0, filled, zeros, 0, NULL, NULL);
    while (error == CL_SUCCESS && filled < buffer->bytes) {
        uint64_t rest = buffer->bytes - filled, more = rest < filled ? rest : filled;
        error = clEnqueueCopyBuffer(queue, buffer->memory, buffer->memory, 0, filled, more, 0, NULL,
                                    NULL);
        filled += more;
    }
    return error == CL_SUCCESS ? clFinish(queue) : error;
}

static gan_status zero(gan_buffer *buffer, const char *what) {
    gan_device *device = buffer->device;
    void *zeros = NULL;
    GAN_TRY(gan__alloc(1, buffer->bytes < ZEROS_BYTES ? buffer->bytes : ZEROS_BYTES, &zeros));
    gan_status status = gan__cl_check(device, fill_with_zeros(buffer, zeros), "zeroing new memory");
    device->counters.host_syncs++;
    gan__free(zeros);
    char asked[32];
    if (status == GAN_STATUS_DEVICE_MEMORY)
        return gan__fail_in(status, "%s (%s)", what, in_words(buffer->bytes, asked));
    return status;
}

// PoCL's CPU works in the memory that it is given. Its own lies on pages of 4 KiB, and on a virtual
// machine above all finding those takes as long as reading what is on them.
static bool is_given_memory(const gan_device *device, uint64_t bytes) {
    return bytes >= LARGE_BYTES && device->info.kind == GAN_DEVICE_KIND_CPU &&
           strcmp(device->info.platform_name, "Portable Computing Language") == 0;
}

static void CL_CALLBACK free_given(cl_mem memory, void *given) {
    (void)memory;
    gan__free(given);
}

static gan_status create_given(gan_buffer *buffer, cl_int *error) {
    void *given = NULL;
    GAN_TRY(gan__alloc_large(buffer->bytes, &given));
    buffer->memory =
        clCreateBuffer(buffer->device->context, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR,
                       buffer->bytes, given, error);
    if (*error == CL_SUCCESS)
        *error = clSetMemObjectDestructorCallback(buffer->memory, free_given, given);
    if (*error == CL_SUCCESS) return GAN_STATUS_OK;
    if (buffer->memory) clReleaseMemObject(buffer->memory);
    buffer->memory = NULL;
    gan__free(given);
    return GAN_STATUS_OK; // the caller tells of *error
}

static gan_status allocate(gan_buffer *buffer, const char *what) {
    gan_device *device = buffer->device;
    cl_int error = CL_SUCCESS;
    char asked[32];
    if (is_given_memory(device, buffer->bytes))
        GAN_TRY(create_given(buffer, &error));
    else
        buffer->memory =
            clCreateBuffer(device->context, CL_MEM_READ_WRITE, buffer->bytes, NULL, &error);
    if (error != CL_SUCCESS)
        return gan__fail_in(gan__cl_check(device, error, "clCreateBuffer"), "%s (%s)", what,
                            in_words(buffer->bytes, asked));
    device->counters.allocations++;
    device->counters.bytes_allocated += buffer->bytes;
    return zero(buffer, what);
}

gan_status gan__buffer_create(gan_device *device, uint64_t bytes, const char *what,
                              gan_buffer **out) {
    *out = NULL;
    if (bytes == 0) return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: a buffer of 0 bytes", what);
    GAN_TRY(check_limits(device, bytes, what));
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_buffer), &memory));
    gan_buffer *buffer = memory;
    buffer->device = device;
    buffer->bytes = bytes;
    gan_status status = allocate(buffer, what);
    if (status == GAN_STATUS_OK)
        *out = buffer;
    else
        gan__buffer_destroy(buffer);
    return status;
}

void gan__buffer_destroy(gan_buffer *buffer) {
    if (!buffer) return;
    if (buffer->memory) {
        clReleaseMemObject(buffer->memory);
        buffer->device->counters.bytes_allocated -= buffer->bytes;
    }
    gan__free(buffer);
}

uint64_t gan__buffer_bytes(const gan_buffer *buffer) {
    return buffer->bytes;
}

cl_mem gan__buffer_memory(const gan_buffer *buffer) {
    return buffer->memory;
}

gan_device *gan__buffer_device(const gan_buffer *buffer) {
    return buffer->device;
}

static gan_status check_range(const gan_buffer *buffer, uint64_t offset, uint64_t bytes) {
    if (offset <= buffer->bytes && bytes <= buffer->bytes - offset) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "a transfer of bytes %" PRIu64 " to %" PRIu64 " of a buffer of %" PRIu64,
                     offset, offset + bytes, buffer->bytes);
}

gan_status gan__buffer_write(gan_buffer *buffer, uint64_t offset, uint64_t bytes,
                             const void *from) {
    gan_device *device = buffer->device;
    GAN_TRY(check_range(buffer, offset, bytes));
    if (bytes == 0) return GAN_STATUS_OK;
    device->counters.host_syncs++;
    GAN_CL(device, clEnqueueWriteBuffer(device->queue, buffer->memory, CL_TRUE, offset, bytes, from,
                                        0, NULL, NULL));
    device->drains++;
    return GAN_STATUS_OK;
}

gan_status gan__buffer_read(const gan_buffer *buffer, uint64_t offset, uint64_t bytes, void *to) {
    gan_device *device = buffer->device;
    GAN_TRY(check_range(buffer, offset, bytes));
    if (bytes == 0) return GAN_STATUS_OK;
    device->counters.host_syncs++;
    GAN_CL(device, clEnqueueReadBuffer(device->queue, buffer->memory, CL_TRUE, offset, bytes, to, 0,
                                       NULL, NULL));
    device->drains++;
    return GAN_STATUS_OK;
}

gan_status gan__buffer_map(gan_buffer *buffer, uint64_t offset, uint64_t bytes, bool write,
                           void **out) {
    gan_device *device = buffer->device;
    const cl_map_flags flags = write ? CL_MAP_READ | CL_MAP_WRITE : CL_MAP_READ;
    cl_int error = CL_SUCCESS;
    *out = NULL;
    GAN_TRY(check_range(buffer, offset, bytes));
    device->counters.host_syncs++;
    void *const mapped = clEnqueueMapBuffer(device->queue, buffer->memory, CL_TRUE, flags, offset,
                                            bytes, 0, NULL, NULL, &error);
    GAN_TRY(gan__cl_check(device, error, "clEnqueueMapBuffer"));
    device->drains++;
    *out = mapped;
    return GAN_STATUS_OK;
}

gan_status gan__buffer_unmap(gan_buffer *buffer, void *mapped) {
    gan_device *device = buffer->device;
    GAN_CL(device, clEnqueueUnmapMemObject(device->queue, buffer->memory, mapped, 0, NULL, NULL));
    return GAN_STATUS_OK;
}

// --- Reads under way -----------------------------------------------------------------------------

struct gan_reading {
    gan_device *device;
    cl_event done;
};

gan_status gan__buffer_read_begin(const gan_buffer *buffer, uint64_t offset, uint64_t bytes,
                                  void *to, gan_reading **out) {
    gan_device *device = buffer->device;
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(check_range(buffer, offset, bytes));
    GAN_TRY(gan__alloc(1, sizeof(gan_reading), &memory));
    gan_reading *const reading = memory;
    reading->device = device;
    const cl_int error = clEnqueueReadBuffer(device->queue, buffer->memory, CL_FALSE, offset, bytes,
                                             to, 0, NULL, &reading->done);
    if (error == CL_SUCCESS) {
        *out = reading;
        return gan__device_flush(device);
    }
    gan__free(reading);
    return gan__cl_check(device, error, "clEnqueueReadBuffer");
}

gan_status gan__reading_end(gan_reading *reading) {
    if (!reading) return GAN_STATUS_OK;
    gan_device *device = reading->device;
    device->counters.host_syncs++;
    const cl_int error = clWaitForEvents(1, &reading->done);
    clReleaseEvent(reading->done);
    gan__free(reading);
    return gan__cl_check(device, error, "clWaitForEvents");
}
