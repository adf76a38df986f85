// The sets of CLBlast's parameters: which is in force, and that all of them compute products. The
// latter compiles CLBlast's kernels anew for each set, so on CPUs it is left out unless
// $CLGAN_TEST_CLBLAST is set (PoCL takes 15 s a set).
#include "tuner_fixture.h"

#include "runtime/clblast_parameters.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_tune.h"

static void the_own_parameters_cannot_be_put_back(void **state) {
    (void)state;
    size_t set = 0;
    assert_ok(gan__clblast_begin(device, 1));
    gan__clblast_end();
    assert_fails(gan__clblast_begin(device, 0), GAN_STATUS_FAILED, "start the program anew");
    assert_ok(gan__clblast_begin(device, 2)); // any other can
    gan__clblast_end();
    reopen(); // CLBlast's state is the process's, not the device object's
    assert_fails(gan__gemm_clblast_use_own(device), GAN_STATUS_FAILED, "start the program anew");
    assert_ok(gan__gemm_clblast_set(device, &set));
    assert_int_equal(set, 0); // nothing was tuned: products of CLBlast are refused, not changed
    uint64_t floats = 0;
    const gan_gemm_desc desc = {.m = 8,
                                .n = 8,
                                .k = 8,
                                .batches = 1,
                                .a = {.pitch = 8},
                                .b = {.pitch = 8},
                                .c = {.pitch = 8}};
    bool right = true;
    assert_fails(gan__gemm_clblast_memory(device, &desc, &floats), GAN_STATUS_FAILED, "own");
    assert_fails(gan__gemm_check_clblast(device, &desc, &right), GAN_STATUS_FAILED, "own");
}

static void tuning_says_which_set_is_used_and_classes_are_of_it(void **state) {
    (void)state;
    const gan_gemm_desc desc = {.m = 60, .n = 48, .k = 80, .batches = 1};
    size_t set = 0;
    gan_text key = {0}, other = {0}, way = {0};
    assert_ok(gan__gemm_describe(device, &desc, &key, &way));
    put(gan__gemm_clblast_key(), "128x64", true);
    assert_ok(gan__gemm_clblast_set(device, &set));
    assert_string_equal(gan__clblast_set_name(set), "128x64");
    assert_ok(gan__gemm_describe(device, &desc, &other, &way));
    assert_int_equal(strncmp(key.bytes, other.bytes, key.length), 0);
    assert_string_equal(other.bytes + key.length, ", CLBlast 128x64");
    put(gan__gemm_clblast_key(), "of another time", true);
    assert_ok(gan__gemm_clblast_set(device, &set));
    assert_int_equal(set, 0);
    // A run keeps the set it began with.
    put(gan__gemm_clblast_key(), "64x64", true);
    gan_text orders = {0};
    assert_ok(gan__tuner_write_orders(device, &orders));
    put(gan__gemm_clblast_key(), "128x64", true);
    assert_ok(gan__tuner_adopt_orders(device, gan__text_string(&orders)));
    assert_string_equal(gan__gemm_clblast_way(device), "64x64");
    assert_ok(gan__tuner_adopt_orders(device, ""));
    assert_string_equal(gan__gemm_clblast_way(device), "own");
    gan__text_destroy(&orders);
    gan__text_destroy(&key);
    gan__text_destroy(&other);
    gan__text_destroy(&way);
}

static bool compiles_clblast(void) {
    return gan_device_get_info(device)->kind != GAN_DEVICE_KIND_CPU || getenv("CLGAN_TEST_CLBLAST");
}

// Both that follow begin with CLBlast's own parameters, which a process can do once: one of them
// runs.
static void the_sets_are_measured_and_the_fastest_is_used(void **state) {
    (void)state;
    const gan_gemm_desc product = {.m = 96, .n = 64, .k = 128, .batches = 1};
    const gan_gemm_share shares[] = {{.product = product, .times = 1}};
    const gan_tuner_limits none = {0};
    gan_tuner_result result;
    double flops = 0;
    size_t set = 0;
    bool right = false;
    if (!compiles_clblast()) skip();
    setenv("CLGAN_GEMM", "clblast", 1);
    assert_ok(gan__gemm_clblast_tune(device, shares, 1, &none, &result, &flops));
    assert_true(result.finished && result.wrong == 0 && result.usual_seconds > 0);
    assert_int_equal(result.tried, gan__clblast_set_count() - 1);
    reopen();
    assert_ok(gan__gemm_clblast_set(device, &set));
    assert_int_equal(set, result.way);
    print_message("CLBlast's parameters: %s, %.2f times as fast\n", gan__clblast_set_name(set),
                  result.gain);
    if (set > 0) assert_ok(gan__gemm_check_clblast(device, &product, &right));
    assert_int_equal(right, set > 0);
    unsetenv("CLGAN_GEMM");
}

static void sets_that_compute_wrong_products_are_left_out(void **state) {
    (void)state;
    const gan_gemm_share shares[] = {
        {.product = {.m = 60, .n = 48, .k = 80, .batches = 1}, .times = 2}};
    const gan_tuner_limits none = {0};
    gan_tuner_result result;
    double flops = 0;
    if (compiles_clblast()) skip();
    setenv("CLGAN_GEMM", "clblast", 1);
    assert_true(gan__gemm_clblast_due(device, false));
    assert_ok(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST));
    assert_ok(gan__gemm_clblast_tune(device, shares, 1, &none, &result, &flops));
    assert_true(result.finished && result.way == 0 && result.tried == 0);
    assert_int_equal(result.wrong, gan__clblast_set_count() - 1);
    assert_true(flops == 2.0 * 2 * 60 * 48 * 80 && result.usual_seconds > 0);
    reopen();
    assert_false(gan__gemm_clblast_due(device, false));
    assert_true(gan__gemm_clblast_due(device, true));
    unsetenv("CLGAN_GEMM");
    if (gan_device_get_info(device)->kind == GAN_DEVICE_KIND_CPU)
        assert_false(gan__gemm_clblast_due(device, true));
}

static void every_set_computes_products(void **state) {
    (void)state;
    if (!compiles_clblast()) skip();
    for (size_t set = 1; set < gan__clblast_set_count(); set++) {
        assert_ok(gan__gemm_clblast_try(device, set));
        for (int i = 0; i < 2 * 4; i++) {
            // Under and over every border between the direct kernel and the large one.
            const uint32_t size = i < 4 ? 45 : 1100;
            const gan_gemm_desc desc = {.m = size,
                                        .n = size - 3,
                                        .k = i < 4 ? 37 : 1101,
                                        .batches = 1,
                                        .transpose_a = i & 1,
                                        .transpose_b = i >> 1 & 1};
            bool right = false;
            assert_ok(gan__gemm_check_clblast(device, &desc, &right));
            if (!right)
                fail_msg("set %s is wrong (%u, transposed %d %d)", gan__clblast_set_name(set),
                         (unsigned)size, desc.transpose_a, desc.transpose_b);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        tuner_test(the_sets_are_measured_and_the_fastest_is_used),
        tuner_test(sets_that_compute_wrong_products_are_left_out),
        tuner_test(the_own_parameters_cannot_be_put_back),
        tuner_test(tuning_says_which_set_is_used_and_classes_are_of_it),
        tuner_test(every_set_computes_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
