// Distances between sets of features: against NumPy, SciPy and scikit-learn
// (tests/golden/make_features.py), and what they must be where the answer is known.
#include "gan/golden_values.h"

#include "gan/features.h"

#define TOLERANCE 1e-9 // relative; both sides work in double

typedef struct features {
    gan_feature_set set;
    float *values;
} features;

// Element i is offset + scale * sin(0.37 i^2 + 2.1 salt + 0.5), rounded to float.
static features make_features(size_t count, size_t width, int salt, double scale, double offset) {
    void *memory = NULL;
    assert_int_equal(gan__alloc(count * width, sizeof(float), &memory), GAN_STATUS_OK);
    float *const values = memory;
    for (size_t i = 0; i < count * width; i++) {
        const double at = (double)i;
        values[i] = (float)(offset + scale * sin(0.37 * at * at + 2.1 * salt + 0.5));
    }
    return (features){.set = {.values = values, .count = count, .width = width}, .values = values};
}

static void assert_golden(const char *of_case, const char *line, const double *got, size_t count) {
    double expected[4];
    golden_read("features.txt", of_case, line, expected, count);
    for (size_t i = 0; i < count; i++)
        assert_near(line, got[i], expected[i], TOLERANCE * fmax(fabs(expected[i]), 1e-3));
}

static gan_feature_figures compare(const features *real, const features *generated,
                                   size_t neighbours) {
    const gan_feature_options options = {.neighbours = neighbours};
    gan_feature_figures got;
    assert_int_equal(gan_features_compare(&real->set, &generated->set, &options, &got),
                     GAN_STATUS_OK);
    return got;
}

static void assert_manifold(const char *of_case, const gan_feature_figures *got) {
    const double figures[4] = {got->precision, got->recall, got->density, got->coverage};
    assert_golden(of_case, "manifold", figures, 4);
}

static void figures_of_small_sets_are_scikit_learns(void **state) {
    (void)state;
    const features real = make_features(60, 4, 1, 1, 0);
    const features generated = make_features(50, 4, 2, 1.1, 0.2);
    const features directions = make_features(4, 4, 3, 1, 0);
    const gan_feature_figures got = compare(&real, &generated, 3);
    double sliced;
    assert_golden("small", "frechet", &got.frechet, 1);
    assert_golden("small", "kernel", &got.kernel, 1);
    assert_true(isnan(got.kernel_error));
    assert_manifold("small", &got);
    assert_int_equal(gan__sliced_wasserstein(&real.set, &generated.set, &directions.set, &sliced),
                     GAN_STATUS_OK);
    assert_golden("small", "sliced", &sliced, 1);
    gan__free(real.values);
    gan__free(generated.values);
    gan__free(directions.values);
}

// SciPy takes the root of a product of singular matrices, which costs it digits.
static void frechet_distance_needs_no_full_rank(void **state) {
    (void)state;
    const features real = make_features(20, 33, 4, 1, 0);
    const features generated = make_features(25, 33, 5, 0.7, 0);
    double expected;
    golden_read("features.txt", "wide", "frechet", &expected, 1);
    assert_near("frechet", compare(&real, &generated, 3).frechet, expected, 1e-6 * expected);
    gan__free(real.values);
    gan__free(generated.values);
}

static void frechet_distance_of_many_features_is_scipys(void **state) {
    (void)state;
    const features real = make_features(600, 70, 9, 1, 0);
    const features generated = make_features(530, 70, 10, 0.8, 0.1);
    const gan_feature_figures got = compare(&real, &generated, 5);
    assert_golden("broad", "frechet", &got.frechet, 1);
    gan__free(real.values);
    gan__free(generated.values);
}

static void kernel_distance_has_the_error_of_its_blocks(void **state) {
    (void)state;
    const features real = make_features(3100, 3, 6, 1, 0);
    const features generated = make_features(2500, 3, 7, 0.9, 0.1);
    const gan_feature_figures got = compare(&real, &generated, 5);
    assert_golden("blocks", "kernel", (double[]){got.kernel, got.kernel_error}, 2);
    assert_manifold("blocks", &got);
    gan__free(real.values);
    gan__free(generated.values);
}

static double squared_distance(const features *a, size_t i, const features *b, size_t j) {
    double sum = 0;
    for (size_t k = 0; k < a->set.width; k++) {
        const double difference =
            (double)a->values[i * a->set.width + k] - b->values[j * b->set.width + k];
        sum += difference * difference;
    }
    return sum;
}

// Squared; neighbour 1 is the nearest.
static double neighbour_at(const features *set, size_t point, size_t neighbour) {
    double below = -1;
    for (size_t found = 0; found < neighbour;) {
        double next = INFINITY;
        size_t as_near = 0;
        for (size_t j = 0; j < set->set.count; j++) {
            const double distance = squared_distance(set, point, set, j);
            if (j == point || distance <= below) continue;
            as_near = distance < next ? 1 : as_near + (distance == next);
            if (distance < next) next = distance;
        }
        below = next;
        found += as_near;
    }
    return below;
}

// So far from the origin products say nothing of distances, many of which are equal.
static void balls_are_told_apart_far_from_the_origin(void **state) {
    (void)state;
    enum { REAL = 60, GENERATED = 50, WIDTH = 200, NEIGHBOURS = 3 };
    const features real = make_features(REAL, WIDTH, 1, 1, 3e5);
    const features generated = make_features(GENERATED, WIDTH, 2, 1, 3e5);
    const gan_feature_figures got = compare(&real, &generated, NEIGHBOURS);
    size_t inside = 0, reached = 0, recalled = 0, precise = 0;
    bool is_precise[GENERATED] = {false};
    for (size_t i = 0; i < REAL; i++) {
        const double radius = neighbour_at(&real, i, NEIGHBOURS);
        bool is_reached = false, is_recalled = false;
        for (size_t j = 0; j < GENERATED; j++) {
            const double distance = squared_distance(&real, i, &generated, j);
            const bool within = distance < radius;
            inside += within;
            is_reached |= within;
            is_precise[j] |= within;
            is_recalled |= distance < neighbour_at(&generated, j, NEIGHBOURS);
        }
        reached += is_reached;
        recalled += is_recalled;
    }
    for (size_t j = 0; j < GENERATED; j++) precise += is_precise[j];
    assert_near("precision", got.precision, (double)precise / GENERATED, 1e-12);
    assert_near("density", got.density, (double)inside / (NEIGHBOURS * GENERATED), 1e-12);
    assert_near("coverage", got.coverage, (double)reached / REAL, 1e-12);
    assert_near("recall", got.recall, (double)recalled / REAL, 1e-12);
    gan__free(real.values);
    gan__free(generated.values);
}

// A generator of one sample, which is a real one: its balls have no radius.
static void copies_of_one_sample_recall_nothing(void **state) {
    (void)state;
    const features real = make_features(300, 37, 1, 1, 0.3);
    features copies = make_features(250, 37, 2, 1, 0);
    for (size_t i = 0; i < 250 * 37; i++) copies.values[i] = real.values[5 * 37 + i % 37];
    const gan_feature_figures got = compare(&real, &copies, 5);
    assert_true(got.recall == 0 && got.precision == 1);
    assert_true(got.coverage > 0 && got.coverage < 0.2);
    gan__free(real.values);
    gan__free(copies.values);
}

static void a_set_is_at_no_distance_from_itself(void **state) {
    (void)state;
    const features real = make_features(300, 5, 1, 1, 0);
    gan_feature_figures got;
    assert_int_equal(gan_features_compare(&real.set, &real.set, NULL, &got), GAN_STATUS_OK);
    assert_near("frechet", got.frechet, 0, 1e-9);
    assert_true(got.sliced_wasserstein == 0);
    assert_true(got.precision == 1 && got.recall == 1 && got.coverage == 1);
    assert_int_equal(got.neighbours, GAN_FEATURE_NEIGHBOURS);
    assert_int_equal(got.directions, GAN_FEATURE_DIRECTIONS);
    const features copy = make_features(300, 5, 1, 1, 0);
    assert_true(got.kernel == compare(&real, &copy, 0).kernel);
    gan__free(copy.values);
    gan__free(real.values);
}

// A shift by one along every axis: the Frechet distance is the width, and the sliced one the mean
// length of a unit vector's shadow on it.
static void a_shift_is_measured_as_such(void **state) {
    (void)state;
    const features real = make_features(400, 2, 1, 1, 0);
    features moved = make_features(400, 2, 1, 1, 0);
    gan_feature_figures got;
    for (size_t i = 0; i < 800; i++) moved.values[i] += 1;
    const gan_feature_options options = {.directions = 4096};
    assert_int_equal(gan_features_compare(&real.set, &moved.set, &options, &got), GAN_STATUS_OK);
    assert_near("frechet", got.frechet, 2, 1e-6);
    // sqrt(2) times the mean of |cos|, 2 / pi; its deviation 0.308 over sqrt(4096).
    assert_near("sliced", got.sliced_wasserstein, sqrt(2) * 2 / 3.14159265358979, 4 * 0.0068);
    gan__free(real.values);
    gan__free(moved.values);
}

static void class_score_is_scipys(void **state) {
    (void)state;
    enum { COUNT = 200, CLASSES = 10 };
    const features raw = make_features(COUNT, CLASSES, 8, 1, 0);
    float probabilities[COUNT * CLASSES];
    double score[2];
    // The position of each number among its row's, in the order that NumPy's argsort gives:
    // order[k] is the column of the k-th smallest.
    for (size_t i = 0; i < COUNT; i++)
        for (size_t column = 0; column < CLASSES; column++) {
            size_t rank = 0;
            const float *const row = raw.values + i * CLASSES;
            for (size_t other = 0; other < CLASSES; other++) rank += row[other] < row[column];
            probabilities[i * CLASSES + rank] = (float)(ldexp(1, (int)column) / 1023);
        }
    assert_int_equal(gan_class_score(probabilities, COUNT, CLASSES, 10, &score[0], &score[1]),
                     GAN_STATUS_OK);
    double expected[2];
    golden_read("features.txt", "classes", "score", expected, 2);
    assert_near("score", score[0], expected[0], 1e-7);
    assert_near("its deviation", score[1], expected[1], 1e-7);
    gan__free(raw.values);
}

static void what_cannot_be_compared_is_refused(void **state) {
    (void)state;
    features real = make_features(20, 3, 1, 1, 0);
    const features other = make_features(20, 4, 1, 1, 0);
    gan_feature_figures got;
    double mean, deviation;
    assert_int_equal(gan_features_compare(&real.set, &other.set, NULL, &got),
                     GAN_STATUS_BAD_ARGUMENT);
    gan_feature_set few = real.set;
    few.count = GAN_FEATURE_NEIGHBOURS;
    assert_int_equal(gan_features_compare(&few, &real.set, NULL, &got), GAN_STATUS_BAD_ARGUMENT);
    real.values[7] = NAN;
    assert_int_equal(gan_features_compare(&real.set, &real.set, NULL, &got),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_class_score((float[]){-1, 2}, 1, 2, 1, &mean, &deviation),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_class_score((float[]){0, 1}, 1, 2, 2, &mean, &deviation),
                     GAN_STATUS_BAD_ARGUMENT);
    gan__free(real.values);
    gan__free(other.values);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_small_sets_are_scikit_learns),
        cmocka_unit_test(frechet_distance_needs_no_full_rank),
        cmocka_unit_test(frechet_distance_of_many_features_is_scipys),
        cmocka_unit_test(kernel_distance_has_the_error_of_its_blocks),
        cmocka_unit_test(balls_are_told_apart_far_from_the_origin),
        cmocka_unit_test(copies_of_one_sample_recall_nothing),
        cmocka_unit_test(a_set_is_at_no_distance_from_itself),
        cmocka_unit_test(a_shift_is_measured_as_such),
        cmocka_unit_test(class_score_is_scipys),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
