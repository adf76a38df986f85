// Parzen windows on the device: against SciPy, closed forms, and a plain double-precision
// reference.
#include "gan/golden_values.h"
#include "runtime/device_fixture.h"

#include "gan/parzen.h"

#include <stdlib.h>

// What float32 distances may cost: rounding of a sum of products relative to the norms, over
// 2 sigma^2; and of sums of kernels.
static double allowed(double norms, double sigma) {
    return 16 * 0x1p-24 * norms / (2 * sigma * sigma) + 1e-5;
}

static void estimates_are_scipys(void **state) {
    (void)state;
    static const char *const lines[] = {"sigma0.1", "sigma0.3", "sigma1.0"};
    static const double sigmas[] = {0.1, 0.3, 1.0};
    float samples[37 * 5], points[11 * 5];
    double got[3 * 11], expected[11];
    float_values(samples, 37 * 5, 0, 1, 0);
    float_values(points, 11 * 5, 1, 0.9, 0);
    assert_ok(gan_parzen_estimate(device, 5, sigmas, 3, samples, 37, points, 11, got));
    for (size_t s = 0; s < 3; s++) {
        golden_numbers("parzen", lines[s], expected, 11);
        for (size_t i = 0; i < 11; i++)
            assert_near(lines[s], got[s * 11 + i], expected[i], allowed(10, sigmas[s]));
    }
}

// --- Closed forms --------------------------------------------------------------------------------

// About a single place the estimate is one Gaussian, however far the point is.
static void samples_at_one_place_are_one_gaussian(void **state) {
    (void)state;
    static const double sigmas[] = {0.1, 1.0};
    const float samples[] = {1, 2, 3, 1, 2, 3}, points[] = {1, 2, 3, 1.5F, 2, 3, 9, 2, 3};
    const double squares[] = {0, 0.25, 64};
    double got[6];
    assert_ok(gan_parzen_estimate(device, 3, sigmas, 2, samples, 2, points, 3, got));
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < 3; i++) {
            const double expected =
                -squares[i] / (2 * sigmas[s] * sigmas[s]) - 3 * log(sigmas[s] * sqrt(2 * acos(-1)));
            assert_near("log-likelihood", got[s * 3 + i], expected, allowed(64, sigmas[s]));
        }
}

// Evenly spaced samples over [-5, 5): the density is 1/10 away from the ends.
static void even_samples_have_an_even_density(void **state) {
    (void)state;
    enum { COUNT = 5000, POINTS = 7 };
    static const double sigma = 0.2;
    static const float points[POINTS] = {-3, -1.5F, -0.01F, 0, 0.7F, 2, 3};
    float samples[COUNT];
    double got[POINTS];
    for (int i = 0; i < COUNT; i++) samples[i] = (float)((i + 0.5) * 10 / COUNT - 5);
    assert_ok(gan_parzen_estimate(device, 1, &sigma, 1, samples, COUNT, points, POINTS, got));
    for (size_t i = 0; i < POINTS; i++)
        assert_near("log-likelihood", got[i], -log(10), allowed(18, sigma));
}

static void moving_everything_changes_nothing(void **state) {
    (void)state;
    static const double sigma = 0.25;
    float samples[64], points[32];
    double here[16], there[16];
    for (int i = 0; i < 64; i++) samples[i] = (float)(i * 7 % 16) / 8;
    for (int i = 0; i < 32; i++) points[i] = (float)(i * 5 % 16) / 8;
    assert_ok(gan_parzen_estimate(device, 2, &sigma, 1, samples, 32, points, 16, here));
    for (int i = 0; i < 64; i++) samples[i] += 4096;
    for (int i = 0; i < 32; i++) points[i] += 4096;
    assert_ok(gan_parzen_estimate(device, 2, &sigma, 1, samples, 32, points, 16, there));
    for (size_t i = 0; i < 16; i++) assert_true(here[i] == there[i]);
}

// --- The reference -------------------------------------------------------------------------------

static double reference(const float *samples, size_t count, const float *point, size_t elements,
                        double sigma) {
    double *const terms = malloc(count * sizeof *terms);
    double largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < count; i++) {
        double squares = 0;
        for (size_t e = 0; e < elements; e++) {
            const double difference = (double)samples[i * elements + e] - (double)point[e];
            squares += difference * difference;
        }
        terms[i] = -squares / (2 * sigma * sigma);
        largest = fmax(largest, terms[i]);
    }
    for (size_t i = 0; i < count; i++) sum += exp(terms[i] - largest);
    free(terms);
    return largest + log(sum / (double)count) - (double)elements * log(sigma * sqrt(2 * acos(-1)));
}

// Several blocks of each, the last of each not full.
static void blocks_add_up(void **state) {
    (void)state;
    static const struct {
        size_t samples, points, elements;
    } cases[] = {{2500, 1300, 3}, {1025, 60, 784}, {1, 1, 1}, {1024, 1024, 17}};
    static const double sigmas[] = {0.1, 0.2782559402207126, 1.0};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const size_t elements = cases[c].elements, count = cases[c].points;
        float *const samples = malloc(cases[c].samples * elements * sizeof *samples);
        float *const points = malloc(count * elements * sizeof *points);
        double *const got = malloc(3 * count * sizeof *got);
        float_values(samples, cases[c].samples * elements, 5, 0.5, 0.5);
        float_values(points, count * elements, 6, 0.5, 0.5);
        assert_ok(gan_parzen_estimate(device, elements, sigmas, 3, samples, cases[c].samples,
                                      points, count, got));
        const double norms = (double)elements / 4; // of both vectors together, about 1/8 an element
        for (size_t s = 0; s < 3; s++)
            for (size_t i = 0; i < count; i += 13)
                assert_near("log-likelihood", got[s * count + i],
                            reference(samples, cases[c].samples, points + i * elements, elements,
                                      sigmas[s]),
                            allowed(norms, sigmas[s]));
        free(samples);
        free(points);
        free(got);
    }
}

// --- The protocol --------------------------------------------------------------------------------

typedef struct rows {
    const float *values;
    size_t elements;
} rows;

static gan_status read_rows(const gan_points *points, uint64_t first, size_t count, float *values) {
    const rows *const from = points->source;
    memcpy(values, from->values + first * from->elements, count * from->elements * sizeof *values);
    return GAN_STATUS_OK;
}

static gan_points points_of(const rows *from, uint64_t count) {
    return (gan_points){.count = count, .read = read_rows, .source = from};
}

// Only the first 1,000 validation points count; the spread is the population's.
static void the_protocol_is_the_papers(void **state) {
    (void)state;
    static float samples[60 * 4], validation[1200 * 4], test[50 * 4];
    double sigmas[GAN_PARZEN_SIGMAS], means[GAN_PARZEN_SIGMAS], sigma, mean, error;
    gan_parzen_figures got;
    float_values(samples, 60 * 4, 2, 0.5, 0.5);
    float_values(validation, 1200 * 4, 3, 0.9, 0.5);
    float_values(test, 50 * 4, 4, 0.85, 0.5);
    const rows from[] = {{samples, 4}, {validation, 4}, {test, 4}};
    const gan_points generated = points_of(&from[0], 60), validating = points_of(&from[1], 1200),
                     testing = points_of(&from[2], 50);
    assert_ok(gan__parzen_protocol(device, 4, &generated, &validating, &testing, NULL, &got));
    golden_numbers("parzen_protocol", "sigmas", sigmas, GAN_PARZEN_SIGMAS);
    golden_numbers("parzen_protocol", "validation_means", means, GAN_PARZEN_SIGMAS);
    golden_numbers("parzen_protocol", "sigma", &sigma, 1);
    golden_numbers("parzen_protocol", "mean", &mean, 1);
    golden_numbers("parzen_protocol", "standard_error", &error, 1);
    for (size_t i = 0; i < GAN_PARZEN_SIGMAS; i++) {
        assert_near("sigma", got.sigmas[i], sigmas[i], 1e-15);
        assert_near("validation mean", got.validation_means[i], means[i], allowed(4, sigmas[i]));
    }
    assert_int_equal(got.samples, 60);
    assert_int_equal(got.validation, 1000);
    assert_int_equal(got.test, 50);
    assert_near("chosen sigma", got.sigma, sigma, 1e-15);
    assert_false(got.at_edge);
    assert_near("mean", got.mean, mean, allowed(4, sigma));
    assert_near("standard error", got.standard_error, error, allowed(4, sigma));
}

static void impossible_arguments_are_refused(void **state) {
    (void)state;
    const double sigma = 1, zero = 0;
    const float vector[] = {1};
    double got;
    assert_fails(gan_parzen_estimate(device, 1, &zero, 1, vector, 1, vector, 1, &got),
                 GAN_STATUS_BAD_ARGUMENT, "sigma is 0");
    assert_fails(gan_parzen_estimate(device, 0, &sigma, 1, vector, 1, vector, 1, &got),
                 GAN_STATUS_BAD_ARGUMENT, "0 elements");
    assert_fails(gan_parzen_estimate(device, 1, &sigma, 1, vector, 0, vector, 1, &got),
                 GAN_STATUS_BAD_ARGUMENT, "at least one sample");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_are_scipys),
        cmocka_unit_test(samples_at_one_place_are_one_gaussian),
        cmocka_unit_test(even_samples_have_an_even_density),
        cmocka_unit_test(moving_everything_changes_nothing),
        cmocka_unit_test(blocks_add_up),
        cmocka_unit_test(the_protocol_is_the_papers),
        cmocka_unit_test(impossible_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("Parzen windows", tests, open_device, close_device);
}
