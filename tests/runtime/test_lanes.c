// The sum and the maximum over a work-group (cl/lanes.cl), asked for often: they once went wrong in
// one launch of a thousand.
#include "cmocka_headers.h"

#include "runtime/launch.h"

#include <stdlib.h>

#define ROWS     24
#define ITEMS    64
#define LAUNCHES 4000

static const char source[] =
    "//@use lanes\n"
    "kernel void rows(global const float *p0, const uint o0, global float *p1, const uint o1) {\n"
    "    local float shared[64];\n"
    "    const uint row = get_group_id(0), item = get_local_id(0);\n"
    "    const float value = p0[o0 + 64u * row + item];\n"
    "    const float sum = gan_group_sum(value, shared, 64u);\n"
    "    const float most = gan_group_maximum(value - sum, shared, 64u);\n"
    "    const float again = gan_group_sum(value * most, shared, 64u);\n"
    "    p1[o1 + 64u * row + item] = sum + most * again;\n"
    "}\n";

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

// Small whole numbers, so that every sum is exact in whatever order.
static void fill(float *values, float *expected) {
    for (int row = 0; row < ROWS; row++) {
        float sum = 0, most = -1e9f, again = 0;
        float *const v = values + row * ITEMS;
        for (int i = 0; i < ITEMS; i++) {
            v[i] = (float)((row * 31 + i * 17) % 13);
            sum += v[i];
        }
        for (int i = 0; i < ITEMS; i++) most = v[i] - sum > most ? v[i] - sum : most;
        for (int i = 0; i < ITEMS; i++) again += v[i] * most;
        for (int i = 0; i < ITEMS; i++) expected[row * ITEMS + i] = sum + most * again;
    }
}

static void sums_over_a_work_group_are_right_every_time(void **state) {
    (void)state;
    static float values[ROWS * ITEMS], expected[ROWS * ITEMS], got[ROWS * ITEMS];
    gan_device *device = NULL;
    gan_buffer *in = NULL, *out = NULL;
    gan_launch *launch = NULL;
    setenv("CLGAN_LANES", "1", 1);
    succeed(gan_device_open(NULL, &device));
    if (gan__device_traits(device)->max_work_group < ITEMS) {
        gan_device_close(device);
        skip();
    }
    fill(values, expected);
    succeed(gan__buffer_create(device, sizeof values, "values", &in));
    succeed(gan__buffer_create(device, sizeof got, "sums", &out));
    succeed(gan__buffer_write(in, 0, sizeof values, values));
    const gan_argument arguments[] = {{.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = in},
                                      {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = out}};
    const gan_launch_desc desc = {.label = "rows",
                                  .name = "rows",
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = 2,
                                  .global = {ROWS * ITEMS, 1, 1},
                                  .local = {ITEMS, 1, 1}};
    succeed(gan__launch_create(device, &desc, &launch));
    for (int i = 0; i < LAUNCHES; i++) {
        succeed(gan__launch_enqueue(launch));
        succeed(gan__buffer_read(out, 0, sizeof got, got));
        assert_memory_equal(got, expected, sizeof got);
    }
    gan__launch_destroy(launch);
    gan__buffer_destroy(in);
    gan__buffer_destroy(out);
    gan_device_close(device);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_over_a_work_group_are_right_every_time),
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
