// See limits.h.
#include "runtime/limits.h"

#include "base/clock.h"
#include "base/memory.h"

// --- Multiply-adds ------------------------------------------------------------------------------

// Independent sums enough to hide the latency of the multiply-adds (4 cycles, two a cycle, on
// current CPUs), few enough to stay in registers. The factors keep the sums near 1.
#define FMA_SUMS   12
#define FMA_ROUNDS 8192
static const char fma_source[] =
    "kernel void limit_fma(global float *out, const uint out_offset, const float m, const float "
    "c,\n"
    "                      const uint rounds) {\n"
    "    const gan_t f = (gan_t)(m), g = (gan_t)(c);\n"
    "    gan_t a0 = (gan_t)(get_global_id(0)), a1 = a0 + 1, a2 = a0 + 2, a3 = a0 + 3;\n"
    "    gan_t a4 = a0 + 4, a5 = a0 + 5, a6 = a0 + 6, a7 = a0 + 7;\n"
    "    gan_t a8 = a0 + 8, a9 = a0 + 9, a10 = a0 + 10, a11 = a0 + 11;\n"
    "    for (uint i = 0; i < rounds; i++) {\n"
    "        a0 = fma(a0, f, g), a1 = fma(a1, f, g), a2 = fma(a2, f, g), a3 = fma(a3, f, g);\n"
    "        a4 = fma(a4, f, g), a5 = fma(a5, f, g), a6 = fma(a6, f, g), a7 = fma(a7, f, g);\n"
    "        a8 = fma(a8, f, g), a9 = fma(a9, f, g), a10 = fma(a10, f, g), a11 = fma(a11, f, g);\n"
    "    }\n"
    "    gan_store(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11,\n"
    "              out + out_offset + get_global_id(0) * GAN_LANES, GAN_LANES);\n"
    "}\n";

static size_t fma_items(const gan_device_traits *traits) {
    return (size_t)traits->compute_units * traits->work_group * 32;
}

uint64_t gan__limits_fma_elements(gan_device *device) {
    const gan_device_traits *traits = gan__device_traits(device);
    return (uint64_t)fma_items(traits) * traits->lanes;
}

gan_status gan__limits_create_fma(gan_device *device, gan_buffer *out, gan_launch **launch,
                                  double *flops) {
    const gan_device_traits *traits = gan__device_traits(device);
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = out},
        {.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = 0.5f},
        {.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = 0.5f},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = FMA_ROUNDS},
    };
    const gan_launch_desc desc = {.label = "multiply-adds",
                                  .name = "limit_fma",
                                  .source = fma_source,
                                  .arguments = arguments,
                                  .argument_count = sizeof arguments / sizeof *arguments,
                                  .global = {fma_items(traits)},
                                  .local = {traits->work_group}};
    *flops = 2.0 * FMA_SUMS * FMA_ROUNDS * (double)gan__limits_fma_elements(device);
    return gan__launch_create(device, &desc, launch);
}

// --- Memory -------------------------------------------------------------------------------------

// A work-item copies `count` runs, `step` runs apart: on CPUs neighbouring ones, on GPUs so that
// neighbouring work-items touch neighbouring runs.
static const char copy_source[] =
    "kernel void limit_copy(global const float *x, const uint x_offset, global float *y,\n"
    "                       const uint y_offset, const uint first, const uint step,\n"
    "                       const uint count) {\n"
    "    const size_t start = (size_t)get_global_id(0) * first;\n"
    "    for (uint j = 0; j < count; j++) {\n"
    "        const size_t i = (start + (size_t)j * step) * GAN_LANES;\n"
    "        gan_store(gan_load(x + x_offset + i, GAN_LANES), y + y_offset + i, GAN_LANES);\n"
    "    }\n"
    "}\n";

gan_status gan__limits_create_copy(gan_device *device, gan_buffer *from, gan_buffer *to,
                                   uint64_t bytes, gan_launch **launch) {
    const gan_device_traits *traits = gan__device_traits(device);
    const uint32_t count = traits->is_cpu ? 512 : 4; // runs of one work-item
    const uint64_t items = bytes / sizeof(float) / traits->lanes / count;
    const uint32_t apart = traits->is_cpu ? 1 : (uint32_t)items;
    // Shifted, so that a copy's loads and stores never lie a multiple of 4 KiB apart, which makes
    // CPUs take one for the other.
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER,
         .buffer = from,
         .offset = from == to ? GAN_LIMITS_SHIFT : 0},
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = to, .offset = GAN_LIMITS_SHIFT},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = traits->is_cpu ? count : 1},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = apart},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = count},
    };
    const gan_launch_desc desc = {.label = "copy",
                                  .name = "limit_copy",
                                  .source = copy_source,
                                  .arguments = arguments,
                                  .argument_count = sizeof arguments / sizeof *arguments,
                                  .global = {(size_t)items},
                                  .local = {traits->work_group}};
    return gan__launch_create(device, &desc, launch);
}

// --- Both ---------------------------------------------------------------------------------------

enum { SAMPLES = 5, RUNS = 16 };

// The launch's work over its time, at best; the first sample, which may compile, does not count.
static gan_status measure(gan_device *device, gan_launch *launch, double work, double *rate) {
    *rate = 0;
    for (int i = 0; i <= SAMPLES; i++) {
        GAN_TRY(gan__device_finish(device));
        const double start = gan__clock_seconds();
        for (int k = 0; k < RUNS; k++) GAN_TRY(gan__launch_enqueue(launch));
        GAN_TRY(gan__device_finish(device));
        const double seconds = gan__clock_seconds() - start;
        if (i > 0 && seconds > 0 && RUNS * work / seconds > *rate) *rate = RUNS * work / seconds;
    }
    return GAN_STATUS_OK;
}

// Whole work-groups of the copy for any device.
static uint64_t bytes_to_move(const gan_device_traits *traits) {
    const uint64_t most = traits->max_allocation_bytes / 4, wanted = (uint64_t)256 << 20;
    if (traits->is_cpu) return (uint64_t)8 << 20;
    return (most < wanted ? most : wanted) >> 20 << 20;
}

static gan_status measure_flops(gan_device *device, gan_buffer *buffer, double *rate) {
    gan_launch *launch = NULL;
    double flops = 0;
    gan_status status = gan__limits_create_fma(device, buffer, &launch, &flops);
    if (status == GAN_STATUS_OK) status = measure(device, launch, flops, rate);
    gan__launch_destroy(launch);
    return status;
}

static gan_status measure_bytes(gan_device *device, gan_buffer *buffer, uint64_t bytes,
                                double *rate) {
    gan_launch *launch = NULL;
    gan_status status = gan__limits_create_copy(device, buffer, buffer, bytes, &launch);
    if (status == GAN_STATUS_OK) status = measure(device, launch, 2.0 * (double)bytes, rate);
    gan__launch_destroy(launch);
    return status;
}

gan_status gan__limits_measure(gan_device *device, gan_limits *out) {
    gan_buffer *buffer = NULL;
    *out = (gan_limits){.moved = bytes_to_move(gan__device_traits(device))};
    const uint64_t floats = gan__limits_fma_elements(device);
    const uint64_t room = out->moved + GAN_LIMITS_SHIFT * sizeof(float);
    GAN_TRY(gan__buffer_create(device, room > floats * 4 ? room : floats * 4,
                               "the measurement of the device's limits", &buffer));
    gan_status status = measure_bytes(device, buffer, out->moved, &out->bytes);
    if (status == GAN_STATUS_OK) status = measure_flops(device, buffer, &out->flops);
    gan__buffer_destroy(buffer);
    return status;
}
