// FNV-1a, 64 bits: for hash tables and file names, not against an adversary.
#ifndef GAN_BASE_HASH_H
#define GAN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define GAN_HASH_START UINT64_C(0xcbf29ce484222325)

// Continues `hash` (GAN_HASH_START at first) over `length` bytes.
uint64_t gan__hash(uint64_t hash, const void *bytes, size_t length);

#endif
