// The squared maximum mean discrepancy of two sets of features by a polynomial kernel, and how far
// it may be off.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

typedef struct sum_work {
    const gan_feature_set *rows;
    const gan_feature_tiles *columns;
    double *block_sums; // one a block, so that the order in which blocks are done does not matter
    double *products;   // (workers, GAN_BLOCK_POINTS, padded columns)
} sum_work;

// (x.y / width + 1)^3 summed over a block of rows and all columns; where rows and columns are the
// same set, pairs of a point with itself included.
static gan_status sum_block(void *context, size_t block, unsigned worker) {
    const sum_work *const work = context;
    const size_t padded = gan__feature_tiles_padded(work->columns);
    const gan_feature_set rows = gan__feature_block(work->rows, block);
    double *const products = work->products + (size_t)worker * GAN_BLOCK_POINTS * padded;
    gan__feature_products(work->columns, &rows, products);
    double sum = 0;
    for (size_t i = 0; i < rows.count; i++)
        for (size_t j = 0; j < work->columns->count; j++) {
            const double base = products[i * padded + j] / (double)rows.width + 1;
            sum += base * base * base;
        }
    work->block_sums[block] = sum;
    return GAN_STATUS_OK;
}

static gan_status kernel_sum(const gan_feature_set *rows, const gan_feature_tiles *columns,
                             double *out) {
    const unsigned workers = gan__parallel_cores();
    const size_t blocks = gan__feature_blocks(rows);
    void *block_sums = NULL, *products = NULL;
    gan_status status = gan__alloc(blocks, sizeof(double), &block_sums);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * GAN_BLOCK_POINTS * gan__feature_tiles_padded(columns),
                            sizeof(double), &products);
    sum_work work = {
        .rows = rows, .columns = columns, .block_sums = block_sums, .products = products};
    if (status == GAN_STATUS_OK) status = gan__parallel_run(workers, blocks, sum_block, &work);
    *out = 0;
    for (size_t i = 0; i < blocks && status == GAN_STATUS_OK; i++) *out += work.block_sums[i];
    gan__free(block_sums);
    gan__free(products);
    return status;
}

// What pairs of a point with itself add to a sum, and have no place in the estimate.
static double kernel_diagonal(const gan_feature_set *set) {
    double sum = 0;
    for (size_t i = 0; i < set->count; i++) {
        double product = 0;
        for (size_t k = 0; k < set->width; k++) {
            const double value = set->values[i * set->width + k];
            product += value * value;
        }
        const double base = product / (double)set->width + 1;
        sum += base * base * base;
    }
    return sum;
}

// Of all pairs.
static gan_status estimate(const gan_feature_set *real, const gan_feature_set *generated,
                           double *out) {
    const double m = (double)real->count, n = (double)generated->count;
    gan_feature_tiles real_tiles = {0}, generated_tiles = {0};
    double within_real = 0, within_generated = 0, between = 0;
    gan_status status = gan__feature_tiles_create(real, &real_tiles);
    if (status == GAN_STATUS_OK) status = gan__feature_tiles_create(generated, &generated_tiles);
    if (status == GAN_STATUS_OK) status = kernel_sum(real, &real_tiles, &within_real);
    if (status == GAN_STATUS_OK)
        status = kernel_sum(generated, &generated_tiles, &within_generated);
    if (status == GAN_STATUS_OK) status = kernel_sum(real, &generated_tiles, &between);
    gan__feature_tiles_destroy(&real_tiles);
    gan__feature_tiles_destroy(&generated_tiles);
    *out = (within_real - kernel_diagonal(real)) / (m * (m - 1)) +
           (within_generated - kernel_diagonal(generated)) / (n * (n - 1)) - 2 * between / (m * n);
    return status;
}

static gan_feature_set block_of(const gan_feature_set *set, size_t block) {
    return (gan_feature_set){.values = set->values + block * GAN_FEATURE_BLOCK * set->width,
                             .count = GAN_FEATURE_BLOCK,
                             .width = set->width};
}

static gan_status block_error(const gan_feature_set *real, const gan_feature_set *generated,
                              double *out) {
    const size_t count = real->count < generated->count ? real->count : generated->count;
    const size_t blocks = count / GAN_FEATURE_BLOCK;
    double sum = 0, squares = 0;
    *out = NAN;
    if (blocks < 2) return GAN_STATUS_OK;
    for (size_t block = 0; block < blocks; block++) {
        const gan_feature_set p = block_of(real, block), q = block_of(generated, block);
        double value = 0;
        GAN_TRY(estimate(&p, &q, &value));
        sum += value;
        squares += value * value;
    }
    const double b = (double)blocks, mean = sum / b;
    *out = sqrt(fmax(squares / b - mean * mean, 0) / (b - 1));
    return GAN_STATUS_OK;
}

gan_status gan__kernel_distance(const gan_feature_set *real, const gan_feature_set *generated,
                                double *out, double *error) {
    GAN_TRY(estimate(real, generated, out));
    return block_error(real, generated, error);
}
