// A plan that does not fit its device is refused with the largest batch that would.
#include "gan/run_fit.h"
#include "runtime/device_fixture.h"
#include "runtime/device_state.h"

#include <stdio.h>
#include <stdlib.h>

#define RECIPE                                                                                     \
    "name: fit\nbatch: 200\ndata: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"                  \
    "generator: [dense: 16, relu, dense: 2]\n"

typedef struct table {
    gan_recipe *recipe;
    gan_dataset *dataset;
    gan_trainer *trainer;
    gan_status planned;
} table;

static table open_table(const char *text, const char *setting) {
    table t = {0};
    assert_ok(gan_recipe_parse(text, "fit.yaml", &t.recipe));
    if (setting != NULL) assert_ok(gan_recipe_set(t.recipe, setting));
    assert_ok(gan__dataset_open("builtin:ring8", &t.dataset));
    t.planned = gan__trainer_create(device, t.recipe, t.dataset, &t.trainer);
    return t;
}

static void close_table(table *t) {
    gan__trainer_destroy(t->trainer);
    gan__dataset_close(t->dataset);
    gan_recipe_destroy(t->recipe);
}

static gan_trainer_memory memory_with(const char *text, const char *setting) {
    table t = open_table(text, setting);
    gan_trainer_memory memory;
    assert_ok(t.planned);
    gan__trainer_get_memory(t.trainer, false, &memory);
    close_table(&t);
    return memory;
}

static uint64_t bytes_with(const char *text, const char *setting) {
    return memory_with(text, setting).total_bytes;
}

// The batch that the refusal under `limit` names; 0 where it names none.
static long suggested(const char *text, uint64_t limit) {
    table t = open_table(text, NULL);
    assert_fails(gan__run_check_fit(t.planned, t.trainer, device, t.recipe, t.dataset, limit),
                 GAN_STATUS_DEVICE_MEMORY, "fit.yaml: ");
    const char *const batch = strstr(gan_status_message(), "(batch: ");
    const long named = batch == NULL ? 0 : strtol(batch + 8, NULL, 10);
    close_table(&t);
    return named;
}

#define PLAIN RECIPE "discriminator: [dense: 16, relu, dense: 1]\n"

static void the_largest_batch_that_fits_is_named(void **state) {
    (void)state;
    const uint64_t limit = bytes_with(PLAIN, "batch=117");
    char setting[32];
    const long named = suggested(PLAIN, limit);
    assert_true(named >= 117); // more where rounding leaves room
    snprintf(setting, sizeof setting, "batch=%ld", named);
    assert_true(bytes_with(PLAIN, setting) <= limit);
    snprintf(setting, sizeof setting, "batch=%ld", named + 1);
    assert_true(bytes_with(PLAIN, setting) > limit);
}

static void a_plan_that_fits_is_accepted(void **state) {
    (void)state;
    table t = open_table(PLAIN, NULL);
    assert_ok(gan__run_check_fit(t.planned, t.trainer, device, t.recipe, t.dataset,
                                 bytes_with(PLAIN, NULL)));
    close_table(&t);
}

static void where_nothing_fits_no_batch_is_named(void **state) {
    (void)state;
    assert_int_equal(suggested(PLAIN, 100), 0);
    assert_non_null(strstr(gan_status_message(), "not even a batch of 1 fits"));
}

// minibatch_stddev in groups of 8: only multiples of 8 have a plan.
static void the_batch_named_is_one_that_the_layers_take(void **state) {
    (void)state;
    static const char grouped[] =
        RECIPE "discriminator: [dense: 16, relu, minibatch_stddev: 8, dense: 1]\n";
    const long named = suggested(grouped, bytes_with(grouped, "batch=120"));
    assert_true(named >= 120 && named < 200);
    assert_int_equal(named % 8, 0);
}

// Packs of 25, so that no neighbour of a batch has a plan; the smallest one is named where it is
// too large.
static void batches_are_named_by_packs(void **state) {
    (void)state;
    static const char packed[] = RECIPE "objective: {pack: 25}\n"
                                        "discriminator: [dense: 16, relu, dense: 1]\n";
    const long named = suggested(packed, bytes_with(packed, "batch=75"));
    assert_true(named >= 75 && named < 200);
    assert_int_equal(named % 25, 0);
    assert_int_equal(suggested(packed, 100), 0);
    assert_non_null(strstr(gan_status_message(), "not even a batch of 25 fits"));
}

// Results of so many elements that they have no plan at all.
static void where_elements_are_too_many_a_batch_is_named_too(void **state) {
    (void)state;
    table t = open_table(RECIPE "discriminator: [reshape: [2, 1, 1], upsample: 150, global_pool, "
                                "dense: 1]\n",
                         "batch=60000");
    assert_fails(gan__run_check_fit(t.planned, t.trainer, device, t.recipe, t.dataset, 0),
                 GAN_STATUS_DEVICE_MEMORY, "discriminator layer 1 (upsample): ");
    assert_non_null(strstr(gan_status_message(), "has more than 2147483647 elements: the largest "
                                                 "batch that fits is "));
    close_table(&t);
}

// --- One buffer ----------------------------------------------------------------------------------

// The batch that is named where the device allows `most` bytes in one buffer.
static long suggested_by_buffers(const char *text, uint64_t most) {
    const uint64_t allowed = device->traits.max_allocation_bytes;
    device->traits.max_allocation_bytes = most;
    const long named = suggested(text, UINT64_MAX);
    device->traits.max_allocation_bytes = allowed;
    return named;
}

static bool fits_buffers(const char *text, long batch, uint64_t most) {
    const uint64_t allowed = device->traits.max_allocation_bytes;
    char setting[32];
    snprintf(setting, sizeof setting, "batch=%ld", batch);
    device->traits.max_allocation_bytes = most;
    table t = open_table(text, setting);
    gan_trainer_memory memory = {.largest_bytes = UINT64_MAX};
    if (t.planned == GAN_STATUS_OK) gan__trainer_get_memory(t.trainer, false, &memory);
    close_table(&t);
    device->traits.max_allocation_bytes = allowed;
    return memory.largest_bytes <= most;
}

// An intermediate result, of 64 columns a sample, is larger than any state: planning refuses it.
static void the_batch_named_fits_the_largest_buffer_too(void **state) {
    (void)state;
    static const char wide[] = RECIPE "discriminator: [dense: 64, relu, dense: 1]\n";
    const uint64_t most = 64 * 4 * 112;
    const long named = suggested_by_buffers(wide, most);
    assert_non_null(strstr(gan_status_message(), "in one buffer"));
    assert_true(named > 0 && named < 200);
    assert_true(fits_buffers(wide, named, most));
    assert_false(fits_buffers(wide, named + 1, most));
}

// Weights do not shrink with the batch.
static void weights_too_large_for_one_buffer_fit_with_no_batch(void **state) {
    (void)state;
    const uint64_t most = memory_with(PLAIN, "batch=1").largest_bytes - 1;
    assert_int_equal(suggested_by_buffers(PLAIN, most), 0);
    assert_non_null(strstr(gan_status_message(), "not even a batch of 1 fits"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_batch_that_fits_is_named),
        cmocka_unit_test(a_plan_that_fits_is_accepted),
        cmocka_unit_test(where_nothing_fits_no_batch_is_named),
        cmocka_unit_test(the_batch_named_is_one_that_the_layers_take),
        cmocka_unit_test(batches_are_named_by_packs),
        cmocka_unit_test(where_elements_are_too_many_a_batch_is_named_too),
        cmocka_unit_test(the_batch_named_fits_the_largest_buffer_too),
        cmocka_unit_test(weights_too_large_for_one_buffer_fit_with_no_batch),
    };
    return cmocka_run_group_tests_name("run_fit", tests, open_device, close_device);
}
