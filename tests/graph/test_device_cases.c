// Every case of cases.h, with its gradients, on every OpenCL device found and in every way it can
// be run, against the interpreter.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "cases.h"
#include "compare.h"

#include <stdlib.h>
#include <string.h>

// Devices compute in float32 what the interpreter computes in double: a few hundred roundings of
// 6e-8 each, and second gradients lose some more to cancellation.
#define TOLERANCE 2e-5

// Second gradients are made of the same operations as first ones: where time is short, they are
// left out.
static gan_status compare_case(gan_device *device, const gan_case *description, bool second) {
    gan_case_graph c;
    gan_leaf_values leaves[GAN_CASE_LEAVES];
    gan_node *roots[GAN_CASE_ROOTS + 1 + 2 * GAN_CASE_LEAVES];
    size_t count = 0;
    gan_status status = gan__case_graph_create(description, &c);
    for (size_t i = 0; i < c.leaf_count; i++)
        leaves[i] = (gan_leaf_values){c.leaves[i].node, c.leaves[i].values};
    for (size_t i = 0; i < c.root_count; i++) roots[count++] = c.roots[i];
    roots[count++] = c.objective;
    for (size_t i = 0; i < c.differentiable_count; i++) roots[count++] = c.first[i];
    for (size_t i = 0; second && i < c.differentiable_count; i++) roots[count++] = c.second[i];
    gan_comparison comparison = {.graph = c.graph,
                                 .leaves = leaves,
                                 .leaf_count = c.leaf_count,
                                 .roots = roots,
                                 .root_count = count,
                                 .seed = GAN_CASE_SEED,
                                 .counter = GAN_CASE_COUNTER,
                                 .runs = 1,
                                 .tolerance = TOLERANCE};
    if (status == GAN_STATUS_OK) status = gan__compare(device, &comparison);
    gan__case_graph_destroy(&c);
    return status;
}

// Of the cases that are expanded, one in STRIDE has second gradients and runs in both settings:
// their kernels are many, and compiled anew for each case.
#define STRIDE 3
static bool is_thorough(size_t i) {
    return i < gan__case_first_expanded() || i % STRIDE == 0;
}

// The cases from `from` on, on every device and in every setting.
static size_t count_failures(size_t from) {
    gan_setting *settings = NULL;
    size_t count = 0, failures = 0;
    const char *only = getenv("CLGAN_TEST_CASE"); // for a person who looks for a mistake
    assert_int_equal(gan__settings_list(&settings, &count), GAN_STATUS_OK);
    for (size_t s = 0; s < count; s++) {
        gan_device *device = NULL;
        if (gan__setting_open(&settings[s], &device) != GAN_STATUS_OK)
            fail_msg("%s: %s", settings[s].name, gan_status_message());
        for (size_t i = from; i < gan__case_count(); i++) {
            const gan_case *description = gan__case(i);
            const bool first = *settings[s].arena == 0;
            if (only ? strcmp(only, description->name) != 0 : !first && !is_thorough(i)) continue;
            if (compare_case(device, description, first && is_thorough(i)) == GAN_STATUS_OK)
                continue;
            print_error("%s: %s: %s\n", settings[s].name, description->name, gan_status_message());
            failures++;
        }
        gan_device_counters counters;
        gan__device_get_counters(device, &counters);
        assert_int_equal(counters.build_retries, 0);
        gan__setting_close(device);
    }
    gan__free(settings);
    return failures;
}

static void every_case_gives_what_the_interpreter_gives(void **state) {
    (void)state;
    assert_int_equal(count_failures(0), 0);
}

// The cases are too small for convolutions' own kernels to be chosen: they are expanded there.
static void convolutions_by_their_own_kernels_give_it_too(void **state) {
    (void)state;
    setenv("CLGAN_CONVOLUTION", "native", 1);
    size_t failures = count_failures(gan__case_first_expanded());
    unsetenv("CLGAN_CONVOLUTION");
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_gives_what_the_interpreter_gives),
        cmocka_unit_test(convolutions_by_their_own_kernels_give_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
