// What there is to tune: that the classes known by heart are those the recipes that ship need, and
// what gan_device_tune reports.
#include "test_device.h"

#include "clgan/tune.h"
#include "gan/tune_work.h"
#include "runtime/gemm_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        if ((expression) != GAN_STATUS_OK) fail_msg("%s: %s", #expression, gan_status_message());  \
    } while (0)

static double total_weight(const gan_tune_work *work, size_t from) {
    double weight = 0;
    for (size_t i = from; i < work->count; i++) weight += work->items[i].weight;
    return weight;
}

static void what_ships_is_known_by_heart(void **state) {
    (void)state;
    static const char *const recipes[] = {"ring8", "grid25", "digits"};
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        gan_tune_work all = {.device = device}, one = {.device = device};
        char path[512];
        snprintf(path, sizeof path, "%s/models/%s.yaml", CLGAN_TEST_SOURCE, recipes[i]);
        assert_ok(gan__tune_work_add_shipped(&all));
        size_t shipped = all.count;
        assert_true(shipped > 20);
        assert_ok(gan__tune_work_add_recipe(&one, path, NULL));
        assert_ok(gan__tune_work_add_recipe(&all, path, NULL));
        double unknown = total_weight(&all, shipped), needed = total_weight(&one, 0);
        if (!(needed > 0 && unknown < 0.05 * needed))
            fail_msg("%s: %.1f %% of its products are of no class that is tuned", recipes[i],
                     100 * unknown / needed);
        gan__tune_work_destroy(&all);
        gan__tune_work_destroy(&one);
    }
}

static void work_is_listed_once_a_class_and_the_most_first(void **state) {
    (void)state;
    gan_tune_work work = {.device = device};
    const gan_gemm_desc small = {.m = 20, .n = 16, .k = 20, .batches = 1};
    const gan_gemm_desc large = {.m = 200, .n = 96, .k = 304, .batches = 1};
    gan_gemm_desc near_large = large;
    near_large.k = 319;
    assert_ok(gan__tune_work_add_product(&work, &small, 3));
    assert_ok(gan__tune_work_add_product(&work, &large, 1));
    assert_ok(gan__tune_work_add_product(&work, &near_large, 1));
    gan__tune_work_sort(&work);
    assert_int_equal(work.count, 2);
    assert_int_equal(work.items[0].product.k, 304);
    assert_true(work.items[0].weight == 2.0 * 200 * 96 * (304 + 319));
    assert_true(work.items[1].weight == 3 * work.items[1].flops);
    gan__tune_work_destroy(&work);
}

typedef struct report {
    size_t asked, classes, stop_after;
} report;

static bool on_progress(void *user, size_t done, size_t total, const char *name) {
    report *r = user;
    assert_true(done <= total && name[0]);
    return ++r->asked <= r->stop_after;
}

static void on_class(void *user, const gan_tune_class *found) {
    report *r = user;
    r->classes++;
    assert_true(found->gain >= 1 && found->way[0] && found->flops > 0);
}

static void it_stops_when_told_to_and_says_how_far_it_came(void **state) {
    (void)state;
    report r = {.stop_after = 3};
    const gan_tune_options options = {0};
    const gan_tune_callbacks callbacks = {&r, on_progress, on_class};
    gan_tune_summary summary;
    setenv("CLGAN_TUNING", "off", 1); // leaves the user's own alone
    assert_int_equal(gan_device_tune(device, &options, &callbacks, &summary),
                     GAN_STATUS_INTERRUPTED);
    unsetenv("CLGAN_TUNING");
    assert_int_equal(r.asked, 4);
    assert_int_equal(r.classes, 1);
    assert_true(summary.classes > 20 && summary.finished == 0 && !summary.in_time);
    assert_string_equal(summary.file, "");
}

typedef struct parameters {
    size_t classes, wrong;
    char way[32];
} parameters;

// From the first question on, when the work has been listed, no kernel counts as right: nothing is
// measured, which would take minutes with CLBlast.
static bool spoil_tile(void *user, size_t done, size_t total, const char *name) {
    (void)user, (void)done, (void)total, (void)name;
    assert_ok(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_TILE));
    return true;
}

static void note_parameters(void *user, const gan_tune_class *found) {
    parameters *p = user;
    p->classes++;
    p->way[0] = '\0';
    if (strcmp(found->name, "clblast parameters") != 0) return;
    p->wrong = found->wrong;
    snprintf(p->way, sizeof p->way, "%s", found->way);
}

static void where_clblast_takes_part_its_parameters_are_tuned_after_the_classes(void **state) {
    (void)state;
    static const char recipe[] = "data: {source: 'builtin:ring8'}\nlatent: {size: 2}\nbatch: 16\n"
                                 "generator: [dense: 2]\ndiscriminator: [dense: 1]\n";
    char path[] = "/tmp/clgan-test-XXXXXX";
    const char *const recipes[] = {path};
    const gan_tune_options options = {.recipes = recipes, .recipe_count = 1};
    parameters found = {0};
    const gan_tune_callbacks callbacks = {&found, spoil_tile, note_parameters};
    gan_tune_summary summary;
    int file = mkstemp(path);
    assert_int_equal(write(file, recipe, sizeof recipe - 1), sizeof recipe - 1);
    close(file);
    setenv("CLGAN_TUNING", "off", 1);
    setenv("CLGAN_GEMM", "clblast", 1);
    assert_ok(gan__gemm_check_spoil(device, GAN_GEMM_ENGINE_CLBLAST));
    gan_status status = gan_device_tune(device, &options, &callbacks, &summary);
    unsetenv("CLGAN_GEMM");
    unsetenv("CLGAN_TUNING");
    remove(path);
    assert_ok(status);
    assert_true(summary.classes > 2 && summary.finished == summary.classes && summary.in_time);
    assert_int_equal(found.classes, summary.classes);
    assert_string_equal(found.way, "own"); // the last to be told
    assert_true(found.wrong > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ships_is_known_by_heart),
        cmocka_unit_test(work_is_listed_once_a_class_and_the_most_first),
        cmocka_unit_test(it_stops_when_told_to_and_says_how_far_it_came),
        // The last: it spoils the engines.
        cmocka_unit_test(where_clblast_takes_part_its_parameters_are_tuned_after_the_classes),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
