// Values and layers picked out of a resolved recipe's text, which has every key in a fixed order,
// two spaces a level, layers as a list. For showing only: what is not found is simply not shown.
#ifndef GAN_TOOLS_INSPECT_RECIPE_TEXT_H
#define GAN_TOOLS_INSPECT_RECIPE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

// The value at a path such as "optimizer.generator.kind", or "" where there is none.
const char *gan__recipe_text_value(const char *recipe, const char *path, char *value, size_t size);

// Where the layers of a network begin; NULL where there are none.
const char *gan__recipe_text_layers(const char *recipe, const char *network);
// The layer at *at, as written: "dense: {units: 256, bias: true}"; *at moves to the next. False
// past the last.
bool gan__recipe_text_layer(const char **at, char *layer, size_t size);

#endif
