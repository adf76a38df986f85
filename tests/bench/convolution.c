// Times convolutions through gan__convolution_create, in the layout training uses: dense weights,
// the images of a place padded to 16.
//
//     bench_convolution [--device SPEC] [--seconds S]   the layers of dcgan-64 at batch 64
//     bench_convolution --serve        a line "member channels size filters kernel stride before
//                                      images seconds" in, a JSON line out (tests/bench/bench.py)
//
// --cpu-time as in bench_gemm. The member is 0 (forward), 1 (by input) or 2 (by weight).
#include "runtime/convolution.h"
#include "launches.h"
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct layer {
    uint32_t channels, size, filters, kernel, stride, before, images;
} layer;

static const layer layers[] = {
    {3, 64, 64, 4, 2, 1, 64},
    {64, 32, 128, 4, 2, 1, 64},
    {128, 16, 256, 4, 2, 1, 64},
    {256, 8, 512, 4, 2, 1, 64},
};
static const char *const members[] = {"forward", "by input", "by weight"};

// Random numbers of the shape (a, b, c, d), the last axis padded to `multiple`.
static gan_convolution_operand make(gan_device *device, uint32_t a, uint32_t b, uint32_t c,
                                    uint32_t d, uint32_t multiple) {
    gan_convolution_operand x = {.stride = {0, 0, (d + multiple - 1) / multiple * multiple, 1}};
    x.stride[1] = c * x.stride[2];
    x.stride[0] = b * x.stride[1];
    x.buffer = bench_operand(device, (size_t)a * x.stride[0]);
    return x;
}

static bool counts_cpu_time;

static gan_convolution_desc describe(const layer *l, int member) {
    uint32_t out = (l->size + 2 * l->before - l->kernel) / l->stride + 1;
    return (gan_convolution_desc){.label = "bench",
                                  .member = (gan_convolution_member)member,
                                  .groups = 1,
                                  .channels = l->channels,
                                  .filters = l->filters,
                                  .images = l->images,
                                  .input = {l->size, l->size},
                                  .output = {out, out},
                                  .kernel = {l->kernel, l->kernel},
                                  .stride = {l->stride, l->stride},
                                  .dilation = {1, 1},
                                  .before = {l->before, l->before}};
}

static bench_timing time_layer(gan_device *device, const layer *l, int member, double seconds,
                               double *flops) {
    gan_convolution_desc desc = describe(l, member);
    gan_gemm_operand scratch = {0};
    bench_launches set = {.count = 1};
    uint64_t floats = gan__convolution_scratch(device, &desc);
    if (floats) scratch.buffer = bench_operand(device, (size_t)floats);
    desc.x = make(device, desc.channels, desc.input[0], desc.input[1], desc.images, 16);
    desc.w = make(device, desc.filters, desc.channels, desc.kernel[0], desc.kernel[1], 1);
    desc.y = make(device, desc.filters, desc.output[0], desc.output[1], desc.images, 16);
    bench_insist(gan__convolution_create(device, &desc, &scratch, &set.launches[0]));
    gan_buffer *const buffers[4] = {desc.x.buffer, desc.w.buffer, desc.y.buffer, scratch.buffer};
    memcpy(set.buffers[0], buffers, sizeof buffers);
    *flops = gan__convolution_work(&desc).flops;
    bench_timing t = bench_measure(device, &set, seconds, *flops, counts_cpu_time);
    bench_release(&set);
    return t;
}

// GFLOP/s count the terms inside the image only.
static void run_table(gan_device *device, double seconds, int only) {
    printf("%-10s %8s %5s %7s %10s %10s %9s %9s\n", "member", "channels", "size", "filters",
           "best us", "median us", "GFLOP/s", "median");
    for (int member = 0; member < 3; member++)
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
            const layer *l = &layers[i];
            double flops = 0;
            if (only >= 0 && only != member) continue;
            bench_timing t = time_layer(device, l, member, seconds, &flops);
            printf("%-10s %8u %5u %7u %10.1f %10.1f %9.1f %9.1f\n", members[member], l->channels,
                   l->size, l->filters, t.best * 1e6, t.median * 1e6, flops / t.best * 1e-9,
                   flops / t.median * 1e-9);
            fflush(stdout);
        }
}

static void serve(gan_device *device) {
    char line[160];
    while (fgets(line, sizeof line, stdin)) {
        layer l;
        int member = 0;
        double seconds = 0, flops = 0;
        if (sscanf(line, "%d %u %u %u %u %u %u %u %lf", &member, &l.channels, &l.size, &l.filters,
                   &l.kernel, &l.stride, &l.before, &l.images, &seconds) != 9)
            return;
        bench_timing t = time_layer(device, &l, member, seconds, &flops);
        printf("{\"best\": %.9f, \"median\": %.9f, \"flops\": %.0f}\n", t.best, t.median, flops);
        fflush(stdout);
    }
}

int main(int argc, char **argv) {
    const char *spec = NULL;
    double seconds = 0.5;
    bool serving = false;
    int only = -1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--serve") == 0) serving = true;
        if (strcmp(argv[i], "--cpu-time") == 0) counts_cpu_time = true;
        if (strcmp(argv[i], "--device") == 0 && i + 1 < argc) spec = argv[++i];
        if (strcmp(argv[i], "--member") == 0 && i + 1 < argc) only = atoi(argv[++i]);
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) seconds = atof(argv[++i]);
    }
    gan_device *device = NULL;
    bench_insist(gan_device_open(spec, &device));
    if (serving)
        serve(device);
    else
        run_table(device, seconds, only);
    gan_device_close(device);
    return 0;
}
