// The Frechet distance of two Gaussians that are fitted to features. The trace of (S T)^1/2 is the
// sum of the roots of the eigenvalues of S^1/2 T S^1/2, which is symmetric.
#include "gan/features.h"

#include "base/linear.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

typedef struct gaussian {
    double *mean;       // (width)
    double *covariance; // (width, width)
} gaussian;

static void destroy_gaussian(gaussian *fit) {
    gan__free(fit->mean);
    gan__free(fit->covariance);
}

// --- Fitting -------------------------------------------------------------------------------------

typedef struct covariance_work {
    const gan_feature_set *set;
    gaussian *fit;
} covariance_work;

// One row of the upper triangle, and its mirror image.
static gan_status covariance_row(void *context, size_t row, unsigned worker) {
    const covariance_work *const work = context;
    const gan_feature_set *const set = work->set;
    const double *const mean = work->fit->mean;
    const size_t width = set->width;
    double *const out = work->fit->covariance + row * width;
    (void)worker;
    for (size_t i = 0; i < set->count; i++) {
        const float *const values = set->values + i * width;
        const double centred = values[row] - mean[row];
        for (size_t k = row; k < width; k++) out[k] += centred * (values[k] - mean[k]);
    }
    for (size_t k = row; k < width; k++) {
        out[k] /= (double)(set->count - 1);
        work->fit->covariance[k * width + row] = out[k];
    }
    return GAN_STATUS_OK;
}

static gan_status fit_gaussian(const gan_feature_set *set, gaussian *out) {
    void *mean = NULL, *covariance = NULL;
    gan_status status = gan__alloc(set->width, sizeof(double), &mean);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(set->width * set->width, sizeof(double), &covariance);
    *out = (gaussian){.mean = mean, .covariance = covariance};
    if (status != GAN_STATUS_OK) return status;
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->width; k++) out->mean[k] += set->values[i * set->width + k];
    for (size_t k = 0; k < set->width; k++) out->mean[k] /= (double)set->count;
    covariance_work work = {.set = set, .fit = out};
    return gan__parallel_run(gan__parallel_cores(), set->width, covariance_row, &work);
}

// --- The trace of the root -----------------------------------------------------------------------

typedef struct product_work {
    const double *left, *right; // (size, size)
    double *out;                // left times right
    size_t size;
} product_work;

static gan_status product_row(void *context, size_t row, unsigned worker) {
    const product_work *const work = context;
    double *const out = work->out + row * work->size;
    (void)worker;
    memset(out, 0, work->size * sizeof *out);
    for (size_t k = 0; k < work->size; k++) {
        const double value = work->left[row * work->size + k];
        const double *const right = work->right + k * work->size;
        for (size_t j = 0; j < work->size; j++) out[j] += value * right[j];
    }
    return GAN_STATUS_OK;
}

static gan_status multiply(const double *left, const double *right, size_t size, double *out) {
    product_work work = {.left = left, .right = right, .out = out, .size = size};
    return gan__parallel_run(gan__parallel_cores(), size, product_row, &work);
}

static double root(double eigenvalue) {
    return sqrt(fmax(eigenvalue, 0)); // rounding may leave those that are 0 just below it
}

// `vectors` (eigenvectors in rows) become the root of the matrix they are of.
static gan_status symmetric_root(const double *vectors, const double *values, size_t size,
                                 double *scratch, double *out) {
    for (size_t row = 0; row < size; row++) // scratch: the transposed vectors, scaled by the roots
        for (size_t k = 0; k < size; k++)
            scratch[k * size + row] = vectors[row * size + k] * root(values[row]);
    return multiply(scratch, vectors, size, out);
}

// `s` and `t` are destroyed; three scratch matrices and one vector.
static gan_status trace_of_root(double *s, double *t, size_t size, double *scratch[2],
                                double *values, double *trace) {
    GAN_TRY(gan__symmetric_eigen(s, size, values));
    GAN_TRY(symmetric_root(s, values, size, scratch[0], scratch[1]));
    GAN_TRY(multiply(scratch[1], t, size, scratch[0]));
    GAN_TRY(multiply(scratch[0], scratch[1], size, t));
    GAN_TRY(gan__symmetric_eigen(t, size, values));
    *trace = 0;
    for (size_t k = 0; k < size; k++) *trace += root(values[k]);
    return GAN_STATUS_OK;
}

static gan_status distance_of_fits(gaussian *p, gaussian *q, size_t size, double *out) {
    double distance = 0, trace = 0;
    void *scratch[2] = {NULL, NULL}, *values = NULL;
    for (size_t k = 0; k < size; k++) {
        const double shift = p->mean[k] - q->mean[k];
        distance += shift * shift + p->covariance[k * (size + 1)] + q->covariance[k * (size + 1)];
    }
    gan_status status = gan__alloc(size, sizeof(double), &values);
    for (int i = 0; i < 2 && status == GAN_STATUS_OK; i++)
        status = gan__alloc(size * size, sizeof(double), &scratch[i]);
    if (status == GAN_STATUS_OK)
        status = trace_of_root(p->covariance, q->covariance, size,
                               (double *[]){scratch[0], scratch[1]}, values, &trace);
    *out = distance - 2 * trace;
    gan__free(scratch[0]);
    gan__free(scratch[1]);
    gan__free(values);
    return status;
}

gan_status gan__frechet_distance(const gan_feature_set *real, const gan_feature_set *generated,
                                 double *out) {
    gaussian p = {0}, q = {0};
    gan_status status = fit_gaussian(real, &p);
    if (status == GAN_STATUS_OK) status = fit_gaussian(generated, &q);
    if (status == GAN_STATUS_OK) status = distance_of_fits(&p, &q, real->width, out);
    destroy_gaussian(&p);
    destroy_gaussian(&q);
    return status;
}
