// Implements gan/divergence.h and the closed forms of clgan/evaluate.h. Estimates from samples are
// divergence_samples.c's.
#include "gan/divergence.h"

#include "base/status.h"

#include <math.h>

// --- On a grid -----------------------------------------------------------------------------------

// log((exp(a) + exp(b)) / 2)
static double log_mean_pair(double a, double b) {
    const double larger = fmax(a, b), smaller = fmin(a, b);
    if (larger == -INFINITY) return larger;
    return larger + log1p(exp(smaller - larger)) - log(2);
}

// p (log p - log q), whose limit is 0 where p is 0.
static double weighted_ratio(double log_p, double log_q) {
    return log_p == -INFINITY ? 0 : exp(log_p) * (log_p - log_q);
}

void gan__divergences_add_cells(gan_divergences *sums, const double *log_p, const double *log_q,
                                size_t cells, double width) {
    gan_divergences own = {0};
    for (size_t i = 0; i < cells; i++) {
        const double middle = log_mean_pair(log_p[i], log_q[i]);
        own.entropy_p -= weighted_ratio(log_p[i], 0);
        own.entropy_q -= weighted_ratio(log_q[i], 0);
        own.kl += weighted_ratio(log_p[i], log_q[i]);
        own.reverse_kl += weighted_ratio(log_q[i], log_p[i]);
        own.jensen_shannon +=
            (weighted_ratio(log_p[i], middle) + weighted_ratio(log_q[i], middle)) / 2;
    }
    sums->entropy_p += own.entropy_p * width;
    sums->entropy_q += own.entropy_q * width;
    sums->kl += own.kl * width;
    sums->reverse_kl += own.reverse_kl * width;
    sums->jensen_shannon += own.jensen_shannon * width;
    sums->cross_entropy = sums->entropy_p + sums->kl;
}

// --- Between Gaussians ---------------------------------------------------------------------------

static double gaussian_entropy(gan_gaussian p) {
    return GAN_LOG_ROOT_TWO_PI + 0.5 + log(p.deviation);
}

static double gaussian_kl(gan_gaussian p, gan_gaussian q) {
    const double ratio = p.deviation / q.deviation, distance = (p.mean - q.mean) / q.deviation;
    return (ratio * ratio - 1 + distance * distance) / 2 - log(ratio);
}

// At `distance` from the mean.
static double gaussian_log_density(gan_gaussian p, double distance) {
    const double z = distance / p.deviation;
    return -z * z / 2 - log(p.deviation) - GAN_LOG_ROOT_TWO_PI;
}

// One side of Jensen-Shannon, KL(p, (p + q) / 2), by the trapezoidal rule over 12 deviations either
// side of p's mean: for so smooth an integrand its error falls faster than any power of the step,
// so the step need only be a fraction of the narrower deviation.
static double kl_to_middle(gan_gaussian p, gan_gaussian q) {
    const double reach = 12, step = fmin(p.deviation, q.deviation) / 16;
    const size_t steps = (size_t)fmin(ceil(2 * reach * p.deviation / step), 4e6);
    const double width = 2 * reach * p.deviation / (double)steps;
    double sum = 0;
    for (size_t i = 0; i <= steps; i++) {
        const double distance = width * (double)i - reach * p.deviation;
        const double log_p = gaussian_log_density(p, distance);
        const double log_q = gaussian_log_density(q, distance + (p.mean - q.mean));
        sum += weighted_ratio(log_p, log_mean_pair(log_p, log_q));
    }
    return sum * width;
}

static bool is_proper(gan_gaussian p) {
    return isfinite(p.mean) && isfinite(p.deviation) && p.deviation > 0;
}

gan_status gan_divergences_gaussian(gan_gaussian p, gan_gaussian q, gan_divergences *out) {
    if (!is_proper(p) || !is_proper(q))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "Gaussians of deviations %g and %g: each must be positive and finite",
                         p.deviation, q.deviation);
    *out = (gan_divergences){
        .entropy_p = gaussian_entropy(p),
        .entropy_q = gaussian_entropy(q),
        .cross_entropy = gaussian_entropy(p) + gaussian_kl(p, q),
        .kl = gaussian_kl(p, q),
        .reverse_kl = gaussian_kl(q, p),
        .jensen_shannon = (kl_to_middle(p, q) + kl_to_middle(q, p)) / 2,
    };
    return GAN_STATUS_OK;
}
