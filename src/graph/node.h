// What a node and a graph are made of: for the files of this folder only.
//
// Kernels index with 32 bits, so a node has at most GAN_ELEMENTS_MAX elements.
//
// Invariants every pass may rely on:
// - An operand has a smaller id than its node, so ascending ids are a topological order.
// - Operands of elementwise nodes have exactly the node's shape: the builders put in RESHAPE (to
//   raise the rank with leading 1s) and BROADCAST (same rank, sizes equal or 1) where needed.
// - A constant is one value for all elements, of any shape, so it is never broadcast or reshaped.
// - Nodes are immutable once built, and equal nodes are one node (inputs and states excepted).
#ifndef GAN_GRAPH_NODE_H
#define GAN_GRAPH_NODE_H

#include "base/memory.h"
#include "graph/graph.h"
#include "graph/ops.h"

#define GAN_ELEMENTS_MAX INT64_C(0x7fffffff)

typedef enum gan_distribution {
    GAN_DISTRIBUTION_UNIFORM, // [0, 1)
    GAN_DISTRIBUTION_NORMAL,  // mean 0, variance 1
} gan_distribution;

// Which member counts is said by the node's op. Unused bytes are 0: attributes are compared and
// hashed as bytes. (`slice` comes first because {0} clears the first member, and it is the
// largest.)
typedef union gan_attributes {
    // SLICE: out[j] = in[start + j * step]. PAD, its adjoint: out[start + j * step] = in[j], 0
    // elsewhere (graph.h's gan__pad has steps of 1; gradients of slices have others).
    struct {
        int64_t start[GAN_RANK_MAX];
        int64_t step[GAN_RANK_MAX]; // at least 1; unused ones 0
    } slice;
    double value; // CONSTANT
    int64_t axis; // IOTA, CONCAT, GATHER, SCATTER_ADD (its size is in the shape)
    struct {
        const char *name;
        uint32_t index; // in the graph's list of inputs or states
        gan_element element;
    } leaf; // INPUT, STATE
    struct {
        uint32_t stream;
        gan_distribution distribution;
    } random;      // RANDOM
    uint32_t axes; // REDUCE_SUM, REDUCE_MAX: only bits below the rank
    struct {
        bool transpose_a, transpose_b;
    } matmul;                    // MATMUL
    int32_t order[GAN_RANK_MAX]; // PERMUTE: out's axis i is in's axis order[i]
    struct {
        int32_t stride[2], before[2], dilation[2], groups;
    } convolution; // the three CONVOLUTIONs (height, width); output sizes are in the shape
} gan_attributes;

struct gan_node {
    gan_graph *graph;
    uint32_t id; // index in graph->nodes
    gan_op op;
    gan_shape shape;
    uint32_t input_count;
    gan_node **inputs; // the operands, in the order of graph.h's parameters
    gan_attributes attributes;
    uint64_t hash;
    gan_node *chain; // next node in the same bucket of the graph's table
};

typedef struct gan_node_list {
    gan_node **nodes;
    uint32_t count;
    uint32_t capacity;
} gan_node_list;

struct gan_graph {
    gan_arena *arena;
    gan_node_list nodes;  // by id
    gan_node_list inputs; // by leaf.index
    gan_node_list states; // by leaf.index
    gan_node **buckets;   // the hash-consing table
    uint32_t bucket_count;
    gan_status status;
    char *context;      // "" when none
    char message[1024]; // of the first failure
};

// The node of these parts: folded to an operand or a constant (graph/fold.h), else found, else
// made. This is the one place where nodes come from. That the shape follows from the rest is
// trusted; its sizes are checked. `attributes` NULL: all 0. Returns NULL when an input is NULL,
// and, with the failure recorded, when the shape is impossible, inputs are of another graph, or
// memory runs out.
gan_node *gan__node_make(gan_graph *graph, gan_op op, const gan_shape *shape,
                         const gan_attributes *attributes, gan_node *const *inputs, size_t count);

// gan__graph_fail with a status of its own.
gan_node *gan__graph_fail_with(gan_graph *graph, gan_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The nodes that `roots` depend on, themselves included, each once, operands before their users
// (ascending ids). *order is the caller's (gan__free). No recursion, so any depth will do.
gan_status gan__graph_topological(gan_node *const *roots, size_t count, gan_node ***order,
                                  size_t *length);

// Whether `roots` can be computed together: nodes of `graph`, and no state with two new values.
// BAD_ARGUMENT names what is wrong; `name` is the program's.
gan_status gan__graph_check_roots(const gan_graph *graph, const char *name, gan_node *const *roots,
                                  size_t count);

// Whether the node is a constant; *value is set when it is.
bool gan__node_is_constant(const gan_node *node, double *value);
bool gan__node_is_constant_of(const gan_node *node, double value);

#endif
