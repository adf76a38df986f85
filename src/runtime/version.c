// Implements clgan/version.h.
#include "clgan/version.h"

#include "runtime/opencl.h"

#include <clblast_c.h>
#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>

const char *gan_version(void) {
    return CLGAN_VERSION;
}

typedef struct cut_text {
    char *at;
    size_t left;
} cut_text;

static void append(cut_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(cut_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    if (wanted < 0 || text->left == 0) return;
    const size_t written = (size_t)wanted < text->left ? (size_t)wanted : text->left - 1;
    text->at += written;
    text->left -= written;
}

static void append_platform(cut_text *text, cl_platform_id platform) {
    char name[128], version[128];
    if (clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name, name, NULL) == CL_SUCCESS &&
        clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof version, version, NULL) ==
            CL_SUCCESS)
        append(text, "%s: %s\n", name, version);
}

void gan_version_describe(char *text, size_t size) {
    enum { PLATFORMS_MAX = 16 };
    cl_platform_id platforms[PLATFORMS_MAX];
    cl_uint count = 0;
    cut_text out = {text, size};
    append(&out, "clgan %s\n", gan_version());
    if (clGetPlatformIDs(PLATFORMS_MAX, platforms, &count) != CL_SUCCESS) count = 0;
    if (count == 0) append(&out, "OpenCL: no platform found\n");
    for (cl_uint i = 0; i < count && i < PLATFORMS_MAX; i++) append_platform(&out, platforms[i]);
    append(&out, "CLBlast %d.%d.%d\n", CLBLAST_VERSION_MAJOR, CLBLAST_VERSION_MINOR,
           CLBLAST_VERSION_PATCH);
    append(&out, "zlib %s\n", zlibVersion());
}
