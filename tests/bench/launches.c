#include "launches.h"

#include "base/clock.h"
#include "base/memory.h"
#include "serve.h"

#include <stdlib.h>

#define MOST_SAMPLES 4096

gan_buffer *bench_operand(gan_device *device, size_t floats) {
    gan_buffer *buffer = NULL;
    void *memory = NULL;
    bench_insist(gan__alloc(floats, sizeof(float), &memory));
    float *host = memory;
    uint32_t state = (uint32_t)floats;
    for (size_t i = 0; i < floats; i++) {
        state = state * 1664525u + 1013904223u;
        host[i] = (float)(int32_t)state * 0x1p-31f;
    }
    bench_insist(gan__buffer_create(device, floats * sizeof(float), "operand", &buffer));
    bench_insist(gan__buffer_write(buffer, 0, floats * sizeof(float), host));
    gan__free(memory);
    return buffer;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double now(bool cpu_time) {
    return cpu_time ? gan__clock_processor() : gan__clock_seconds();
}

static double sample(gan_device *device, const bench_launches *set, int launches, bool cpu_time) {
    double start = now(cpu_time);
    for (int i = 0; i < launches; i++)
        bench_insist(gan__launch_enqueue(set->launches[i % set->count]));
    bench_insist(gan__device_finish(device));
    return (now(cpu_time) - start) / launches;
}

bench_timing bench_measure(gan_device *device, const bench_launches *set, double seconds,
                           double flops, bool cpu_time) {
    static double samples[MOST_SAMPLES];
    size_t count = 0;
    int launches = flops > 1.5e8 ? 2 : (int)(3e8 / flops) + 1;
    if (launches > 2000) launches = 2000;
    launches = (launches + set->count - 1) / set->count * set->count;
    sample(device, set, set->count + 3, cpu_time);
    double start = gan__clock_seconds();
    while (count < 3 || (count < MOST_SAMPLES && gan__clock_seconds() - start < seconds))
        samples[count++] = sample(device, set, launches, cpu_time);
    qsort(samples, count, sizeof *samples, compare_doubles);
    return (bench_timing){.best = samples[0], .median = samples[count / 2]};
}

void bench_release(bench_launches *set) {
    for (int i = 0; i < set->count; i++) {
        gan__launch_destroy(set->launches[i]);
        for (int j = 0; j < 4; j++) gan__buffer_destroy(set->buffers[i][j]);
    }
    set->count = 0;
}
