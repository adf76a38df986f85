// Implements base/linear.h by calls of LAPACK's Fortran interface. Its matrices are column-major: a
// row-major one arrives there transposed.
#include "base/linear.h"

#include "base/memory.h"

#include <limits.h>
#include <math.h>

// The last arguments are the lengths of the character ones, as Fortran compilers pass them.
extern void dsyevd_(const char *job, const char *triangle, const int *size, double *matrix,
                    const int *stride, double *values, double *work, const int *work_size,
                    int *int_work, const int *int_work_size, int *info, size_t, size_t);
extern void dgesdd_(const char *job, const int *rows, const int *columns, double *matrix,
                    const int *stride, double *values, double *u, const int *u_stride, double *v,
                    const int *v_stride, double *work, const int *work_size, int *int_work,
                    int *info, size_t);

static gan_status result(int info, const char *what) {
    if (info == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_FAILED, "the %s of a matrix were not found (LAPACK answers %d)",
                     what, info);
}

// LAPACK may pass values that are not finite on without a word.
static gan_status check(const double *matrix, size_t rows, size_t columns) {
    if (rows > INT_MAX || columns > INT_MAX)
        return gan__fail(GAN_STATUS_FAILED, "a matrix of %zu x %zu is too large", rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        if (!isfinite(matrix[i]))
            return gan__fail(GAN_STATUS_FAILED,
                             "a matrix of %zu x %zu holds a value that is not finite (%g)", rows,
                             columns, matrix[i]);
    return GAN_STATUS_OK;
}

// `job`: "V" with the eigenvectors, "N" without.
static gan_status find_eigenvalues(const char *job, double *matrix, size_t size, double *values) {
    GAN_TRY(check(matrix, size, size));
    const int n = (int)size, ask = -1;
    int info = 0, int_size = 0;
    double best_size = 0;
    if (n == 0) return GAN_STATUS_OK;
    dsyevd_(job, "U", &n, matrix, &n, values, &best_size, &ask, &int_size, &ask, &info, 1, 1);
    void *work = NULL, *int_work = NULL;
    const int work_size = (int)best_size;
    gan_status status = gan__alloc((size_t)work_size, sizeof(double), &work);
    if (status == GAN_STATUS_OK) status = gan__alloc((size_t)int_size, sizeof(int), &int_work);
    if (status == GAN_STATUS_OK) {
        dsyevd_(job, "U", &n, matrix, &n, values, work, &work_size, int_work, &int_size, &info, 1,
                1);
        status = result(info, "eigenvalues");
    }
    gan__free(work);
    gan__free(int_work);
    return status;
}

gan_status gan__symmetric_eigen(double *matrix, size_t size, double *values) {
    return find_eigenvalues("V", matrix, size, values);
}

gan_status gan__symmetric_eigenvalues(double *matrix, size_t size, double *values) {
    return find_eigenvalues("N", matrix, size, values);
}

gan_status gan__singular_values(double *matrix, size_t rows, size_t columns, double *values) {
    GAN_TRY(check(matrix, rows, columns));
    const int m = (int)columns, n = (int)rows, one = 1, ask = -1;
    const size_t shorter = rows < columns ? rows : columns;
    int info = 0;
    double best_size = 0, nothing = 0;
    if (shorter == 0) return GAN_STATUS_OK;
    dgesdd_("N", &m, &n, matrix, &m, values, &nothing, &one, &nothing, &one, &best_size, &ask, NULL,
            &info, 1);
    void *work = NULL, *int_work = NULL;
    const int work_size = (int)best_size;
    gan_status status = gan__alloc((size_t)work_size, sizeof(double), &work);
    if (status == GAN_STATUS_OK) status = gan__alloc(8 * shorter, sizeof(int), &int_work);
    if (status == GAN_STATUS_OK) {
        dgesdd_("N", &m, &n, matrix, &m, values, &nothing, &one, &nothing, &one, work, &work_size,
                int_work, &info, 1);
        status = result(info, "singular values");
    }
    gan__free(work);
    gan__free(int_work);
    return status;
}
