// A network: a sequence of layers over parameters that live in one flat vector.
//
//     gan__network_create(&(gan_network_spec){.name = "generator", ...}, &network);
//     shape = GAN_SHAPE(gan__network_parameter_elements(network));
//     flat = gan__state(graph, "generator", &shape);
//     gan__network_weights(network, flat, weights);          // views: slice and reshape
//     result = gan__network_apply(network, &call, x);        // result.output, result.logits
//     gan__gradient(loss, weights, count, gradients);
//     gradient = gan__network_flatten(network, gradients);   // one vector again, for the optimiser
//
// A network is only a description: it belongs to no graph and can be applied in any, many times.
// It takes its weights as nodes, not as storage, so weights may themselves be computed (unrolling).
// Layers are numbered from 0 as in torch.nn.Sequential (activations count) and tensors named after
// them: "0.weight", "0.bias", "3.running_mean"; those of a block's layers after the block's number
// and their list: "3.layers.0.weight". Shapes are PyTorch's: a dense weight is (out, in).
#ifndef GAN_NN_NETWORK_H
#define GAN_NN_NETWORK_H

#include "nn/layer.h"

typedef struct gan_network gan_network;

typedef struct gan_network_spec {
    const char *name;        // "generator": for messages
    const char *source;      // the recipe's path, for messages; NULL: none
    const gan_layer *layers; // copied
    size_t count;
    gan_shape input;    // without batch: (features) or (channels, height, width)
    gan_init init;      // of weights; DEFAULT: GAN_INIT_TORCH
    gan_init bias_init; // of biases; DEFAULT: zeros when init is given, else GAN_INIT_TORCH
    gan_parametrization parametrization; // of weights; DEFAULT: none
    int64_t classes;                     // of the samples' labels; 0: they have none
    int64_t latent;                      // elements of their latents; 0: those are not known
    int64_t
        reference; // samples of the reference batch, where a layer goes by one; 0: there is none
} gan_network_spec;

// Errors: BAD_INPUT "FILE:LINE: generator layer 3 (reshape): ..." where a layer cannot take what
// the one before it gives.
gan_status gan__network_create(const gan_network_spec *spec, gan_network **out);
void gan__network_destroy(gan_network *network); // NULL is allowed

size_t gan__network_layer_count(const gan_network *network);
const gan_layer *gan__network_layer(const gan_network *network, size_t index);
// The layer's output without batch; index gan__network_layer_count - 1 is the network's output.
const gan_shape *gan__network_layer_shape(const gan_network *network, size_t index);
const gan_shape *gan__network_input_shape(const gan_network *network);
const gan_shape *gan__network_output_shape(const gan_network *network);

// Whether any layer looks at the samples' labels.
bool gan__network_uses_labels(const gan_network *network);
// Whether any layer looks at the samples' latents.
bool gan__network_uses_latents(const gan_network *network);
// How many samples its reference batch has; 0 where no layer goes by one. They are the buffer
// "reference", (input shape..., samples), and where labels are used "reference_labels", (samples):
// zeros at first, to be filled before training begins.
int64_t gan__network_reference(const gan_network *network);
// How many tokens the last layer draws for a sample; 0 where it does not draw.
int64_t gan__network_draws(const gan_network *network);
// Elements of the style of a style-based network: what its one condition layer gives, where
// modulated convolutions go by it; 0: there is no such thing.
int64_t gan__network_style(const gan_network *network);

#define GAN_TENSOR_NAME 56

// One named tensor of the flat vector of parameters, or of the flat vector of buffers.
typedef struct gan_tensor {
    char name[GAN_TENSOR_NAME]; // "0.weight"
    gan_shape shape;
    int64_t offset; // in elements, in its flat vector; tensors follow each other without gaps
    int64_t elements;
    size_t layer; // of the outermost list
    bool is_bias;
    bool is_weight; // it leads to units, which output_axis numbers; or is their norm
    int64_t fan_in, fan_out;
    gan_init init; // resolved: never DEFAULT
    gan_tensor_role role;
    size_t weight;                       // not PLAIN: number of the parameter it belongs to
    int output_axis;                     // of a weight and of its norm
    gan_parametrization parametrization; // what acts on it; NONE where nothing does
} gan_tensor;

size_t gan__network_parameter_count(const gan_network *network);
const gan_tensor *gan__network_parameter(const gan_network *network, size_t index);
int64_t gan__network_parameter_elements(const gan_network *network); // length of the flat vector
size_t gan__network_buffer_count(const gan_network *network);
const gan_tensor *gan__network_buffer(const gan_network *network, size_t index);
int64_t gan__network_buffer_elements(const gan_network *network); // 0 when there are none

// Initial values of both flat vectors (either may be NULL). Tensor i (parameters, then buffers) is
// drawn at Philox step `first_step` + i: give each network of a run a range of its own. Buffers of
// a spectral norm follow from the weights, so where there are any `parameters` is needed too.
// `output_means`: the mean of each output element in the range of the network's output; needed by
// GAN_INIT_MARGINALS only (logit before a sigmoid, atanh before a tanh, else the mean itself), NULL
// where it is not used. Errors: BAD_INPUT where MARGINALS is asked for and cannot be done.
gan_status gan__network_initialise(const gan_network *network, uint64_t seed, uint64_t first_step,
                                   const double *output_means, float *parameters, float *buffers);
// Whether any parameter's initialiser is MARGINALS, so that output_means is needed.
bool gan__network_wants_means(const gan_network *network);

// weights[i]: parameter i as a view of `flat` (rank 1, gan__network_parameter_elements long).
void gan__network_weights(const gan_network *network, gan_node *flat, gan_node **weights);
// One node per parameter, of its shape, into one rank-1 node. NULL where any is NULL.
gan_node *gan__network_flatten(const gan_network *network, gan_node *const *nodes);

typedef struct gan_network_call {
    bool training;            // dropout and noise act; batch norm uses the batch's own statistics
    uint32_t stream;          // random nodes draw from streams stream .. stream + 4095: two
                              // applications with the same stream and batch share their masks
    gan_node *const *weights; // one per parameter, of its shape
    gan_node *buffers;        // flat; NULL when the network has none
    gan_node *labels;         // (B), whole numbers below the classes; NULL where they are not used
    gan_node *latents;        // (elements, B), that go with the samples; NULL where not used
    gan_node **activations;   // NULL, or room for every layer's output
    gan_node **starts;        // NULL, or room for one per parameter: data-dependent initial values
                              // (below); NULLs where it stays as it is
    gan_node *step;           // updates so far, of rank 0, for what changes as training goes; NULL:
                              // all is as it is at first
    gan_node *truncation; // NULL, or (gan__network_style + 1): a mean of styles m and behind it a
                          // share t; each style w becomes w + t (m - w), which at t = 0 is w
    gan_node *draws;      // in inference, of a network that draws: (gan__network_draws, B),
                          // U(0, 1)
} gan_network_call;

// Data-dependent initialisation (Salimans, Kingma 2016): with `starts` the scale g and the bias of
// each dense, convolution and transposed_convolution layer under weight norm become such that each
// of its units has mean 0 and deviation 1 over the batch (deviation alone where it has no bias),
// and what follows sees it so: g / s and (b - m) / s, for the unit's mean m and deviation s as they
// are.

typedef struct gan_network_result {
    gan_node *output;
    gan_node *logits;    // the output before a last layer that is a sigmoid or draws; without such
                         // a one, the output
    gan_node *buffers;   // flat, after this call; call.buffers itself when nothing changed
    gan_node *condition; // (features, B): of the last condition layer of all; NULL: there is none
} gan_network_result;

// x: (input shape..., B). Failures are the graph's (gan__graph_status), naming network and layer;
// all results are then NULL.
gan_network_result gan__network_apply(const gan_network *network, const gan_network_call *call,
                                      gan_node *x);

#endif
