// Programs as files: compiled ones kept for the next run, sources for a person or another compiler,
// and the report of one that did not compile. Private to src/runtime/.
#ifndef GAN_RUNTIME_PROGRAM_FILE_H
#define GAN_RUNTIME_PROGRAM_FILE_H

#include "runtime/opencl.h"

typedef struct gan_program_text {
    const char *source; // complete
    size_t source_length;
    const char *options;
    bool declares; // it holds cl/declarations.cl
} gan_program_text;

// Compiled programs lie in <cache>/programs/<hash>.bin (gan__folder_cache). A file holds its whole
// key (source, options, device, driver, platform, clgan's version) and a checksum; one that does
// not match or is damaged is as good as absent. Nothing here fails: at worst the compiler is asked.
bool gan__program_load(gan_device *device, const gan_program_text *text, cl_program *out);
void gan__program_save(gan_device *device, const gan_program_text *text, cl_program program);

// Writes the source to $CLGAN_DUMP_KERNELS/<hash>.cl, where that is set: for vendors' compilers and
// readers. Its first line is a comment with the build options.
void gan__program_dump(const gan_program_text *text);
bool gan__program_dumps(void); // whether it is set: then programs are compiled as others will

// The failure of a build: kernel, device, the log's first lines, and the file in the cache's folder
// that holds the whole source and log. Returns BUILD_FAILED, or what `error` means where the
// compiler was not at fault (too little memory, a lost device).
gan_status gan__program_report(gan_device *device, cl_program program, const gan_program_text *text,
                               const char *name, cl_int error);

#endif
