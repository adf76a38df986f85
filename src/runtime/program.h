// Programs: sources completed, compiled once, and kept. Private to src/runtime/.
//
// A source may ask for parts of cl/ with lines of its own:
//     //@use philox
// puts cl/philox.cl before it, once, along with what that file itself uses. cl/prelude.cl and the
// definition of GAN_LANES come first in every program.
//
// PoCL has Clang read its list of all functions of OpenCL C before each program: by the processor's
// time 70 of the 90 ms that a small program's text takes, and 20 ms for one that PoCL has in its
// cache, because what it looks for there is the text after its preprocessor. So PoCL is told that
// the list has been read (its include guard is defined), and programs bring declarations of what
// they call (cl/declarations.cl). One that does not compile like that is compiled as usual.
#ifndef GAN_RUNTIME_PROGRAM_H
#define GAN_RUNTIME_PROGRAM_H

#include "base/text.h"
#include "runtime/opencl.h"

#include <stdbool.h>

// Every program is built with these, and with those its launch adds. Never -cl-fast-relaxed-math
// (it assumes finite numbers, and a run that diverges must be seen), and not -cl-mad-enable either:
// a mad may be less exact than a * b + c, and kernels say fma where they want one.
#define GAN_PROGRAM_OPTIONS           "-cl-std=CL1.2"
#define GAN_PROGRAM_OPTIONS_DECLARING " -D_OPENCL_H_"

typedef struct gan_programs gan_programs;

gan_status gan__programs_create(gan_programs **out);
void gan__programs_destroy(gan_programs *programs); // NULL is allowed

// The built program of (source, options), from memory, from disk or from the compiler. It stays the
// cache's. `options` may be NULL; `name` is the kernel's, for the message.
// Errors: BUILD_FAILED with the kernel, the device, the log's first lines and the name of a file
// with all of it; BAD_ARGUMENT for a //@use of what cl/ does not have.
gan_status gan__program_get(gan_device *device, const char *source, const char *options,
                            const char *name, cl_program *out);

// The whole text that is compiled for `source`, with or without declarations of OpenCL's functions.
gan_status gan__program_complete(const gan_device *device, const char *source, bool declares,
                                 gan_text *text);

#endif
