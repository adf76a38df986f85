// What to tell a person whose driver rejects a kernel.
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "runtime/device_state.h"
#include "runtime/program_file.h"

#include <inttypes.h>
#include <string.h>

#define LOG_LINES_SHOWN 4
#define LOG_BYTES_SHOWN 400

// The compiler's log; the caller's (gan__free). NULL when there is none.
static char *read_log(const gan_device *device, cl_program program) {
    size_t bytes = 0;
    void *log = NULL;
    if (clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) ||
        bytes == 0 || gan__alloc(bytes + 1, 1, &log) != GAN_STATUS_OK)
        return NULL;
    if (clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, bytes, log, NULL)) {
        gan__free(log);
        return NULL;
    }
    return log;
}

// The first lines that say something.
static void append_first_lines(gan_text *text, const char *log) {
    int lines = 0;
    size_t start = text->length;
    while (*log && lines < LOG_LINES_SHOWN && text->length - start < LOG_BYTES_SHOWN) {
        size_t length = strcspn(log, "\r\n");
        size_t shown = length < LOG_BYTES_SHOWN ? length : LOG_BYTES_SHOWN;
        if (strspn(log, " \t") < length) {
            gan__text_append(text, "\n  ");
            gan__text_append_bytes(text, log, shown);
            lines++;
        }
        log += length;
        log += strspn(log, "\r\n");
    }
    if (lines == 0) gan__text_append(text, "\n  (the compiler gave no log)");
}

// Writes source and log to <cache>/failed/<hash>.cl and appends a phrase that says so.
static void append_saved(gan_text *text, const gan_program_text *program, const char *log) {
    const char *cache = gan__folder_cache();
    gan_text folder = {0}, path = {0}, file = {0};
    gan__text_append(&folder, "%s/failed", cache);
    gan__text_append(&path, "%s/%016" PRIx64 ".cl", gan__text_string(&folder),
                     gan__hash(GAN_HASH_START, program->source, program->source_length));
    gan__text_append_bytes(&file, program->source, program->source_length);
    gan__text_append(&file, "\n\n#if 0\noptions: %s\n%s\n#endif\n", program->options, log);
    bool whole = gan__text_status(&folder) == GAN_STATUS_OK &&
                 gan__text_status(&path) == GAN_STATUS_OK &&
                 gan__text_status(&file) == GAN_STATUS_OK;
    if (!*cache)
        gan__text_append(text, "set CLGAN_CACHE_DIR to keep the source");
    else if (whole && gan__folder_create(gan__text_string(&folder)) == GAN_STATUS_OK &&
             gan__file_write(gan__text_string(&path), file.bytes, file.length) == GAN_STATUS_OK)
        gan__text_append(text, "source and log are in %s", gan__text_string(&path));
    else
        gan__text_append(text, "source and log could not be kept in %s", cache);
    gan__text_destroy(&folder);
    gan__text_destroy(&path);
    gan__text_destroy(&file);
}

static bool is_compilers_fault(cl_int error) {
    return error == CL_BUILD_PROGRAM_FAILURE || error == CL_INVALID_BUILD_OPTIONS ||
           error == CL_COMPILE_PROGRAM_FAILURE || error == CL_LINK_PROGRAM_FAILURE ||
           error == CL_INVALID_PROGRAM;
}

gan_status gan__program_report(gan_device *device, cl_program program, const gan_program_text *text,
                               const char *name, cl_int error) {
    if (!is_compilers_fault(error)) {
        gan_status status = gan__cl_check(device, error, "clBuildProgram");
        return gan__fail_in(status, "kernel %s", name);
    }
    char *log = read_log(device, program);
    gan_text lines = {0}, saved = {0};
    append_first_lines(&lines, log ? log : "");
    append_saved(&saved, text, log ? log : "");
    gan_status status = gan__fail_lines(
        GAN_STATUS_BUILD_FAILED, "kernel %s does not compile on %s (%s, driver %s):%s\n%s", name,
        device->info.name, device->info.platform_name, device->info.driver,
        gan__text_string(&lines), gan__text_string(&saved));
    gan__free(log);
    gan__text_destroy(&lines);
    gan__text_destroy(&saved);
    return status;
}
