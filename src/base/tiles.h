// Products of many rows with many others in double precision on the host: c = a b^T. Each sum runs
// over the columns in order, so it has the same bits whatever the processor.
#ifndef GAN_BASE_TILES_H
#define GAN_BASE_TILES_H

#include "base/status.h"

#include <stddef.h>

// The rows of b, laid out so that a loop over rows runs over neighbours in memory: tiles of
// GAN_TILE_ROWS rows, each (width, GAN_TILE_ROWS). Rows beyond the count are zeros.
#define GAN_TILE_ROWS 32

typedef struct gan_tiles {
    double *values;
    size_t count, width;
} gan_tiles;

gan_status gan__tiles_create(size_t count, size_t width, gan_tiles *out); // of zeros
void gan__tiles_destroy(gan_tiles *tiles);

static inline double *gan__tile_place(const gan_tiles *tiles, size_t row, size_t column) {
    return tiles->values + (row / GAN_TILE_ROWS * tiles->width + column) * GAN_TILE_ROWS +
           row % GAN_TILE_ROWS;
}

// The count rounded up to whole tiles.
size_t gan__tiles_padded(const gan_tiles *tiles);

// c of `count` rows of a, (count, width): (count, padded count).
void gan__tile_products(const gan_tiles *tiles, const double *rows, size_t count, double *out);

// c of all rows of a, (a_rows, width), and b, (b_rows, width), on all cores: (a_rows, b_rows).
// Errors: NO_MEMORY.
gan_status gan__products(const double *a, size_t a_rows, const double *b, size_t b_rows,
                         size_t width, double *out);

#endif
