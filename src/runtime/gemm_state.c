// Makes and releases what the GEMM engines keep with a device.
#include "runtime/gemm_state.h"

#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/gemm_clblast.h"

static void release(gan_device *device) {
    gan_gemm_state *state = device->gemm;
    gan__buffer_destroy(state->clblast_memory);
    if (state->clblast_used) gan__gemm_clblast_clear();
    gan__free(state->verdicts);
    gan__free(state);
    device->gemm = NULL;
}

gan_status gan__gemm_state_get(gan_device *device, gan_gemm_state **out) {
    if (!device->gemm) {
        GAN_TRY(gan__alloc(1, sizeof(gan_gemm_state), &device->gemm));
        device->gemm_release = release;
    }
    *out = device->gemm;
    return GAN_STATUS_OK;
}
