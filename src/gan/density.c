// Implements gan/density.h.
#include "gan/density.h"

#include <math.h>
#include <string.h>

void gan__density_estimate(const float *values, size_t count, double low, double high,
                           size_t columns, double *work, double *density) {
    double sum = 0, squares = 0, scale = (double)columns / (high - low);
    size_t inside = 0;
    memset(work, 0, columns * sizeof *work);
    memset(density, 0, columns * sizeof *density);
    for (size_t i = 0; i < count; ++i) {
        double at = ((double)values[i] - low) * scale;
        if (!(at >= 0 && at < (double)columns)) continue;
        work[(size_t)at]++;
        inside++;
        sum += at;
        squares += at * at;
    }
    if (inside == 0) return;
    double n = (double)inside, mean = sum / n;
    double width = fmax(1, 0.9 * sqrt(fmax(0, squares / n - mean * mean)) * pow(n, -0.2));
    for (size_t from = 0; from < columns; ++from) {
        if (work[from] == 0) continue;
        double height = work[from] / ((double)count * width * 2.5066282746310002);
        for (size_t to = 0; to < columns; ++to) {
            double z = ((double)to - (double)from) / width;
            density[to] += height * exp(-z * z / 2);
        }
    }
}
