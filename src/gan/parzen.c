// Implements gan/parzen.h and gan_parzen_estimate.
//
// Letters: K samples and M points in a block, D elements of a vector, S sigmas.
#include "gan/parzen.h"

#include "base/memory.h"
#include "gan/divergence.h"

#include <math.h>
#include <string.h>

#define BLOCK 1024 // K and M

// The squared norm of a sample that is not there: its kernel is 0 at every sigma.
#define ABSENT 1e30F

struct gan_parzen {
    size_t elements, sigma_count;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *samples, *sample_norms; // (K, D), (K, 1)
    gan_node *points, *point_norms;   // (M, D), (1, M)
    gan_node *precisions;             // (S, 1, 1): 1 / (2 sigma^2)
    double *origin;                   // (D): subtracted from all vectors before they are rounded
    float *block;                     // (BLOCK, D): vectors as they are read
    float *nearest;                   // (M): of a pair of blocks
    float *sums;                      // (S, M): likewise
};

// What is known of the points after some blocks of samples: the least squared distance (count), and
// sum_i exp(-(distance_i - least) / (2 sigma^2)) (S, count).
typedef struct running_sums {
    double *least, *sums;
} running_sums;

// --- Building ------------------------------------------------------------------------------------

enum { ROOT_NEAREST, ROOT_SUMS, ROOTS };

// |x - y|^2 = |x|^2 + |y|^2 - 2 x y, which rounding may leave a little below 0.
static gan_node *squared_distances(const gan_parzen *parzen) {
    gan_node *const products = gan__matmul(parzen->samples, parzen->points, false, true);
    gan_node *const norms = gan__add(parzen->sample_norms, parzen->point_norms);
    return gan__maximum(gan__sub(norms, gan__scale(products, 2)), gan__scalar(parzen->graph, 0));
}

static void build_roots(gan_parzen *parzen, gan_node *roots[ROOTS]) {
    gan_node *const distances = squared_distances(parzen);
    gan_node *const nearest = gan__neg(gan__reduce_max(gan__neg(distances), 1u << 0));
    gan_node *const excess =
        gan__reshape(gan__sub(distances, nearest), &GAN_SHAPE(1, BLOCK, BLOCK));
    gan_node *const kernels = gan__exp(gan__neg(gan__mul(excess, parzen->precisions)));
    roots[ROOT_NEAREST] = nearest;
    roots[ROOT_SUMS] = gan__reduce_sum(kernels, 1u << 1);
}

static gan_status build(gan_parzen *parzen, gan_device *device) {
    const int64_t elements = (int64_t)parzen->elements;
    gan_node *roots[ROOTS];
    GAN_TRY(gan__graph_create(&parzen->graph));
    gan_graph *const graph = parzen->graph;
    const gan_shape vectors = GAN_SHAPE(BLOCK, elements);
    parzen->samples = gan__input(graph, "samples", GAN_ELEMENT_F32, &vectors);
    parzen->sample_norms =
        gan__input(graph, "norms of samples", GAN_ELEMENT_F32, &GAN_SHAPE(BLOCK, 1));
    parzen->points = gan__input(graph, "points", GAN_ELEMENT_F32, &vectors);
    parzen->point_norms =
        gan__input(graph, "norms of points", GAN_ELEMENT_F32, &GAN_SHAPE(1, BLOCK));
    parzen->precisions =
        gan__state(graph, "precisions", &GAN_SHAPE((int64_t)parzen->sigma_count, 1, 1));
    build_roots(parzen, roots);
    GAN_TRY(gan__module_create(device, graph, &parzen->module));
    GAN_TRY(gan__program_create(parzen->module, "Parzen windows", roots, ROOTS, &parzen->program));
    return gan__module_prepare(parzen->module, 2);
}

static gan_status allocate(gan_parzen *parzen) {
    void *origin = NULL, *block = NULL, *nearest = NULL, *sums = NULL;
    gan_status status = gan__alloc(parzen->elements, sizeof(double), &origin);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(BLOCK, parzen->elements * sizeof(float), &block);
    if (status == GAN_STATUS_OK) status = gan__alloc(BLOCK, sizeof(float), &nearest);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(BLOCK, parzen->sigma_count * sizeof(float), &sums);
    parzen->origin = origin;
    parzen->block = block;
    parzen->nearest = nearest;
    parzen->sums = sums;
    return status;
}

gan_status gan__parzen_create(gan_device *device, size_t elements, size_t sigma_count,
                              gan_parzen **out) {
    void *memory = NULL;
    *out = NULL;
    if (elements == 0 || sigma_count == 0)
        return gan__fail(
            GAN_STATUS_BAD_ARGUMENT,
            "Parzen windows of %zu elements with %zu sigmas: give at least one of each", elements,
            sigma_count);
    GAN_TRY(gan__alloc(1, sizeof(gan_parzen), &memory));
    gan_parzen *const parzen = memory;
    parzen->elements = elements;
    parzen->sigma_count = sigma_count;
    gan_status status = allocate(parzen);
    if (status == GAN_STATUS_OK) status = build(parzen, device);
    if (status != GAN_STATUS_OK) {
        gan__parzen_destroy(parzen);
        return status;
    }
    *out = parzen;
    return GAN_STATUS_OK;
}

void gan__parzen_destroy(gan_parzen *parzen) {
    if (parzen == NULL) return;
    gan__module_destroy(parzen->module);
    gan__graph_destroy(parzen->graph);
    gan__free(parzen->origin);
    gan__free(parzen->block);
    gan__free(parzen->nearest);
    gan__free(parzen->sums);
    gan__free(parzen);
}

// --- Blocks to the device ------------------------------------------------------------------------

static size_t block_size(const gan_points *points, uint64_t first) {
    const uint64_t left = points->count - first;
    return left < BLOCK ? (size_t)left : BLOCK;
}

// Distances do not change when all vectors are moved, but their rounding does: about the points'
// mean the norms are small.
static gan_status choose_origin(gan_parzen *parzen, const gan_points *points) {
    const size_t count = block_size(points, 0), elements = parzen->elements;
    GAN_TRY(points->read(points, 0, count, parzen->block));
    memset(parzen->origin, 0, elements * sizeof *parzen->origin);
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < elements; e++)
            parzen->origin[e] += (double)parzen->block[i * elements + e] / (double)count;
    return GAN_STATUS_OK;
}

// The vector moved, and its squared norm as it is after rounding.
static double move_vector(const gan_parzen *parzen, const float *vector, float *moved) {
    double norm = 0;
    for (size_t e = 0; e < parzen->elements; e++) {
        moved[e] = (float)((double)vector[e] - parzen->origin[e]);
        norm += (double)moved[e] * (double)moved[e];
    }
    return norm;
}

// Sends the block of vectors from `first` on; those missing at its end have the norm `absent`.
static gan_status feed_block(gan_parzen *parzen, const gan_points *points, uint64_t first,
                             const gan_node *vectors, const gan_node *norms, float absent) {
    const size_t count = block_size(points, first), elements = parzen->elements;
    void *moved = NULL, *slot = NULL;
    float lengths[BLOCK];
    GAN_TRY(points->read(points, first, count, parzen->block));
    GAN_TRY(gan__module_feed_begin(parzen->module, vectors, &moved));
    float *const to = moved;
    for (size_t i = 0; i < BLOCK; i++) lengths[i] = absent;
    for (size_t i = 0; i < count; i++)
        lengths[i] = (float)move_vector(parzen, parzen->block + i * elements, to + i * elements);
    memset(to + count * elements, 0, (BLOCK - count) * elements * sizeof *to);
    GAN_TRY(gan__module_feed_end(parzen->module, vectors));
    GAN_TRY(gan__module_feed_begin(parzen->module, norms, &slot));
    memcpy(slot, lengths, sizeof lengths);
    return gan__module_feed_end(parzen->module, norms);
}

static gan_status set_precisions(gan_parzen *parzen, const double *sigmas) {
    void *precisions = NULL;
    for (size_t s = 0; s < parzen->sigma_count; s++)
        if (!(sigmas[s] > 0) || !isfinite(sigmas[s]))
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "sigma is %g and must be positive",
                             sigmas[s]);
    GAN_TRY(gan__alloc(parzen->sigma_count, sizeof(float), &precisions));
    for (size_t s = 0; s < parzen->sigma_count; s++)
        ((float *)precisions)[s] = (float)(0.5 / (sigmas[s] * sigmas[s]));
    const gan_status status =
        gan__module_write_state(parzen->module, parzen->precisions, precisions);
    gan__free(precisions);
    return status;
}

// --- Adding up -----------------------------------------------------------------------------------

// One pair's figures for a point, added to what there was: the sums are relative to the least
// distance, so the one with the larger is scaled down.
static void add_point(const gan_parzen *parzen, const double *sigmas, size_t in_block,
                      uint64_t point, uint64_t point_count, const running_sums *running) {
    const double nearest = (double)parzen->nearest[in_block], before = running->least[point];
    const double least = fmin(nearest, before);
    for (size_t s = 0; s < parzen->sigma_count; s++) {
        const double precision = 0.5 / (sigmas[s] * sigmas[s]);
        double *const sum = &running->sums[s * point_count + point];
        *sum = *sum * exp(-(before - least) * precision) +
               (double)parzen->sums[s * BLOCK + in_block] * exp(-(nearest - least) * precision);
    }
    running->least[point] = least;
}

static gan_status run_pair(gan_parzen *parzen, const double *sigmas, const gan_points *points,
                           uint64_t first, const running_sums *running) {
    GAN_TRY(feed_block(parzen, points, first, parzen->points, parzen->point_norms, 0));
    GAN_TRY(gan__program_run(parzen->program, 0));
    GAN_TRY(gan__program_read(parzen->program, ROOT_NEAREST, parzen->nearest));
    GAN_TRY(gan__program_read(parzen->program, ROOT_SUMS, parzen->sums));
    const size_t count = block_size(points, first);
    for (size_t i = 0; i < count; i++)
        add_point(parzen, sigmas, i, first + i, points->count, running);
    return GAN_STATUS_OK;
}

void gan__parzen_tell(const gan_parzen_watch *watch, uint64_t done, uint64_t total) {
    if (watch == NULL || watch->options == NULL || watch->options->on_progress == NULL) return;
    watch->options->on_progress(watch->options->user, watch->what, done, total);
}

static gan_status run_blocks(gan_parzen *parzen, const double *sigmas, const gan_points *samples,
                             const gan_points *points, const gan_parzen_watch *watch,
                             const running_sums *running) {
    for (uint64_t first = 0; first < samples->count; first += BLOCK) {
        gan__parzen_tell(watch, first, samples->count);
        GAN_TRY(feed_block(parzen, samples, first, parzen->samples, parzen->sample_norms, ABSENT));
        for (uint64_t point = 0; point < points->count; point += BLOCK)
            GAN_TRY(run_pair(parzen, sigmas, points, point, running));
    }
    gan__parzen_tell(watch, samples->count, samples->count);
    return GAN_STATUS_OK;
}

// From sums, in place, to log-likelihoods.
static void take_logarithms(const gan_parzen *parzen, const double *sigmas, uint64_t sample_count,
                            uint64_t point_count, const running_sums *running) {
    for (size_t s = 0; s < parzen->sigma_count; s++) {
        const double precision = 0.5 / (sigmas[s] * sigmas[s]);
        const double normaliser = log((double)sample_count) +
                                  (double)parzen->elements * (log(sigmas[s]) + GAN_LOG_ROOT_TWO_PI);
        double *const sums = running->sums + s * point_count;
        for (uint64_t i = 0; i < point_count; i++)
            sums[i] = log(sums[i]) - running->least[i] * precision - normaliser;
    }
}

gan_status gan__parzen_run(gan_parzen *parzen, const double *sigmas, const gan_points *samples,
                           const gan_points *points, const gan_parzen_watch *watch,
                           double *log_likelihoods) {
    void *least = NULL;
    if (samples->count == 0 || points->count == 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "Parzen windows need at least one sample and one point");
    GAN_TRY(set_precisions(parzen, sigmas));
    GAN_TRY(choose_origin(parzen, points));
    GAN_TRY(gan__alloc(points->count, sizeof(double), &least));
    const running_sums running = {.least = least, .sums = log_likelihoods};
    for (uint64_t i = 0; i < points->count; i++) running.least[i] = INFINITY;
    memset(log_likelihoods, 0, points->count * parzen->sigma_count * sizeof(double));
    const gan_status status = run_blocks(parzen, sigmas, samples, points, watch, &running);
    if (status == GAN_STATUS_OK)
        take_logarithms(parzen, sigmas, samples->count, points->count, &running);
    gan__free(least);
    return status;
}

// --- From memory ---------------------------------------------------------------------------------

typedef struct array_source {
    const float *values;
    size_t elements;
} array_source;

static gan_status read_array(const gan_points *points, uint64_t first, size_t count,
                             float *values) {
    const array_source *const array = points->source;
    memcpy(values, array->values + first * array->elements,
           count * array->elements * sizeof *values);
    return GAN_STATUS_OK;
}

gan_status gan_parzen_estimate(gan_device *device, size_t elements, const double *sigmas,
                               size_t sigma_count, const float *samples, size_t sample_count,
                               const float *points, size_t point_count, double *log_likelihoods) {
    gan_parzen *parzen = NULL;
    const array_source sample_array = {samples, elements}, point_array = {points, elements};
    const gan_points from = {.count = sample_count, .read = read_array, .source = &sample_array};
    const gan_points at = {.count = point_count, .read = read_array, .source = &point_array};
    GAN_TRY(gan__parzen_create(device, elements, sigma_count, &parzen));
    const gan_status status = gan__parzen_run(parzen, sigmas, &from, &at, NULL, log_likelihoods);
    gan__parzen_destroy(parzen);
    return status;
}
