// Layers: one table of what each is called, what it takes, what it does to shapes, which parameters
// it owns and which nodes it builds. To add a layer is to add a row to the table of its family
// (layer_linear.c, layer_convolution.c, ...); layer.c lists the families, layer_families.h declares
// them.
//
// A block is a layer that holds lists of layers (residual); within a list layers are numbered from
// 0, and -1 is the list's own input.
//
// The batch is the innermost dimension: a layer maps (features, B) or (channels, height, width, B);
// the shapes named here are without B.
#ifndef GAN_NN_LAYER_H
#define GAN_NN_LAYER_H

#include "graph/graph.h"
#include "nn/initialise.h"
#include "nn/parametrize.h"

#define GAN_LAYER_ARGUMENTS_MAX 8
#define GAN_LAYER_LISTS_MAX     2

typedef enum gan_layer_argument_type {
    GAN_LAYER_ARGUMENT_WHOLE, // a whole number
    GAN_LAYER_ARGUMENT_REAL,
    GAN_LAYER_ARGUMENT_BOOL,   // 0 or 1
    GAN_LAYER_ARGUMENT_SHAPE,  // up to three whole numbers, kept in gan_layer.shape; one per layer
                               // kind
    GAN_LAYER_ARGUMENT_LAYERS, // a list of layers, kept in gan_layer.lists: the first such argument
                               // in lists[0], the second in lists[1]
} gan_layer_argument_type;

typedef struct gan_layer_argument {
    const char *name; // NULL ends the list
    gan_layer_argument_type type;
    bool required;
    double fallback;  // when absent and not required
    double low, high; // legal range, both ends included
    const char *meaning;
} gan_layer_argument;

typedef struct gan_layer_kind gan_layer_kind;
typedef struct gan_layer gan_layer;

typedef struct gan_layer_list {
    gan_layer *layers;
    size_t count; // 0: not given
} gan_layer_list;

// One layer as a recipe says it. The caller fills it (gan__layer_defaults first).
struct gan_layer {
    const gan_layer_kind *kind;
    double argument[GAN_LAYER_ARGUMENTS_MAX];  // in the order of kind->arguments
    gan_shape shape;                           // of the GAN_LAYER_ARGUMENT_SHAPE argument
    gan_layer_list lists[GAN_LAYER_LISTS_MAX]; // of the GAN_LAYER_ARGUMENT_LAYERS arguments
    gan_init init, bias_init;                  // DEFAULT: as the network says
    gan_parametrization parametrization;       // DEFAULT: as the network says
    int line;                                  // in the recipe; 0 when it comes from elsewhere
};

// Where a layer stands: what its shapes follow from. All shapes are without B.
typedef struct gan_layer_site {
    const gan_layer *layer;
    const gan_shape *in;
    const gan_shape *shapes; // shapes[i]: output of layer i of its list; shapes[-1]: list's input
    size_t index;            // its number in its list
    const gan_shape *lists[GAN_LAYER_LISTS_MAX]; // output of each of its lists; NULL: not given
    const gan_shape *condition; // what the network is conditioned on there; NULL: its labels alone
    int64_t classes;            // of the labels; 0: none
    bool is_last;               // of its network
    int64_t latent;             // elements of the samples' latents; 0: they are not known
} gan_layer_site;

// What one layer owns. Buffers are what training updates without a gradient (running statistics).
typedef struct gan_layer_tensor {
    const char *name; // "weight", "bias", "running_mean"
    gan_shape shape;
    int64_t fan_in, fan_out;
    gan_init init;     // unless the layer's `init` is given; DEFAULT: as the network says
    bool is_bias;      // takes bias_init rather than init
    bool buffer;       // of training, not of learning
    bool parametrized; // a weight that a parametrisation acts on
    int output_axis;   // of such a weight: the axis that numbers the units it computes
    gan_tensor_role role;
    size_t of; // not PLAIN: which of the layer's tensors is its weight
} gan_layer_tensor;
// Of a layer with all that its parametrisation adds.
#define GAN_LAYER_TENSORS_MAX 16

// What a layer builds its nodes from. `tensors` are its own, in the order it declared them.
typedef struct gan_layer_call {
    const gan_layer *layer;
    bool training;
    uint32_t stream;          // for its random nodes
    gan_node *const *tensors; // parameters as views, buffers before the step
    gan_node **updated;       // buffers after the step, at the places of `tensors`; preset to them
    gan_node *const *outputs; // outputs[i]: of layer i of its list; outputs[-1]: the list's input
    gan_node *lists[GAN_LAYER_LISTS_MAX]; // what its lists make of x; NULL: not given
    gan_node *labels;    // (B), whole numbers below the number of classes; NULL: none
    gan_node *condition; // (features, B); NULL: none
    gan_node *latents;   // (elements, B); NULL: none
    int64_t classes;
    gan_node *step;    // updates so far, of rank 0; NULL: none
    int64_t reference; // how many of the batch's last samples are the reference batch; 0: none
    gan_node *draws;   // of a layer that draws, in inference: (places, B), U(0, 1)
} gan_layer_call;

struct gan_layer_kind {
    const char *name;
    const char *meaning;
    // The first is the one a short form gives: `- dense: 256`.
    gan_layer_argument arguments[GAN_LAYER_ARGUMENTS_MAX + 1];
    bool has_weights;     // so init: and bias_init: may stand in it
    bool has_matrices;    // tensors that are parametrized, so parametrization: may
    bool takes_labels;    // cannot do without
    bool takes_latent;    // likewise
    bool takes_condition; // or without one of the two
    bool conditions;      // what its first list gives is the condition of all that follows
    bool draws;           // it picks one of its features at each place, by chance
    bool takes_reference; // it goes by the network's reference batch
    bool mixes;           // it looks over the batch, and must not be shown reference samples
    // Output shape, without batch. On BAD_INPUT the message says what does not fit; the caller adds
    // where.
    gan_status (*infer)(const gan_layer_site *site, gan_shape *out);
    // Appends what the layer owns to `tensors`; returns how many. NULL: nothing.
    size_t (*declare)(const gan_layer_site *site, gan_layer_tensor *tensors);
    gan_node *(*build)(const gan_layer_call *call, gan_node *x);
};

const gan_layer_kind *gan__layer_find(const char *name); // NULL when there is none
const gan_layer_kind *gan__layer_kind(size_t index);     // in the table's order; NULL past its end
size_t gan__layer_argument_count(const gan_layer_kind *kind);
// Whether any of these layers, those in blocks included, goes by a reference batch.
bool gan__layers_take_reference(const gan_layer *layers, size_t count);
// Sets every argument to its fallback (a required one to NaN).
void gan__layer_defaults(const gan_layer_kind *kind, gan_layer *layer);

#endif
