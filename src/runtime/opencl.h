// OpenCL's headers, its error codes in words, and the one way in which a failed call becomes a
// gan_status. Private to src/runtime/: no other floor sees OpenCL.
#ifndef GAN_RUNTIME_OPENCL_H
#define GAN_RUNTIME_OPENCL_H

#include "base/status.h"
#include "clgan/device.h"

#ifdef __APPLE__
#define CL_SILENCE_DEPRECATION
#include <OpenCL/opencl.h>
#else
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#endif

// "CL_OUT_OF_RESOURCES"; codes that are not OpenCL's (CLBlast has its own) are "unknown error".
const char *gan__cl_error_name(cl_int error);

// OK for CL_SUCCESS. Otherwise the failure in words: `call` (as in the source; cut at its first
// parenthesis), the error's name, the device, what the driver told the context if anything, and
// what to do. Codes that mean too little memory become DEVICE_MEMORY, the others DEVICE_FAILED.
// `device` may be NULL.
gan_status gan__cl_check(const gan_device *device, cl_int error, const char *call);

// Returns from the enclosing function when an OpenCL call fails:
//     GAN_CL(device, clFinish(device->queue));
#define GAN_CL(device, call) GAN_TRY(gan__cl_check((device), (call), #call))

#endif
