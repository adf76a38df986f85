// gan-sample --reconstruct: rows of test samples, and below each what the generator makes of the
// latents that the encoder gives them.
#include "sample/sample.h"

#include <stdlib.h>
#include <string.h>

static gan_status check_encoder(const gan_sample_source *source) {
    if (!gan_encoder_get_info(source->encoder)->gives_latents)
        return gan__fail(
            GAN_STATUS_BAD_ARGUMENT,
            "--reconstruct: this checkpoint's encoder says what codes a sample has, not "
            "what latent; the kinds latents and joint do");
    if (gan_sampler_get_info(source->sampler)->classes > 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--reconstruct: this checkpoint's generator wants classes beside latents");
    if (gan_sampler_get_info(source->sampler)->latent !=
        gan_encoder_get_info(source->encoder)->answer)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--reconstruct: this checkpoint's generator draws tokens, which a latent "
                         "does not say; gan-inspect --evaluate tells how near they are");
    return GAN_STATUS_OK;
}

gan_status gan__sample_originals_encode(gan_sample_source *source) {
    const gan_sample_request *const wanted = source->wanted;
    const size_t count = (size_t)source->count / 2;
    const size_t elements = gan_sampler_get_info(source->sampler)->elements;
    GAN_TRY(check_encoder(source));
    source->originals = calloc(count, elements * sizeof *source->originals);
    if (source->originals == NULL)
        return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for %zu test samples", count);
    gan_status status = gan__sample_latents_alloc(source, count, &source->keys);
    if (status == GAN_STATUS_OK)
        status = gan_encoder_read_test(source->encoder, wanted->data, wanted->ranges->first, count,
                                       source->originals);
    if (status == GAN_STATUS_OK)
        status = gan_encoder_encode(source->encoder, source->originals, count, source->keys, NULL);
    return status;
}

// Which test sample a cell belongs to: rows come in pairs, that of samples first.
static size_t original_of(const gan_sample_source *source, uint64_t number) {
    const uint64_t columns = source->wanted->columns;
    return (size_t)(number / columns / 2 * columns + number % columns);
}

void gan__sample_originals_latent(const gan_sample_source *source, uint64_t number, float *latent) {
    const size_t size = gan_sampler_get_info(source->sampler)->latent;
    memcpy(latent, source->keys + original_of(source, number) * size, size * sizeof *latent);
}

void gan__sample_originals_put(const gan_sample_source *source, size_t count, float *samples) {
    const size_t elements = gan_sampler_get_info(source->sampler)->elements;
    for (size_t i = 0; i < count && source->originals != NULL; i++) {
        const uint64_t number = source->done + i;
        if (number / source->wanted->columns % 2 == 0)
            memcpy(samples + i * elements,
                   source->originals + original_of(source, number) * elements,
                   elements * sizeof *samples);
    }
}
