// The mean Wasserstein-1 distance of two sets of features along directions. In one dimension it is
// the area between the two quantile functions.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

// An item of work is a tile of directions.
typedef struct slice_work {
    const gan_feature_set *real, *generated;
    gan_tiles directions;
    double *distances;   // one a direction
    double *projections; // (workers, real + generated)
    double *products;    // (workers, 2, the larger set's points, GAN_TILE_ROWS)
    double *points;      // (workers, GAN_BLOCK_POINTS, width)
} slice_work;

static int compare_numbers(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Both sorted. A number of p weighs q_count units and one of q p_count, so that both sides hold as
// many units and shares of them are whole.
static double area_between(const double *p, size_t p_count, const double *q, size_t q_count) {
    size_t i = 0, j = 0;
    uint64_t p_left = q_count, q_left = p_count;
    double area = 0;
    while (i < p_count && j < q_count) {
        const uint64_t units = p_left < q_left ? p_left : q_left;
        area += (double)units * fabs(p[i] - q[j]);
        p_left -= units;
        q_left -= units;
        if (p_left == 0) {
            i++;
            p_left = q_count;
        }
        if (q_left == 0) {
            j++;
            q_left = p_count;
        }
    }
    return area / ((double)p_count * (double)q_count);
}

// The sorted projections on direction `slice` of a tile, out of all products with the tile.
static void take_slice(const double *products, size_t count, size_t slice, double length,
                       double *out) {
    for (size_t i = 0; i < count; i++) out[i] = products[i * GAN_TILE_ROWS + slice] / length;
    qsort(out, count, sizeof *out, compare_numbers);
}

// The products of all points with a tile of directions, some points at a time.
static void project(const gan_tiles *tile, const gan_feature_set *set, double *points,
                    double *products) {
    for (size_t first = 0; first < set->count; first += GAN_BLOCK_POINTS) {
        const size_t left = set->count - first;
        const size_t count = left < GAN_BLOCK_POINTS ? left : GAN_BLOCK_POINTS;
        gan__feature_rows(set, first, count, points);
        gan__tile_products(tile, points, count, products + first * GAN_TILE_ROWS);
    }
}

static double direction_length(const gan_tiles *tile, size_t slice) {
    double squares = 0;
    for (size_t k = 0; k < tile->width; k++) {
        const double value = tile->values[k * GAN_TILE_ROWS + slice];
        squares += value * value;
    }
    return sqrt(squares);
}

static gan_status measure_tile(void *context, size_t item, unsigned worker) {
    const slice_work *const work = context;
    const size_t width = work->real->width, first = item * GAN_TILE_ROWS;
    const size_t p_count = work->real->count, q_count = work->generated->count;
    const size_t larger = p_count > q_count ? p_count : q_count;
    const size_t left = work->directions.count - first;
    const gan_tiles tile = {.values = work->directions.values + first * width,
                            .count = left < GAN_TILE_ROWS ? left : GAN_TILE_ROWS,
                            .width = width};
    const gan_feature_set *const sides[2] = {work->real, work->generated};
    double *const products = work->products + (size_t)worker * 2 * larger * GAN_TILE_ROWS;
    double *const p = work->projections + (size_t)worker * (p_count + q_count);
    for (size_t side = 0; side < 2; side++)
        project(&tile, sides[side], work->points + (size_t)worker * GAN_BLOCK_POINTS * width,
                products + side * larger * GAN_TILE_ROWS);
    for (size_t slice = 0; slice < tile.count; slice++) {
        const double length = direction_length(&tile, slice);
        take_slice(products, p_count, slice, length, p);
        take_slice(products + larger * GAN_TILE_ROWS, q_count, slice, length, p + p_count);
        work->distances[first + slice] = area_between(p, p_count, p + p_count, q_count);
    }
    return GAN_STATUS_OK;
}

static gan_status measure_tiles(slice_work *work) {
    const size_t tiles = gan__tiles_padded(&work->directions) / GAN_TILE_ROWS;
    const unsigned cores = gan__parallel_cores(), workers = cores < tiles ? cores : (unsigned)tiles;
    const size_t p_count = work->real->count, q_count = work->generated->count;
    const size_t larger = p_count > q_count ? p_count : q_count;
    void *projections = NULL, *products = NULL, *points = NULL;
    gan_status status = gan__alloc(workers * (p_count + q_count), sizeof(double), &projections);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(workers * 2 * larger * GAN_TILE_ROWS, sizeof(double), &products);
    if (status == GAN_STATUS_OK)
        status =
            gan__alloc(workers * GAN_BLOCK_POINTS * work->real->width, sizeof(double), &points);
    work->projections = projections;
    work->products = products;
    work->points = points;
    if (status == GAN_STATUS_OK) status = gan__parallel_run(workers, tiles, measure_tile, work);
    gan__free(projections);
    gan__free(products);
    gan__free(points);
    return status;
}

gan_status gan__sliced_wasserstein(const gan_feature_set *real, const gan_feature_set *generated,
                                   const gan_feature_set *directions, double *out) {
    void *distances = NULL;
    slice_work work = {.real = real, .generated = generated};
    gan_status status = gan__feature_tiles_create(directions, &work.directions);
    if (status == GAN_STATUS_OK) status = gan__alloc(directions->count, sizeof(double), &distances);
    work.distances = distances;
    if (status == GAN_STATUS_OK) status = measure_tiles(&work);
    *out = 0;
    for (size_t i = 0; i < directions->count && status == GAN_STATUS_OK; i++)
        *out += work.distances[i] / (double)directions->count;
    gan__tiles_destroy(&work.directions);
    gan__free(distances);
    return status;
}
