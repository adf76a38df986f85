// Layers that let a discriminator compare the samples of a batch: the deviation over small groups
// (Karras et al. 2018, as StyleGAN2 has it) and minibatch discrimination (Salimans et al. 2016,
// with a sample's distance to itself left out, as their code has it).
#include "nn/layer_families.h"

enum { GROUP, PLANES };
enum { KERNELS, DIMENSIONS };

// Under the root, so that its gradient is finite where a group's samples are equal.
static const double stddev_epsilon = 1e-8;

// --- minibatch_stddev ---------------------------------------------------------------------------

static gan_status infer_stddev(const gan_layer_site *site, gan_shape *out) {
    const int64_t planes = (int64_t)site->layer->argument[PLANES], channels = site->in->size[0];
    if (channels % planes != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%lld channels cannot be shared among %lld statistics",
                         (long long)channels, (long long)planes);
    *out = *site->in;
    out->size[0] += planes;
    return GAN_STATUS_OK;
}

// Samples n, n + groups, n + 2 groups... form a group; channels are split in `planes` parts.
static gan_node *build_stddev(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const gan_shape shape = *gan__node_shape(x);
    const int64_t batch = shape.size[shape.rank - 1],
                  wanted = (int64_t)call->layer->argument[GROUP];
    const int64_t planes = (int64_t)call->layer->argument[PLANES];
    const int64_t members = wanted < batch ? wanted : batch, groups = batch / members;
    if (batch % members != 0)
        return gan__graph_fail(gan__node_graph(x),
                               "a batch of %lld cannot be split into groups of %lld",
                               (long long)batch, (long long)members);
    const int64_t inner = gan__shape_elements(&shape) / planes / batch;
    gan_node *const apart = gan__reshape(x, &GAN_SHAPE(planes, inner, members, groups));
    gan_node *const centred = gan__sub(apart, gan__reduce_mean(apart, 1u << 2));
    gan_node *const variance = gan__reduce_mean(gan__square(centred), 1u << 2);
    gan_node *const deviation =
        gan__reduce_mean(gan__sqrt(gan__offset(variance, stddev_epsilon)), 1u << 1);
    gan_shape spread = shape;
    spread.size[0] = planes;
    gan_node *const alike = gan__broadcast(
        deviation, &GAN_SHAPE(planes, inner * planes / shape.size[0], members, groups));
    gan_node *parts[2] = {x, gan__reshape(alike, &spread)};
    return parts[1] ? gan__concat(parts, 2, 0) : NULL;
}

// --- minibatch_discrimination -------------------------------------------------------------------

static gan_status infer_discrimination(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE(gan__shape_elements(site->in) + (int64_t)site->layer->argument[KERNELS]);
    return GAN_STATUS_OK;
}

static size_t declare_discrimination(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const int64_t kernels = (int64_t)site->layer->argument[KERNELS];
    const int64_t rows = kernels * (int64_t)site->layer->argument[DIMENSIONS];
    const int64_t columns = gan__shape_elements(site->in);
    tensors[0] = (gan_layer_tensor){.name = "weight",
                                    .shape = GAN_SHAPE(rows, columns),
                                    .fan_in = columns,
                                    .fan_out = rows,
                                    .parametrized = true};
    tensors[1] = (gan_layer_tensor){.name = "bias",
                                    .shape = GAN_SHAPE(kernels),
                                    .fan_in = columns,
                                    .fan_out = rows,
                                    .init = {GAN_INIT_CONSTANT, -1, 0},
                                    .is_bias = true};
    return 2;
}

// |M_i - M_j|, summed over dimensions, for all pairs: (kernels, B, B).
static gan_node *distances(gan_node *m, int64_t kernels, int64_t dimensions, int64_t batch) {
    gan_node *const rows = gan__reshape(m, &GAN_SHAPE(kernels, dimensions, batch, 1));
    gan_node *const columns = gan__reshape(m, &GAN_SHAPE(kernels, dimensions, 1, batch));
    gan_node *const sums = gan__reduce_sum(gan__abs(gan__sub(rows, columns)), 1u << 1);
    return gan__reshape(sums, &GAN_SHAPE(kernels, batch, batch));
}

// 0 for a sample and itself, 1 for all other pairs: (B, B).
static gan_node *others(gan_graph *graph, int64_t batch) {
    const gan_shape pairs = GAN_SHAPE(batch, batch);
    gan_node *const same = gan__equal(gan__iota(graph, &pairs, 0), gan__iota(graph, &pairs, 1));
    return gan__offset(gan__neg(same), 1);
}

static gan_node *build_discrimination(const gan_layer_call *call, gan_node *x) {
    const int64_t kernels = (int64_t)call->layer->argument[KERNELS];
    const int64_t dimensions = (int64_t)call->layer->argument[DIMENSIONS];
    if (!x) return NULL;
    const gan_shape *shape = gan__node_shape(x);
    const int64_t batch = shape->size[shape->rank - 1];
    gan_node *const flat = gan__reshape(x, &GAN_SHAPE(gan__shape_elements(shape) / batch, batch));
    gan_node *const m = gan__matmul(call->tensors[0], flat, false, false);
    gan_node *const near = gan__exp(gan__neg(distances(m, kernels, dimensions, batch)));
    gan_node *const sums =
        gan__reduce_sum(gan__mul(near, others(gan__node_graph(x), batch)), 1u << 1);
    gan_node *const features = gan__reshape(sums, &GAN_SHAPE(kernels, batch));
    gan_node *parts[2] = {
        flat, gan__add(features, gan__reshape(call->tensors[1], &GAN_SHAPE(kernels, 1)))};
    return parts[1] ? gan__concat(parts, 2, 0) : NULL;
}

// --- The table ----------------------------------------------------------------------------------

const gan_layer_kind gan__layers_minibatch[] = {
    {.name = "minibatch_stddev",
     .meaning =
         "its input, and behind it the mean deviation of its elements over groups of samples",
     .arguments = {{"group", GAN_LAYER_ARGUMENT_WHOLE, false, 4, 1, 65536,
                    "samples a group; it divides the batch"},
                   {"channels", GAN_LAYER_ARGUMENT_WHOLE, false, 1, 1, 1024,
                    "parts of the channels, each with a mean of its own"}},
     .mixes = true,
     .infer = infer_stddev,
     .build = build_stddev},
    {.name = "minibatch_discrimination",
     .meaning = "its input as a vector, and behind it for each kernel how near the batch's other "
                "samples are",
     .arguments = {{"kernels", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, 65536, "features added"},
                   {"dimensions", GAN_LAYER_ARGUMENT_WHOLE, false, 5, 1, 1024,
                    "of the space in which a kernel measures distances"}},
     .has_weights = true,
     .has_matrices = true,
     .mixes = true,
     .infer = infer_discrimination,
     .declare = declare_discrimination,
     .build = build_discrimination},
    {.name = NULL},
};
