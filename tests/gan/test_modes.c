// Modes of a mixture, against figures worked out by hand and the shares that theory gives.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "gan/modes.h"

#include <math.h>
#include <string.h>

// Three modes on a line, deviation 0.5: of high quality is what lies less than 1.5 from a centre.
static const double centres[] = {0, 0, 10, 0, 20, 0};
static const gan_mixture line = {.centres = centres, .modes = 3, .dimension = 2, .deviation = 0.5};

static gan_mode_figures measure(const gan_mixture *mixture, const float *samples, size_t count,
                                uint64_t *histogram) {
    gan_mode_figures figures;
    if (gan_modes_measure(mixture, samples, count, histogram, &figures) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return figures;
}

static void only_samples_within_three_deviations_count(void **state) {
    (void)state;
    const float samples[] = {0, 1.4999F, 10, -1.5F, 20, 1.5001F, 9, 1, 11, 1, 5, 0, -1, -1, 30, 0};
    uint64_t histogram[3];
    const gan_mode_figures figures = measure(&line, samples, 8, histogram);
    assert_int_equal(histogram[0], 2);
    assert_int_equal(histogram[1], 2);
    assert_int_equal(histogram[2], 0);
    assert_int_equal(figures.modes, 3);
    assert_int_equal(figures.captured, 2);
    assert_int_equal(figures.samples, 8);
    assert_true(figures.high_quality == 0.5);
    assert_true(fabs(figures.reverse_kl - log(1.5)) < 1e-15);
}

static void reverse_kl_goes_from_0_to_the_logarithm_of_the_modes(void **state) {
    (void)state;
    const float even[] = {0, 0, 10, 0, 20, 0}, one[] = {20, 0, 20, 0, 20, 0};
    assert_true(measure(&line, even, 3, NULL).reverse_kl == 0);
    assert_true(fabs(measure(&line, one, 3, NULL).reverse_kl - log(3)) < 1e-15);
    // Shares 1/6, 2/6, 3/6: scipy.stats.entropy([1, 2, 3], [1, 1, 1]).
    const float uneven[] = {0, 0, 10, 0, 10, 0, 20, 0, 20, 0, 20, 0};
    assert_true(fabs(measure(&line, uneven, 6, NULL).reverse_kl - 0.08720802396075791) < 1e-15);
}

static void without_a_good_sample_the_divergence_is_undefined(void **state) {
    (void)state;
    const float far[] = {100, 100, NAN, 0, INFINITY, 0};
    const gan_mode_figures figures = measure(&line, far, 3, NULL);
    assert_int_equal(figures.captured, 0);
    assert_true(figures.high_quality == 0);
    assert_true(isnan(figures.reverse_kl));
    assert_true(isnan(measure(&line, far, 0, NULL).high_quality));
}

// Of a two-dimensional normal 1 - exp(-9/2) lies within three deviations.
static void data_of_the_built_in_mixtures_captures_everything(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    static const struct {
        const char *source;
        size_t modes;
    } sets[] = {{"builtin:ring8", 8}, {"builtin:grid25", 25}};
    const double expected = 1 - exp(-4.5), error = sqrt(expected * (1 - expected) / COUNT);
    void *samples = NULL;
    assert_int_equal(gan__alloc(COUNT, 2 * sizeof(float), &samples), GAN_STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        gan_dataset *set = NULL;
        gan_mixture mixture;
        assert_int_equal(gan__dataset_open(sets[i].source, &set), GAN_STATUS_OK);
        assert_true(gan__modes_of_dataset(set, &mixture));
        assert_int_equal(mixture.modes, sets[i].modes);
        assert_int_equal(gan__dataset_read(set, 1, 0, COUNT, samples, NULL), GAN_STATUS_OK);
        const gan_mode_figures figures = measure(&mixture, samples, COUNT, NULL);
        assert_int_equal(figures.captured, sets[i].modes);
        assert_true(fabs(figures.high_quality - expected) < 4 * error);
        // Twice the samples times the divergence is chi-squared with modes - 1 degrees of freedom.
        assert_true(2 * COUNT * figures.reverse_kl < 4 * (double)sets[i].modes);
        gan__dataset_close(set);
    }
    gan__free(samples);
}

static void only_mixtures_have_modes(void **state) {
    (void)state;
    gan_dataset *set = NULL;
    gan_mixture mixture;
    assert_int_equal(gan__dataset_open("builtin:swissroll", &set), GAN_STATUS_OK);
    assert_false(gan__modes_of_dataset(set, &mixture));
    gan__dataset_close(set);
}

static void an_impossible_mixture_is_refused(void **state) {
    (void)state;
    gan_mode_figures figures;
    gan_mixture bad = line;
    bad.deviation = 0;
    assert_int_equal(gan_modes_measure(&bad, NULL, 0, NULL, &figures), GAN_STATUS_BAD_ARGUMENT);
    bad = line;
    bad.modes = 0;
    assert_int_equal(gan_modes_measure(&bad, NULL, 0, NULL, &figures), GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "0 modes"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_samples_within_three_deviations_count),
        cmocka_unit_test(reverse_kl_goes_from_0_to_the_logarithm_of_the_modes),
        cmocka_unit_test(without_a_good_sample_the_divergence_is_undefined),
        cmocka_unit_test(data_of_the_built_in_mixtures_captures_everything),
        cmocka_unit_test(only_mixtures_have_modes),
        cmocka_unit_test(an_impossible_mixture_is_refused),
    };
    return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
