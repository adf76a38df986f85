// n-grams of sequences of tokens against NumPy and SciPy (tests/golden/make_ngrams.py).
#include "gan/golden_values.h"

#include "gan/ngrams.h"

enum { COUNT_MAX = 64, LENGTH_MAX = 16 };

// A linear congruential generator, as make_ngrams.py has it.
static void fill(uint16_t *tokens, size_t elements, uint64_t symbols, uint64_t state) {
    for (size_t i = 0; i < elements; i++) {
        uint64_t draws[2];
        for (int k = 0; k < 2; k++) {
            state = (state * 1103515245 + 12345) & 0x7fffffff;
            draws[k] = (state >> 16) % symbols;
        }
        tokens[i] = (uint16_t)(draws[0] < draws[1] ? draws[0] : draws[1]);
    }
}

typedef struct ngrams_case {
    const char *name;
    size_t counts[2], length;
    uint64_t states[2], symbols;
} ngrams_case;

static const ngrams_case cases[] = {{"few", {40, 55}, 6, {1, 2}, 3},
                                    {"many", {30, 30}, 12, {3, 4}, 4000},
                                    {"same", {25, 25}, 8, {5, 5}, 5}};

static void divergences_are_scipys(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const ngrams_case *c = &cases[i];
        uint16_t tokens[2][COUNT_MAX * LENGTH_MAX];
        gan_token_set sets[2];
        for (size_t k = 0; k < 2; k++) {
            fill(tokens[k], c->counts[k] * c->length, c->symbols, c->states[k]);
            sets[k] = (gan_token_set){tokens[k], c->counts[k], c->length};
        }
        double expected[4], distinct, got;
        golden_read("ngrams.txt", c->name, "jensen_shannon", expected, 4);
        golden_read("ngrams.txt", c->name, "distinct", &distinct, 1);
        for (size_t n = 1; n <= 4; n++) {
            assert_int_equal(gan__ngrams_divergence(&sets[0], &sets[1], n, &got), GAN_STATUS_OK);
            assert_near(c->name, got, expected[n - 1], 1e-12);
        }
        assert_int_equal(gan__ngrams_distinct(&sets[0], &got), GAN_STATUS_OK);
        assert_near(c->name, got, distinct, 1e-15);
    }
}

static void sets_that_share_nothing_are_ln_2_apart(void **state) {
    (void)state;
    static const uint16_t low[] = {0, 1, 0, 1}, high[] = {2, 3, 2, 2};
    const gan_token_set p = {low, 2, 2}, q = {high, 2, 2};
    double got;
    assert_int_equal(gan__ngrams_divergence(&p, &q, 2, &got), GAN_STATUS_OK);
    assert_near("apart", got, log(2), 1e-15);
    assert_int_equal(gan__ngrams_divergence(&p, &q, 3, &got), GAN_STATUS_OK);
    assert_true(isnan(got));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divergences_are_scipys),
        cmocka_unit_test(sets_that_share_nothing_are_ln_2_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
