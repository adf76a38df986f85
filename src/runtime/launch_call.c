// Launches that are whatever their maker enqueues.
#include "runtime/launch_parts.h"

typedef struct own_call {
    gan_enqueue_call enqueue;
    void *user;
} own_call;

static gan_status enqueue_own(gan_device *device, void *state, cl_event *event) {
    const own_call *call = state;
    (void)device;
    (void)event; // untimed by events
    return call->enqueue(call->user);
}

gan_status gan__launch_create_from(gan_device *device, const char *label, gan_enqueue_call enqueue,
                                   void *user, gan_launch **out) {
    const own_call call = {enqueue, user};
    gan_launch *launch = NULL;
    *out = NULL;
    gan_status status = gan__launch_begin(device, label, "call", (gan_work){0}, &launch);
    if (status == GAN_STATUS_OK)
        status = gan__launch_add_call(launch, enqueue_own, &call, sizeof call);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status;
}
