// Cases of convolutions, each member of the triple and what networks make of them.
#include "cases.h"

static gan_node *uniform(gan_case_graph *c, gan_shape shape) {
    return gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, -1, 1);
}

// --- The triple: a and b are the shapes of the operands -----------------------------------------

static void add_roots(gan_case_graph *c, gan_node *y) {
    gan__case_root(c, y);
    gan__case_root(c, gan__sin(gan__scale(y, 0.25)));
}

static void build_convolution(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *x = uniform(c, d->a), *w = uniform(c, d->b);
    add_roots(c, gan__convolution(x, w, &d->convolution));
}

static void build_transposed(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *x = uniform(c, d->a), *w = uniform(c, d->b);
    add_roots(c, gan__transposed_convolution(x, w, &d->convolution, d->output_padding));
}

// at: the height and width of the input.
static void build_by_input(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *dy = uniform(c, d->a), *w = uniform(c, d->b);
    add_roots(c, gan__convolution_by_input(dy, w, d->at[0][0], d->at[0][1], &d->convolution));
}

// at: the height and width of the kernel.
static void build_by_weight(gan_case_graph *c) {
    const gan_case *d = c->description;
    gan_node *x = uniform(c, d->a), *dy = uniform(c, d->b);
    add_roots(c, gan__convolution_by_weight(x, dy, d->at[0][0], d->at[0][1], &d->convolution));
}

// --- Networks -----------------------------------------------------------------------------------

static const gan_convolution_settings halving = {
    .stride = {2, 2}, .before = {1, 1}, .after = {1, 1}};
static const gan_convolution_settings same = {.before = {1, 1}, .after = {1, 1}};
static const gan_convolution_settings plain = {0};

static gan_node *halves(gan_case_graph *c, gan_shape shape) {
    return gan__case_leaf(c, GAN_CASE_VALUES_HALVES, shape, -1, 1);
}

// Of halves, products are quarters, so a sum of them is at least an eighth away from -1/8.
static gan_node *leaky_relu_off_its_kink(gan_node *x) {
    gan_node *off = gan__offset(x, 0.125);
    return gan__maximum(off, gan__scale(off, 0.25));
}

static void build_two_layers(gan_case_graph *c) {
    gan_node *x = halves(c, GAN_SHAPE(2, 6, 6, 3)), *w1 = halves(c, GAN_SHAPE(3, 2, 4, 4));
    gan_node *w2 = uniform(c, GAN_SHAPE(2, 3, 3, 3)), *bias = uniform(c, GAN_SHAPE(2, 1, 1, 1));
    gan_node *hidden = leaky_relu_off_its_kink(gan__convolution(x, w1, &halving));
    gan__case_root(c, gan__tanh(gan__add(gan__convolution(hidden, w2, &same), bias)));
}

static void add_penalty(gan_case_graph *c, gan_node *critic, gan_node *x) {
    gan_node *slope;
    if (critic == NULL || gan__gradient(critic, &x, 1, &slope) != GAN_STATUS_OK) return;
    gan_node *norm = gan__sqrt(gan__offset(gan__reduce_sum(gan__square(slope), 7), 1e-4));
    gan__case_root(c, gan__reduce_mean(gan__square(gan__offset(norm, -1)), GAN_AXES_ALL));
}

// WGAN-GP with a critic that bends smoothly, and with one that has kinks.
static void build_smooth_penalty(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(2, 6, 6, 2));
    gan_node *w1 = uniform(c, GAN_SHAPE(3, 2, 4, 4)), *w2 = uniform(c, GAN_SHAPE(1, 3, 3, 3));
    gan_node *hidden = gan__tanh(gan__convolution(x, w1, &halving));
    add_penalty(c, gan__convolution(hidden, w2, &plain), x);
}

static void build_penalty_with_kinks(gan_case_graph *c) {
    gan_node *x = halves(c, GAN_SHAPE(2, 6, 6, 2)), *w1 = halves(c, GAN_SHAPE(3, 2, 4, 4));
    gan_node *w2 = uniform(c, GAN_SHAPE(1, 3, 3, 3));
    gan_node *hidden = leaky_relu_off_its_kink(gan__convolution(x, w1, &halving));
    add_penalty(c, gan__convolution(hidden, w2, &plain), x);
}

static gan_node *batch_norm(gan_node *x) {
    gan_node *centred = gan__sub(x, gan__reduce_mean(x, 0xe));
    gan_node *variance = gan__reduce_mean(gan__square(centred), 0xe);
    return gan__mul(centred, gan__rsqrt(gan__offset(variance, 1e-3)));
}

// From a latent vector to an image: the first layer is a matrix product in disguise.
static void build_generator(gan_case_graph *c) {
    gan_node *latent = uniform(c, GAN_SHAPE(4, 1, 1, 3)), *w1 = uniform(c, GAN_SHAPE(4, 3, 2, 2));
    gan_node *w2 = uniform(c, GAN_SHAPE(3, 2, 4, 4));
    gan_node *hidden = gan__transposed_convolution(latent, w1, &plain, NULL);
    hidden = gan__softplus(batch_norm(hidden));
    gan__case_root(c, gan__tanh(gan__transposed_convolution(hidden, w2, &halving, NULL)));
}

// One weight in both directions.
static void build_tied_autoencoder(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(2, 6, 6, 2)), *w = uniform(c, GAN_SHAPE(3, 2, 4, 4));
    gan_node *code = gan__tanh(gan__convolution(x, w, &halving));
    gan_node *decoded = gan__transposed_convolution(code, w, &halving, NULL);
    gan__case_root(c, gan__reduce_mean(gan__square(gan__sub(decoded, x)), GAN_AXES_ALL));
}

// A residual block with a pointwise shortcut, scaled weights and a second convolution by groups.
static void build_residual(gan_case_graph *c) {
    const gan_convolution_settings grouped = {.before = {1, 1}, .after = {1, 1}, .groups = 2};
    gan_node *x = uniform(c, GAN_SHAPE(2, 4, 4, 3)), *shortcut = uniform(c, GAN_SHAPE(4, 2, 1, 1));
    gan_node *w1 = uniform(c, GAN_SHAPE(4, 2, 3, 3)), *w2 = uniform(c, GAN_SHAPE(4, 2, 3, 3));
    gan_node *hidden = gan__tanh(gan__convolution(x, gan__scale(w1, 0.25), &same));
    hidden = gan__convolution(hidden, w2, &grouped);
    gan__case_root(c, gan__add(gan__convolution(x, shortcut, &plain), hidden));
}

// --- The table ----------------------------------------------------------------------------------

#define CASE(NAME, ...)                                                                            \
    { .name = NAME, .build = __VA_ARGS__ }
#define A(...)         .a = {4, {__VA_ARGS__}}
#define B(...)         .b = {4, {__VA_ARGS__}}
#define WITH(...)      .convolution = {__VA_ARGS__}
#define STRIDE(h, w)   .stride = {h, w}
#define PADDING(h, w)  .before = {h, w}, .after = {h, w}
#define DILATION(h, w) .dilation = {h, w}
#define SIZE(h, w)     .at = {{h, w}}

// Those without a window, which simplification makes matrix products of.
static const gan_case products[] = {
    CASE("1x1", build_convolution, A(4, 3, 3, 2), B(3, 4, 1, 1)),
    CASE("1x1 in groups", build_convolution, A(4, 3, 3, 2), B(6, 2, 1, 1), WITH(.groups = 2)),
    CASE("the whole image", build_convolution, A(3, 4, 4, 3), B(2, 3, 4, 4)),
    CASE("the whole image in groups", build_convolution, A(4, 3, 3, 3), B(2, 2, 3, 3),
         WITH(.groups = 2)),
    CASE("transposed from one place", build_transposed, A(4, 1, 1, 3), B(4, 2, 4, 4)),
};

static const gan_case table[] = {
    CASE("3x3", build_convolution, A(2, 5, 5, 2), B(3, 2, 3, 3)),
    CASE("3x3, padding 1", build_convolution, A(2, 4, 5, 2), B(2, 2, 3, 3), WITH(PADDING(1, 1))),
    CASE("3x3, stride 2", build_convolution, A(2, 5, 5, 2), B(2, 2, 3, 3),
         WITH(STRIDE(2, 2), PADDING(1, 1))),
    CASE("4x4, stride 2", build_convolution, A(2, 6, 6, 2), B(3, 2, 4, 4),
         WITH(STRIDE(2, 2), PADDING(1, 1))),
    CASE("3x3, stride 3", build_convolution, A(2, 7, 7, 2), B(2, 2, 3, 3),
         WITH(STRIDE(3, 3), PADDING(1, 1))),
    CASE("a stride that does not divide", build_convolution, A(2, 6, 7, 2), B(2, 2, 3, 4),
         WITH(STRIDE(2, 2))),
    CASE("a stride that skips", build_convolution, A(2, 7, 7, 2), B(2, 2, 2, 2),
         WITH(STRIDE(3, 3))),
    CASE("2x3, stride 1x2", build_convolution, A(2, 4, 7, 2), B(2, 2, 2, 3),
         WITH(STRIDE(1, 2), PADDING(1, 0))),
    CASE("asymmetric padding", build_convolution, A(2, 4, 4, 2), B(2, 2, 3, 3),
         WITH(.before = {0, 2}, .after = {1, 0})),
    CASE("asymmetric padding, stride 2", build_convolution, A(2, 5, 5, 2), B(2, 2, 4, 4),
         WITH(STRIDE(2, 2), .before = {1, 2}, .after = {2, 1})),
    CASE("more padding than kernel", build_convolution, A(2, 2, 2, 1), B(2, 2, 2, 2),
         WITH(STRIDE(2, 2), PADDING(3, 3))),
    CASE("dilation 2", build_convolution, A(2, 6, 6, 2), B(2, 2, 3, 3),
         WITH(DILATION(2, 2), PADDING(1, 1))),
    CASE("dilation 3x2, stride 2", build_convolution, A(2, 7, 7, 2), B(2, 2, 2, 3),
         WITH(DILATION(3, 2), STRIDE(2, 2), PADDING(1, 1))),
    CASE("groups", build_convolution, A(4, 4, 4, 2), B(6, 2, 3, 3),
         WITH(PADDING(1, 1), .groups = 2)),
    CASE("depthwise", build_convolution, A(4, 4, 4, 2), B(4, 1, 3, 3),
         WITH(PADDING(1, 1), .groups = 4)),
    CASE("depthwise times 2, stride 2", build_convolution, A(3, 5, 5, 2), B(6, 1, 3, 3),
         WITH(STRIDE(2, 2), PADDING(1, 1), .groups = 3)),
    CASE("1x1, stride 2", build_convolution, A(4, 5, 5, 2), B(3, 4, 1, 1), WITH(STRIDE(2, 2))),
    CASE("1x1, padding 1", build_convolution, A(3, 2, 2, 2), B(2, 3, 1, 1), WITH(PADDING(1, 1))),
    CASE("larger than the image", build_convolution, A(2, 3, 3, 2), B(2, 2, 5, 5),
         WITH(PADDING(2, 2))),
    CASE("one image", build_convolution, A(2, 5, 5, 1), B(2, 2, 3, 3), WITH(PADDING(1, 1))),
    CASE("five images", build_convolution, A(2, 4, 4, 5), B(2, 2, 3, 3),
         WITH(STRIDE(2, 2), PADDING(1, 1))),
    CASE("nineteen images", build_convolution, A(1, 4, 4, 19), B(2, 1, 3, 3), WITH(PADDING(1, 1))),
    CASE("one channel to many", build_convolution, A(1, 4, 4, 3), B(17, 1, 2, 2),
         WITH(STRIDE(2, 2))),
    CASE("one row", build_convolution, A(2, 1, 9, 2), B(2, 2, 1, 4),
         WITH(STRIDE(1, 2), PADDING(0, 1))),
    CASE("transposed 3x3", build_transposed, A(2, 3, 3, 2), B(2, 3, 3, 3)),
    CASE("transposed 4x4, stride 2", build_transposed, A(3, 3, 3, 2), B(3, 2, 4, 4),
         WITH(STRIDE(2, 2), PADDING(1, 1))),
    CASE("transposed with output padding", build_transposed, A(2, 3, 3, 2), B(2, 2, 3, 3),
         WITH(STRIDE(2, 2), PADDING(1, 1)), .output_padding = {1, 1}),
    CASE("transposed with gaps", build_transposed, A(2, 3, 3, 2), B(2, 2, 2, 2), WITH(STRIDE(3, 3)),
         .output_padding = {2, 0}),
    CASE("transposed in groups", build_transposed, A(4, 3, 3, 2), B(4, 1, 3, 3),
         WITH(STRIDE(2, 2), PADDING(1, 1), .groups = 2)),
    CASE("transposed, dilation 2", build_transposed, A(2, 3, 3, 2), B(2, 2, 3, 3),
         WITH(DILATION(2, 2), PADDING(1, 1)), .output_padding = {1, 0}),
    CASE("transposed, asymmetric padding", build_transposed, A(2, 3, 3, 2), B(2, 2, 4, 4),
         WITH(STRIDE(2, 2), .before = {0, 2}, .after = {1, 1})),
    CASE("by input, stride that does not divide", build_by_input, A(2, 2, 2, 2), B(2, 2, 3, 3),
         WITH(STRIDE(2, 2)), SIZE(6, 5)),
    CASE("by input, dilation in groups", build_by_input, A(4, 2, 3, 2), B(4, 1, 2, 2),
         WITH(DILATION(2, 1), PADDING(0, 1), .groups = 2), SIZE(4, 2)),
    CASE("by weight, 4x4, stride 2", build_by_weight, A(2, 6, 6, 2), B(3, 3, 3, 2),
         WITH(STRIDE(2, 2), PADDING(1, 1)), SIZE(4, 4)),
    CASE("by weight, stride that does not divide", build_by_weight, A(2, 6, 5, 2), B(2, 2, 2, 2),
         WITH(STRIDE(2, 2)), SIZE(3, 3)),
    CASE("by weight, dilation in groups", build_by_weight, A(2, 4, 2, 2), B(4, 2, 3, 2),
         WITH(DILATION(2, 1), PADDING(0, 1), .groups = 2), SIZE(2, 2)),
    CASE("convolution, leaky relu, convolution", build_two_layers),
    CASE("gradient penalty of convolutions", build_smooth_penalty),
    CASE("gradient penalty of convolutions with kinks", build_penalty_with_kinks),
    CASE("transposed convolutions and batch norm", build_generator),
    CASE("tied autoencoder", build_tied_autoencoder),
    CASE("residual block", build_residual),
};

gan_case_table gan__cases_convolution_products(void) {
    return (gan_case_table){products, sizeof products / sizeof products[0]};
}

gan_case_table gan__cases_convolution(void) {
    return (gan_case_table){table, sizeof table / sizeof table[0]};
}
