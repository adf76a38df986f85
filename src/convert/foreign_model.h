// An ONNX file as it is read to be run: nodes, attributes, constants, inputs and outputs, each
// where it lies in the file. What operators mean is not known here. Private to foreign_*.c.
//
// Memory grows with the file's length only: a string, a list or a node takes a small multiple of
// the bytes that say it.
#ifndef GAN_CONVERT_FOREIGN_MODEL_H
#define GAN_CONVERT_FOREIGN_MODEL_H

#include "base/memory.h"
#include "base/status.h"
#include "convert/onnx_tensor.h"

#include <stdbool.h>

typedef struct gan_foreign_attribute {
    const char *name;
    float number;
    int64_t whole;
    const char *text; // "" where it is none
    bool has_tensor;
    gan_cursor tensor; // a TensorProto
    int64_t *wholes;   // a list of whole numbers
    size_t whole_count;
    float *numbers; // a list of numbers
    size_t number_count;
} gan_foreign_attribute;

typedef struct gan_foreign_names {
    const char **name; // "" where one is left out
    size_t count;
} gan_foreign_names;

typedef struct gan_foreign_node {
    const char *name;      // as messages call it; by default its first output's
    const char *operation; // "Conv"
    const char *domain;    // "" for ONNX's own operators
    gan_foreign_names inputs, outputs;
    gan_foreign_attribute *attributes;
    size_t attribute_count;
} gan_foreign_node;

// A tensor that the file holds, of its own name.
typedef struct gan_foreign_constant {
    const char *name;
    gan_onnx_tensor tensor;
} gan_foreign_constant;

// What an input of the graph is said to be.
#define GAN_FOREIGN_ANY (-1) // of a size: not said, or by a name
typedef struct gan_foreign_input {
    const char *name;
    int64_t type;  // of TensorProto.DataType; 0: not said
    bool has_rank; // the shape is said
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX]; // GAN_FOREIGN_ANY or at least 1
} gan_foreign_input;

typedef struct gan_foreign_text {
    const char *name, *content;
} gan_foreign_text;

typedef struct gan_foreign_model {
    uint8_t *bytes; // the whole file
    size_t length;
    gan_arena *arena;
    int64_t opset; // of ONNX's own operators
    gan_foreign_node *nodes;
    gan_foreign_constant *constants;
    gan_foreign_input *inputs; // without those that are constants too
    gan_foreign_text *texts;   // the metadata
    size_t node_count, constant_count, input_count, text_count;
    gan_foreign_names outputs;
    // Room in the arrays above.
    size_t node_room, constant_room, input_room, text_room, output_room;
} gan_foreign_model;

// *out is to be closed even on failure. Errors: BAD_INPUT (no such file, what is not read: sparse
// or foreign data, functions), CORRUPT, NO_MEMORY.
gan_status gan__foreign_model_open(const char *path, gan_foreign_model *out);
void gan__foreign_model_close(gan_foreign_model *model);

// NULL where the node has none of that name.
const gan_foreign_attribute *gan__foreign_attribute(const gan_foreign_node *node, const char *name);

#endif
