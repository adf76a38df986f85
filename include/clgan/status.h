// What every function of clgan answers with, and the message behind it.
//
// A function returns GAN_STATUS_OK or the reason it failed. Beside each failure stands one message
// for a person: what went wrong, where, and what to do next. The message belongs to the calling
// thread and lasts until that thread's next failure. The codes and names are stable: a code is
// never reused and never changes its meaning.
#ifndef CLGAN_STATUS_H
#define CLGAN_STATUS_H

#if defined(_WIN32)
#define GAN_API
#else
#define GAN_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// X(name, code, exit code of the tools, what it means)
#define GAN_STATUS_TABLE(X)                                                                        \
    X(OK, 0, 0, "done")                                                                            \
    X(FAILED, 1, 1, "failed")                                                                      \
    X(NO_MEMORY, 2, 1, "the host is out of memory")                                                \
    X(DIFFERENT, 3, 1, "the two differ")                                                           \
    X(BAD_ARGUMENT, 4, 2, "an argument is outside what is allowed")                                \
    X(NO_DEVICE, 5, 3, "there is no usable OpenCL device")                                         \
    X(DEVICE_FAILED, 6, 3, "the OpenCL device failed")                                             \
    X(DEVICE_MEMORY, 7, 3, "the OpenCL device has too little memory")                              \
    X(BUILD_FAILED, 8, 3, "the OpenCL compiler rejected a kernel")                                 \
    X(BAD_INPUT, 9, 4, "an input cannot be used")                                                  \
    X(CORRUPT, 10, 4, "an input is damaged")                                                       \
    X(BAD_VERSION, 11, 4, "an input is of a version this clgan does not know")                     \
    X(BAD_OUTPUT, 12, 5, "an output cannot be written")                                            \
    X(DIVERGED, 13, 6, "training diverged")                                                        \
    X(INTERRUPTED, 14, 130, "interrupted")                                                         \
    X(TERMINATED, 15, 143, "terminated")                                                           \
    X(CLOSED, 16, 141, "the reader of an output has closed it")

typedef enum gan_status {
#define GAN_STATUS_VALUE(name, code, exit_code, meaning) GAN_STATUS_##name = (code),
    GAN_STATUS_TABLE(GAN_STATUS_VALUE)
#undef GAN_STATUS_VALUE
} gan_status;

// The status's name as written here without its prefix ("BAD_INPUT"), or "UNKNOWN".
GAN_API const char *gan_status_name(gan_status status);

// What the status means in general, a phrase without a full stop; never NULL.
GAN_API const char *gan_status_meaning(gan_status status);

// The exit code with which the tools report the status.
GAN_API int gan_status_exit_code(gan_status status);

// The calling thread's latest failure in words; "" when nothing has failed yet.
GAN_API const char *gan_status_message(void);

// Makes `message` the calling thread's latest failure and returns `status`: for programs that report
// failures of their own as clgan does. Control bytes except newlines and tabs are escaped; what is
// past 4 KB is cut.
GAN_API gan_status gan_status_set(gan_status status, const char *message);

#ifdef __cplusplus
}
#endif
#endif
