// Optimisers over flat vectors: pure functions from nodes to nodes. Storing the result is a second
// step (gan__optimizer_assign), so that an update can be differentiated through (unrolled GANs).
//
//     state = {.parameters = flat, .slots = {m, v}, .step = t};     // state nodes of the graph
//     gan__optimizer_update(&spec, network, &state, gradient, &after);
//     count = gan__optimizer_assign(&spec, &state, &after, roots);  // assignments to run
//
// A whole network's update is elementwise over one vector, so it becomes one launch.
#ifndef GAN_NN_OPTIMIZER_H
#define GAN_NN_OPTIMIZER_H

#include "nn/network.h"
#include "nn/schedule.h"

typedef enum gan_optimizer_kind {
    // v = momentum v - lr g; p += v; Nesterov: p += momentum v - lr g (Sutskever et al. 2013).
    // Equal to torch.optim.SGD while lr is constant. No slot without momentum.
    GAN_OPTIMIZER_SGD,
    // s = alpha s + (1 - alpha) g^2; d = g / (sqrt(s) + epsilon); as torch.optim.RMSprop, with
    // momentum b = momentum b + d; p -= lr b.
    GAN_OPTIMIZER_RMSPROP,
    GAN_OPTIMIZER_ADAM,  // Kingma, Ba 2014, as torch.optim.Adam
    GAN_OPTIMIZER_ADAMW, // Loshchilov, Hutter 2017: weight decay apart from the gradient
    GAN_OPTIMIZER_KINDS,
} gan_optimizer_kind;

typedef struct gan_optimizer {
    gan_optimizer_kind kind;
    gan_schedule lr;
    gan_schedule momentum; // sgd, rmsprop; start 0 without ramp: none
    bool nesterov;         // sgd
    double beta1, beta2;   // adam, adamw
    double alpha;          // rmsprop
    double epsilon;
    double weight_decay; // all but adamw: g += weight_decay p; adamw: p *= 1 - lr weight_decay
    // Limits, 0: none. In this order: clip_norm scales the whole gradient so that its 2-norm is at
    // most this; clip_value clips each element to [-this, this]; both before the update.
    // max_norm: after it, each unit's incoming weights are scaled down to this 2-norm (Srebro,
    // Shraibman 2005; Goodfellow et al. 2013: max_col_norm); scales and constants are left. Of a
    // transposed convolution with groups, what leads to the units of the same number in all groups
    // counts as one unit's.
    // clip_weights: last of all, each parameter is clipped to [-this, this] (Arjovsky et al. 2017).
    double clip_norm, clip_value, max_norm, clip_weights;
} gan_optimizer;

#define GAN_OPTIMIZER_SLOTS_MAX 2

// Defaults of the kind (PyTorch's, lr 1e-3; SGD lr 1e-2).
gan_optimizer gan__optimizer_defaults(gan_optimizer_kind kind);
// The slots, each a rank-1 state like the parameters, zero at first, by the names they have in a
// checkpoint: "momentum", "square", "m", "v". Returns how many; `names` has room for the maximum.
size_t gan__optimizer_slots(const gan_optimizer *optimizer, const char **names);

// What an optimiser knows. As an input: state nodes, or what an earlier update gave.
typedef struct gan_optimizer_state {
    gan_node *parameters;                     // rank 1
    gan_node *slots[GAN_OPTIMIZER_SLOTS_MAX]; // like parameters; unused ones NULL
    gan_node *step; // rank 0: updates done so far (exact up to 2^24 = 16.7 million)
} gan_optimizer_state;

// One update. `network` says where weights lie in the vector; needed for max_norm only (else NULL).
// `after` may be `before`. Errors: the graph's.
gan_status gan__optimizer_update(const gan_optimizer *optimizer, const gan_network *network,
                                 const gan_optimizer_state *before, gan_node *gradient,
                                 gan_optimizer_state *after);
// Assignments that store `after` in the state nodes `before`, into `roots` (room for
// GAN_OPTIMIZER_SLOTS_MAX + 2); returns how many.
size_t gan__optimizer_assign(const gan_optimizer *optimizer, const gan_optimizer_state *before,
                             const gan_optimizer_state *after, gan_node **roots);

// Exponential moving average of weights: decay a + (1 - decay) p where `step` (rank 0, updates done
// before this one) is at least `start`; before that p itself. The value to assign to `average`.
gan_node *gan__average_update(gan_node *average, gan_node *parameters, double decay, double start,
                              gan_node *step);
// The same for the network's buffers, so that averaged weights go with running statistics of their
// own. The vectors of spectral norms are taken as they are: an average of unit vectors is none.
gan_node *gan__average_buffers(const gan_network *network, gan_node *average, gan_node *buffers,
                               double decay, double start, gan_node *step);

#endif
