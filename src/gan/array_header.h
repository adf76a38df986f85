// The headers of array files, as bytes: NumPy's .npy, IDX, and a zip archive of one stored member.
#ifndef GAN_GAN_ARRAY_HEADER_H
#define GAN_GAN_ARRAY_HEADER_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_array_layout {
    int rank;
    uint64_t size[4];
} gan_array_layout;

// Version 1.0, little-endian float32, C order; a multiple of 64 bytes, as numpy.save writes it.
void gan__npy_header(const gan_array_layout *layout, gan_text *out);

// Elements are uint8, or float32 (big-endian). Sizes must fit 32 bits.
void gan__idx_header(const gan_array_layout *layout, bool bytes, gan_text *out);

// What stands before the only member of an archive; and what stands behind it, once its CRC-32 is
// known and `position` bytes have been written, the member's last included (fewer than 4 GiB).
// The member's checksum and size follow it in a data descriptor (APPNOTE 4.3.9), so nothing is
// patched and the archive may go to a pipe. Its date is 1980-01-01: equal content, equal bytes.
void gan__zip_begin(const char *name, gan_text *out);
void gan__zip_end(const char *name, uint32_t crc, uint64_t position, gan_text *out);

#endif
