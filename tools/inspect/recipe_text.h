// Values and layers picked out of a resolved recipe's text, which has every key in a fixed order,
// two spaces a level, layers as a list. For showing only: what is not found is simply not shown.
#ifndef GAN_TOOLS_INSPECT_RECIPE_TEXT_H
#define GAN_TOOLS_INSPECT_RECIPE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

// The value at a path such as "optimizer.generator.kind", or "" where there is none.
const char *gan__recipe_text_value(const char *recipe, const char *path, char *value, size_t size);

// The index-th layer of a network, as written: "dense: {units: 256, bias: true}". False past the
// last.
bool gan__recipe_text_layer(const char *recipe, const char *network, size_t index, char *layer,
                            size_t size);

#endif
