// The families of layers, each an array of rows that ends with a NULL name. Private to layer*.c.
#ifndef GAN_NN_LAYER_FAMILIES_H
#define GAN_NN_LAYER_FAMILIES_H

#include "nn/layer.h"

extern const gan_layer_kind gan__layers_linear[];
extern const gan_layer_kind gan__layers_convolution[];
extern const gan_layer_kind gan__layers_normal[];
extern const gan_layer_kind gan__layers_noise[];
extern const gan_layer_kind gan__layers_activation[];
extern const gan_layer_kind gan__layers_view[];
extern const gan_layer_kind gan__layers_block[];

// infer of layers that keep their input's shape.
gan_status gan__layer_infer_same(const gan_layer_site *site, gan_shape *out);

// "no upper limit" for whole arguments: what still fits an int32 element count with room to spare.
#define GAN_LAYER_WHOLE_MAX 16777216

#endif
