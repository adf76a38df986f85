// Every OpenCL device of this machine, and which of them a --device SPEC means.
// Private to src/runtime/.
#ifndef GAN_RUNTIME_CATALOGUE_H
#define GAN_RUNTIME_CATALOGUE_H

#include "runtime/opencl.h"

typedef struct gan_catalogue_entry {
    cl_platform_id platform;
    cl_device_id id;
} gan_catalogue_entry;

// Infos and handles side by side, in the order of their indices; each is the caller's (gan__free,
// gan_device_list_free). Platforms that fail or have no device are passed over.
// Errors: NO_DEVICE when there is none at all, saying what to install.
gan_status gan__catalogue_read(gan_device_info **infos, gan_catalogue_entry **entries,
                               size_t *count);

// The index of the device that `spec` means; see gan_device_open. `spec` is not NULL.
// Errors: NO_DEVICE with the devices listed.
gan_status gan__catalogue_choose(const gan_device_info *infos, size_t count, const char *spec,
                                 size_t *index);

#endif
