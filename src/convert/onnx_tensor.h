// A tensor of an ONNX file (TensorProto) where it lies: its name, type and shape, checked against
// the elements that are there, which are decoded when they are wanted. Private to this folder.
#ifndef GAN_CONVERT_ONNX_TENSOR_H
#define GAN_CONVERT_ONNX_TENSOR_H

#include "base/bytes.h"
#include "convert/elements.h"

typedef struct gan_onnx_tensor {
    gan_cursor name; // all zero where it has none
    const gan_element_kind *kind;
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX]; // at least 0
    uint64_t elements;
    gan_cursor content; // the elements
    int field;          // of TensorProto that they stand in; 0: there are none
} gan_onnx_tensor;

// Of the message, whose bytes it refers to. Errors: BAD_INPUT (a type that is not known, elements
// in another file or in several pieces, a shape that is none), CORRUPT (not as many elements as the
// shape says).
gan_status gan__onnx_tensor_parse(gan_cursor message, gan_onnx_tensor *out);

// The elements as they lie in memory, little-endian and row-major; *owned is the caller's
// (gan__free), NULL where they lie so in the file. Errors: CORRUPT, NO_MEMORY.
gan_status gan__onnx_tensor_bytes(const gan_onnx_tensor *tensor, uint8_t **owned,
                                  const uint8_t **bytes);

#endif
