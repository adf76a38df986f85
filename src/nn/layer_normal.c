// Batch normalisation (Ioffe, Szegedy 2015), with PyTorch's conventions: the biased variance
// normalises, the unbiased one enters the running variance; running = (1 - momentum) running +
// momentum batch. Statistics are per feature, or per channel over all its pixels.
#include "nn/layer_families.h"

enum { MOMENTUM, EPSILON, AFFINE, SCALE };

static bool has_scale(const gan_layer *layer) {
    return layer->argument[AFFINE] != 0 && layer->argument[SCALE] != 0;
}

static bool has_shift(const gan_layer *layer) {
    return layer->argument[AFFINE] != 0;
}

// [weight] [bias] running_mean running_var
static size_t declare_batch_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    static const gan_init ones = {GAN_INIT_CONSTANT, 1, 0}, zeros = {GAN_INIT_ZEROS, 0, 0};
    gan_shape features = GAN_SHAPE(site->in->size[0]);
    size_t count = 0;
    if (has_scale(site->layer))
        tensors[count++] = (gan_layer_tensor){.name = "weight", .shape = features, .init = ones};
    if (has_shift(site->layer))
        tensors[count++] =
            (gan_layer_tensor){.name = "bias", .shape = features, .init = zeros, .is_bias = true};
    tensors[count++] = (gan_layer_tensor){
        .name = "running_mean", .shape = features, .init = zeros, .buffer = true};
    tensors[count++] =
        (gan_layer_tensor){.name = "running_var", .shape = features, .init = ones, .buffer = true};
    return count;
}

// A tensor of (features) for operations with (features, ..., B).
static gan_node *along_features(gan_node *tensor, gan_node *x) {
    if (!tensor) return NULL;
    gan_shape shape = *gan__node_shape(x);
    for (int i = 1; i < shape.rank; i++) shape.size[i] = 1;
    return gan__reshape(tensor, &shape);
}

static gan_node *running(gan_node *old, gan_node *batch, double momentum) {
    if (!old || !batch) return NULL;
    gan_node *flat = gan__stop_gradient(gan__reshape(batch, gan__node_shape(old)));
    return gan__add(gan__scale(old, 1 - momentum), gan__scale(flat, momentum));
}

// The batch's mean and variance; notes the new running statistics.
static void batch_statistics(const gan_layer_call *call, gan_node *x, size_t buffers,
                             gan_node **mean, gan_node **variance) {
    const gan_shape *shape = gan__node_shape(x);
    uint32_t axes = ((1u << shape->rank) - 1) & ~1u;
    double count = (double)(gan__shape_elements(shape) / shape->size[0]);
    *mean = gan__reduce_mean(x, axes);
    *variance = gan__reduce_mean(gan__square(gan__sub(x, *mean)), axes);
    double momentum = call->layer->argument[MOMENTUM];
    gan_node *unbiased = gan__scale(*variance, count / (count - 1));
    call->updated[buffers] = running(call->tensors[buffers], *mean, momentum);
    call->updated[buffers + 1] = running(call->tensors[buffers + 1], unbiased, momentum);
}

static gan_node *build_batch_norm(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const gan_shape *shape = gan__node_shape(x);
    size_t buffers = (size_t)has_scale(call->layer) + (size_t)has_shift(call->layer);
    if (call->training && gan__shape_elements(shape) == shape->size[0])
        return gan__graph_fail(gan__node_graph(x), "training needs more than one value a feature: "
                                                   "raise the batch above 1");
    gan_node *mean = along_features(call->tensors[buffers], x);
    gan_node *variance = along_features(call->tensors[buffers + 1], x);
    if (call->training) batch_statistics(call, x, buffers, &mean, &variance);
    gan_node *y = gan__mul(gan__sub(x, mean),
                           gan__rsqrt(gan__offset(variance, call->layer->argument[EPSILON])));
    if (has_scale(call->layer)) y = gan__mul(y, along_features(call->tensors[0], x));
    if (has_shift(call->layer)) y = gan__add(y, along_features(call->tensors[buffers - 1], x));
    return y;
}

const gan_layer_kind gan__layers_normal[] = {
    {.name = "batch_norm",
     .meaning = "each feature to mean 0 and variance 1 over the batch, then scaled and shifted",
     .arguments = {{"momentum", GAN_LAYER_ARGUMENT_REAL, false, 0.1, 0, 1,
                    "weight of the newest batch in the running statistics"},
                   {"epsilon", GAN_LAYER_ARGUMENT_REAL, false, 1e-5, 1e-12, 1,
                    "added to the variance"},
                   {"affine", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether to learn scale and shift"},
                   {"scale", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether to learn the scale, where affine"}},
     .has_weights = true,
     .infer = gan__layer_infer_same,
     .declare = declare_batch_norm,
     .build = build_batch_norm},
    {.name = NULL},
};
