// Cases of reductions, products, views, indexed access and control.
#include "cases.h"

static gan_node *uniform(gan_case_graph *c, gan_shape shape) {
    return gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, -1, 1);
}

// --- Reductions and products --------------------------------------------------------------------

static void build_reduce(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = gan__case_leaf(c, GAN_CASE_VALUES_DISTINCT, d->a, -1, 0);
    gan__case_root(c, d->reduce(a, d->axes));
    gan__case_root(c, d->reduce(gan__square(gan__scale(a, 0.125)), d->axes));
}

// Every value occurs several times, so the maximum does too.
static void build_reduce_ties(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *index = gan__case_leaf(c, GAN_CASE_VALUES_INDEX, d->a, 0, 2);
    gan_node *most = gan__reduce_max(index, d->axes);
    gan_node *first;
    gan__case_root(c, most);
    if (most != NULL && gan__gradient(most, &index, 1, &first) == GAN_STATUS_OK) {
        gan__case_root(c, first);
    }
}

static void build_matmul(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = uniform(c, d->a), *b = uniform(c, d->b);
    gan__case_root(c, gan__matmul(a, b, d->transpose_a, d->transpose_b));
}

static void build_gram(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a);
    gan__case_root(c, gan__matmul(a, a, false, true));
    gan__case_root(c, gan__matmul(gan__tanh(a), a, true, false));
}

// --- Views --------------------------------------------------------------------------------------

static void build_reshape(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a);
    gan__case_root(c, gan__sin(gan__reshape(gan__square(a), &c->description->b)));
    gan__case_root(c, gan__square(gan__flatten(a)));
}

static void build_permute(gan_case_graph *c) {
    const gan_case *d = c->description;
    int order[GAN_RANK_MAX];
    for (int i = 0; i < d->a.rank; i++) order[i] = (int)d->at[0][i];
    gan_node *a = uniform(c, d->a);
    gan__case_root(c, gan__permute(a, order));
    gan__case_root(c, gan__exp(gan__permute(gan__square(a), order)));
}

static void build_transpose(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a);
    gan__case_root(c, gan__square(gan__transpose(a)));
}

static void build_broadcast(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a);
    gan__case_root(c, gan__broadcast(a, &c->description->b));
    gan__case_root(c, gan__exp(gan__broadcast(a, &c->description->b)));
}

static void build_slice(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = uniform(c, d->a);
    gan__case_root(c, gan__slice(a, d->at[0], d->at[1], d->at[2]));
    gan__case_root(c, gan__square(gan__slice(gan__sin(a), d->at[0], d->at[1], d->at[2])));
}

static void build_pad(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = uniform(c, d->a);
    gan__case_root(c, gan__pad(a, d->at[0], d->at[1]));
    gan__case_root(c, gan__exp(gan__pad(gan__square(a), d->at[0], d->at[1])));
}

static void build_concat(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *parts[5];
    for (int i = 0; i < 5; i++) {
        gan_shape shape = d->a;
        shape.size[d->axis] += i % 3;
        parts[i] = i == 3 ? gan__square(parts[0]) : uniform(c, shape);
    }
    gan__case_root(c, gan__square(gan__concat(parts, 5, d->axis)));
}

// Slices of pads, of concatenations and of slices, and sums of pads: what views collapse from.
static void build_nested_views(gan_case_graph *c) {
    gan_node *a = uniform(c, GAN_SHAPE(5, 18)), *b = uniform(c, GAN_SHAPE(3, 18));
    gan_node *both = gan__concat((gan_node *[]){a, b}, 2, 0);
    gan__case_root(c, gan__square(gan__slice(both, (int64_t[]){1, 2}, (int64_t[]){3, 16}, NULL)));
    gan__case_root(
        c, gan__exp(gan__slice(both, (int64_t[]){5, 0}, (int64_t[]){3, 9}, (int64_t[]){1, 2})));
    gan__case_root(c, gan__slice(both, (int64_t[]){3, 0}, (int64_t[]){4, 18}, NULL));
    gan_node *top = gan__pad(a, (int64_t[]){0, 0}, (int64_t[]){3, 0});
    gan_node *bottom = gan__pad(b, (int64_t[]){5, 0}, (int64_t[]){0, 0});
    gan__case_root(c, gan__square(gan__add(top, bottom)));
    gan_node *inner = gan__slice(both, (int64_t[]){1, 1}, (int64_t[]){3, 8}, (int64_t[]){2, 2});
    gan__case_root(
        c, gan__square(gan__slice(inner, (int64_t[]){0, 1}, (int64_t[]){2, 3}, (int64_t[]){2, 3})));
}

// --- Indexed and control ------------------------------------------------------------------------

static void build_gather(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = uniform(c, d->a);
    gan_node *index = gan__case_leaf(c, GAN_CASE_VALUES_INDEX, d->b, d->low, d->high);
    gan__case_root(c, gan__square(gan__gather(a, index, d->axis)));
}

static void build_scatter_add(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *a = uniform(c, d->a);
    gan_node *index =
        gan__case_leaf(c, GAN_CASE_VALUES_INDEX, GAN_SHAPE(d->a.size[d->axis]), d->low, d->high);
    gan__case_root(c, gan__square(gan__scatter_add(a, index, d->axis, d->at[0][0])));
}

// stop_gradient makes the derivative differ from the difference quotient on purpose; here it stops
// only what is constant anyway.
static void build_stop_gradient(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a);
    gan_node *sign = gan__stop_gradient(gan__less(a, gan__offset(a, 1)));
    gan__case_root(c, gan__mul(gan__square(a), sign));
}

static void build_assign(gan_case_graph *c) {
    gan_node *a = uniform(c, c->description->a), *b = uniform(c, c->description->a);
    gan_node *updated = gan__assign(a, gan__add(gan__scale(a, 0.9), gan__scale(b, 0.1)));
    gan__case_root(c, updated);
    gan__case_root(c, gan__square(updated));
    gan__case_root(c, gan__mul(a, b));
}

#define REDUCE(f, text, bits, ...)                                                                 \
    {                                                                                              \
        .name = #f " " text, .build = build_reduce, .reduce = gan__##f, .axes = bits, .a = {       \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define REDUCE_EVERY_WAY(f)                                                                        \
    REDUCE(f, "rows", 2, 2, {37, 100}), REDUCE(f, "columns", 1, 2, {37, 100}),                     \
        REDUCE(f, "all", GAN_AXES_ALL, 2, {37, 100}), REDUCE(f, "the middle", 2, 3, {4, 19, 7}),   \
        REDUCE(f, "the sides", 5, 3, {4, 19, 7}), REDUCE(f, "a size of 1", 3, 3, {1, 5, 3}),       \
        REDUCE(f, "of rank 6", 0x2a, 6, {2, 3, 1, 4, 2, 5}), REDUCE(f, "a long row", 1, 1, {3001})
#define MATMUL(text, ta, tb, ...)                                                                  \
    {                                                                                              \
        .name = "matmul " text, .build = build_matmul, .transpose_a = ta, .transpose_b = tb,       \
        __VA_ARGS__                                                                                \
    }
#define MATMUL_EVERY_WAY(text, ...)                                                                \
    MATMUL(text " NN", false, false, __VA_ARGS__), MATMUL(text " NT", false, true, __VA_ARGS__),   \
        MATMUL(text " TN", true, false, __VA_ARGS__), MATMUL(text " TT", true, true, __VA_ARGS__)

static const gan_case table[] = {
    REDUCE_EVERY_WAY(reduce_sum),
    REDUCE_EVERY_WAY(reduce_max),
    REDUCE_EVERY_WAY(reduce_mean),
    {.name = "reduce_max of ties", .build = build_reduce_ties, .axes = 2, .a = {2, {7, 20}}},
    MATMUL("NN", false, false, .a = {2, {37, 19}}, .b = {2, {19, 53}}),
    MATMUL("NT", false, true, .a = {2, {37, 19}}, .b = {2, {53, 19}}),
    MATMUL("TN", true, false, .a = {2, {19, 37}}, .b = {2, {19, 53}}),
    MATMUL("TT", true, true, .a = {2, {19, 37}}, .b = {2, {53, 19}}),
    MATMUL_EVERY_WAY("square batched", .a = {3, {3, 11, 11}}, .b = {3, {3, 11, 11}}),
    MATMUL("batched NN", false, false, .a = {3, {2, 5, 17}}, .b = {3, {2, 17, 3}}),
    MATMUL("batched TN", true, false, .a = {3, {2, 17, 5}}, .b = {3, {2, 17, 3}}),
    MATMUL("batched NT", false, true, .a = {3, {1, 5, 17}}, .b = {3, {1, 3, 17}}),
    MATMUL("of rank 4", false, false, .a = {4, {2, 3, 4, 5}}, .b = {4, {2, 3, 5, 6}}),
    MATMUL("of a batch of 1", false, false, .a = {2, {23, 18}}, .b = {2, {18, 1}}),
    MATMUL("of one feature", false, false, .a = {2, {1, 18}}, .b = {2, {18, 40}}),
    MATMUL("inner", false, false, .a = {2, {1, 35}}, .b = {2, {35, 1}}),
    MATMUL("outer", false, false, .a = {2, {21, 1}}, .b = {2, {1, 34}}),
    {.name = "gram matrices", .build = build_gram, .a = {2, {13, 21}}},
    {.name = "reshape", .build = build_reshape, .a = {2, {12, 35}}, .b = {4, {3, 4, 5, 7}}},
    {.name = "reshape to rank 6",
     .build = build_reshape,
     .a = {1, {48}},
     .b = {6, {2, 1, 3, 2, 1, 4}}},
    {.name = "reshape of one element", .build = build_reshape, .a = {3, {1, 1, 1}}, .b = {0, {0}}},
    {.name = "permute 120", .build = build_permute, .a = {3, {3, 5, 18}}, .at = {{1, 2, 0}}},
    {.name = "permute 021", .build = build_permute, .a = {3, {4, 17, 9}}, .at = {{0, 2, 1}}},
    {.name = "permute 102", .build = build_permute, .a = {3, {4, 3, 37}}, .at = {{1, 0, 2}}},
    {.name = "permute past a size of 1",
     .build = build_permute,
     .a = {3, {4, 1, 19}},
     .at = {{1, 0, 2}}},
    {.name = "permute of rank 6",
     .build = build_permute,
     .a = {6, {2, 3, 2, 1, 3, 2}},
     .at = {{5, 0, 3, 1, 4, 2}}},
    {.name = "transpose", .build = build_transpose, .a = {2, {37, 100}}},
    {.name = "transpose batched", .build = build_transpose, .a = {4, {2, 3, 5, 7}}},
    {.name = "broadcast of a scalar", .build = build_broadcast, .a = {0, {0}}, .b = {2, {7, 33}}},
    {.name = "broadcast of a row", .build = build_broadcast, .a = {1, {33}}, .b = {3, {2, 3, 33}}},
    {.name = "broadcast inside",
     .build = build_broadcast,
     .a = {4, {3, 1, 4, 1}},
     .b = {4, {3, 5, 4, 17}}},
    {.name = "slice rows",
     .build = build_slice,
     .a = {2, {37, 100}},
     .at = {{3, 0}, {30, 100}, {1, 1}}},
    {.name = "slice columns",
     .build = build_slice,
     .a = {2, {37, 100}},
     .at = {{0, 13}, {37, 51}, {1, 1}}},
    {.name = "slice one element",
     .build = build_slice,
     .a = {2, {7, 9}},
     .at = {{6, 8}, {1, 1}, {1, 1}}},
    {.name = "slice in steps",
     .build = build_slice,
     .a = {2, {37, 100}},
     .at = {{1, 2}, {12, 33}, {3, 2}}},
    {.name = "slice in steps of rank 4",
     .build = build_slice,
     .a = {4, {3, 7, 5, 18}},
     .at = {{0, 1, 0, 1}, {2, 3, 5, 6}, {2, 2, 1, 3}}},
    {.name = "slice in steps of rank 6",
     .build = build_slice,
     .a = {6, {2, 3, 2, 3, 2, 4}},
     .at = {{0, 0, 1, 1, 0, 1}, {2, 2, 1, 2, 1, 2}, {1, 2, 1, 1, 1, 2}}},
    {.name = "pad", .build = build_pad, .a = {2, {17, 30}}, .at = {{2, 3}, {1, 5}}},
    {.name = "pad before", .build = build_pad, .a = {1, {31}}, .at = {{4}, {0}}},
    {.name = "pad of rank 4",
     .build = build_pad,
     .a = {4, {2, 3, 4, 5}},
     .at = {{0, 1, 0, 2}, {1, 0, 0, 2}}},
    {.name = "concat rows", .build = build_concat, .a = {2, {3, 37}}, .axis = 0},
    {.name = "concat columns", .build = build_concat, .a = {2, {7, 13}}, .axis = 1},
    {.name = "concat the middle", .build = build_concat, .a = {3, {2, 1, 18}}, .axis = 1},
    {.name = "nested views", .build = build_nested_views},
    {.name = "gather rows",
     .build = build_gather,
     .a = {2, {11, 35}},
     .b = {1, {19}},
     .axis = 0,
     .low = 0,
     .high = 10},
    {.name = "gather columns",
     .build = build_gather,
     .a = {2, {7, 10}},
     .b = {1, {33}},
     .axis = 1,
     .low = 0,
     .high = 9},
    {.name = "gather the middle",
     .build = build_gather,
     .a = {3, {3, 5, 4}},
     .b = {1, {7}},
     .axis = 1,
     .low = 0,
     .high = 4},
    {.name = "gather outside the range",
     .build = build_gather,
     .a = {2, {5, 18}},
     .b = {1, {16}},
     .axis = 0,
     .low = -3,
     .high = 8},
    {.name = "scatter_add rows",
     .build = build_scatter_add,
     .a = {2, {23, 35}},
     .axis = 0,
     .low = 0,
     .high = 6,
     .at = {{7}}},
    {.name = "scatter_add columns",
     .build = build_scatter_add,
     .a = {2, {5, 40}},
     .axis = 1,
     .low = 0,
     .high = 8,
     .at = {{11}}},
    {.name = "scatter_add the middle",
     .build = build_scatter_add,
     .a = {3, {3, 9, 4}},
     .axis = 1,
     .low = -1,
     .high = 5,
     .at = {{5}}},
    {.name = "stop_gradient", .build = build_stop_gradient, .a = {2, {5, 33}}},
    {.name = "assign", .build = build_assign, .a = {2, {37, 50}}},
};

gan_case_table gan__cases_structural(void) {
    return (gan_case_table){table, sizeof table / sizeof table[0]};
}
