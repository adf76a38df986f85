// Virtual batch normalisation (Salimans et al. 2016): each sample by the statistics of a reference
// batch, chosen once, and of itself; the reference batch by its own alone. What is made of a sample
// is then a function of it and of the weights, in training as in inference. The reference samples
// go through the network behind the others (nn/reference.h), so that statistics are those of the
// weights as they are, and gradients flow through them too.
//
// With R reference samples of mean m and variance v, and a sample's own mean a and variance w over
// its pixels (features have one value, w = 0), its statistics are those of all R + 1 together:
//     mean     m + c (a - m)                          c = 1 / (R + 1)
//     variance (1 - c) v + c w + c (1 - c) (a - m)^2
#include "nn/layer_families.h"
#include "nn/reference.h"

enum { EPSILON, AFFINE };

static size_t declare_virtual_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_shape features = GAN_SHAPE(site->in->size[0]);
    if (site->layer->argument[AFFINE] == 0) return 0;
    tensors[0] =
        (gan_layer_tensor){.name = "weight", .shape = features, .init = {GAN_INIT_CONSTANT, 1, 0}};
    tensors[1] = (gan_layer_tensor){
        .name = "bias", .shape = features, .init = {GAN_INIT_ZEROS, 0, 0}, .is_bias = true};
    return 2;
}

// x by its own mean and variance over `axes`.
typedef struct moments {
    gan_node *mean, *centred, *variance;
} moments;

static moments moments_over(gan_node *x, uint32_t axes) {
    moments of = {.mean = gan__reduce_mean(x, axes)};
    of.centred = gan__sub(x, of.mean);
    of.variance = gan__reduce_mean(gan__square(of.centred), axes);
    return of;
}

// The variance of `share` of one set and the rest of another, of given variances, whose means are
// `apart`; `variance` NULL: 0.
static gan_node *pooled(double share, gan_node *variance, gan_node *rest, gan_node *apart) {
    gan_node *const between = gan__scale(gan__square(apart), share * (1 - share));
    gan_node *const both = gan__add(gan__scale(rest, 1 - share), between);
    return variance == NULL ? both : gan__add(both, gan__scale(variance, share));
}

static gan_node *standardise(const gan_layer_call *call, gan_node *centred, gan_node *variance) {
    return gan__mul(centred, gan__rsqrt(gan__offset(variance, call->layer->argument[EPSILON])));
}

// The samples before the reference batch.
static gan_node *normalise(const gan_layer_call *call, gan_node *samples,
                           const moments *reference) {
    const double share = 1 / (double)(call->reference + 1);
    const uint32_t pixels = ((1u << (gan__node_shape(samples)->rank - 1)) - 1) & ~1u;
    moments own = {.mean = samples};
    if (pixels != 0) own = moments_over(samples, pixels);
    gan_node *const apart = gan__sub(own.mean, reference->mean);
    gan_node *const mean = gan__add(reference->mean, gan__scale(apart, share));
    return standardise(call, gan__sub(samples, mean),
                       pooled(share, own.variance, reference->variance, apart));
}

static gan_node *build_virtual_norm(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const int last = gan__node_shape(x)->rank - 1;
    gan_node *const samples = gan__reference_cut(x, call->reference);
    if (!samples) return NULL;
    const moments reference =
        moments_over(gan__reference_part(x, call->reference), ((2u << last) - 1) & ~1u);
    gan_node *parts[2] = {normalise(call, samples, &reference),
                          standardise(call, reference.centred, reference.variance)};
    gan_node *const y = parts[0] && parts[1] ? gan__concat(parts, 2, last) : NULL;
    if (call->layer->argument[AFFINE] == 0) return y;
    return gan__add(gan__mul(y, gan__layer_along_features(call->tensors[0], x)),
                    gan__layer_along_features(call->tensors[1], x));
}

const gan_layer_kind gan__layers_virtual_norm[] = {
    {.name = "virtual_batch_norm",
     .meaning = "each feature of a sample by mean and variance of it and the reference batch, then "
                "scaled and shifted",
     .arguments = {{"epsilon", GAN_LAYER_ARGUMENT_REAL, false, 1e-5, 1e-12, 1,
                    "added to the variance"},
                   {"affine", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether to learn scale and shift"}},
     .has_weights = true,
     .takes_reference = true,
     .infer = gan__layer_infer_same,
     .declare = declare_virtual_norm,
     .build = build_virtual_norm},
    {.name = NULL},
};
