// Kernels whose answers are known, so that a driver that computes wrongly is found before a
// training that learns nothing.
#include "base/philox.h"
#include "runtime/device_state.h"
#include "runtime/gemm.h"
#include "runtime/launch.h"

#include <math.h>
#include <string.h>

#define COUNT  1000u // not a multiple of the lanes
#define ROOM   1016u // elements behind COUNT must stay as they were
#define BEHIND -7.0f
#define GROUP  64u

static const uint64_t seed = UINT64_C(0x0123456789abcdef);
static const uint64_t step = UINT64_C(0xfedcba9876543210);
static const uint32_t stream = 77;

static const char source[] =
    "//@use philox\n"
    "#if GAN_LANES == 16\n"
    "#define EACH (gan_u)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)\n"
    "#else\n"
    "#define EACH 0u\n"
    "#endif\n"
    "#define FIRST (get_global_id(0) * GAN_LANES)\n"
    "#define VALID min((uint)GAN_LANES, n - (uint)FIRST)\n"
    "kernel void arithmetic(global float *x, const uint x0, const uint n) {\n"
    "    if (FIRST >= n) return;\n"
    "    global float *p = x + x0 + FIRST;\n"
    "    const gan_t v = gan_load(p, VALID);\n"
    "    gan_store(fma(v, v, (gan_t)(3.0f)) / 4.0f - sqrt(v * v), p, VALID);\n"
    "}\n"
    "kernel void uniform(global float *x, const uint x0, const uint n, const uint s0,\n"
    "                    const uint s1, const uint stream, const uint t0, const uint t1) {\n"
    "    if (FIRST >= n) return;\n"
    "    const gan_u e = (uint)FIRST + EACH;\n"
    "    gan_store(gan_philox_uniform(s0, s1, stream, t0, t1, e), x + x0 + FIRST, VALID);\n"
    "}\n"
    "kernel void normal(global float *x, const uint x0, const uint n, const uint s0,\n"
    "                   const uint s1, const uint stream, const uint t0, const uint t1) {\n"
    "    if (FIRST >= n) return;\n"
    "    const gan_u e = (uint)FIRST + EACH;\n"
    "    gan_store(gan_philox_normal(s0, s1, stream, t0, t1, e), x + x0 + FIRST, VALID);\n"
    "}\n"
    "kernel void reversal(global float *x, const uint x0, const uint n) {\n"
    "    local float held[64];\n"
    "    const uint i = get_local_id(0), g = get_group_id(0) * 64;\n"
    "    if (g + 64 > n) return;\n"
    "    held[i] = x[x0 + g + i];\n"
    "    barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    x[x0 + g + i] = held[63 - i];\n"
    "}\n";

// --- What is expected: element i of a result, from element i (or another) of what was there ------

static float before(uint32_t i) {
    return (float)i - 500.0f;
}

static double expect_arithmetic(uint32_t i) {
    double v = before(i);
    return (double)(float)((v * v + 3) / 4 - fabs(v));
}

static double expect_uniform(uint32_t i) {
    return gan__philox_uniform(seed, stream, step, i);
}

static double expect_normal(uint32_t i) {
    return gan__philox_normal(seed, stream, step, i);
}

static double expect_reversal(uint32_t i) {
    return i >= COUNT / GROUP * GROUP ? before(i)
                                      : before(i / GROUP * GROUP + GROUP - 1 - i % GROUP);
}

typedef struct known_answer {
    const char *kernel;
    double (*expect)(uint32_t i);
    double tolerance; // relative to 1 or the answer; 0 asks for the same bits
    bool draws;       // takes seed, stream and step
    bool by_group;    // work-groups of GROUP, an element a work-item
} known_answer;

// The square root and the division of OpenCL's full profile may be 3 and 2.5 ulp off.
static const known_answer answers[] = {
    {"arithmetic", expect_arithmetic, 1e-6, false, false},
    {"uniform", expect_uniform, 0, true, false},
    {"normal", expect_normal, 1e-5, true, false},
    {"reversal", expect_reversal, 0, false, true},
};

// --- Running one ---------------------------------------------------------------------------------

static gan_argument uint_argument(uint64_t value) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = (uint32_t)value};
}

static gan_status run(gan_device *device, const known_answer *known, gan_buffer *buffer) {
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer},
        uint_argument(COUNT),
        uint_argument(seed),
        uint_argument(seed >> 32),
        uint_argument(stream),
        uint_argument(step),
        uint_argument(step >> 32),
    };
    const size_t items =
        known->by_group ? 1024 : (ROOM + device->traits.lanes - 1) / device->traits.lanes;
    const gan_launch_desc desc = {.label = "self-test",
                                  .name = known->kernel,
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = known->draws ? 7 : 2,
                                  .global = {items},
                                  .local = {known->by_group ? GROUP : 1}};
    gan_launch *launch = NULL;
    GAN_TRY(gan__launch_create(device, &desc, &launch));
    gan_status status = gan__launch_enqueue(launch);
    gan__launch_destroy(launch);
    return status;
}

static bool is_right(float got, double expected, double tolerance) {
    double size = fabs(expected) > 1 ? fabs(expected) : 1;
    return fabs(got - expected) <= tolerance * size;
}

static gan_status compare(const gan_device *device, const known_answer *known, const float *got) {
    for (uint32_t i = 0; i < ROOM; i++) {
        double expected = i < COUNT ? known->expect(i) : (double)BEHIND;
        if (!is_right(got[i], expected, known->tolerance))
            return gan__fail(
                GAN_STATUS_DEVICE_FAILED,
                "%s computes wrongly: self-test '%s', element %u is %.9g and should be "
                "%.9g; update the driver (%s), or choose another device with --device",
                device->info.name, known->kernel, i, (double)got[i], expected, device->info.driver);
    }
    return GAN_STATUS_OK;
}

static gan_status check(gan_device *device, const known_answer *known, gan_buffer *buffer) {
    float values[ROOM];
    for (uint32_t i = 0; i < ROOM; i++) values[i] = i < COUNT ? before(i) : BEHIND;
    GAN_TRY(gan__buffer_write(buffer, 0, sizeof values, values));
    GAN_TRY(run(device, known, buffer));
    GAN_TRY(gan__buffer_read(buffer, 0, sizeof values, values));
    return compare(device, known, values);
}

gan_status gan_device_self_test(gan_device *device) {
    gan_buffer *buffer = NULL;
    GAN_TRY(gan__buffer_create(device, ROOM * sizeof(float), "self-test", &buffer));
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < sizeof answers / sizeof *answers && status == GAN_STATUS_OK; i++) {
        // Code for CPUs uses no work-groups, and some CPU devices have none to speak of.
        if (answers[i].by_group && (device->traits.is_cpu || device->traits.max_work_group < GROUP))
            continue;
        status = check(device, &answers[i], buffer);
    }
    gan__buffer_destroy(buffer);
    return status == GAN_STATUS_OK ? gan__gemm_self_test(device) : status;
}
