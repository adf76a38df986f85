// Writes and reads a checkpoint of mnist-mlp's size through the public API: the parameters of both
// networks, and Adam's two slots of each. Values are drawn from N(0, 0.02), as weights are.
//
//     bench_checkpoint FILE      tasks: write, read; work: bytes of float32
//
// Writing ends with the file synced and renamed into place. Reading finds it in the system's cache.
#include "serve.h"

#include "clgan/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Rows and columns of each network's weights; each has a bias of `rows`.
static const int64_t layers[][2] = {{256, 100}, {512, 256}, {1024, 512}, {784, 1024},
                                    {512, 784}, {256, 512}, {1, 256}};
#define LAYERS (sizeof layers / sizeof *layers)
static const char *const roles[] = {"", "optimizer.m.", "optimizer.v."};
#define ROLES (sizeof roles / sizeof *roles)

// xorshift64* (Vigna 2016) and Box-Muller.
static double uniform(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * 0x2545F4914F6CDD1Du) >> 11) * 0x1p-53;
}

static float *draw(size_t count) {
    uint64_t state = 1;
    float *const values = malloc(count * sizeof *values);
    if (values == NULL) bench_refuse("the host is out of memory");
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(0.02 * sqrt(-2 * log(1 - uniform(&state))) *
                            cos(6.283185307179586 * uniform(&state)));
    return values;
}

static size_t count_parameters(void) {
    size_t count = 0;
    for (size_t i = 0; i < LAYERS; i++) count += (size_t)(layers[i][0] * (layers[i][1] + 1));
    return count;
}

static void write_layer(gan_checkpoint_writer *writer, const char *role, size_t i,
                        const float *values) {
    char name[64];
    snprintf(name, sizeof name, "%s%zu.weight", role, i);
    bench_insist(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, 2, layers[i], values));
    snprintf(name, sizeof name, "%s%zu.bias", role, i);
    bench_insist(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, 1, layers[i],
                                              values + layers[i][0] * layers[i][1]));
}

static void write_file(const char *path, const float *values) {
    gan_checkpoint_writer *writer = NULL;
    bench_insist(gan_checkpoint_writer_create(path, GAN_CHECKPOINT_LEVEL_DEFAULT, &writer));
    for (size_t role = 0; role < ROLES; role++)
        for (size_t i = 0; i < LAYERS; i++) {
            write_layer(writer, roles[role], i, values);
            values += layers[i][0] * (layers[i][1] + 1);
        }
    bench_insist(gan_checkpoint_writer_commit(writer));
}

static void read_file(const char *path, float *values) {
    gan_checkpoint *checkpoint = NULL;
    bench_insist(gan_checkpoint_open(path, &checkpoint));
    for (size_t i = 0; i < gan_checkpoint_tensor_count(checkpoint); i++) {
        const gan_tensor_info *const info = gan_checkpoint_tensor(checkpoint, i);
        bench_insist(gan_checkpoint_read(checkpoint, info, values));
        values += info->elements;
    }
    gan_checkpoint_close(checkpoint);
}

int main(int argc, char **argv) {
    char task[64];
    if (argc != 2) bench_refuse("usage: bench_checkpoint FILE");
    const size_t count = count_parameters() * ROLES;
    float *const values = draw(count);
    write_file(argv[1], values);
    bench_ready(NULL);
    while (bench_await(task, sizeof task)) {
        const double start = bench_clock();
        if (strcmp(task, "write") == 0)
            write_file(argv[1], values);
        else
            read_file(argv[1], values);
        bench_answer(bench_clock() - start, (double)count * sizeof *values);
    }
    free(values);
    return 0;
}
