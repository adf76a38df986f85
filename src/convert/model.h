// The networks that a bundle's texts describe, and which of its tensors are whose.
#ifndef GAN_CONVERT_MODEL_H
#define GAN_CONVERT_MODEL_H

#include "convert/bundle.h"
#include "recipe/recipe.h"

typedef struct gan_model {
    gan_recipe *recipe;
    gan_network *generator, *discriminator;
    gan_network *encoder; // NULL where there is none
    gan_shape sample;     // one sample, without batch
    int64_t classes;      // of the labels; 0: there are none
} gan_model;

// A network as --network names it.
typedef struct gan_model_role {
    const char *name;
    const char *weights;    // before the names of its parameters
    const char *statistics; // before those of its buffers
    bool makes_samples;     // the generator, else it takes them
    const char *input, *output;
} gan_model_role;

// From the texts "recipe" and "run"; *model is to be closed even on failure.
// Errors: BAD_INPUT where they are missing, or the recipe's networks do not fit.
gan_status gan__model_open(const gan_bundle *bundle, gan_model *model);
void gan__model_close(gan_model *model);
// Of a model whose recipe, sample and classes are known. Errors: BAD_INPUT.
gan_status gan__model_networks(gan_model *model);

const gan_model_role *gan__model_role_at(size_t index); // NULL past the last

// The role that the options name; by default the averaged generator where there is one, else the
// generator. Errors: BAD_ARGUMENT where it is no network.
gan_status gan__model_role(const gan_bundle *bundle, const gan_model_role **out);
// Errors: BAD_ARGUMENT where the model has no such network.
gan_status gan__model_check(const gan_model *model, const gan_model_role *role);
const gan_network *gan__model_network(const gan_model *model, const gan_model_role *role);

// Number `index` of the network's tensors, parameters before buffers, and its name in a bundle;
// NULL past the end.
const gan_tensor *gan__model_tensor(const gan_network *network, const gan_model_role *role,
                                    size_t index, gan_text *name);

#endif
