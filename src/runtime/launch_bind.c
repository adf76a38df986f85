// Arguments of a kernel, checked and bound.
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/launch_parts.h"

#include <inttypes.h>

static gan_status bind_buffer(gan_device *device, cl_kernel kernel, cl_uint index,
                              const gan_argument *argument) {
    cl_mem memory = gan__buffer_memory(argument->buffer);
    cl_uint offset = (cl_uint)argument->offset;
    GAN_CL(device, clSetKernelArg(kernel, index, sizeof memory, &memory));
    GAN_CL(device, clSetKernelArg(kernel, index + 1, sizeof offset, &offset));
    return GAN_STATUS_OK;
}

static gan_status bind_argument(gan_device *device, cl_kernel kernel, cl_uint index,
                                const gan_argument *argument) {
    switch (argument->kind) {
    case GAN_ARGUMENT_KIND_UINT:
        GAN_CL(device, clSetKernelArg(kernel, index, sizeof(cl_uint), &argument->uint_value));
        return GAN_STATUS_OK;
    case GAN_ARGUMENT_KIND_FLOAT:
        GAN_CL(device, clSetKernelArg(kernel, index, sizeof(cl_float), &argument->float_value));
        return GAN_STATUS_OK;
    case GAN_ARGUMENT_KIND_BUFFER:
        break;
    }
    return bind_buffer(device, kernel, index, argument);
}

static gan_status check_arguments(const gan_device *device, const gan_launch_desc *desc,
                                  cl_kernel kernel) {
    size_t count = 0, bytes = 0;
    for (size_t i = 0; i < desc->argument_count; i++) {
        const gan_argument *argument = &desc->arguments[i];
        bool is_buffer = argument->kind == GAN_ARGUMENT_KIND_BUFFER;
        count += is_buffer ? 2 : 1;
        bytes += is_buffer ? sizeof(cl_mem) + 4 : 4;
        if (is_buffer && !argument->buffer)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "kernel %s: argument %zu has no buffer",
                             desc->name, i);
        if (is_buffer && argument->offset > UINT32_MAX)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "kernel %s: argument %zu starts at element %" PRIu64
                             "; kernels reach 2^32 - 1: use a smaller batch or network",
                             desc->name, i, argument->offset);
    }
    cl_uint wanted = 0;
    GAN_CL(device, clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof wanted, &wanted, NULL));
    if (count != wanted)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "kernel %s takes %u arguments and was given %zu",
                         desc->name, (unsigned)wanted, count);
    if (bytes > device->traits.max_argument_bytes)
        return gan__fail(GAN_STATUS_DEVICE_FAILED,
                         "kernel %s has %zu bytes of arguments; %s allows %u", desc->name, bytes,
                         device->info.name, (unsigned)device->traits.max_argument_bytes);
    return GAN_STATUS_OK;
}

gan_status gan__launch_bind(gan_device *device, const gan_launch_desc *desc, cl_kernel kernel,
                            cl_uint *indices) {
    GAN_TRY(check_arguments(device, desc, kernel));
    cl_uint index = 0;
    for (size_t i = 0; i < desc->argument_count; i++) {
        const gan_argument *argument = &desc->arguments[i];
        gan_status status = bind_argument(device, kernel, index, argument);
        if (status != GAN_STATUS_OK)
            return gan__fail_in(status, "kernel %s, argument %zu", desc->name, i);
        indices[i] = argument->kind == GAN_ARGUMENT_KIND_UINT ? index : UINT32_MAX;
        index += argument->kind == GAN_ARGUMENT_KIND_BUFFER ? 2 : 1;
    }
    return GAN_STATUS_OK;
}
