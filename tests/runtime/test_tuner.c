// The tuner's search, on ways whose speed and rightness are known beforehand.
#include "tuner_fixture.h"

#include "base/clock.h"

#include <time.h>

// --- Ways of known speed -------------------------------------------------------------------------

static const char source[] =
    "kernel void spin(global float *x, const uint x0, const uint rounds) {\n"
    "    float a = x[x0];\n"
    "    for (uint i = 0; i < rounds; i++) a = fma(a, 0.5f, 1.0f);\n"
    "    x[x0] = a;\n"
    "}\n";

typedef struct spin_way {
    uint32_t rounds; // how slow it is; 0: it cannot be built
    bool wrong, reorders;
} spin_way;

typedef struct spin {
    const spin_way *ways;
    size_t count;
    gan_buffer *buffer;
    size_t created[8];
} spin;

static bool propose(void *user, size_t way, size_t best) {
    const spin *s = user;
    (void)best;
    return way < s->count;
}

static gan_status describe(void *user, size_t way, gan_text *text) {
    const spin *s = user;
    gan__text_append(text, "spin %u", (unsigned)s->ways[way].rounds);
    return gan__text_status(text);
}

static bool reorders(void *user, size_t way) {
    const spin *s = user;
    return s->ways[way].reorders;
}

static gan_status check(void *user, size_t way, bool *right) {
    const spin *s = user;
    *right = !s->ways[way].wrong;
    return GAN_STATUS_OK;
}

static gan_status create(void *user, size_t way, size_t copy, gan_launch **out) {
    spin *s = user;
    s->created[way]++;
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = s->buffer, .offset = copy},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = s->ways[way].rounds}};
    const gan_launch_desc desc = {.label = "spin",
                                  .name = s->ways[way].rounds ? "spin" : "absent",
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = 2,
                                  .global = {1},
                                  .local = {1}};
    return gan__launch_create(device, &desc, out);
}

static gan_status tune(const char *key, spin *s, const gan_tuner_limits *limits,
                       gan_tuner_result *result) {
    const gan_tuner_limits none = {0};
    const gan_tuner_task task = {.key = key,
                                 .user = s,
                                 .propose = propose,
                                 .describe = describe,
                                 .reorders = reorders,
                                 .check = check,
                                 .create = create,
                                 .copies = 2};
    s->buffer = make_buffer(16);
    const float zeros[4] = {0};
    assert_ok(gan__buffer_write(s->buffer, 0, sizeof zeros, zeros));
    gan_status status = gan__tuner_run(device, &task, limits ? limits : &none, result);
    gan__buffer_destroy(s->buffer);
    return status;
}

static const spin_way ways[] = {
    {.rounds = 200000},              // the usual one
    {.rounds = 2000, .wrong = true}, // by far the fastest
    {.rounds = 0},                   // does not compile
    {.rounds = 40000},               // the best that is right
    {.rounds = 400000},              // hopeless
};

static void a_wrong_way_never_wins_nor_is_it_run(void **state) {
    (void)state;
    spin s = {ways, 5, NULL, {0}};
    gan_tuner_result result;
    assert_ok(tune("spin a", &s, NULL, &result));
    assert_true(result.finished);
    assert_int_equal(result.way, 3);
    assert_int_equal(result.wrong, 2);
    assert_int_equal(result.tried, 2);
    assert_int_equal(s.created[1], 0);
    assert_true(result.gain > 2 && result.usual_seconds > 0);
    expect_way("spin a", "spin 40000");
    expect_way("spin b", NULL);
    reopen();
    expect_way("spin a", "spin 40000");
    assert_true(gan__tuner_gain(device, "spin a") > 2);
}

static void the_usual_way_stays_where_none_is_faster(void **state) {
    (void)state;
    const spin_way slower[] = {{.rounds = 40000}, {.rounds = 100000}, {.rounds = 200000}};
    spin s = {slower, 3, NULL, {0}};
    gan_tuner_result result;
    assert_ok(tune("spin a", &s, NULL, &result));
    assert_true(result.way == 0 && result.gain == 1 && result.tried == 2);
    reopen();
    expect_way("spin a", NULL);
    assert_true(gan__tuner_gain(device, "spin a") == 1); // it is known that none is
}

// --- Being cut short -----------------------------------------------------------------------------

static void what_was_found_before_an_interruption_is_kept(void **state) {
    (void)state;
    spin s = {ways, 5, NULL, {0}};
    gan_tuner_result result;
    const gan_tuner_limits limits = {.go_on = go_on};
    questions_left = 3; // ways 1 to 3 are tried, way 4 is not
    assert_ok(tune("spin a", &s, &limits, &result));
    assert_false(result.finished);
    assert_int_equal(s.created[4], 0);
    reopen();
    expect_way("spin a", "spin 40000");
    assert_true(gan__tuner_gain(device, "spin a") == 0); // it would be tuned again
}

static bool propose_for_ever(void *user, size_t way, size_t best) {
    (void)user, (void)way, (void)best;
    return true;
}

static gan_status check_slowly(void *user, size_t way, bool *right) {
    (void)user, (void)way;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    *right = false;
    return GAN_STATUS_OK;
}

static void the_time_box_is_held(void **state) {
    (void)state;
    spin s = {ways, 1, make_buffer(16), {0}};
    const gan_tuner_task task = {.key = "spin a",
                                 .user = &s,
                                 .propose = propose_for_ever,
                                 .describe = describe,
                                 .check = check_slowly,
                                 .create = create,
                                 .copies = 1};
    const gan_tuner_limits limits = {.seconds = 0.2};
    gan_tuner_result result;
    double start = gan__clock_seconds();
    assert_ok(gan__tuner_run(device, &task, &limits, &result));
    double took = gan__clock_seconds() - start;
    assert_false(result.finished);
    assert_true(took >= 0.2);
    // One more way and the usual one's compilation may come on top, on a busy machine.
    assert_true(took < 5 && result.wrong < 100);
    gan__buffer_destroy(s.buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        tuner_test(a_wrong_way_never_wins_nor_is_it_run),
        tuner_test(the_usual_way_stays_where_none_is_faster),
        tuner_test(what_was_found_before_an_interruption_is_kept),
        tuner_test(the_time_box_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
