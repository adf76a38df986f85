// Divergences between two sets of numbers, by histogram and by Gaussian kernels (clgan/evaluate.h).
#include "gan/divergence.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Kernel densities are taken on a grid this fine relative to the narrower bandwidth, and this far
// beyond the outermost samples, in the wider one. Where that would be more cells than GRID_MAX,
// each set's samples and their own reach have cells that fine, as far as MOST_CELLS go, and what
// lies between and around them has LEAST_CELLS.
#define KERNEL_STEP  0.25
#define KERNEL_REACH 6
#define GRID_MAX     (1u << 16)
#define STRETCHES    5
#define LEAST_CELLS  (GRID_MAX / 8)
#define MOST_CELLS   (GRID_MAX / 2)

typedef struct number_set {
    const float *values;
    size_t count;
} number_set;

typedef struct number_range {
    double low, high;
} number_range;

// A part of the line, in cells of one width.
typedef struct stretch {
    number_range range;
    size_t cells;
} stretch;

static const number_range nothing = {INFINITY, -INFINITY};

static void widen(number_range *range, double value) {
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static gan_status check(const number_set *p, const number_set *q, number_range *range) {
    const number_set *const sets[] = {p, q};
    *range = nothing;
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < sets[s]->count; i++) {
            const double value = (double)sets[s]->values[i];
            if (!isfinite(value))
                return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                                 "divergence of samples: number %zu is %g, which is not finite", i,
                                 value);
            widen(range, value);
        }
    }
    if (p->count > 0 && q->count > 0 && range->low < range->high) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "divergence of %zu and %zu samples: give some of each, not all equal",
                     p->count, q->count);
}

// Room for the two logarithms of each cell; the caller's (gan__free).
static gan_status allocate_pair(size_t cells, double *pair[2]) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(cells, 2 * sizeof(double), &memory));
    pair[0] = memory;
    pair[1] = pair[0] + cells;
    return GAN_STATUS_OK;
}

// --- Histograms ----------------------------------------------------------------------------------

// The last bin includes its upper end.
static void fill_histogram(const number_set *set, const number_range *range, size_t bins,
                           double *log_density) {
    const double width = (range->high - range->low) / (double)bins;
    memset(log_density, 0, bins * sizeof *log_density);
    for (size_t i = 0; i < set->count; i++) {
        const size_t bin = (size_t)(((double)set->values[i] - range->low) / width);
        log_density[bin < bins ? bin : bins - 1] += 1;
    }
    for (size_t i = 0; i < bins; i++)
        log_density[i] = log(log_density[i] / ((double)set->count * width));
}

gan_status gan_divergences_histogram(const float *p, size_t p_count, const float *q, size_t q_count,
                                     size_t bins, gan_divergences *out) {
    const number_set sets[2] = {{p, p_count}, {q, q_count}};
    number_range range;
    double *logs[2];
    if (bins == 0) return gan__fail(GAN_STATUS_BAD_ARGUMENT, "a histogram needs at least one bin");
    GAN_TRY(check(&sets[0], &sets[1], &range));
    GAN_TRY(allocate_pair(bins, logs));
    for (size_t s = 0; s < 2; s++) fill_histogram(&sets[s], &range, bins, logs[s]);
    *out = (gan_divergences){0};
    gan__divergences_add_cells(out, logs[0], logs[1], bins,
                               (range.high - range.low) / (double)bins);
    gan__free(logs[0]);
    return GAN_STATUS_OK;
}

// --- Kernels -------------------------------------------------------------------------------------

gan_gaussian gan__gaussian_fit(const float *values, size_t count) {
    const double first = (double)values[0];
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += (double)values[i] - first;
    const double mean = first + sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += ((double)values[i] - mean) * ((double)values[i] - mean);
    return (gan_gaussian){mean, sqrt(squares / (double)count)};
}

// Scott's rule in one dimension, with the unbiased deviation.
static double bandwidth_of(const number_set *set) {
    const double count = (double)set->count;
    if (set->count < 2) return 0;
    return gan__gaussian_fit(set->values, set->count).deviation * sqrt(count / (count - 1)) *
           pow(count, -0.2);
}

// log mean_i N(x; value_i, bandwidth), by its largest term so that it does not underflow.
static double log_kernel_density(const number_set *set, double bandwidth, double x) {
    double nearest = INFINITY, sum = 0;
    for (size_t i = 0; i < set->count; i++) {
        const double distance = fabs(x - (double)set->values[i]);
        if (distance < nearest) nearest = distance;
    }
    const double precision = 0.5 / (bandwidth * bandwidth);
    for (size_t i = 0; i < set->count; i++) {
        const double distance = x - (double)set->values[i];
        sum += exp((nearest * nearest - distance * distance) * precision);
    }
    return log(sum / (double)set->count) - nearest * nearest * precision - log(bandwidth) -
           GAN_LOG_ROOT_TWO_PI;
}

static number_range reach_of(const number_set *set, double bandwidth) {
    number_range range = nothing;
    for (size_t i = 0; i < set->count; i++) widen(&range, (double)set->values[i]);
    return (number_range){range.low - KERNEL_REACH * bandwidth,
                          range.high + KERNEL_REACH * bandwidth};
}

static double cells_wanted(const number_range *range, double bandwidth) {
    return ceil((range->high - range->low) / (KERNEL_STEP * bandwidth));
}

static int compare_numbers(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// As fine as the narrowest set that reaches there wants, and nowhere coarse.
static size_t cells_of(const number_range *range, const number_range own[2],
                       const double bandwidths[2]) {
    double wanted = LEAST_CELLS;
    for (size_t s = 0; s < 2; s++)
        if (own[s].low <= range->low && range->high <= own[s].high)
            wanted = fmax(wanted, cells_wanted(range, bandwidths[s]));
    return (size_t)fmin(wanted, MOST_CELLS);
}

// The stretches that make up `whole`; returns how many.
static size_t plan_grid(const number_set sets[2], const double bandwidths[2],
                        const number_range *whole, stretch out[STRETCHES]) {
    const double wanted = cells_wanted(whole, fmin(bandwidths[0], bandwidths[1]));
    size_t count = 0;
    if (wanted <= GRID_MAX) {
        out[0] = (stretch){*whole, (size_t)wanted};
        return 1;
    }
    const number_range own[2] = {reach_of(&sets[0], bandwidths[0]),
                                 reach_of(&sets[1], bandwidths[1])};
    double edges[STRETCHES + 1] = {whole->low, own[0].low,  own[0].high,
                                   own[1].low, own[1].high, whole->high};
    qsort(edges, STRETCHES + 1, sizeof *edges, compare_numbers);
    for (size_t i = 0; i < STRETCHES; i++) {
        const number_range range = {edges[i], edges[i + 1]};
        if (range.low < range.high)
            out[count++] = (stretch){range, cells_of(&range, own, bandwidths)};
    }
    return count;
}

static gan_status add_stretch(const number_set sets[2], const double bandwidths[2],
                              const stretch *along, gan_divergences *sums) {
    const double width = (along->range.high - along->range.low) / (double)along->cells;
    double *logs[2];
    GAN_TRY(allocate_pair(along->cells, logs));
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < along->cells; i++)
            logs[s][i] = log_kernel_density(&sets[s], bandwidths[s],
                                            along->range.low + ((double)i + 0.5) * width);
    gan__divergences_add_cells(sums, logs[0], logs[1], along->cells, width);
    gan__free(logs[0]);
    return GAN_STATUS_OK;
}

gan_status gan_divergences_kernel(const float *p, size_t p_count, const float *q, size_t q_count,
                                  gan_divergences *out) {
    const number_set sets[2] = {{p, p_count}, {q, q_count}};
    const double bandwidths[2] = {bandwidth_of(&sets[0]), bandwidth_of(&sets[1])};
    number_range range;
    stretch stretches[STRETCHES];
    GAN_TRY(check(&sets[0], &sets[1], &range));
    if (!(fmin(bandwidths[0], bandwidths[1]) > 0))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "the kernels have no width: the samples of one side are all equal");
    const double reach = KERNEL_REACH * fmax(bandwidths[0], bandwidths[1]);
    const number_range whole = {range.low - reach, range.high + reach};
    const size_t count = plan_grid(sets, bandwidths, &whole, stretches);
    *out = (gan_divergences){0};
    for (size_t i = 0; i < count; i++) GAN_TRY(add_stretch(sets, bandwidths, &stretches[i], out));
    return GAN_STATUS_OK;
}
