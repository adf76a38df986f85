// ONNX files: numbers of the messages' fields (onnx.proto of github.com/onnx/onnx, Apache-2.0, as
// of IR version 8), and the graph that a network becomes. Only what is written or read here is
// named.
//
// A graph has one input and one output, both float32 with the batch first and of any size (and
// "labels", int64, where the network looks at them), and one initialiser a tensor of the network,
// under the checkpoint's name and with its bits: float16 ones are cast in the graph. Constants that
// no checkpoint has stand in nodes of type Constant.
#ifndef GAN_CONVERT_ONNX_H
#define GAN_CONVERT_ONNX_H

#include "base/text.h"
#include "nn/network.h"

enum {
    GAN_ONNX_IR_VERSION = 8,
    GAN_ONNX_OPSET = 17, // of ai.onnx; ONNX Runtime has known it since 1.12
    // ModelProto
    GAN_ONNX_MODEL_IR_VERSION = 1,
    GAN_ONNX_MODEL_PRODUCER = 2,
    GAN_ONNX_MODEL_PRODUCER_VERSION = 3,
    GAN_ONNX_MODEL_GRAPH = 7,
    GAN_ONNX_MODEL_OPSET = 8,
    GAN_ONNX_MODEL_METADATA = 14,
    GAN_ONNX_MODEL_FUNCTIONS = 25,
    GAN_ONNX_OPSET_DOMAIN = 1, // OperatorSetIdProto
    GAN_ONNX_OPSET_VERSION = 2,
    GAN_ONNX_ENTRY_KEY = 1, // StringStringEntryProto
    GAN_ONNX_ENTRY_VALUE = 2,
    // GraphProto
    GAN_ONNX_GRAPH_NODE = 1,
    GAN_ONNX_GRAPH_NAME = 2,
    GAN_ONNX_GRAPH_INITIALIZER = 5,
    GAN_ONNX_GRAPH_INPUT = 11,
    GAN_ONNX_GRAPH_OUTPUT = 12,
    GAN_ONNX_GRAPH_SPARSE_INITIALIZER = 15,
    // NodeProto
    GAN_ONNX_NODE_INPUT = 1,
    GAN_ONNX_NODE_OUTPUT = 2,
    GAN_ONNX_NODE_NAME = 3,
    GAN_ONNX_NODE_OPERATOR = 4,
    GAN_ONNX_NODE_ATTRIBUTE = 5,
    // AttributeProto
    GAN_ONNX_ATTRIBUTE_NAME = 1,
    GAN_ONNX_ATTRIBUTE_FLOAT = 2,
    GAN_ONNX_ATTRIBUTE_INT = 3,
    GAN_ONNX_ATTRIBUTE_STRING = 4,
    GAN_ONNX_ATTRIBUTE_TENSOR = 5,
    GAN_ONNX_ATTRIBUTE_INTS = 8,
    GAN_ONNX_ATTRIBUTE_TYPE = 20,
    // TensorProto
    GAN_ONNX_TENSOR_DIMS = 1,
    GAN_ONNX_TENSOR_TYPE = 2,
    GAN_ONNX_TENSOR_FLOATS = 4,
    GAN_ONNX_TENSOR_INT32S = 5,
    GAN_ONNX_TENSOR_INT64S = 7,
    GAN_ONNX_TENSOR_NAME = 8,
    GAN_ONNX_TENSOR_RAW = 9,
    GAN_ONNX_TENSOR_DOUBLES = 10,
    GAN_ONNX_TENSOR_UINT64S = 11,
    GAN_ONNX_TENSOR_LOCATION = 14,
    // ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its Dimension
    GAN_ONNX_VALUE_NAME = 1,
    GAN_ONNX_VALUE_TYPE = 2,
    GAN_ONNX_TYPE_TENSOR = 1,
    GAN_ONNX_TENSOR_TYPE_ELEMENT = 1,
    GAN_ONNX_TENSOR_TYPE_SHAPE = 2,
    GAN_ONNX_SHAPE_DIMENSION = 1,
    GAN_ONNX_DIMENSION_SIZE = 1,
    GAN_ONNX_DIMENSION_NAME = 2,
    // TensorProto.DataType
    GAN_ONNX_TYPE_FLOAT = 1,
    GAN_ONNX_TYPE_INT64 = 7,
};

// The input of networks that look at labels.
#define GAN_ONNX_LABELS "labels"

// A value in a graph: its name, and how many dimensions it has, the batch among them.
typedef struct gan_onnx_value {
    char name[112];
    int rank;
} gan_onnx_value;

// A graph being built, one node at a time.
typedef struct gan_onnx_graph {
    gan_text nodes;         // fields of GraphProto
    gan_text node;          // the one begun
    const char *operation;  // of it
    const char *output;     // what to call its output; NULL: as it comes
    size_t count;           // of nodes so far
    int64_t classes;        // of labels
    const char *weights;    // before the names of a network's parameters: "ema."
    const char *statistics; // before those of its buffers: "generator."
    bool (*is_half)(const void *context, const char *name); // whether a tensor is float16
    const void *context;
} gan_onnx_graph; // nodes and node are the caller's to destroy

// A node: begin, its inputs in order, its attributes, end, which gives its output.
void gan__onnx_begin(gan_onnx_graph *graph, const char *operation);
void gan__onnx_input(gan_onnx_graph *graph, const gan_onnx_value *value); // NULL: left out
void gan__onnx_int(gan_onnx_graph *graph, const char *name, int64_t value);
void gan__onnx_ints(gan_onnx_graph *graph, const char *name, const int64_t *values, int count);
void gan__onnx_float(gan_onnx_graph *graph, const char *name, double value);
void gan__onnx_string(gan_onnx_graph *graph, const char *name, const char *value);
gan_onnx_value gan__onnx_end(gan_onnx_graph *graph, int rank);

// Nodes of one input and of two, without attributes.
gan_onnx_value gan__onnx_unary(gan_onnx_graph *graph, const char *operation, gan_onnx_value x);
gan_onnx_value gan__onnx_binary(gan_onnx_graph *graph, const char *operation, gan_onnx_value a,
                                gan_onnx_value b);
// Constants: a number, a vector of numbers, a vector of whole numbers.
gan_onnx_value gan__onnx_scalar(gan_onnx_graph *graph, double value);
gan_onnx_value gan__onnx_floats(gan_onnx_graph *graph, const float *values, int64_t count);
gan_onnx_value gan__onnx_wholes(gan_onnx_graph *graph, const int64_t *values, int64_t count);
// The mean over some axes, which stay with size 1.
gan_onnx_value gan__onnx_mean(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *axes,
                              int count);
gan_onnx_value gan__onnx_transpose(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *order);
// The sizes of x from axis `start` to before `end`, as a value; and two such shapes in a row.
gan_onnx_value gan__onnx_shape(gan_onnx_graph *graph, gan_onnx_value x, int start, int end);
gan_onnx_value gan__onnx_join(gan_onnx_graph *graph, gan_onnx_value a, gan_onnx_value b);
// `first`, and behind it the sizes of x from axis `start` on: a shape, as a value.
gan_onnx_value gan__onnx_sizes(gan_onnx_graph *graph, const int64_t *first, int count,
                               gan_onnx_value x, int start);
// A view of x; a size of 0 keeps x's, so (0, ...) keeps the batch.
gan_onnx_value gan__onnx_reshape(gan_onnx_graph *graph, gan_onnx_value x, const int64_t *size,
                                 int rank);
// A tensor of the network, as float32; `buffer`: of its statistics.
gan_onnx_value gan__onnx_tensor(gan_onnx_graph *graph, const gan_tensor *tensor, bool buffer);

// Appends the network's nodes, from `input` to *output. Errors: BAD_INPUT naming a layer, or a
// tensor of one, that has no form in ONNX here.
gan_status gan__onnx_network(gan_onnx_graph *graph, const gan_network *network,
                             gan_onnx_value input, gan_onnx_value *output);

#endif
