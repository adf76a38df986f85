// The samples an evaluation compares: generated, training, validation and test, each by number, as
// floats, bytes taken as 0 to 1.
#ifndef GAN_GAN_EVALUATE_DATA_H
#define GAN_GAN_EVALUATE_DATA_H

#include "data/dataset.h"
#include "gan/parzen.h"
#include "recipe/recipe.h"

// A data set as a source of points.
typedef struct gan_set_source {
    const gan_dataset *dataset;
    bool is_stream; // the samples that training with `seed` reads, of an endless set
    uint64_t seed;
    size_t elements;
} gan_set_source;

typedef struct gan_evaluation_data {
    gan_dataset *whole; // the training file, or the built-in set
    gan_dataset *apart; // the test file; NULL for built-in sets
    size_t elements;    // of a sample
    bool has_bytes;     // samples are bytes
    bool validation_was_trained_on;
    gan_set_source sources[3];
    gan_points training, validation, test;
} gan_evaluation_data;

// `source` NULL: the recipe's. *out must stay where it is: its points refer to it. Errors:
// BAD_INPUT (no such data; no test set; it has another shape).
gan_status gan__evaluation_data_open(const gan_recipe_values *recipe, const char *source,
                                     gan_evaluation_data *out);
void gan__evaluation_data_close(gan_evaluation_data *data);

// The labels of a data set's points; 0 where it has none.
gan_status gan__evaluation_labels(const gan_points *points, uint64_t first, size_t count,
                                  uint32_t *labels);
// `count` samples as networks take them, from what `read` of the data's points gives.
void gan__evaluation_to_range(const gan_recipe_values *recipe, const gan_evaluation_data *data,
                              size_t count, float *samples);

// A generator as a source of points: number n is the sample of seed n.
typedef struct gan_sampler_source {
    gan_sampler *sampler;
    float *latents;
    double low, high; // of the generator's output, taken to 0 and 1; equal: left as it is
} gan_sampler_source;

gan_status gan__sampler_source_open(gan_sampler *sampler, bool has_bytes, gan_sampler_source *out);
void gan__sampler_source_close(gan_sampler_source *source);
gan_points gan__sampler_source_points(const gan_sampler_source *source, uint64_t count);

#endif
