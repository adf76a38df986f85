// Tuning of convolutions: both ways give the same numbers, and what was found is planned, where
// CLBlast makes products.
#include "runtime/tuner_fixture.h"

#include "graph/convolution_tune.h"
#include "graph/module_parts.h"
#include "runtime/clblast_parameters.h"

// Sizes of everything different, so that nothing passes by mistake.
static const gan_convolution_desc sizes[] = {
    {.member = GAN_CONVOLUTION_FORWARD,
     .groups = 1,
     .channels = 3,
     .filters = 5,
     .images = 14,
     .input = {9, 8},
     .output = {4, 6},
     .kernel = {4, 3},
     .stride = {2, 1},
     .dilation = {1, 1},
     .before = {1, 0}},
    {.member = GAN_CONVOLUTION_BY_INPUT,
     .groups = 2,
     .channels = 4,
     .filters = 5,
     .images = 4,
     .input = {10, 7},
     .output = {5, 5},
     .kernel = {2, 3},
     .stride = {2, 1},
     .dilation = {1, 1},
     .before = {0, 0}},
    {.member = GAN_CONVOLUTION_BY_WEIGHT,
     .groups = 1,
     .channels = 4,
     .filters = 3,
     .images = 5,
     .input = {7, 9},
     .output = {7, 5},
     .kernel = {3, 3},
     .stride = {1, 2},
     .dilation = {2, 1},
     .before = {2, 1}},
};

static int begin_as_gpu(void **state) {
    setenv("CLGAN_LANES", "1", 1);
    return begin(state);
}

static int end_as_gpu(void **state) {
    unsetenv("CLGAN_LANES");
    return end(state);
}

static void keep(const gan_convolution_desc *desc, const char *way) {
    gan_text key = {0};
    assert_ok(gan__convolution_class(device, desc, &key));
    const gan_tuner_entry entry = {
        .key = gan__text_string(&key), .way = way, .gain = 2, .reorders = true, .done = true};
    assert_ok(gan__tuner_table_keep(device, &entry));
    gan__text_destroy(&key);
}

// Whether a program of the first of `sizes` has a kernel for it.
static bool plans_kernels(void) {
    gan_graph *graph = NULL;
    gan_module *module = NULL;
    gan_program *program = NULL;
    gan_convolution_desc found;
    bool kernels = false;
    assert_ok(gan__graph_create(&graph));
    assert_ok(gan__module_create(device, graph, &module));
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(3, 9, 8, 14));
    gan_node *w = gan__input(graph, "w", GAN_ELEMENT_F32, &GAN_SHAPE(5, 3, 4, 3));
    gan_node *y =
        gan__convolution(x, w, &(gan_convolution_settings){.stride = {2, 1}, .before = {1, 0}});
    assert_ok(gan__program_create(module, "test", &y, 1, &program));
    for (size_t i = 0; i < gan__program_launches(program); i++)
        kernels |= gan__program_convolution(program, i, &found);
    gan__module_destroy(module);
    gan__graph_destroy(graph);
    return kernels;
}

static void both_ways_are_right_and_one_is_kept(void **state) {
    (void)state;
    const gan_tuner_limits limits = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        gan_tuner_result result;
        gan_text key = {0}, way = {0};
        bool tunable = false;
        assert_ok(gan__convolution_is_tunable(device, &sizes[i], &tunable));
        assert_true(tunable);
        assert_ok(gan__convolution_tune(device, &sizes[i], false, &limits, &result));
        assert_true(result.finished);
        assert_false(result.known);
        assert_int_equal(result.wrong, 0);
        assert_int_equal(result.tried, 1);
        assert_ok(gan__convolution_describe_way(device, &sizes[i], &key, &way));
        expect_way(key.bytes, result.way == 1 ? GAN_CONVOLUTION_WAY_WINDOWS : NULL);
        assert_string_equal(way.bytes, result.way == 1 ? GAN_CONVOLUTION_WAY_WINDOWS : "kernels");
        assert_ok(gan__convolution_tune(device, &sizes[i], false, &limits, &result));
        assert_true(result.known);
        gan__text_destroy(&key);
        gan__text_destroy(&way);
    }
}

static void what_was_found_is_planned_and_can_be_set_aside(void **state) {
    (void)state;
    assert_true(plans_kernels());
    keep(&sizes[0], GAN_CONVOLUTION_WAY_WINDOWS);
    assert_false(plans_kernels());
    reopen();
    assert_false(plans_kernels());
    gan__tuner_set_aside(device, true);
    assert_true(plans_kernels());
    gan__tuner_set_aside(device, false);
    keep(&sizes[0], "some way of another version");
    assert_true(plans_kernels());
}

// As classes of products are: what was measured beside one set says nothing about another.
static void each_set_of_clblasts_parameters_has_classes_of_its_own(void **state) {
    (void)state;
    gan_text key = {0}, way = {0};
    const gan_tuner_entry set = {.key = gan__gemm_clblast_key(),
                                 .way = gan__clblast_set_name(1),
                                 .gain = 2,
                                 .reorders = true,
                                 .done = true};
    keep(&sizes[0], GAN_CONVOLUTION_WAY_WINDOWS);
    assert_false(plans_kernels());
    assert_ok(gan__tuner_table_keep(device, &set));
    assert_true(plans_kernels());
    assert_ok(gan__convolution_describe_way(device, &sizes[0], &key, &way));
    assert_non_null(strstr(key.bytes, ", CLBlast "));
    assert_string_equal(way.bytes, "kernels");
    keep(&sizes[0], GAN_CONVOLUTION_WAY_WINDOWS);
    assert_false(plans_kernels());
    gan__text_destroy(&key);
    gan__text_destroy(&way);
}

static void a_run_keeps_the_way_it_began_with(void **state) {
    (void)state;
    gan_text orders = {0};
    keep(&sizes[0], GAN_CONVOLUTION_WAY_WINDOWS);
    assert_ok(gan__tuner_write_orders(device, &orders));
    assert_ok(gan__tuner_adopt_orders(device, "")); // a run that began before
    assert_true(plans_kernels());
    assert_ok(gan__tuner_adopt_orders(device, orders.bytes));
    assert_false(plans_kernels());
    gan__text_destroy(&orders);
}

static void on_a_cpu_the_kernels_stay_so_that_no_bit_changes(void **state) {
    (void)state;
    bool tunable = true;
    keep(&sizes[0], GAN_CONVOLUTION_WAY_WINDOWS);
    assert_ok(gan__convolution_is_tunable(device, &sizes[0], &tunable));
    assert_false(tunable);
    assert_true(plans_kernels());
}

static void the_key_says_all_sizes(void **state) {
    (void)state;
    gan_text key = {0};
    gan__convolution_key(&sizes[1], &key);
    assert_string_equal(key.bytes,
                        "convolution by input 8x10x7 10x5x5 kernel 2x3 s2x1 p0x0 d1x1 g2 n4");
    gan__text_destroy(&key);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_ways_are_right_and_one_is_kept, begin_as_gpu,
                                        end_as_gpu),
        cmocka_unit_test_setup_teardown(what_was_found_is_planned_and_can_be_set_aside,
                                        begin_as_gpu, end_as_gpu),
        cmocka_unit_test_setup_teardown(each_set_of_clblasts_parameters_has_classes_of_its_own,
                                        begin_as_gpu, end_as_gpu),
        cmocka_unit_test_setup_teardown(a_run_keeps_the_way_it_began_with, begin_as_gpu,
                                        end_as_gpu),
        cmocka_unit_test_setup_teardown(on_a_cpu_the_kernels_stay_so_that_no_bit_changes, begin,
                                        end),
        cmocka_unit_test(the_key_says_all_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
