// Conversion of elements, value by value.
#include "checkpoint/element.h"
#include "base/bytes.h"

#include <string.h>

static uint32_t float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint16_t gan__half_from_float(float value) {
    uint32_t bits = float_bits(value);
    uint32_t sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) { // NaN
        uint32_t payload = (magnitude >> 13) & 0x3ff;
        return (uint16_t)(sign | 0x7c00 | (payload ? payload : 0x200));
    }
    if (magnitude >= 0x477ff000) // 65520 and up round to infinity
        return (uint16_t)(sign | 0x7c00);
    uint32_t shift = 13, significand = magnitude - 0x38000000; // the exponent's bias: 127 to 15
    if (magnitude < 0x38800000) {                              // below 2^-14: subnormal
        uint32_t exponent = magnitude >> 23;
        if (exponent < 102) return (uint16_t)sign; // below half of 2^-24
        shift = 126 - exponent;
        significand = (magnitude & 0x7fffff) | 0x800000;
    }
    uint32_t kept = significand >> shift, rest = significand & ((UINT32_C(1) << shift) - 1);
    uint32_t half = UINT32_C(1) << (shift - 1);
    kept += rest > half || (rest == half && (kept & 1));
    return (uint16_t)(sign | kept);
}

float gan__half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
    if (exponent == 31) return float_from_bits(sign | 0x7f800000 | fraction << 13);
    if (exponent > 0) return float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
    float magnitude = (float)fraction * 0x1p-24f; // exact
    return sign ? -magnitude : magnitude;
}

bool gan__elements_are_native(gan_dtype dtype) {
    const uint32_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return dtype == GAN_DTYPE_F32 && first == 1;
}

void gan__elements_pack(gan_dtype dtype, const float *values, size_t count, uint8_t *bytes) {
    if (dtype == GAN_DTYPE_F16) {
        for (size_t i = 0; i < count; i++) {
            gan__put_u16(bytes + 2 * i, gan__half_from_float(values[i]));
        }
        return;
    }
    for (size_t i = 0; i < count; i++) gan__put_u32(bytes + 4 * i, float_bits(values[i]));
}

void gan__elements_unpack(gan_dtype dtype, const uint8_t *bytes, size_t count, float *values) {
    if (dtype == GAN_DTYPE_F16) {
        for (size_t i = 0; i < count; i++) {
            values[i] = gan__half_to_float(gan__get_u16(bytes + 2 * i));
        }
        return;
    }
    for (size_t i = 0; i < count; i++) values[i] = float_from_bits(gan__get_u32(bytes + 4 * i));
}
