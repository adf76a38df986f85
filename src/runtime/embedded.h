// The texts of cl/*.cl, part of the library since build time.
#ifndef GAN_RUNTIME_EMBEDDED_H
#define GAN_RUNTIME_EMBEDDED_H

// The content of cl/<name>.cl, or NULL when there is none.
const char *gan__embedded_kernel(const char *name);

#endif
