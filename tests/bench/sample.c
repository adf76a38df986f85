// Draws samples with the weights loaded, through the public API: latents in, samples out, both in
// the host's memory.
//
//     bench_sample CHECKPOINT      task: how many samples; work: samples
#include "serve.h"

#include "clgan/sample.h"

#include <stdlib.h>
#include <string.h>

static void draw(gan_sampler *sampler, size_t count) {
    const gan_sample_info *const info = gan_sampler_get_info(sampler);
    float *const latents = calloc(count * info->latent, sizeof *latents);
    float *const samples = malloc(count * info->elements * sizeof *samples);
    if (latents == NULL || samples == NULL) bench_refuse("the host is out of memory");
    for (size_t i = 0; i < count; i++) gan_sampler_latent(sampler, i, latents + i * info->latent);
    memset(samples, 1, count * info->elements * sizeof *samples); // so that its pages are there
    const double start = bench_clock();
    bench_insist(gan_sampler_generate(sampler, latents, count, samples));
    bench_answer(bench_clock() - start, (double)count);
    free(latents);
    free(samples);
}

int main(int argc, char **argv) {
    gan_device *device = NULL;
    gan_checkpoint *checkpoint = NULL;
    gan_sampler *sampler = NULL;
    char task[64];
    if (argc != 2) bench_refuse("usage: bench_sample CHECKPOINT");
    bench_insist(gan_device_open(NULL, &device));
    bench_insist(gan_checkpoint_open(argv[1], &checkpoint));
    bench_insist(gan_sampler_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &sampler));
    gan_checkpoint_close(checkpoint);
    bench_ready(gan_device_get_info(device));
    while (bench_await(task, sizeof task)) draw(sampler, strtoul(task, NULL, 10));
    gan_sampler_destroy(sampler);
    gan_device_close(device);
    return 0;
}
