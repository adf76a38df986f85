// Divergences: against integrals by SciPy's quadrature, SciPy's own estimates, and each other.
#include "gan/golden_values.h"

#include "clgan/evaluate.h"

static const char *const figure_names[] = {"entropy of p", "entropy of q", "cross-entropy",
                                           "KL(p, q)",     "KL(q, p)",     "Jensen-Shannon"};
#define FIGURES 6

static void assert_figures(const char *of_case, const char *line, const gan_divergences *got,
                           double tolerance) {
    double expected[FIGURES];
    const double figures[FIGURES] = {got->entropy_p, got->entropy_q,  got->cross_entropy,
                                     got->kl,        got->reverse_kl, got->jensen_shannon};
    golden_numbers(of_case, line, expected, FIGURES);
    for (size_t i = 0; i < FIGURES; i++) {
        char what[96];
        snprintf(what, sizeof what, "%s, %s: %s", of_case, line, figure_names[i]);
        assert_near(what, figures[i], expected[i], tolerance * fmax(fabs(expected[i]), 1));
    }
}

static void closed_forms_are_the_integrals(void **state) {
    (void)state;
    static const struct {
        const char *name;
        gan_gaussian p, q;
    } cases[] = {{"equal", {4, 0.5}, {4, 0.5}},
                 {"moved", {4, 0.5}, {4.25, 0.5}},
                 {"wider", {0, 1}, {0, 3}},
                 {"both", {-1, 0.7}, {0.5, 1.9}},
                 {"apart", {0, 1}, {9, 0.5}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan_divergences got;
        assert_int_equal(gan_divergences_gaussian(cases[i].p, cases[i].q, &got), GAN_STATUS_OK);
        assert_figures("gaussians", cases[i].name, &got, 1e-11);
    }
}

static void jensen_shannon_goes_from_0_to_ln_2(void **state) {
    (void)state;
    gan_divergences got;
    assert_int_equal(gan_divergences_gaussian((gan_gaussian){4, 0.5}, (gan_gaussian){4, 0.5}, &got),
                     GAN_STATUS_OK);
    assert_true(got.kl == 0 && got.reverse_kl == 0);
    assert_near("Jensen-Shannon", got.jensen_shannon, 0, 1e-15);
    // However far apart and however different in width.
    assert_int_equal(
        gan_divergences_gaussian((gan_gaussian){0, 1}, (gan_gaussian){1e6, 1e-4}, &got),
        GAN_STATUS_OK);
    assert_near("Jensen-Shannon", got.jensen_shannon, log(2), 1e-10);
}

static void a_gaussian_without_width_is_refused(void **state) {
    (void)state;
    gan_divergences got;
    const gan_gaussian good = {0, 1}, flat = {0, 0}, lost = {NAN, 1};
    assert_int_equal(gan_divergences_gaussian(good, flat, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_divergences_gaussian(lost, good, &got), GAN_STATUS_BAD_ARGUMENT);
}

static void histograms_are_scipys(void **state) {
    (void)state;
    float p[200], q[150];
    gan_divergences got;
    float_values(p, 200, 0, 1, 0);
    float_values(q, 150, 1, 0.9, 0.1);
    assert_int_equal(gan_divergences_histogram(p, 200, q, 150, 5, &got), GAN_STATUS_OK);
    assert_figures("histogram", "bins5", &got, 1e-12);
    assert_int_equal(gan_divergences_histogram(p, 200, q, 150, 40, &got), GAN_STATUS_OK);
    assert_true(isinf(got.kl) && isinf(got.reverse_kl));
    assert_figures("histogram", "bins40", &got, 1e-12);
}

static void kernels_are_scipys(void **state) {
    (void)state;
    float p[200], q[150];
    gan_divergences got;
    float_values(p, 200, 0, 1, 0);
    float_values(q, 150, 1, 0.8, 0.3);
    assert_int_equal(gan_divergences_kernel(p, 200, q, 150, &got), GAN_STATUS_OK);
    assert_figures("kernels", "divergences", &got, 1e-8);
    // However narrow one is beside the other, as of a generator that makes one number over and
    // over.
    float_values(q, 150, 1, 1e-5, 0.3);
    assert_int_equal(gan_divergences_kernel(p, 200, q, 150, &got), GAN_STATUS_OK);
    assert_figures("kernels", "narrow", &got, 1e-6);
    float_values(p, 200, 0, 2e-5, 3);
    assert_int_equal(gan_divergences_kernel(p, 200, q, 150, &got), GAN_STATUS_OK);
    assert_figures("kernels", "apart", &got, 1e-6);
}

static void samples_that_cannot_be_compared_are_refused(void **state) {
    (void)state;
    const float some[] = {1, 2, 3}, same[] = {2, 2, 2}, lost[] = {1, NAN, 3};
    gan_divergences got;
    assert_int_equal(gan_divergences_histogram(some, 3, lost, 3, 5, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "number 1"));
    assert_int_equal(gan_divergences_histogram(some, 3, some, 0, 5, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_divergences_histogram(some, 3, some, 3, 0, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_divergences_histogram(same, 3, same, 3, 5, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_divergences_kernel(some, 3, same, 3, &got), GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_divergences_kernel(some, 3, some, 1, &got), GAN_STATUS_BAD_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_are_the_integrals),
        cmocka_unit_test(jensen_shannon_goes_from_0_to_ln_2),
        cmocka_unit_test(a_gaussian_without_width_is_refused),
        cmocka_unit_test(histograms_are_scipys),
        cmocka_unit_test(kernels_are_scipys),
        cmocka_unit_test(samples_that_cannot_be_compared_are_refused),
    };
    return cmocka_run_group_tests_name("divergence", tests, NULL, NULL);
}
