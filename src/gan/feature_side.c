// One set of features, made ready for being compared with others.
#include "gan/features.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>

gan_status gan__feature_set_check(const gan_feature_set *set, const char *name, size_t neighbours) {
    if (set->width == 0 || set->count <= neighbours || set->count < 2)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%zu %s samples of %zu features are too few; more than %zu are needed",
                         set->count, name, set->width, neighbours);
    for (size_t i = 0; i < set->count * set->width; i++)
        if (!isfinite(set->values[i]))
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "feature %zu of %s sample %zu is not finite (%g)", i % set->width,
                             name, i / set->width, (double)set->values[i]);
    return GAN_STATUS_OK;
}

// In the order of the products, so that a point's product with itself is its norm to the bit.
static void measure_norms(const gan_feature_set *set, double *norms) {
    for (size_t i = 0; i < set->count; i++) {
        norms[i] = 0;
        for (size_t k = 0; k < set->width; k++) {
            const double value = set->values[i * set->width + k];
            norms[i] += value * value;
        }
    }
}

// What all pairs of the set tell.
static gan_status look_within(gan_feature_side *side) {
    const unsigned workers = gan__parallel_cores();
    gan_radius_search search = {0};
    gan_status status = gan__kernel_sums_create(side->set, side->set, true, &side->kernel);
    if (status == GAN_STATUS_OK) status = gan__radius_search_create(side, workers, &search);
    if (status == GAN_STATUS_OK)
        status = gan__feature_pairs(workers, side->set, &side->tiles,
                                    (gan_pair_taker[]){gan__kernel_sums_taker(&side->kernel),
                                                       gan__radius_search_taker(&search)},
                                    2);
    gan__radius_search_destroy(&search);
    return status;
}

gan_status gan__feature_side_create(const gan_feature_set *set, size_t neighbours,
                                    gan_feature_side *out) {
    void *norms = NULL, *radii = NULL;
    *out = (gan_feature_side){.set = set, .neighbours = neighbours};
    GAN_TRY(gan__feature_tiles_create(set, &out->tiles));
    gan_status status = gan__alloc(set->count, sizeof(double), &norms);
    out->norms = norms;
    if (status == GAN_STATUS_OK) status = gan__alloc(set->count, sizeof(double), &radii);
    out->radii = radii;
    if (status != GAN_STATUS_OK) return status;
    measure_norms(set, out->norms);
    GAN_TRY(look_within(out));
    return gan__feature_fit_create(set, &out->fit);
}

void gan__feature_side_destroy(gan_feature_side *side) {
    gan__tiles_destroy(&side->tiles);
    gan__kernel_sums_destroy(&side->kernel);
    gan__feature_fit_destroy(&side->fit);
    gan__free(side->norms);
    gan__free(side->radii);
    gan__free(side->root);
}
