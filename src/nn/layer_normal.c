// Batch normalisation (Ioffe, Szegedy 2015), also with scale and shift that depend on the label or
// the condition (Dumoulin et al. 2017; de Vries et al. 2017; Brock et al. 2019), with PyTorch's
// conventions: the biased variance normalises, the unbiased one enters the running variance;
// running = (1 - momentum) running + momentum batch. Statistics are per feature, or per channel
// over all its pixels.
#include "nn/layer_families.h"

enum { MOMENTUM, EPSILON, AFFINE, SCALE };

static bool has_scale(const gan_layer *layer) {
    return layer->argument[AFFINE] != 0 && layer->argument[SCALE] != 0;
}

static bool has_shift(const gan_layer *layer) {
    return layer->argument[AFFINE] != 0;
}

static const gan_init ones = {GAN_INIT_CONSTANT, 1, 0}, zeros = {GAN_INIT_ZEROS, 0, 0};

// running_mean running_var
static size_t declare_running(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_shape features = GAN_SHAPE(site->in->size[0]);
    tensors[0] = (gan_layer_tensor){
        .name = "running_mean", .shape = features, .init = zeros, .buffer = true};
    tensors[1] =
        (gan_layer_tensor){.name = "running_var", .shape = features, .init = ones, .buffer = true};
    return 2;
}

// [weight] [bias] running_mean running_var
static size_t declare_batch_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_shape features = GAN_SHAPE(site->in->size[0]);
    size_t count = 0;
    if (has_scale(site->layer))
        tensors[count++] = (gan_layer_tensor){.name = "weight", .shape = features, .init = ones};
    if (has_shift(site->layer))
        tensors[count++] =
            (gan_layer_tensor){.name = "bias", .shape = features, .init = zeros, .is_bias = true};
    return count + declare_running(site, tensors + count);
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

// x with mean 0 and variance 1, by the batch in training, else by the running statistics, which lie
// at tensors[buffers] and behind.
static gan_node *normalise(const gan_layer_call *call, gan_node *x, size_t buffers) {
    const gan_shape *shape = gan__node_shape(x);
    if (call->training && gan__shape_elements(shape) == shape->size[0])
        return gan__graph_fail(gan__node_graph(x), "training needs more than one value a feature: "
                                                   "raise the batch above 1");
    gan_node *mean = gan__layer_along_features(call->tensors[buffers], x);
    gan_node *variance = gan__layer_along_features(call->tensors[buffers + 1], x);
    if (call->training) batch_statistics(call, x, buffers, &mean, &variance);
    return gan__mul(gan__sub(x, mean),
                    gan__rsqrt(gan__offset(variance, call->layer->argument[EPSILON])));
}

static gan_node *build_batch_norm(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    size_t buffers = (size_t)has_scale(call->layer) + (size_t)has_shift(call->layer);
    gan_node *y = normalise(call, x, buffers);
    if (has_scale(call->layer)) y = gan__mul(y, gan__layer_along_features(call->tensors[0], x));
    if (has_shift(call->layer))
        y = gan__add(y, gan__layer_along_features(call->tensors[buffers - 1], x));
    return y;
}

// --- With a condition ---------------------------------------------------------------------------

enum { GAIN, SHIFT, CONDITIONAL_BUFFERS };

// Tables (classes, features) of scales and shifts, or weights (features, condition) whose products
// with the condition are added to 1 and 0.
static size_t declare_conditional(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const bool product = site->condition != NULL;
    const int64_t features = site->in->size[0];
    const int64_t rows = product ? features : site->classes;
    const int64_t columns = product ? site->condition->size[0] : features;
    const gan_init none = {0};
    for (size_t i = GAIN; i <= SHIFT; i++)
        tensors[i] = (gan_layer_tensor){.name = i == GAIN ? "weight" : "bias",
                                        .shape = GAN_SHAPE(rows, columns),
                                        .fan_in = columns,
                                        .fan_out = rows,
                                        .init = product     ? none
                                                : i == GAIN ? ones
                                                            : zeros,
                                        .parametrized = product};
    return CONDITIONAL_BUFFERS + declare_running(site, tensors + CONDITIONAL_BUFFERS);
}

static gan_node *conditional(const gan_layer_call *call, size_t tensor, double offset) {
    gan_node *const weight = call->tensors[tensor];
    if (!call->condition) return gan__transpose(gan__gather(weight, call->labels, 0));
    return gan__offset(gan__matmul(weight, call->condition, false, false), offset);
}

static gan_node *build_conditional(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    gan_node *const gain = gan__layer_along_features(conditional(call, GAIN, 1), x);
    gan_node *const shift = gan__layer_along_features(conditional(call, SHIFT, 0), x);
    return gan__add(gan__mul(normalise(call, x, CONDITIONAL_BUFFERS), gain), shift);
}

#define MOMENTUM_ARGUMENT                                                                          \
    {                                                                                              \
        "momentum", GAN_LAYER_ARGUMENT_REAL, false, 0.1, 0, 1,                                     \
            "weight of the newest batch in the running statistics"                                 \
    }
#define EPSILON_ARGUMENT                                                                           \
    { "epsilon", GAN_LAYER_ARGUMENT_REAL, false, 1e-5, 1e-12, 1, "added to the variance" }

const gan_layer_kind gan__layers_normal[] = {
    {.name = "batch_norm",
     .meaning = "each feature to mean 0 and variance 1 over the batch, then scaled and shifted",
     .arguments = {MOMENTUM_ARGUMENT,
                   EPSILON_ARGUMENT,
                   {"affine", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether to learn scale and shift"},
                   {"scale", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether to learn the scale, where affine"}},
     .has_weights = true,
     .mixes = true,
     .infer = gan__layer_infer_same,
     .declare = declare_batch_norm,
     .build = build_batch_norm},
    {.name = "conditional_batch_norm",
     .meaning =
         "batch norm whose scale and shift belong to the label, or follow from the condition",
     .arguments = {MOMENTUM_ARGUMENT, EPSILON_ARGUMENT},
     .has_weights = true,
     .mixes = true,
     .has_matrices = true,
     .takes_condition = true,
     .infer = gan__layer_infer_same,
     .declare = declare_conditional,
     .build = build_conditional},
    {.name = NULL},
};
