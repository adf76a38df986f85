// Layers that multiply by a weight matrix: dense, maxout. An image is read as its elements in order
// (channels, height, width), as after torch.nn.Flatten.
#include "nn/layer_families.h"

enum { DENSE_UNITS, DENSE_BIAS };
enum { MAXOUT_UNITS, MAXOUT_PIECES, MAXOUT_BIAS };

static gan_status infer_units(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE((int64_t)site->layer->argument[DENSE_UNITS]);
    return GAN_STATUS_OK;
}

// Weight (rows, in) and, where asked for, bias (rows).
static size_t declare_product(int64_t rows, bool bias, const gan_shape *in,
                              gan_layer_tensor *tensors) {
    int64_t columns = gan__shape_elements(in);
    tensors[0] = (gan_layer_tensor){.name = "weight",
                                    .shape = GAN_SHAPE(rows, columns),
                                    .fan_in = columns,
                                    .fan_out = rows,
                                    .parametrized = true};
    if (!bias) return 1;
    tensors[1] = (gan_layer_tensor){.name = "bias",
                                    .shape = GAN_SHAPE(rows),
                                    .fan_in = columns,
                                    .fan_out = rows,
                                    .is_bias = true};
    return 2;
}

// W x + b of x (features..., B).
static gan_node *product(gan_node *weight, gan_node *bias, gan_node *x) {
    if (!weight || !x) return NULL;
    const gan_shape *shape = gan__node_shape(x);
    int64_t batch = shape->size[shape->rank - 1];
    gan_node *y = gan__matmul(
        weight, gan__reshape(x, &(gan_shape){2, {gan__node_shape(weight)->size[1], batch}}), false,
        false);
    if (!bias) return y;
    return gan__add(y, gan__reshape(bias, &(gan_shape){2, {gan__node_shape(bias)->size[0], 1}}));
}

static size_t declare_dense(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const double *argument = site->layer->argument;
    return declare_product((int64_t)argument[DENSE_UNITS], argument[DENSE_BIAS] != 0, site->in,
                           tensors);
}

static gan_node *build_dense(const gan_layer_call *call, gan_node *x) {
    bool bias = call->layer->argument[DENSE_BIAS] != 0;
    return product(call->tensors[0], bias ? call->tensors[1] : NULL, x);
}

static size_t declare_maxout(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const double *argument = site->layer->argument;
    int64_t rows = (int64_t)argument[MAXOUT_UNITS] * (int64_t)argument[MAXOUT_PIECES];
    return declare_product(rows, argument[MAXOUT_BIAS] != 0, site->in, tensors);
}

// Goodfellow et al. 2013: each unit is the largest of its pieces, which are consecutive rows.
static gan_node *build_maxout(const gan_layer_call *call, gan_node *x) {
    bool bias = call->layer->argument[MAXOUT_BIAS] != 0;
    gan_node *y = product(call->tensors[0], bias ? call->tensors[1] : NULL, x);
    if (!y) return NULL;
    int64_t units = (int64_t)call->layer->argument[MAXOUT_UNITS];
    int64_t pieces = (int64_t)call->layer->argument[MAXOUT_PIECES];
    int64_t batch = gan__node_shape(y)->size[1];
    y = gan__reduce_max(gan__reshape(y, &(gan_shape){3, {units, pieces, batch}}), 1u << 1);
    return gan__reshape(y, &(gan_shape){2, {units, batch}});
}

#define UNITS_ARGUMENT                                                                             \
    { "units", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_LAYER_WHOLE_MAX, "outputs" }
#define BIAS_ARGUMENT                                                                              \
    { "bias", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1, "whether to add a bias" }

const gan_layer_kind gan__layers_linear[] = {
    {.name = "dense",
     .meaning = "W x + b",
     .arguments = {UNITS_ARGUMENT, BIAS_ARGUMENT},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_units,
     .declare = declare_dense,
     .build = build_dense},
    {.name = "maxout",
     .meaning = "the largest of `pieces` affine functions for each unit",
     .arguments = {UNITS_ARGUMENT,
                   {"pieces", GAN_LAYER_ARGUMENT_WHOLE, false, 2, 1, 1024,
                    "affine functions a unit"},
                   BIAS_ARGUMENT},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_units,
     .declare = declare_maxout,
     .build = build_maxout},
    {.name = NULL},
};
