// Launches enqueued as a graph, on the device's second queue, which keeps no order of its own.
#include "runtime/schedule.h"

#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/launch_parts.h"

#include <string.h>

struct gan_schedule {
    gan_device *device;
    gan_launch *const *launches;
    uint32_t count;
    uint32_t *waits, *first_wait;
    bool overlaps;    // some launch need not wait for the one before it
    bool *awaited;    // launch i, by a later one
    cl_event *events; // launch i's, while a run is being enqueued
    cl_event *list;   // what one command waits for
};

// --- Making --------------------------------------------------------------------------------------

static gan_status check(const gan_schedule_desc *desc) {
    for (uint32_t i = 0; i < desc->count; i++)
        for (uint32_t k = desc->first_wait[i]; k < desc->first_wait[i + 1]; k++)
            if (desc->waits[k] >= i)
                return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                                 "launch %u of a schedule waits for launch %u: it may wait for "
                                 "those before it only",
                                 i, desc->waits[k]);
    return GAN_STATUS_OK;
}

static bool waits_for(const gan_schedule_desc *desc, uint32_t launch, uint32_t other) {
    for (uint32_t k = desc->first_wait[launch]; k < desc->first_wait[launch + 1]; k++)
        if (desc->waits[k] == other) return true;
    return false;
}

static bool overlaps(const gan_device *device, const gan_schedule_desc *desc) {
    bool chain = true;
    for (uint32_t i = 1; i < desc->count; i++) chain = chain && waits_for(desc, i, i - 1);
    for (uint32_t i = 0; i < desc->count; i++)
        if (!gan__launch_is_kernels(desc->launches[i])) return false;
    return device->traits.overlaps && !chain;
}

static gan_status allocate(gan_schedule *s, uint32_t waits) {
    const struct {
        void **where;
        size_t count, size;
    } arrays[] = {{(void **)&s->waits, waits, sizeof *s->waits},
                  {(void **)&s->first_wait, s->count + 1u, sizeof *s->first_wait},
                  {(void **)&s->awaited, s->count, sizeof *s->awaited},
                  {(void **)&s->events, s->count, sizeof *s->events},
                  {(void **)&s->list, s->count + 1u, sizeof *s->list}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        GAN_TRY(gan__alloc(arrays[i].count, arrays[i].size, arrays[i].where));
    return GAN_STATUS_OK;
}

static void fill(gan_schedule *s, const gan_schedule_desc *desc) {
    const uint32_t waits = desc->first_wait[desc->count];
    if (waits) memcpy(s->waits, desc->waits, waits * sizeof *s->waits);
    memcpy(s->first_wait, desc->first_wait, (s->count + 1u) * sizeof *s->first_wait);
    for (uint32_t k = 0; k < waits; k++) s->awaited[s->waits[k]] = true;
}

gan_status gan__schedule_create(gan_device *device, const gan_schedule_desc *desc,
                                gan_schedule **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(check(desc));
    GAN_TRY(gan__alloc(1, sizeof(gan_schedule), &memory));
    gan_schedule *schedule = memory;
    *schedule = (gan_schedule){.device = device,
                               .launches = desc->launches,
                               .count = desc->count,
                               .overlaps = overlaps(device, desc)};
    gan_status status = allocate(schedule, desc->first_wait[desc->count]);
    if (status != GAN_STATUS_OK) {
        gan__schedule_destroy(schedule);
        return status;
    }
    fill(schedule, desc);
    *out = schedule;
    return GAN_STATUS_OK;
}

void gan__schedule_destroy(gan_schedule *schedule) {
    if (!schedule) return;
    gan__free(schedule->waits);
    gan__free(schedule->first_wait);
    gan__free(schedule->awaited);
    gan__free(schedule->events);
    gan__free(schedule->list);
    gan__free(schedule);
}

// --- Running -------------------------------------------------------------------------------------

static gan_status enqueue_in_order(const gan_schedule *s) {
    for (uint32_t i = 0; i < s->count; i++) GAN_TRY(gan__launch_enqueue(s->launches[i]));
    return GAN_STATUS_OK;
}

// `start` stands for all that was enqueued before the schedule.
static gan_status enqueue_launch(gan_schedule *s, uint32_t launch, cl_event start) {
    cl_uint count = 0;
    for (uint32_t k = s->first_wait[launch]; k < s->first_wait[launch + 1]; k++)
        s->list[count++] = s->events[s->waits[k]];
    if (count == 0) s->list[count++] = start;
    return gan__launch_enqueue_after(s->launches[launch], s->device->overlap_queue, count, s->list,
                                     &s->events[launch]);
}

// What is enqueued from here on, in order again, waits for the launches that no other awaits; after
// an error for all there are.
static gan_status enqueue_end(gan_schedule *s) {
    cl_uint count = 0;
    bool complete = s->events[s->count - 1] != NULL;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->events[i] && !(complete && s->awaited[i])) s->list[count++] = s->events[i];
    if (count == 0) return GAN_STATUS_OK;
    GAN_CL(s->device, clEnqueueBarrierWithWaitList(s->device->queue, count, s->list, NULL));
    GAN_CL(s->device, clFlush(s->device->overlap_queue));
    return GAN_STATUS_OK;
}

gan_status gan__schedule_enqueue(gan_schedule *s) {
    if (!s->overlaps || s->device->profiling) return enqueue_in_order(s);
    cl_event start = NULL;
    GAN_CL(s->device, clEnqueueMarkerWithWaitList(s->device->queue, 0, NULL, &start));
    // What another queue is to wait for has to have been flushed.
    gan_status status = gan__device_flush(s->device);
    for (uint32_t i = 0; i < s->count && status == GAN_STATUS_OK; i++)
        status = enqueue_launch(s, i, start);
    const gan_status ended = enqueue_end(s);
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->events[i]) clReleaseEvent(s->events[i]);
        s->events[i] = NULL;
    }
    clReleaseEvent(start);
    return status == GAN_STATUS_OK ? ended : status;
}
