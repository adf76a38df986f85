// Dense linear algebra in double precision on the host, by LAPACK.
#ifndef GAN_BASE_LINEAR_H
#define GAN_BASE_LINEAR_H

#include "base/status.h"

#include <stddef.h>

// The eigenvalues of a symmetric matrix (size, size), ascending, to `values`; the matrix becomes
// its orthonormal eigenvectors, one a row. Errors: NO_MEMORY, FAILED (no convergence, as with
// values that are not finite).
gan_status gan__symmetric_eigen(double *matrix, size_t size, double *values);

// The eigenvalues alone, at a fraction of the cost; the matrix is destroyed. Errors: as above.
gan_status gan__symmetric_eigenvalues(double *matrix, size_t size, double *values);

// The singular values of a matrix (rows, columns), descending: as many as its shorter side. The
// matrix is destroyed. Errors: as above.
gan_status gan__singular_values(double *matrix, size_t rows, size_t columns, double *values);

#endif
