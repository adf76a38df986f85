// The built-in sets: their moments and modes against the formulas they are drawn by, and that
// sample n depends on (seed, n) alone.
#include "files.h"

#include <math.h>

#define COUNT 100000

// Sample statistics must lie within 4 of their standard errors: the draws are fixed, so a test that
// passes once passes always.
#define ERRORS 4.0

static float *read_points(const char *name, uint32_t *labels, gan_dataset **set) {
    *set = open_or_fail(name);
    const gan_dataset_info *info = gan__dataset_info(*set);
    assert_true(info->endless);
    assert_int_equal(info->type, GAN_SAMPLE_TYPE_F32);
    float *points = test_malloc(COUNT * (size_t)info->size[0] * sizeof *points);
    assert_int_equal(gan__dataset_read(*set, 1, 0, COUNT, points, labels), GAN_STATUS_OK);
    return points;
}

static void gauss1d_has_mean_4_and_deviation_one_half(void **state) {
    (void)state;
    gan_dataset *set;
    float *points = read_points("builtin:gauss1d", NULL, &set);
    assert_shape(set, COUNT, 1, 1, 0, 0);
    double sum = 0, squares = 0, fourths = 0;
    for (size_t i = 0; i < COUNT; ++i) {
        double z = ((double)points[i] - 4) / 0.5;
        sum += z;
        squares += z * z;
        fourths += z * z * z * z;
    }
    assert_true(fabs(sum / COUNT) < ERRORS * sqrt(1.0 / COUNT));
    assert_true(fabs(squares / COUNT - 1) < ERRORS * sqrt(2.0 / COUNT));
    assert_true(fabs(fourths / COUNT - 3) < ERRORS * sqrt(96.0 / COUNT));
    test_free(points);
    gan__dataset_close(set);
}

// Each mode is as frequent as the others, centred where it is said to be, round, and as wide.
static void assert_mixture(const char *name, size_t modes, double deviation) {
    gan_dataset *set;
    uint32_t *labels = test_malloc(COUNT * sizeof *labels);
    float *points = read_points(name, labels, &set);
    const double *centres;
    double stated;
    assert_shape(set, COUNT, 1, 2, 0, 0);
    assert_int_equal(gan__dataset_modes(set, &centres, &stated), modes);
    assert_int_equal(gan__dataset_info(set)->classes, modes);
    assert_true(stated == deviation);
    for (size_t mode = 0; mode < modes; ++mode) {
        double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        for (size_t i = 0; i < COUNT; ++i) {
            if (labels[i] != mode) continue;
            double u = ((double)points[2 * i] - centres[2 * mode]) / deviation;
            double v = ((double)points[2 * i + 1] - centres[2 * mode + 1]) / deviation;
            n++, x += u, y += v, xx += u * u, yy += v * v, xy += u * v;
        }
        double p = 1.0 / (double)modes;
        assert_true(fabs(n - COUNT * p) < ERRORS * sqrt(COUNT * p * (1 - p)));
        assert_true(fabs(x / n) < ERRORS / sqrt(n) && fabs(y / n) < ERRORS / sqrt(n));
        assert_true(fabs(xx / n - 1) < ERRORS * sqrt(2 / n));
        assert_true(fabs(yy / n - 1) < ERRORS * sqrt(2 / n));
        assert_true(fabs(xy / n) < ERRORS / sqrt(n));
    }
    test_free(points);
    test_free(labels);
    gan__dataset_close(set);
}

static void ring8_is_eight_equal_modes_on_the_unit_circle(void **state) {
    (void)state;
    assert_mixture("builtin:ring8", 8, 0.01);
    gan_dataset *set = open_or_fail("builtin:ring8");
    const double *centres;
    double deviation;
    gan__dataset_modes(set, &centres, &deviation);
    for (int i = 0; i < 8; ++i) {
        double angle = i * 6.283185307179586 / 8;
        assert_true(fabs(centres[2 * i] - cos(angle)) < 1e-15);
        assert_true(fabs(centres[2 * i + 1] - sin(angle)) < 1e-15);
    }
    gan__dataset_close(set);
}

static void grid25_is_a_grid_of_25_equal_modes(void **state) {
    (void)state;
    assert_mixture("builtin:grid25", 25, 0.05);
    gan_dataset *set = open_or_fail("builtin:grid25");
    const double *centres;
    double deviation;
    gan__dataset_modes(set, &centres, &deviation);
    for (int i = 0; i < 25; ++i) {
        assert_true(centres[2 * i] == -4 + 2 * (i % 5));
        assert_true(centres[2 * i + 1] == -4 + 2 * (i / 5));
    }
    gan__dataset_close(set);
}

static void swissroll_lies_along_its_spiral(void **state) {
    (void)state;
    gan_dataset *set;
    float *points = read_points("builtin:swissroll", NULL, &set);
    double squares = 0, radii = 0;
    for (size_t i = 0; i < COUNT; ++i) {
        double x = (double)points[2 * i] * 7.5, y = (double)points[2 * i + 1] * 7.5;
        // The radius is the angle, so the distance along it from the nearest turn is the noise.
        double radius = hypot(x, y), turns = (radius - atan2(y, x)) / 6.283185307179586;
        double off = 6.283185307179586 * (turns - round(turns));
        squares += off * off;
        radii += radius * radius;
    }
    assert_true(sqrt(squares / COUNT) > 0.24 && sqrt(squares / COUNT) < 0.27);
    // t is uniform on [1.5 pi, 4.5 pi]: E t^2 = (4.5^3 - 1.5^3) pi^2 / 9; the noise adds 2 / 16.
    double expected = (91.125 - 3.375) * 9.869604401089358 / 9 + 0.125;
    assert_true(fabs(radii / COUNT - expected) < ERRORS * 60 / sqrt(COUNT));
    test_free(points);
    gan__dataset_close(set);
}

static void a_sample_depends_on_seed_and_number_alone(void **state) {
    (void)state;
    static const char *const names[] = {"builtin:gauss1d", "builtin:ring8", "builtin:grid25",
                                        "builtin:swissroll", "builtin:digits"};
    static uint8_t many[64 * 784], one[784], other[784];
    for (size_t k = 0; k < 5; ++k) {
        gan_dataset *set = open_or_fail(names[k]);
        const gan_dataset_info *info = gan__dataset_info(set);
        size_t size = info->rank == 3 ? 784 : 4 * (size_t)info->size[0];
        uint64_t start = UINT64_C(5000000000); // far past any epoch
        uint32_t labels[64], label;
        gan__dataset_read(set, 3, start, 64, many, labels);
        gan__dataset_read(set, 3, start + 40, 1, one, &label);
        assert_memory_equal(many + 40 * size, one, size);
        assert_int_equal(labels[40], label);
        gan__dataset_read(set, 3, start + 41, 1, other, NULL);
        assert_memory_not_equal(one, other, size);
        gan__dataset_read(set, 4, start + 40, 1, other, NULL);
        assert_memory_not_equal(one, other, size);
        gan__dataset_sample(set, start + 40, other, NULL);
        assert_memory_not_equal(one, other, size);
        gan__dataset_close(set);
    }
}

static void a_window_of_an_endless_set_is_a_finite_set(void **state) {
    (void)state;
    gan_dataset *set = open_or_fail("builtin:gauss1d");
    float first[10], order[10];
    for (size_t i = 0; i < 10; ++i)
        assert_int_equal(gan__dataset_sample(set, 7 + i, &first[i], NULL), GAN_STATUS_OK);
    assert_int_equal(gan__dataset_limit(set, 7, 10), GAN_STATUS_OK);
    assert_false(gan__dataset_info(set)->endless);
    gan__dataset_read(set, 2, 10, 10, order, NULL);
    for (size_t i = 0; i < 10; ++i) {
        size_t found = 0;
        for (size_t k = 0; k < 10; ++k) found += order[k] == first[i];
        assert_int_equal(found, 1);
    }
    gan__dataset_close(set);
}

static void digits_are_ink_inside_the_frame_and_every_class_is_drawn(void **state) {
    (void)state;
    enum { DIGITS = 20000 };
    gan_dataset *set = open_or_fail("builtin:digits");
    assert_shape(set, 60000, 3, 1, 28, 28);
    uint8_t *pixels = test_malloc(DIGITS * 784);
    uint32_t *labels = test_malloc(DIGITS * sizeof *labels);
    gan__dataset_read(set, 1, 0, DIGITS, pixels, labels);
    double counts[10] = {0};
    for (size_t n = 0; n < DIGITS; ++n) {
        const uint8_t *digit = pixels + 784 * n;
        size_t dark = 0, bright = 0, edge = 0;
        for (size_t i = 0; i < 784; ++i) {
            bool on_edge = i < 28 || i >= 756 || i % 28 == 0 || i % 28 == 27;
            dark += digit[i] == 0;
            bright += digit[i] > 128;
            edge += on_edge && digit[i];
        }
        // More paper than ink, but ink enough to see; the frame's outermost pixels stay empty.
        assert_true(dark > 784 / 2 && bright >= 15 && bright < 784 * 40 / 100);
        assert_int_equal(edge, 0);
        assert_true(labels[n] < 10);
        counts[labels[n]]++;
    }
    for (int i = 0; i < 10; ++i)
        assert_true(fabs(counts[i] - DIGITS / 10) < ERRORS * sqrt(DIGITS * 0.09));
    test_free(labels);
    test_free(pixels);
    gan__dataset_close(set);
}

// A digit's pixels say which digit it is: the nearest of 3000 others has the same label, as it has
// for MNIST (where nearest neighbours among so few err on 8 per cent).
static void digits_can_be_told_apart(void **state) {
    (void)state;
    enum { KNOWN = 3000, ASKED = 300 };
    gan_dataset *set = open_or_fail("builtin:digits");
    uint8_t *pixels = test_malloc((KNOWN + ASKED) * 784);
    uint32_t labels[KNOWN + ASKED];
    gan__dataset_read(set, 1, 0, KNOWN + ASKED, pixels, labels);
    unsigned right = 0;
    for (size_t a = KNOWN; a < KNOWN + ASKED; ++a) {
        long best = -1;
        size_t nearest = 0;
        for (size_t k = 0; k < KNOWN; ++k) {
            long distance = 0;
            for (size_t i = 0; i < 784; ++i) {
                int off = pixels[784 * a + i] - pixels[784 * k + i];
                distance += off * off;
            }
            if (best < 0 || distance < best) {
                best = distance;
                nearest = k;
            }
        }
        right += labels[nearest] == labels[a];
    }
    print_message("%u of %d digits are nearest to one of their own\n", right, ASKED);
    assert_true(right >= ASKED * 95 / 100);
    test_free(pixels);
    gan__dataset_close(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gauss1d_has_mean_4_and_deviation_one_half),
        cmocka_unit_test(ring8_is_eight_equal_modes_on_the_unit_circle),
        cmocka_unit_test(grid25_is_a_grid_of_25_equal_modes),
        cmocka_unit_test(swissroll_lies_along_its_spiral),
        cmocka_unit_test(a_sample_depends_on_seed_and_number_alone),
        cmocka_unit_test(a_window_of_an_endless_set_is_a_finite_set),
        cmocka_unit_test(digits_are_ink_inside_the_frame_and_every_class_is_drawn),
        cmocka_unit_test(digits_can_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
