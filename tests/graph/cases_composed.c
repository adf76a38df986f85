// Cases that training is made of: layers, losses, penalties and optimiser steps, in the layout
// (features, batch).
#include "cases.h"

static gan_node *uniform(gan_case_graph *c, gan_shape shape) {
    return gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, -1, 1);
}

static gan_node *positive(gan_case_graph *c, gan_shape shape) {
    return gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, shape, 0.25, 1.25);
}

static gan_node *dense(gan_node *x, gan_node *weight, gan_node *bias) {
    return gan__add(gan__matmul(weight, x, false, false), bias);
}

static gan_node *leaky_relu(gan_node *x) {
    return gan__maximum(x, gan__scale(x, 0.2));
}

static void build_dense(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(19, 37));
    gan_node *weight = uniform(c, GAN_SHAPE(23, 19)), *bias = uniform(c, GAN_SHAPE(23, 1));
    gan__case_root(c, gan__tanh(dense(x, weight, bias)));
}

static void build_leaky_relu(gan_case_graph *c) {
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_AWAY, GAN_SHAPE(37, 100), 0.125, 2);
    gan__case_root(c, leaky_relu(x));
    gan__case_root(c, gan__square(gan__maximum(x, gan__scalar(c->graph, 0))));
}

static void build_maxout(gan_case_graph *c) {
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_DISTINCT, GAN_SHAPE(5 * 4, 9), -1, 0);
    const gan_shape pieces = GAN_SHAPE(5, 4, 9), units = GAN_SHAPE(5, 9);
    gan_node *most = gan__reduce_max(gan__reshape(x, &pieces), 2);
    gan__case_root(c, gan__square(gan__reshape(most, &units)));
}

static gan_node *log_sum_exp(gan_node *x, uint32_t axes) {
    gan_node *most = gan__stop_gradient(gan__reduce_max(x, axes));
    return gan__add(gan__log(gan__reduce_sum(gan__exp(gan__sub(x, most)), axes)), most);
}

static void build_softmax(gan_case_graph *c) {
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_DISTINCT, GAN_SHAPE(10, 19), -1, 0);
    gan__case_root(c, gan__exp(gan__sub(x, log_sum_exp(x, 1))));
    gan__case_root(c, log_sum_exp(x, 2));
}

static gan_node *batch_norm(gan_node *x, gan_node *scale, gan_node *shift) {
    gan_node *centred = gan__sub(x, gan__reduce_mean(x, 2));
    gan_node *variance = gan__reduce_mean(gan__square(centred), 2);
    gan_node *normal = gan__mul(centred, gan__rsqrt(gan__offset(variance, 1e-5)));
    return gan__add(gan__mul(normal, scale), shift);
}

static void build_batch_norm(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(13, 35));
    gan_node *scale = positive(c, GAN_SHAPE(13, 1)), *shift = uniform(c, GAN_SHAPE(13, 1));
    gan__case_root(c, gan__tanh(batch_norm(x, scale, shift)));
}

static void build_batch_norm_image(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(3, 4, 5, 6));
    const uint32_t axes = 0xe;
    gan_node *centred = gan__sub(x, gan__reduce_mean(x, axes));
    gan_node *variance = gan__reduce_mean(gan__square(centred), axes);
    gan__case_root(c, gan__mul(centred, gan__rsqrt(gan__offset(variance, 1e-5))));
}

// Binary cross-entropy with logits, for targets of 0.9 and 0: softplus(x) - x t.
static void build_cross_entropy(gan_case_graph *c) {
    gan_node *real = gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, GAN_SHAPE(1, 65), -8, 8);
    gan_node *fake = gan__case_leaf(c, GAN_CASE_VALUES_UNIFORM, GAN_SHAPE(1, 65), -8, 8);
    gan_node *on_real = gan__sub(gan__softplus(real), gan__scale(real, 0.9));
    gan__case_root(c, gan__reduce_mean(gan__add(on_real, gan__softplus(fake)), GAN_AXES_ALL));
    gan__case_root(c, gan__reduce_mean(gan__softplus(gan__neg(fake)), GAN_AXES_ALL));
}

// Dropout whose mask is drawn, and additive noise.
static void build_dropout(gan_case_graph *c) {
    const gan_shape shape = GAN_SHAPE(21, 35);
    gan_node *x = uniform(c, shape);
    gan_node *kept =
        gan__less(gan__random_uniform(c->graph, &shape, 11), gan__scalar(c->graph, 0.5));
    gan__case_root(c, gan__scale(gan__mul(gan__square(x), kept), 2));
    gan_node *noise = gan__random_normal(c->graph, &shape, 12);
    gan__case_root(c, gan__tanh(gan__add(x, gan__scale(noise, 0.1))));
}

static void build_mlp(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(9, 20));
    gan_node *w1 = uniform(c, GAN_SHAPE(17, 9)), *b1 = uniform(c, GAN_SHAPE(17, 1));
    gan_node *w2 = uniform(c, GAN_SHAPE(1, 17)), *b2 = uniform(c, GAN_SHAPE(1, 1));
    gan_node *hidden = gan__tanh(dense(x, w1, b1));
    gan__case_root(c,
                   gan__reduce_mean(gan__softplus(gan__neg(dense(hidden, w2, b2))), GAN_AXES_ALL));
}

// WGAN-GP: the mean of (|gradient of the critic by its input| - 1)^2 (Gulrajani et al. 2017).
static void build_gradient_penalty(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(6, 11));
    gan_node *w1 = uniform(c, GAN_SHAPE(13, 6)), *b1 = uniform(c, GAN_SHAPE(13, 1));
    gan_node *w2 = uniform(c, GAN_SHAPE(1, 13));
    gan_node *critic = gan__matmul(w2, gan__tanh(dense(x, w1, b1)), false, false);
    gan_node *slope;
    if (gan__gradient(critic, &x, 1, &slope) != GAN_STATUS_OK) return;
    gan_node *norm = gan__sqrt(gan__offset(gan__reduce_sum(gan__square(slope), 1), 1e-4));
    gan__case_root(c, gan__reduce_mean(gan__square(gan__offset(norm, -1)), GAN_AXES_ALL));
}

// Minibatch discrimination (Salimans et al. 2016): similarities of all pairs of images.
static void build_minibatch_discrimination(gan_case_graph *c) {
    gan_node *x = gan__case_leaf(c, GAN_CASE_VALUES_DISTINCT, GAN_SHAPE(3, 4, 6), -1, 0);
    const gan_shape one = GAN_SHAPE(3, 4, 6, 1), other = GAN_SHAPE(3, 4, 1, 6);
    gan_node *apart = gan__sub(gan__reshape(x, &one), gan__reshape(x, &other));
    // The distance of an image to itself is a kink of abs; the identity takes its place there.
    const gan_shape pairs = GAN_SHAPE(1, 1, 6, 6);
    gan_node *self = gan__equal(gan__iota(c->graph, &pairs, 2), gan__iota(c->graph, &pairs, 3));
    gan_node *distance = gan__reduce_sum(gan__select(self, gan__square(apart), gan__abs(apart)), 2);
    gan__case_root(c, gan__reduce_sum(gan__exp(gan__neg(distance)), 8));
}

// One step of Adam (Kingma and Ba 2015) on a quadratic loss.
static void build_adam(gan_case_graph *c) {
    const gan_shape shape = GAN_SHAPE(7, 19);
    gan_node *w = uniform(c, shape), *m = uniform(c, shape), *v = positive(c, shape);
    gan_node *target = uniform(c, shape);
    gan_node *loss = gan__reduce_sum(gan__square(gan__sub(gan__sin(w), target)), GAN_AXES_ALL);
    gan_node *g;
    if (gan__gradient(loss, &w, 1, &g) != GAN_STATUS_OK) return;
    gan_node *m1 = gan__add(gan__scale(m, 0.5), gan__scale(g, 0.5));
    gan_node *v1 = gan__add(gan__scale(v, 0.999), gan__scale(gan__square(g), 0.001));
    gan_node *step = gan__div(gan__scale(m1, 2e-2), gan__offset(gan__sqrt(v1), 1e-8));
    gan__case_root(c, gan__assign(w, gan__sub(w, step)));
    gan__case_root(c, gan__assign(m, m1));
    gan__case_root(c, gan__assign(v, v1));
}

// An unrolled step: the loss after a step of gradient descent, as a function of everything.
static void build_unrolled(gan_case_graph *c) {
    gan_node *x = uniform(c, GAN_SHAPE(5, 18)), *w = uniform(c, GAN_SHAPE(3, 5));
    gan_node *loss = gan__reduce_mean(gan__softplus(gan__matmul(w, x, false, false)), GAN_AXES_ALL);
    gan_node *g;
    if (gan__gradient(loss, &w, 1, &g) != GAN_STATUS_OK) return;
    gan_node *stepped = gan__sub(w, gan__scale(g, 0.5));
    gan_node *after = gan__matmul(stepped, x, false, false);
    gan__case_root(c, gan__reduce_mean(gan__softplus(gan__neg(after)), GAN_AXES_ALL));
}

// Class-conditional input: an embedding looked up, concatenated to the latent, and normalised.
static void build_conditional(gan_case_graph *c) {
    gan_node *latent = uniform(c, GAN_SHAPE(6, 21)), *table = uniform(c, GAN_SHAPE(4, 10));
    gan_node *label = gan__case_leaf(c, GAN_CASE_VALUES_INDEX, GAN_SHAPE(21), 0, 9);
    gan_node *input = gan__concat((gan_node *[]){latent, gan__gather(table, label, 1)}, 2, 0);
    gan_node *norm = gan__rsqrt(gan__offset(gan__reduce_sum(gan__square(input), 1), 1e-3));
    gan__case_root(c, gan__mul(input, norm));
}

static const gan_case table[] = {
    {.name = "dense", .build = build_dense},
    {.name = "leaky relu", .build = build_leaky_relu},
    {.name = "maxout", .build = build_maxout},
    {.name = "softmax and logsumexp", .build = build_softmax},
    {.name = "batch norm", .build = build_batch_norm},
    {.name = "batch norm of images", .build = build_batch_norm_image},
    {.name = "cross-entropy with logits", .build = build_cross_entropy},
    {.name = "dropout and noise", .build = build_dropout},
    {.name = "two layers", .build = build_mlp},
    {.name = "gradient penalty", .build = build_gradient_penalty},
    {.name = "minibatch discrimination", .build = build_minibatch_discrimination},
    {.name = "Adam", .build = build_adam},
    {.name = "unrolled step", .build = build_unrolled},
    {.name = "conditional input", .build = build_conditional},
};

gan_case_table gan__cases_composed(void) {
    return (gan_case_table){table, sizeof table / sizeof table[0]};
}
