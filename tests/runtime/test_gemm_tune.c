// What tuning does to matrix products.
#include "tuner_fixture.h"

#include "runtime/device_state.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_tune.h"

typedef struct product {
    gan_gemm_desc desc;
    size_t c_floats;
} product;

static product make_product(uint32_t m, uint32_t n, uint32_t k, bool ta, bool tb) {
    product p = {.desc = {.label = "product",
                          .m = m,
                          .n = n,
                          .k = k,
                          .batches = 1,
                          .transpose_a = ta,
                          .transpose_b = tb}};
    p.desc.a.pitch = ((ta ? m : k) + 15) / 16 * 16;
    p.desc.b.pitch = ((tb ? k : n) + 15) / 16 * 16;
    p.desc.c.pitch = (n + 15) / 16 * 16;
    size_t floats[3] = {(size_t)(ta ? k : m) * p.desc.a.pitch,
                        (size_t)(tb ? n : k) * p.desc.b.pitch, (size_t)m * p.desc.c.pitch};
    gan_gemm_operand *const operands[3] = {&p.desc.a, &p.desc.b, &p.desc.c};
    p.c_floats = floats[2];
    for (int i = 0; i < 3; i++) {
        float *values = calloc(floats[i], sizeof(float));
        for (size_t j = 0; j < floats[i] && i < 2; j++)
            values[j] = (float)((j * 2654435761u + (size_t)i) % 8191) / 4096 - 1;
        operands[i]->buffer = make_buffer(floats[i] * sizeof(float));
        assert_ok(gan__buffer_write(operands[i]->buffer, 0, floats[i] * sizeof(float), values));
        free(values);
    }
    return p;
}

static void free_product(product *p) {
    gan__buffer_destroy(p->desc.a.buffer);
    gan__buffer_destroy(p->desc.b.buffer);
    gan__buffer_destroy(p->desc.c.buffer);
}

static float *result_of(product *p, gan_launch *launch) {
    float *values = malloc(p->c_floats * sizeof(float));
    assert_ok(gan__launch_enqueue(launch));
    assert_ok(gan__buffer_read(p->desc.c.buffer, 0, p->c_floats * sizeof(float), values));
    gan__launch_destroy(launch);
    return values;
}

static float *result_by(product *p, const gan_gemm_choice *choice) {
    gan_gemm_plan plan;
    gan_launch *launch = NULL;
    gan__gemm_plan_make(gan__device_traits(device), &p->desc, true, choice, &plan);
    assert_ok(gan__gemm_tile_create(device, &p->desc, &plan, NULL, &launch));
    return result_of(p, launch);
}

// rows, runs, pack_a, pack_b, depth, block_rows, block_columns
static const gan_gemm_choice choices[] = {
    {6, 4, 0, 0, 0, 6, 64, 0},   {8, 3, 0, 0, 64, 16, 96, 0},  {12, 2, 1, 0, 32, 48, 32, 0},
    {6, 4, 1, 1, 64, 96, 64, 0}, {12, 1, 0, 1, 48, 36, 16, 0}, {14, 2, 0, 1, 0, 28, 128, 0},
    {5, 5, 0, 0, 16, 5, 80, 0},
};

static void no_choice_changes_a_bit_of_a_product(void **state) {
    (void)state;
    if (gan__device_traits(device)->lanes != 16) skip();
    for (int transposes = 0; transposes < 4; transposes++) {
        product p = make_product(101, 100, 150, transposes & 1, transposes >> 1);
        float *usual = result_by(&p, NULL);
        for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
            assert_true(gan__gemm_choice_valid(gan__device_traits(device), &choices[i]));
            float *other = result_by(&p, &choices[i]);
            for (size_t j = 0; j < p.c_floats; j++)
                if (j % p.desc.c.pitch < p.desc.n && memcmp(&usual[j], &other[j], 4) != 0)
                    fail_msg("choice %zu, transposes %d: element %zu is %.9g, not %.9g", i,
                             transposes, j, (double)other[j], (double)usual[j]);
            free(other);
        }
        free(usual);
        free_product(&p);
    }
}

// As some OpenCL runtimes for CPUs report it, which is the least that OpenCL 1.2 allows.
static void products_fit_the_least_local_memory_and_keep_their_bits(void **state) {
    (void)state;
    static const uint32_t sizes[][3] = {{204, 377, 19}, {101, 112, 300}, {300, 254, 144}};
    if (gan__device_traits(device)->lanes != 16) skip();
    const uint64_t local_memory = device->traits.local_memory_bytes;
    for (int transposes = 0; transposes < 4; transposes++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            product p = make_product(sizes[i][0], sizes[i][1], sizes[i][2], transposes & 1,
                                     transposes >> 1);
            float *usual = result_by(&p, NULL);
            device->traits.local_memory_bytes = 32768; // a kernel that takes more is an error
            float *other = result_by(&p, NULL);
            device->traits.local_memory_bytes = local_memory;
            for (size_t j = 0; j < p.c_floats; j++)
                if (j % p.desc.c.pitch < p.desc.n && memcmp(&usual[j], &other[j], 4) != 0)
                    fail_msg("sizes %zu, transposes %d: element %zu is %.9g, not %.9g", i,
                             transposes, j, (double)other[j], (double)usual[j]);
            free(other);
            free(usual);
            free_product(&p);
        }
    }
}

static void choices_that_no_kernel_can_be_made_for_are_refused(void **state) {
    (void)state;
    const gan_device_traits cpu = {.lanes = 16, .local_memory_bytes = 1 << 18};
    const gan_device_traits gpu = {.lanes = 1, .local_memory_bytes = 1 << 15, .max_work_group = 64};
    const char *const bad[] = {"",
                               "tile",
                               "tile 6 4 0 1 256 192",
                               "tile 6 4 0 1 256 192 64 1",
                               "tile 0 4 0 1 256 192 64",
                               "tile 6 0 0 1 256 192 64",
                               "tile 8 4 0 1 256 192 64",
                               "tile 6 4 2 1 256 192 64",
                               "tile 14 2 1 0 64 48 64",
                               "tile 6 4 0 1 17 192 64",
                               "tile 6 4 0 1 256 0 64",
                               "tile 6 4 0 1 256 192 4000000000",
                               "tile 6 4 0 1 256 192 -64",
                               "tile 6 4 0 1 256 192 64 ",
                               "brick 6 4 0 1 256 192 64"};
    gan_gemm_way way;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (gan__gemm_way_parse(&cpu, bad[i], &way)) fail_msg("'%s' is taken", bad[i]);
    assert_true(gan__gemm_way_parse(&cpu, "tile 6 4 0 1 256 192 64", &way));
    assert_int_equal(way.choice.block_columns, 64);
    assert_true(gan__gemm_way_parse(&gpu, "tile 8", &way));
    assert_false(gan__gemm_way_parse(&gpu, "tile 16", &way)); // more work-items than it allows
    assert_false(gan__gemm_way_parse(&gpu, "tile 3", &way));
    assert_false(gan__gemm_way_parse(&gpu, "tile 0", &way));
}

static void a_class_holds_sizes_that_differ_by_an_eighth_at_most(void **state) {
    (void)state;
    const struct {
        uint32_t m, n, k;
        bool same; // class as 1200 x 100 x 784
    } cases[] = {{1200, 100, 784, true},  {1152, 97, 768, true},  {1279, 112, 831, true},
                 {1280, 100, 784, false}, {1200, 96, 784, false}, {1200, 100, 832, false}};
    const gan_device_traits cpu = {.lanes = 16};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gan_text key = {0};
        const gan_gemm_desc desc = {
            .m = cases[i].m, .n = cases[i].n, .k = cases[i].k, .batches = 1, .transpose_a = true};
        gan__gemm_key(&cpu, &desc, &key);
        assert_int_equal(strcmp(key.bytes, "gemm TN 1152 112 768") == 0, cases[i].same);
        gan__text_destroy(&key);
    }
}

static const char *engine_and_way(gan_text *way) {
    gan_text key = {0};
    const gan_gemm_desc desc = {.m = 60, .n = 48, .k = 80, .batches = 1};
    gan__text_clear(way);
    assert_ok(gan__gemm_describe(device, &desc, &key, way));
    gan__text_destroy(&key);
    return gan__text_string(way);
}

static void a_tuned_product_is_made_the_way_that_was_found(void **state) {
    (void)state;
    if (gan__device_traits(device)->lanes != 16) skip();
    gan_text way = {0}, usual = {0};
    product p = make_product(60, 48, 80, false, false);
    gan_launch *launch = NULL;
    engine_and_way(&usual);
    assert_ok(gan__gemm_create(device, &p.desc, NULL, &launch));
    float *before = result_of(&p, launch);
    put("gemm NN 60 48 80", "tile 4 2 0 1 32 8 48", false);
    assert_string_equal(engine_and_way(&way), "tile 4 2 0 1 32 8 48");
    assert_ok(gan__gemm_create(device, &p.desc, NULL, &launch));
    float *after = result_of(&p, launch);
    assert_memory_equal(before, after, p.c_floats * sizeof(float));
    // One that says nothing leaves the usual way.
    put("gemm NN 60 48 80", "tile 4 2 0 1 32 8", false);
    assert_string_equal(engine_and_way(&way), usual.bytes);
    assert_ok(gan__gemm_create(device, &p.desc, NULL, &launch));
    gan__launch_destroy(launch);
    free(before);
    free(after);
    free_product(&p);
    gan__text_destroy(&way);
    gan__text_destroy(&usual);
}

static void tuning_a_product_measures_right_ways_and_keeps_the_class(void **state) {
    (void)state;
    const gan_gemm_desc desc = {.m = 40, .n = 33, .k = 50, .batches = 2, .transpose_a = true};
    const gan_tuner_limits limits = {.go_on = go_on};
    gan_tuner_result result;
    gan_text key = {0}, way = {0};
    questions_left = 3;
    assert_ok(gan__gemm_tune(device, &desc, false, &limits, &result));
    assert_true(result.tried >= 1 && result.wrong == 0 && !result.finished);
    assert_ok(gan__gemm_describe(device, &desc, &key, &way));
    assert_int_equal(strncmp(key.bytes, "gemm TN 40 ", 11), 0);
    // Where it is known, nothing is run.
    put(key.bytes, "tile 8 1 0 0 0 8 16", false);
    assert_ok(gan__gemm_tune(device, &desc, false, &limits, &result));
    assert_true(result.known && result.tried == 0 && result.finished && result.gain == 1.5);
    // Where every kernel is wrong, none is taken.
    assert_ok(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_TILE));
    assert_ok(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST));
    questions_left = 5;
    assert_ok(gan__gemm_tune(device, &desc, true, &limits, &result));
    assert_true(result.tried == 0 && result.wrong > 0 && result.way == 0);
    gan__text_destroy(&key);
    gan__text_destroy(&way);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        tuner_test(no_choice_changes_a_bit_of_a_product),
        tuner_test(products_fit_the_least_local_memory_and_keep_their_bits),
        tuner_test(choices_that_no_kernel_can_be_made_for_are_refused),
        tuner_test(a_class_holds_sizes_that_differ_by_an_eighth_at_most),
        tuner_test(a_tuned_product_is_made_the_way_that_was_found),
        tuner_test(tuning_a_product_measures_right_ways_and_keeps_the_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
