// Generated kernels one by one, beside PyTorch's operations of the same kind: each is a graph of
// its own, taken through simplification, fusion and code generation as training's graphs are.
//
//     bench_kernels [--device SPEC]      tasks: the names below; work: bytes that must move
//
// tests/bench/torch_kernels.py does the same, with the same sizes.
#include "serve.h"

#include "graph/module.h"
#include "nn/optimizer.h"

#include <stdlib.h>
#include <string.h>

#define PARAMETERS 1486352 // of mnist-mlp's generator
#define FEATURES   1024
#define BATCH      4096

typedef struct kernel {
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
} kernel;

// --- What is computed: the roots of each task ----------------------------------------------------

static size_t build_adam(gan_graph *graph, gan_node **roots) {
    const gan_shape shape = GAN_SHAPE(PARAMETERS), scalar = gan__shape_scalar();
    const gan_optimizer adam = gan__optimizer_defaults(GAN_OPTIMIZER_ADAM);
    const gan_optimizer_state before = {
        .parameters = gan__state(graph, "p", &shape),
        .slots = {gan__state(graph, "m", &shape), gan__state(graph, "v", &shape)},
        .step = gan__state(graph, "t", &scalar)};
    gan_optimizer_state after;
    bench_insist(
        gan__optimizer_update(&adam, NULL, &before, gan__state(graph, "g", &shape), &after));
    return gan__optimizer_assign(&adam, &before, &after, roots);
}

static gan_node *activations(gan_graph *graph, const char *name) {
    return gan__state(graph, name, &GAN_SHAPE(FEATURES, BATCH));
}

static size_t build_leaky_relu(gan_graph *graph, gan_node **roots) {
    gan_node *const x =
        gan__add(activations(graph, "x"), gan__state(graph, "bias", &GAN_SHAPE(FEATURES, 1)));
    roots[0] = gan__assign(activations(graph, "y"), gan__maximum(x, gan__scale(x, 0.2)));
    return 1;
}

static size_t build_tanh(gan_graph *graph, gan_node **roots) {
    roots[0] = gan__assign(activations(graph, "y"), gan__tanh(activations(graph, "x")));
    return 1;
}

static size_t build_sum(gan_graph *graph, gan_node **roots) {
    roots[0] = gan__assign(gan__state(graph, "y", &GAN_SHAPE(FEATURES, 1)),
                           gan__reduce_sum(activations(graph, "x"), 2));
    return 1;
}

typedef struct task {
    const char *name;
    size_t (*build)(gan_graph *graph, gan_node **roots);
    double floats; // read and written
} task;

static const task tasks[] = {
    {"adam", build_adam, 7.0 * PARAMETERS},
    {"leaky-relu", build_leaky_relu, 2.0 * FEATURES *BATCH},
    {"tanh", build_tanh, 2.0 * FEATURES *BATCH},
    {"row-sums", build_sum, 1.0 * FEATURES *BATCH},
};
#define TASKS (sizeof tasks / sizeof *tasks)
#define RUNS  20

// --- Running it ----------------------------------------------------------------------------------

static void create(gan_device *device, const task *t, kernel *out) {
    gan_node *roots[GAN_OPTIMIZER_SLOTS_MAX + 2];
    bench_insist(gan__graph_create(&out->graph));
    const size_t count = t->build(out->graph, roots);
    bench_insist(gan__graph_status(out->graph));
    bench_insist(gan__module_create(device, out->graph, &out->module));
    bench_insist(gan__program_create(out->module, t->name, roots, count, &out->program));
    bench_insist(gan__module_prepare(out->module, 2));
}

static void run(gan_device *device, const kernel *asked, double bytes) {
    bench_insist(gan__program_run(asked->program, 0));
    bench_insist(gan__device_finish(device));
    const double start = bench_clock();
    for (int i = 0; i < RUNS; i++) bench_insist(gan__program_run(asked->program, 0));
    bench_insist(gan__device_finish(device));
    bench_answer(bench_clock() - start, bytes * RUNS);
}

int main(int argc, char **argv) {
    gan_device *device = NULL;
    kernel kernels[TASKS];
    char name[64];
    bench_insist(gan_device_open(argc == 3 ? argv[2] : NULL, &device));
    for (size_t i = 0; i < TASKS; i++) create(device, &tasks[i], &kernels[i]);
    bench_ready(gan_device_get_info(device));
    while (bench_await(name, sizeof name)) {
        size_t i = 0;
        while (i < TASKS && strcmp(tasks[i].name, name) != 0) i++;
        if (i == TASKS) bench_refuse("there is no such task");
        run(device, &kernels[i], tasks[i].floats * sizeof(float));
    }
    for (size_t i = 0; i < TASKS; i++) {
        gan__module_destroy(kernels[i].module);
        gan__graph_destroy(kernels[i].graph);
    }
    gan_device_close(device);
    return 0;
}
