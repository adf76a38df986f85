// Philox against published known answers, its draws, and the permutation.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "base/philox.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// The three philox4x32 10 lines of Random123's kat_vectors.
static void the_bijection_gives_the_published_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], expected[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan_philox_words words = gan__philox(cases[i].counter, cases[i].key);
        assert_memory_equal(words.word, cases[i].expected, sizeof words.word);
    }
}

static void a_draw_puts_its_name_into_key_and_counter(void **state) {
    (void)state;
    // The third published vector again, by its name.
    gan_philox_words words = gan__philox_draw(UINT64_C(0x299f31d0a4093822), 0x85a308d3,
                                              UINT64_C(0x0370734413198a2e), 0x243f6a88);
    assert_int_equal(words.word[0], 0xd16cfe09);
    assert_int_equal(words.word[3], 0x24126ea1);
    assert_true(gan__philox_uniform(UINT64_C(0x299f31d0a4093822), 0x85a308d3,
                                    UINT64_C(0x0370734413198a2e),
                                    0x243f6a88) == (float)0xd16cfe / 16777216.0F);
}

static void uniform_and_normal_draws_have_their_moments(void **state) {
    (void)state;
    enum { COUNT = 200000 };
    double uniform[2] = {0}, normal[4] = {0};
    for (uint32_t i = 0; i < COUNT; i++) {
        double u = gan__philox_uniform(5, 6, 7, i), n = gan__philox_normal(5, 6, 7, i);
        assert_true(u >= 0 && u < 1 && isfinite(n));
        uniform[0] += u / COUNT;
        uniform[1] += u * u / COUNT;
        for (int k = 0; k < 4; k++) normal[k] += pow(n, k + 1) / COUNT;
    }
    // Five standard errors of each moment's mean.
    assert_true(fabs(uniform[0] - 1.0 / 2) < 5 * sqrt(1.0 / 12 / COUNT));
    assert_true(fabs(uniform[1] - 1.0 / 3) < 5 * sqrt(4.0 / 45 / COUNT));
    static const double mean[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
    for (int k = 0; k < 4; k++) {
        assert_true(fabs(normal[k] - mean[k]) < 5 * sqrt(variance[k] / COUNT));
    }
}

static void assert_permutation(uint64_t seed, uint64_t step, uint64_t count) {
    bool *seen;
    assert_int_equal(gan__alloc(count, sizeof *seen, (void **)&seen), GAN_STATUS_OK);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t image = gan__philox_permute(seed, GAN_STREAM_SHUFFLE, step, i, count);
        assert_true(image < count);
        assert_false(seen[image]);
        seen[image] = true;
    }
    gan__free(seen);
}

static void the_permutation_is_a_bijection_for_every_count(void **state) {
    (void)state;
    for (uint64_t count = 1; count <= 300; count++) assert_permutation(1, count, count);
    static const uint64_t large[] = {1023, 1024, 1025, 4096, 4097, 60000, 65537};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) assert_permutation(9, 2, large[i]);
}

static void the_permutation_of_a_huge_count_stays_inside_it(void **state) {
    (void)state;
    static const uint64_t counts[] = {UINT64_C(1) << 40, (UINT64_C(1) << 62) + 1, UINT64_MAX};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (uint64_t i = 0; i < 100; i++) {
            uint64_t index = counts[c] - 1 - i;
            assert_true(gan__philox_permute(3, 1, 0, index, counts[c]) < counts[c]);
        }
    }
}

// Each of the six orders of three things comes up equally often: chi-square with 5 degrees of
// freedom, one per mille.
static void every_order_is_as_likely(void **state) {
    (void)state;
    enum { EPOCHS = 12000 };
    unsigned found[3][3] = {{0}};
    for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
        uint64_t first = gan__philox_permute(4, GAN_STREAM_SHUFFLE, epoch, 0, 3);
        uint64_t second = gan__philox_permute(4, GAN_STREAM_SHUFFLE, epoch, 1, 3);
        found[first][second]++;
    }
    double chi_square = 0;
    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
            if (a != b) chi_square += pow(found[a][b] - EPOCHS / 6.0, 2) / (EPOCHS / 6.0);
        }
    }
    assert_true(chi_square < 20.5);
}

static void the_permutation_depends_on_seed_stream_and_step(void **state) {
    (void)state;
    unsigned same[3] = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t base = gan__philox_permute(1, 1, 1, i, 1000);
        same[0] += gan__philox_permute(2, 1, 1, i, 1000) == base;
        same[1] += gan__philox_permute(1, 2, 1, i, 1000) == base;
        same[2] += gan__philox_permute(1, 1, 2, i, 1000) == base;
    }
    // Two random permutations agree in one place on average; ten is past one in a million.
    for (int k = 0; k < 3; k++) assert_true(same[k] < 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bijection_gives_the_published_answers),
        cmocka_unit_test(a_draw_puts_its_name_into_key_and_counter),
        cmocka_unit_test(uniform_and_normal_draws_have_their_moments),
        cmocka_unit_test(the_permutation_is_a_bijection_for_every_count),
        cmocka_unit_test(the_permutation_of_a_huge_count_stays_inside_it),
        cmocka_unit_test(every_order_is_as_likely),
        cmocka_unit_test(the_permutation_depends_on_seed_stream_and_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
