// What a sampler is made of. Private to sampler*.c.
#ifndef GAN_GAN_SAMPLER_STATE_H
#define GAN_GAN_SAMPLER_STATE_H

#include "clgan/sample.h"
#include "gan/class_names.h"
#include "gan/generation.h"
#include "gan/vocabulary_text.h"
#include "graph/module.h"
#include "recipe/recipe.h"

// One batch, from when it is enqueued until its samples are handed over.
typedef struct batch_under_way {
    float *made;          // room for a whole batch, as the device has it
    gan_reading *reading; // into `made`; NULL: none is under way
    size_t wanted;        // samples of it
    float *samples;       // where those go
} batch_under_way;

struct gan_sampler {
    gan_recipe *recipe;
    const gan_recipe_values *values;
    gan_class_names *class_names; // NULL: none
    gan_vocabulary *vocabulary;   // NULL: samples are not text
    gan_network *generator;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_generation generation;
    gan_node *parameters, *buffers; // buffers NULL when the network has none
    gan_sample_info info;
    // Of a generator with styles, else NULL: what pulls them to a mean, and what computes them.
    gan_node *pull;
    gan_program *mapping;
    double truncation; // of latents; 0: none
    size_t batch;      // samples made at once
    batch_under_way under_way[2];
};

#endif
