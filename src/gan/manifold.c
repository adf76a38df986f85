// Precision, recall, density and coverage: which samples lie within the balls around those of the
// other kind.
#include "gan/features.h"

#include "base/memory.h"
#include "base/wide.h"

#include <math.h>
#include <stdbool.h>

// --- Distances -----------------------------------------------------------------------------------

// Of their lengths, the part of a squared distance that is lost in rounding: below it distances are
// measured from the elements. Products are off by some 1e-15 of the lengths.
#define TELLABLE 1e-9
#define LANES    8 // sums run side by side

GAN_FOR_WIDE_VECTORS
static double measure(const float *a, const float *b, size_t width) {
    double sums[LANES] = {0}, total = 0;
    size_t k = 0;
    for (; k + LANES <= width; k += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            const double difference = (double)a[k + lane] - b[k + lane];
            sums[lane] += difference * difference;
        }
    for (size_t lane = 0; k < width; k++, lane++) {
        const double difference = (double)a[k] - b[k];
        sums[lane] += difference * difference;
    }
    for (size_t lane = 0; lane < LANES; lane++) total += sums[lane];
    return total;
}

// |a - b|^2 = |a|^2 + |b|^2 - 2 a.b; the same bits whichever of the two comes first.
static double squared_distance(const gan_feature_side *rows, size_t row,
                               const gan_feature_side *columns, size_t column, double product) {
    const double lengths = rows->norms[row] + columns->norms[column];
    const double squared = lengths - 2 * product;
    const size_t width = rows->set->width;
    if (squared > TELLABLE * lengths) return squared;
    return measure(rows->set->values + row * width, columns->set->values + column * width, width);
}

// --- How far the k-th neighbour is ---------------------------------------------------------------

gan_status gan__radius_search_create(gan_feature_side *side, unsigned workers,
                                     gan_radius_search *out) {
    void *nearest = NULL;
    *out = (gan_radius_search){.side = side};
    GAN_TRY(gan__alloc(workers * side->neighbours, sizeof(double), &nearest));
    out->nearest = nearest;
    return GAN_STATUS_OK;
}

void gan__radius_search_destroy(gan_radius_search *search) {
    gan__free(search->nearest);
}

// Keeps the `count` least values, ascending.
static void insert_nearest(double *nearest, size_t count, double value) {
    if (value >= nearest[count - 1]) return;
    size_t place = count - 1;
    for (; place > 0 && nearest[place - 1] > value; place--) nearest[place] = nearest[place - 1];
    nearest[place] = value;
}

static void find_radii(void *context, const gan_pair_block *block) {
    const gan_radius_search *const search = context;
    const gan_feature_side *const side = search->side;
    double *const nearest = search->nearest + (size_t)block->worker * side->neighbours;
    for (size_t i = 0; i < block->count; i++) {
        const size_t point = block->first + i;
        const double *const products = block->products + i * block->stride;
        for (size_t k = 0; k < side->neighbours; k++) nearest[k] = INFINITY;
        for (size_t j = 0; j < side->set->count; j++)
            if (j != point)
                insert_nearest(nearest, side->neighbours,
                               squared_distance(side, point, side, j, products[j]));
        side->radii[point] = nearest[side->neighbours - 1];
    }
}

gan_pair_taker gan__radius_search_taker(gan_radius_search *search) {
    return (gan_pair_taker){find_radii, search};
}

// --- Who lies in whose ball ----------------------------------------------------------------------

// Of one real sample.
typedef struct row_counts {
    uint32_t inside; // generated samples within its ball
    bool recalled;   // it lies within a generated sample's ball
} row_counts;

struct gan_ball_count {
    const gan_feature_side *real, *generated;
    row_counts *rows;
    unsigned char *covered; // (workers, generated samples): lies within a real sample's ball
    unsigned workers;
};

gan_status gan__ball_count_create(const gan_feature_side *real, const gan_feature_side *generated,
                                  unsigned workers, gan_ball_count **out) {
    void *memory = NULL, *rows = NULL, *covered = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof **out, &memory));
    gan_ball_count *const count = memory;
    *out = count;
    *count = (gan_ball_count){.real = real, .generated = generated, .workers = workers};
    GAN_TRY(gan__alloc(real->set->count, sizeof(row_counts), &rows));
    count->rows = rows;
    GAN_TRY(gan__alloc(count->workers, generated->set->count, &covered));
    count->covered = covered;
    return GAN_STATUS_OK;
}

void gan__ball_count_destroy(gan_ball_count *count) {
    if (count == NULL) return;
    gan__free(count->rows);
    gan__free(count->covered);
    gan__free(count);
}

static row_counts count_row(const gan_ball_count *count, size_t row, const double *products,
                            unsigned char *covered) {
    row_counts counts = {0};
    for (size_t j = 0; j < count->generated->set->count; j++) {
        const double distance =
            squared_distance(count->real, row, count->generated, j, products[j]);
        if (distance < count->real->radii[row]) {
            counts.inside++;
            covered[j] = 1;
        }
        if (distance < count->generated->radii[j]) counts.recalled = true;
    }
    return counts;
}

static void count_block(void *context, const gan_pair_block *block) {
    const gan_ball_count *const count = context;
    unsigned char *const covered =
        count->covered + (size_t)block->worker * count->generated->set->count;
    for (size_t i = 0; i < block->count; i++)
        count->rows[block->first + i] =
            count_row(count, block->first + i, block->products + i * block->stride, covered);
}

gan_pair_taker gan__ball_count_taker(gan_ball_count *count) {
    return (gan_pair_taker){count_block, count};
}

void gan__ball_count_figures(const gan_ball_count *count, gan_feature_figures *out) {
    const size_t real = count->real->set->count, generated = count->generated->set->count;
    double inside = 0, recalled = 0, reached = 0, precise = 0;
    for (size_t i = 0; i < real; i++) {
        inside += count->rows[i].inside;
        recalled += count->rows[i].recalled;
        reached += count->rows[i].inside > 0;
    }
    for (size_t j = 0; j < generated; j++) {
        unsigned char covered = 0;
        for (unsigned worker = 0; worker < count->workers; worker++)
            covered |= count->covered[(size_t)worker * generated + j];
        precise += covered;
    }
    out->precision = precise / (double)generated;
    out->recall = recalled / (double)real;
    out->density = inside / ((double)count->real->neighbours * (double)generated);
    out->coverage = reached / (double)real;
}
