// Mean, deviation, range, special values and histogram of a tensor.
#include "checkpoint/statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Elements go around this many sums, which compilers make vectors of; what is left over at the end
// of a block goes one by one.
enum { LANES = 16 };

static bool all_finite(const float *values, size_t count) {
    const uint32_t exponent = 0x7f800000u;
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        found |= (bits & exponent) == exponent;
    }
    return found == 0;
}

static void add_value(float value, gan_statistics_range *range) {
    if (range->finite == 0 || value < range->minimum) range->minimum = value;
    if (range->finite == 0 || value > range->maximum) range->maximum = value;
    range->zeros += value == 0.0f;
    range->finite++;
    range->sum += value;
}

// The first `count` values, a multiple of LANES, all of them finite.
static void add_lanes(const float *values, size_t count, gan_statistics_range *range) {
    float low[LANES], high[LANES];
    double sum[LANES] = {0};
    uint32_t zeros[LANES] = {0};
    if (count == 0) return;
    for (int k = 0; k < LANES; k++) low[k] = high[k] = values[k];
    for (size_t i = 0; i < count; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const float value = values[i + (size_t)k];
            low[k] = value < low[k] ? value : low[k];
            high[k] = value > high[k] ? value : high[k];
            sum[k] += value;
            zeros[k] += value == 0.0f;
        }
    }
    range->minimum = low[0];
    range->maximum = high[0];
    for (int k = 0; k < LANES; k++) {
        if (low[k] < range->minimum) range->minimum = low[k];
        if (high[k] > range->maximum) range->maximum = high[k];
        range->sum += sum[k];
        range->zeros += zeros[k];
    }
    range->finite = count;
}

void gan__statistics_range(const float *values, size_t count, gan_statistics_range *out) {
    gan_statistics_range range = {0};
    const size_t whole = all_finite(values, count) ? count - count % LANES : 0;
    add_lanes(values, whole, &range);
    for (size_t i = whole; i < count; i++) {
        if (isnan(values[i]))
            range.nans++;
        else if (isinf(values[i]))
            range.infinities++;
        else
            add_value(values[i], &range);
    }
    *out = range;
}

void gan__statistics_merge_range(gan_statistics_range *into, const gan_statistics_range *block) {
    if (block->finite > 0) {
        if (into->finite == 0 || block->minimum < into->minimum) into->minimum = block->minimum;
        if (into->finite == 0 || block->maximum > into->maximum) into->maximum = block->maximum;
    }
    into->sum += block->sum;
    into->finite += block->finite;
    into->zeros += block->zeros;
    into->nans += block->nans;
    into->infinities += block->infinities;
}

void gan__statistics_begin(const gan_statistics_range *whole, gan_tensor_statistics *out) {
    memset(out, 0, sizeof *out);
    out->zeros = whole->zeros;
    out->nans = whole->nans;
    out->infinities = whole->infinities;
    if (whole->finite == 0) return;
    out->minimum = whole->minimum + 0.0; // no negative zero
    out->maximum = whole->maximum + 0.0;
    // Rounding must not put the mean of equal values beside them.
    out->mean = fmin(fmax(whole->sum / (double)whole->finite, out->minimum), out->maximum);
}

// What turns a value into its bin.
typedef struct bin_scale {
    double minimum, per_unit;
} bin_scale;

static int bin_of(const bin_scale *scale, double value) {
    const int bin = (int)((value - scale->minimum) * scale->per_unit);
    return bin < GAN_TENSOR_HISTOGRAM ? bin : GAN_TENSOR_HISTOGRAM - 1;
}

// The first `count` values, a multiple of LANES, all of them finite. Neighbours count in different
// histograms, so that none waits for the one before.
static void spread_lanes(const bin_scale *scale, double mean, const float *values, size_t count,
                         gan_statistics_spread *out) {
    enum { HISTOGRAMS = 4 };
    uint32_t histogram[HISTOGRAMS][GAN_TENSOR_HISTOGRAM] = {{0}};
    double squares[LANES] = {0};
    for (size_t i = 0; i < count; i += LANES) {
        int bin[LANES];
        for (int k = 0; k < LANES; k++) {
            const double value = values[i + (size_t)k], distance = value - mean;
            squares[k] += distance * distance;
            bin[k] = bin_of(scale, value);
        }
        for (int k = 0; k < LANES; k++) histogram[k % HISTOGRAMS][bin[k]]++;
    }
    for (int k = 0; k < LANES; k++) out->squares += squares[k];
    for (int h = 0; h < HISTOGRAMS; h++)
        for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) out->histogram[i] += histogram[h][i];
}

void gan__statistics_spread(const gan_tensor_statistics *known, const float *values, size_t count,
                            gan_statistics_spread *out) {
    const double width = known->maximum - known->minimum;
    const bin_scale scale = {known->minimum, width > 0 ? GAN_TENSOR_HISTOGRAM / width : 0};
    const bool is_finite = known->nans == 0 && known->infinities == 0;
    const size_t whole = is_finite ? count - count % LANES : 0;
    memset(out, 0, sizeof *out);
    spread_lanes(&scale, known->mean, values, whole, out);
    for (size_t i = whole; i < count; i++) {
        const double value = values[i], distance = value - known->mean;
        if (!isfinite(value)) continue;
        out->squares += distance * distance;
        out->histogram[bin_of(&scale, value)]++;
    }
}

void gan__statistics_merge_spread(const gan_statistics_spread *block, double *squares,
                                  gan_tensor_statistics *into) {
    *squares += block->squares;
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) {
        uint32_t room = UINT32_MAX - into->histogram[i];
        into->histogram[i] += block->histogram[i] < room ? block->histogram[i] : room;
    }
}

void gan__statistics_finish(double squares, uint64_t finite, gan_tensor_statistics *into) {
    into->deviation = finite > 0 ? sqrt(squares / (double)finite) : 0;
}
