// Launches: binding, offsets, sizes, changing a uint, several parts, timing, and what is refused.
#include "runtime/device_fixture.h"

#include "runtime/device_state.h"
#include "runtime/launch_parts.h"

static const char source[] =
    "kernel void scale_add(global const float *a, const uint a0, global float *b, const uint b0,\n"
    "                      const uint n, const float scale) {\n"
    "    const uint i = get_global_id(0);\n"
    "    if (i < n) b[b0 + i] += scale * a[a0 + i];\n"
    "}\n";

static gan_buffer *from, *to;
static gan_argument arguments[4];
static gan_launch_desc desc;

static int make_buffers(void **state) {
    (void)state;
    float values[100];
    for (int i = 0; i < 100; i++) values[i] = (float)i;
    from = make_buffer(sizeof values);
    to = make_buffer(sizeof values);
    assert_ok(gan__buffer_write(from, 0, sizeof values, values));
    arguments[0] = (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = from, .offset = 10};
    arguments[1] = (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = to, .offset = 5};
    arguments[2] = (gan_argument){.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = 3};
    arguments[3] = (gan_argument){.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = 0.5f};
    desc = (gan_launch_desc){.label = "test scale",
                             .name = "scale_add",
                             .source = source,
                             .arguments = arguments,
                             .argument_count = 4,
                             .global = {64},
                             .local = {1},
                             .work = {.flops = 6, .bytes = 36}};
    return 0;
}

static int destroy_buffers(void **state) {
    (void)state;
    gan__buffer_destroy(from);
    gan__buffer_destroy(to);
    return 0;
}

static gan_launch *make_launch(void) {
    gan_launch *launch = NULL;
    assert_ok(gan__launch_create(device, &desc, &launch));
    return launch;
}

static void assert_result(float first, float second, float third) {
    float values[100], expected[100] = {0};
    expected[5] = first;
    expected[6] = second;
    expected[7] = third;
    assert_ok(gan__buffer_read(to, 0, sizeof values, values));
    assert_memory_equal(values, expected, sizeof values);
}

static void arguments_reach_the_kernel_with_their_offsets(void **state) {
    (void)state;
    gan_launch *launch = make_launch();
    assert_ok(gan__launch_enqueue(launch));
    assert_result(5.0f, 5.5f, 6.0f);
    gan__launch_destroy(launch);
}

static void a_uint_changes_between_enqueues_and_earlier_ones_keep_theirs(void **state) {
    (void)state;
    gan_launch *launch = make_launch();
    assert_ok(gan__launch_enqueue(launch));
    assert_ok(gan__launch_set_uint(launch, 2, 1));
    assert_ok(gan__launch_enqueue(launch));
    assert_result(10.0f, 5.5f, 6.0f);
    gan__launch_destroy(launch);
}

static void two_launches_of_one_program_keep_their_own_arguments(void **state) {
    (void)state;
    gan_launch *one = make_launch();
    arguments[3].float_value = 2.0f;
    gan_launch *two = make_launch();
    assert_ok(gan__launch_enqueue(one));
    assert_ok(gan__launch_enqueue(two));
    assert_ok(gan__launch_enqueue(one));
    assert_result(30.0f, 33.0f, 36.0f);
    gan__launch_destroy(one);
    gan__launch_destroy(two);
}

static gan_status call_flush(gan_device *of, void *state, cl_event *event) {
    (void)event;
    assert_string_equal(state, "its own copy");
    return gan__device_flush(of);
}

static void parts_run_in_order_and_count_as_launches(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    char text[] = "its own copy";
    assert_ok(gan__launch_begin(device, "parts", "tile", (gan_work){.flops = 1}, &launch));
    assert_ok(gan__launch_add_kernel(launch, &desc));
    assert_ok(gan__launch_add_call(launch, call_flush, text, sizeof text));
    assert_ok(gan__launch_add_kernel(launch, &desc));
    text[0] = 0;
    gan__device_reset_counters(device);
    assert_ok(gan__launch_enqueue(launch));
    assert_int_equal(counters().launches, 3);
    assert_result(10.0f, 11.0f, 12.0f);
    gan_launch_profile profile;
    gan__launch_get_profile(launch, &profile);
    assert_int_equal(profile.enqueues, 3);
    assert_string_equal(profile.engine, "tile");
    gan__launch_destroy(launch);
}

static void enqueueing_neither_waits_nor_allocates(void **state) {
    (void)state;
    gan_launch *launch = make_launch();
    gan__device_reset_counters(device);
    for (uint32_t i = 0; i < 50; i++) {
        assert_ok(gan__launch_set_uint(launch, 2, i % 3));
        assert_ok(gan__launch_enqueue(launch));
    }
    assert_int_equal(counters().launches, 50);
    assert_int_equal(counters().host_syncs, 0);
    assert_int_equal(counters().allocations, 0);
    assert_int_equal(counters().builds, 0);
    assert_ok(gan__device_finish(device));
    assert_int_equal(counters().host_syncs, 1);
    gan__launch_destroy(launch);
}

static void a_wrong_number_of_arguments_is_refused(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    desc.argument_count = 3;
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_BAD_ARGUMENT,
                 "scale_add takes 6 arguments and was given 5");
    assert_null(launch);
}

static void an_offset_beyond_a_uint_is_refused(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    arguments[1].offset = UINT64_C(1) << 32;
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_BAD_ARGUMENT,
                 "argument 1 starts at element 4294967296");
}

static void a_global_size_that_is_no_multiple_of_the_local_is_refused(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    desc.global[0] = 65;
    desc.local[0] = 2;
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_BAD_ARGUMENT,
                 "65 work-items in dimension 0 are not a multiple of 2");
}

static void a_work_group_larger_than_the_kernel_may_have_is_refused(void **state) {
    (void)state;
    if (strcmp(gan_device_get_info(device)->platform_name, "rusticl") == 0) skip();
    gan_launch *launch = NULL;
    desc.global[0] = desc.local[0] = (size_t)1 << 20;
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_DEVICE_FAILED,
                 "scale_add wants work-groups of 1048576");
}

static void more_arguments_than_the_device_takes_are_refused(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    uint32_t before = device->traits.max_argument_bytes;
    device->traits.max_argument_bytes = 24;
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_DEVICE_FAILED,
                 "scale_add has 32 bytes of arguments");
    device->traits.max_argument_bytes = before;
}

static void only_a_uint_argument_can_be_changed(void **state) {
    (void)state;
    gan_launch *launch = make_launch();
    for (size_t i = 0; i < 6; i++)
        if (i != 2)
            assert_fails(gan__launch_set_uint(launch, i, 1), GAN_STATUS_BAD_ARGUMENT,
                         "is not a uint");
    gan__launch_destroy(launch);
}

static void a_kernel_that_the_program_lacks_is_named(void **state) {
    (void)state;
    gan_launch *launch = NULL;
    desc.name = "scale_subtract";
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_DEVICE_FAILED,
                 "scale_subtract");
    assert_non_null(strstr(gan_status_message(), "test scale"));
    assert_non_null(strstr(gan_status_message(), "clCreateKernel: CL_INVALID_KERNEL_NAME"));
}

// --- Timing --------------------------------------------------------------------------------------

static void assert_timed(bool by_events) {
    bool before = device->events_tell_time;
    device->events_tell_time = by_events;
    assert_ok(gan__device_set_profiling(device, true));
    assert_true(gan__device_profiling(device));
    gan_launch *launch = make_launch();
    gan_launch *forgotten = make_launch();
    gan__device_reset_counters(device);
    for (int i = 0; i < 5000; i++) assert_ok(gan__launch_enqueue(launch));
    assert_ok(gan__launch_enqueue(forgotten));
    gan__launch_destroy(forgotten); // its event is still outstanding
    assert_int_equal(counters().host_syncs, by_events ? 0 : 2 * 5001);
    gan_launch_profile profile;
    gan__launch_get_profile(launch, &profile);
    assert_int_equal(profile.runs, 5000);
    assert_true(profile.seconds > 0 && profile.seconds < 60);
    assert_true(profile.work.bytes == 36);
    assert_string_equal(profile.label, "test scale");
    gan__launch_destroy(launch);
    assert_ok(gan__device_set_profiling(device, false));
    device->events_tell_time = before;
}

static void events_time_launches_without_waiting(void **state) {
    (void)state;
    if (!device->events_tell_time) skip();
    assert_timed(true);
}

static void the_hosts_clock_times_launches_where_events_cannot(void **state) {
    (void)state;
    assert_timed(false);
}

static void nothing_is_timed_unless_asked_for(void **state) {
    (void)state;
    gan_launch *launch = make_launch();
    assert_ok(gan__launch_enqueue(launch));
    gan_launch_profile profile;
    gan__launch_get_profile(launch, &profile);
    assert_int_equal(profile.runs, 1);
    assert_true(profile.seconds == 0);
    gan__launch_destroy(launch);
}

#define WITH_BUFFERS(test) cmocka_unit_test_setup_teardown(test, make_buffers, destroy_buffers)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BUFFERS(arguments_reach_the_kernel_with_their_offsets),
        WITH_BUFFERS(a_uint_changes_between_enqueues_and_earlier_ones_keep_theirs),
        WITH_BUFFERS(two_launches_of_one_program_keep_their_own_arguments),
        WITH_BUFFERS(parts_run_in_order_and_count_as_launches),
        WITH_BUFFERS(enqueueing_neither_waits_nor_allocates),
        WITH_BUFFERS(a_wrong_number_of_arguments_is_refused),
        WITH_BUFFERS(an_offset_beyond_a_uint_is_refused),
        WITH_BUFFERS(a_global_size_that_is_no_multiple_of_the_local_is_refused),
        WITH_BUFFERS(a_work_group_larger_than_the_kernel_may_have_is_refused),
        WITH_BUFFERS(more_arguments_than_the_device_takes_are_refused),
        WITH_BUFFERS(only_a_uint_argument_can_be_changed),
        WITH_BUFFERS(a_kernel_that_the_program_lacks_is_named),
        WITH_BUFFERS(events_time_launches_without_waiting),
        WITH_BUFFERS(the_hosts_clock_times_launches_where_events_cannot),
        WITH_BUFFERS(nothing_is_timed_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
