// Which clgan this is, and what it stands on.
#ifndef CLGAN_VERSION_H
#define CLGAN_VERSION_H

#include "clgan/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// "0.1.0".
GAN_API const char *gan_version(void);

// A line each for clgan, every OpenCL platform there is, CLBlast and zlib; cut at `size` bytes and
// always terminated. Platforms that fail to name themselves are left out.
GAN_API void gan_version_describe(char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
