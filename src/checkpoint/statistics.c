// Mean, deviation, range, special values and histogram of a tensor.
#include "checkpoint/statistics.h"

#include <math.h>
#include <string.h>

void gan__statistics_range(const float *values, size_t count, gan_statistics_range *out) {
    gan_statistics_range range = {0};
    for (size_t i = 0; i < count; i++) {
        float value = values[i];
        if (isnan(value)) {
            range.nans++;
        } else if (isinf(value)) {
            range.infinities++;
        } else {
            if (range.finite == 0 || value < range.minimum) range.minimum = value;
            if (range.finite == 0 || value > range.maximum) range.maximum = value;
            range.zeros += value == 0.0f;
            range.finite++;
            range.sum += value;
        }
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

void gan__statistics_spread(const gan_tensor_statistics *known, const float *values, size_t count,
                            gan_statistics_spread *out) {
    memset(out, 0, sizeof *out);
    double width = known->maximum - known->minimum;
    double bins_per_unit = width > 0 ? GAN_TENSOR_HISTOGRAM / width : 0;
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (!isfinite(value)) continue;
        double distance = value - known->mean;
        out->squares += distance * distance;
        int bin = (int)((value - known->minimum) * bins_per_unit);
        out->histogram[bin < GAN_TENSOR_HISTOGRAM ? bin : GAN_TENSOR_HISTOGRAM - 1]++;
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
