// Implements gan/data_source.h.
#include "gan/data_source.h"

#include <string.h>

static gan_status open_part(const gan_recipe_values *recipe, const char *source, bool held_out,
                            gan_dataset **out) {
    static const uint32_t channels[] = {[GAN_DATA_COLOR_AUTO] = 0,
                                        [GAN_DATA_COLOR_GRAY] = 1,
                                        [GAN_DATA_COLOR_RGB] = 3,
                                        [GAN_DATA_COLOR_RGBA] = 4};
    gan_dataset_options options = {.stretch = recipe->data.fit == GAN_DATA_FIT_STRETCH,
                                   .channels = channels[recipe->data.color],
                                   .flip = recipe->data.flip,
                                   .skip_bad = recipe->data.skip_bad,
                                   .stack = (uint32_t)recipe->data.stack,
                                   .stack_count = held_out ? 0 : (uint64_t)recipe->data.stack_count,
                                   .stack_seed = (uint64_t)recipe->seed,
                                   .length = (size_t)recipe->data.length,
                                   .lines = recipe->data.lines,
                                   .held_out = held_out};
    memcpy(options.crop, recipe->data.crop, sizeof options.crop);
    memcpy(options.size, recipe->data.size, sizeof options.size);
    return gan__dataset_open_as(source, &options, out);
}

gan_status gan__data_source_open(const gan_recipe_values *recipe, const char *source,
                                 gan_dataset **out) {
    return open_part(recipe, source, false, out);
}

gan_status gan__data_source_open_held_out(const gan_recipe_values *recipe, const char *source,
                                          gan_dataset **out) {
    return open_part(recipe, source, true, out);
}
