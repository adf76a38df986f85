// What each layer of a checkpoint's two networks does with samples: the statistics of its output,
// the units that say the same whatever they are shown, and the spectral norm of its weight.
//
//     gan_layer_figures *layers;
//     status = gan_layers_measure(device, checkpoint, &layers, &count);
//     for (size_t i = 0; i < count; i++) printf("%s.%zu: %g\n", layers[i].network, ...);
//     gan_layer_figures_free(layers);
#ifndef CLGAN_LAYERS_H
#define CLGAN_LAYERS_H

#include "clgan/checkpoint.h"
#include "clgan/device.h"
#include "clgan/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GAN_LAYER_SAMPLES 256

typedef struct gan_layer_figures {
    const char *network; // "generator", "discriminator"
    size_t index;        // from 0, as in the names of its tensors
    char kind[32];       // "dense"
    char output[64];     // "512", "1x28x28": one sample's shape
    // Of all values for GAN_LAYER_SAMPLES samples; those that are not finite are counted and left
    // out.
    double mean, deviation, minimum, maximum;
    uint64_t values, zeros, not_finite;
    // A unit is a feature or, of pictures, a channel. It is dead when it is one and the same number
    // for all samples and places.
    uint64_t units, dead;
    // The largest singular value of the layer's weight as a matrix with a row for each index of its
    // first axis, as it is stored; NaN for layers without a weight of two or more axes.
    double spectral_norm;
} gan_layer_figures;

// Draws samples by the seeds from 0 on, each of the class that its seed gives where there are
// classes, with the weights that are trained (not the averaged ones), in inference, and shows them
// to the discriminator; one that judges several together (objective.pack) sees each with those that
// follow it. *layers is the caller's (gan_layer_figures_free): the generator's, then the
// discriminator's. Errors: BAD_INPUT (no recipe, not all weights), those of the device.
GAN_API gan_status gan_layers_measure(gan_device *device, const gan_checkpoint *checkpoint,
                                      gan_layer_figures **layers, size_t *count);
GAN_API void gan_layer_figures_free(gan_layer_figures *layers); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
