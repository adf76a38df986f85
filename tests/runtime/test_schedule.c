// Schedules: whatever runs at the same time, values are those of one launch after the other, in
// order with what is enqueued before and after.
#include "runtime/device_fixture.h"

#include "runtime/schedule.h"

#include <stdlib.h>

enum { COUNT = 4096, RUNS = 200, LAUNCHES = 4 };

static const char source[] =
    "kernel void put(global const float *x, const uint x0, global const float *y, const uint y0,\n"
    "                global float *to, const uint to0, const uint n, const float factor) {\n"
    "    for (uint i = get_group_id(0) * n; i < (get_group_id(0) + 1) * n; i++)\n"
    "        to[to0 + i] = x[x0 + i] + factor * y[y0 + i];\n"
    "}\n";

// x, then what the four launches make of it: a = x + 2x, b = x + 3x, c = a + b, x = c / 4 + x
// / 8...
static gan_buffer *x, *a, *b, *c;
static gan_launch *launches[LAUNCHES];
static const uint32_t waits[] = {0, 1, 2}, first_wait[] = {0, 0, 0, 2, 3};
static const gan_schedule_desc diamond = {launches, LAUNCHES, waits, first_wait};

static gan_argument whole(gan_buffer *buffer) {
    return (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer};
}

// to = from + factor * other, in `groups` parts: more parts are more work for PoCL's threads.
static gan_launch *put(gan_buffer *from, float factor, gan_buffer *other, gan_buffer *to,
                       uint32_t groups) {
    const gan_argument arguments[] = {
        whole(from),
        whole(other),
        whole(to),
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = COUNT / groups},
        {.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = factor}};
    const gan_launch_desc desc = {.label = "test put",
                                  .name = "put",
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = 5,
                                  .global = {groups},
                                  .local = {1}};
    gan_launch *launch = NULL;
    assert_ok(gan__launch_create(device, &desc, &launch));
    return launch;
}

static int make_launches(void **state) {
    (void)state;
    x = make_buffer(COUNT * sizeof(float));
    a = make_buffer(COUNT * sizeof(float));
    b = make_buffer(COUNT * sizeof(float));
    c = make_buffer(COUNT * sizeof(float));
    launches[0] = put(x, 2, x, a, 1);
    launches[1] = put(x, 3, x, b, 64);
    launches[2] = put(a, 1, b, c, 8);
    launches[3] = put(x, 0.125f, c, x, 2); // overwrites what the first two read
    return 0;
}

static int destroy_launches(void **state) {
    (void)state;
    for (int i = 0; i < LAUNCHES; i++) gan__launch_destroy(launches[i]);
    gan__buffer_destroy(x);
    gan__buffer_destroy(a);
    gan__buffer_destroy(b);
    gan__buffer_destroy(c);
    return 0;
}

static gan_schedule *make_schedule(void) {
    gan_schedule *schedule = NULL;
    assert_ok(gan__schedule_create(device, &diamond, &schedule));
    return schedule;
}

static void write_all(gan_buffer *buffer, float value) {
    float values[COUNT];
    for (int i = 0; i < COUNT; i++) values[i] = value;
    assert_ok(gan__buffer_write(buffer, 0, sizeof values, values));
}

static void assert_all(gan_buffer *buffer, float value) {
    float values[COUNT];
    assert_ok(gan__buffer_read(buffer, 0, sizeof values, values));
    for (int i = 0; i < COUNT; i++)
        if (values[i] != value)
            fail_msg("element %d is %g, not %g", i, (double)values[i], (double)value);
}

// x grows by 7/8 of itself in each run, so a launch that ran too early or too late shows in all
// that follow.
static void runs_in_a_row_give_what_one_launch_after_the_other_gives(void **state) {
    (void)state;
    gan_schedule *schedule = make_schedule();
    for (int round = 0; round < RUNS; round++) {
        float expected = 1;
        write_all(x, 1);
        for (int i = 0; i < 5; i++) {
            assert_ok(gan__schedule_enqueue(schedule));
            expected += 0.125f * (3 * expected + 4 * expected);
        }
        assert_all(x, expected);
    }
    gan__schedule_destroy(schedule);
}

static void launches_before_and_after_keep_their_places(void **state) {
    (void)state;
    gan_schedule *schedule = make_schedule();
    gan_launch *before = put(c, 1, x, x, 16), *after = put(x, 1, x, c, 16);
    for (int round = 0; round < RUNS; round++) {
        write_all(x, 1);
        write_all(c, 1);
        assert_ok(gan__launch_enqueue(before));     // x = 2
        assert_ok(gan__schedule_enqueue(schedule)); // x = 2 + 14 / 8
        assert_ok(gan__launch_enqueue(after));
        assert_all(c, 7.5f);
    }
    gan__launch_destroy(before);
    gan__launch_destroy(after);
    gan__schedule_destroy(schedule);
}

static void each_run_counts_its_launches_and_waits_for_nothing(void **state) {
    (void)state;
    gan_schedule *schedule = make_schedule();
    const gan_device_counters then = counters();
    for (int i = 0; i < 10; i++) assert_ok(gan__schedule_enqueue(schedule));
    assert_int_equal(counters().launches - then.launches, 10 * LAUNCHES);
    assert_int_equal(counters().host_syncs, then.host_syncs);
    assert_int_equal(counters().allocations, then.allocations);
    gan__schedule_destroy(schedule);
}

static void a_device_that_profiles_times_each_launch(void **state) {
    (void)state;
    gan_launch_profile profile;
    gan_schedule *schedule = make_schedule();
    assert_ok(gan__device_set_profiling(device, true));
    assert_ok(gan__schedule_enqueue(schedule));
    gan__launch_get_profile(launches[1], &profile);
    assert_true(profile.seconds > 0);
    assert_ok(gan__device_set_profiling(device, false));
    gan__schedule_destroy(schedule);
}

static void a_launch_waits_for_earlier_ones_only(void **state) {
    (void)state;
    const uint32_t itself[] = {1}, first[] = {0, 0, 1};
    const gan_schedule_desc desc = {launches, 2, itself, first};
    gan_schedule *schedule = NULL;
    assert_fails(gan__schedule_create(device, &desc, &schedule), GAN_STATUS_BAD_ARGUMENT,
                 "launch 1 of a schedule waits for launch 1");
    assert_null(schedule);
}

static void overlapping_can_be_switched_off(void **state) {
    (void)state;
    gan_device *other = NULL;
    setenv("CLGAN_OVERLAP", "off", 1);
    assert_ok(gan_device_open(NULL, &other));
    assert_false(gan__device_traits(other)->overlaps);
    unsetenv("CLGAN_OVERLAP");
    gan_device_close(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_in_a_row_give_what_one_launch_after_the_other_gives,
                                        make_launches, destroy_launches),
        cmocka_unit_test_setup_teardown(launches_before_and_after_keep_their_places, make_launches,
                                        destroy_launches),
        cmocka_unit_test_setup_teardown(each_run_counts_its_launches_and_waits_for_nothing,
                                        make_launches, destroy_launches),
        cmocka_unit_test_setup_teardown(a_device_that_profiles_times_each_launch, make_launches,
                                        destroy_launches),
        cmocka_unit_test_setup_teardown(a_launch_waits_for_earlier_ones_only, make_launches,
                                        destroy_launches),
        cmocka_unit_test(overlapping_can_be_switched_off),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
