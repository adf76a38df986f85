// Elementwise layers and softmax. Conditions are written so that NaN passes through, gradients at 0
// are PyTorch's, and neither a value nor a gradient overflows where the result does not.
#include "nn/layer_families.h"
#include "nn/stable.h"

#include <math.h>

// x <= 0 ? negative : x; false for NaN, which thereby stays.
static gan_node *where_negative(gan_node *x, gan_node *negative) {
    if (!x) return NULL;
    gan_node *zero = gan__scalar(gan__node_graph(x), 0);
    return gan__select(gan__less_equal(x, zero), negative, x);
}

// min(x, 0) by selection, so that its gradient at 0 is the negative side's.
static gan_node *negative_part(gan_node *x) {
    if (!x) return NULL;
    gan_node *zero = gan__scalar(gan__node_graph(x), 0);
    return gan__select(gan__less_equal(x, zero), x, zero);
}

static gan_node *build_relu(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return x ? where_negative(x, gan__scalar(gan__node_graph(x), 0)) : NULL;
}

static gan_node *build_leaky_relu(const gan_layer_call *call, gan_node *x) {
    return where_negative(x, gan__scale(x, call->layer->argument[0]));
}

// Clevert et al. 2015.
static gan_node *build_elu(const gan_layer_call *call, gan_node *x) {
    return where_negative(x, gan__scale(gan__expm1(negative_part(x)), call->layer->argument[0]));
}

// Klambauer et al. 2017, with its two constants.
static gan_node *build_selu(const gan_layer_call *call, gan_node *x) {
    (void)call;
    const double alpha = 1.6732632423543772848170429916717;
    const double scale = 1.0507009873554804934193349852946;
    return gan__scale(where_negative(x, gan__scale(gan__expm1(negative_part(x)), alpha)), scale);
}

// Hendrycks, Gimpel 2016, the exact form: x times the normal distribution function.
static gan_node *build_gelu(const gan_layer_call *call, gan_node *x) {
    (void)call;
    const double root_half = 0.70710678118654752440;
    return gan__mul(gan__scale(x, 0.5), gan__offset(gan__erf(gan__scale(x, root_half)), 1));
}

static gan_node *build_silu(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return gan__mul(x, gan__sigmoid(x));
}

static gan_node *build_tanh(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return gan__tanh(x);
}

static gan_node *build_sigmoid(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return gan__sigmoid(x);
}

static gan_node *build_softplus(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return gan__softplus(x);
}

// Over features or channels.
static gan_node *build_softmax(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return gan__softmax(x, 1u);
}

static gan_node *build_scale(const gan_layer_call *call, gan_node *x) {
    return gan__scale(x, call->layer->argument[0]);
}

#define ACTIVATION(layer_name, says)                                                               \
    {                                                                                              \
        .name = #layer_name, .meaning = says, .infer = gan__layer_infer_same,                      \
        .build = build_##layer_name                                                                \
    }
#define ACTIVATION_WITH(layer_name, says, ...)                                                     \
    {                                                                                              \
        .name = #layer_name, .meaning = says, .arguments = {__VA_ARGS__},                          \
        .infer = gan__layer_infer_same, .build = build_##layer_name                                \
    }

const gan_layer_kind gan__layers_activation[] = {
    ACTIVATION(relu, "max(x, 0)"),
    ACTIVATION_WITH(leaky_relu, "x, or slope x where x < 0",
                    {"slope", GAN_LAYER_ARGUMENT_REAL, false, 0.01, -1e3, 1e3, "slope below 0"}),
    ACTIVATION(tanh, "tanh(x)"),
    ACTIVATION(sigmoid, "1 / (1 + exp(-x))"),
    ACTIVATION(softplus, "log(1 + exp(x))"),
    ACTIVATION_WITH(
        elu, "x, or alpha (exp(x) - 1) where x < 0",
        {"alpha", GAN_LAYER_ARGUMENT_REAL, false, 1, 0, 1e3, "limit far below 0, negated"}),
    ACTIVATION(selu, "elu scaled so that it normalises itself"),
    ACTIVATION(gelu, "x times the normal distribution function of x"),
    ACTIVATION(silu, "x sigmoid(x)"),
    ACTIVATION(softmax, "exp(x) over its sum along the features"),
    ACTIVATION_WITH(scale, "x times a constant",
                    {"factor", GAN_LAYER_ARGUMENT_REAL, true, 0, -1e6, 1e6, "the constant"}),
    {.name = NULL},
};
