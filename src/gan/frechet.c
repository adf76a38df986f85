// The Frechet distance of two Gaussians that are fitted to features: |m - n|^2 + tr(S + T) - 2
// tr((S T)^1/2), whose last trace is the sum of the roots of the eigenvalues of S T.
#include "gan/features.h"

#include "base/linear.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

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
    if (status == GAN_STATUS_OK) status = gan__products(r, size, covariance, size, size, half);
    if (status == GAN_STATUS_OK) status = gan__products(half, size, r, size, size, product);
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
