// Loops for the widest vectors that a processor has.
#ifndef GAN_BASE_WIDE_H
#define GAN_BASE_WIDE_H

#include <stdint.h> // of glibc: says so

// Before a function whose loops are worth it: where compiler and system can, it is compiled for
// wider vectors too, and the one for this processor is chosen when the program starts. The results
// are the same bits, since nothing is contracted or reordered.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GAN_FOR_WIDE_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GAN_FOR_WIDE_VECTORS
#endif

#endif
