// Matrix products of both engines against a plain product in double precision.
//
// CLBlast is tried where a first call is cheap: on GPUs, or where $CLGAN_TEST_CLBLAST is set (on
// PoCL with cold caches it compiles for 12 seconds).
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/gemm.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_tile.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SENTINEL -777.0f

// --- One product, run and compared --------------------------------------------------------------

typedef struct sizes {
    uint32_t m, n, k, batches;
} sizes;

typedef struct layout {
    uint32_t offset; // of each operand
    uint32_t gap;    // unused elements at the end of rows
    bool same_a;     // A has batch stride 0
} layout;

typedef struct array {
    uint32_t rows, columns;
    size_t count;
    float *host;
    gan_gemm_operand operand;
} array;

typedef struct product {
    gan_gemm_desc desc;
    array a, b, c, scratch;
} product;

static array make_array(gan_device *device, uint32_t rows, uint32_t columns, uint32_t batches,
                        const layout *where, uint32_t seed) {
    array x = {.rows = rows, .columns = columns};
    x.operand.offset = where->offset;
    x.operand.pitch = columns + where->gap;
    x.operand.stride = batches > 1 ? (uint64_t)rows * x.operand.pitch + where->gap : 0;
    x.count = where->offset + (batches - 1) * x.operand.stride +
              (size_t)(rows - 1) * x.operand.pitch + columns;
    void *host = NULL;
    assert_int_equal(gan__alloc(x.count, sizeof(float), &host), GAN_STATUS_OK);
    x.host = host;
    for (size_t i = 0; i < x.count; i++) x.host[i] = seed ? NAN : SENTINEL;
    for (uint32_t batch = 0; seed && batch < batches; batch++)
        for (size_t i = 0; i < (size_t)rows * columns; i++) {
            seed = seed * 1664525u + 1013904223u;
            x.host[where->offset + batch * x.operand.stride + i / columns * x.operand.pitch +
                   i % columns] = (float)(int32_t)seed * 0x1p-31f;
        }
    assert_int_equal(gan__buffer_create(device, x.count * sizeof(float), "test", &x.operand.buffer),
                     GAN_STATUS_OK);
    assert_int_equal(gan__buffer_write(x.operand.buffer, 0, x.count * sizeof(float), x.host),
                     GAN_STATUS_OK);
    return x;
}

static void free_array(array *x) {
    gan__free(x->host);
    gan__buffer_destroy(x->operand.buffer);
}

static product make_product(gan_device *device, sizes s, bool ta, bool tb, layout where) {
    product p = {.desc = {.label = "test product",
                          .m = s.m,
                          .n = s.n,
                          .k = s.k,
                          .batches = s.batches,
                          .transpose_a = ta,
                          .transpose_b = tb}};
    p.a =
        make_array(device, ta ? s.k : s.m, ta ? s.m : s.k, where.same_a ? 1 : s.batches, &where, 1);
    p.b = make_array(device, tb ? s.n : s.k, tb ? s.k : s.n, s.batches, &where, 2);
    p.c = make_array(device, s.m, s.n, s.batches, &where, 0);
    uint64_t floats = gan__gemm_scratch(device, &p.desc);
    if (floats) p.scratch = make_array(device, 1, (uint32_t)floats, 1, &where, 3);
    p.desc.a = p.a.operand;
    p.desc.b = p.b.operand;
    p.desc.c = p.c.operand;
    return p;
}

static void free_product(product *p) {
    free_array(&p->a);
    free_array(&p->b);
    free_array(&p->c);
    free_array(&p->scratch);
}

static void run_product(gan_device *device, product *p) {
    gan_launch *launch = NULL;
    gan_status status = gan__gemm_create(device, &p->desc, &p->scratch.operand, &launch);
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    assert_int_equal(gan__launch_enqueue(launch), GAN_STATUS_OK);
    assert_int_equal(
        gan__buffer_read(p->c.operand.buffer, 0, p->c.count * sizeof(float), p->c.host),
        GAN_STATUS_OK);
    gan__launch_destroy(launch);
}

static double at(const array *x, uint32_t batch, bool transposed, uint32_t i, uint32_t j) {
    size_t row = transposed ? j : i, column = transposed ? i : j;
    return x->host[x->operand.offset + batch * x->operand.stride + row * x->operand.pitch + column];
}

// The sum in double precision, and in *bound how far float32 sums in any order may be from it.
static double reference(const product *p, uint32_t batch, uint32_t m, uint32_t n, double *bound) {
    double sum = 0, magnitude = 0;
    for (uint32_t k = 0; k < p->desc.k; k++) {
        double term = at(&p->a, batch, p->desc.transpose_a, m, k) *
                      at(&p->b, batch, p->desc.transpose_b, k, n);
        sum += term;
        magnitude += fabs(term);
    }
    *bound = (p->desc.k + 1.0) * (double)FLT_EPSILON * magnitude;
    return sum;
}

static void assert_product_right(const product *p) {
    const gan_gemm_desc *d = &p->desc;
    size_t stored = 0, untouched = 0;
    for (uint32_t batch = 0; batch < d->batches; batch++)
        for (uint32_t m = 0; m < d->m; m++)
            for (uint32_t n = 0; n < d->n; n++, stored++) {
                double bound, want = reference(p, batch, m, n, &bound);
                double got = at(&p->c, batch, false, m, n);
                if (!(fabs(got - want) <= bound))
                    fail_msg("%ux%ux%u (%d%d) batch %u element (%u, %u): %.9g, not %.9g", d->m,
                             d->n, d->k, d->transpose_a, d->transpose_b, batch, m, n, got, want);
            }
    for (size_t i = 0; i < p->c.count; i++) untouched += p->c.host[i] == SENTINEL;
    assert_int_equal(untouched, p->c.count - stored);
}

static void check_product(gan_device *device, sizes s, bool ta, bool tb, layout where) {
    product p = make_product(device, s, ta, tb, where);
    run_product(device, &p);
    assert_product_right(&p);
    free_product(&p);
}

// --- Set-up -------------------------------------------------------------------------------------

// Mesa's software renderer compiles kernels of 16 lanes for minutes: it gets those of 1 instead.
static gan_device *open_with(const char *lanes, const char *engine) {
    gan_device *device = NULL;
    if (lanes)
        setenv("CLGAN_LANES", lanes, 1);
    else
        unsetenv("CLGAN_LANES");
    if (engine)
        setenv("CLGAN_GEMM", engine, 1);
    else
        unsetenv("CLGAN_GEMM");
    gan_status status = gan_device_open(NULL, &device);
    unsetenv("CLGAN_LANES");
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
    bool is_mesa = strstr(gan_device_get_info(device)->platform_name, "rusticl") != NULL;
    if (!is_mesa || gan__device_traits(device)->lanes == 1) return device;
    gan_device_close(device);
    return open_with("1", engine);
}

static gan_device *open_clblast(void) {
    gan_device *device = open_with(NULL, "clblast");
    bool is_cpu = gan_device_get_info(device)->kind == GAN_DEVICE_KIND_CPU;
    if (!is_cpu || getenv("CLGAN_TEST_CLBLAST")) return device;
    gan_device_close(device);
    return NULL;
}

static const layout dense = {0}, loose = {.offset = 5, .gap = 3}, wide = {.offset = 16, .gap = 16};

static const sizes edges[] = {
    {1, 1, 1, 1},
    {1, 17, 33, 1},
    {2, 100, 2, 1},
    {3, 16, 15, 1},
    {7, 5, 100, 1},
    {15, 33, 16, 1},
    {16, 16, 16, 1},
    {17, 1, 100, 1},
    {33, 15, 17, 1},
    {8, 32, 784, 1},
    {100, 100, 100, 1},
    {61, 64, 300, 1},
    {130, 112, 64, 1},
    {12, 48, 130, 1},
    {40, 784, 33, 1},
    // Columns past the last whole run that are few enough to be made otherwise.
    {50, 33, 70, 1},
    {37, 50, 200, 1},
    {35, 35, 65, 1},
    {97, 20, 300, 1},
    {49, 24, 130, 1},
};

static void check_edges(gan_device *device) {
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int transposes = 0; transposes < 4; transposes++) {
            bool ta = transposes & 1, tb = transposes >> 1;
            check_product(device, edges[i], ta, tb, loose);
            if (!tb) check_product(device, edges[i], ta, tb, i % 2 ? dense : wide);
        }
}

// --- Tests --------------------------------------------------------------------------------------

static void vector_tiles_agree_with_the_reference_at_every_edge(void **state) {
    (void)state;
    gan_device *device = open_with("16", "tile");
    bool has_vectors = gan__device_traits(device)->lanes == 16;
    if (has_vectors) check_edges(device);
    gan_device_close(device);
    if (!has_vectors) skip();
}

static void group_tiles_agree_with_the_reference_at_every_edge(void **state) {
    (void)state;
    gan_device *device = open_with("1", "tile");
    check_edges(device);
    gan_device_close(device);
}

static void clblast_agrees_with_the_reference_at_every_edge(void **state) {
    (void)state;
    gan_device *device = open_clblast();
    if (!device) skip();
    check_edges(device);
    gan_device_close(device);
}

static void check_batches(gan_device *device) {
    const sizes s = {19, 37, 50, 3};
    for (int transposes = 0; transposes < 4; transposes++) {
        bool ta = transposes & 1, tb = transposes >> 1;
        check_product(device, s, ta, tb, dense);
        check_product(device, s, ta, tb, loose);
        check_product(device, s, ta, tb, (layout){.offset = 7, .gap = 1, .same_a = true});
    }
}

static void batches_follow_their_strides_also_where_one_is_0(void **state) {
    (void)state;
    const char *const lanes[] = {"16", "1"};
    for (int i = 0; i < 2; i++) {
        gan_device *device = open_with(lanes[i], "tile");
        check_batches(device);
        gan_device_close(device);
    }
    gan_device *device = open_clblast();
    if (device) check_batches(device);
    gan_device_close(device);
}

static void a_deep_product_with_few_elements_is_split_and_right(void **state) {
    (void)state;
    const char *const lanes[] = {"16", "1"};
    for (int i = 0; i < 2; i++) {
        gan_device *device = open_with(lanes[i], "tile");
        for (int trial = 0; trial < 8; trial++) {
            const sizes s = trial < 4 ? (sizes){6, 21, 5000, 1} : (sizes){40, 20, 3000, 1};
            product p = make_product(device, s, trial & 1, trial >> 1 & 1, loose);
            assert_true(gan__gemm_scratch(device, &p.desc) > 0);
            run_product(device, &p);
            assert_product_right(&p);
            free_product(&p);
        }
        gan_device_close(device);
    }
}

static void the_same_product_twice_gives_the_same_bits(void **state) {
    (void)state;
    gan_device *device = open_with("16", "tile");
    const sizes s[] = {{6, 21, 5000, 1}, {100, 100, 300, 1}};
    for (size_t i = 0; i < 2; i++) {
        product p = make_product(device, s[i], true, false, dense);
        product q = make_product(device, s[i], true, false, dense);
        run_product(device, &p);
        run_product(device, &q);
        assert_memory_equal(p.c.host, q.c.host, p.c.count * sizeof(float));
        free_product(&p);
        free_product(&q);
    }
    gan_device_close(device);
}

// y = max(acc + bias[m], 0) * 2 + batch, stored where n says, not where C is.
static void check_epilogue(gan_device *device, sizes s, bool ta, bool tb) {
    product p = make_product(device, s, ta, tb, loose);
    array bias = make_array(device, 1, s.m, 1, &dense, 9);
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = bias.operand.buffer},
        {.kind = GAN_ARGUMENT_KIND_BUFFER,
         .buffer = p.c.operand.buffer,
         .offset = p.c.operand.offset},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = p.c.operand.pitch},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = (uint32_t)p.c.operand.stride},
        {.kind = GAN_ARGUMENT_KIND_FLOAT, .float_value = 2.0f}};
    const gan_gemm_epilogue epilogue = {
        .parameters = ", global const float *p0, const uint o0, global float *p1, const uint o1, "
                      "const uint pitch, const uint stride, const float scale",
        .functions = "inline gan_t test_relu(const gan_t v) { return fmax(v, (gan_t)(0.0f)); }",
        .body = "const gan_t y = test_relu(acc + p0[o0 + m]) * scale + (float)batch;\n"
                "gan_store(y, p1 + o1 + batch * stride + m * pitch + n, lanes);",
        .arguments = arguments,
        .argument_count = 5};
    p.desc.epilogue = &epilogue;
    p.desc.c = (gan_gemm_operand){0};
    run_product(device, &p);
    for (uint32_t batch = 0; batch < s.batches; batch++)
        for (uint32_t m = 0; m < s.m; m++)
            for (uint32_t n = 0; n < s.n; n++) {
                double bound, sum = reference(&p, batch, m, n, &bound);
                double want = fmax(sum + (double)bias.host[m], 0) * 2 + batch;
                double slack = 2 * bound + 8 * (double)FLT_EPSILON * (fabs(want) + 1);
                assert_true(fabs(at(&p.c, batch, false, m, n) - want) <= slack);
            }
    free_array(&bias);
    free_product(&p);
}

static void an_epilogue_sees_each_sum_once_with_its_place(void **state) {
    (void)state;
    const char *const lanes[] = {"16", "1"};
    const sizes s[] = {{33, 100, 40, 2}, {1, 17, 300, 1},  {5, 20, 3000, 2},
                       {64, 64, 200, 1}, {35, 36, 300, 2}, {40, 20, 3000, 1}};
    for (int i = 0; i < 2; i++) {
        gan_device *device = open_with(lanes[i], "tile");
        for (size_t j = 0; j < sizeof s / sizeof *s; j++)
            for (int transposes = 0; transposes < 4; transposes++)
                check_epilogue(device, s[j], transposes & 1, transposes >> 1);
        gan_device_close(device);
    }
}

static void operands_that_leave_their_buffers_are_refused(void **state) {
    (void)state;
    gan_device *device = open_with("16", "tile");
    product p = make_product(device, (sizes){20, 20, 20, 1}, false, false, dense);
    gan_launch *launch = NULL;
    p.desc.b.offset = 1;
    assert_int_equal(gan__gemm_create(device, &p.desc, NULL, &launch), GAN_STATUS_BAD_ARGUMENT);
    assert_null(launch);
    assert_non_null(strstr(gan_status_message(), "operand B"));
    free_product(&p);
    gan_device_close(device);
}

static void an_engine_found_wrong_gives_way_to_the_other(void **state) {
    (void)state;
    gan_device *device = open_with("16", "clblast");
    const gan_gemm_desc desc = {.m = 33, .n = 20, .k = 50, .batches = 1};
    assert_int_equal(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST), GAN_STATUS_OK);
    assert_int_equal(gan__gemm_choose(device, &desc), GAN_GEMM_ENGINE_TILE);
    check_product(device, (sizes){33, 20, 50, 1}, false, false, dense);
    gan_device_close(device);
}

// The check's own product must be one that the kernel has room for: an edge of which fewer k are
// packed than two of the tuner's deepest blocks have.
static void a_split_product_with_an_edge_and_deep_blocks_is_found_right(void **state) {
    (void)state;
    const gan_gemm_desc desc = {.m = 40, .n = 20, .k = 1030, .batches = 1};
    gan_device *device = open_with("16", "tile");
    const gan_device_traits *const traits = gan__device_traits(device);
    gan_gemm_choice choice;
    gan_gemm_plan plan;
    bool right = false;
    gan__gemm_choice_default(traits, &desc, true, &choice);
    choice.depth = 512;
    gan__gemm_plan_make(traits, &desc, true, &choice, &plan);
    if (traits->lanes == 16 && traits->local_memory_bytes >= 1 << 17) {
        assert_true(plan.splits > 1 && plan.edge_depth > 0 && plan.depth == 512);
        assert_true(2 * plan.depth > plan.edge_depth);
    }
    assert_int_equal(gan__gemm_check_tile(device, &desc, &plan, &right), GAN_STATUS_OK);
    assert_true(right);
    gan_device_close(device);
}

static void both_engines_found_wrong_are_a_failure_that_names_them(void **state) {
    (void)state;
    gan_device *device = open_with("16", "tile");
    product p = make_product(device, (sizes){33, 20, 50, 1}, false, false, dense);
    gan_launch *launch = NULL;
    assert_int_equal(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_TILE), GAN_STATUS_OK);
    assert_int_equal(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST), GAN_STATUS_OK);
    assert_int_equal(gan__gemm_create(device, &p.desc, NULL, &launch), GAN_STATUS_DEVICE_FAILED);
    assert_null(launch);
    assert_non_null(strstr(gan_status_message(), "tile and CLBlast"));
    assert_non_null(strstr(gan_status_message(), "33 x 20 x 50"));
    free_product(&p);
    gan_device_close(device);
}

// Overwrites every verdict in the cache folder; answers how many there were.
static size_t overwrite_verdicts(const char *folder, const char *text) {
    char **names = NULL;
    size_t count = 0;
    assert_int_equal(gan__folder_list(folder, &names, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (*text)
            assert_int_equal(gan__file_write(path, text, strlen(text)), GAN_STATUS_OK);
        else
            remove(path);
        gan__free(names[i]);
    }
    gan__free(names);
    return count;
}

// On a device that takes kernels, or one that refuses their arguments.
static gan_status create_with_tile_alone(bool refuses) {
    gan_device *device = open_with("16", "tile");
    if (refuses) device->traits.max_argument_bytes = 4;
    assert_int_equal(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST), GAN_STATUS_OK);
    product p = make_product(device, (sizes){24, 32, 40, 1}, false, false, dense);
    gan_launch *launch = NULL;
    gan_status status = gan__gemm_create(device, &p.desc, NULL, &launch);
    gan__launch_destroy(launch);
    free_product(&p);
    gan_device_close(device);
    return status;
}

static void verdicts_on_disk_are_believed_and_damaged_ones_found_anew(void **state) {
    (void)state;
    const char *before = getenv("CLGAN_CACHE_DIR");
    char *kept = before ? strdup(before) : NULL;
    char cache[] = "/tmp/clgan-test-XXXXXX", folder[64];
    assert_non_null(mkdtemp(cache));
    snprintf(folder, sizeof folder, "%s/gemm-checked", cache);
    setenv("CLGAN_CACHE_DIR", cache, 1);
    assert_int_equal(create_with_tile_alone(true), GAN_STATUS_DEVICE_FAILED);
    assert_false(gan__file_is_folder(folder)); // nothing was run: there is no verdict
    assert_int_equal(create_with_tile_alone(false), GAN_STATUS_OK);
    assert_int_equal(overwrite_verdicts(folder, "wrong\n"), 1);
    assert_int_equal(create_with_tile_alone(false), GAN_STATUS_DEVICE_FAILED);
    assert_int_equal(overwrite_verdicts(folder, "rigth\n"), 1);
    assert_int_equal(create_with_tile_alone(false), GAN_STATUS_OK);
    assert_int_equal(overwrite_verdicts(folder, ""), 1);
    rmdir(folder);
    rmdir(cache);
    if (kept)
        setenv("CLGAN_CACHE_DIR", kept, 1);
    else
        unsetenv("CLGAN_CACHE_DIR");
    free(kept);
}

static void the_self_test_passes_and_fails_where_a_product_is_wrong(void **state) {
    (void)state;
    gan_device *device = open_with("16", "tile");
    assert_int_equal(gan__gemm_self_test(device), GAN_STATUS_OK);
    assert_int_equal(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_TILE), GAN_STATUS_OK);
    assert_int_equal(gan__gemm_self_test(device), GAN_STATUS_DEVICE_FAILED);
    gan_device_close(device);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_tiles_agree_with_the_reference_at_every_edge),
        cmocka_unit_test(group_tiles_agree_with_the_reference_at_every_edge),
        cmocka_unit_test(clblast_agrees_with_the_reference_at_every_edge),
        cmocka_unit_test(batches_follow_their_strides_also_where_one_is_0),
        cmocka_unit_test(a_deep_product_with_few_elements_is_split_and_right),
        cmocka_unit_test(the_same_product_twice_gives_the_same_bits),
        cmocka_unit_test(an_epilogue_sees_each_sum_once_with_its_place),
        cmocka_unit_test(operands_that_leave_their_buffers_are_refused),
        cmocka_unit_test(an_engine_found_wrong_gives_way_to_the_other),
        cmocka_unit_test(a_split_product_with_an_edge_and_deep_blocks_is_found_right),
        cmocka_unit_test(both_engines_found_wrong_are_a_failure_that_names_them),
        cmocka_unit_test(verdicts_on_disk_are_believed_and_damaged_ones_found_anew),
        cmocka_unit_test(the_self_test_passes_and_fails_where_a_product_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
