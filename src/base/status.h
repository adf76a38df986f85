// How the library's own files report a failure: set the thread's message, return the status.
#ifndef GAN_BASE_STATUS_H
#define GAN_BASE_STATUS_H

#include "clgan/status.h"

enum { GAN_MESSAGE_SIZE = 4096 }; // of the longest message, its end included

// Keeps the formatted message as the thread's latest and returns `status`. The message says what,
// where (file and line, byte, tensor, option) and what to do, in one line: control bytes in it,
// newlines and tabs too, are escaped, as they came with a name from a file. A message of more than
// 4 KB is cut and ends in "...". The arguments may point into the present message.
gan_status gan__fail(gan_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The same, but newlines and tabs stay: for a list of devices, or a compiler's log.
gan_status gan__fail_lines(gan_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Puts "<formatted>: ", one line, before the thread's latest message and returns `status`: for a
// caller that knows where the failing callee was called from.
gan_status gan__fail_in(gan_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Returns from the enclosing function when `expression` is not GAN_STATUS_OK.
#define GAN_TRY(expression)                                                                        \
    do {                                                                                           \
        gan_status gan_try_status = (expression);                                                  \
        if (gan_try_status != GAN_STATUS_OK) return gan_try_status;                                \
    } while (0)

#endif
