// What the GEMM engines keep with a device (device->gemm). Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_STATE_H
#define GAN_RUNTIME_GEMM_STATE_H

#include "runtime/buffer.h"
#include "runtime/gemm.h"

// Whether one variant of an engine computes what the reference computes.
typedef struct gan_gemm_verdict {
    uint64_t variant; // hash of what the variant is
    bool right;
} gan_gemm_verdict;

typedef struct gan_gemm_state {
    gan_gemm_verdict *verdicts;
    size_t count, capacity;
    bool clblast_used;
    gan_buffer *clblast_memory;
    size_t clblast_trial; // 0: tuning says which set of CLBlast's parameters to use; else this - 1
    bool anew;            // verdicts kept so far are not believed
    bool spoil[2];        // tests only: this engine counts as wrong
} gan_gemm_state;

// The device's state, made at the first call and released when the device is closed.
gan_status gan__gemm_state_get(gan_device *device, gan_gemm_state **out);

#endif
