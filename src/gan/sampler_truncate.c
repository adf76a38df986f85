// Truncation: latents drawn within bounds or, of a style-based generator, styles pulled to their
// mean.
#include "base/memory.h"
#include "gan/sampler_state.h"

#define LEAST  0.01 // below, a hundred draws would be wasted for each that is taken
#define STYLES 8192 // of the seeds from 0 on, whose mean styles are pulled to

static gan_status truncate_latents(gan_sampler *sampler, double psi) {
    static const char *const priors[] = {"uniform", "normal", "spherical"};
    if (sampler->values->latent.prior != GAN_PRIOR_NORMAL)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "this checkpoint's latents are %s, and only normal ones can be truncated; "
                         "sample without",
                         priors[sampler->values->latent.prior]);
    sampler->truncation = psi;
    return GAN_STATUS_OK;
}

// Adds the styles of a batch of seeds to `sums`; `drawn` and `styles` have room for one.
static gan_status add_styles(gan_sampler *sampler, uint64_t seed, float *drawn, float *styles,
                             double *sums) {
    const size_t batch = sampler->batch;
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(sampler->module, sampler->generation.latents, &slot));
    for (size_t i = 0; i < batch; i++) {
        gan_sampler_latent(sampler, seed + i, drawn);
        gan__generation_put(slot, batch, i, drawn, sampler->info.latent);
    }
    GAN_TRY(gan__module_feed_end(sampler->module, sampler->generation.latents));
    GAN_TRY(gan__program_run(sampler->mapping, 0));
    GAN_TRY(gan__program_read(sampler->mapping, 0, styles));
    for (size_t i = 0; i < sampler->info.styles; i++)
        for (size_t k = 0; k < batch; k++) sums[i] += (double)styles[i * batch + k];
    return GAN_STATUS_OK;
}

static gan_status pull_styles(gan_sampler *sampler, double psi, float *floats, double *sums) {
    const size_t size = sampler->info.styles;
    float *const pull = floats, *const drawn = pull + size + 1,
                 *const styles = drawn + sampler->info.latent;
    GAN_TRY(gan__module_write_state(sampler->module, sampler->pull, pull)); // none, for the mean
    for (uint64_t seed = 0; seed < STYLES; seed += sampler->batch)
        GAN_TRY(add_styles(sampler, seed, drawn, styles, sums));
    for (size_t i = 0; i < size; i++) pull[i] = (float)(sums[i] / STYLES);
    pull[size] = (float)(1 - psi);
    return gan__module_write_state(sampler->module, sampler->pull, pull);
}

static gan_status truncate_styles(gan_sampler *sampler, double psi) {
    const size_t size = sampler->info.styles;
    const size_t count = size + 1 + sampler->info.latent + size * sampler->batch;
    void *floats = NULL, *sums = NULL;
    gan_status status = gan__alloc(count, sizeof(float), &floats);
    if (status == GAN_STATUS_OK) status = gan__alloc(size, sizeof(double), &sums);
    if (status == GAN_STATUS_OK) status = pull_styles(sampler, psi, floats, sums);
    gan__free(sums);
    gan__free(floats);
    return status;
}

gan_status gan_sampler_set_truncation(gan_sampler *sampler, double psi) {
    if (!(psi >= LEAST))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a truncation of %g is not possible; give a number from %g on", psi,
                         LEAST);
    return sampler->info.styles > 0 ? truncate_styles(sampler, psi)
                                    : truncate_latents(sampler, psi);
}
