// Latents beside those that seeds give: on the way between two, and truncated.
#include "cmocka_headers.h"

#include "base/philox.h"
#include "gan/latent.h"

#include <math.h>

enum { SIZE = 400 };

static gan_recipe_values normal = {.latent = {.size = SIZE, .prior = GAN_PRIOR_NORMAL}};

static double length_of(const float *latent) {
    double squares = 0;
    for (size_t i = 0; i < SIZE; i++) squares += (double)latent[i] * (double)latent[i];
    return sqrt(squares);
}

static void a_walk_begins_and_ends_at_its_ends_bit_for_bit(void **state) {
    (void)state;
    float from[SIZE], to[SIZE], got[SIZE];
    gan__latent_draw(&normal, 1, from);
    gan__latent_draw(&normal, 2, to);
    for (int path = GAN_SAMPLE_PATH_LINEAR; path <= GAN_SAMPLE_PATH_SPHERICAL; path++) {
        gan__latent_interpolate((gan_sample_path)path, from, to, SIZE, 0, got);
        assert_memory_equal(got, from, sizeof got);
        gan__latent_interpolate((gan_sample_path)path, from, to, SIZE, 1, got);
        assert_memory_equal(got, to, sizeof got);
    }
}

static void the_line_is_a_weighted_mean(void **state) {
    (void)state;
    const float from[] = {1, -2}, to[] = {3, 6};
    float got[2];
    gan__latent_interpolate(GAN_SAMPLE_PATH_LINEAR, from, to, 2, 0.25, got);
    assert_true(got[0] == 1.5F && got[1] == 0.0F);
}

// A quarter circle: 30 degrees along it, a third of the way.
static void the_arc_goes_by_equal_angles(void **state) {
    (void)state;
    const float from[] = {1, 0}, to[] = {0, 1};
    float got[2];
    gan__latent_interpolate(GAN_SAMPLE_PATH_SPHERICAL, from, to, 2, 1.0 / 3, got);
    assert_float_equal(got[0], 0.8660254F, 1e-6);
    assert_float_equal(got[1], 0.5F, 1e-6);
}

// Normal latents lie on a thin shell; the line leaves it (by a factor of sqrt(1/2) in the middle),
// where no generator was ever trained, the arc does not.
static void the_arc_stays_on_the_shell_of_normal_latents(void **state) {
    (void)state;
    float from[SIZE], to[SIZE], got[SIZE];
    gan__latent_draw(&normal, 3, from);
    gan__latent_draw(&normal, 4, to);
    const double shell = sqrt((double)SIZE);
    gan__latent_interpolate(GAN_SAMPLE_PATH_SPHERICAL, from, to, SIZE, 0.5, got);
    assert_float_equal((float)(length_of(got) / shell), 1, 0.1);
    gan__latent_interpolate(GAN_SAMPLE_PATH_LINEAR, from, to, SIZE, 0.5, got);
    assert_float_equal((float)(length_of(got) / shell), 0.7071F, 0.1);
}

static void latents_of_one_direction_or_none_have_a_way_too(void **state) {
    (void)state;
    const float zero[] = {0, 0}, a[] = {1, 1}, b[] = {2, 2}, opposite[] = {-1, -1};
    const float *const ends[] = {zero, b, opposite};
    for (size_t i = 0; i < 3; i++) {
        float got[2];
        gan__latent_interpolate(GAN_SAMPLE_PATH_SPHERICAL, a, ends[i], 2, 0.5, got);
        assert_float_equal(got[0], (1 + ends[i][0]) / 2, 1e-6);
        assert_true(got[0] == got[1]);
    }
}

static void truncation_draws_again_what_lies_outside_and_nothing_else(void **state) {
    (void)state;
    float plain[SIZE], truncated[SIZE];
    size_t changed = 0;
    gan__latent_draw(&normal, 5, plain);
    gan__latent_draw(&normal, 5, truncated);
    gan__latent_truncate(&normal, 5, 0.7, truncated);
    for (size_t i = 0; i < SIZE; i++) {
        assert_true(fabsf(truncated[i]) <= 0.7F);
        if (fabsf(plain[i]) <= 0.7F) assert_true(truncated[i] == plain[i]);
        changed += truncated[i] != plain[i];
    }
    // P(|z| > 0.7) is 0.484; four deviations.
    assert_in_range(changed, 154, 234);
}

// 3 elements of noise, two categories of 4, and 2 elements U(-1, 1).
static const gan_recipe_values coded = {
    .latent = {.size = 13, .prior = GAN_PRIOR_NORMAL, .categorical = {2, 4}, .continuous = 2}};

static void codes_are_one_hot_and_uniform(void **state) {
    (void)state;
    enum { SEEDS = 4000 };
    size_t chosen[2][4] = {{0}};
    double sums[2] = {0}, squares[2] = {0};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        float latent[13];
        gan__latent_draw(&coded, seed, latent);
        for (int code = 0; code < 2; code++) {
            float total = 0;
            for (int i = 0; i < 4; i++) {
                const float element = latent[3 + 4 * code + i];
                assert_true(element == 0 || element == 1);
                total += element;
                chosen[code][i] += element == 1;
            }
            assert_true(total == 1);
        }
        for (int i = 0; i < 2; i++) {
            assert_true(latent[11 + i] >= -1 && latent[11 + i] < 1);
            sums[i] += (double)latent[11 + i];
            squares[i] += (double)latent[11 + i] * (double)latent[11 + i];
        }
    }
    // Four deviations: sqrt(1/4 3/4 4000) = 27.4, sqrt(1/3 / 4000) = 0.0091, sqrt(4/45 / 4000).
    for (int code = 0; code < 2; code++)
        for (int i = 0; i < 4; i++) assert_in_range(chosen[code][i], 890, 1110);
    for (int i = 0; i < 2; i++) {
        assert_true(fabs(sums[i] / SEEDS) < 0.037);
        assert_true(fabs(squares[i] / SEEDS - 1.0 / 3) < 0.019);
    }
}

static void the_noise_of_a_latent_with_codes_is_that_of_a_shorter_one(void **state) {
    (void)state;
    const gan_recipe_values bare = {.latent = {.size = 3, .prior = GAN_PRIOR_NORMAL}};
    float latent[13], noise[3];
    gan__latent_draw(&coded, 9, latent);
    gan__latent_draw(&bare, 9, noise);
    assert_memory_equal(latent, noise, sizeof noise);
    gan__latent_truncate(&coded, 9, 0.01, latent);
    for (int i = 0; i < 3; i++) assert_true(fabsf(latent[i]) <= 0.01F);
    assert_true(latent[3] + latent[4] + latent[5] + latent[6] == 1);
}

static void on_a_walk_categories_change_half_way_and_continuous_codes_evenly(void **state) {
    (void)state;
    const float from[13] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, -1, 0.5F};
    const float to[13] = {1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0};
    float got[13];
    gan__latent_walk(&coded, GAN_SAMPLE_PATH_LINEAR, from, to, 0.25, got);
    assert_true(got[0] == 0.25F && got[11] == -0.5F && got[12] == 0.375F);
    assert_memory_equal(got + 3, from + 3, 8 * sizeof(float));
    gan__latent_walk(&coded, GAN_SAMPLE_PATH_LINEAR, from, to, 0.5, got);
    assert_memory_equal(got + 3, to + 3, 8 * sizeof(float));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_begins_and_ends_at_its_ends_bit_for_bit),
        cmocka_unit_test(the_line_is_a_weighted_mean),
        cmocka_unit_test(the_arc_goes_by_equal_angles),
        cmocka_unit_test(the_arc_stays_on_the_shell_of_normal_latents),
        cmocka_unit_test(latents_of_one_direction_or_none_have_a_way_too),
        cmocka_unit_test(truncation_draws_again_what_lies_outside_and_nothing_else),
        cmocka_unit_test(codes_are_one_hot_and_uniform),
        cmocka_unit_test(the_noise_of_a_latent_with_codes_is_that_of_a_shorter_one),
        cmocka_unit_test(on_a_walk_categories_change_half_way_and_continuous_codes_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
