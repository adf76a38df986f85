// The device and a folder, for test programs that need both: before their group and after it.
#ifndef GAN_TESTS_TEST_DEVICE_FOLDER_H
#define GAN_TESTS_TEST_DEVICE_FOLDER_H

#include "test_device.h"
#include "test_folder.h"

static inline int open_device_and_folder(void **state) {
    return make_folder(state) == 0 ? open_device(state) : -1;
}

static inline int close_device_and_folder(void **state) {
    close_device(state);
    return remove_folder(state);
}

#endif
