// The Frechet distance of two Gaussians that are fitted to features: |m - n|^2 + tr(S + T) - 2
// tr((S T)^1/2), whose last trace is the sum of the roots of the eigenvalues of S T.
#include "gan/features.h"

#include "base/linear.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

#define ROWS 32 // of an item of work

typedef struct product_work {
    const double *a;
    const gan_tiles *b;
    double *out;    // a b^T
    double *padded; // (workers, ROWS, padded rows of b)
} product_work;

static gan_status multiply_rows(void *context, size_t item, unsigned worker) {
    const product_work *const work = context;
    const size_t size = work->b->width, stride = gan__tiles_padded(work->b), first = item * ROWS;
    const size_t count = size - first < ROWS ? size - first : ROWS;
    double *const padded = work->padded + (size_t)worker * ROWS * stride;
    gan__tile_products(work->b, work->a + first * size, count, padded);
    for (size_t i = 0; i < count; i++)
        memcpy(work->out + (first + i) * size, padded + i * stride, size * sizeof *padded);
    return GAN_STATUS_OK;
}

// out = a b^T, all (size, size).
static gan_status multiply(const double *a, const double *b, size_t size, double *out) {
    const unsigned workers = gan__parallel_cores();
    gan_tiles tiles;
    void *padded = NULL;
    gan_status status = gan__tiles_create(size, size, &tiles);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * ROWS * gan__tiles_padded(&tiles), sizeof(double), &padded);
    if (status == GAN_STATUS_OK) {
        for (size_t row = 0; row < size; row++)
            for (size_t k = 0; k < size; k++) *gan__tile_place(&tiles, row, k) = b[row * size + k];
        product_work work = {.a = a, .b = &tiles, .out = out, .padded = padded};
        status = gan__parallel_run(workers, (size + ROWS - 1) / ROWS, multiply_rows, &work);
    }
    gan__tiles_destroy(&tiles);
    gan__free(padded);
    return status;
}

static double root(double eigenvalue) {
    return sqrt(fmax(eigenvalue, 0)); // rounding may leave those that are 0 just below it
}

// R: the eigenvectors of the covariance in rows, each times the root of its eigenvalue.
static gan_status find_root(gan_feature_side *side) {
    const size_t size = side->set->width;
    void *values = NULL, *vectors = NULL;
    if (side->root != NULL) return GAN_STATUS_OK;
    gan_status status = gan__alloc(size, sizeof(double), &values);
    if (status == GAN_STATUS_OK) status = gan__alloc(size * size, sizeof(double), &vectors);
    const double *const eigenvalues = values;
    double *const r = vectors;
    if (status == GAN_STATUS_OK) {
        memcpy(r, side->fit.covariance, size * size * sizeof *r);
        status = gan__symmetric_eigen(r, size, values);
    }
    for (size_t i = 0; i < size * size && status == GAN_STATUS_OK; i++)
        r[i] *= root(eigenvalues[i / size]);
    gan__free(values);
    if (status == GAN_STATUS_OK)
        side->root = r;
    else
        gan__free(r);
    return status;
}

// Of (R^T R T)^1/2: R T R^T is symmetric and has the same eigenvalues as R^T R T.
static gan_status trace_of_root(const double *r, const double *covariance, size_t size,
                                double *trace) {
    void *half = NULL, *product = NULL, *memory = NULL;
    gan_status status = gan__alloc(size * size, sizeof(double), &half);
    if (status == GAN_STATUS_OK) status = gan__alloc(size * size, sizeof(double), &product);
    if (status == GAN_STATUS_OK) status = gan__alloc(size, sizeof(double), &memory);
    if (status == GAN_STATUS_OK) status = multiply(r, covariance, size, half);
    if (status == GAN_STATUS_OK) status = multiply(half, r, size, product);
    if (status == GAN_STATUS_OK) status = gan__symmetric_eigenvalues(product, size, memory);
    const double *const values = memory;
    *trace = 0;
    for (size_t k = 0; k < size && status == GAN_STATUS_OK; k++) *trace += root(values[k]);
    gan__free(half);
    gan__free(product);
    gan__free(memory);
    return status;
}

gan_status gan__frechet_distance(gan_feature_side *real, const gan_feature_side *generated,
                                 double *out) {
    const gan_feature_fit *const p = &real->fit, *const q = &generated->fit;
    const size_t size = real->set->width;
    double distance = 0, trace = 0;
    for (size_t k = 0; k < size; k++) {
        const double shift = p->mean[k] - q->mean[k];
        distance += shift * shift + p->covariance[k * (size + 1)] + q->covariance[k * (size + 1)];
    }
    GAN_TRY(find_root(real));
    GAN_TRY(trace_of_root(real->root, q->covariance, size, &trace));
    *out = distance - 2 * trace;
    return GAN_STATUS_OK;
}
