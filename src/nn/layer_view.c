// Layers that rearrange without computing: reshape, flatten.
#include "nn/layer_families.h"

// `shape` followed by the batch of x.
static gan_shape with_batch_of(const gan_shape *shape, gan_node *x) {
    const gan_shape *old = gan__node_shape(x);
    gan_shape result = *shape;
    result.size[result.rank++] = old->size[old->rank - 1];
    return result;
}

static gan_status infer_reshape(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *in = site->in, *shape = &site->layer->shape;
    char from[GAN_SHAPE_TEXT], to[GAN_SHAPE_TEXT];
    int64_t have = gan__shape_elements(in), want = gan__shape_elements(shape);
    if (have != want)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s has %lld elements, its input %s has %lld",
                         gan__shape_text(shape, to), (long long)want, gan__shape_text(in, from),
                         (long long)have);
    *out = *shape;
    return GAN_STATUS_OK;
}

static gan_node *build_reshape(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    gan_shape shape = with_batch_of(&call->layer->shape, x);
    return gan__reshape(x, &shape);
}

static gan_status infer_flatten(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE(gan__shape_elements(site->in));
    return GAN_STATUS_OK;
}

static gan_node *build_flatten(const gan_layer_call *call, gan_node *x) {
    (void)call;
    if (!x) return NULL;
    const gan_shape *shape = gan__node_shape(x);
    int64_t batch = shape->size[shape->rank - 1];
    return gan__reshape(x, &(gan_shape){2, {gan__shape_elements(shape) / batch, batch}});
}

const gan_layer_kind gan__layers_view[] = {
    {.name = "reshape",
     .meaning = "the same elements in another shape",
     .arguments = {{"shape", GAN_LAYER_ARGUMENT_SHAPE, true, 0, 1, GAN_LAYER_WHOLE_MAX,
                    "[features] or [channels, height, width]"}},
     .infer = infer_reshape,
     .build = build_reshape},
    {.name = "flatten",
     .meaning = "all elements as one vector",
     .infer = infer_flatten,
     .build = build_flatten},
    {.name = NULL},
};
