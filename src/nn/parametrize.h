// Weights computed from other parameters: what a layer uses is a function of what is learned. It
// acts on the tensors that a layer declares as parametrized, between the network's flat vectors and
// the layer, so layers know nothing of it. w is read as a matrix of one row for each unit that the
// layer computes (output_axis of its tensor).
//
// - spectral: w / sigma, sigma the largest singular value of w as power iteration knows it (Miyato
//   et al. 2018). Semantics of torch.nn.utils.parametrizations.spectral_norm: each application in
//   training first iterates u = w v / |w v|, v = w^T u / |w^T u|, then sigma = u^T w v, through
//   which gradients flow to w alone; in inference u and v rest. They are buffers NAME_u, NAME_v.
// - weight_norm: g w / |w|, row by row (Salimans, Kingma 2016); g is a parameter NAME_g, as in
//   torch.nn.utils.parametrizations.weight_norm, |w| at first.
// - equalized: w gain lr_multiplier / sqrt(n), n the elements of a row, and biases times
//   lr_multiplier; initial weights are N(0, 1 / lr_multiplier^2) (Karras et al. 2018, 2019).
#ifndef GAN_NN_PARAMETRIZE_H
#define GAN_NN_PARAMETRIZE_H

#include "base/status.h"
#include "graph/graph.h"
#include "nn/variant.h"

typedef enum gan_parametrization_kind {
    GAN_PARAMETRIZATION_DEFAULT, // not said: the network's, and there none
    GAN_PARAMETRIZATION_NONE,
    GAN_PARAMETRIZATION_SPECTRAL,    // `value` iterations an application
    GAN_PARAMETRIZATION_WEIGHT_NORM, // `value` 1: g stays as it is
    GAN_PARAMETRIZATION_EQUALIZED,   // `value` gain, `other` lr_multiplier
    GAN_PARAMETRIZATION_KINDS,
} gan_parametrization_kind;

typedef struct gan_parametrization {
    gan_parametrization_kind kind;
    double value, other;
} gan_parametrization; // all zero is DEFAULT

const gan_variant_info *gan__parametrization_info(gan_parametrization_kind kind);
// Whether it divides a weight by its size, so that the weight may not be 0.
bool gan__parametrization_divides(gan_parametrization_kind kind);

// What a tensor is, beside a plain one. The others but the last belong to a weight of their layer.
typedef enum gan_tensor_role {
    GAN_TENSOR_PLAIN,
    GAN_TENSOR_SPECTRAL_U, // (rows): left singular vector, as far as it is known
    GAN_TENSOR_SPECTRAL_V, // (columns): right one
    GAN_TENSOR_NORM,       // (rows, 1...): the norm of each row
    GAN_TENSOR_REFERENCE,  // of a network, not of a layer: the reference batch, or its labels
} gan_tensor_role;

struct gan_layer_tensor;
// Appends to a layer's `own` tensors what the parametrisation adds to them, weight by weight;
// returns how many there are then. Sets the initialisers it asks for where a layer asks for none.
size_t gan__parametrize_declare(const gan_parametrization *with, struct gan_layer_tensor *tensors,
                                size_t own);

// Replaces the layer's own tensors by what it is to use; `declared` is what
// gan__parametrize_declare left. updated[i]: buffer i after the call.
void gan__parametrize_apply(const gan_parametrization *with,
                            const struct gan_layer_tensor *declared, size_t own, bool training,
                            gan_node **tensors, gan_node **updated);

// Initial values of a tensor that belongs to `weight` (of `shape`, with `axis` for its rows), by
// role. For u and v: `values` are normal draws that are made unit vectors; then gan__spectral_start
// takes both as far as fifteen iterations do.
void gan__parametrize_norms(const float *weight, const gan_shape *shape, int axis, float *values);
gan_status gan__spectral_start(const float *weight, const gan_shape *shape, int axis, float *u,
                               float *v);

#endif
