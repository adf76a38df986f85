// Precision, recall, density and coverage: which samples lie within the balls around those of the
// other kind.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdbool.h>

// --- How far the k-th neighbour is ---------------------------------------------------------------

typedef struct radius_work {
    const gan_feature_set *set;
    const gan_feature_tiles *tiles;
    size_t neighbours;
    double *radii;     // squared, one a point
    double *distances; // (workers, GAN_BLOCK_POINTS, padded points)
    double *nearest;   // (workers, neighbours): ascending
} radius_work;

// Keeps the `count` least values, ascending.
static void insert_nearest(double *nearest, size_t count, double value) {
    if (value >= nearest[count - 1]) return;
    size_t place = count - 1;
    for (; place > 0 && nearest[place - 1] > value; place--) nearest[place] = nearest[place - 1];
    nearest[place] = value;
}

static gan_status find_block_radii(void *context, size_t block, unsigned worker) {
    const radius_work *const work = context;
    const size_t padded = gan__feature_tiles_padded(work->tiles);
    const gan_feature_set rows = gan__feature_block(work->set, block);
    double *const distances = work->distances + (size_t)worker * GAN_BLOCK_POINTS * padded;
    double *const nearest = work->nearest + (size_t)worker * work->neighbours;
    gan__feature_distances(work->tiles, &rows, distances);
    for (size_t i = 0; i < rows.count; i++) {
        const size_t point = block * GAN_BLOCK_POINTS + i;
        for (size_t k = 0; k < work->neighbours; k++) nearest[k] = INFINITY;
        for (size_t j = 0; j < work->set->count; j++)
            if (j != point) insert_nearest(nearest, work->neighbours, distances[i * padded + j]);
        work->radii[point] = nearest[work->neighbours - 1];
    }
    return GAN_STATUS_OK;
}

// *radii: the caller's.
static gan_status find_radii(const gan_feature_set *set, const gan_feature_tiles *tiles,
                             size_t neighbours, double **radii) {
    const unsigned workers = gan__parallel_cores();
    void *found = NULL, *distances = NULL, *nearest = NULL;
    gan_status status = gan__alloc(set->count, sizeof(double), &found);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * GAN_BLOCK_POINTS * gan__feature_tiles_padded(tiles),
                            sizeof(double), &distances);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * neighbours, sizeof(double), &nearest);
    radius_work work = {.set = set,
                        .tiles = tiles,
                        .neighbours = neighbours,
                        .radii = found,
                        .distances = distances,
                        .nearest = nearest};
    if (status == GAN_STATUS_OK)
        status = gan__parallel_run(workers, gan__feature_blocks(set), find_block_radii, &work);
    gan__free(distances);
    gan__free(nearest);
    *radii = found;
    return status;
}

// --- Who lies in whose ball ----------------------------------------------------------------------

// Of one real sample.
typedef struct row_counts {
    uint32_t inside; // generated samples within its ball
    bool recalled;   // it lies within a generated sample's ball
} row_counts;

typedef struct count_work {
    const gan_feature_set *real;
    const gan_feature_tiles *generated;
    const double *real_radii, *generated_radii;
    row_counts *rows;
    double *distances;      // (workers, GAN_BLOCK_POINTS, padded generated samples)
    unsigned char *covered; // (workers, generated samples): lies within a real sample's ball
} count_work;

static row_counts count_row(const count_work *work, size_t row, const double *distances,
                            unsigned char *covered) {
    row_counts counts = {0};
    for (size_t j = 0; j < work->generated->count; j++) {
        if (distances[j] < work->real_radii[row]) {
            counts.inside++;
            covered[j] = 1;
        }
        if (distances[j] < work->generated_radii[j]) counts.recalled = true;
    }
    return counts;
}

static gan_status count_block(void *context, size_t block, unsigned worker) {
    const count_work *const work = context;
    const size_t padded = gan__feature_tiles_padded(work->generated);
    const gan_feature_set rows = gan__feature_block(work->real, block);
    double *const distances = work->distances + (size_t)worker * GAN_BLOCK_POINTS * padded;
    unsigned char *const covered = work->covered + (size_t)worker * work->generated->count;
    gan__feature_distances(work->generated, &rows, distances);
    for (size_t i = 0; i < rows.count; i++) {
        const size_t row = block * GAN_BLOCK_POINTS + i;
        work->rows[row] = count_row(work, row, distances + i * padded, covered);
    }
    return GAN_STATUS_OK;
}

static void sum_counts(const count_work *work, unsigned workers, gan_feature_figures *out) {
    const double real = (double)work->real->count, generated = (double)work->generated->count;
    double inside = 0, recalled = 0, reached = 0, precise = 0;
    for (size_t i = 0; i < work->real->count; i++) {
        inside += work->rows[i].inside;
        recalled += work->rows[i].recalled;
        reached += work->rows[i].inside > 0;
    }
    for (size_t j = 0; j < work->generated->count; j++) {
        unsigned char covered = 0;
        for (unsigned worker = 0; worker < workers; worker++)
            covered |= work->covered[(size_t)worker * work->generated->count + j];
        precise += covered;
    }
    out->precision = precise / generated;
    out->recall = recalled / real;
    out->density = inside / ((double)out->neighbours * generated);
    out->coverage = reached / real;
}

static gan_status count_all(count_work *work, gan_feature_figures *out) {
    const unsigned workers = gan__parallel_cores();
    void *rows = NULL, *distances = NULL, *covered = NULL;
    gan_status status = gan__alloc(work->real->count, sizeof(row_counts), &rows);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * GAN_BLOCK_POINTS * gan__feature_tiles_padded(work->generated),
                            sizeof(double), &distances);
    if (status == GAN_STATUS_OK) status = gan__alloc(workers, work->generated->count, &covered);
    work->rows = rows;
    work->distances = distances;
    work->covered = covered;
    if (status == GAN_STATUS_OK)
        status = gan__parallel_run(workers, gan__feature_blocks(work->real), count_block, work);
    if (status == GAN_STATUS_OK) sum_counts(work, workers, out);
    gan__free(rows);
    gan__free(distances);
    gan__free(covered);
    return status;
}

gan_status gan__manifold_figures(const gan_feature_set *real, const gan_feature_set *generated,
                                 gan_feature_figures *figures) {
    gan_feature_tiles real_tiles = {0}, generated_tiles = {0};
    double *real_radii = NULL, *generated_radii = NULL;
    gan_status status = gan__feature_tiles_create(real, &real_tiles);
    if (status == GAN_STATUS_OK) status = gan__feature_tiles_create(generated, &generated_tiles);
    if (status == GAN_STATUS_OK)
        status = find_radii(real, &real_tiles, figures->neighbours, &real_radii);
    if (status == GAN_STATUS_OK)
        status = find_radii(generated, &generated_tiles, figures->neighbours, &generated_radii);
    count_work work = {.real = real,
                       .generated = &generated_tiles,
                       .real_radii = real_radii,
                       .generated_radii = generated_radii};
    if (status == GAN_STATUS_OK) status = count_all(&work, figures);
    gan__feature_tiles_destroy(&real_tiles);
    gan__feature_tiles_destroy(&generated_tiles);
    gan__free(real_radii);
    gan__free(generated_radii);
    return status;
}
