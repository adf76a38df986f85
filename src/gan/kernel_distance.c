// The squared maximum mean discrepancy of two sets of features by a polynomial kernel, and how far
// it may be off: the same over blocks of the samples.
#include "gan/features.h"

#include "base/memory.h"

#include <math.h>

// --- Sums over pairs -----------------------------------------------------------------------------

gan_status gan__kernel_sums_create(const gan_feature_set *rows, const gan_feature_set *columns,
                                   bool within, gan_kernel_sums *out) {
    void *all = NULL, *own = NULL;
    *out = (gan_kernel_sums){.columns = columns->count, .width = rows->width, .within = within};
    GAN_TRY(gan__alloc(rows->count, sizeof(double), &all));
    out->all = all;
    GAN_TRY(gan__alloc(rows->count, sizeof(double), &own));
    out->own = own;
    return GAN_STATUS_OK;
}

void gan__kernel_sums_destroy(gan_kernel_sums *sums) {
    gan__free(sums->all);
    gan__free(sums->own);
}

// Over columns from `first` to before `end`.
static double sum_columns(const gan_kernel_sums *sums, const double *products, size_t first,
                          size_t end) {
    double sum = 0;
    for (size_t j = first; j < end && j < sums->columns; j++) {
        const double base = products[j] / (double)sums->width + 1;
        sum += base * base * base;
    }
    return sum;
}

static void take_block(void *context, const gan_pair_block *block) {
    const gan_kernel_sums *const sums = context;
    for (size_t i = 0; i < block->count; i++) {
        const double *const products = block->products + i * block->stride;
        const size_t row = block->first + i;
        const size_t own = row / GAN_FEATURE_BLOCK * GAN_FEATURE_BLOCK;
        const double itself = sums->within ? sum_columns(sums, products, row, row + 1) : 0;
        sums->all[row] = sum_columns(sums, products, 0, sums->columns) - itself;
        sums->own[row] = sum_columns(sums, products, own, own + GAN_FEATURE_BLOCK) - itself;
    }
}

gan_pair_taker gan__kernel_sums_taker(gan_kernel_sums *sums) {
    return (gan_pair_taker){take_block, sums};
}

static double add_rows(const double *values, size_t first, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += values[first + i];
    return sum;
}

// --- The estimate --------------------------------------------------------------------------------

// From all pairs of m and n points, those of a point with itself left out.
static double estimate(double within_real, double m, double within_generated, double n,
                       double between) {
    return within_real / (m * (m - 1)) + within_generated / (n * (n - 1)) - 2 * between / (m * n);
}

static double estimate_of_block(const gan_feature_side *real, const gan_feature_side *generated,
                                const gan_kernel_sums *between, size_t block) {
    const size_t first = block * GAN_FEATURE_BLOCK;
    return estimate(add_rows(real->kernel.own, first, GAN_FEATURE_BLOCK), GAN_FEATURE_BLOCK,
                    add_rows(generated->kernel.own, first, GAN_FEATURE_BLOCK), GAN_FEATURE_BLOCK,
                    add_rows(between->own, first, GAN_FEATURE_BLOCK));
}

static double error_of_blocks(const gan_feature_side *real, const gan_feature_side *generated,
                              const gan_kernel_sums *between) {
    const size_t m = real->set->count, n = generated->set->count;
    const size_t blocks = (m < n ? m : n) / GAN_FEATURE_BLOCK;
    double sum = 0, squares = 0;
    if (blocks < 2) return NAN;
    for (size_t block = 0; block < blocks; block++) {
        const double value = estimate_of_block(real, generated, between, block);
        sum += value;
        squares += value * value;
    }
    const double b = (double)blocks, mean = sum / b;
    return sqrt(fmax(squares / b - mean * mean, 0) / (b - 1));
}

void gan__kernel_distance(const gan_feature_side *real, const gan_feature_side *generated,
                          const gan_kernel_sums *between, double *out, double *error) {
    const size_t m = real->set->count, n = generated->set->count;
    *out = estimate(add_rows(real->kernel.all, 0, m), (double)m,
                    add_rows(generated->kernel.all, 0, n), (double)n, add_rows(between->all, 0, m));
    *error = error_of_blocks(real, generated, between);
}
