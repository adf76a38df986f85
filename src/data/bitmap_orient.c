// Which way up a picture is. Cameras store pixels as the sensor lies and say in Exif's tag 0x0112
// (JEITA CP-3451) how to turn them: 1 not at all, 2 to 4 mirrored, by 180 degrees, upside down, 5
// to 8 with rows and columns exchanged.
#include "base/bytes.h"
#include "base/memory.h"
#include "data/bitmap.h"

#include <string.h>

#define HEADER        6  // "Exif", two zero bytes; then TIFF: byte order, 42, where the entries are
#define ENTRY         12 // tag, type, count, value
#define TAG           0x0112
#define TYPE_SHORT    3
#define ORIENTED_MOST 8

unsigned gan__exif_orientation(const uint8_t *bytes, size_t length) {
    if (length < HEADER + 8 || memcmp(bytes, "Exif\0\0", HEADER) != 0) return 1;
    const uint8_t *tiff = bytes + HEADER;
    const size_t left = length - HEADER;
    const bool big = tiff[0] == 'M';
    if (memcmp(tiff, big ? "MM" : "II", 2) != 0 || gan__get_word(tiff + 2, 2, big) != 42) return 1;
    const uint64_t at = gan__get_word(tiff + 4, 4, big);
    if (at > left - 2) return 1;
    const uint64_t entries = gan__get_word(tiff + at, 2, big);
    for (uint64_t i = 0; i < entries && at + 2 + (i + 1) * ENTRY <= left; ++i) {
        const uint8_t *entry = tiff + at + 2 + i * ENTRY;
        if (gan__get_word(entry, 2, big) != TAG || gan__get_word(entry + 2, 2, big) != TYPE_SHORT)
            continue;
        const uint64_t value = gan__get_word(entry + 8, 2, big);
        return value >= 1 && value <= ORIENTED_MOST ? (unsigned)value : 1;
    }
    return 1;
}

// Where the stored pixel that is seen at (x, y) lies: from which corner, and along which axis.
static const struct {
    bool exchanged, from_right, from_bottom; // of the stored picture
} ways[ORIENTED_MOST + 1] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

static void turn_pixels(const gan_bitmap *in, unsigned orientation, gan_bitmap *out) {
    const bool exchanged = ways[orientation].exchanged;
    uint8_t *to = out->pixels;
    for (size_t y = 0; y < out->height; ++y)
        for (size_t x = 0; x < out->width; ++x, to += out->channels) {
            size_t column = exchanged ? y : x, row = exchanged ? x : y;
            if (ways[orientation].from_right) column = in->width - 1 - column;
            if (ways[orientation].from_bottom) row = in->height - 1 - row;
            memcpy(to, in->pixels + (row * in->width + column) * in->channels, in->channels);
        }
}

gan_status gan__bitmap_orient(gan_bitmap *bitmap, unsigned orientation) {
    gan_bitmap turned = *bitmap;
    if (orientation == 1) return GAN_STATUS_OK;
    if (ways[orientation].exchanged) {
        turned.width = bitmap->height;
        turned.height = bitmap->width;
    }
    if (bitmap->pixels) {
        GAN_TRY(gan__bitmap_alloc(&turned));
        turn_pixels(bitmap, orientation, &turned);
        gan__bitmap_destroy(bitmap);
    }
    *bitmap = turned;
    return GAN_STATUS_OK;
}
