// Draws 64 samples from a checkpoint into one picture, with nothing but the installed library:
//
//     cc sample.c -o sample $(pkg-config --cflags --libs clgan)
//     ./sample latest.gan samples.png
#include <clgan/clgan.h>

#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 64 };

// Sample number i is that of seed i: the same each time, on any device.
static gan_status draw(gan_sampler *sampler, const char *path) {
    const gan_sample_info *info = gan_sampler_get_info(sampler);
    float *latents = malloc(COUNT * info->latent * sizeof *latents);
    float *samples = malloc(COUNT * info->elements * sizeof *samples);
    gan_image *image = NULL;
    gan_status status = latents && samples ? GAN_STATUS_OK : GAN_STATUS_NO_MEMORY;
    for (size_t i = 0; i < COUNT && status == GAN_STATUS_OK; i++)
        gan_sampler_latent(sampler, i, latents + i * info->latent);
    if (status == GAN_STATUS_OK) status = gan_sampler_generate(sampler, latents, COUNT, samples);
    if (status == GAN_STATUS_OK) status = gan_image_create(info, samples, COUNT, NULL, &image);
    if (status == GAN_STATUS_OK)
        status = gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, (gan_target){.path = path});
    gan_image_destroy(image);
    free(latents);
    free(samples);
    return status;
}

int main(int argc, char **argv) {
    gan_device *device = NULL;
    gan_checkpoint *checkpoint = NULL;
    gan_sampler *sampler = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: sample CHECKPOINT PICTURE.png\n");
        return 2;
    }
    gan_status status = gan_device_open(NULL, &device); // NULL: the best there is
    if (status == GAN_STATUS_OK) status = gan_checkpoint_open(argv[1], &checkpoint);
    if (status == GAN_STATUS_OK)
        status = gan_sampler_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &sampler);
    if (status == GAN_STATUS_OK) status = draw(sampler, argv[2]);
    if (status != GAN_STATUS_OK) fprintf(stderr, "sample: %s\n", gan_status_message());
    gan_sampler_destroy(sampler);
    gan_checkpoint_close(checkpoint);
    gan_device_close(device);
    return gan_status_exit_code(status);
}
