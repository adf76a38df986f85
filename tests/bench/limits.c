// What the machine can do at most, through the same runtime that trains: the rate of fused
// multiply-adds, the bandwidth of copying, and what a launch costs. Everything else in the
// benchmark is read beside these.
//
//     bench_limits [--device SPEC]      tasks: fma, copy-large, copy-small, update-small,
//                                              launch, launch-wait
//
// Work is floating-point operations, bytes read and written, launches.
#include "serve.h"

#include "runtime/launch.h"

#include <string.h>

// Independent sums enough to hide the latency of the multiply-adds (4 cycles, two a cycle, on
// current CPUs), few enough to stay in registers. The factors keep the sums near 1.
#define FMA_SUMS   12
#define FMA_ROUNDS 8192
static const char fma_source[] =
    "kernel void bench_fma(global float *out, const uint out_offset, const float m, const float "
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

// A work-item copies `count` runs, `step` runs apart: on CPUs neighbouring ones, on GPUs so that
// neighbouring work-items touch neighbouring runs.
static const char copy_source[] =
    "kernel void bench_copy(global const float *x, const uint x_offset, global float *y,\n"
    "                       const uint y_offset, const uint first, const uint step,\n"
    "                       const uint count) {\n"
    "    const size_t start = (size_t)get_global_id(0) * first;\n"
    "    for (uint j = 0; j < count; j++) {\n"
    "        const size_t i = (start + (size_t)j * step) * GAN_LANES;\n"
    "        gan_store(gan_load(x + x_offset + i, GAN_LANES), y + y_offset + i, GAN_LANES);\n"
    "    }\n"
    "}\n";

static const char nothing_source[] =
    "kernel void bench_nothing(global float *out, const uint offset) {\n"
    "    if (get_global_id(0) == 0) out[offset] = 1;\n"
    "}\n";

// Far past every cache, and what the states of a small network's optimiser take.
#define COPY_LARGE ((uint64_t)256 << 20)
#define COPY_SMALL ((uint64_t)8 << 20)

typedef struct task {
    const char *name;
    gan_launch *launch;
    double work; // of one launch
    int enqueues;
    bool wait_each;
} task;

static gan_buffer *create_buffer(gan_device *device, uint64_t bytes) {
    gan_buffer *buffer = NULL;
    bench_insist(gan__buffer_create(device, bytes, "benchmark", &buffer));
    return buffer;
}

static gan_argument buffer_argument(gan_buffer *buffer) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer};
}

// Past the start, so that a copy's loads and stores never lie a multiple of 4 KiB apart, which
// makes CPUs take one for the other.
#define COPY_SHIFT 512
static gan_argument shifted_argument(gan_buffer *buffer) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer, .offset = COPY_SHIFT};
}

static gan_argument uint_argument(uint64_t value) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = (uint32_t)value};
}

static gan_argument float_argument(float value) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = value};
}

static gan_launch *create_launch(gan_device *device, const char *name, const char *source,
                                 const gan_argument *arguments, size_t count, size_t items) {
    const gan_device_traits *const traits = gan__device_traits(device);
    const gan_launch_desc desc = {.label = name,
                                  .name = name,
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = count,
                                  .global = {items},
                                  .local = {traits->work_group}};
    gan_launch *launch = NULL;
    bench_insist(gan__launch_create(device, &desc, &launch));
    return launch;
}

static gan_launch *create_fma(gan_device *device, gan_buffer *out, double *flops) {
    const gan_device_traits *const traits = gan__device_traits(device);
    const size_t items = (size_t)traits->compute_units * traits->work_group * 32;
    const gan_argument arguments[] = {buffer_argument(out), float_argument(0.5f),
                                      float_argument(0.5f), uint_argument(FMA_ROUNDS)};
    *flops = 2.0 * FMA_SUMS * FMA_ROUNDS * traits->lanes * (double)items;
    return create_launch(device, "bench_fma", fma_source, arguments, 4, items);
}

// Where `from` is `to` the memory is updated in place: CPUs read a line before they write to it, so
// a copy moves half as much again as it says, and an update does not.
static gan_launch *create_copy(gan_device *device, gan_buffer *from, gan_buffer *to,
                               uint64_t bytes) {
    const gan_device_traits *const traits = gan__device_traits(device);
    const uint64_t runs = bytes / sizeof(float) / traits->lanes;
    const uint64_t count = traits->is_cpu ? 512 : 4; // of one work-item
    const uint64_t items = runs / count;
    const gan_argument arguments[] = {
        from == to ? shifted_argument(from) : buffer_argument(from), shifted_argument(to),
        uint_argument(traits->is_cpu ? count : 1), uint_argument(traits->is_cpu ? 1 : items),
        uint_argument(count)};
    return create_launch(device, "bench_copy", copy_source, arguments, 5, items);
}

static void run(gan_device *device, const task *asked) {
    const double start = bench_clock();
    for (int i = 0; i < asked->enqueues; i++) {
        bench_insist(gan__launch_enqueue(asked->launch));
        if (asked->wait_each) bench_insist(gan__device_finish(device));
    }
    bench_insist(gan__device_finish(device));
    bench_answer(bench_clock() - start, asked->work * asked->enqueues);
}

static void serve(gan_device *device, const task *tasks, size_t count) {
    char name[64];
    bench_ready(gan_device_get_info(device));
    while (bench_await(name, sizeof name)) {
        size_t i = 0;
        while (i < count && strcmp(tasks[i].name, name) != 0) i++;
        if (i == count) bench_refuse("there is no such task");
        run(device, &tasks[i]);
    }
}

int main(int argc, char **argv) {
    gan_device *device = NULL;
    bench_insist(gan_device_open(argc == 3 ? argv[2] : NULL, &device));
    gan_buffer *const from = create_buffer(device, COPY_LARGE);
    gan_buffer *const to = create_buffer(device, COPY_LARGE + COPY_SHIFT * sizeof(float));
    const gan_argument out = buffer_argument(to);
    double flops = 0;
    gan_launch *const launches[] = {
        create_fma(device, to, &flops), create_copy(device, from, to, COPY_LARGE),
        create_copy(device, from, to, COPY_SMALL), create_copy(device, to, to, COPY_SMALL),
        create_launch(device, "bench_nothing", nothing_source, &out, 1,
                      gan__device_traits(device)->work_group)};
    const task tasks[] = {
        {.name = "fma", .launch = launches[0], .work = flops, .enqueues = 24},
        {.name = "copy-large", .launch = launches[1], .work = 2.0 * COPY_LARGE, .enqueues = 2},
        {.name = "copy-small", .launch = launches[2], .work = 2.0 * COPY_SMALL, .enqueues = 50},
        {.name = "update-small", .launch = launches[3], .work = 2.0 * COPY_SMALL, .enqueues = 50},
        {.name = "launch", .launch = launches[4], .work = 1, .enqueues = 5000},
        {.name = "launch-wait",
         .launch = launches[4],
         .work = 1,
         .enqueues = 200,
         .wait_each = true},
    };
    serve(device, tasks, sizeof tasks / sizeof *tasks);
    for (size_t i = 0; i < sizeof launches / sizeof *launches; i++)
        gan__launch_destroy(launches[i]);
    gan__buffer_destroy(from);
    gan__buffer_destroy(to);
    gan_device_close(device);
    return 0;
}
