// Products and squared distances of points with many others: what takes the time of comparing
// features. Each sum runs over the features in order, whatever the processor: compilers vectorise
// over the points of a tile.
#include "gan/features.h"

#include "base/memory.h"

// Points whose sums are held in registers at once.
#define GROUP 4

// Where compiler and system can, the loops are compiled for wider vectors too, and chosen when the
// program starts. The results are the same bits, since nothing is contracted or reordered.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__)
#define FOR_WIDE_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_WIDE_VECTORS
#endif

size_t gan__feature_tiles_padded(const gan_feature_tiles *tiles) {
    return (tiles->count + GAN_TILE_POINTS - 1) / GAN_TILE_POINTS * GAN_TILE_POINTS;
}

gan_status gan__feature_tiles_create(const gan_feature_set *set, gan_feature_tiles *out) {
    void *values = NULL;
    *out = (gan_feature_tiles){.count = set->count, .width = set->width};
    GAN_TRY(gan__alloc(gan__feature_tiles_padded(out), set->width * sizeof(double), &values));
    out->values = values;
    for (size_t i = 0; i < set->count; i++) {
        double *const tile = out->values + i / GAN_TILE_POINTS * GAN_TILE_POINTS * set->width;
        for (size_t k = 0; k < set->width; k++)
            tile[k * GAN_TILE_POINTS + i % GAN_TILE_POINTS] = set->values[i * set->width + k];
    }
    return GAN_STATUS_OK;
}

void gan__feature_tiles_destroy(gan_feature_tiles *tiles) {
    gan__free(tiles->values);
    tiles->values = NULL;
}

// GROUP points, and where the results of each go.
typedef struct point_group {
    const float *points[GROUP];
    double *out[GROUP];
} point_group;

FOR_WIDE_VECTORS
static void multiply_group(const double *tile, size_t width, const point_group *group) {
    double sums[GROUP][GAN_TILE_POINTS] = {{0}};
    for (size_t k = 0; k < width; k++, tile += GAN_TILE_POINTS)
        for (size_t i = 0; i < GROUP; i++) {
            const double value = group->points[i][k];
            for (size_t j = 0; j < GAN_TILE_POINTS; j++) sums[i][j] += value * tile[j];
        }
    for (size_t i = 0; i < GROUP; i++)
        for (size_t j = 0; j < GAN_TILE_POINTS; j++) group->out[i][j] = sums[i][j];
}

FOR_WIDE_VECTORS
static void measure_group(const double *tile, size_t width, const point_group *group) {
    double sums[GROUP][GAN_TILE_POINTS] = {{0}};
    for (size_t k = 0; k < width; k++, tile += GAN_TILE_POINTS)
        for (size_t i = 0; i < GROUP; i++) {
            const double value = group->points[i][k];
            for (size_t j = 0; j < GAN_TILE_POINTS; j++) {
                const double difference = value - tile[j];
                sums[i][j] += difference * difference;
            }
        }
    for (size_t i = 0; i < GROUP; i++)
        for (size_t j = 0; j < GAN_TILE_POINTS; j++) group->out[i][j] = sums[i][j];
}

// A tile serves all points before the next is fetched. A last group of fewer points does the last
// one more than once.
static void over_tiles(const gan_feature_tiles *tiles, const gan_feature_set *points, double *out,
                       void (*function)(const double *, size_t, const point_group *)) {
    const size_t padded = gan__feature_tiles_padded(tiles), width = tiles->width;
    for (size_t first = 0; first < padded; first += GAN_TILE_POINTS)
        for (size_t start = 0; start < points->count; start += GROUP) {
            point_group group;
            for (size_t i = 0; i < GROUP; i++) {
                const size_t row = start + i < points->count ? start + i : points->count - 1;
                group.points[i] = points->values + row * width;
                group.out[i] = out + row * padded + first;
            }
            function(tiles->values + first * width, width, &group);
        }
}

void gan__feature_products(const gan_feature_tiles *tiles, const gan_feature_set *points,
                           double *out) {
    over_tiles(tiles, points, out, multiply_group);
}

void gan__feature_distances(const gan_feature_tiles *tiles, const gan_feature_set *points,
                            double *squared) {
    over_tiles(tiles, points, squared, measure_group);
}

size_t gan__feature_blocks(const gan_feature_set *set) {
    return (set->count + GAN_BLOCK_POINTS - 1) / GAN_BLOCK_POINTS;
}

gan_feature_set gan__feature_block(const gan_feature_set *set, size_t block) {
    const size_t first = block * GAN_BLOCK_POINTS, left = set->count - first;
    return (gan_feature_set){.values = set->values + first * set->width,
                             .count = left < GAN_BLOCK_POINTS ? left : GAN_BLOCK_POINTS,
                             .width = set->width};
}
