// The mean and covariance of a set of features. Every element is a sum over the samples in order.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/wide.h"

// Samples are centred and summed up some at a time, so that they stay near: as tiles, each
// (SAMPLES, COLUMNS), in which elements of the covariance are sums along the samples.
#define SAMPLES 256
#define COLUMNS 32
#define ROWS    4 // whose sums are held in registers at once

typedef struct fit_work {
    double *centred; // (tiles, SAMPLES, COLUMNS)
    size_t samples;  // that are there
    size_t tiles;
    double *sums; // (tiles * COLUMNS, tiles * COLUMNS): tiles below the diagonal are left alone
} fit_work;

static void centre(const gan_feature_set *set, const double *mean, size_t first, fit_work *work) {
    for (size_t i = 0; i < work->samples; i++)
        for (size_t k = 0; k < set->width; k++)
            work->centred[(k / COLUMNS * SAMPLES + i) * COLUMNS + k % COLUMNS] =
                set->values[(first + i) * set->width + k] - mean[k];
}

GAN_FOR_WIDE_VECTORS
static void add_products(const double *rows, const double *columns, size_t samples, double *sums,
                         size_t stride) {
    double held[ROWS][COLUMNS];
    for (size_t r = 0; r < ROWS; r++)
        for (size_t k = 0; k < COLUMNS; k++) held[r][k] = sums[r * stride + k];
    for (size_t i = 0; i < samples; i++)
        for (size_t r = 0; r < ROWS; r++) {
            const double value = rows[i * COLUMNS + r];
            for (size_t k = 0; k < COLUMNS; k++) held[r][k] += value * columns[i * COLUMNS + k];
        }
    for (size_t r = 0; r < ROWS; r++)
        for (size_t k = 0; k < COLUMNS; k++) sums[r * stride + k] = held[r][k];
}

// Of a tile of rows and all columns that are not before it.
static gan_status add_tile(void *context, size_t tile, unsigned worker) {
    const fit_work *const work = context;
    const size_t stride = work->tiles * COLUMNS;
    const double *const rows = work->centred + tile * SAMPLES * COLUMNS;
    (void)worker;
    for (size_t other = tile; other < work->tiles; other++)
        for (size_t r = 0; r < COLUMNS; r += ROWS)
            add_products(rows + r, work->centred + other * SAMPLES * COLUMNS, work->samples,
                         work->sums + (tile * COLUMNS + r) * stride + other * COLUMNS, stride);
    return GAN_STATUS_OK;
}

static gan_status add_up(const gan_feature_set *set, const double *mean, fit_work *work) {
    for (size_t first = 0; first < set->count; first += SAMPLES) {
        const size_t left = set->count - first;
        work->samples = left < SAMPLES ? left : SAMPLES;
        centre(set, mean, first, work);
        GAN_TRY(gan__parallel_run(gan__parallel_cores(), work->tiles, add_tile, work));
    }
    return GAN_STATUS_OK;
}

static gan_status fit_covariance(const gan_feature_set *set, const double *mean,
                                 double *covariance) {
    fit_work work = {.tiles = (set->width + COLUMNS - 1) / COLUMNS};
    const size_t width = set->width, stride = work.tiles * COLUMNS;
    void *centred = NULL, *sums = NULL;
    gan_status status = gan__alloc(stride * SAMPLES, sizeof(double), &centred);
    if (status == GAN_STATUS_OK) status = gan__alloc(stride * stride, sizeof(double), &sums);
    work.centred = centred;
    work.sums = sums;
    if (status == GAN_STATUS_OK) status = add_up(set, mean, &work);
    for (size_t row = 0; row < width && status == GAN_STATUS_OK; row++)
        for (size_t k = row; k < width; k++)
            covariance[row * width + k] = covariance[k * width + row] =
                work.sums[row * stride + k] / (double)(set->count - 1);
    gan__free(centred);
    gan__free(sums);
    return status;
}

gan_status gan__feature_fit_create(const gan_feature_set *set, gan_feature_fit *out) {
    void *mean = NULL, *covariance = NULL;
    gan_status status = gan__alloc(set->width, sizeof(double), &mean);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(set->width * set->width, sizeof(double), &covariance);
    *out = (gan_feature_fit){.mean = mean, .covariance = covariance};
    if (status != GAN_STATUS_OK) return status;
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->width; k++) out->mean[k] += set->values[i * set->width + k];
    for (size_t k = 0; k < set->width; k++) out->mean[k] /= (double)set->count;
    return fit_covariance(set, out->mean, out->covariance);
}

void gan__feature_fit_destroy(gan_feature_fit *fit) {
    gan__free(fit->mean);
    gan__free(fit->covariance);
}
