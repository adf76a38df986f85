// A network of any program, as an ONNX file has it, run on a device: features of samples for
// clgan/features.h and clgan/evaluate.h. The graph is read and becomes one of clgan's; operators
// that are known are listed in docs/evaluation.md, others are refused by name.
//
//     gan_foreign_network *network;
//     status = gan_foreign_network_open("net.onnx", NULL, &network);
//     const gan_feature_samples samples = {3, {3, 64, 64}, -1, 1};
//     status = gan_foreign_network_prepare(network, device, &samples);
//     status = gan_foreign_network_run(network, values, count, features);
//
// The network has one input, of float32, whose first dimension is the batch whatever size the file
// says that has: (batch, channels, height, width) or (batch, features).
#ifndef CLGAN_FOREIGN_H
#define CLGAN_FOREIGN_H

#include "clgan/device.h"
#include "clgan/features.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_foreign_options {
    const char *value; // which of the graph's values the features are; NULL: its first output
    double low, high;  // what black and white are to the network; equal: as the file says, by its
                       // metadata Image.NominalPixelRange, or the recipe that gan-convert puts into
                       // it, else 0 and 1
} gan_foreign_options;

typedef struct gan_foreign_info {
    const char *value; // by name
    double low, high;  // what black and white are to the network
    // Once it is prepared:
    size_t features; // of one sample: the value's elements, one after the other
    int rank;        // of one sample as the network takes it: 1, or 3 (channels, height, width)
    int64_t size[3];
    bool repeated; // gray samples are repeated in each of its channels
    bool resized;  // samples are enlarged, bilinear between the middles of pixels
} gan_foreign_info;

typedef struct gan_foreign_network gan_foreign_network;

// Reads the file; `options` may be NULL. Errors: BAD_INPUT (no such file, no ONNX model, no value
// of that name), CORRUPT, NO_MEMORY.
GAN_API gan_status gan_foreign_network_open(const char *path, const gan_foreign_options *options,
                                            gan_foreign_network **out);
GAN_API void gan_foreign_network_close(gan_foreign_network *network); // NULL is allowed
GAN_API const gan_foreign_info *gan_foreign_network_get_info(const gan_foreign_network *network);

// Builds what the value needs for samples of that shape, and takes the weights to the device, which
// must outlive the network. Once only. Errors: BAD_INPUT (samples that do not fit; an operator, or
// an attribute of one, that is not known), CORRUPT, DEVICE_*.
GAN_API gan_status gan_foreign_network_prepare(gan_foreign_network *network, gan_device *device,
                                               const gan_feature_samples *samples);

// `samples`: (count, elements of one), `features`: (count, info.features), both row-major. Features
// are a function of file and sample alone. Errors: BAD_ARGUMENT (it is not prepared), DEVICE_*.
GAN_API gan_status gan_foreign_network_run(gan_foreign_network *network, const float *samples,
                                           size_t count, float *features);

// The network for gan_evaluation_options.source. It must outlive its use.
GAN_API gan_feature_source gan_foreign_network_source(gan_foreign_network *network);

#ifdef __cplusplus
}
#endif
#endif
