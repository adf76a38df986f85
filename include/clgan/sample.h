// Drawing samples from a checkpoint's generator.
#ifndef CLGAN_SAMPLE_H
#define CLGAN_SAMPLE_H

#include "clgan/checkpoint.h"
#include "clgan/device.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gan_sample_weights {
    GAN_SAMPLE_WEIGHTS_DEFAULT, // averaged where the checkpoint has them, else raw
    GAN_SAMPLE_WEIGHTS_EMA,
    GAN_SAMPLE_WEIGHTS_RAW,
} gan_sample_weights;

// What the tokens of samples stand for, where samples are sequences of them.
typedef struct gan_vocabulary gan_vocabulary;

// What one sample is.
typedef struct gan_sample_info {
    int rank; // 1 (D), or 3 (channels, height, width)
    int64_t size[3];
    size_t elements;    // of one sample
    size_t latent;      // elements of one latent; the numbers that tokens are drawn by, where they
                        // are, and the class's, where there is one, included
    uint32_t classes;   // the generator is told one of so many, the latent's last element; 0: none
    size_t codes;       // of the recipe's latent: so many, of which the first ...
    size_t categorical; // ... so many are one-hot vectors ...
    size_t categories;  // ... of so many elements; the others are one element each, U(-1, 1)
    double low, high;   // what the data's black and white (0 and 255) map to; 0, 0 for raw data
    uint64_t step;      // the checkpoint's
    bool averaged;      // the weights in use
    size_t styles;      // elements of a style, of a style-based generator; 0: it is none
    const gan_vocabulary *vocabulary; // samples are text: (symbols, 1, length), one-hot; it belongs
                                      // to the sampler. NULL: they are not
} gan_sample_info;

typedef struct gan_sampler gan_sampler;

// Takes the generator's weights to the device; the checkpoint may be closed afterwards, the device
// must outlive the sampler. Errors: BAD_INPUT (no generator or no recipe in it; no averaged weights
// though asked for), CORRUPT, DEVICE_*.
GAN_API gan_status gan_sampler_create(gan_device *device, const gan_checkpoint *checkpoint,
                                      gan_sample_weights weights, gan_sampler **out);
GAN_API void gan_sampler_destroy(gan_sampler *sampler); // NULL is allowed
GAN_API const gan_sample_info *gan_sampler_get_info(const gan_sampler *sampler);

// The latent that belongs to `seed` under the recipe's prior: info.latent floats. Behind the
// prior's own, a generator of tokens has a number U(0, 1) for each of them, which it is drawn by.
// Where there are classes the last is one of the numbers 0 to info.classes - 1, all equally likely;
// to choose a class, put its number there.
GAN_API void gan_sampler_latent(const gan_sampler *sampler, uint64_t seed, float *latent);

// Sets code number `code` (from 0, below info.codes) of a latent: of a categorical one `value` is
// the category, from 0 on.
GAN_API void gan_sampler_set_code(const gan_sampler *sampler, size_t code, double value,
                                  float *latent);

// Truncation: less variety, and often better samples. Of a style-based generator (info.styles) each
// style w becomes m + psi (w - m), m being the mean of the styles of the seeds 0 to 8191, in all
// that is generated from now on (Karras et al. 2019, arXiv 1812.04948). Of another, elements of
// normal latents that lie outside [-psi, psi] are drawn again until they do not, in
// gan_sampler_latent from now on; those within stay as they are (Brock, Donahue, Simonyan 2018,
// arXiv 1809.11096). Errors: BAD_ARGUMENT (psi below 0.01; no styles, and the recipe's prior is not
// normal), DEVICE_*.
GAN_API gan_status gan_sampler_set_truncation(gan_sampler *sampler, double psi);

typedef enum gan_sample_path {
    GAN_SAMPLE_PATH_AUTO,      // along what the prior's latents lie on: spherical for normal and
                               // spherical priors, linear for uniform ones
    GAN_SAMPLE_PATH_LINEAR,    // the straight line
    GAN_SAMPLE_PATH_SPHERICAL, // the great circle, lengths between the two's (White 2016, arXiv
                               // 1609.04468)
} gan_sample_path;

// The point at `at` (0: `from`, 1: `to`) of the way from one latent to another: info.latent floats
// each. At 0 and 1 it is the end itself, bit for bit. What tokens are drawn by, and the class, are
// those of the nearer end.
GAN_API void gan_sampler_interpolate(const gan_sampler *sampler, gan_sample_path path,
                                     const float *from, const float *to, double at, float *latent);

// The text of a sample whose info has a vocabulary, without a newline behind it: at `text`, of
// `size` bytes, cut where it is longer and always terminated. Returns the length of all of it. No
// text has control characters: an end of line within a sample is written as U+2424.
GAN_API size_t gan_sample_text(const gan_sample_info *info, const float *sample, char *text,
                               size_t size);

// The name of class number `index`, from the data the checkpoint was trained on; NULL where its
// classes have numbers only. It belongs to the sampler.
GAN_API const char *gan_sampler_class_name(const gan_sampler *sampler, uint32_t index);
// The number of the class that `text` gives by name or by number. Errors: BAD_ARGUMENT (no such
// class; the generator takes none).
GAN_API gan_status gan_sampler_find_class(const gan_sampler *sampler, const char *text,
                                          uint32_t *out);

// One sample a latent: `latents` (count, info.latent), `samples` (count, info.elements), row-major.
// A sample is a function of the weights and its latent alone, whatever the count or the order.
// Errors: DEVICE_*; BAD_INPUT where a latent's class is none.
GAN_API gan_status gan_sampler_generate(gan_sampler *sampler, const float *latents, size_t count,
                                        float *samples);

#ifdef __cplusplus
}
#endif
#endif
