// What the tests of the runtime share, beside the device.
#ifndef GAN_TESTS_RUNTIME_DEVICE_FIXTURE_H
#define GAN_TESTS_RUNTIME_DEVICE_FIXTURE_H

#include "test_device.h"

#include "runtime/launch.h"

#include <string.h>

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        if ((expression) != GAN_STATUS_OK) fail_msg("%s: %s", #expression, gan_status_message());  \
    } while (0)

// That `expression` fails with `status` and a message that holds `part`.
#define assert_fails(expression, status, part)                                                     \
    do {                                                                                           \
        assert_int_equal((expression), (status));                                                  \
        if (!strstr(gan_status_message(), (part)))                                                 \
            fail_msg("'%s' is not in: %s", (part), gan_status_message());                          \
    } while (0)

static inline gan_buffer *make_buffer(uint64_t bytes) {
    gan_buffer *buffer = NULL;
    assert_ok(gan__buffer_create(device, bytes, "test", &buffer));
    return buffer;
}

static inline gan_device_counters counters(void) {
    gan_device_counters now;
    gan__device_get_counters(device, &now);
    return now;
}

#endif
