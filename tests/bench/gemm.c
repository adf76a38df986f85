// Times matrix products through gan__gemm_create, in the layouts training uses: activations have
// their rows padded to 16 floats, weights are dense.
//
//     bench_gemm [--device SPEC] [--seconds S]      the table of products below, for people
//     bench_gemm --json                             the same, one JSON object a line
//     bench_gemm --serve                            a line "m n k ta tb seconds" in, a JSON line
//     out;
//                                                   tests/bench/gemm_torch.py asks so, in turns
//                                                   with PyTorch
//
// --cpu-time counts the processor time of this program instead of the clock's: with one thread
// ($POCL_MAX_PTHREAD_COUNT=1) it tells what a core gets done on a machine that others use, too.
//
// --cold takes the operands of each launch from other memory than those of the launch before, from
// so many places that no core's own cache holds them: as in training, where a step's other work
// comes between.
//
// A time is that of one launch among many enqueued, with one wait at their end, as in training.
// "best" is the least of all samples, "median" their median. $CLGAN_GEMM chooses the engine.
#include "runtime/gemm.h"
#include "launches.h"
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLD_BYTES (24 << 20) // of all copies together

typedef struct shape {
    const char *what;
    uint32_t m, n, k;
    bool ta, tb;
} shape;

static const shape shapes[] = {
    {"forward", 256, 64, 100, false, false},    {"forward", 1024, 64, 512, false, false},
    {"forward", 784, 64, 1024, false, false},   {"forward", 1, 64, 256, false, false},
    {"forward", 1200, 100, 1200, false, false}, {"forward", 128, 512, 256, false, false},
    {"by data", 512, 64, 1024, true, false},    {"by data", 1024, 64, 784, true, false},
    {"by data", 784, 64, 512, true, false},     {"by data", 1200, 100, 1200, true, false},
    {"by weight", 1024, 512, 64, false, true},  {"by weight", 784, 1024, 64, false, true},
    {"by weight", 256, 100, 64, false, true},   {"by weight", 1200, 1200, 100, false, true},
    {"by weight", 128, 128, 512, false, true},  {"square", 1024, 1024, 1024, false, false},
    {"square", 1024, 1024, 1024, true, false},  {"square", 1024, 1024, 1024, false, true},
    {"deep", 64, 64, 20000, false, true},
};

typedef struct timing {
    bench_timing of;
    gan_launch_profile profile;
} timing;

// Random numbers of `rows` rows, padded to runs of 16 where that is what training does.
static gan_gemm_operand make(gan_device *device, uint32_t rows, uint32_t columns, bool padded) {
    gan_gemm_operand x = {.pitch = padded ? (columns + 15) / 16 * 16 : columns};
    x.buffer = bench_operand(device, (size_t)rows * x.pitch);
    return x;
}

static bool counts_cpu_time;
static bool is_cold;

static int copies_of(const shape *s) {
    double bytes = 4.0 * ((double)s->m * s->k + (double)s->k * s->n + (double)s->m * s->n);
    double copies = is_cold ? COLD_BYTES / bytes + 2 : 1;
    return copies < BENCH_COPIES ? (int)copies : BENCH_COPIES;
}

static void make_launch(gan_device *device, const shape *s, bench_launches *set) {
    gan_gemm_desc desc = {.label = "bench",
                          .m = s->m,
                          .n = s->n,
                          .k = s->k,
                          .batches = 1,
                          .transpose_a = s->ta,
                          .transpose_b = s->tb};
    gan_gemm_operand scratch = {0};
    uint64_t floats = gan__gemm_scratch(device, &desc);
    if (floats) scratch = make(device, 1, (uint32_t)floats, false);
    // By weight, A and B are activations and C is a weight's gradient; else A is a weight.
    desc.a = make(device, s->ta ? s->k : s->m, s->ta ? s->m : s->k, s->tb);
    desc.b = make(device, s->tb ? s->n : s->k, s->tb ? s->k : s->n, true);
    desc.c = make(device, s->m, s->n, !s->tb);
    bench_insist(gan__gemm_create(device, &desc, &scratch, &set->launches[set->count]));
    gan_buffer *const buffers[4] = {desc.a.buffer, desc.b.buffer, desc.c.buffer, scratch.buffer};
    memcpy(set->buffers[set->count++], buffers, sizeof buffers);
}

static timing time_shape(gan_device *device, const shape *s, double seconds) {
    bench_launches set = {.count = 0};
    for (int copies = copies_of(s); copies > 0; copies--) make_launch(device, s, &set);
    const double flops = 2.0 * s->m * s->n * s->k;
    timing t = {.of = bench_measure(device, &set, seconds, flops, counts_cpu_time)};
    gan__launch_get_profile(set.launches[0], &t.profile);
    bench_release(&set);
    return t;
}

static void print_json(const shape *s, const timing *t) {
    printf("{\"m\": %u, \"n\": %u, \"k\": %u, \"ta\": %d, \"tb\": %d, \"engine\": \"%s\", "
           "\"best\": %.9f, \"median\": %.9f}\n",
           s->m, s->n, s->k, s->ta, s->tb, t->profile.engine, t->of.best, t->of.median);
    fflush(stdout);
}

static void print_row(const shape *s, const timing *t) {
    double flops = 2.0 * s->m * s->n * s->k;
    printf("%-10s %5u %5u %5u  %c%c  %-8s %9.1f %9.1f %9.1f %9.1f\n", s->what, s->m, s->n, s->k,
           s->ta ? 'T' : 'N', s->tb ? 'T' : 'N', t->profile.engine, t->of.best * 1e6,
           t->of.median * 1e6, flops / t->of.best * 1e-9, flops / t->of.median * 1e-9);
}

static void run_table(gan_device *device, double seconds, bool json) {
    if (!json)
        printf("%-10s %5s %5s %5s  %-2s  %-8s %9s %9s %9s %9s\n", "product", "m", "n", "k", "op",
               "engine", "best us", "median us", "GFLOP/s", "median");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        timing t = time_shape(device, &shapes[i], seconds);
        (json ? print_json : print_row)(&shapes[i], &t);
    }
}

static void serve(gan_device *device) {
    char line[128];
    while (fgets(line, sizeof line, stdin)) {
        shape s = {.what = "asked"};
        int ta = 0, tb = 0;
        double seconds = 0;
        if (sscanf(line, "%u %u %u %d %d %lf", &s.m, &s.n, &s.k, &ta, &tb, &seconds) != 6) return;
        s.ta = ta, s.tb = tb;
        timing t = time_shape(device, &s, seconds);
        print_json(&s, &t);
    }
}

int main(int argc, char **argv) {
    const char *spec = NULL;
    double seconds = 0.5;
    bool json = false, serving = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) json = true;
        if (strcmp(argv[i], "--serve") == 0) serving = true;
        if (strcmp(argv[i], "--cpu-time") == 0) counts_cpu_time = true;
        if (strcmp(argv[i], "--cold") == 0) is_cold = true;
        if (strcmp(argv[i], "--device") == 0 && i + 1 < argc) spec = argv[++i];
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) seconds = atof(argv[++i]);
    }
    gan_device *device = NULL;
    bench_insist(gan_device_open(spec, &device));
    if (serving)
        serve(device);
    else
        run_table(device, seconds, json);
    gan_device_close(device);
    return 0;
}
