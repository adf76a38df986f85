// The data set that a recipe means: its source, with its images in the form the recipe asks for.
#ifndef GAN_GAN_DATA_SOURCE_H
#define GAN_GAN_DATA_SOURCE_H

#include "data/dataset.h"
#include "recipe/recipe.h"

// Opens `source` (the recipe's own, or what was given in its place). Errors:
// gan__dataset_open_as's.
gan_status gan__data_source_open(const gan_recipe_values *recipe, const char *source,
                                 gan_dataset **out);
// The part of a text that is held out from training; for other sets the set itself, which holds
// test samples: of stacks as many as it has pictures.
gan_status gan__data_source_open_held_out(const gan_recipe_values *recipe, const char *source,
                                          gan_dataset **out);

#endif
