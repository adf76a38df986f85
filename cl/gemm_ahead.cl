// Asking for memory before it is needed, for the tile kernels of CPUs (runtime/gemm_source_cpu.c):
// rows that are far apart, which no hardware foresees. OpenCL's own prefetch() is a call in PoCL, and
// a call in a loop spills what the loop keeps in registers; so this is the compiler's builtin where
// it compiles for a real processor, and nothing elsewhere. An address past a buffer is harmless:
// nothing is loaded from it.
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define GAN_READ_SOON(p) __builtin_prefetch((const void *)(size_t)(p), 0, 2)
#else
#define GAN_READ_SOON(p)
#endif
