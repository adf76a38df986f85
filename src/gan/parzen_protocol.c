// The protocol of the paper's table of log-likelihoods (Goodfellow et al. 2014, section 5): how
// sigma is chosen and what is reported. The estimate itself is parzen.c's.
#include "gan/parzen.h"

#include "base/memory.h"

#include <math.h>

#define SIGMA_FIRST 0.1
#define SIGMA_LAST  1.0

static double mean_of(const double *values, uint64_t count) {
    double sum = 0;
    for (uint64_t i = 0; i < count; i++) sum += values[i];
    return sum / (double)count;
}

// The population's, as the published script has it.
static double deviation_of(const double *values, uint64_t count, double mean) {
    double squares = 0;
    for (uint64_t i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    return sqrt(squares / (double)count);
}

static void space_sigmas(double sigmas[GAN_PARZEN_SIGMAS]) {
    const double first = log(SIGMA_FIRST), last = log(SIGMA_LAST);
    for (int i = 0; i < GAN_PARZEN_SIGMAS; i++)
        sigmas[i] = exp(first + (last - first) * i / (GAN_PARZEN_SIGMAS - 1));
}

// Runs estimates of `points` with so many sigmas; *values is the caller's (gan__free).
static gan_status estimate(gan_device *device, size_t elements, const double *sigmas,
                           size_t sigma_count, const gan_points *samples, const gan_points *points,
                           const gan_parzen_watch *watch, double **values) {
    void *memory = NULL;
    gan_parzen *parzen = NULL;
    *values = NULL;
    GAN_TRY(gan__alloc(points->count, sigma_count * sizeof(double), &memory));
    *values = memory;
    gan_status status = gan__parzen_create(device, elements, sigma_count, &parzen);
    if (status == GAN_STATUS_OK)
        status = gan__parzen_run(parzen, sigmas, samples, points, watch, *values);
    gan__parzen_destroy(parzen);
    return status;
}

static gan_status choose_sigma(gan_device *device, size_t elements, const gan_points *samples,
                               const gan_points *validation, const gan_parzen_watch *watch,
                               gan_parzen_figures *out) {
    double *values = NULL;
    space_sigmas(out->sigmas);
    const gan_status status = estimate(device, elements, out->sigmas, GAN_PARZEN_SIGMAS, samples,
                                       validation, watch, &values);
    int best = 0;
    for (int i = 0; i < GAN_PARZEN_SIGMAS && status == GAN_STATUS_OK; i++) {
        out->validation_means[i] = mean_of(values + i * validation->count, validation->count);
        if (out->validation_means[i] > out->validation_means[best]) best = i;
    }
    gan__free(values);
    out->sigma = out->sigmas[best];
    out->at_edge = best == 0 || best == GAN_PARZEN_SIGMAS - 1;
    return status;
}

gan_status gan__parzen_protocol(gan_device *device, size_t elements, const gan_points *samples,
                                const gan_points *validation, const gan_points *test,
                                const gan_parzen_watch *watch, gan_parzen_figures *out) {
    gan_points chosen = *validation;
    double *values = NULL;
    if (chosen.count > GAN_PARZEN_VALIDATION) chosen.count = GAN_PARZEN_VALIDATION;
    *out = (gan_parzen_figures){
        .samples = samples->count, .validation = chosen.count, .test = test->count};
    GAN_TRY(choose_sigma(device, elements, samples, &chosen, watch, out));
    const gan_status status =
        estimate(device, elements, &out->sigma, 1, samples, test, watch, &values);
    if (status == GAN_STATUS_OK) {
        out->mean = mean_of(values, test->count);
        out->standard_error =
            deviation_of(values, test->count, out->mean) / sqrt((double)test->count);
    }
    gan__free(values);
    return status;
}
