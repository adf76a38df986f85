// Operators of ONNX that work element by element, broadcasting as NumPy does. Formulas are those of
// onnx.ai/onnx/operators.
#include "convert/foreign.h"

#include <math.h>
#include <string.h>

// The first input, whether batched or not.
static gan_status begin(const gan_foreign_call *call, gan_node **x, bool *batched) {
    GAN_TRY(gan__foreign_take(call, 0, x));
    *batched = call->inputs[0]->batched;
    return GAN_STATUS_OK;
}

// --- Of one input --------------------------------------------------------------------------------
static const struct unary {
    const char *operation;
    gan_node *(*build)(gan_node *x);
} unaries[] = {
    {"Abs", gan__abs},         {"Cos", gan__cos},
    {"Erf", gan__erf},         {"Exp", gan__exp},
    {"Floor", gan__floor},     {"Log", gan__log},
    {"Neg", gan__neg},         {"Reciprocal", gan__reciprocal},
    {"Sigmoid", gan__sigmoid}, {"Sign", gan__sign},
    {"Sin", gan__sin},         {"Softplus", gan__softplus},
    {"Sqrt", gan__sqrt},       {"Tanh", gan__tanh},
};

static gan_status put_unary(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    for (size_t i = 0; i < sizeof unaries / sizeof unaries[0]; i++) {
        if (strcmp(unaries[i].operation, call->node->operation) == 0)
            return gan__foreign_give(call, 0, batched, unaries[i].build(x));
    }
    return gan__foreign_refuse(call, "it has no formula");
}

static gan_node *number(gan_node *x, double value) {
    return gan__scalar(gan__node_graph(x), value);
}

static gan_node *relu(gan_node *x) {
    return gan__maximum(x, number(x, 0));
}

// x where it is positive, else `otherwise`.
static gan_node *or_else(gan_node *x, gan_node *otherwise) {
    return gan__select(gan__less(number(x, 0), x), x, otherwise);
}

static gan_status put_relu(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched, relu(x));
}

static gan_status put_leaky_relu(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    const double slope = gan__foreign_number(call, "alpha", 0.01F);
    return gan__foreign_give(call, 0, batched, or_else(x, gan__scale(x, slope)));
}

static gan_node *elu(gan_node *x, double alpha) {
    return or_else(x, gan__scale(gan__expm1(gan__minimum(x, number(x, 0))), alpha));
}

static gan_status put_elu(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched, elu(x, gan__foreign_number(call, "alpha", 1)));
}

static gan_status put_selu(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    const double alpha = gan__foreign_number(call, "alpha", 1.67326319217681884765625);
    const double gamma = gan__foreign_number(call, "gamma", 1.05070102214813232421875);
    return gan__foreign_give(call, 0, batched, gan__scale(elu(x, alpha), gamma));
}

// max(0, min(1, alpha x + beta))
static gan_node *hard_sigmoid(gan_node *x, double alpha, double beta) {
    gan_node *line = gan__offset(gan__scale(x, alpha), beta);
    return gan__minimum(relu(line), number(x, 1));
}

static gan_status put_hard_sigmoid(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    const double alpha = gan__foreign_number(call, "alpha", 0.2F);
    return gan__foreign_give(call, 0, batched,
                             hard_sigmoid(x, alpha, gan__foreign_number(call, "beta", 0.5)));
}

static gan_status put_hard_swish(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched, gan__mul(x, hard_sigmoid(x, 1.0 / 6, 0.5)));
}

static gan_status put_softsign(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched, gan__div(x, gan__offset(gan__abs(x), 1)));
}

static gan_status put_mish(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched, gan__mul(x, gan__tanh(gan__softplus(x))));
}

// Hendrycks, Gimpel 2016, exactly or by the hyperbolic tangent.
static gan_status put_gelu(const gan_foreign_call *call) {
    gan_node *x, *share;
    bool batched;
    GAN_TRY(begin(call, &x, &batched));
    const bool exact = strcmp(gan__foreign_text(call, "approximate", "none"), "none") == 0;
    if (exact) {
        share = gan__erf(gan__scale(x, sqrt(0.5)));
    } else {
        gan_node *cube = gan__mul(gan__square(x), x);
        share = gan__tanh(gan__scale(gan__add(x, gan__scale(cube, 0.044715)),
                                     0.79788456080286535588)); // sqrt(2 / pi)
    }
    return gan__foreign_give(call, 0, batched, gan__mul(gan__scale(x, 0.5), gan__offset(share, 1)));
}

static gan_status put_same(const gan_foreign_call *call) {
    return gan__foreign_give_same(call);
}

// Dropout, which does nothing where nothing is trained.
static gan_status put_dropout(const gan_foreign_call *call) {
    const gan_foreign_value *const training = gan__foreign_input(call, 2);
    if (training && (!training->wholes || training->wholes[0] != 0))
        return gan__foreign_refuse(call,
                                   "it is in training mode; export the network for inference");
    return gan__foreign_give_same(call);
}

// To another type of floating-point numbers, all of which are float32 here.
static gan_status put_cast(const gan_foreign_call *call) {
    const gan_element_kind *const kind = gan__element_kind_onnx(gan__foreign_whole(call, "to", 0));
    if (!kind || !strchr("FB", kind->safetensors[0]) || kind->bytes == 1)
        return gan__foreign_refuse(call, "only to floating-point numbers is known here");
    return gan__foreign_give_same(call);
}

// --- Of two and more -----------------------------------------------------------------------------
static gan_node *prelu(gan_node *x, gan_node *slope) {
    return or_else(x, gan__mul(x, slope));
}

static const struct binary {
    const char *operation;
    gan_node *(*build)(gan_node *a, gan_node *b);
} binaries[] = {
    {"Add", gan__add},   {"Sub", gan__sub},     {"Mul", gan__mul},
    {"Div", gan__div},   {"Max", gan__maximum}, {"Min", gan__minimum},
    {"Pow", gan__power}, {"PRelu", prelu},      {"Sum", gan__add},
};

// The operands one after the other: all operators of several inputs are such.
static gan_status put_binary(const gan_foreign_call *call) {
    const size_t count = call->node->inputs.count;
    gan_node *result = NULL, **nodes;
    bool batched;
    GAN_TRY(gan__foreign_alloc(call->to, count, sizeof(gan_node *), (void **)&nodes));
    GAN_TRY(gan__foreign_take_aligned(call, nodes, &batched));
    for (size_t i = 0; i < sizeof binaries / sizeof binaries[0]; i++) {
        if (strcmp(binaries[i].operation, call->node->operation) != 0) continue;
        result = nodes[0];
        for (size_t k = 1; k < count; k++) result = binaries[i].build(result, nodes[k]);
    }
    return gan__foreign_give(call, 0, batched, result);
}

static bool is_number(const gan_foreign_value *value, double wanted) {
    return value && value->floats && gan__foreign_elements(value) == 1 &&
           (double)value->floats[0] == wanted;
}

// By 2 and 1/2 it is what a square and a root are, for negative numbers too.
static gan_status put_power(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    const gan_foreign_value *const exponent = gan__foreign_input(call, 1);
    if (exponent && exponent->stored && exponent->stored->elements == 1) {
        const float *value;
        size_t count;
        GAN_TRY(gan__foreign_floats(call, 1, &value, &count));
    }
    if (!is_number(exponent, 2) && !is_number(exponent, 0.5)) return put_binary(call);
    GAN_TRY(begin(call, &x, &batched));
    return gan__foreign_give(call, 0, batched,
                             is_number(exponent, 2) ? gan__square(x) : gan__sqrt(x));
}

// A bound of Clip: an attribute in old opsets, an input in new ones.
static gan_status bound(const gan_foreign_call *call, size_t input, const char *attribute,
                        double fallback, double *out) {
    *out = gan__foreign_number(call, attribute, fallback);
    if (!gan__foreign_input(call, input)) return GAN_STATUS_OK;
    const float *value;
    size_t count;
    GAN_TRY(gan__foreign_floats(call, input, &value, &count));
    if (count != 1) return gan__foreign_refuse(call, "its bound %s is no number", attribute);
    *out = (double)*value;
    return GAN_STATUS_OK;
}

static gan_status put_clip(const gan_foreign_call *call) {
    gan_node *x;
    bool batched;
    double low, high;
    GAN_TRY(begin(call, &x, &batched));
    GAN_TRY(bound(call, 1, "min", -INFINITY, &low));
    GAN_TRY(bound(call, 2, "max", INFINITY, &high));
    if (low > -INFINITY) x = gan__maximum(x, number(x, low));
    if (high < INFINITY) x = gan__minimum(x, number(x, high));
    return gan__foreign_give(call, 0, batched, x);
}

#define UNARY(name)                                                                                \
    { name, 1, 1, "", put_unary }
#define BINARY(name)                                                                               \
    { name, 2, 2, "", put_binary }
#define MANY(name)                                                                                 \
    { name, 1, -1, "", put_binary }
const gan_foreign_row gan__foreign_rows_elementwise[] = {
    UNARY("Abs"),
    UNARY("Cos"),
    UNARY("Erf"),
    UNARY("Exp"),
    UNARY("Floor"),
    UNARY("Log"),
    UNARY("Neg"),
    UNARY("Reciprocal"),
    UNARY("Sigmoid"),
    UNARY("Sign"),
    UNARY("Sin"),
    UNARY("Softplus"),
    UNARY("Sqrt"),
    UNARY("Tanh"),
    {"Relu", 1, 1, "", put_relu},
    {"LeakyRelu", 1, 1, "alpha ", put_leaky_relu},
    {"Elu", 1, 1, "alpha ", put_elu},
    {"Selu", 1, 1, "alpha gamma ", put_selu},
    {"Gelu", 1, 1, "approximate ", put_gelu},
    {"HardSigmoid", 1, 1, "alpha beta ", put_hard_sigmoid},
    {"HardSwish", 1, 1, "", put_hard_swish},
    {"Mish", 1, 1, "", put_mish},
    {"Softsign", 1, 1, "", put_softsign},
    {"Identity", 1, 1, "", put_same},
    {"Dropout", 1, 3, "ratio seed ", put_dropout},
    {"Cast", 1, 1, "to saturate ", put_cast},
    {"Clip", 1, 3, "min max ", put_clip},
    BINARY("Add"),
    BINARY("Sub"),
    BINARY("Mul"),
    BINARY("Div"),
    BINARY("PRelu"),
    {"Pow", 2, 2, "", put_power},
    MANY("Max"),
    MANY("Min"),
    MANY("Sum"),
    {.operation = NULL},
};
