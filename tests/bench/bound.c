// The least time that a device's limits allow each program of a recipe: its launches counted, with
// their operations and the bytes a perfect cache would move. For devices that cannot be had;
// nothing runs.
//
//     CLGAN_LANES=1 bench_bound RECIPE DATA TFLOPS GBS US [KEY=VALUE...]   DATA "": the recipe's
//     own
//
// TFLOPS and GBS: a device's multiply-adds (two operations each) and memory, by its maker's word.
// US: what a launch takes at least, whatever it computes. A launch takes the longest of the three;
// the sums say which.
#include "serve.h"

#include "clgan/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SETTINGS 16

typedef struct bound {
    size_t launches, products;
    double flops, bytes;                        // of all
    double by_launch, by_arithmetic, by_memory; // seconds of launches that are bound by each
} bound;

static void add(bound *b, const gan_run_kernel *kernel, const double limits[3]) {
    const double arithmetic = kernel->flops / (limits[0] * 1e12);
    const double memory = kernel->bytes / (limits[1] * 1e9), launch = limits[2] * 1e-6;
    b->launches++;
    b->products += strcmp(kernel->engine, "kernel") != 0;
    b->flops += kernel->flops;
    b->bytes += kernel->bytes;
    if (launch >= arithmetic && launch >= memory)
        b->by_launch += launch;
    else if (arithmetic >= memory)
        b->by_arithmetic += arithmetic;
    else
        b->by_memory += memory;
}

static void print(const char *program, const bound *b) {
    printf("%-20s %5zu launches, %3zu products  %9.4f GFLOP  %8.2f MB  at least %8.1f us: %8.1f by "
           "launches, %8.1f by arithmetic, %8.1f by memory\n",
           program, b->launches, b->products, b->flops * 1e-9, b->bytes * 1e-6,
           (b->by_launch + b->by_arithmetic + b->by_memory) * 1e6, b->by_launch * 1e6,
           b->by_arithmetic * 1e6, b->by_memory * 1e6);
}

static void print_programs(gan_run *run, const double limits[3]) {
    gan_run_kernel kernel;
    const char *program = "";
    bound b = {0};
    for (size_t i = 0; i < gan_run_kernel_count(run); i++) {
        bench_insist(gan_run_get_kernel(run, i, &kernel));
        if (i > 0 && strcmp(kernel.program, program) != 0) {
            print(program, &b);
            b = (bound){0};
        }
        program = kernel.program;
        add(&b, &kernel, limits);
    }
    print(program, &b);
}

int main(int argc, char **argv) {
    const char *settings[MOST_SETTINGS];
    size_t count = 0;
    gan_run *run = NULL;
    if (argc < 6) bench_refuse("usage: bench_bound RECIPE DATA TFLOPS GBS US [KEY=VALUE...]");
    const double limits[3] = {atof(argv[3]), atof(argv[4]), atof(argv[5])};
    for (int i = 6; i < argc && count < MOST_SETTINGS; i++) settings[count++] = argv[i];
    const gan_run_options options = {.recipe = argv[1],
                                     .data = argv[2][0] != '\0' ? argv[2] : NULL,
                                     .settings = settings,
                                     .setting_count = count};
    bench_insist(gan_run_open(&options, &run));
    print_programs(run, limits);
    gan_run_close(run);
    return 0;
}
