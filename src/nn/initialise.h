// Initial values of parameters, drawn on the host from Philox: a function of (seed, step, shape),
// so the same on every machine. It knows no layers; who gets what is decided by the network's
// table.
//
// A parameter of shape (out, in, kernel...) has fan_in = in * kernel elements and
// fan_out = out * kernel elements; a rank-1 one brings the fans of the weight it belongs to.
#ifndef GAN_NN_INITIALISE_H
#define GAN_NN_INITIALISE_H

#include "base/status.h"
#include "graph/shape.h"
#include "nn/variant.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum gan_init_kind {
    GAN_INIT_DEFAULT,          // not said: the layer's own (see gan__network_create)
    GAN_INIT_ZEROS,            //
    GAN_INIT_CONSTANT,         // `value`
    GAN_INIT_UNIFORM,          // U(-value, value)
    GAN_INIT_NORMAL,           // N(mean, value^2)
    GAN_INIT_TRUNCATED_NORMAL, // the same, what is beyond mean +- 2 value drawn again (deviation
                               // 0.8796 value), as tf.truncated_normal_initializer has it
    GAN_INIT_XAVIER_UNIFORM,   // U(-a, a), a = value sqrt(6 / (fan_in + fan_out)); Glorot, Bengio
                               // 2010
    GAN_INIT_XAVIER_NORMAL,    // N(0, value^2 2 / (fan_in + fan_out))
    GAN_INIT_HE_UNIFORM, // U(-a, a), a = value sqrt(3 / fan_in); He et al. 2015 has value sqrt(2)
    GAN_INIT_HE_NORMAL,  // N(0, value^2 / fan_in)
    GAN_INIT_ORTHOGONAL, // value Q, Q with orthonormal rows or columns; Saxe et al. 2013
    GAN_INIT_TORCH,      // U(-a, a), a = 1 / sqrt(fan_in): torch.nn.Linear, weight and bias
    GAN_INIT_MARGINALS,  // the logits of given means, see gan__initialise_logits
    GAN_INIT_KINDS,
} gan_init_kind;

typedef struct gan_init {
    gan_init_kind kind;
    double value, mean;
} gan_init; // all zero is GAN_INIT_DEFAULT

// What a recipe may say: `init: {kind: normal, std: 0.02}`.
const gan_variant_info *gan__init_info(gan_init_kind kind);
// Whether every element begins at 0.
bool gan__init_is_zero(gan_init init);

// Fills `values` (the shape's elements, row-major). `step` is the Philox step: different parameters
// of one run need different ones, below 2^32; what is drawn again is of steps above. Not for
// DEFAULT and MARGINALS (BAD_ARGUMENT). Orthogonal flattens to (first dimension, the rest), as
// torch.nn.init.orthogonal_ does.
gan_status gan__initialise(gan_init init, const gan_shape *shape, int64_t fan_in, int64_t fan_out,
                           uint64_t seed, uint64_t step, float *values);

// values[i] = log(m / (1 - m)), m = means[i] clipped to [margin, 1 - margin]: the bias with which a
// sigmoid's output starts at the data's mean (the original
// MNIST experiment: init_sigmoid_bias_from_marginals).
void gan__initialise_logits(const double *means, int64_t count, double margin, float *values);
// values[i] = atanh(m), m = means[i] clipped to [-1 + margin, 1 - margin]: the same for tanh.
void gan__initialise_atanh(const double *means, int64_t count, double margin, float *values);

#endif
