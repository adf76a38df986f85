// Data-dependent initial values of a player (nn/network.h): its network is applied once to so many
// examples, in training, in a program of its own that is gone afterwards.
#ifndef GAN_GAN_START_H
#define GAN_GAN_START_H

#include "data/dataset.h"
#include "graph/module.h"
#include "nn/network.h"
#include "recipe/recipe.h"
#include "runtime/device.h"

typedef struct gan_start {
    gan_device *device;
    const gan_recipe_values *recipe;
    const gan_dataset *dataset;
    const gan_network *network;
    bool generates;      // it is fed latents, of seeds; else the first samples of the run
    uint64_t first_seed; // of the latents: they are those of this and the seeds behind it
    int64_t count;       // of the examples
} gan_start;

// What that program takes of the device while it is there; its kernels are checked now, while there
// is no other memory. Errors: as of planning.
gan_status gan__start_memory(const gan_start *start, gan_module_memory *out);

// Changes `parameters`, the network's flat vector on the host; `buffers` is only read. Errors:
// those of reading the data and of the device.
gan_status gan__start_parameters(const gan_start *start, float *parameters, const float *buffers);

// The examples themselves as the network takes them, (elements of one, count), and `labels`, of so
// many; NULL where they are not wanted. Errors: those of reading the data.
gan_status gan__start_examples(const gan_start *start, float *values, float *labels);

#endif
