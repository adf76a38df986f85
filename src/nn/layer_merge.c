// Layers that join their input and an earlier layer's output: concat, add, multiply. A vector joins
// an image as that many planes, each of one value. And take, which goes on from the earlier one.
#include "nn/layer_families.h"

// The earlier layer's output, once it is known to be earlier.
static gan_status find_other(const gan_layer_site *site, const gan_shape **other) {
    const int64_t from = (int64_t)site->layer->argument[0], index = (int64_t)site->index;
    if (from >= index)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "layer %lld is not before it: name one from -1 (the list's input) to %lld",
                         (long long)from, (long long)index - 1);
    *other = &site->shapes[from];
    return GAN_STATUS_OK;
}

// Whether `other` is or spreads to an image of the size of `in`.
static bool same_places(const gan_shape *in, const gan_shape *other) {
    if (other->rank == 1) return true;
    bool same = in->rank == other->rank;
    for (int i = 1; same && i < in->rank; i++) same = in->size[i] == other->size[i];
    return same;
}

static gan_status fail_places(const gan_layer_site *site, const gan_shape *other,
                              const char *differ) {
    char a[GAN_SHAPE_TEXT], b[GAN_SHAPE_TEXT];
    return gan__fail(GAN_STATUS_BAD_INPUT, "its input %s and layer %lld's output %s differ%s",
                     gan__shape_text(site->in, a), (long long)site->layer->argument[0],
                     gan__shape_text(other, b), differ);
}

static gan_status infer_concat(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *other = NULL;
    GAN_TRY(find_other(site, &other));
    if (!same_places(site->in, other))
        return fail_places(site, other, " in more than the first dimension");
    *out = *site->in;
    out->size[0] += other->size[0];
    return GAN_STATUS_OK;
}

static gan_status infer_joined(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *other = NULL;
    GAN_TRY(find_other(site, &other));
    if (!same_places(site->in, other) || site->in->size[0] != other->size[0])
        return fail_places(site, other, "");
    *out = *site->in;
    return GAN_STATUS_OK;
}

static gan_status infer_take(const gan_layer_site *site, gan_shape *out) {
    const gan_shape *other = NULL;
    GAN_TRY(find_other(site, &other));
    *out = *other;
    return GAN_STATUS_OK;
}

// The earlier layer's output; a vector as (features, 1, 1, B) where x is an image.
static gan_node *other_of(const gan_layer_call *call, gan_node *x) {
    gan_node *other = call->outputs[(int64_t)call->layer->argument[0]];
    if (!other || !x || gan__node_shape(other)->rank == gan__node_shape(x)->rank) return other;
    const gan_shape *shape = gan__node_shape(other);
    return gan__reshape(other, &GAN_SHAPE(shape->size[0], 1, 1, shape->size[1]));
}

static gan_node *build_concat(const gan_layer_call *call, gan_node *x) {
    gan_node *other = other_of(call, x);
    if (!x || !other) return NULL;
    gan_shape whole = *gan__node_shape(x);
    whole.size[0] = gan__node_shape(other)->size[0];
    gan_node *parts[2] = {x, gan__broadcast(other, &whole)};
    return parts[1] ? gan__concat(parts, 2, 0) : NULL;
}

static gan_node *build_add(const gan_layer_call *call, gan_node *x) {
    return gan__add(x, other_of(call, x));
}

static gan_node *build_take(const gan_layer_call *call, gan_node *x) {
    (void)x;
    return call->outputs[(int64_t)call->layer->argument[0]];
}

static gan_node *build_multiply(const gan_layer_call *call, gan_node *x) {
    return gan__mul(x, other_of(call, x));
}

#define LAYER_ARGUMENT                                                                             \
    {                                                                                              \
        {                                                                                          \
            "layer", GAN_LAYER_ARGUMENT_WHOLE, true, 0, -1, GAN_LAYER_WHOLE_MAX,                   \
                "number of that layer; -1 is the list's input"                                     \
        }                                                                                          \
    }

const gan_layer_kind gan__layers_merge[] = {
    {.name = "concat",
     .meaning = "its input followed by an earlier layer's output, along the first dimension",
     .arguments = LAYER_ARGUMENT,
     .infer = infer_concat,
     .build = build_concat},
    {.name = "add",
     .meaning = "its input plus an earlier layer's output",
     .arguments = LAYER_ARGUMENT,
     .infer = infer_joined,
     .build = build_add},
    {.name = "multiply",
     .meaning = "its input times an earlier layer's output, element by element",
     .arguments = LAYER_ARGUMENT,
     .infer = infer_joined,
     .build = build_multiply},
    {.name = "take",
     .meaning = "not its input but an earlier layer's output",
     .arguments = LAYER_ARGUMENT,
     .infer = infer_take,
     .build = build_take},
    {.name = NULL},
};
