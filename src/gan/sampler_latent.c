// Implements clgan/sample.h: latents as a checkpoint's generator takes them, with the codes, the
// numbers that tokens are drawn by and the class in them. Truncation is sampler_truncate.c.
#include "gan/latent.h"
#include "gan/sampler_state.h"

void gan_sampler_latent(const gan_sampler *sampler, uint64_t seed, float *latent) {
    const gan_sample_info *const info = &sampler->info;
    gan__latent_draw(sampler->values, seed, latent);
    gan__latent_draw_tokens(seed, (size_t)gan__network_draws(sampler->generator),
                            latent + sampler->values->latent.size);
    if (info->classes > 0) latent[info->latent - 1] = (float)gan__label_draw(info->classes, seed);
    if (sampler->truncation > 0)
        gan__latent_truncate(sampler->values, seed, sampler->truncation, latent);
}

void gan_sampler_set_code(const gan_sampler *sampler, size_t code, double value, float *latent) {
    const gan_latent_parts parts = gan__latent_parts(sampler->values);
    const size_t codes = (size_t)parts.codes, categories = (size_t)parts.categories;
    float *const first = latent + parts.noise;
    if (code >= codes) {
        first[codes * categories + (code - codes)] = (float)value;
        return;
    }
    for (size_t i = 0; i < categories; i++)
        first[code * categories + i] = (double)i == value ? 1.0f : 0.0f;
}

void gan_sampler_interpolate(const gan_sampler *sampler, gan_sample_path path, const float *from,
                             const float *to, double at, float *latent) {
    const bool flat = sampler->values->latent.prior == GAN_PRIOR_UNIFORM;
    if (path == GAN_SAMPLE_PATH_AUTO)
        path = flat ? GAN_SAMPLE_PATH_LINEAR : GAN_SAMPLE_PATH_SPHERICAL;
    const size_t size = (size_t)sampler->values->latent.size;
    gan__latent_walk(sampler->values, path, from, to, at, latent);
    for (size_t i = size; i < sampler->info.latent; i++) latent[i] = at < 0.5 ? from[i] : to[i];
}

const char *gan_sampler_class_name(const gan_sampler *sampler, uint32_t index) {
    return gan__class_names_get(sampler->class_names, index);
}

gan_status gan_sampler_find_class(const gan_sampler *sampler, const char *text, uint32_t *out) {
    if (sampler->info.classes == 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "the checkpoint's generator takes no class, so \"%s\" cannot be chosen",
                         text);
    return gan__class_names_find(sampler->class_names, sampler->info.classes, text, out);
}
