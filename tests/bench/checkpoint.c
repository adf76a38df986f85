// Writes, reads and verifies a checkpoint through the public API, beside a plain copy of the same
// bytes through zlib (zlib_copy.h). The tensors are those of a checkpoint that is given, which
// should be a trained one, as what it compresses to depends on that; without one they are those of
// mnist-mlp, both networks and Adam's two slots of each, drawn from N(0, 0.02).
//
//     bench_checkpoint FILE [TRAINED]
//     tasks: write, read, verify; zlib write, zlib read; streams write, streams read
//     work: bytes of float32
//
// Writing ends with the file synced and renamed into place. Reading finds it in the system's cache.
// FILE.zlib and FILE.streams are the copies.
#include "serve.h"
#include "zlib_copy.h"

#include "clgan/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 128

typedef struct bench_tensor {
    char name[NAME_SIZE];
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX];
    size_t elements;
} bench_tensor;

// Their values lie one after the other.
typedef struct bench_model {
    bench_tensor *tensors;
    size_t count, elements;
    float *values;
} bench_model;

static void *insist_memory(size_t count, size_t size) {
    void *const memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) bench_refuse("the host is out of memory");
    return memory;
}

static void add_tensor(bench_model *model, const char *name, int rank, const int64_t *size) {
    bench_tensor *const tensor = &model->tensors[model->count++];
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->rank = rank;
    tensor->elements = 1;
    for (int i = 0; i < rank; i++) {
        tensor->size[i] = size[i];
        tensor->elements *= (size_t)size[i];
    }
    model->elements += tensor->elements;
}

// --- mnist-mlp, drawn ----------------------------------------------------------------------------

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

static void draw(bench_model *model) {
    uint64_t state = 1;
    char name[NAME_SIZE];
    model->tensors = insist_memory(2 * ROLES * LAYERS, sizeof *model->tensors);
    for (size_t role = 0; role < ROLES; role++)
        for (size_t i = 0; i < LAYERS; i++) {
            snprintf(name, sizeof name, "%s%zu.weight", roles[role], i);
            add_tensor(model, name, 2, layers[i]);
            snprintf(name, sizeof name, "%s%zu.bias", roles[role], i);
            add_tensor(model, name, 1, layers[i]);
        }
    model->values = insist_memory(model->elements, sizeof *model->values);
    for (size_t i = 0; i < model->elements; i++)
        model->values[i] = (float)(0.02 * sqrt(-2 * log(1 - uniform(&state))) *
                                   cos(6.283185307179586 * uniform(&state)));
}

// --- A checkpoint --------------------------------------------------------------------------------
static void read_tensors(const gan_checkpoint *checkpoint, float *values) {
    const gan_tensor_info *info;
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)) != NULL; i++) {
        bench_insist(gan_checkpoint_read(checkpoint, info, values));
        values += info->elements;
    }
}

static void load(bench_model *model, const char *path) {
    gan_checkpoint *checkpoint = NULL;
    const gan_tensor_info *info;
    bench_insist(gan_checkpoint_open(path, &checkpoint));
    model->tensors = insist_memory(gan_checkpoint_tensor_count(checkpoint), sizeof *model->tensors);
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)) != NULL; i++)
        add_tensor(model, info->name, info->rank, info->size);
    model->values = insist_memory(model->elements, sizeof *model->values);
    read_tensors(checkpoint, model->values);
    gan_checkpoint_close(checkpoint);
}

// --- What is measured ----------------------------------------------------------------------------
static void write_file(const char *path, const bench_model *model) {
    gan_checkpoint_writer *writer = NULL;
    const float *values = model->values;
    bench_insist(gan_checkpoint_writer_create(path, GAN_CHECKPOINT_LEVEL_DEFAULT, &writer));
    for (size_t i = 0; i < model->count; i++) {
        const bench_tensor *const tensor = &model->tensors[i];
        bench_insist(gan_checkpoint_writer_tensor(writer, tensor->name, GAN_DTYPE_F32, tensor->rank,
                                                  tensor->size, values));
        values += tensor->elements;
    }
    bench_insist(gan_checkpoint_writer_commit(writer));
}

static void read_file(const char *path, float *values) {
    gan_checkpoint *checkpoint = NULL;
    bench_insist(gan_checkpoint_open(path, &checkpoint));
    read_tensors(checkpoint, values);
    gan_checkpoint_close(checkpoint);
}

static void verify_file(const char *path) {
    gan_checkpoint *checkpoint = NULL;
    bench_insist(gan_checkpoint_open(path, &checkpoint));
    bench_insist(gan_checkpoint_verify(checkpoint));
    gan_checkpoint_close(checkpoint);
}

typedef struct bench_copies {
    bench_zlib_copy *plain, *streams;
} bench_copies;

// Of the file, which has been written, and as files of their own.
static bench_copies make_copies(const char *path, const bench_model *model) {
    const size_t bytes = model->elements * sizeof *model->values;
    const bench_copies copies = {bench_zlib_copy_create(path, "zlib", bytes),
                                 bench_zlib_copy_create(path, "streams", bytes)};
    const float *values = model->values;
    gan_checkpoint *checkpoint = NULL;
    bench_insist(gan_checkpoint_open(path, &checkpoint));
    for (size_t i = 0; i < model->count; i++) {
        const size_t length = model->tensors[i].elements * sizeof *values;
        const gan_tensor_info *const info = gan_checkpoint_tensor(checkpoint, i);
        bench_zlib_copy_add(copies.plain, values, length, 0);
        bench_zlib_copy_add(copies.streams, values, length, info->bytes_stored);
        values += model->tensors[i].elements;
    }
    gan_checkpoint_close(checkpoint);
    bench_zlib_copy_write(copies.plain);
    bench_zlib_copy_write(copies.streams);
    return copies;
}

static void perform(const char *task, const char *path, bench_model *model,
                    const bench_copies *copies, float *scratch) {
    const bool is_plain = strncmp(task, "zlib ", 5) == 0;
    const bool is_streams = strncmp(task, "streams ", 8) == 0;
    bench_zlib_copy *const copy = is_plain ? copies->plain : copies->streams;
    const bool writes = strstr(task, "write") != NULL;
    if ((is_plain || is_streams) && writes)
        bench_zlib_copy_write(copy);
    else if (is_plain || is_streams)
        bench_zlib_copy_read(copy, scratch);
    else if (writes)
        write_file(path, model);
    else if (strcmp(task, "verify") == 0)
        verify_file(path);
    else
        read_file(path, scratch);
}

int main(int argc, char **argv) {
    char task[64];
    bench_model model = {0};
    if (argc != 2 && argc != 3) bench_refuse("usage: bench_checkpoint FILE [TRAINED]");
    if (argc == 3)
        load(&model, argv[2]);
    else
        draw(&model);
    const size_t bytes = model.elements * sizeof *model.values;
    float *const scratch = insist_memory(model.elements, sizeof *scratch);
    write_file(argv[1], &model);
    const bench_copies copies = make_copies(argv[1], &model);
    bench_ready(NULL);
    while (bench_await(task, sizeof task)) {
        const double start = bench_clock();
        perform(task, argv[1], &model, &copies, scratch);
        bench_answer(bench_clock() - start, (double)bytes);
    }
    bench_zlib_copy_destroy(copies.plain);
    bench_zlib_copy_destroy(copies.streams);
    free(scratch);
    free(model.values);
    free(model.tensors);
    return 0;
}
