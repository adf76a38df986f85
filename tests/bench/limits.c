// What the machine can do at most, through the same runtime that trains: the rate of fused
// multiply-adds, the bandwidth of copying, and what a launch costs. Everything else in the
// benchmark is read beside these.
//
//     bench_limits [--device SPEC]      tasks: fma, copy-large, copy-small, update-small,
//                                              launch, launch-wait
//
// Work is floating-point operations, bytes read and written, launches.
#include "serve.h"

#include "runtime/limits.h"

#include <string.h>

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
    gan_launch *launch = NULL;
    bench_insist(gan__limits_create_fma(device, out, &launch, flops));
    return launch;
}

static gan_launch *create_copy(gan_device *device, gan_buffer *from, gan_buffer *to,
                               uint64_t bytes) {
    gan_launch *launch = NULL;
    bench_insist(gan__limits_create_copy(device, from, to, bytes, &launch));
    return launch;
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
    gan_buffer *const to = create_buffer(device, COPY_LARGE + GAN_LIMITS_SHIFT * sizeof(float));
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
