// Layers that act in training only, by random nodes of the call's stream: dropout, Gaussian noise.
#include "nn/layer_families.h"

enum { RATE };
enum { DEVIATION };

// Inverted dropout (Srivastava et al. 2014): what is kept is multiplied by 1 / (1 - rate).
static gan_node *build_dropout(const gan_layer_call *call, gan_node *x) {
    double keep = 1 - call->layer->argument[RATE];
    if (!x || !call->training || keep == 1) return x;
    gan_graph *graph = gan__node_graph(x);
    gan_node *draw = gan__random_uniform(graph, gan__node_shape(x), call->stream);
    return gan__mul(x, gan__scale(gan__less(draw, gan__scalar(graph, keep)), 1 / keep));
}

static gan_node *build_noise(const gan_layer_call *call, gan_node *x) {
    double deviation = call->layer->argument[DEVIATION];
    if (!x || !call->training || deviation == 0) return x;
    gan_node *draw = gan__random_normal(gan__node_graph(x), gan__node_shape(x), call->stream);
    return gan__add(x, gan__scale(draw, deviation));
}

const gan_layer_kind gan__layers_noise[] = {
    {.name = "dropout",
     .meaning = "in training, each element to 0 with probability `rate`, the others scaled up",
     .arguments = {{"rate", GAN_LAYER_ARGUMENT_REAL, false, 0.5, 0, 0.999,
                    "probability of dropping"}},
     .infer = gan__layer_infer_same,
     .build = build_dropout},
    {.name = "noise",
     .meaning = "in training, adds N(0, std^2)",
     .arguments = {{"std", GAN_LAYER_ARGUMENT_REAL, true, 0, 0, 1e6, "standard deviation"}},
     .infer = gan__layer_infer_same,
     .build = build_noise},
    {.name = NULL},
};
