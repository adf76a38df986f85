// Implements gan/feature_pairs.h.
#include "gan/feature_pairs.h"

#include "base/memory.h"
#include "base/parallel.h"

typedef struct pair_work {
    const gan_feature_set *rows;
    const gan_tiles *columns;
    const gan_pair_taker *takers;
    size_t count;
    double *points;   // (workers, GAN_BLOCK_POINTS, width)
    double *products; // (workers, GAN_BLOCK_POINTS, padded columns)
} pair_work;

gan_status gan__feature_tiles_create(const gan_feature_set *set, gan_tiles *out) {
    GAN_TRY(gan__tiles_create(set->count, set->width, out));
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->width; k++)
            *gan__tile_place(out, i, k) = set->values[i * set->width + k];
    return GAN_STATUS_OK;
}

void gan__feature_rows(const gan_feature_set *set, size_t first, size_t count, double *out) {
    const float *const values = set->values + first * set->width;
    for (size_t i = 0; i < count * set->width; i++) out[i] = values[i];
}

static gan_status show_block(void *context, size_t block, unsigned worker) {
    const pair_work *const work = context;
    const size_t stride = gan__tiles_padded(work->columns);
    const size_t first = block * GAN_BLOCK_POINTS, left = work->rows->count - first;
    const size_t count = left < GAN_BLOCK_POINTS ? left : GAN_BLOCK_POINTS;
    double *const points = work->points + (size_t)worker * GAN_BLOCK_POINTS * work->rows->width;
    double *const products = work->products + (size_t)worker * GAN_BLOCK_POINTS * stride;
    gan__feature_rows(work->rows, first, count, points);
    gan__tile_products(work->columns, points, count, products);
    const gan_pair_block shown = {
        .first = first, .count = count, .products = products, .stride = stride, .worker = worker};
    for (size_t i = 0; i < work->count; i++) work->takers[i].take(work->takers[i].context, &shown);
    return GAN_STATUS_OK;
}

gan_status gan__feature_pairs(unsigned workers, const gan_feature_set *rows,
                              const gan_tiles *columns, const gan_pair_taker *takers,
                              size_t count) {
    const size_t blocks = (rows->count + GAN_BLOCK_POINTS - 1) / GAN_BLOCK_POINTS;
    void *points = NULL, *products = NULL;
    gan_status status =
        gan__alloc(workers * GAN_BLOCK_POINTS * rows->width, sizeof(double), &points);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * GAN_BLOCK_POINTS * gan__tiles_padded(columns), sizeof(double),
                            &products);
    pair_work work = {.rows = rows,
                      .columns = columns,
                      .takers = takers,
                      .count = count,
                      .points = points,
                      .products = products};
    if (status == GAN_STATUS_OK) status = gan__parallel_run(workers, blocks, show_block, &work);
    gan__free(points);
    gan__free(products);
    return status;
}
