// Implements base/tiles.h: compilers vectorise over the rows of a tile.
#include "base/tiles.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/wide.h"

#include <string.h>

#define GROUP 4  // rows whose sums are held in registers at once
#define BLOCK 32 // rows of an item of work

size_t gan__tiles_padded(const gan_tiles *tiles) {
    return (tiles->count + GAN_TILE_ROWS - 1) / GAN_TILE_ROWS * GAN_TILE_ROWS;
}

gan_status gan__tiles_create(size_t count, size_t width, gan_tiles *out) {
    void *values = NULL;
    *out = (gan_tiles){.count = count, .width = width};
    GAN_TRY(gan__alloc(gan__tiles_padded(out), width * sizeof(double), &values));
    out->values = values;
    return GAN_STATUS_OK;
}

void gan__tiles_destroy(gan_tiles *tiles) {
    gan__free(tiles->values);
    tiles->values = NULL;
}

// GROUP rows, and where the results of each go.
typedef struct row_group {
    const double *rows[GROUP];
    double *out[GROUP];
} row_group;

GAN_FOR_WIDE_VECTORS
static void multiply_group(const double *tile, size_t width, const row_group *group) {
    double sums[GROUP][GAN_TILE_ROWS] = {{0}};
    for (size_t k = 0; k < width; k++, tile += GAN_TILE_ROWS)
        for (size_t i = 0; i < GROUP; i++) {
            const double value = group->rows[i][k];
            for (size_t j = 0; j < GAN_TILE_ROWS; j++) sums[i][j] += value * tile[j];
        }
    for (size_t i = 0; i < GROUP; i++)
        for (size_t j = 0; j < GAN_TILE_ROWS; j++) group->out[i][j] = sums[i][j];
}

// A tile serves all rows before the next is fetched. A last group of fewer rows does the last one
// more than once.
void gan__tile_products(const gan_tiles *tiles, const double *rows, size_t count, double *out) {
    const size_t padded = gan__tiles_padded(tiles), width = tiles->width;
    for (size_t first = 0; first < padded; first += GAN_TILE_ROWS)
        for (size_t start = 0; start < count; start += GROUP) {
            row_group group;
            for (size_t i = 0; i < GROUP; i++) {
                const size_t row = start + i < count ? start + i : count - 1;
                group.rows[i] = rows + row * width;
                group.out[i] = out + row * padded + first;
            }
            multiply_group(tiles->values + first * width, width, &group);
        }
}

typedef struct product_work {
    const double *a;
    size_t a_rows;
    gan_tiles b;
    double *padded; // (workers, BLOCK, padded rows of b)
    double *out;
} product_work;

static gan_status multiply_block(void *context, size_t block, unsigned worker) {
    const product_work *const work = context;
    const size_t stride = gan__tiles_padded(&work->b), first = block * BLOCK;
    const size_t left = work->a_rows - first, count = left < BLOCK ? left : BLOCK;
    double *const padded = work->padded + (size_t)worker * BLOCK * stride;
    gan__tile_products(&work->b, work->a + first * work->b.width, count, padded);
    for (size_t i = 0; i < count; i++)
        memcpy(work->out + (first + i) * work->b.count, padded + i * stride,
               work->b.count * sizeof *padded);
    return GAN_STATUS_OK;
}

gan_status gan__products(const double *a, size_t a_rows, const double *b, size_t b_rows,
                         size_t width, double *out) {
    const unsigned workers = gan__parallel_cores();
    product_work work = {.a = a, .a_rows = a_rows, .out = out};
    void *padded = NULL;
    gan_status status = gan__tiles_create(b_rows, width, &work.b);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * BLOCK * gan__tiles_padded(&work.b), sizeof(double), &padded);
    work.padded = padded;
    for (size_t row = 0; row < b_rows && status == GAN_STATUS_OK; row++)
        for (size_t k = 0; k < width; k++) *gan__tile_place(&work.b, row, k) = b[row * width + k];
    if (status == GAN_STATUS_OK)
        status = gan__parallel_run(workers, (a_rows + BLOCK - 1) / BLOCK, multiply_block, &work);
    gan__tiles_destroy(&work.b);
    gan__free(padded);
    return status;
}
