// The families of layers, each an array of rows that ends with a NULL name. Private to layer*.c.
#ifndef GAN_NN_LAYER_FAMILIES_H
#define GAN_NN_LAYER_FAMILIES_H

#include "nn/layer.h"

extern const gan_layer_kind gan__layers_linear[];
extern const gan_layer_kind gan__layers_convolution[];
extern const gan_layer_kind gan__layers_sequence[];
extern const gan_layer_kind gan__layers_resize[];
extern const gan_layer_kind gan__layers_attention[];
extern const gan_layer_kind gan__layers_normal[];
extern const gan_layer_kind gan__layers_sample_norm[];
extern const gan_layer_kind gan__layers_virtual_norm[];
extern const gan_layer_kind gan__layers_minibatch[];
extern const gan_layer_kind gan__layers_noise[];
extern const gan_layer_kind gan__layers_activation[];
extern const gan_layer_kind gan__layers_discrete[];
extern const gan_layer_kind gan__layers_view[];
extern const gan_layer_kind gan__layers_merge[];
extern const gan_layer_kind gan__layers_block[];
extern const gan_layer_kind gan__layers_label[];
extern const gan_layer_kind gan__layers_latent[];
extern const gan_layer_kind gan__layers_style[];

// infer of layers that keep their input's shape.
gan_status gan__layer_infer_same(const gan_layer_site *site, gan_shape *out);

// `tensor` of (features) or (features, B) for operations with x (features, ..., B).
gan_node *gan__layer_along_features(gan_node *tensor, gan_node *x);

// infer of layers on images.
gan_status gan__layer_check_image(const gan_shape *in);
gan_status gan__layer_check_elements(const gan_shape *out); // whether they are not too many
// out: `channels` images as windows of `size` give them.
gan_status gan__layer_infer_windows(const gan_shape *in, int64_t channels, int size, int stride,
                                    int padding, gan_shape *out);

// "no upper limit" for whole arguments: what still fits an int32 element count with room to spare.
#define GAN_LAYER_WHOLE_MAX 16777216

#endif
