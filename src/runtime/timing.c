// The list of events whose durations are still to be read.
#include "runtime/timing.h"

#include "base/memory.h"

// With this many events outstanding, those already complete are read, so that the list stays short
// however long a run goes without waiting.
#define MANY_EVENTS 4096

typedef struct timing {
    cl_event event;
    double *seconds;
} timing;

struct gan_timings {
    timing *entries;
    size_t count, capacity;
    size_t tidy_at;
};

gan_status gan__timings_create(gan_timings **out) {
    void *timings = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_timings), &timings));
    *out = timings;
    (*out)->tidy_at = MANY_EVENTS;
    return GAN_STATUS_OK;
}

void gan__timings_destroy(gan_timings *timings) {
    if (!timings) return;
    for (size_t i = 0; i < timings->count; i++) clReleaseEvent(timings->entries[i].event);
    gan__free(timings->entries);
    gan__free(timings);
}

// An event whose times cannot be read adds nothing.
static double duration(cl_event event) {
    cl_ulong start = 0, end = 0;
    if (clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) ||
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL))
        return 0;
    return end > start ? (double)(end - start) * 1e-9 : 0;
}

static bool is_complete(cl_event event) {
    cl_int state = CL_COMPLETE;
    if (clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL))
        return true;
    return state <= CL_COMPLETE;
}

// The queue is in order: complete events come before those that are not.
static void read_complete(gan_timings *timings) {
    size_t done = 0;
    while (done < timings->count && is_complete(timings->entries[done].event)) {
        timing *entry = &timings->entries[done++];
        *entry->seconds += duration(entry->event);
        clReleaseEvent(entry->event);
    }
    for (size_t i = done; i < timings->count; i++) timings->entries[i - done] = timings->entries[i];
    timings->count -= done;
}

gan_status gan__timings_add(gan_timings *timings, cl_event event, double *seconds) {
    if (timings->count >= timings->tidy_at) {
        read_complete(timings);
        timings->tidy_at = timings->count + MANY_EVENTS;
    }
    if (timings->count == timings->capacity) {
        size_t capacity = timings->capacity ? 2 * timings->capacity : MANY_EVENTS;
        void *entries = timings->entries;
        gan_status status = gan__realloc(capacity, sizeof(timing), &entries);
        if (status != GAN_STATUS_OK) {
            clReleaseEvent(event);
            return status;
        }
        timings->entries = entries;
        timings->capacity = capacity;
    }
    timings->entries[timings->count++] = (timing){event, seconds};
    return GAN_STATUS_OK;
}

void gan__timings_resolve(gan_timings *timings) {
    read_complete(timings);
}

void gan__timings_forget(gan_timings *timings, const double *seconds) {
    size_t kept = 0;
    for (size_t i = 0; i < timings->count; i++) {
        if (timings->entries[i].seconds == seconds)
            clReleaseEvent(timings->entries[i].event);
        else
            timings->entries[kept++] = timings->entries[i];
    }
    timings->count = kept;
}

bool gan__timings_waiting_for(const gan_timings *timings, const double *seconds) {
    for (size_t i = 0; i < timings->count; i++)
        if (timings->entries[i].seconds == seconds) return true;
    return false;
}
