// Implements gan/evaluate_divergences.h.
#include "gan/evaluate_divergences.h"

#include "base/memory.h"
#include "gan/divergence.h"

#include <math.h>

// A generator without any spread, or with one that is not finite, has no density to compare: that
// is a finding, not a failure.
static gan_status or_undefined(gan_status status, gan_divergences *figures) {
    if (status != GAN_STATUS_BAD_ARGUMENT) return status;
    *figures = (gan_divergences){NAN, NAN, NAN, NAN, NAN, NAN};
    return GAN_STATUS_OK;
}

static gan_status compare_numbers(gan_evaluation *out, const float *data, size_t data_count,
                                  const float *generated, size_t generated_count) {
    out->fit_of_data = gan__gaussian_fit(data, data_count);
    out->fit = gan__gaussian_fit(generated, generated_count);
    GAN_TRY(or_undefined(gan_divergences_gaussian(out->fit_of_data, out->fit, &out->gaussian),
                         &out->gaussian));
    GAN_TRY(or_undefined(gan_divergences_histogram(data, data_count, generated, generated_count,
                                                   GAN_DIVERGENCE_BINS, &out->histogram),
                         &out->histogram));
    return or_undefined(
        gan_divergences_kernel(data, data_count, generated, generated_count, &out->kernel),
        &out->kernel);
}

gan_status gan__evaluate_divergences(const gan_points *data, const gan_points *generated,
                                     gan_evaluation *out) {
    const size_t data_count = (size_t)data->count, generated_count = (size_t)generated->count;
    void *p = NULL, *q = NULL;
    gan_status status = gan__alloc(data_count, sizeof(float), &p);
    if (status == GAN_STATUS_OK) status = gan__alloc(generated_count, sizeof(float), &q);
    if (status == GAN_STATUS_OK) status = data->read(data, 0, data_count, p);
    if (status == GAN_STATUS_OK) status = generated->read(generated, 0, generated_count, q);
    if (status == GAN_STATUS_OK) status = compare_numbers(out, p, data_count, q, generated_count);
    gan__free(p);
    gan__free(q);
    return status;
}
