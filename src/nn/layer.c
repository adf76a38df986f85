// Looking layers up in their families' tables. What layers do is in the families' files.
#include "nn/layer_families.h"

#include <math.h>
#include <string.h>

static const gan_layer_kind *const families[] = {
    gan__layers_linear,      gan__layers_convolution,  gan__layers_sequence,
    gan__layers_resize,      gan__layers_attention,    gan__layers_normal,
    gan__layers_sample_norm, gan__layers_virtual_norm, gan__layers_minibatch,
    gan__layers_noise,       gan__layers_activation,   gan__layers_discrete,
    gan__layers_view,        gan__layers_merge,        gan__layers_block,
    gan__layers_label,       gan__layers_style,        gan__layers_latent,
};

const gan_layer_kind *gan__layer_kind(size_t index) {
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (const gan_layer_kind *kind = families[f]; kind->name; kind++)
            if (index-- == 0) return kind;
    return NULL;
}

const gan_layer_kind *gan__layer_find(const char *name) {
    const gan_layer_kind *kind;
    for (size_t i = 0; (kind = gan__layer_kind(i)); i++)
        if (strcmp(kind->name, name) == 0) return kind;
    return NULL;
}

size_t gan__layer_argument_count(const gan_layer_kind *kind) {
    size_t count = 0;
    while (kind->arguments[count].name) count++;
    return count;
}

void gan__layer_defaults(const gan_layer_kind *kind, gan_layer *layer) {
    *layer = (gan_layer){.kind = kind};
    for (size_t i = 0; kind->arguments[i].name; i++)
        layer->argument[i] =
            kind->arguments[i].required ? (double)NAN : kind->arguments[i].fallback;
}

gan_status gan__layer_infer_same(const gan_layer_site *site, gan_shape *out) {
    *out = *site->in;
    return GAN_STATUS_OK;
}

gan_node *gan__layer_along_features(gan_node *tensor, gan_node *x) {
    if (!tensor || !x) return NULL;
    gan_shape shape = *gan__node_shape(x);
    for (int i = 1; i < shape.rank - 1; i++) shape.size[i] = 1;
    if (gan__node_shape(tensor)->rank == 1) shape.size[shape.rank - 1] = 1;
    return gan__reshape(tensor, &shape);
}
