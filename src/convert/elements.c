// Types of elements and their conversion.
#include "convert/elements.h"

#include "checkpoint/element.h"

#include <string.h>

static gan_element_value from_f32(uint64_t bits) {
    uint32_t word = (uint32_t)bits;
    gan_element_value result = {.exact = true};
    memcpy(&result.value, &word, sizeof word);
    return result;
}

static gan_element_value from_f16(uint64_t bits) {
    return (gan_element_value){gan__half_to_float((uint16_t)bits), true};
}

static gan_element_value from_bf16(uint64_t bits) {
    return from_f32(bits << 16);
}

static gan_element_value from_f64(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    gan_element_value result = {.value = (float)value};
    result.exact = (double)result.value == value || value != value;
    return result;
}

// 2^63 and 2^64 as a float lie outside int64 and uint64, so they are ruled out before converting
// back.
static gan_element_value from_signed(int64_t value) {
    gan_element_value result = {.value = (float)value};
    result.exact = result.value < 0x1p63f && (int64_t)result.value == value;
    return result;
}

static gan_element_value from_unsigned(uint64_t value) {
    gan_element_value result = {.value = (float)value};
    result.exact = result.value < 0x1p64f && (uint64_t)result.value == value;
    return result;
}

static gan_element_value from_i8(uint64_t bits) {
    return from_signed((int8_t)bits);
}

static gan_element_value from_i16(uint64_t bits) {
    return from_signed((int16_t)bits);
}

static gan_element_value from_i32(uint64_t bits) {
    return from_signed((int32_t)bits);
}

static gan_element_value from_i64(uint64_t bits) {
    return from_signed((int64_t)bits);
}

static const gan_element_kind kinds[] = {
    {"F32", "f4", "float32", "FloatStorage", 1, 4, GAN_DTYPE_F32, from_f32},
    {"F16", "f2", "float16", "HalfStorage", 10, 2, GAN_DTYPE_F16, from_f16},
    {"BF16", "", "bfloat16", "BFloat16Storage", 16, 2, GAN_DTYPE_F32, from_bf16},
    {"F64", "f8", "float64", "DoubleStorage", 11, 8, GAN_DTYPE_F32, from_f64},
    {"I8", "i1", "int8", "CharStorage", 3, 1, GAN_DTYPE_F32, from_i8},
    {"I16", "i2", "int16", "ShortStorage", 5, 2, GAN_DTYPE_F32, from_i16},
    {"I32", "i4", "int32", "IntStorage", 6, 4, GAN_DTYPE_F32, from_i32},
    {"I64", "i8", "int64", "LongStorage", 7, 8, GAN_DTYPE_F32, from_i64},
    {"U8", "u1", "uint8", "ByteStorage", 2, 1, GAN_DTYPE_F32, from_unsigned},
    {"U16", "u2", "uint16", "", 4, 2, GAN_DTYPE_F32, from_unsigned},
    {"U32", "u4", "uint32", "", 12, 4, GAN_DTYPE_F32, from_unsigned},
    {"U64", "u8", "uint64", "", 13, 8, GAN_DTYPE_F32, from_unsigned},
    {"BOOL", "b1", "bool", "BoolStorage", 9, 1, GAN_DTYPE_F32, from_unsigned},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const gan_element_kind *gan__element_kind_safetensors(const char *code) {
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].safetensors, code) == 0) return &kinds[i];
    }
    return NULL;
}

const gan_element_kind *gan__element_kind_numpy(const char *code) {
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].numpy[0] && strcmp(kinds[i].numpy, code) == 0) return &kinds[i];
    }
    return NULL;
}

static const char torch[] = "torch.";
enum { TORCH = sizeof torch - 1 };

const gan_element_kind *gan__element_kind_torch(const char *global) {
    for (size_t i = 0; i < KINDS && strncmp(global, torch, TORCH) == 0; i++) {
        if (strcmp(kinds[i].torch, global + TORCH) == 0) return &kinds[i];
    }
    return NULL;
}

const gan_element_kind *gan__element_kind_storage(const char *global) {
    for (size_t i = 0; i < KINDS && strncmp(global, torch, TORCH) == 0; i++) {
        if (kinds[i].storage[0] && strcmp(kinds[i].storage, global + TORCH) == 0) return &kinds[i];
    }
    return NULL;
}

const gan_element_kind *gan__element_kind_onnx(int64_t type) {
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].onnx == type) return &kinds[i];
    }
    return NULL;
}

const gan_element_kind *gan__element_kind_dtype(gan_dtype dtype) {
    return &kinds[dtype == GAN_DTYPE_F16 ? 1 : 0];
}
