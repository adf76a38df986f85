// The types of elements that other programs write, and how each becomes a float32.
#ifndef GAN_CONVERT_ELEMENTS_H
#define GAN_CONVERT_ELEMENTS_H

#include "clgan/checkpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A value as a float32, and whether it was exactly one.
typedef struct gan_element_value {
    float value;
    bool exact;
} gan_element_value;

typedef struct gan_element_kind {
    const char *safetensors; // "F32"; "" where it has no such type
    const char *numpy;       // "f4"; "" where it has no such type
    const char *torch;       // "float32"
    const char *storage;     // "FloatStorage", PyTorch's; "" where it has no such class
    int onnx;                // the value of onnx.proto's TensorProto.DataType
    size_t bytes;
    gan_dtype dtype;                             // as which a checkpoint holds it
    gan_element_value (*convert)(uint64_t bits); // of the little-endian element, zero-extended
} gan_element_kind;

// NULL where the code is not known.
const gan_element_kind *gan__element_kind_safetensors(const char *code);
const gan_element_kind *gan__element_kind_numpy(const char *code);
// Of "torch.float32" and of "torch.FloatStorage".
const gan_element_kind *gan__element_kind_torch(const char *global);
const gan_element_kind *gan__element_kind_storage(const char *global);
const gan_element_kind *gan__element_kind_onnx(int64_t type);
// The kind that is the dtype itself.
const gan_element_kind *gan__element_kind_dtype(gan_dtype dtype);

#endif
