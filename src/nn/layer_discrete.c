// Layers that pick one token at each place of what they are given: logits of the tokens, along the
// features (tokens) or the channels (tokens, height, width). In inference they all draw alike, from
// the categorical distribution softmax(x), by one number U(0, 1) a place, which the caller gives.
// What they differ in is training:
//
//     gumbel_softmax  softmax((x + g) / t), g = -log(-log u) for each element: a relaxation of such
//                     a draw through which gradients flow, and the nearer to it the smaller the
//                     temperature t (Jang et al. 2017; Maddison et al. 2017, the concrete
//                     distribution). straight_through: forward the draw itself, one-hot at the
//                     largest x + g; backward as the relaxation.
//     categorical     the draw, through which no gradient flows: for objective.gradient reinforce.
#include "nn/layer_families.h"
#include "nn/schedule.h"
#include "nn/stable.h"

enum { TEMPERATURE, TEMPERATURE_END, ANNEAL, STRAIGHT_THROUGH };

// A uniform draw may be 0, of which there is no logarithm; half of the least above 0 may stand for
// it.
#define LEAST_DRAW 0x1p-25

static gan_status infer(const gan_layer_site *site, gan_shape *out) {
    if (!site->is_last)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "what it gives are a sample's tokens, so it must be the last layer of the "
                         "generator");
    *out = *site->in;
    return GAN_STATUS_OK;
}

// One-hot along axis 0 at the places in `index`, which has size 1 there.
static gan_node *one_hot(gan_node *index, const gan_shape *shape) {
    if (!index) return NULL;
    return gan__equal(gan__iota(gan__node_graph(index), shape, 0), index);
}

// One-hot at the first of the largest along axis 0.
static gan_node *one_hot_of_largest(gan_node *x) {
    if (!x) return NULL;
    gan_graph *graph = gan__node_graph(x);
    const gan_shape *shape = gan__node_shape(x);
    gan_node *negated = gan__neg(gan__iota(graph, shape, 0));
    gan_node *others = gan__scalar(graph, -(double)shape->size[0]);
    gan_node *largest = gan__equal(x, gan__reduce_max(x, 1u));
    return one_hot(gan__neg(gan__reduce_max(gan__select(largest, negated, others), 1u)), shape);
}

// --- Draws --------------------------------------------------------------------------------------

// sums[k] = x[0] + ... + x[k] along axis 0: a product with ones on and below the diagonal.
static gan_node *running_sums(gan_node *x) {
    if (!x) return NULL;
    gan_graph *graph = gan__node_graph(x);
    const gan_shape shape = *gan__node_shape(x);
    const int64_t tokens = shape.size[0];
    const gan_shape square = GAN_SHAPE(tokens, tokens);
    const gan_shape flat = GAN_SHAPE(tokens, gan__shape_elements(&shape) / tokens);
    gan_node *triangle =
        gan__less_equal(gan__iota(graph, &square, 1), gan__iota(graph, &square, 0));
    return gan__reshape(gan__matmul(triangle, gan__reshape(x, &flat), false, false), &shape);
}

// By inversion: token k where u lies between the running sums of the probabilities up to k - 1 and
// up to k. `uniform` has size 1 along axis 0. However sums are rounded, it is one of the tokens.
static gan_node *draw(gan_node *logits, gan_node *uniform) {
    if (!logits || !uniform) return NULL;
    gan_graph *graph = gan__node_graph(logits);
    const gan_shape *shape = gan__node_shape(logits);
    gan_node *powers = gan__exp(gan__sub(logits, gan__reduce_max(logits, 1u)));
    gan_node *level = gan__mul(uniform, gan__reduce_sum(powers, 1u));
    gan_node *passed = gan__reduce_sum(gan__less_equal(running_sums(powers), level), 1u);
    gan_node *last = gan__scalar(graph, (double)shape->size[0] - 1);
    return gan__stop_gradient(one_hot(gan__minimum(passed, last), shape));
}

// `x` with size 1 along axis 0.
static gan_shape places_of(const gan_node *x) {
    gan_shape shape = *gan__node_shape(x);
    shape.size[0] = 1;
    return shape;
}

static gan_node *draw_in_inference(const gan_layer_call *call, gan_node *x) {
    const gan_shape places = places_of(x);
    if (!call->draws)
        return gan__graph_fail(gan__node_graph(x),
                               "it draws tokens, and no numbers to draw them by were given");
    return draw(x, gan__reshape(call->draws, &places));
}

static gan_node *build_categorical(const gan_layer_call *call, gan_node *x) {
    if (!x || !call->training) return x ? draw_in_inference(call, x) : NULL;
    const gan_shape places = places_of(x);
    return draw(x, gan__random_uniform(gan__node_graph(x), &places, call->stream));
}

// --- Relaxations --------------------------------------------------------------------------------

static gan_node *gumbel_noise(gan_node *x, uint32_t stream) {
    gan_graph *graph = gan__node_graph(x);
    gan_node *uniform = gan__random_uniform(graph, gan__node_shape(x), stream);
    gan_node *positive = gan__maximum(uniform, gan__scalar(graph, LEAST_DRAW));
    return gan__neg(gan__log(gan__neg(gan__log(positive))));
}

// 1 / t after the updates so far: from the first temperature to the last geometrically.
static gan_node *inverse_temperature(const gan_layer_call *call, gan_graph *graph) {
    const double *argument = call->layer->argument;
    const gan_schedule inverse = {.start = 1 / argument[TEMPERATURE],
                                  .end = 1 / argument[TEMPERATURE_END],
                                  .ramp_end = (int64_t)argument[ANNEAL],
                                  .exponential = true};
    return call->step ? gan__schedule_node(&inverse, call->step)
                      : gan__scalar(graph, inverse.start);
}

static gan_node *build_gumbel_softmax(const gan_layer_call *call, gan_node *x) {
    if (!x || !call->training) return x ? draw_in_inference(call, x) : NULL;
    gan_node *perturbed = gan__add(x, gumbel_noise(x, call->stream));
    gan_node *relaxed =
        gan__softmax(gan__mul(perturbed, inverse_temperature(call, gan__node_graph(x))), 1u);
    if (call->layer->argument[STRAIGHT_THROUGH] == 0) return relaxed;
    gan_node *drawn = gan__stop_gradient(one_hot_of_largest(perturbed));
    // The difference is 0 to the bit, and passes gradients on.
    return gan__add(drawn, gan__sub(relaxed, gan__stop_gradient(relaxed)));
}

#define GUMBEL_ARGUMENTS                                                                           \
    {                                                                                              \
        {                                                                                          \
            "temperature", GAN_LAYER_ARGUMENT_REAL,     false, 1, 0.01,                            \
            100,           "of the relaxation at first"},                                          \
            {"temperature_end",                                                                    \
             GAN_LAYER_ARGUMENT_REAL,                                                              \
             false,                                                                                \
             0.5,                                                                                  \
             0.01,                                                                                 \
             100,                                                                                  \
             "of the relaxation at last, where it is annealed"},                                   \
            {"anneal",                                                                             \
             GAN_LAYER_ARGUMENT_WHOLE,                                                             \
             false,                                                                                \
             0,                                                                                    \
             0,                                                                                    \
             GAN_LAYER_WHOLE_MAX,                                                                  \
             "generator updates in which it gets there, geometrically; 0: it stays"},              \
            {"straight_through",                                                                   \
             GAN_LAYER_ARGUMENT_BOOL,                                                              \
             false,                                                                                \
             0,                                                                                    \
             0,                                                                                    \
             1,                                                                                    \
             "whether the discriminator is shown one-hot vectors, gradients as of the "            \
             "relaxation"},                                                                        \
    }

const gan_layer_kind gan__layers_discrete[] = {
    {.name = "gumbel_softmax",
     .meaning = "tokens drawn by the logits x: in training softmax((x + Gumbel noise) / "
                "temperature), in inference one-hot",
     .arguments = GUMBEL_ARGUMENTS,
     .draws = true,
     .infer = infer,
     .build = build_gumbel_softmax},
    {.name = "categorical",
     .meaning = "tokens drawn by the logits x, one-hot, through which no gradient flows",
     .draws = true,
     .infer = infer,
     .build = build_categorical},
    {.name = NULL},
};
