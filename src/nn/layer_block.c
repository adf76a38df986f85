// Layers that hold lists of layers. The lists are built before the layer (network_list.c,
// network_apply.c); here is what is made of their outputs.
#include "nn/layer_families.h"

enum { INNER, SKIP };

static gan_status infer_residual(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *inner = site->lists[INNER];
    const gan_shape *skip = site->lists[SKIP] ? site->lists[SKIP] : site->in;
    char a[GAN_SHAPE_TEXT], b[GAN_SHAPE_TEXT];
    *out = *inner;
    if (gan__shape_equal(inner, skip)) return GAN_STATUS_OK;
    if (site->lists[SKIP])
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its layers give %s but its skip gives %s: make both alike",
                         gan__shape_text(inner, a), gan__shape_text(skip, b));
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "its layers make %s of %s, which cannot be added to it: give it a skip that "
                     "resamples alike and has a convolution of kernel 1 to as many channels",
                     gan__shape_text(inner, a), gan__shape_text(skip, b));
}

static gan_node *build_residual(const gan_layer_call *call, gan_node *x) {
    const bool skips = call->layer->lists[SKIP].count > 0;
    return gan__add(call->lists[INNER], skips ? call->lists[SKIP] : x);
}

static gan_status infer_condition(const gan_layer_site *site, gan_shape *out) {
    char text[GAN_SHAPE_TEXT];
    if (site->lists[INNER]->rank != 1)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its layers give %s: a condition must be a vector of features",
                         gan__shape_text(site->lists[INNER], text));
    *out = *site->in;
    return GAN_STATUS_OK;
}

// The network keeps what the list gives (network_apply.c).
static gan_node *build_condition(const gan_layer_call *call, gan_node *x) {
    (void)call;
    return x;
}

const gan_layer_kind gan__layers_block[] = {
    {.name = "residual",
     .meaning = "what its layers make of x, plus x or what the skip makes of it",
     .arguments = {{"layers", GAN_LAYER_ARGUMENT_LAYERS, true, 0, 0, 0, "the branch that computes"},
                   {"skip", GAN_LAYER_ARGUMENT_LAYERS, false, 0, 0, 0,
                    "the branch around it; default: x itself"}},
     .infer = infer_residual,
     .build = build_residual},
    {.name = "condition",
     .meaning = "x itself; what its layers make of x conditions the layers that follow",
     .arguments = {{"layers", GAN_LAYER_ARGUMENT_LAYERS, true, 0, 0, 0,
                    "what gives the condition, a vector"}},
     .conditions = true,
     .infer = infer_condition,
     .build = build_condition},
    {.name = NULL},
};
