// The tuner on ways whose speed and rightness are known beforehand, its file, and what it does to
// matrix products. Each test has a cache folder of its own.
#include "device_fixture.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_tune.h"
#include "runtime/tuner_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

// --- A folder and a device for each test ---------------------------------------------------------

static char cache[64], *cache_before;

static int begin(void **state) {
    const char *before = getenv("CLGAN_CACHE_DIR");
    cache_before = before ? strdup(before) : NULL;
    strcpy(cache, "/tmp/clgan-test-XXXXXX");
    if (!mkdtemp(cache)) return -1;
    setenv("CLGAN_CACHE_DIR", cache, 1);
    setenv("CLGAN_TUNE_CLOCK", "processor", 1); // other programs must not decide
    return open_device(state);
}

static void empty_folder(const char *path) {
    char **names = NULL;
    size_t count = 0;
    if (gan__folder_list(path, &names, &count) != GAN_STATUS_OK) return;
    for (size_t i = 0; i < count; i++) {
        char inner[512];
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]);
        if (gan__file_is_folder(inner)) empty_folder(inner);
        remove(inner);
    }
    gan__folder_list_free(names, count);
}

static int end(void **state) {
    close_device(state);
    empty_folder(cache);
    rmdir(cache);
    if (cache_before)
        setenv("CLGAN_CACHE_DIR", cache_before, 1);
    else
        unsetenv("CLGAN_CACHE_DIR");
    free(cache_before);
    return 0;
}

// As another process would see it.
static void reopen(void) {
    gan_device_close(device);
    assert_ok(gan_device_open(NULL, &device));
}

// --- Ways of known speed -------------------------------------------------------------------------

static const char source[] =
    "kernel void spin(global float *x, const uint x0, const uint rounds) {\n"
    "    float a = x[x0];\n"
    "    for (uint i = 0; i < rounds; i++) a = fma(a, 0.5f, 1.0f);\n"
    "    x[x0] = a;\n"
    "}\n";

typedef struct spin_way {
    uint32_t rounds; // how slow it is; 0: it cannot be built
    bool wrong, reorders;
} spin_way;

typedef struct spin {
    const spin_way *ways;
    size_t count;
    gan_buffer *buffer;
    size_t created[8];
} spin;

static bool propose(void *user, size_t way, size_t best) {
    const spin *s = user;
    (void)best;
    return way < s->count;
}

static gan_status describe(void *user, size_t way, gan_text *text) {
    const spin *s = user;
    gan__text_append(text, "spin %u", (unsigned)s->ways[way].rounds);
    return gan__text_status(text);
}

static bool reorders(void *user, size_t way) {
    const spin *s = user;
    return s->ways[way].reorders;
}

static gan_status check(void *user, size_t way, bool *right) {
    const spin *s = user;
    *right = !s->ways[way].wrong;
    return GAN_STATUS_OK;
}

static gan_status create(void *user, size_t way, size_t copy, gan_launch **out) {
    spin *s = user;
    s->created[way]++;
    const gan_argument arguments[] = {
        {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = s->buffer, .offset = copy},
        {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = s->ways[way].rounds}};
    const gan_launch_desc desc = {.label = "spin",
                                  .name = s->ways[way].rounds ? "spin" : "absent",
                                  .source = source,
                                  .arguments = arguments,
                                  .argument_count = 2,
                                  .global = {1},
                                  .local = {1}};
    return gan__launch_create(device, &desc, out);
}

static gan_status tune(const char *key, spin *s, const gan_tuner_limits *limits,
                       gan_tuner_result *result) {
    const gan_tuner_limits none = {0};
    const gan_tuner_task task = {.key = key,
                                 .user = s,
                                 .propose = propose,
                                 .describe = describe,
                                 .reorders = reorders,
                                 .check = check,
                                 .create = create,
                                 .copies = 2};
    s->buffer = make_buffer(16);
    const float zeros[4] = {0};
    assert_ok(gan__buffer_write(s->buffer, 0, sizeof zeros, zeros));
    gan_status status = gan__tuner_run(device, &task, limits ? limits : &none, result);
    gan__buffer_destroy(s->buffer);
    return status;
}

static const spin_way ways[] = {
    {.rounds = 200000},              // the usual one
    {.rounds = 2000, .wrong = true}, // by far the fastest
    {.rounds = 0},                   // does not compile
    {.rounds = 40000},               // the best that is right
    {.rounds = 400000},              // hopeless
};

static void expect_way(const char *key, const char *way) {
    const char *found = gan__tuner_find(device, key);
    if (!way) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, way);
}

static void a_wrong_way_never_wins_nor_is_it_run(void **state) {
    (void)state;
    spin s = {ways, 5, NULL, {0}};
    gan_tuner_result result;
    assert_ok(tune("spin a", &s, NULL, &result));
    assert_true(result.finished);
    assert_int_equal(result.way, 3);
    assert_int_equal(result.wrong, 2);
    assert_int_equal(result.tried, 2);
    assert_int_equal(s.created[1], 0);
    assert_true(result.gain > 2 && result.usual_seconds > 0);
    expect_way("spin a", "spin 40000");
    expect_way("spin b", NULL);
    reopen();
    expect_way("spin a", "spin 40000");
    assert_true(gan__tuner_gain(device, "spin a") > 2);
}

static void the_usual_way_stays_where_none_is_faster(void **state) {
    (void)state;
    const spin_way slower[] = {{.rounds = 40000}, {.rounds = 100000}, {.rounds = 200000}};
    spin s = {slower, 3, NULL, {0}};
    gan_tuner_result result;
    assert_ok(tune("spin a", &s, NULL, &result));
    assert_true(result.way == 0 && result.gain == 1 && result.tried == 2);
    reopen();
    expect_way("spin a", NULL);
    assert_true(gan__tuner_gain(device, "spin a") == 1); // it is known that none is
}

// --- Being cut short -----------------------------------------------------------------------------

static int questions_left;

static bool go_on(void *user) {
    (void)user;
    return questions_left-- > 0;
}

static void what_was_found_before_an_interruption_is_kept(void **state) {
    (void)state;
    spin s = {ways, 5, NULL, {0}};
    gan_tuner_result result;
    const gan_tuner_limits limits = {.go_on = go_on};
    questions_left = 3; // ways 1 to 3 are tried, way 4 is not
    assert_ok(tune("spin a", &s, &limits, &result));
    assert_false(result.finished);
    assert_int_equal(s.created[4], 0);
    reopen();
    expect_way("spin a", "spin 40000");
    assert_true(gan__tuner_gain(device, "spin a") == 0); // it would be tuned again
}

static bool propose_for_ever(void *user, size_t way, size_t best) {
    (void)user, (void)way, (void)best;
    return true;
}

static gan_status check_slowly(void *user, size_t way, bool *right) {
    (void)user, (void)way;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    *right = false;
    return GAN_STATUS_OK;
}

static void the_time_box_is_held(void **state) {
    (void)state;
    spin s = {ways, 1, make_buffer(16), {0}};
    const gan_tuner_task task = {.key = "spin a",
                                 .user = &s,
                                 .propose = propose_for_ever,
                                 .describe = describe,
                                 .check = check_slowly,
                                 .create = create,
                                 .copies = 1};
    const gan_tuner_limits limits = {.seconds = 0.2};
    gan_tuner_result result;
    double start = gan__clock_seconds();
    assert_ok(gan__tuner_run(device, &task, &limits, &result));
    double took = gan__clock_seconds() - start;
    assert_false(result.finished);
    assert_true(took >= 0.2);
    // One more way and the usual one's compilation may come on top, on a busy machine.
    assert_true(took < 5 && result.wrong < 100);
    gan__buffer_destroy(s.buffer);
}

// --- The file ------------------------------------------------------------------------------------

static gan_text file_path(void) {
    gan_text path = {0};
    assert_ok(gan__tuner_path(device, &path));
    assert_true(path.length > 0);
    return path;
}

static void put(const char *key, const char *way, bool own_order) {
    gan_tuner_table *table = NULL;
    const gan_tuner_entry entry = {
        .key = key, .way = way, .gain = 1.5, .reorders = own_order, .done = true};
    assert_ok(gan__tuner_table_get(device, &table));
    assert_ok(gan__tuner_table_put(table, &entry));
    gan__tuner_table_save(device);
}

static void a_damaged_file_is_as_good_as_absent(void **state) {
    (void)state;
    put("spin a", "spin 1", false);
    put("spin b", "spin 2", false);
    gan_text path = file_path();
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_ok(gan__file_read(path.bytes, 1 << 20, &bytes, &length));
    for (size_t i = 0; i < length; i += 29) {
        bytes[i] ^= (uint8_t)(1 + i % 255);
        assert_ok(gan__file_write(path.bytes, bytes, length));
        bytes[i] ^= (uint8_t)(1 + i % 255);
        gan__tuner_table_destroy(device->tuned);
        device->tuned = NULL;
        expect_way("spin a", NULL);
        expect_way("spin b", NULL);
        // And of every length.
        assert_ok(gan__file_write(path.bytes, bytes, i));
        gan__tuner_table_destroy(device->tuned);
        device->tuned = NULL;
        expect_way("spin a", NULL);
    }
    put("spin c", "spin 3", false); // it is written anew
    reopen();
    expect_way("spin c", "spin 3");
    gan__free(bytes);
    gan__text_destroy(&path);
}

// Replaces `from` by `to` in the file and makes its checksum right again.
static void rewrite(const char *path, const char *from, const char *to) {
    uint8_t *bytes = NULL;
    size_t length = 0;
    gan_text text = {0};
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    char *at = strstr((char *)bytes, from), *sum = strstr((char *)bytes, "checksum ");
    assert_non_null(at);
    gan__text_append_bytes(&text, bytes, (size_t)(at - (char *)bytes));
    gan__text_append(&text, "%s", to);
    at += strlen(from);
    gan__text_append_bytes(&text, at, (size_t)(sum - at));
    gan__text_append(&text, "checksum %016" PRIx64 "\n",
                     gan__hash(GAN_HASH_START, text.bytes, text.length));
    assert_ok(gan__file_write(path, text.bytes, text.length));
    gan__free(bytes);
    gan__text_destroy(&text);
}

static void a_file_of_another_driver_or_version_is_not_used(void **state) {
    (void)state;
    char driver[128];
    const char *const lines[] = {driver, "clgan " CLGAN_VERSION, " compute units"};
    snprintf(driver, sizeof driver, "%s", gan_device_get_info(device)->driver);
    gan_text path = file_path();
    for (int i = 0; i < 3; i++) {
        put("spin a", "spin 1", false);
        rewrite(path.bytes, "spin 1", "spin 2"); // a rewritten file as such is read
        reopen();
        expect_way("spin a", "spin 2");
        rewrite(path.bytes, lines[i], "another");
        reopen();
        expect_way("spin a", NULL);
    }
    gan__text_destroy(&path);
}

static void lines_that_say_nothing_spoil_no_run(void **state) {
    (void)state;
    const char *const lines[] = {"spin a | done | 1.5 | same order", "spin a", " |  | x |  | y",
                                 "spin a | done | nan | same order | spin 1",
                                 "spin a | done | -2 | same order | spin 1"};
    gan_text path = file_path();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        put("spin a", "spin 1", false);
        rewrite(path.bytes, "spin a | done | 1.5 | same order | spin 1", lines[i]);
        reopen();
        expect_way("spin a", NULL);
        remove(path.bytes);
        reopen();
    }
    gan__text_destroy(&path);
}

static void two_processes_keep_each_others_results(void **state) {
    (void)state;
    gan_device *first = device, *second = NULL;
    assert_ok(gan_device_open(NULL, &second));
    expect_way("spin a", NULL); // both have read the empty table
    device = second;
    expect_way("spin a", NULL);
    put("spin b", "spin 2", false);
    device = first;
    put("spin a", "spin 1", false);
    gan_device_close(second);
    reopen();
    expect_way("spin a", "spin 1");
    expect_way("spin b", "spin 2");
}

static void tuning_can_be_left_aside(void **state) {
    (void)state;
    put("spin a", "spin 1", false);
    setenv("CLGAN_TUNING", "off", 1);
    reopen();
    expect_way("spin a", NULL);
    unsetenv("CLGAN_TUNING");
    reopen();
    expect_way("spin a", "spin 1");
}

// --- What a run keeps ----------------------------------------------------------------------------

static void a_run_keeps_the_orders_it_began_with(void **state) {
    (void)state;
    gan_text began = {0}, nothing = {0};
    assert_ok(gan__tuner_write_orders(device, &nothing));
    assert_int_equal(nothing.length, 0);
    put("spin a", "spin 1", true);
    put("spin b", "spin 2", false);
    assert_ok(gan__tuner_write_orders(device, &began));
    assert_non_null(strstr(began.bytes, "spin a"));
    assert_null(strstr(began.bytes, "spin b"));
    // Meanwhile the device is tuned anew ...
    put("spin a", "spin 3", true);
    put("spin b", "spin 4", false);
    put("spin c", "spin 5", true);
    // ... and what was begun goes on as it was, but for what changes no bit.
    reopen();
    assert_ok(gan__tuner_adopt_orders(device, began.bytes));
    expect_way("spin a", "spin 1");
    expect_way("spin b", "spin 4");
    expect_way("spin c", NULL);
    // So does what was begun untuned.
    assert_ok(gan__tuner_adopt_orders(device, ""));
    expect_way("spin a", NULL);
    expect_way("spin b", "spin 4");
    // And what was begun with orders that cannot be read.
    reopen();
    gan__text_append(&began, "no line of a table\n");
    assert_ok(gan__tuner_adopt_orders(device, gan__text_string(&began)));
    expect_way("spin a", NULL);
    expect_way("spin b", "spin 4");
    // What another device had says nothing of this one.
    reopen();
    assert_ok(gan__tuner_adopt_orders(device, "clgan tuning 1\nanother\n"));
    expect_way("spin a", "spin 3");
    gan__text_destroy(&began);
}

// --- Matrix products -----------------------------------------------------------------------------

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

#define tuner_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        tuner_test(a_wrong_way_never_wins_nor_is_it_run),
        tuner_test(the_usual_way_stays_where_none_is_faster),
        tuner_test(what_was_found_before_an_interruption_is_kept),
        tuner_test(the_time_box_is_held),
        tuner_test(a_damaged_file_is_as_good_as_absent),
        tuner_test(a_file_of_another_driver_or_version_is_not_used),
        tuner_test(lines_that_say_nothing_spoil_no_run),
        tuner_test(two_processes_keep_each_others_results),
        tuner_test(tuning_can_be_left_aside),
        tuner_test(a_run_keeps_the_orders_it_began_with),
        tuner_test(no_choice_changes_a_bit_of_a_product),
        tuner_test(choices_that_no_kernel_can_be_made_for_are_refused),
        tuner_test(a_class_holds_sizes_that_differ_by_an_eighth_at_most),
        tuner_test(a_tuned_product_is_made_the_way_that_was_found),
        tuner_test(tuning_a_product_measures_right_ways_and_keeps_the_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
