// The operations: one table that names each, says how many operands it takes and what kind it is,
// and, for the elementwise ones, gives its OpenCL C and its host arithmetic. Shapes are the
// builders' business, gradients those of gradient.c, values those of interpret.c.
#ifndef GAN_GRAPH_OPS_H
#define GAN_GRAPH_OPS_H

#include "base/text.h"

#include <stdbool.h>

// OP(NAME, "name", operands or -1, CLASS)
// MAP(NAME, "name", operands, CLASS, OpenCL C over gan_t, host expression in double)
//
// In the OpenCL C, $a $b $c stand for the operands; the text holds for a gan_t that is a float and
// for one that is a float16. What is not a builtin stands in cl/functions.cl. NaN operands give NaN
// (comparisons give 0), so that a diverged training shows.
#define GAN_OP_TABLE(OP, MAP)                                                                      \
    OP(CONSTANT, "constant", 0, LEAF)                                                              \
    OP(IOTA, "iota", 0, LEAF)                                                                      \
    OP(INPUT, "input", 0, LEAF)                                                                    \
    OP(STATE, "state", 0, LEAF)                                                                    \
    OP(RANDOM, "random", 0, LEAF)                                                                  \
    MAP(NEG, "neg", 1, UNARY, "-$a", -a)                                                           \
    MAP(ABS, "abs", 1, UNARY, "fabs($a)", fabs(a))                                                 \
    MAP(SIGN, "sign", 1, UNARY, "gan_sign($a)", isnan(a) ? a : (double)(a > 0) - (a < 0))          \
    MAP(FLOOR, "floor", 1, UNARY, "floor($a)", floor(a))                                           \
    MAP(EXP, "exp", 1, UNARY, "exp($a)", exp(a))                                                   \
    MAP(EXPM1, "expm1", 1, UNARY, "expm1($a)", expm1(a))                                           \
    MAP(LOG, "log", 1, UNARY, "log($a)", log(a))                                                   \
    MAP(LOG1P, "log1p", 1, UNARY, "log1p($a)", log1p(a))                                           \
    MAP(SQRT, "sqrt", 1, UNARY, "sqrt($a)", sqrt(a))                                               \
    MAP(RSQRT, "rsqrt", 1, UNARY, "rsqrt($a)", 1 / sqrt(a))                                        \
    MAP(SIN, "sin", 1, UNARY, "sin($a)", sin(a))                                                   \
    MAP(COS, "cos", 1, UNARY, "cos($a)", cos(a))                                                   \
    MAP(TANH, "tanh", 1, UNARY, "tanh($a)", tanh(a))                                               \
    MAP(SIGMOID, "sigmoid", 1, UNARY, "gan_sigmoid($a)", 1 / (1 + exp(-a)))                        \
    MAP(SOFTPLUS, "softplus", 1, UNARY, "gan_softplus($a)",                                        \
        (a < 0 ? 0 : a) + log1p(exp(-fabs(a))))                                                    \
    MAP(ERF, "erf", 1, UNARY, "erf($a)", erf(a))                                                   \
    MAP(ADD, "add", 2, BINARY, "$a + $b", a + b)                                                   \
    MAP(SUB, "sub", 2, BINARY, "$a - $b", a - b)                                                   \
    MAP(MUL, "mul", 2, BINARY, "$a * $b", a *b)                                                    \
    MAP(DIV, "div", 2, BINARY, "$a / $b", a / b)                                                   \
    MAP(MINIMUM, "minimum", 2, BINARY, "gan_minimum($a, $b)", a < b || isnan(a) ? a : b)           \
    MAP(MAXIMUM, "maximum", 2, BINARY, "gan_maximum($a, $b)", a > b || isnan(a) ? a : b)           \
    MAP(POWER, "power", 2, BINARY, "pow($a, $b)", pow(a, b))                                       \
    MAP(LESS, "less", 2, BINARY, "select((gan_t)(0.0f), (gan_t)(1.0f), $a < $b)", a < b)           \
    MAP(LESS_EQUAL, "less_equal", 2, BINARY, "select((gan_t)(0.0f), (gan_t)(1.0f), $a <= $b)",     \
        a <= b)                                                                                    \
    MAP(EQUAL, "equal", 2, BINARY, "select((gan_t)(0.0f), (gan_t)(1.0f), $a == $b)", a == b)       \
    MAP(SELECT, "select", 3, SELECT, "select($c, $b, $a != (gan_t)(0.0f))", a != 0 ? b : c)        \
    OP(REDUCE_SUM, "reduce_sum", 1, REDUCE)                                                        \
    OP(REDUCE_MAX, "reduce_max", 1, REDUCE)                                                        \
    OP(MATMUL, "matmul", 2, MATMUL)                                                                \
    OP(CONVOLUTION, "convolution", 2, CONVOLUTION)                                                 \
    OP(CONVOLUTION_BY_INPUT, "convolution_by_input", 2, CONVOLUTION)                               \
    OP(CONVOLUTION_BY_WEIGHT, "convolution_by_weight", 2, CONVOLUTION)                             \
    OP(RESHAPE, "reshape", 1, VIEW)                                                                \
    OP(PERMUTE, "permute", 1, VIEW)                                                                \
    OP(BROADCAST, "broadcast", 1, VIEW)                                                            \
    OP(SLICE, "slice", 1, VIEW)                                                                    \
    OP(PAD, "pad", 1, VIEW)                                                                        \
    OP(CONCAT, "concat", -1, VIEW)                                                                 \
    OP(GATHER, "gather", 2, INDEXED)                                                               \
    OP(SCATTER_ADD, "scatter_add", 2, INDEXED)                                                     \
    OP(STOP_GRADIENT, "stop_gradient", 1, CONTROL)                                                 \
    OP(ASSIGN, "assign", 2, CONTROL)

typedef enum gan_op {
#define GAN_OP_VALUE(NAME, ...) GAN_OP_##NAME,
    GAN_OP_TABLE(GAN_OP_VALUE, GAN_OP_VALUE)
#undef GAN_OP_VALUE
        GAN_OP_COUNT
} gan_op;

typedef enum gan_op_class {
    GAN_OP_CLASS_LEAF,
    GAN_OP_CLASS_UNARY,  // unary, binary and select are the elementwise ones: all operands have the
    GAN_OP_CLASS_BINARY, // node's own shape
    GAN_OP_CLASS_SELECT,
    GAN_OP_CLASS_REDUCE,
    GAN_OP_CLASS_MATMUL,
    GAN_OP_CLASS_CONVOLUTION,
    GAN_OP_CLASS_VIEW, // each element is one element of an operand, or 0
    GAN_OP_CLASS_INDEXED,
    GAN_OP_CLASS_CONTROL,
} gan_op_class;

typedef struct gan_op_info {
    const char *name;
    int operands; // -1: any number
    gan_op_class class;
    const char *source;                           // elementwise only, else NULL
    double (*host)(double a, double b, double c); // elementwise only, else NULL
} gan_op_info;

const gan_op_info *gan__op_info(gan_op op);
// Whether the operation maps elements of its operands to the element at the same place.
bool gan__op_is_elementwise(gan_op op);
// Appends the elementwise operation's OpenCL C with `operands` (names or parenthesised texts) put
// in.
void gan__op_append_source(gan_op op, const char *const *operands, gan_text *out);

#endif
