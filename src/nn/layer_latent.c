// A layer that sees the latent that goes with a sample, for discriminators of pairs (Donahue et al.
// 2017; Dumoulin et al. 2017).
#include "nn/layer_families.h"

static gan_status infer_latent(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE(site->latent);
    return GAN_STATUS_OK;
}

static gan_node *build_latent(const gan_layer_call *call, gan_node *x) {
    (void)x;
    return call->latents;
}

const gan_layer_kind gan__layers_latent[] = {
    {.name = "latent",
     .meaning =
         "not its input but the latent that goes with the sample, in a discriminator of pairs",
     .takes_latent = true,
     .infer = infer_latent,
     .build = build_latent},
    {.name = NULL},
};
