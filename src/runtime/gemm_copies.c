// Operands to tune a matrix product with, laid out as in training.
#include "runtime/gemm_copies.h"

#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/gemm_tile.h"

#define COLD_BYTES (24 << 20) // of all copies together: more than a core's own caches

// As training has them: the rows of activations are padded to runs of 16, weights are dense. By
// weight both operands are activations, else the second is.
static void lay_out(gan_gemm_desc *d) {
    uint32_t a_columns = d->transpose_a ? d->m : d->k, b_columns = d->transpose_b ? d->k : d->n;
    d->a.pitch = d->transpose_b ? (a_columns + 15) / 16 * 16 : a_columns;
    d->b.pitch = (b_columns + 15) / 16 * 16;
    d->c.pitch = d->transpose_b ? d->n : (d->n + 15) / 16 * 16;
    d->a.stride = (uint64_t)(d->transpose_a ? d->k : d->m) * d->a.pitch;
    d->b.stride = (uint64_t)(d->transpose_b ? d->n : d->k) * d->b.pitch;
    d->c.stride = (uint64_t)d->m * d->c.pitch;
}

static gan_status create_operand(gan_device *device, gan_gemm_operand *x, uint64_t floats,
                                 const float *values) {
    GAN_TRY(gan__buffer_create(device, floats * sizeof(float), "tuning", &x->buffer));
    return gan__buffer_write(x->buffer, 0, floats * sizeof(float), values);
}

static gan_status create_copy(gan_device *device, const gan_gemm_desc *sizes, const float *values,
                              gan_gemm_copy *out) {
    gan_gemm_desc *d = &out->desc;
    *d = *sizes;
    d->label = "tuning of a matrix product";
    d->epilogue = NULL;
    lay_out(d);
    GAN_TRY(create_operand(device, &d->a, d->a.stride * d->batches, values));
    GAN_TRY(create_operand(device, &d->b, d->b.stride * d->batches, values));
    GAN_TRY(create_operand(device, &d->c, d->c.stride * d->batches, values));
    gan_gemm_plan plan;
    gan__gemm_plan_make(&device->traits, sizes, true, NULL, &plan);
    uint64_t scratch = gan__gemm_plan_scratch(&plan, d);
    if (scratch == 0) return GAN_STATUS_OK;
    return gan__buffer_create(device, scratch * sizeof(float), "tuning", &out->scratch.buffer);
}

static uint64_t most(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

gan_status gan__gemm_copies_create(gan_device *device, const gan_gemm_desc *sizes,
                                   gan_gemm_copies *out) {
    gan_gemm_desc d = *sizes;
    void *memory = NULL;
    *out = (gan_gemm_copies){.count = 0};
    lay_out(&d);
    uint64_t a = d.a.stride * d.batches, b = d.b.stride * d.batches, c = d.c.stride * d.batches;
    uint64_t floats = most(a, most(b, c));
    size_t wanted = (size_t)(COLD_BYTES / ((a + b + c) * sizeof(float))) + 2;
    if (wanted > GAN_GEMM_COPIES) wanted = GAN_GEMM_COPIES;
    GAN_TRY(gan__alloc(floats, sizeof(float), &memory));
    float *values = memory;
    uint32_t state = 1;
    for (uint64_t i = 0; i < floats; i++) {
        state = state * UINT32_C(1664525) + UINT32_C(1013904223);
        values[i] = (float)(int32_t)state * 0x1p-31f;
    }
    gan_status status = GAN_STATUS_OK;
    while (out->count < wanted && status == GAN_STATUS_OK)
        status = create_copy(device, sizes, values, &out->items[out->count++]);
    gan__free(values);
    if (status != GAN_STATUS_OK) gan__gemm_copies_destroy(out);
    return status;
}

void gan__gemm_copies_destroy(gan_gemm_copies *copies) {
    for (size_t i = 0; i < copies->count; i++) {
        gan_gemm_copy *copy = &copies->items[i];
        gan__buffer_destroy(copy->desc.a.buffer);
        gan__buffer_destroy(copy->desc.b.buffer);
        gan__buffer_destroy(copy->desc.c.buffer);
        gan__buffer_destroy(copy->scratch.buffer);
    }
    copies->count = 0;
}
