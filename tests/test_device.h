// The device that $CLGAN_DEVICE names, opened for the tests of one file.
#ifndef GAN_TESTS_TEST_DEVICE_H
#define GAN_TESTS_TEST_DEVICE_H

#include "cmocka_headers.h"

#include "clgan/device.h"

static gan_device *device;

static inline int open_device(void **state) {
    (void)state;
    if (gan_device_open(NULL, &device) == GAN_STATUS_OK) return 0;
    print_error("%s\n", gan_status_message());
    return -1;
}

static inline int close_device(void **state) {
    (void)state;
    gan_device_close(device);
    return 0;
}

#endif
