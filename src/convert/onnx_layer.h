// A layer on its way into an ONNX graph: what its row may ask for. Private to onnx_*.c.
#ifndef GAN_CONVERT_ONNX_LAYER_H
#define GAN_CONVERT_ONNX_LAYER_H

#include "convert/onnx.h"

typedef struct gan_onnx_layer {
    gan_onnx_graph *graph;
    const gan_network *network;
    const gan_layer *layer;
    const char *path;              // before the names of its tensors: "3", "3.layers.0"
    const gan_onnx_value *outputs; // outputs[i]: of layer i of its list; outputs[-1]: list's input
    gan_onnx_value *condition;     // what the network is conditioned on so far; rank 0: its labels
    bool *used;                    // of the network's parameters, then of its buffers
    gan_status *status;            // the first failure
} gan_onnx_layer;

// One kind of layer: from its input to its output.
typedef struct gan_onnx_row {
    const char *kind; // NULL ends the table
    gan_onnx_value (*put)(const gan_onnx_layer *at, gan_onnx_value x);
} gan_onnx_row;
extern const gan_onnx_row gan__onnx_rows_plain[]; // onnx_layers.c
extern const gan_onnx_row gan__onnx_rows_norm[];  // onnx_norms.c
extern const gan_onnx_row gan__onnx_rows_joint[]; // onnx_joints.c
extern const gan_onnx_row gan__onnx_rows_label[]; // onnx_labels.c
extern const gan_onnx_row gan__onnx_rows_style[]; // onnx_style.c

// The layer's argument; 0 where its kind has none of that name.
double gan__onnx_argument(const gan_onnx_layer *at, const char *name);

// Its tensor, as the layer uses it, its parametrisation applied. Without it the layer cannot be:
// that is a failure. gan__onnx_may: *has says whether it has it.
gan_onnx_value gan__onnx_need(const gan_onnx_layer *at, const char *name);
gan_onnx_value gan__onnx_may(const gan_onnx_layer *at, const char *name, bool *has);
// How many elements its tensor has; 0 where it has none.
int64_t gan__onnx_elements(const gan_onnx_layer *at, const char *name);

// x by the layer's running statistics; with `own`, by its weight and bias too, where it has them.
gan_onnx_value gan__onnx_normalised(const gan_onnx_layer *at, gan_onnx_value x, bool own);

// What its list number `list` makes of x: x itself where that is not given.
gan_onnx_value gan__onnx_list(const gan_onnx_layer *at, size_t list, gan_onnx_value x);

#endif
