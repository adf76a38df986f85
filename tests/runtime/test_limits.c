// What a device can do at most: the two kernels do what their rates count, and their rates are
// those of a real processor.
#include "test_device.h"

#include "runtime/limits.h"

#include <stdlib.h>

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static gan_buffer *create(uint64_t floats) {
    gan_buffer *buffer = NULL;
    succeed(gan__buffer_create(device, floats * sizeof(float), "test", &buffer));
    return buffer;
}

static void a_copy_copies_each_byte_it_counts(void **state) {
    (void)state;
    enum { FLOATS = 1 << 18 };
    gan_buffer *const from = create(FLOATS + GAN_LIMITS_SHIFT);
    gan_buffer *const to = create(FLOATS + GAN_LIMITS_SHIFT);
    float *const values = malloc(FLOATS * sizeof *values);
    gan_launch *launch = NULL;
    assert_non_null(values);
    for (int i = 0; i < FLOATS; i++) values[i] = (float)i + 1;
    succeed(gan__buffer_write(from, 0, FLOATS * sizeof *values, values));
    succeed(gan__limits_create_copy(device, from, to, FLOATS * sizeof *values, &launch));
    succeed(gan__launch_enqueue(launch));
    succeed(
        gan__buffer_read(to, GAN_LIMITS_SHIFT * sizeof *values, FLOATS * sizeof *values, values));
    for (int i = 0; i < FLOATS; i++) assert_true(values[i] == (float)i + 1);
    gan__launch_destroy(launch);
    gan__buffer_destroy(from);
    gan__buffer_destroy(to);
    free(values);
}

// a <- a / 2 + 1 / 2 goes to 1 in each of the 12 sums.
static void multiply_adds_are_made_not_left_out(void **state) {
    (void)state;
    const uint64_t floats = gan__limits_fma_elements(device);
    gan_buffer *const out = create(floats);
    float *const values = malloc(floats * sizeof *values);
    gan_launch *launch = NULL;
    double flops = 0;
    assert_non_null(values);
    succeed(gan__limits_create_fma(device, out, &launch, &flops));
    assert_true(flops > 2.0 * 12 * 1000 * (double)floats);
    succeed(gan__launch_enqueue(launch));
    succeed(gan__buffer_read(out, 0, floats * sizeof *values, values));
    for (uint64_t i = 0; i < floats; i++) assert_true(values[i] == 12);
    gan__launch_destroy(launch);
    gan__buffer_destroy(out);
    free(values);
}

static void rates_are_those_of_a_processor(void **state) {
    (void)state;
    gan_limits limits;
    succeed(gan__limits_measure(device, &limits));
    assert_true(limits.flops > 1e8 && limits.flops < 1e16);
    assert_true(limits.bytes > 1e8 && limits.bytes < 1e14);
    assert_true(limits.moved >= 1 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_copies_each_byte_it_counts),
        cmocka_unit_test(multiply_adds_are_made_not_left_out),
        cmocka_unit_test(rates_are_those_of_a_processor),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
