// Schedules: launches that are enqueued together, each with those before it that it has to wait
// for. Where the device overlaps launches (gan_device_traits), those that do not wait for one
// another may run at the same time: a core that has done its share of one goes on with the next,
// where it would sleep until the other cores have done theirs. Elsewhere they run in the order
// given.
//
//     // c waits for a and b; a and b for nothing
//     const uint32_t waits[] = {0, 1}, first_wait[] = {0, 0, 0, 2};
//     gan_schedule_desc desc = {launches, 3, waits, first_wait};
//     GAN_TRY(gan__schedule_create(device, &desc, &schedule));
//     GAN_TRY(gan__schedule_enqueue(schedule));   // any number of times
//
// Results are the same either way: a launch computes what it computes whenever it runs. A device
// that profiles runs one launch after the other, so that each is timed by itself.
#ifndef GAN_RUNTIME_SCHEDULE_H
#define GAN_RUNTIME_SCHEDULE_H

#include "runtime/launch.h"

// Launch i waits for waits[first_wait[i]] up to, not including, waits[first_wait[i + 1]]: numbers
// below i. first_wait has count + 1 entries.
typedef struct gan_schedule_desc {
    gan_launch *const *launches;
    uint32_t count;
    const uint32_t *waits, *first_wait;
} gan_schedule_desc;

typedef struct gan_schedule gan_schedule;

// The launches stay the caller's and have to outlive the schedule, and so does their array; the
// waits are copied. Errors: BAD_ARGUMENT for a launch that waits for itself or a later one.
gan_status gan__schedule_create(gan_device *device, const gan_schedule_desc *desc,
                                gan_schedule **out);
void gan__schedule_destroy(gan_schedule *schedule); // NULL is allowed

// Enqueues all launches: after everything enqueued before, and before everything enqueued later.
gan_status gan__schedule_enqueue(gan_schedule *schedule);

#endif
