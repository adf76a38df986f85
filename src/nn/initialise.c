// Filling one tensor with its initial values; every formula is named in initialise.h.
#include "nn/initialise.h"

#include "base/memory.h"
#include "base/philox.h"

#include <math.h>

static const gan_variant_info infos[GAN_INIT_KINDS] = {
    [GAN_INIT_ZEROS] = {"zeros", {{0}}},
    [GAN_INIT_CONSTANT] = {"constant", {{"value", (double)NAN, -1e6, 1e6}}},
    [GAN_INIT_UNIFORM] = {"uniform", {{"range", (double)NAN, 0, 1e6}}},
    [GAN_INIT_NORMAL] = {"normal", {{"std", (double)NAN, 0, 1e6}, {"mean", 0, -1e6, 1e6}}},
    [GAN_INIT_TRUNCATED_NORMAL] = {"truncated_normal",
                                   {{"std", (double)NAN, 0, 1e6}, {"mean", 0, -1e6, 1e6}}},
    [GAN_INIT_XAVIER_UNIFORM] = {"xavier_uniform", {{"gain", 1, 0, 1e6}}},
    [GAN_INIT_XAVIER_NORMAL] = {"xavier_normal", {{"gain", 1, 0, 1e6}}},
    [GAN_INIT_HE_UNIFORM] = {"he_uniform", {{"gain", 1.41421356237309515, 0, 1e6}}},
    [GAN_INIT_HE_NORMAL] = {"he_normal", {{"gain", 1.41421356237309515, 0, 1e6}}},
    [GAN_INIT_ORTHOGONAL] = {"orthogonal", {{"gain", 1, 0, 1e6}}},
    [GAN_INIT_TORCH] = {"torch", {{0}}},
    [GAN_INIT_MARGINALS] = {"marginals", {{0}}},
};

const gan_variant_info *gan__init_info(gan_init_kind kind) {
    return &infos[kind];
}

bool gan__init_is_zero(gan_init init) {
    switch (init.kind) {
    case GAN_INIT_ZEROS:
        return true;
    case GAN_INIT_NORMAL:
    case GAN_INIT_TRUNCATED_NORMAL:
        return init.value == 0 && init.mean == 0;
    case GAN_INIT_DEFAULT:
    case GAN_INIT_TORCH:
    case GAN_INIT_MARGINALS:
        return false;
    default:
        return init.value == 0;
    }
}

// Where the draws of one tensor come from.
typedef struct source {
    uint64_t seed, step;
    int64_t count;
} source;

static void fill_constant(source from, double value, float *values) {
    for (int64_t i = 0; i < from.count; i++) values[i] = (float)value;
}

static void fill_uniform(source from, double range, float *values) {
    for (int64_t i = 0; i < from.count; i++) {
        double u = gan__philox_uniform(from.seed, GAN_STREAM_INIT, from.step, (uint32_t)i);
        values[i] = (float)(range * (2 * u - 1));
    }
}

// What is beyond `limit` deviations is drawn again. Tries are counted in the step's high half,
// where no parameter's own step reaches.
static void fill_normal(source from, double mean, double deviation, double limit, float *values) {
    const uint64_t try = UINT64_C(1) << 32;
    for (int64_t i = 0; i < from.count; i++) {
        uint64_t step = from.step;
        double n = gan__philox_normal(from.seed, GAN_STREAM_INIT, step, (uint32_t)i);
        while (fabs(n) > limit)
            n = gan__philox_normal(from.seed, GAN_STREAM_INIT, step += try, (uint32_t)i);
        values[i] = (float)(mean + deviation * n);
    }
}

static double dot(const double *a, const double *b, int64_t count) {
    double sum[4] = {0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int lane = 0; lane < 4; lane++) sum[lane] += a[i + lane] * b[i + lane];
    for (; i < count; i++) sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Makes `count` vectors of `length` >= count orthonormal by Gram and Schmidt, each projection done
// twice ("twice is enough", Giraud et al. 2005). From normal draws this is Haar-distributed.
static void orthonormalise(double *vectors, int64_t count, int64_t length) {
    for (int64_t i = 0; i < count; i++) {
        double *v = vectors + i * length;
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t j = 0; j < i; j++) {
                const double *u = vectors + j * length;
                double along = dot(u, v, length);
                for (int64_t k = 0; k < length; k++) v[k] -= along * u[k];
            }
        }
        double norm = sqrt(dot(v, v, length));
        for (int64_t k = 0; k < length; k++) v[k] /= norm;
    }
}

static gan_status fill_orthogonal(source from, double gain, int64_t rows, float *values) {
    int64_t columns = from.count / rows;
    bool tall = rows > columns; // then the columns are made orthonormal, else the rows
    int64_t count = tall ? columns : rows, length = tall ? rows : columns;
    double *vectors;
    GAN_TRY(gan__alloc((size_t)from.count, sizeof *vectors, (void **)&vectors));
    for (int64_t i = 0; i < from.count; i++)
        vectors[i] = gan__philox_normal(from.seed, GAN_STREAM_INIT, from.step, (uint32_t)i);
    orthonormalise(vectors, count, length);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < length; k++)
            values[tall ? k * columns + i : i * columns + k] =
                (float)(gain * vectors[i * length + k]);
    gan__free(vectors);
    return GAN_STATUS_OK;
}

gan_status gan__initialise(gan_init init, const gan_shape *shape, int64_t fan_in, int64_t fan_out,
                           uint64_t seed, uint64_t step, float *values) {
    source from = {seed, step, gan__shape_elements(shape)};
    double in = (double)fan_in, both = (double)(fan_in + fan_out);
    switch (init.kind) {
    case GAN_INIT_ZEROS:
        fill_constant(from, 0, values);
        break;
    case GAN_INIT_CONSTANT:
        fill_constant(from, init.value, values);
        break;
    case GAN_INIT_UNIFORM:
        fill_uniform(from, init.value, values);
        break;
    case GAN_INIT_NORMAL:
        fill_normal(from, init.mean, init.value, INFINITY, values);
        break;
    case GAN_INIT_TRUNCATED_NORMAL:
        fill_normal(from, init.mean, init.value, 2, values);
        break;
    case GAN_INIT_XAVIER_UNIFORM:
        fill_uniform(from, init.value * sqrt(6 / both), values);
        break;
    case GAN_INIT_XAVIER_NORMAL:
        fill_normal(from, 0, init.value * sqrt(2 / both), INFINITY, values);
        break;
    case GAN_INIT_HE_UNIFORM:
        fill_uniform(from, init.value * sqrt(3 / in), values);
        break;
    case GAN_INIT_HE_NORMAL:
        fill_normal(from, 0, init.value / sqrt(in), INFINITY, values);
        break;
    case GAN_INIT_ORTHOGONAL:
        return fill_orthogonal(from, init.value, shape->size[0], values);
    case GAN_INIT_TORCH:
        fill_uniform(from, 1 / sqrt(in), values);
        break;
    default:
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "initialiser %d draws no values", init.kind);
    }
    return GAN_STATUS_OK;
}

static double clip(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

void gan__initialise_logits(const double *means, int64_t count, double margin, float *values) {
    for (int64_t i = 0; i < count; i++) {
        double m = clip(means[i], margin, 1 - margin);
        values[i] = (float)(log(m) - log1p(-m));
    }
}

void gan__initialise_atanh(const double *means, int64_t count, double margin, float *values) {
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)atanh(clip(means[i], margin - 1, 1 - margin));
}
