// Initial values: their distributions by moments, orthogonality, fans, and that they are a function
// of (seed, step) alone.
#include "golden.h"
#include "nn/initialise.h"

enum { ROWS = 100, COLUMNS = 60, COUNT = ROWS * COLUMNS };

static const gan_shape matrix = {2, {ROWS, COLUMNS}};

static void fill(gan_init_kind kind, double value, uint64_t step, float *values) {
    gan_init init = {kind, value, 0};
    assert_int_equal(gan__initialise(init, &matrix, COLUMNS, ROWS, 5, step, values), GAN_STATUS_OK);
}

typedef struct moments {
    double mean, deviation, kurtosis, largest;
} moments;

static moments measure(const float *values, size_t count) {
    moments m = {0};
    for (size_t i = 0; i < count; i++) m.mean += values[i] / (double)count;
    double second = 0, fourth = 0;
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - m.mean;
        second += d * d / (double)count;
        fourth += d * d * d * d / (double)count;
        m.largest = fmax(m.largest, fabs(values[i]));
    }
    m.deviation = sqrt(second);
    m.kurtosis = fourth / (second * second);
    return m;
}

// A distribution by its kurtosis, how far 6000 draws may be from that (four deviations), and where
// it ends, in its own deviations.
typedef struct outline {
    double kurtosis, within, end;
} outline;

static const outline uniform = {1.8, 0.06, 1.7320508}, normal = {3, 0.25, INFINITY};
// scipy.stats.truncnorm(-2, 2)
#define TRUNCATED_DEVIATION 0.8796256610342398
static const outline truncated = {2.3655367, 0.1, 2 / TRUNCATED_DEVIATION};

// 6000 draws: the mean has deviation 0.013 sigma, the deviation 0.009 sigma (normal) or 0.006.
static void check_moments(gan_init_kind kind, double value, double deviation, outline of) {
    float values[COUNT];
    fill(kind, value, 1, values);
    moments m = measure(values, COUNT);
    const char *name = gan__init_info(kind)->name;
    if (!(fabs(m.mean) < 0.052 * deviation)) fail_msg("%s: mean %g", name, m.mean);
    if (!(fabs(m.deviation / deviation - 1) < 0.036))
        fail_msg("%s: deviation %g, not %g", name, m.deviation, deviation);
    if (!(fabs(m.kurtosis - of.kurtosis) < of.within))
        fail_msg("%s: kurtosis %g", name, m.kurtosis);
    if (!(m.largest <= of.end * deviation * (1 + 1e-6)))
        fail_msg("%s: %g is beyond its end", name, m.largest);
}

static void distributions_have_their_moments(void **state) {
    (void)state;
    check_moments(GAN_INIT_UNIFORM, 0.05, 0.05 / sqrt(3), uniform);
    check_moments(GAN_INIT_NORMAL, 0.02, 0.02, normal);
    check_moments(GAN_INIT_TRUNCATED_NORMAL, 0.02, 0.02 * TRUNCATED_DEVIATION, truncated);
    check_moments(GAN_INIT_XAVIER_UNIFORM, 2, 2 * sqrt(2. / (ROWS + COLUMNS)), uniform);
    check_moments(GAN_INIT_XAVIER_NORMAL, 2, 2 * sqrt(2. / (ROWS + COLUMNS)), normal);
    check_moments(GAN_INIT_HE_UNIFORM, sqrt(2), sqrt(2. / COLUMNS), uniform);
    check_moments(GAN_INIT_HE_NORMAL, sqrt(2), sqrt(2. / COLUMNS), normal);
    check_moments(GAN_INIT_TORCH, 0, 1 / sqrt(3. * COLUMNS), uniform);
}

// What is within two deviations is the normal kind's own value; the rest, 4.55 %, is drawn anew.
static void truncation_draws_again_what_is_beyond_two_deviations(void **state) {
    (void)state;
    float whole[COUNT], within[COUNT];
    size_t again = 0;
    fill(GAN_INIT_NORMAL, 0.5, 1, whole);
    fill(GAN_INIT_TRUNCATED_NORMAL, 0.5, 1, within);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(fabsf(within[i]) <= 1);
        assert_true(within[i] == whole[i] || fabsf(whole[i]) > 1);
        again += within[i] != whole[i];
    }
    assert_in_range(again, 0.0455 * COUNT - 65, 0.0455 * COUNT + 65); // four deviations
    const gan_init off = {GAN_INIT_TRUNCATED_NORMAL, 0.02, 1};
    assert_int_equal(gan__initialise(off, &matrix, COLUMNS, ROWS, 5, 1, within), GAN_STATUS_OK);
    for (size_t i = 0; i < COUNT; i++) assert_true(fabsf(within[i] - 1) <= 0.0400001F);
    assert_true(fabs(measure(within, COUNT).mean - 1) < 0.052 * 0.02);
}

static void constants_are_constant(void **state) {
    (void)state;
    float values[COUNT];
    fill(GAN_INIT_CONSTANT, 0.25, 1, values);
    for (size_t i = 0; i < COUNT; i++) assert_true(values[i] == 0.25f);
    fill(GAN_INIT_ZEROS, 0, 1, values);
    for (size_t i = 0; i < COUNT; i++) assert_true(values[i] == 0);
}

// Rows (or columns) of the rows x columns matrix are orthogonal and of length `gain`.
static void check_orthogonal(int64_t rows, int64_t columns, double gain) {
    float values[COUNT];
    gan_shape shape = GAN_SHAPE(rows, columns);
    gan_init init = {GAN_INIT_ORTHOGONAL, gain, 0};
    assert_int_equal(gan__initialise(init, &shape, columns, rows, 5, 2, values), GAN_STATUS_OK);
    bool tall = rows > columns;
    int64_t count = tall ? columns : rows, length = tall ? rows : columns;
    for (int64_t i = 0; i < count; i++) {
        for (int64_t j = 0; j <= i; j++) {
            double sum = 0;
            for (int64_t k = 0; k < length; k++)
                sum += tall ? (double)values[k * columns + i] * values[k * columns + j]
                            : (double)values[i * columns + k] * values[j * columns + k];
            assert_true(fabs(sum - (i == j ? gain * gain : 0)) < 2e-6 * gain * gain);
        }
    }
}

static void orthogonal_matrices_are_orthogonal(void **state) {
    (void)state;
    check_orthogonal(60, 60, 1);
    check_orthogonal(60, 20, 1.4);
    check_orthogonal(20, 60, 0.8);
    check_orthogonal(1, 5, 2);
    check_orthogonal(5, 1, 2);
}

static void values_follow_from_seed_and_step_alone(void **state) {
    (void)state;
    float a[COUNT], b[COUNT];
    for (gan_init_kind kind = GAN_INIT_UNIFORM; kind <= GAN_INIT_TORCH; kind++) {
        fill(kind, 1, 3, a);
        fill(kind, 1, 3, b);
        assert_memory_equal(a, b, sizeof a);
        fill(kind, 1, 4, b);
        size_t same = 0;
        for (size_t i = 0; i < COUNT; i++) same += a[i] == b[i];
        assert_true(same < COUNT / 100);
    }
}

static void marginals_invert_their_activation(void **state) {
    (void)state;
    const double means[5] = {0, 0.001, 0.5, 0.9, 1};
    float logits[5], atanhs[5];
    gan__initialise_logits(means, 5, 1e-7, logits);
    gan__initialise_atanh(means, 5, 1e-7, atanhs);
    for (int i = 0; i < 5; i++) {
        assert_true(fabs(1 / (1 + exp(-(double)logits[i])) - means[i]) < 2e-7);
        assert_true(fabs(tanh((double)atanhs[i]) - means[i]) < 2e-7);
    }
    assert_true(fabs(logits[0] + 16.118095) < 1e-5); // the logit of 1e-7
}

static void an_unsaid_kind_is_refused(void **state) {
    (void)state;
    float value;
    gan_shape one = GAN_SHAPE(1);
    assert_int_equal(gan__initialise((gan_init){0}, &one, 1, 1, 1, 1, &value),
                     GAN_STATUS_BAD_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_have_their_moments),
        cmocka_unit_test(truncation_draws_again_what_is_beyond_two_deviations),
        cmocka_unit_test(constants_are_constant),
        cmocka_unit_test(orthogonal_matrices_are_orthogonal),
        cmocka_unit_test(values_follow_from_seed_and_step_alone),
        cmocka_unit_test(marginals_invert_their_activation),
        cmocka_unit_test(an_unsaid_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
