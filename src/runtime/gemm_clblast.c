// Products by CLBlast, through its C interface.
#include "runtime/gemm_clblast.h"

#include "runtime/clblast_parameters.h"
#include "runtime/device_state.h"
#include "runtime/gemm_state.h"
#include "runtime/launch_parts.h"
#include "runtime/tuner.h"

#include <clblast_c.h>

typedef struct clblast_call {
    CLBlastTranspose a_transpose, b_transpose;
    size_t m, n, k, batches;
    cl_mem a, b, c;
    size_t a_offset, b_offset, c_offset;
    size_t lda, ldb, ldc;
    size_t a_stride, b_stride, c_stride;
    bool uses_memory;
    size_t set; // of parameters
} clblast_call;

// --- Parameters ----------------------------------------------------------------------------------

gan_status gan__gemm_clblast_set(gan_device *device, size_t *set) {
    gan_gemm_state *state = NULL;
    GAN_TRY(gan__gemm_state_get(device, &state));
    const char *tuned = gan__tuner_find(device, GAN_GEMM_CLBLAST_KEY);
    if (state->clblast_trial > 0)
        *set = state->clblast_trial - 1;
    else if (!tuned || !gan__clblast_set_find(tuned, set))
        *set = 0;
    return GAN_STATUS_OK;
}

gan_status gan__gemm_clblast_try(gan_device *device, size_t set) {
    gan_gemm_state *state = NULL;
    GAN_TRY(gan__gemm_state_get(device, &state));
    state->clblast_trial = set + 1;
    return GAN_STATUS_OK;
}

gan_status gan__gemm_clblast_settle(gan_device *device) {
    gan_gemm_state *state = NULL;
    GAN_TRY(gan__gemm_state_get(device, &state));
    state->clblast_trial = 0;
    return GAN_STATUS_OK;
}

// --- Calls ---------------------------------------------------------------------------------------

// CLBlast's codes are OpenCL's where it has nothing of its own to say.
static gan_status check(const gan_device *device, CLBlastStatusCode code, const char *call) {
    if (code == CLBlastSuccess) return GAN_STATUS_OK;
    if ((int)code > -1000) return gan__cl_check(device, (cl_int)code, call);
    return gan__fail(GAN_STATUS_DEVICE_FAILED, "%s answers %d on %s (see clblast_c.h)", call,
                     (int)code, device->info.name);
}

static gan_status multiply(gan_device *device, const clblast_call *call, cl_event *event) {
    if (call->batches > 1)
        return check(device,
                     CLBlastSgemmStridedBatched(
                         CLBlastLayoutRowMajor, call->a_transpose, call->b_transpose, call->m,
                         call->n, call->k, 1.0f, call->a, call->a_offset, call->lda, call->a_stride,
                         call->b, call->b_offset, call->ldb, call->b_stride, 0.0f, call->c,
                         call->c_offset, call->ldc, call->c_stride, call->batches, &device->queue,
                         event),
                     "CLBlastSgemmStridedBatched");
    gan_gemm_state *gemm = device->gemm;
    return check(device,
                 CLBlastSgemmWithTempBuffer(
                     CLBlastLayoutRowMajor, call->a_transpose, call->b_transpose, call->m, call->n,
                     call->k, 1.0f, call->a, call->a_offset, call->lda, call->b, call->b_offset,
                     call->ldb, 0.0f, call->c, call->c_offset, call->ldc, &device->queue, event,
                     call->uses_memory ? gan__buffer_memory(gemm->clblast_memory) : NULL),
                 "CLBlastSgemm");
}

static gan_status enqueue(gan_device *device, void *state, cl_event *event) {
    const clblast_call *call = state;
    GAN_TRY(gan__clblast_begin(device, call->set));
    gan_status status = multiply(device, call, event);
    gan__clblast_end();
    return status;
}

static CLBlastTranspose transpose(bool on) {
    return on ? CLBlastTransposeYes : CLBlastTransposeNo;
}

static CLBlastStatusCode ask_memory(gan_device *device, const gan_gemm_desc *desc, size_t *bytes) {
    return CLBlastSGemmTempBufferSize(CLBlastLayoutRowMajor, transpose(desc->transpose_a),
                                      transpose(desc->transpose_b), desc->m, desc->n, desc->k,
                                      desc->a.offset, desc->a.pitch, desc->b.offset, desc->b.pitch,
                                      desc->c.offset, desc->c.pitch, &device->queue, bytes);
}

gan_status gan__gemm_clblast_memory(gan_device *device, const gan_gemm_desc *desc,
                                    uint64_t *floats) {
    size_t bytes = 0, set = 0;
    *floats = 0;
    if (desc->batches > 1) return GAN_STATUS_OK;
    GAN_TRY(gan__gemm_clblast_set(device, &set));
    GAN_TRY(gan__clblast_begin(device, set));
    gan_status status =
        check(device, ask_memory(device, desc, &bytes), "CLBlastSGemmTempBufferSize");
    gan__clblast_end();
    GAN_TRY(status);
    *floats = (bytes + sizeof(float) - 1) / sizeof(float);
    return GAN_STATUS_OK;
}

// --- Memory --------------------------------------------------------------------------------------

uint64_t gan__gemm_clblast_reserved(gan_device *device) {
    const gan_gemm_state *gemm = device->gemm;
    return gemm && gemm->clblast_memory ? gan__buffer_bytes(gemm->clblast_memory) : 0;
}

// One buffer serves every call on the device: its queue runs them one after the other.
gan_status gan__gemm_clblast_reserve(gan_device *device, uint64_t bytes) {
    gan_gemm_state *gemm = NULL;
    GAN_TRY(gan__gemm_state_get(device, &gemm));
    if (bytes <= gan__gemm_clblast_reserved(device)) return GAN_STATUS_OK;
    GAN_TRY(gan__device_finish(device));
    gan__buffer_destroy(gemm->clblast_memory);
    gemm->clblast_memory = NULL;
    return gan__buffer_create(device, bytes, "memory of CLBlast", &gemm->clblast_memory);
}

gan_status gan__gemm_clblast_shrink(gan_device *device, uint64_t bytes) {
    gan_gemm_state *gemm = NULL;
    if (bytes >= gan__gemm_clblast_reserved(device)) return GAN_STATUS_OK;
    GAN_TRY(gan__gemm_state_get(device, &gemm));
    GAN_TRY(gan__device_finish(device));
    gan__buffer_destroy(gemm->clblast_memory);
    gemm->clblast_memory = NULL;
    return bytes > 0 ? gan__gemm_clblast_reserve(device, bytes) : GAN_STATUS_OK;
}

// --- Launches ------------------------------------------------------------------------------------

gan_status gan__gemm_clblast_create(gan_device *device, const gan_gemm_desc *desc,
                                    gan_launch **out) {
    gan_gemm_state *gemm = NULL;
    uint64_t floats = 0;
    size_t set = 0;
    *out = NULL;
    GAN_TRY(gan__gemm_clblast_set(device, &set));
    GAN_TRY(gan__gemm_clblast_memory(device, desc, &floats));
    GAN_TRY(gan__gemm_state_get(device, &gemm));
    GAN_TRY(gan__gemm_clblast_reserve(device, floats * sizeof(float)));
    gemm->clblast_used = true;
    const clblast_call call = {.a_transpose = transpose(desc->transpose_a),
                               .b_transpose = transpose(desc->transpose_b),
                               .m = desc->m,
                               .n = desc->n,
                               .k = desc->k,
                               .batches = desc->batches,
                               .a = gan__buffer_memory(desc->a.buffer),
                               .b = gan__buffer_memory(desc->b.buffer),
                               .c = gan__buffer_memory(desc->c.buffer),
                               .a_offset = desc->a.offset,
                               .b_offset = desc->b.offset,
                               .c_offset = desc->c.offset,
                               .lda = desc->a.pitch,
                               .ldb = desc->b.pitch,
                               .ldc = desc->c.pitch,
                               .a_stride = desc->a.stride,
                               .b_stride = desc->b.stride,
                               .c_stride = desc->c.stride,
                               .uses_memory = floats > 0,
                               .set = set};
    gan_launch *launch = NULL;
    GAN_TRY(gan__launch_begin(device, desc->label, "clblast", gan__gemm_work(desc), &launch));
    gan_status status = gan__launch_add_call(launch, enqueue, &call, sizeof call);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status;
}

void gan__gemm_clblast_clear(void) {
    CLBlastClearCache(); // programs; parameters stay replaced
}
