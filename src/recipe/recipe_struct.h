// What a recipe is made of. Private to src/recipe.
#ifndef GAN_RECIPE_RECIPE_STRUCT_H
#define GAN_RECIPE_RECIPE_STRUCT_H

#include "recipe/keys.h"

struct gan_recipe {
    gan_document document; // owns the arena that everything below lives in
    gan_recipe_values values;
    char **settings; // paths that gan_recipe_set has changed
    size_t setting_count;
    gan_text text; // of gan_recipe_text; empty until asked for
};

#endif
