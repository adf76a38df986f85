// Programs built ahead of the launches that need them.
#include "runtime/device_state.h"
#include "runtime/launch.h"
#include "runtime/program.h"

void gan__programs_prefetch(gan_device *device, const char *const *sources, size_t count) {
    cl_program program = NULL;
    for (size_t i = 0; i < count; i++)
        gan__program_get(device, sources[i], NULL, "(built ahead)", &program);
}
