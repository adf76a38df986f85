// OpenCL's error codes in words, and failed calls as gan_status. Not a wrapper of the API: the
// other files of this folder call OpenCL directly.
#include "runtime/opencl.h"

#include "runtime/device_state.h"

#include <string.h>

typedef struct cl_error_words {
    cl_int code;
    const char *name;
    const char *advice; // NULL: nothing better than the general advice
} cl_error_words;

#define WORDS(name, advice)                                                                        \
    { name, #name, advice }

static const cl_error_words error_words[] = {
    WORDS(CL_SUCCESS, NULL),
    WORDS(CL_DEVICE_NOT_FOUND, "install an OpenCL driver"),
    WORDS(CL_DEVICE_NOT_AVAILABLE,
          "another program may hold the device; try again or use --device"),
    WORDS(CL_COMPILER_NOT_AVAILABLE, "this driver has no compiler; choose another with --device"),
    WORDS(CL_MEM_OBJECT_ALLOCATION_FAILURE,
          "use a smaller batch or network, or free memory on the device"),
    WORDS(CL_OUT_OF_RESOURCES, "the device ran out of memory or a kernel failed on it; use a "
                               "smaller batch, or check the device with gan-inspect --devices"),
    WORDS(CL_OUT_OF_HOST_MEMORY, "the driver found too little memory on the host; use a smaller "
                                 "batch or close other programs"),
    WORDS(CL_PROFILING_INFO_NOT_AVAILABLE, NULL),
    WORDS(CL_MEM_COPY_OVERLAP, NULL),
    WORDS(CL_IMAGE_FORMAT_MISMATCH, NULL),
    WORDS(CL_IMAGE_FORMAT_NOT_SUPPORTED, NULL),
    WORDS(CL_BUILD_PROGRAM_FAILURE, NULL),
    WORDS(CL_MAP_FAILURE, NULL),
    WORDS(CL_MISALIGNED_SUB_BUFFER_OFFSET, NULL),
    WORDS(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
          "an earlier command failed on the device; check it with gan-inspect --devices"),
    WORDS(CL_COMPILE_PROGRAM_FAILURE, NULL),
    WORDS(CL_LINKER_NOT_AVAILABLE, NULL),
    WORDS(CL_LINK_PROGRAM_FAILURE, NULL),
    WORDS(CL_DEVICE_PARTITION_FAILED, NULL),
    WORDS(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, NULL),
    WORDS(CL_INVALID_VALUE, NULL),
    WORDS(CL_INVALID_DEVICE_TYPE, NULL),
    WORDS(CL_INVALID_PLATFORM, NULL),
    WORDS(CL_INVALID_DEVICE, NULL),
    WORDS(CL_INVALID_CONTEXT, NULL),
    WORDS(CL_INVALID_QUEUE_PROPERTIES, NULL),
    WORDS(CL_INVALID_COMMAND_QUEUE, "the device was lost; start again"),
    WORDS(CL_INVALID_HOST_PTR, NULL),
    WORDS(CL_INVALID_MEM_OBJECT, NULL),
    WORDS(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, NULL),
    WORDS(CL_INVALID_IMAGE_SIZE, NULL),
    WORDS(CL_INVALID_SAMPLER, NULL),
    WORDS(CL_INVALID_BINARY, NULL),
    WORDS(CL_INVALID_BUILD_OPTIONS, NULL),
    WORDS(CL_INVALID_PROGRAM, NULL),
    WORDS(CL_INVALID_PROGRAM_EXECUTABLE, NULL),
    WORDS(CL_INVALID_KERNEL_NAME, NULL),
    WORDS(CL_INVALID_KERNEL_DEFINITION, NULL),
    WORDS(CL_INVALID_KERNEL, "the driver could not make the kernel ready; update the driver"),
    WORDS(CL_INVALID_ARG_INDEX, NULL),
    WORDS(CL_INVALID_ARG_VALUE, NULL),
    WORDS(CL_INVALID_ARG_SIZE, NULL),
    WORDS(CL_INVALID_KERNEL_ARGS, NULL),
    WORDS(CL_INVALID_WORK_DIMENSION, NULL),
    WORDS(CL_INVALID_WORK_GROUP_SIZE, NULL),
    WORDS(CL_INVALID_WORK_ITEM_SIZE, NULL),
    WORDS(CL_INVALID_GLOBAL_OFFSET, NULL),
    WORDS(CL_INVALID_EVENT_WAIT_LIST, NULL),
    WORDS(CL_INVALID_EVENT, NULL),
    WORDS(CL_INVALID_OPERATION, NULL),
    WORDS(CL_INVALID_GL_OBJECT, NULL),
    WORDS(CL_INVALID_BUFFER_SIZE, "use a smaller batch or network"),
    WORDS(CL_INVALID_MIP_LEVEL, NULL),
    WORDS(CL_INVALID_GLOBAL_WORK_SIZE, NULL),
    WORDS(CL_INVALID_PROPERTY, NULL),
    WORDS(CL_INVALID_IMAGE_DESCRIPTOR, NULL),
    WORDS(CL_INVALID_COMPILER_OPTIONS, NULL),
    WORDS(CL_INVALID_LINKER_OPTIONS, NULL),
    WORDS(CL_INVALID_DEVICE_PARTITION_COUNT, NULL),
    {-1001, "CL_PLATFORM_NOT_FOUND_KHR", "install an OpenCL driver"},
};

#undef WORDS

static const cl_error_words *find_words(cl_int error) {
    for (size_t i = 0; i < sizeof error_words / sizeof *error_words; i++)
        if (error_words[i].code == error) return &error_words[i];
    return NULL;
}

static bool means_too_little_memory(cl_int error) {
    return error == CL_MEM_OBJECT_ALLOCATION_FAILURE || error == CL_OUT_OF_RESOURCES ||
           error == CL_OUT_OF_HOST_MEMORY || error == CL_INVALID_BUFFER_SIZE;
}

const char *gan__cl_error_name(cl_int error) {
    const cl_error_words *words = find_words(error);
    return words ? words->name : "unknown error";
}

gan_status gan__cl_check(const gan_device *device, cl_int error, const char *call) {
    if (error == CL_SUCCESS) return GAN_STATUS_OK;
    const cl_error_words *words = find_words(error);
    const char *advice = words && words->advice
                             ? words->advice
                             : "update the driver, or choose another device with --device";
    char heard[GAN_DEVICE_NOTICE_SIZE] = "";
    if (device) gan__device_take_notice(device, heard);
    return gan__fail(
        means_too_little_memory(error) ? GAN_STATUS_DEVICE_MEMORY : GAN_STATUS_DEVICE_FAILED,
        "%.*s: %s (%d) on %s%s%s: %s", (int)strcspn(call, "("), call,
        words ? words->name : "unknown error", (int)error, device ? device->info.name : "no device",
        heard[0] ? "; the driver says: " : "", heard, advice);
}
