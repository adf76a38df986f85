// Recipes: models/*.yaml, what is to be trained and how. docs/recipes.md lists every key.
#ifndef CLGAN_RECIPE_H
#define CLGAN_RECIPE_H

#include "clgan/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gan_recipe gan_recipe;

// Reads and checks a recipe file. Errors: BAD_INPUT "FILE:LINE: what, and what would be right".
// Whether the networks fit the data is known only with the data: gan_trainer_create checks that.
GAN_API gan_status gan_recipe_load(const char *path, gan_recipe **out);
// The same from text; `name` stands for the file in messages.
GAN_API gan_status gan_recipe_parse(const char *text, const char *name, gan_recipe **out);
// Overrides one key: "optimizer.generator.lr=1e-4", "generator.layers.2.leaky_relu=0.1",
// "data.range=[-1, 1]"; the value is YAML. On failure the recipe is as before.
// Errors: BAD_ARGUMENT, naming the key and the nearest known one or the legal range.
GAN_API gan_status gan_recipe_set(gan_recipe *recipe, const char *assignment);
// The resolved recipe as YAML, every key in a fixed order; parsing it gives the same recipe. It
// belongs to the recipe and lasts until the next gan_recipe_set. NULL only when out of memory.
GAN_API const char *gan_recipe_text(gan_recipe *recipe);
GAN_API const char *gan_recipe_name(const gan_recipe *recipe);
GAN_API void gan_recipe_destroy(gan_recipe *recipe); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
