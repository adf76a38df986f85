// An ONNX graph as a graph of clgan's: values, and what the functions of operators are given.
// Private to foreign_*.c.
//
// A value is one of two kinds. What follows from the network's input is BATCHED: the first of its
// dimensions in the file is the batch, which clgan keeps innermost, so (N, C, H, W) is a node
// (C, H, W, N), and an operator that would mix samples is refused. All else is constant: numbers of
// the file, and what is computed of them, whose nodes have the file's shape. Constant whole numbers
// (shapes, axes, indices) stay on the host; where they speak of the batch they hold
// GAN_FOREIGN_BATCH.
#ifndef GAN_CONVERT_FOREIGN_H
#define GAN_CONVERT_FOREIGN_H

#include "base/growth.h"
#include "checkpoint/names.h"
#include "convert/foreign_model.h"
#include "graph/graph.h"

#define GAN_FOREIGN_BATCH INT64_MIN

// Whole numbers that an operator may make of others: shapes and indices need no more.
#define GAN_FOREIGN_WHOLES_MAX 65536

typedef struct gan_foreign_value {
    const char *name;
    bool known;   // a node, or the file, has given it already
    bool batched; // then size[0] is GAN_FOREIGN_BATCH
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX];
    gan_node *node;                // NULL: not made yet, of a constant
    const gan_onnx_tensor *stored; // of a constant of the file
    const float *floats;           // of a constant that is known here; NULL: not decoded
    const int64_t *wholes;         // of a constant of whole numbers; NULL: it is none
} gan_foreign_value;

// A tensor that is to be written to the device.
typedef struct gan_foreign_state {
    gan_node *node;
    const gan_onnx_tensor *stored; // NULL: `floats` are its elements
    const float *floats;
} gan_foreign_state;

typedef struct gan_foreign_graph {
    const gan_foreign_model *model;
    gan_arena *arena;  // what is decoded or computed
    gan_growth growth; // of the arena and the graph, by the file's bytes
    gan_graph *graph;
    int64_t batch;
    gan_names names;           // of the values
    gan_foreign_value *values; // in the order of names; never moved
    gan_foreign_state *states;
    size_t state_count, state_room;
    gan_node *samples; // the input, (elements, batch)
    gan_node *output;  // what was asked for, (features, batch)
} gan_foreign_graph;

// Counts memory that comes of the file's bytes, and takes such memory from the arena. Errors:
// BAD_INPUT where it is more than such a file may come to, NO_MEMORY.
gan_status gan__foreign_spend(gan_foreign_graph *to, size_t count, size_t size);
gan_status gan__foreign_alloc(gan_foreign_graph *to, size_t count, size_t size, void **out);

// The numbers of a tensor of the file, in the arena; wholes NULL where its type has none.
gan_status gan__foreign_decode(gan_foreign_graph *to, const gan_onnx_tensor *tensor,
                               const float **floats, const int64_t **wholes);
bool gan__foreign_is_whole(const gan_onnx_tensor *tensor);

// --- Operators -----------------------------------------------------------------------------------
typedef struct gan_foreign_call gan_foreign_call;

typedef struct gan_foreign_row {
    const char *operation;  // NULL ends the table
    int fewest, most;       // inputs; most -1: any number
    const char *attributes; // that are heeded or change nothing here, each with a space behind it
    gan_status (*put)(const gan_foreign_call *call);
} gan_foreign_row;

extern const gan_foreign_row gan__foreign_rows_list[]; // where all inputs are whole numbers
extern const gan_foreign_row gan__foreign_rows_sum[];  // likewise
extern const gan_foreign_row gan__foreign_rows_constant[];
extern const gan_foreign_row gan__foreign_rows_elementwise[];
extern const gan_foreign_row gan__foreign_rows_product[];
extern const gan_foreign_row gan__foreign_rows_pool[];
extern const gan_foreign_row gan__foreign_rows_norm[];
extern const gan_foreign_row gan__foreign_rows_shape[];
extern const gan_foreign_row gan__foreign_rows_part[];
extern const gan_foreign_row gan__foreign_rows_resize[];

struct gan_foreign_call {
    gan_foreign_graph *to;
    const gan_foreign_node *node;
    const gan_foreign_row *row;
    gan_foreign_value **inputs;  // NULL: left out; node->inputs.count of them
    gan_foreign_value **outputs; // NULL: not wanted; node->outputs.count of them
};

// Returns BAD_INPUT, with the node and its operator before the message.
gan_status gan__foreign_refuse(const gan_foreign_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// --- Attributes and inputs -----------------------------------------------------------------------
int64_t gan__foreign_whole(const gan_foreign_call *call, const char *name, int64_t fallback);
double gan__foreign_number(const gan_foreign_call *call, const char *name, double fallback);
const char *gan__foreign_text(const gan_foreign_call *call, const char *name, const char *fallback);

// Input number `index`, NULL where it is left out.
gan_foreign_value *gan__foreign_input(const gan_foreign_call *call, size_t index);

// A list of whole numbers.
typedef struct gan_foreign_list {
    const int64_t *values; // NULL: it is not given
    size_t count;
} gan_foreign_list;

// Of an attribute, or of a constant input where the operator has it there in newer opsets.
// Errors: BAD_INPUT (the input is no constant of whole numbers).
gan_status gan__foreign_list_of(const gan_foreign_call *call, const char *attribute, size_t input,
                                gan_foreign_list *out);
// The numbers of a constant input. Errors: BAD_INPUT (it is left out, or computed).
gan_status gan__foreign_floats(const gan_foreign_call *call, size_t index, const float **out,
                               size_t *count);
// *axis: from 0 to before `rank`, negative ones counted from the end. Errors: BAD_INPUT.
gan_status gan__foreign_axis(const gan_foreign_call *call, int64_t given, int rank, int *axis);
// The axes of the list (none given: all from `first` on) as a mask over the axes of a node that is
// `of`: a batched value's batch must not be among them. Errors: BAD_INPUT.
gan_status gan__foreign_axes(const gan_foreign_call *call, const gan_foreign_value *of,
                             const gan_foreign_list *list, int first, uint32_t *mask);

// --- Nodes ---------------------------------------------------------------------------------------
// The input's node: (rest..., batch) of a batched value, the file's shape of a constant.
gan_status gan__foreign_take(const gan_foreign_call *call, size_t index, gan_node **out);
// Errors: also BAD_INPUT where it is not batched, or not of that rank in the file (0: of any).
gan_status gan__foreign_take_batched(const gan_foreign_call *call, size_t index, int rank,
                                     gan_node **out);
// Errors: also BAD_INPUT where it is not constant, or not of that rank (0: of any).
gan_status gan__foreign_take_constant(const gan_foreign_call *call, size_t index, int rank,
                                      gan_node **out);
// All inputs, which are aligned at their last dimensions in the file, as nodes that broadcast so.
// `nodes` has room for as many as there are inputs.
gan_status gan__foreign_take_aligned(const gan_foreign_call *call, gan_node **nodes, bool *batched);
// A tensor of these numbers, which must last as long as the graph.
gan_status gan__foreign_tensor(gan_foreign_graph *to, const gan_shape *shape, const float *values,
                               gan_node **out);
// A vector over channels as (channels, 1, ...) of a node of that rank.
gan_node *gan__foreign_along_channels(gan_node *vector, int rank);
// Elements of one sample, or of a constant.
int64_t gan__foreign_elements(const gan_foreign_value *value);

// --- Outputs -------------------------------------------------------------------------------------
// Output number `index` is the node; its shape follows. Errors: those of building the node.
gan_status gan__foreign_give(const gan_foreign_call *call, size_t index, bool batched,
                             gan_node *node);
// The first output is these whole numbers, which are in the arena.
gan_status gan__foreign_give_wholes(const gan_foreign_call *call, int rank, const int64_t *size,
                                    const int64_t *values);
// The first output is the first input.
gan_status gan__foreign_give_same(const gan_foreign_call *call);

#endif
