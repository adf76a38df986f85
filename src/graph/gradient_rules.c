// The gradient of every operation, written in operations that have gradients themselves, so
// gradients can be taken of gradients.
//
// In the rules y is the node, a, b and c its operands, g the adjoint of y. Where two forms are
// equal on paper, the one stands here that keeps its relative accuracy in float32 far from 0, and
// that reuses y.
#include "graph/gradient_rules.h"

// --- Helpers ------------------------------------------------------------------------------------

static gan_node *constant_like(const gan_node *y, double value) {
    return gan__constant(y->graph, &y->shape, value);
}

// 1 where more > less, 1/2 where they are equal, else 0.
static gan_node *share(gan_node *less, gan_node *more) {
    return gan__add(gan__less(less, more), gan__scale(gan__equal(less, more), 0.5));
}

// d a^b / da = b a^(b - 1); where b is 0 that is 0, also at a = 0.
static gan_node *power_by_base(gan_node *a, gan_node *b) {
    return gan__select(b, gan__mul(b, gan__power(a, gan__offset(b, -1))), constant_like(a, 0));
}

// d a^b / db = a^b log a, whose limit at a = 0 is 0.
static gan_node *power_by_exponent(gan_node *y, gan_node *a) {
    return gan__mul(y, gan__log(gan__select(a, a, constant_like(a, 1))));
}

// Each of the elements equal to the maximum gets the same share.
static gan_node *maximum_share(gan_node *y, gan_node *a) {
    gan_node *equal = gan__equal(a, y);
    return gan__div(equal, gan__reduce_sum(equal, y->attributes.axes));
}

// Sums over the axes that the broadcast repeated.
static gan_node *unbroadcast(gan_node *g, const gan_node *a) {
    uint32_t axes = 0;
    for (int i = 0; i < a->shape.rank; i++) {
        if (a->shape.size[i] == 1) axes |= 1u << i;
    }
    return gan__reduce_sum(g, axes);
}

static gan_node *unpermute(gan_node *g, const gan_node *y) {
    int order[GAN_RANK_MAX] = {0};
    for (int i = 0; i < y->shape.rank; i++) order[y->attributes.order[i]] = i;
    return gan__permute(g, order);
}

// g put back to where the slice y was taken from, with zeros around and between.
static gan_node *unslice(gan_node *g, const gan_node *y) {
    return gan__node_make(y->graph, GAN_OP_PAD, &y->inputs[0]->shape, &y->attributes, &g, 1);
}

static gan_node *unpad(gan_node *g, const gan_node *y) {
    return gan__slice(g, y->attributes.slice.start, y->inputs[0]->shape.size,
                      y->attributes.slice.step);
}

// The part of g that stands where y's operand stands in the concatenation.
static gan_node *unconcat(gan_node *g, const gan_node *y, uint32_t operand) {
    int64_t start[GAN_RANK_MAX] = {0};
    const int64_t axis = y->attributes.axis;
    for (uint32_t i = 0; i < operand; i++) start[axis] += y->inputs[i]->shape.size[axis];
    return gan__slice(g, start, y->inputs[operand]->shape.size, NULL);
}

// Y = op(A) op(B): dA = G op(B)^T and dB = op(A)^T G, transposed where the operand was.
static gan_node *matmul_by_a(const gan_node *y, gan_node *g, gan_node *b) {
    const bool tb = y->attributes.matmul.transpose_b;
    return y->attributes.matmul.transpose_a ? gan__matmul(b, g, tb, true)
                                            : gan__matmul(g, b, false, !tb);
}

static gan_node *matmul_by_b(const gan_node *y, gan_node *g, gan_node *a) {
    const bool ta = y->attributes.matmul.transpose_a;
    return y->attributes.matmul.transpose_b ? gan__matmul(g, a, true, ta)
                                            : gan__matmul(a, g, !ta, false);
}

// Another member of y's triple (graph/convolution.h), of the operand's shape.
static gan_node *other_convolution(gan_op op, const gan_node *y, const gan_node *operand,
                                   gan_node *first, gan_node *second) {
    return gan__node_make(y->graph, op, &operand->shape, &y->attributes,
                          (gan_node *[]){first, second}, 2);
}

static gan_node *ungather(gan_node *g, const gan_node *y) {
    const int axis = (int)y->attributes.axis;
    return gan__scatter_add(g, y->inputs[1], axis, y->inputs[0]->shape.size[axis]);
}

// --- The table ----------------------------------------------------------------------------------

#define TWO_OVER_ROOT_PI 1.1283791670955126

// RULE(operation, what operand 0 gets, operand 1, operand 2)
#define RULES(RULE)                                                                                \
    RULE(NEG, gan__neg(g), NULL, NULL)                                                             \
    RULE(ABS, gan__mul(g, gan__sign(a)), NULL, NULL)                                               \
    RULE(EXP, gan__mul(g, y), NULL, NULL)                                                          \
    RULE(EXPM1, gan__mul(g, gan__exp(a)), NULL, NULL)                                              \
    RULE(LOG, gan__div(g, a), NULL, NULL)                                                          \
    RULE(LOG1P, gan__div(g, gan__offset(a, 1)), NULL, NULL)                                        \
    RULE(SQRT, gan__div(gan__scale(g, 0.5), y), NULL, NULL)                                        \
    RULE(RSQRT, gan__mul(gan__scale(g, -0.5), gan__mul(y, gan__square(y))), NULL, NULL)            \
    RULE(SIN, gan__mul(g, gan__cos(a)), NULL, NULL)                                                \
    RULE(COS, gan__neg(gan__mul(g, gan__sin(a))), NULL, NULL)                                      \
    RULE(TANH, gan__mul(g, gan__sub(constant_like(y, 1), gan__square(y))), NULL, NULL)             \
    RULE(SIGMOID, gan__mul(g, gan__mul(y, gan__sigmoid(gan__neg(a)))), NULL, NULL)                 \
    RULE(SOFTPLUS, gan__mul(g, gan__sigmoid(a)), NULL, NULL)                                       \
    RULE(ERF, gan__mul(g, gan__scale(gan__exp(gan__neg(gan__square(a))), TWO_OVER_ROOT_PI)), NULL, \
         NULL)                                                                                     \
    RULE(ADD, g, g, NULL)                                                                          \
    RULE(SUB, g, gan__neg(g), NULL)                                                                \
    RULE(MUL, gan__mul(g, b), gan__mul(g, a), NULL)                                                \
    RULE(DIV, gan__div(g, b), gan__neg(gan__mul(gan__div(g, b), y)), NULL)                         \
    RULE(MINIMUM, gan__mul(g, share(a, b)), gan__mul(g, share(b, a)), NULL)                        \
    RULE(MAXIMUM, gan__mul(g, share(b, a)), gan__mul(g, share(a, b)), NULL)                        \
    RULE(POWER, gan__mul(g, power_by_base(a, b)), gan__mul(g, power_by_exponent(y, a)), NULL)      \
    RULE(SELECT, NULL, gan__select(a, g, constant_like(y, 0)),                                     \
         gan__select(a, constant_like(y, 0), g))                                                   \
    RULE(REDUCE_SUM, gan__broadcast(g, &a->shape), NULL, NULL)                                     \
    RULE(REDUCE_MAX, gan__mul(g, maximum_share(y, a)), NULL, NULL)                                 \
    RULE(MATMUL, matmul_by_a(y, g, b), matmul_by_b(y, g, a), NULL)                                 \
    RULE(CONVOLUTION, other_convolution(GAN_OP_CONVOLUTION_BY_INPUT, y, a, g, b),                  \
         other_convolution(GAN_OP_CONVOLUTION_BY_WEIGHT, y, b, a, g), NULL)                        \
    RULE(CONVOLUTION_BY_INPUT, other_convolution(GAN_OP_CONVOLUTION, y, a, g, b),                  \
         other_convolution(GAN_OP_CONVOLUTION_BY_WEIGHT, y, b, g, a), NULL)                        \
    RULE(CONVOLUTION_BY_WEIGHT, other_convolution(GAN_OP_CONVOLUTION_BY_INPUT, y, a, b, g),        \
         other_convolution(GAN_OP_CONVOLUTION, y, b, a, g), NULL)                                  \
    RULE(RESHAPE, gan__reshape(g, &a->shape), NULL, NULL)                                          \
    RULE(PERMUTE, unpermute(g, y), NULL, NULL)                                                     \
    RULE(BROADCAST, unbroadcast(g, a), NULL, NULL)                                                 \
    RULE(SLICE, unslice(g, y), NULL, NULL)                                                         \
    RULE(PAD, unpad(g, y), NULL, NULL)                                                             \
    RULE(GATHER, ungather(g, y), NULL, NULL)                                                       \
    RULE(SCATTER_ADD, gan__gather(g, b, (int)y->attributes.axis), NULL, NULL)                      \
    RULE(ASSIGN, NULL, g, NULL)

#define RULE_FUNCTION(NAME, by_a, by_b, by_c)                                                      \
    static gan_node *rule_##NAME(gan_node *y, gan_node *g, uint32_t operand) {                     \
        gan_node *a = y->inputs[0], *b = y->input_count > 1 ? y->inputs[1] : NULL;                 \
        (void)a, (void)b;                                                                          \
        return operand == 0 ? (by_a) : operand == 1 ? (by_b) : (by_c);                             \
    }
RULES(RULE_FUNCTION)

static gan_node *rule_CONCAT(gan_node *y, gan_node *g, uint32_t operand) {
    return unconcat(g, y, operand);
}

// Operations that are not here (leaves, sign, floor, comparisons, stop_gradient) pass nothing on.
#define RULE_ROW(NAME, by_a, by_b, by_c) [GAN_OP_##NAME] = rule_##NAME,
static gan_node *(*const rules[GAN_OP_COUNT])(gan_node *y, gan_node *g, uint32_t operand) = {
    RULES(RULE_ROW)[GAN_OP_CONCAT] = rule_CONCAT,
};

gan_node *gan__gradient_rule(gan_node *node, gan_node *adjoint, uint32_t operand) {
    return rules[node->op] == NULL ? NULL : rules[node->op](node, adjoint, operand);
}

bool gan__gradient_flows(gan_op op) {
    return rules[op] != NULL;
}
