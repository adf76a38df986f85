// Launches: binding, offsets, sizes, changing a uint, and what is refused.
#include "cmocka_headers.h"

#include "runtime/launch.h"

#include <string.h>

static gan_device *device;

static const char source[] =
    "kernel void scale_add(global const float *a, const uint a0, global float *b, const uint b0,\n"
    "                      const uint n, const float scale) {\n"
    "    const uint i = get_global_id(0);\n"
    "    if (i < n) b[b0 + i] += scale * a[a0 + i];\n"
    "}\n";

static void launches_bind_buffers_offsets_and_values(void **state) {
    (void)state;
    gan_buffer *a = NULL, *b = NULL;
    assert_int_equal(gan__buffer_create(device, 400, "a", &a), GAN_STATUS_OK);
    assert_int_equal(gan__buffer_create(device, 400, "b", &b), GAN_STATUS_OK);
    float values[100];
    for (int i = 0; i < 100; i++) values[i] = (float)i;
    assert_int_equal(gan__buffer_write(a, 0, 400, values), GAN_STATUS_OK);
    gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = a, .offset = 10},
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = b, .offset = 5},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = 3},
        {.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = 0.5f},
    };
    gan_launch_desc desc = {.label = "test scale",
                            .name = "scale_add",
                            .source = source,
                            .arguments = arguments,
                            .argument_count = 4,
                            .global = {64, 1, 1},
                            .local = {1, 1, 1}};
    gan_launch *launch = NULL;
    assert_int_equal(gan__launch_create(device, &desc, &launch), GAN_STATUS_OK);
    assert_int_equal(gan__launch_enqueue(launch), GAN_STATUS_OK);
    assert_int_equal(gan__launch_set_uint(launch, 2, 1), GAN_STATUS_OK);
    assert_int_equal(gan__launch_enqueue(launch), GAN_STATUS_OK);
    float expected[100] = {0};
    for (int i = 0; i < 3; i++) expected[5 + i] = 0.5f * (float)(10 + i);
    expected[5] += 5.0f;
    assert_int_equal(gan__buffer_read(b, 0, 400, values), GAN_STATUS_OK);
    assert_memory_equal(values, expected, sizeof expected);
    gan__launch_destroy(launch);
    gan__buffer_destroy(a);
    gan__buffer_destroy(b);
}

static int open_device(void **state) {
    (void)state;
    if (gan_device_open(NULL, &device) != GAN_STATUS_OK) {
        print_error("%s\n", gan_status_message());
        return -1;
    }
    return 0;
}

static int close_device(void **state) {
    (void)state;
    gan_device_close(device);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(launches_bind_buffers_offsets_and_values),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
