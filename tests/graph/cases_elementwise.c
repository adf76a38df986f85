// Cases of leaves and elementwise operations, of every rank, and of broadcasting in every position.
#include "cases.h"

static void build_leaves(gan_case_graph *c) {
    const gan_shape shape = c->description->a;
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, -1, 1);
    gan_node *first = gan__iota(c->graph, &shape, 0);
    gan_node *last = gan__iota(c->graph, &shape, shape.rank - 1);
    gan__case_root(c, gan__mul(x, gan__offset(gan__add(first, gan__scale(last, 0.25)), 1)));
    gan__case_root(c, gan__mul(x, gan__random_uniform(c->graph, &shape, 3)));
    gan__case_root(c, gan__mul(x, gan__random_normal(c->graph, &shape, 4)));
    gan__case_root(c, gan__iota(c->graph, &shape, 0));
    gan__case_root(c, gan__constant(c->graph, &shape, -2.5));
}

static void build_unary(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, d->a, d->low, d->high);
    gan__case_root(c, d->unary(a));
}

static void build_unary_away(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_AWAY, d->a, d->low, d->high);
    gan__case_root(c, d->unary(a));
}

static void build_unary_odd(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_ODD, d->a, d->low, d->high);
    gan__case_root(c, gan__mul(a, d->unary(a)));
}

static void build_binary(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_EVEN, d->a, d->low, d->high);
    gan_node *b = gan__case_leaf(c, GAN_CASE_VALUES_ODD, d->b, d->low, d->high);
    gan__case_root(c, d->binary(a, b));
    gan__case_root(c, d->binary(b, a));
}

static void build_select(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_EVEN, d->a, -1, 1);
    gan_node *b = gan__case_leaf(c, GAN_CASE_VALUES_ODD, d->b, -1, 1);
    gan__case_root(c, gan__select(gan__less(a, b), gan__mul(a, b), gan__square(b)));
}

static void build_equal(gan_case_graph *c) {
    const gan_shape shape = c->description->a;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_INDEX, shape, 0, 3);
    gan_node *b = gan__case_leaf(c, GAN_CASE_VALUES_INDEX, shape, 0, 3);
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, -1, 1);
    gan__case_root(c, gan__select(gan__equal(a, b), x, gan__square(x)));
    gan__case_root(c, gan__mul(gan__less_equal(a, b), x));
    gan__case_root(c, gan__mul(gan__less(a, b), x));
}

#define UNARY(f, lowest, highest)                                                                  \
    {                                                                                              \
        .name = #f, .build = build_unary, .unary = gan__##f, .a = {2, {37, 100}}, .low = lowest,   \
        .high = highest                                                                            \
    }
#define UNARY_BY(builder, f, lowest, highest)                                                      \
    {                                                                                              \
        .name = #f, .build = builder, .unary = gan__##f, .a = {2, {37, 100}}, .low = lowest,       \
        .high = highest                                                                            \
    }
#define RANK(r, ...)                                                                               \
    {                                                                                              \
        .name = "tanh of rank " #r, .build = build_unary, .unary = gan__tanh,                      \
        .a = {r, {__VA_ARGS__}}, .low = -2, .high = 2                                              \
    }
#define BINARY(f, lowest, highest)                                                                 \
    {                                                                                              \
        .name = #f, .build = build_binary, .binary = gan__##f, .a = {2, {37, 100}},                \
        .b = {2, {37, 100}}, .low = lowest, .high = highest                                        \
    }
#define BROADCAST(text, ...)                                                                       \
    {                                                                                              \
        .name = "broadcast " text, .build = build_binary, .binary = gan__mul, .low = -1,           \
        .high = 1, __VA_ARGS__                                                                     \
    }

static const gan_case table[] = {
    {.name = "iota, random, constant", .build = build_leaves, .a = {3, {5, 3, 21}}},
    UNARY(neg, -2, 2),
    UNARY_BY(build_unary_away, abs, 0.125, 2),
    UNARY_BY(build_unary_away, sign, 0.125, 2),
    UNARY_BY(build_unary_odd, floor, -3, 3),
    UNARY(exp, -3, 2),
    UNARY(expm1, -3, 2),
    UNARY(log, 0.25, 4),
    UNARY(log1p, -0.5, 3),
    UNARY(sqrt, 0.25, 4),
    UNARY(rsqrt, 0.25, 4),
    UNARY(sin, -4, 4),
    UNARY(cos, -4, 4),
    UNARY(tanh, -3, 3),
    UNARY(sigmoid, -6, 6),
    UNARY(softplus, -6, 6),
    UNARY(erf, -2, 2),
    UNARY(square, -2, 2),
    UNARY(reciprocal, 0.5, 4),
    RANK(0, 0),
    RANK(1, 17),
    RANK(2, 1, 1),
    RANK(3, 3, 1, 33),
    RANK(4, 2, 3, 4, 5),
    RANK(5, 2, 1, 3, 2, 19),
    RANK(6, 2, 2, 1, 3, 2, 3),
    {.name = "tanh of one element",
     .build = build_unary,
     .unary = gan__tanh,
     .a = {1, {1}},
     .low = -2,
     .high = 2},
    BINARY(add, -2, 2),
    BINARY(sub, -2, 2),
    BINARY(mul, -2, 2),
    BINARY(div, 0.5, 4),
    BINARY(minimum, -2, 2),
    BINARY(maximum, -2, 2),
    BINARY(power, 0.5, 2),
    BINARY(less, -2, 2),
    BINARY(less_equal, -2, 2),
    BROADCAST("rows", .a = {2, {37, 100}}, .b = {1, {100}}),
    BROADCAST("columns", .a = {2, {37, 100}}, .b = {2, {37, 1}}),
    BROADCAST("outer", .a = {2, {37, 1}}, .b = {2, {1, 29}}),
    BROADCAST("a scalar", .a = {0, {0}}, .b = {2, {5, 33}}),
    BROADCAST("the middle", .a = {3, {4, 7, 18}}, .b = {2, {7, 1}}),
    BROADCAST("both sides", .a = {3, {2, 1, 5}}, .b = {3, {1, 4, 1}}),
    BROADCAST("one element", .a = {1, {1}}, .b = {3, {3, 2, 17}}),
    BROADCAST("rank 6", .a = {6, {2, 1, 3, 1, 2, 1}}, .b = {5, {2, 1, 5, 1, 3}}),
    {.name = "maximum broadcast",
     .build = build_binary,
     .binary = gan__maximum,
     .a = {2, {6, 35}},
     .b = {2, {6, 1}},
     .low = -1,
     .high = 1},
    {.name = "select", .build = build_select, .a = {2, {37, 100}}, .b = {2, {37, 100}}},
    {.name = "select broadcast", .build = build_select, .a = {2, {9, 1}}, .b = {3, {2, 1, 31}}},
    {.name = "equal and masks", .build = build_equal, .a = {2, {37, 100}}},
};

gan_case_table gan__cases_elementwise(void) {
    return (gan_case_table){table, sizeof table / sizeof table[0]};
}
