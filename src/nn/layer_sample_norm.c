// Normalisation within each sample, so that training and inference are alike: layer norm (Ba et al.
// 2016), group norm (Wu, He 2018), instance norm (Ulyanov et al. 2016), pixel norm (Karras et al.
// 2018). Variances are the biased ones, as PyTorch's.
#include "nn/layer_families.h"

enum { EPSILON };
enum { LAYER_AFFINE = 1, GROUPS = 0, GROUP_EPSILON, GROUP_AFFINE, INSTANCE_AFFINE = 1 };

static gan_node *standardise(gan_node *x, uint32_t axes, double epsilon) {
    gan_node *const centred = gan__sub(x, gan__reduce_mean(x, axes));
    gan_node *const variance = gan__reduce_mean(gan__square(centred), axes);
    return gan__mul(centred, gan__rsqrt(gan__offset(variance, epsilon)));
}

// weight and bias of a shape, beginning as the identity.
static size_t declare_affine(const gan_shape *shape, gan_layer_tensor *tensors) {
    tensors[0] =
        (gan_layer_tensor){.name = "weight", .shape = *shape, .init = {GAN_INIT_CONSTANT, 1, 0}};
    tensors[1] = (gan_layer_tensor){
        .name = "bias", .shape = *shape, .init = {GAN_INIT_ZEROS, 0, 0}, .is_bias = true};
    return 2;
}

static gan_node *scale_and_shift(const gan_layer_call *call, gan_node *y) {
    return gan__add(gan__mul(y, gan__layer_along_features(call->tensors[0], y)),
                    gan__layer_along_features(call->tensors[1], y));
}

// --- layer_norm: all elements of a sample, each with a scale of its own --------------------------

static size_t declare_layer_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    return site->layer->argument[LAYER_AFFINE] != 0 ? declare_affine(site->in, tensors) : 0;
}

static gan_node *each_element(gan_node *tensor) {
    if (!tensor) return NULL;
    gan_shape shape = *gan__node_shape(tensor);
    shape.size[shape.rank++] = 1;
    return gan__reshape(tensor, &shape);
}

static gan_node *build_layer_norm(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const uint32_t features = (1u << (gan__node_shape(x)->rank - 1)) - 1;
    gan_node *const y = standardise(x, features, call->layer->argument[EPSILON]);
    if (call->layer->argument[LAYER_AFFINE] == 0) return y;
    return gan__add(gan__mul(y, each_element(call->tensors[0])), each_element(call->tensors[1]));
}

// --- group_norm and instance_norm: groups of channels, scales by channel -------------------------

static gan_node *in_groups(gan_node *x, int64_t groups, double epsilon) {
    const gan_shape shape = *gan__node_shape(x);
    const int64_t batch = shape.size[shape.rank - 1];
    const int64_t members = gan__shape_elements(&shape) / groups / batch;
    gan_node *const apart = gan__reshape(x, &GAN_SHAPE(groups, members, batch));
    return gan__reshape(standardise(apart, 1u << 1, epsilon), &shape);
}

static gan_status infer_group_norm(const gan_layer_site *site, gan_shape *out) {
    const int64_t groups = (int64_t)site->layer->argument[GROUPS], channels = site->in->size[0];
    if (channels % groups != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%lld channels cannot be shared among %lld groups",
                         (long long)channels, (long long)groups);
    return gan__layer_infer_same(site, out);
}

static size_t declare_group_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_shape channels = GAN_SHAPE(site->in->size[0]);
    return site->layer->argument[GROUP_AFFINE] != 0 ? declare_affine(&channels, tensors) : 0;
}

static gan_node *build_group_norm(const gan_layer_call *call, gan_node *x) {
    const double *argument = call->layer->argument;
    if (!x) return NULL;
    gan_node *const y = in_groups(x, (int64_t)argument[GROUPS], argument[GROUP_EPSILON]);
    return argument[GROUP_AFFINE] != 0 ? scale_and_shift(call, y) : y;
}

static gan_status infer_instance_norm(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *in = site->in;
    char text[GAN_SHAPE_TEXT];
    if (in->rank != 3 || in->size[1] * in->size[2] < 2)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its input %s has one value a channel: it takes an image (channels, "
                         "height, width) of several pixels",
                         gan__shape_text(in, text));
    return gan__layer_infer_same(site, out);
}

static size_t declare_instance_norm(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const gan_shape channels = GAN_SHAPE(site->in->size[0]);
    return site->layer->argument[INSTANCE_AFFINE] != 0 ? declare_affine(&channels, tensors) : 0;
}

static gan_node *build_instance_norm(const gan_layer_call *call, gan_node *x) {
    const double *argument = call->layer->argument;
    if (!x) return NULL;
    gan_node *const y = in_groups(x, gan__node_shape(x)->size[0], argument[EPSILON]);
    return argument[INSTANCE_AFFINE] != 0 ? scale_and_shift(call, y) : y;
}

// --- pixel_norm ---------------------------------------------------------------------------------

static gan_node *build_pixel_norm(const gan_layer_call *call, gan_node *x) {
    gan_node *const squares = gan__reduce_mean(gan__square(x), 1u << 0);
    return gan__mul(x, gan__rsqrt(gan__offset(squares, call->layer->argument[EPSILON])));
}

// --- The table ----------------------------------------------------------------------------------

#define EPSILON_ARGUMENT(fallback, what)                                                           \
    { "epsilon", GAN_LAYER_ARGUMENT_REAL, false, fallback, 1e-12, 1, "added to the " what }
#define AFFINE_ARGUMENT(fallback)                                                                  \
    { "affine", GAN_LAYER_ARGUMENT_BOOL, false, fallback, 0, 1, "whether to learn scale and shift" }

const gan_layer_kind gan__layers_sample_norm[] = {
    {.name = "layer_norm",
     .meaning = "all elements of a sample to mean 0 and variance 1, then each scaled and shifted",
     .arguments = {EPSILON_ARGUMENT(1e-5, "variance"), AFFINE_ARGUMENT(1)},
     .has_weights = true,
     .infer = gan__layer_infer_same,
     .declare = declare_layer_norm,
     .build = build_layer_norm},
    {.name = "group_norm",
     .meaning = "each group of a sample's channels to mean 0 and variance 1, then each channel "
                "scaled and shifted",
     .arguments = {{"groups", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_LAYER_WHOLE_MAX,
                    "groups of channels; 1: all channels together"},
                   EPSILON_ARGUMENT(1e-5, "variance"),
                   AFFINE_ARGUMENT(1)},
     .has_weights = true,
     .infer = infer_group_norm,
     .declare = declare_group_norm,
     .build = build_group_norm},
    {.name = "instance_norm",
     .meaning = "each channel of a sample to mean 0 and variance 1",
     .arguments = {EPSILON_ARGUMENT(1e-5, "variance"), AFFINE_ARGUMENT(0)},
     .has_weights = true,
     .infer = infer_instance_norm,
     .declare = declare_instance_norm,
     .build = build_instance_norm},
    {.name = "pixel_norm",
     .meaning = "the features at each pixel divided by the root of their mean square",
     .arguments = {EPSILON_ARGUMENT(1e-8, "mean square")},
     .infer = gan__layer_infer_same,
     .build = build_pixel_norm},
    {.name = NULL},
};
