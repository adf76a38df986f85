// Device memory and the stage: zeroed, read back as written, refused when too large, sent in order.
#include "runtime/device_fixture.h"

#include "base/memory.h"
#include "runtime/device_state.h"

static void new_memory_is_zero_to_its_last_byte(void **state) {
    (void)state;
    static const uint64_t sizes[] = {1, 3, 4, 1000, 1 << 20, (1 << 20) + 1, (5 << 20) + 7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        gan_buffer *buffer = make_buffer(sizes[i]);
        void *block = NULL;
        assert_ok(gan__alloc(sizes[i], 1, &block));
        uint8_t *bytes = block;
        memset(bytes, 0xab, sizes[i]);
        assert_ok(gan__buffer_read(buffer, 0, sizes[i], bytes));
        for (uint64_t j = 0; j < sizes[i]; j++) assert_int_equal(bytes[j], 0);
        assert_int_equal(gan__buffer_bytes(buffer), sizes[i]);
        gan__free(block);
        gan__buffer_destroy(buffer);
    }
}

static void what_is_written_is_read_and_its_neighbours_stay(void **state) {
    (void)state;
    gan_buffer *buffer = make_buffer(8);
    const uint8_t expected[8] = {0, 0, 0, 11, 12, 0, 0, 0};
    uint8_t bytes[8];
    assert_ok(gan__buffer_write(buffer, 3, 2, expected + 3));
    assert_ok(gan__buffer_read(buffer, 0, 8, bytes));
    assert_memory_equal(bytes, expected, 8);
    assert_ok(gan__buffer_read(buffer, 4, 1, bytes));
    assert_int_equal(bytes[0], 12);
    gan__buffer_destroy(buffer);
}

static void what_is_written_where_the_host_reaches_it_is_the_buffers(void **state) {
    (void)state;
    static const uint64_t sizes[] = {8, 2 << 20}; // on PoCL the second lies in memory that is given
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        gan_buffer *buffer = make_buffer(sizes[i]);
        const uint8_t expected[8] = {1, 2, 3, 44, 55, 6, 7, 8};
        uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        void *mapped = NULL;
        assert_ok(gan__buffer_write(buffer, 0, 8, bytes));
        assert_ok(gan__buffer_map(buffer, 3, 2, true, &mapped));
        assert_memory_equal(mapped, bytes + 3, 2);
        memcpy(mapped, expected + 3, 2);
        assert_ok(gan__buffer_unmap(buffer, mapped));
        assert_ok(gan__buffer_read(buffer, 0, 8, bytes));
        assert_memory_equal(bytes, expected, 8);
        gan__buffer_destroy(buffer);
    }
}

static void transfers_beyond_the_end_are_refused(void **state) {
    (void)state;
    gan_buffer *buffer = make_buffer(8);
    uint8_t bytes[16] = {0};
    assert_fails(gan__buffer_write(buffer, 1, 8, bytes), GAN_STATUS_BAD_ARGUMENT, "1 to 9");
    void *mapped = bytes;
    assert_fails(gan__buffer_map(buffer, 4, 5, false, &mapped), GAN_STATUS_BAD_ARGUMENT, "4 to 9");
    assert_null(mapped);
    assert_fails(gan__buffer_read(buffer, 9, 0, bytes), GAN_STATUS_BAD_ARGUMENT, "buffer of 8");
    assert_fails(gan__buffer_read(buffer, 4, UINT64_MAX, bytes), GAN_STATUS_BAD_ARGUMENT, "of 8");
    gan__buffer_destroy(buffer);
}

static void memory_and_blocking_transfers_are_counted(void **state) {
    (void)state;
    uint64_t before = counters().bytes_allocated;
    gan__device_reset_counters(device);
    gan_buffer *buffer = make_buffer(1000);
    assert_int_equal(counters().allocations, 1);
    assert_int_equal(counters().bytes_allocated, before + 1000);
    gan__device_reset_counters(device);
    assert_int_equal(counters().bytes_allocated, before + 1000);
    float value = 0;
    assert_ok(gan__buffer_write(buffer, 0, 4, &value));
    assert_ok(gan__buffer_read(buffer, 0, 4, &value));
    assert_int_equal(counters().host_syncs, 2);
    gan__buffer_destroy(buffer);
    assert_int_equal(counters().bytes_allocated, before);
    gan__buffer_destroy(NULL);
}

static void more_than_the_device_allows_is_refused_with_both_figures(void **state) {
    (void)state;
    gan_buffer *buffer = NULL;
    gan_device_info kept = device->info;
    device->info.max_allocation_bytes = 3 << 20;
    assert_fails(gan__buffer_create(device, 4 << 20, "arena of 'big'", &buffer),
                 GAN_STATUS_DEVICE_MEMORY, "arena of 'big': 4.00 MiB asked of");
    assert_non_null(strstr(gan_status_message(), "at most 3.00 MiB"));
    device->info.memory_bytes = counters().bytes_allocated + (5 << 20);
    gan_buffer *first = make_buffer(3 << 20);
    assert_fails(gan__buffer_create(device, (2 << 20) + 1, "second", &buffer),
                 GAN_STATUS_DEVICE_MEMORY, "has left 2.00 MiB");
    assert_null(buffer);
    gan__buffer_destroy(first);
    device->info = kept;
    assert_fails(gan__buffer_create(device, UINT64_MAX, "all", &buffer), GAN_STATUS_DEVICE_MEMORY,
                 "all: ");
    assert_fails(gan__buffer_create(device, 0, "none", &buffer), GAN_STATUS_BAD_ARGUMENT, "none");
}

// --- Reads under way -----------------------------------------------------------------------------

static void a_read_under_way_sees_what_was_there_when_it_began(void **state) {
    (void)state;
    float first[1024], second[1024], got[2][1024];
    gan_reading *readings[2] = {NULL, NULL};
    gan_buffer *buffer = make_buffer(sizeof first);
    for (int i = 0; i < 1024; i++) first[i] = (float)i, second[i] = (float)-i;
    assert_ok(gan__buffer_write(buffer, 0, sizeof first, first));
    assert_ok(gan__buffer_read_begin(buffer, 0, sizeof first, got[0], &readings[0]));
    assert_ok(gan__buffer_write(buffer, 0, sizeof second, second));
    assert_ok(gan__buffer_read_begin(buffer, 512, 8, got[1], &readings[1]));
    assert_ok(gan__reading_end(readings[1]));
    assert_ok(gan__reading_end(readings[0]));
    assert_memory_equal(got[0], first, sizeof first);
    assert_memory_equal(got[1], second + 128, 8);
    assert_fails(gan__buffer_read_begin(buffer, 8, sizeof first, got[0], &readings[0]),
                 GAN_STATUS_BAD_ARGUMENT, "8 to 4104");
    assert_null(readings[0]);
    assert_ok(gan__reading_end(NULL));
    gan__buffer_destroy(buffer);
}

// --- The stage -----------------------------------------------------------------------------------

static const char copy_source[] =
    "kernel void keep(global const float *x, const uint x0, global float *y, const uint y0,\n"
    "                 const uint at) {\n"
    "    y[y0 + at] = x[x0] + x[x0 + 1023];\n"
    "}\n";

#define BATCHES 12

// Sends a batch and enqueues a kernel that keeps something of it, BATCHES times without waiting.
static void run_batches(gan_stage *stage, gan_buffer *input, gan_buffer *kept) {
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = input},
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = kept},
        {.kind = GAN_ARGUMENT_KIND_UINT},
    };
    const gan_launch_desc desc = {.label = "keep",
                                  .name = "keep",
                                  .source = copy_source,
                                  .arguments = arguments,
                                  .argument_count = 3,
                                  .global = {1},
                                  .local = {1}};
    gan_launch *launch = NULL;
    assert_ok(gan__launch_create(device, &desc, &launch));
    gan__device_reset_counters(device);
    for (uint32_t i = 0; i < BATCHES; i++) {
        void *slot = NULL;
        assert_ok(gan__stage_next(stage, &slot));
        for (int j = 0; j < 1024; j++) ((float *)slot)[j] = (float)(i + 1);
        assert_ok(gan__stage_send(stage));
        assert_ok(gan__launch_set_uint(launch, 2, i));
        assert_ok(gan__launch_enqueue(launch));
    }
    gan__launch_destroy(launch);
}

static void check_stage(uint32_t slots, bool never_waits) {
    gan_buffer *input = make_buffer(8192), *kept = make_buffer(BATCHES * sizeof(float));
    gan_stage *stage = NULL;
    assert_ok(gan__stage_create(input, 4096, slots, &stage));
    run_batches(stage, input, kept);
    if (never_waits) assert_int_equal(counters().host_syncs, 0);
    assert_true(counters().host_syncs <= BATCHES - slots);
    assert_int_equal(counters().bytes_staged, BATCHES * 4096);
    float values[BATCHES];
    assert_ok(gan__buffer_read(kept, 0, sizeof values, values));
    for (int i = 0; i < BATCHES; i++) assert_true(values[i] == 2.0f * (float)(i + 1));
    gan__stage_destroy(stage);
    gan__buffer_destroy(input);
    gan__buffer_destroy(kept);
}

static void each_launch_sees_the_batch_sent_last_before_it(void **state) {
    (void)state;
    check_stage(1, false);
    check_stage(3, false);
}

static void with_a_slot_for_each_batch_sending_never_waits(void **state) {
    (void)state;
    check_stage(BATCHES, true);
}

static void finishing_frees_every_slot(void **state) {
    (void)state;
    gan_buffer *input = make_buffer(4096);
    gan_stage *stage = NULL;
    void *slot = NULL;
    assert_ok(gan__stage_create(input, 4096, 2, &stage));
    for (int round = 0; round < 3; round++) {
        gan__device_reset_counters(device);
        for (int i = 0; i < 2; i++) {
            assert_ok(gan__stage_next(stage, &slot));
            assert_ok(gan__stage_send(stage));
        }
        assert_int_equal(counters().host_syncs, 0);
        assert_ok(gan__device_finish(device));
    }
    gan__stage_destroy(stage);
    gan__stage_destroy(NULL);
    gan__buffer_destroy(input);
}

static void a_stage_larger_than_its_buffer_is_refused(void **state) {
    (void)state;
    gan_buffer *input = make_buffer(64);
    gan_stage *stage = NULL;
    assert_fails(gan__stage_create(input, 65, 2, &stage), GAN_STATUS_BAD_ARGUMENT, "65 bytes");
    assert_fails(gan__stage_create(input, 64, 0, &stage), GAN_STATUS_BAD_ARGUMENT, "0 slots");
    gan__buffer_destroy(input);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zero_to_its_last_byte),
        cmocka_unit_test(what_is_written_is_read_and_its_neighbours_stay),
        cmocka_unit_test(what_is_written_where_the_host_reaches_it_is_the_buffers),
        cmocka_unit_test(transfers_beyond_the_end_are_refused),
        cmocka_unit_test(memory_and_blocking_transfers_are_counted),
        cmocka_unit_test(more_than_the_device_allows_is_refused_with_both_figures),
        cmocka_unit_test(a_read_under_way_sees_what_was_there_when_it_began),
        cmocka_unit_test(each_launch_sees_the_batch_sent_last_before_it),
        cmocka_unit_test(with_a_slot_for_each_batch_sending_never_waits),
        cmocka_unit_test(finishing_frees_every_slot),
        cmocka_unit_test(a_stage_larger_than_its_buffer_is_refused),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
