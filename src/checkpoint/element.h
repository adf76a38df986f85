// Elements as they are stored (little-endian, of a dtype) and as float32 in memory.
#ifndef GAN_CHECKPOINT_ELEMENT_H
#define GAN_CHECKPOINT_ELEMENT_H

#include "clgan/checkpoint.h"

#include <stdbool.h>

// Whether elements of this type are stored as a float lies in this machine's memory.
bool gan__elements_are_native(gan_dtype dtype);

// float32 keeps every bit; float16 is rounded to nearest even, NaNs stay NaNs (quiet, with the
// upper bits of their payload), what is too large becomes infinite.
void gan__elements_pack(gan_dtype dtype, const float *values, size_t count, uint8_t *bytes);
void gan__elements_unpack(gan_dtype dtype, const uint8_t *bytes, size_t count, float *values);

// One value to and from the bits of IEEE 754 binary16.
uint16_t gan__half_from_float(float value);
float gan__half_to_float(uint16_t half);

#endif
