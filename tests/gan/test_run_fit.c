// A plan that does not fit its device is refused with the largest batch that would.
#include "gan/run_fit.h"
#include "runtime/device_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define RECIPE                                                                                     \
    "name: fit\nbatch: 200\ndata: {source: 'builtin:ring8'}\nlatent: {size: 4}\n"                  \
    "generator: [dense: 16, relu, dense: 2]\n"

typedef struct table {
    gan_recipe *recipe;
    gan_dataset *dataset;
    gan_trainer *trainer;
} table;

static table open_table(const char *text, const char *setting) {
    table t = {0};
    assert_ok(gan_recipe_parse(text, "fit.yaml", &t.recipe));
    if (setting != NULL) assert_ok(gan_recipe_set(t.recipe, setting));
    assert_ok(gan__dataset_open("builtin:ring8", &t.dataset));
    assert_ok(gan__trainer_create(device, t.recipe, t.dataset, &t.trainer));
    return t;
}

static void close_table(table *t) {
    gan__trainer_destroy(t->trainer);
    gan__dataset_close(t->dataset);
    gan_recipe_destroy(t->recipe);
}

static uint64_t bytes_with(const char *text, const char *setting) {
    table t = open_table(text, setting);
    gan_module_memory memory;
    gan__module_get_memory(gan__trainer_module(t.trainer), &memory);
    close_table(&t);
    return memory.total_bytes;
}

// The batch that the refusal under `limit` names; 0 where it names none.
static long suggested(const char *text, uint64_t limit) {
    table t = open_table(text, NULL);
    assert_fails(gan__run_check_fit(t.trainer, device, t.recipe, t.dataset, limit),
                 GAN_STATUS_DEVICE_MEMORY, "fit.yaml: the plan takes");
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
    assert_ok(gan__run_check_fit(t.trainer, device, t.recipe, t.dataset, bytes_with(PLAIN, NULL)));
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_batch_that_fits_is_named),
        cmocka_unit_test(a_plan_that_fits_is_accepted),
        cmocka_unit_test(where_nothing_fits_no_batch_is_named),
        cmocka_unit_test(the_batch_named_is_one_that_the_layers_take),
        cmocka_unit_test(batches_are_named_by_packs),
    };
    return cmocka_run_group_tests_name("run_fit", tests, open_device, close_device);
}
