// Tuning of what cannot be put back, on ways whose times are written down.
#include "tuner_fixture.h"

#include "runtime/tuner_stages.h"

enum { ITEMS = 2, MOST_ENTRIES = 16 };

typedef struct stage_way {
    double gains[ITEMS]; // over the yardstick; 0: not right; -1: cannot be built
    double later[ITEMS]; // the same when it is measured again, where that is not 0
} stage_way;

typedef struct stages {
    const stage_way *ways;
    size_t entered[MOST_ENTRIES], count; // which ways, in order
} stages;

static const double yardsticks[ITEMS] = {1, 3};

static gan_status describe(void *user, size_t way, gan_text *text) {
    (void)user;
    gan__text_append(text, "way %zu", way);
    return gan__text_status(text);
}

static gan_status enter(void *user, size_t way) {
    stages *s = user;
    s->entered[s->count++] = way;
    return GAN_STATUS_OK;
}

static bool entered_before(const stages *s, size_t way) {
    for (size_t i = 0; i + 1 < s->count; i++)
        if (s->entered[i] == way) return true;
    return false;
}

static gan_status measure(void *user, size_t way, size_t item, bool *right, double *yardstick,
                          double *gain) {
    const stages *s = user;
    assert_int_equal(s->entered[s->count - 1], way);
    const stage_way *told = &s->ways[way];
    bool again = entered_before(s, way) && told->later[item] > 0;
    *gain = again ? told->later[item] : told->gains[item];
    *yardstick = yardsticks[item];
    *right = *gain > 0;
    return *gain < 0 ? gan__fail(GAN_STATUS_BUILD_FAILED, "way %zu cannot be built", way)
                     : GAN_STATUS_OK;
}

static gan_tuner_result tune(stages *s, size_t ways, const gan_tuner_limits *limits) {
    const gan_tuner_limits none = {0};
    gan_tuner_result result;
    const gan_tuner_stages task = {.key = "stage",
                                   .user = s,
                                   .ways = ways,
                                   .items = ITEMS,
                                   .describe = describe,
                                   .enter = enter,
                                   .measure = measure};
    assert_ok(gan__tuner_run_stages(device, &task, limits ? limits : &none, &result));
    return result;
}

static void the_fastest_right_way_is_kept_as_an_order_of_its_own(void **state) {
    (void)state;
    const stage_way ways[] = {{.gains = {2, 2}},  // 0.5 + 1.5 seconds
                              {.gains = {9, 0}},  // one item is wrong
                              {.gains = {-1, 9}}, // one cannot be built
                              {.gains = {1, 6}},  // 1 + 0.5
                              {.gains = {4, 4}},  // 0.25 + 0.75: the best
                              {.gains = {2, 3}}}; // 0.5 + 1
    stages s = {.ways = ways};
    gan_text orders = {0};
    gan_tuner_result result = tune(&s, 6, NULL);
    assert_true(result.finished && result.way == 4 && result.wrong == 2 && result.tried == 3);
    assert_true(result.gain == 2 && result.usual_seconds == 2);
    const size_t expected[] = {0, 1, 2, 3, 4, 5, 4}; // the winner once more, the usual never again
    assert_int_equal(s.count, 7);
    assert_memory_equal(s.entered, expected, sizeof expected);
    reopen();
    expect_way("stage", "way 4");
    assert_true(gan__tuner_gain(device, "stage") == 2);
    assert_ok(gan__tuner_write_orders(device, &orders));
    assert_non_null(strstr(orders.bytes, "own order | way 4"));
    gan__text_destroy(&orders);
}

static void what_the_yardstick_does_faster_counts_with_its_time(void **state) {
    (void)state;
    // The second way is ten times slower at the first item, which another engine then makes.
    const stage_way ways[] = {{.gains = {0.5, 2}}, {.gains = {0.1, 3}}, {.gains = {0.9, 1.5}}};
    stages s = {.ways = ways};
    gan_tuner_result result = tune(&s, 3, NULL);
    assert_int_equal(result.way, 1);
    assert_true(result.gain == 2.5 / 2);
}

static void where_the_usual_way_is_wrong_the_yardstick_stands_for_it(void **state) {
    (void)state;
    const stage_way ways[] = {{.gains = {0, 2}}, {.gains = {2, 2}}};
    stages s = {.ways = ways};
    gan_tuner_result result = tune(&s, 2, NULL);
    assert_true(result.way == 1 && result.gain == 2.5 / 2 && result.wrong == 0);
}

static void the_winner_has_to_win_twice(void **state) {
    (void)state;
    const stage_way ways[] = {{.gains = {2, 2}}, {.gains = {4, 4}, .later = {2, 2}}};
    stages s = {.ways = ways};
    gan_tuner_result result = tune(&s, 2, NULL);
    assert_true(result.finished && result.way == 0 && result.gain == 1);
    reopen();
    expect_way("stage", NULL);
    assert_true(gan__tuner_gain(device, "stage") == 1); // it is known that none is faster
    const stage_way luckier[] = {{.gains = {2, 2}}, {.gains = {4, 4}, .later = {3, 3}}};
    s = (stages){.ways = luckier};
    result = tune(&s, 2, NULL);
    assert_true(result.way == 1 && result.gain == 1.5);
}

static void half_a_comparison_is_not_kept(void **state) {
    (void)state;
    const stage_way ways[] = {{.gains = {2, 2}}, {.gains = {4, 4}}, {.gains = {3, 3}}};
    const gan_tuner_limits limits = {.go_on = go_on};
    for (int questions = 0; questions < 2 * 4; questions++) { // two items of four ways entered
        stages s = {.ways = ways};
        questions_left = questions;
        assert_false(tune(&s, 3, &limits).finished);
        expect_way("stage", NULL);
        assert_true(gan__tuner_gain(device, "stage") == 0);
    }
    stages s = {.ways = ways};
    questions_left = 2 * 4;
    assert_true(tune(&s, 3, &limits).finished);
    expect_way("stage", "way 1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        tuner_test(the_fastest_right_way_is_kept_as_an_order_of_its_own),
        tuner_test(what_the_yardstick_does_faster_counts_with_its_time),
        tuner_test(where_the_usual_way_is_wrong_the_yardstick_stands_for_it),
        tuner_test(the_winner_has_to_win_twice),
        tuner_test(half_a_comparison_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
