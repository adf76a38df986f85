// Asking a checkpoint's encoder about samples: what they were, or could have been, made of.
//
//     gan_encoder *encoder;
//     if (gan_encoder_create(device, checkpoint, &encoder) == GAN_STATUS_OK) {
//         status = gan_encoder_encode(encoder, samples, count, answers, NULL);
//         gan_encoder_destroy(encoder);
//     }
#ifndef CLGAN_ENCODE_H
#define CLGAN_ENCODE_H

#include "clgan/checkpoint.h"
#include "clgan/device.h"
#include "clgan/sample.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_encoder gan_encoder;

typedef struct gan_encoder_info {
    size_t elements;    // of a sample, as gan_sampler_generate makes them
    size_t answer;      // elements of what is said of it
    size_t features;    // and of what the last layer with weights says it by
    bool gives_latents; // the answer is a latent; else what is said of its codes: categories first,
                        // as logits, then the means of continuous ones
    size_t categorical, categories; // so many such codes of so many logits
} gan_encoder_info;

// Takes the encoder to the device, with the layers of the discriminator that it begins with; batch
// norm has its running statistics. The checkpoint may be closed afterwards, the device must outlive
// the encoder. Errors: BAD_INPUT (no encoder or no recipe in it), CORRUPT, DEVICE_*.
GAN_API gan_status gan_encoder_create(gan_device *device, const gan_checkpoint *checkpoint,
                                      gan_encoder **out);
GAN_API void gan_encoder_destroy(gan_encoder *encoder); // NULL is allowed
GAN_API const gan_encoder_info *gan_encoder_get_info(const gan_encoder *encoder);

// `samples` (count, info.elements); `answers` (count, info.answer) and `features` (count,
// info.features), either of which may be NULL. All row-major. Errors: DEVICE_*.
GAN_API gan_status gan_encoder_encode(gan_encoder *encoder, const float *samples, size_t count,
                                      float *answers, float *features);

// Samples number `first`, `first` + 1, ... of the test set that belongs to the training data `data`
// (NULL: the recipe's), as the encoder takes them. Errors: BAD_INPUT (no such data, no test set,
// another shape), BAD_ARGUMENT past its end.
GAN_API gan_status gan_encoder_read_test(const gan_encoder *encoder, const char *data,
                                         uint64_t first, size_t count, float *samples);

#ifdef __cplusplus
}
#endif
#endif
