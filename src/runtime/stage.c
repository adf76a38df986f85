// The ring of host memory from which batches are sent without blocking. Slots are memory that the
// driver allots and leaves mapped: GPUs fetch from it while the host goes on, where ordinary memory
// would first be copied, or waited for.
#include "base/memory.h"
#include "runtime/buffer.h"
#include "runtime/device_state.h"
#include "runtime/launch_parts.h"

typedef struct stage_slot {
    cl_mem home;     // what `memory` is mapped from
    void *memory;    // the host's view
    cl_event sent;   // NULL when the slot is free
    uint64_t drains; // the device's when it was sent
} stage_slot;

struct gan_stage {
    gan_device *device;
    gan_buffer *buffer;
    uint64_t bytes;
    uint32_t slots;
    uint32_t current; // the slot given last
    stage_slot *ring;
};

static gan_status create_slot(gan_stage *stage, stage_slot *slot) {
    gan_device *device = stage->device;
    cl_int error = CL_SUCCESS;
    slot->home = clCreateBuffer(device->context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR,
                                stage->bytes, NULL, &error);
    GAN_TRY(gan__cl_check(device, error, "clCreateBuffer"));
    slot->memory =
        clEnqueueMapBuffer(device->queue, slot->home, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
                           stage->bytes, 0, NULL, NULL, &error);
    device->counters.host_syncs++;
    return gan__cl_check(device, error, "clEnqueueMapBuffer");
}

static void destroy_slot(gan_stage *stage, stage_slot *slot) {
    if (slot->sent) {
        clWaitForEvents(1, &slot->sent);
        clReleaseEvent(slot->sent);
    }
    if (slot->memory)
        clEnqueueUnmapMemObject(stage->device->queue, slot->home, slot->memory, 0, NULL, NULL);
    if (slot->home) clReleaseMemObject(slot->home);
}

static gan_status create_ring(gan_stage *stage) {
    void *ring = NULL;
    GAN_TRY(gan__alloc(stage->slots, sizeof(stage_slot), &ring));
    stage->ring = ring;
    for (uint32_t i = 0; i < stage->slots; i++) GAN_TRY(create_slot(stage, &stage->ring[i]));
    return GAN_STATUS_OK;
}

gan_status gan__stage_create(gan_buffer *buffer, uint64_t bytes, uint32_t slots, gan_stage **out) {
    *out = NULL;
    if (slots == 0 || bytes == 0 || bytes > gan__buffer_bytes(buffer))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a stage of %u slots of %llu bytes for a buffer of %llu", slots,
                         (unsigned long long)bytes, (unsigned long long)gan__buffer_bytes(buffer));
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_stage), &memory));
    gan_stage *stage = memory;
    *stage = (gan_stage){.device = gan__buffer_device(buffer),
                         .buffer = buffer,
                         .bytes = bytes,
                         .slots = slots,
                         .current = slots - 1};
    gan_status status = create_ring(stage);
    if (status == GAN_STATUS_OK)
        *out = stage;
    else
        gan__stage_destroy(stage);
    return status;
}

void gan__stage_destroy(gan_stage *stage) {
    if (!stage) return;
    for (uint32_t i = 0; stage->ring && i < stage->slots; i++) destroy_slot(stage, &stage->ring[i]);
    clFinish(stage->device->queue);
    gan__free(stage->ring);
    gan__free(stage);
}

// Rusticl calls an event submitted until someone waits for it, though the queue has run dry since;
// it is the queue that is believed.
static gan_status free_slot(gan_stage *stage, stage_slot *slot) {
    if (!slot->sent) return GAN_STATUS_OK;
    cl_int state = CL_COMPLETE;
    GAN_CL(stage->device, clGetEventInfo(slot->sent, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                         sizeof state, &state, NULL));
    if (state > CL_COMPLETE && slot->drains == stage->device->drains) {
        stage->device->counters.host_syncs++;
        GAN_CL(stage->device, clWaitForEvents(1, &slot->sent));
    } else if (state < 0) {
        return gan__cl_check(stage->device, state, "sending a batch to the device");
    }
    clReleaseEvent(slot->sent);
    slot->sent = NULL;
    return GAN_STATUS_OK;
}

gan_status gan__stage_next(gan_stage *stage, void **slot) {
    *slot = NULL;
    uint32_t next = (stage->current + 1) % stage->slots;
    GAN_TRY(free_slot(stage, &stage->ring[next]));
    stage->current = next;
    *slot = stage->ring[next].memory;
    return GAN_STATUS_OK;
}

gan_status gan__stage_send(gan_stage *stage) {
    gan_device *device = stage->device;
    stage_slot *slot = &stage->ring[stage->current];
    GAN_TRY(free_slot(stage, slot));
    GAN_CL(device, clEnqueueWriteBuffer(device->queue, gan__buffer_memory(stage->buffer), CL_FALSE,
                                        0, stage->bytes, slot->memory, 0, NULL, &slot->sent));
    slot->drains = device->drains;
    device->counters.bytes_staged += stage->bytes;
    return GAN_STATUS_OK;
}
