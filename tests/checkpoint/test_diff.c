// What counts as a difference between two checkpoints, and what does not.
#include "sample.h"

typedef struct variant {
    const char *recipe, *run, *history;
    float last;        // of tensor "w"
    const char *name;  // of the second tensor
    gan_dtype dtype;   // of the second tensor
    int64_t second[2]; // shape of the second tensor
} variant;

static const variant base = {.recipe = "name: a\nsteps: 200\ngenerator:\n  - dense: 3\n",
                             .run = "{\"seed\": 1, \"step\": 5, \"elapsed_s\": 1.5}",
                             .history = "{\"step\": 5}\n",
                             .last = 1.0f,
                             .name = "b",
                             .second = {2, 3}};

static const char *write_variant(const variant *v, const char *file) {
    enum { COUNT = 1100000 };
    const char *path = sample_path(file);
    gan_checkpoint_writer *writer;
    float *values = sample_values(SAMPLE_ZEROS, COUNT);
    values[COUNT - 1] = v->last;
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    if (v->recipe) assert_ok(gan_checkpoint_writer_text(writer, "recipe", v->recipe));
    assert_ok(gan_checkpoint_writer_text(writer, "run", v->run));
    assert_ok(gan_checkpoint_writer_text(writer, "history", v->history));
    assert_ok(
        gan_checkpoint_writer_tensor(writer, "w", GAN_DTYPE_F32, 1, (int64_t[]){COUNT}, values));
    sample_write_tensor(writer, v->name, v->dtype, 2, v->second, SAMPLE_RAMP);
    assert_ok(gan_checkpoint_writer_commit(writer));
    free(values);
    return path;
}

static gan_checkpoint *opened[2];
static gan_difference *differences;

static size_t compare(const variant *v) {
    size_t count;
    assert_ok(gan_checkpoint_open(write_variant(&base, "a.gan"), &opened[0]));
    assert_ok(gan_checkpoint_open(write_variant(v, "b.gan"), &opened[1]));
    assert_ok(gan_checkpoint_diff(opened[0], opened[1], &differences, &count));
    return count;
}

static int end(void **state) {
    (void)state;
    gan_difference_free(differences);
    gan_checkpoint_close(opened[0]);
    gan_checkpoint_close(opened[1]);
    differences = NULL;
    opened[0] = opened[1] = NULL;
    return 0;
}

static void the_same_content_has_no_difference(void **state) {
    (void)state;
    assert_int_equal(compare(&base), 0);
}

static void circumstances_and_history_do_not_count(void **state) {
    (void)state;
    variant v = base;
    v.recipe = "name: a\nsteps: 900\nlog_every: 7\ngenerator:\n  - dense: 3\nkeep: 3\nsamples:\n  "
               "grid: [8, 8]\n";
    v.run = "{\"step\": 5, \"device\": \"x\", \"elapsed_s\": 2, \"seed\": 1, \"written\": 3}";
    v.history = "";
    assert_int_equal(compare(&v), 0);
}

static void one_bit_of_the_last_element_is_found_and_measured(void **state) {
    (void)state;
    variant v = base;
    v.last = 1.0f + 0x1p-23f;
    assert_int_equal(compare(&v), 1);
    assert_int_equal(differences->kind, GAN_DIFFERENCE_VALUES);
    assert_string_equal(differences->name, "w");
    assert_int_equal(differences->elements, 1);
    assert_int_equal(differences->at, 1099999);
    assert_true(differences->values[0] == 1.0f && differences->values[1] == v.last);
    assert_true(differences->max_absolute == 0x1p-23);
    assert_true(differences->max_relative == 0x1p-23 / (1 + 0x1p-23));
}

static void a_nan_differs_infinitely(void **state) {
    (void)state;
    variant v = base;
    v.last = NAN;
    assert_int_equal(compare(&v), 1);
    assert_true(isinf(differences->max_absolute) && isinf(differences->max_relative));
}

static void names_shapes_and_types_are_compared(void **state) {
    (void)state;
    variant v = base;
    v.name = "c";
    assert_int_equal(compare(&v), 2);
    assert_int_equal(differences[0].kind, GAN_DIFFERENCE_ONLY_FIRST);
    assert_string_equal(differences[0].name, "b");
    assert_int_equal(differences[1].kind, GAN_DIFFERENCE_ONLY_SECOND);
    assert_string_equal(differences[1].name, "c");
    end(NULL);
    v = base;
    v.second[0] = 3, v.second[1] = 2;
    assert_int_equal(compare(&v), 1);
    assert_int_equal(differences[0].kind, GAN_DIFFERENCE_SHAPE);
    end(NULL);
    v = base;
    v.dtype = GAN_DTYPE_F16;
    assert_int_equal(compare(&v), 1);
    assert_int_equal(differences[0].kind, GAN_DIFFERENCE_TYPE);
}

static void the_recipe_and_the_run_are_compared(void **state) {
    (void)state;
    variant v = base;
    v.recipe = "name: a\ngenerator:\n  - dense: 4\n";
    v.run = "{\"seed\": 1, \"step\": 6, \"elapsed_s\": 1.5}";
    assert_int_equal(compare(&v), 2);
    assert_string_equal(differences[0].where, "line 4: \"  - dense: 3\" and \"  - dense: 4\"");
    assert_string_equal(differences[1].where, "step: 5 and 6");
    end(NULL);
    v = base;
    v.recipe = NULL;
    v.run = "{\"seed\": 1, \"step\": 5, \"data_position\": 3}";
    assert_int_equal(compare(&v), 2);
    assert_int_equal(differences[0].kind, GAN_DIFFERENCE_ONLY_FIRST);
    assert_null(differences[0].first);
    assert_string_equal(differences[1].where, "data_position: nothing and 3");
    end(NULL);
    v = base;
    v.run = "no JSON";
    assert_int_equal(compare(&v), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_same_content_has_no_difference, end),
        cmocka_unit_test_teardown(circumstances_and_history_do_not_count, end),
        cmocka_unit_test_teardown(one_bit_of_the_last_element_is_found_and_measured, end),
        cmocka_unit_test_teardown(a_nan_differs_infinitely, end),
        cmocka_unit_test_teardown(names_shapes_and_types_are_compared, end),
        cmocka_unit_test_teardown(the_recipe_and_the_run_are_compared, end),
    };
    return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
