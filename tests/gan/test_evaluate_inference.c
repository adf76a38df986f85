// Evaluations of encoders whose weights are set by hand, on a few samples by which every figure is
// known: of two pixels (p, q) and three classes.
#include "gan/golden_values.h"
#include "gan/idx_file.h"
#include "runtime/device_fixture.h"
#include "test_device_folder.h"

#include "clgan/evaluate.h"

#include <stdio.h>

typedef struct sample {
    uint8_t pixels[2], label;
} sample;

// By p below 100, below 200 and above they are of category 0, 1, 2, and these stand for the classes
// 2, 1, 1.
static const sample training[] = {{{10, 0}, 2},   {{40, 200}, 2}, {{90, 100}, 0},
                                  {{120, 50}, 1}, {{150, 0}, 1},  {{160, 250}, 2},
                                  {{230, 30}, 1}, {{250, 0}, 1},  {{210, 200}, 0}};
static const sample test[] = {
    // Class of: its category, its neighbour by (p, q / 10), its neighbour by (p, q).
    {{15, 255}, 2},  // 2 2 2
    {{95, 90}, 0},   // 2 0 0
    {{155, 240}, 1}, // 1 2 2
    {{152, 130}, 1}, // 1 1 2
    {{215, 190}, 0}, // 1 0 0
    {{205, 10}, 2},  // 1 0 1
    {{240, 20}, 1},  // 1 1 1
};
enum { TRAINING = sizeof training / sizeof training[0], TEST = sizeof test / sizeof test[0] };

// --- Files ---------------------------------------------------------------------------------------

static void write_samples(const char *images, const char *labels, const sample *samples,
                          uint32_t count) {
    FILE *const pixels = open_idx(images, 3, (uint32_t[]){count, 1, 2});
    FILE *const classes = open_idx(labels, 1, &count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(fwrite(samples[i].pixels, 1, 2, pixels), 2);
        assert_int_equal(fwrite(&samples[i].label, 1, 1, classes), 1);
    }
    assert_int_equal(fclose(pixels), 0);
    assert_int_equal(fclose(classes), 0);
}

// --- Checkpoints ---------------------------------------------------------------------------------

typedef struct dense {
    const char *name;
    int64_t units, inputs;
    const float *weight, *bias; // (units, inputs), (units)
} dense;

static void write_dense(gan_checkpoint_writer *writer, const dense *layer) {
    const int64_t size[] = {layer->units, layer->inputs};
    char name[64];
    snprintf(name, sizeof name, "%s.weight", layer->name);
    assert_ok(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, 2, size, layer->weight));
    snprintf(name, sizeof name, "%s.bias", layer->name);
    assert_ok(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, 1, size, layer->bias));
}

static gan_checkpoint *make_checkpoint(const char *recipe, const dense *layers, size_t count) {
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    assert_ok(gan_checkpoint_writer_create(in_folder("model.gan"), 1, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", recipe));
    assert_ok(gan_checkpoint_writer_text(writer, "run",
                                         "{\"seed\": 7, \"step\": 10, \"data_position\": 80, "
                                         "\"logged_step\": 10, \"elapsed_s\": 1.0, "
                                         "\"sample\": [1, 1, 2]}"));
    for (size_t i = 0; i < count; i++) write_dense(writer, &layers[i]);
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(in_folder("model.gan"), &checkpoint));
    return checkpoint;
}

// By at most `samples` of each kind.
static gan_inference_figures evaluate(const char *recipe, const dense *layers, size_t count,
                                      uint64_t samples) {
    gan_evaluation evaluation;
    const gan_evaluation_options options = {.data = folder, .samples = samples};
    gan_checkpoint *const checkpoint = make_checkpoint(recipe, layers, count);
    assert_ok(gan_evaluate(device, checkpoint, &options, &evaluation));
    gan_checkpoint_close(checkpoint);
    assert_true(evaluation.has_inference);
    return evaluation.inference;
}

static const float none[8] = {0};

// --- Codes ---------------------------------------------------------------------------------------

// Features (p, q / 10) of the discriminator's first layer, and logits 0, p - 100 and 2 p - 300 of
// them.
static gan_inference_figures evaluate_codes(uint64_t samples) {
    static const char recipe[] =
        "name: codes\nbatch: 8\nsteps: 10\nlatent: {size: 4, categorical: [1, 3]}\n"
        "generator: [dense: 2]\ndiscriminator: [dense: 2, dense: 1]\n"
        "encoder: {kind: codes, shares: 1, layers: [dense: 3]}\n";
    static const float features[] = {1, 0, 0, 0.1F};
    static const float logits[] = {0, 0, 1, 0, 2, 0}, offsets[] = {0, -100, -300};
    const dense layers[] = {{"generator.0", 2, 4, none, none},
                            {"discriminator.0", 2, 2, features, none},
                            {"discriminator.1", 1, 2, none, none},
                            {"encoder.0", 3, 2, logits, offsets}};
    return evaluate(recipe, layers, sizeof layers / sizeof layers[0], samples);
}

static void categories_and_neighbours_err_on_the_samples_that_they_must(void **state) {
    (void)state;
    const gan_inference_figures figures = evaluate_codes(TRAINING);
    assert_int_equal(figures.training, TRAINING);
    assert_int_equal(figures.test, TEST);
    assert_int_equal(figures.classes, 3);
    assert_true(figures.has_categories && figures.has_neighbours && !figures.has_reconstruction);
    assert_int_equal(figures.categories, 3);
    assert_int_equal(figures.classes_found, 2);
    assert_true(figures.category_error == 3.0 / TEST);
    assert_int_equal(figures.features, 2);
    assert_true(figures.neighbour_error == 2.0 / TEST);
}

// Of the first five training samples none is of category 2, of the first five test samples one is.
static void a_category_without_training_samples_stands_for_no_class(void **state) {
    (void)state;
    const gan_inference_figures figures = evaluate_codes(5);
    assert_int_equal(figures.training, 5);
    assert_int_equal(figures.test, 5);
    assert_int_equal(figures.classes_found, 2);
    assert_true(figures.category_error == 2.0 / 5);
}

static void without_labels_of_the_test_samples_nothing_is_said_of_classes(void **state) {
    (void)state;
    assert_int_equal(remove(in_folder("t10k-labels-idx1-ubyte")), 0);
    const gan_inference_figures figures = evaluate_codes(TRAINING);
    write_samples("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", test, TEST);
    assert_false(figures.has_categories || figures.has_neighbours);
}

// --- Latents -------------------------------------------------------------------------------------

// A pixel as networks have it.
static double seen(uint8_t pixel) {
    return 2 * (double)pixel / 255 - 1;
}

// From a test sample to what is made of another's latent.
static double distance(const sample *of, const sample *latent) {
    const double p = seen(of->pixels[0]) - (seen(latent->pixels[0]) - 0.25);
    const double q = seen(of->pixels[1]) - seen(latent->pixels[1]) / 2;
    return hypot(p, q);
}

// E(p, q) = (q, 2 p - 1) and G(z) = (z_2 / 2 + 0.25, z_1 / 2), so G(E(p, q)) = (p - 0.25, q / 2).
static void reconstructions_are_as_far_as_their_weights_say(void **state) {
    (void)state;
    static const char recipe[] = "name: latents\nbatch: 8\nsteps: 10\nlatent: {size: 2}\n"
                                 "data: {range: [-1, 1]}\n"
                                 "generator: [dense: 2]\ndiscriminator: [dense: 1]\n"
                                 "encoder: {kind: latents, layers: [dense: 2]}\n";
    static const float encode[] = {0, 1, 2, 0}, shift[] = {0, -1};
    static const float decode[] = {0, 0.5F, 0.5F, 0}, back[] = {0.25F, 0};
    const dense layers[] = {{"generator.0", 2, 2, decode, back},
                            {"discriminator.0", 1, 2, none, none},
                            {"encoder.0", 2, 2, encode, shift}};
    double own = 0, next = 0;
    for (size_t i = 0; i < TEST; i++) {
        own += distance(&test[i], &test[i]) / TEST;
        next += distance(&test[i], &test[(i + 1) % TEST]) / TEST;
    }
    const gan_inference_figures figures =
        evaluate(recipe, layers, sizeof layers / sizeof layers[0], TRAINING);
    assert_true(figures.has_reconstruction && figures.has_neighbours && !figures.has_categories);
    assert_near("distance to its own", figures.reconstruction, own, 1e-6);
    assert_near("distance to another's", figures.shuffled, next, 1e-6);
    assert_int_equal(figures.features, 2); // the pixels
    assert_true(figures.neighbour_error == 3.0 / TEST);
}

static int set_up(void **state) {
    if (open_device_and_folder(state) != 0) return -1;
    write_samples("train-images-idx3-ubyte", "train-labels-idx1-ubyte", training, TRAINING);
    write_samples("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", test, TEST);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_and_neighbours_err_on_the_samples_that_they_must),
        cmocka_unit_test(a_category_without_training_samples_stands_for_no_class),
        cmocka_unit_test(without_labels_of_the_test_samples_nothing_is_said_of_classes),
        cmocka_unit_test(reconstructions_are_as_far_as_their_weights_say),
    };
    return cmocka_run_group_tests_name("evaluate inference", tests, set_up,
                                       close_device_and_folder);
}
