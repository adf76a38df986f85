// Whole evaluations: of generators whose weights are set by hand, so that every figure is known.
#include "gan/golden_values.h"
#include "gan/idx_file.h"
#include "runtime/device_fixture.h"
#include "test_device_folder.h"

#include "clgan/evaluate.h"
#include "gan/evaluate_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// --- Generators of one dense layer ---------------------------------------------------------------

typedef struct hand_made {
    const char *data;   // the recipe's "data" mapping
    const char *sample; // as JSON
    int64_t latent, elements;
    const float *weight, *bias; // (elements, latent), (elements)
} hand_made;

static gan_checkpoint *make_checkpoint(const hand_made *model) {
    char recipe[1024], run[512];
    const char *const path = in_folder("model.gan");
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    snprintf(recipe, sizeof recipe,
             "name: hand\nseed: 7\nbatch: 8\nsteps: 10\ndata: %s\n"
             "latent: {size: %d, prior: normal}\n"
             "generator:\n  - dense: %d\ndiscriminator:\n  - dense: 1\n"
             "optimizer:\n  generator: {kind: sgd, lr: 0.1}\n"
             "  discriminator: {kind: sgd, lr: 0.1}\n",
             model->data, (int)model->latent, (int)model->elements);
    snprintf(run, sizeof run,
             "{\"seed\": 7, \"step\": 10, \"data_position\": 80, \"logged_step\": 10, "
             "\"elapsed_s\": 1.0, \"sample\": %s}",
             model->sample);
    const int64_t size[] = {model->elements, model->latent};
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", recipe));
    assert_ok(gan_checkpoint_writer_text(writer, "run", run));
    assert_ok(gan_checkpoint_writer_tensor(writer, "generator.0.weight", GAN_DTYPE_F32, 2, size,
                                           model->weight));
    assert_ok(gan_checkpoint_writer_tensor(writer, "generator.0.bias", GAN_DTYPE_F32, 1, size,
                                           model->bias));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    return checkpoint;
}

static gan_evaluation evaluate(const hand_made *model, const gan_evaluation_options *options) {
    gan_evaluation evaluation;
    gan_checkpoint *const checkpoint = make_checkpoint(model);
    assert_ok(gan_evaluate(device, checkpoint, options, &evaluation));
    gan_checkpoint_close(checkpoint);
    assert_int_equal(evaluation.step, 10);
    return evaluation;
}

static void assert_refused(const hand_made *model, const char *data, const char *part) {
    gan_evaluation evaluation;
    gan_checkpoint *const checkpoint = make_checkpoint(model);
    const gan_evaluation_options options = {.data = data};
    assert_fails(gan_evaluate(device, checkpoint, &options, &evaluation), GAN_STATUS_BAD_INPUT,
                 part);
    gan_checkpoint_close(checkpoint);
}

// --- Mixtures ------------------------------------------------------------------------------------

static void a_collapsed_generator_has_one_mode(void **state) {
    (void)state;
    static const float weight[4] = {0}, bias[] = {0, 1};
    const hand_made model = {"{source: 'builtin:ring8'}", "[2]", 2, 2, weight, bias};
    const gan_evaluation e = evaluate(&model, NULL);
    assert_true(e.has_modes && !e.has_parzen && !e.has_divergences);
    assert_int_equal(e.modes.captured, 1);
    assert_int_equal(e.modes.modes, 8);
    assert_int_equal(e.modes.samples, GAN_MODE_SAMPLES);
    assert_true(e.modes.high_quality == 1);
    assert_near("reverse KL", e.modes.reverse_kl, log(8), 1e-15);
    assert_int_equal(e.modes_of_data.captured, 8);
    assert_near("high quality of the data", e.modes_of_data.high_quality, 1 - exp(-4.5), 0.01);
    assert_true(e.modes_of_data.reverse_kl < 0.01);
}

// --- One dimension -------------------------------------------------------------------------------

// z / 2 + 4 is the very distribution of the data; z + 4 is not.
static void divergences_tell_the_right_density_from_a_wrong_one(void **state) {
    (void)state;
    static const float half[] = {0.5F}, one[] = {1}, four[] = {4};
    const hand_made right = {"{source: 'builtin:gauss1d'}", "[1]", 1, 1, half, four};
    const hand_made wrong = {"{source: 'builtin:gauss1d'}", "[1]", 1, 1, one, four};
    const gan_evaluation e = evaluate(&right, NULL), f = evaluate(&wrong, NULL);
    assert_true(e.has_divergences && !e.has_modes && !e.has_parzen);
    assert_int_equal(e.divergence_samples, GAN_DIVERGENCE_SAMPLES);
    assert_near("mean", e.fit.mean, 4, 4 * 0.5 / 100);
    assert_near("deviation", e.fit.deviation, 0.5, 4 * 0.5 / 100 / sqrt(2));
    assert_near("KL of fits", e.gaussian.kl, 0, 1e-3);
    assert_near("Jensen-Shannon of kernels", e.kernel.jensen_shannon, 0, 1e-3);
    assert_near("Jensen-Shannon of histograms", e.histogram.jensen_shannon, 0, 1e-2);
    gan_divergences truth;
    assert_ok(gan_divergences_gaussian((gan_gaussian){4, 0.5}, (gan_gaussian){4, 1}, &truth));
    assert_near("KL of fits", f.gaussian.kl, truth.kl, 0.02);
    assert_near("Jensen-Shannon of fits", f.gaussian.jensen_shannon, truth.jensen_shannon, 0.01);
    // Smoothing makes it a little less.
    assert_near("Jensen-Shannon of kernels", f.kernel.jensen_shannon, truth.jensen_shannon, 0.02);
    assert_near("Jensen-Shannon of histograms", f.histogram.jensen_shannon, truth.jensen_shannon,
                0.02);
}

static void a_generator_without_spread_has_no_density(void **state) {
    (void)state;
    static const float zero[] = {0}, four[] = {4};
    const hand_made model = {"{source: 'builtin:gauss1d'}", "[1]", 1, 1, zero, four};
    const gan_evaluation e = evaluate(&model, NULL);
    assert_true(e.has_divergences);
    assert_true(e.fit.mean == 4 && e.fit.deviation == 0);
    assert_true(isnan(e.gaussian.kl) && isnan(e.kernel.jensen_shannon));
    assert_true(isinf(e.histogram.kl));
    assert_true(e.histogram.jensen_shannon > 0.5 && e.histogram.jensen_shannon < log(2));
}

// --- Images --------------------------------------------------------------------------------------

#define SIDE   4
#define PIXELS ((size_t)SIDE * SIDE)

// `count` images whose pixel p of image i is (first + 3 i + 5 p) mod 256, as IDX.
static void make_images(const char *name, uint32_t count, unsigned first) {
    const uint32_t sizes[] = {count, SIDE, SIDE};
    FILE *const file = open_idx(name, 3, sizes);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t p = 0; p < PIXELS; p++) fputc((int)((first + 3 * i + 5 * p) & 255), file);
    assert_int_equal(fclose(file), 0);
}

// Mean log-likelihood of those images under one Gaussian of that deviation about `pixel`.
static double expected_mean(uint32_t count, unsigned first, double pixel, double sigma) {
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t p = 0; p < PIXELS; p++) {
            const double z = (((first + 3 * i + 5 * p) & 255) / 255.0 - pixel) / sigma;
            sum -= z * z / 2 + log(sigma * sqrt(2 * acos(-1)));
        }
    return sum / count;
}

static const float no_weight[2 * PIXELS];
static float flat_image[PIXELS]; // -0.5 in the range -1 to 1: 0.25
static const hand_made images = {
    "{source: '', range: [-1, 1], limit: [0, 40]}", "[1, 4, 4]", 2, PIXELS, no_weight, flat_image};

static void images_are_scored_by_the_test_set_beside_the_training_set(void **state) {
    (void)state;
    const gan_evaluation_options options = {.data = folder, .samples = 100};
    const gan_evaluation e = evaluate(&images, &options);
    assert_true(e.has_parzen && !e.has_modes && !e.has_divergences);
    assert_false(e.validation_was_trained_on);
    assert_int_equal(e.parzen.samples, 100);
    assert_int_equal(e.parzen.validation, 20); // behind the limit
    assert_int_equal(e.parzen.test, 30);
    assert_int_equal(e.parzen_of_data.samples, 40);
    for (size_t i = 0; i < GAN_PARZEN_SIGMAS; i++)
        assert_near("validation mean", e.parzen.validation_means[i],
                    expected_mean(20, 120, 0.25, e.parzen.sigmas[i]), 1e-3);
    assert_near("mean", e.parzen.mean, expected_mean(30, 50, 0.25, e.parzen.sigma), 1e-3);
    assert_true(e.parzen_of_data.mean > e.parzen.mean);
}

static void validation_samples_are_those_that_the_limit_leaves(void **state) {
    (void)state;
    // What is behind the limit, else what is in front, else the last sixth; by its first pixel.
    static const struct {
        const char *data;
        uint32_t count;
        unsigned first;
        bool trained_on;
    } cases[] = {
        {"{source: '', range: [-1, 1], limit: [15, 30]}", 15, 3 * 45, false},
        {"{source: '', range: [-1, 1], limit: [15, 45]}", 15, 0, false},
        {"{source: '', range: [-1, 1], limit: [15, 0]}", 10, 3 * 50, true},
        {"{source: '', range: [-1, 1]}", 10, 3 * 50, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hand_made model = images;
        model.data = cases[i].data;
        const gan_evaluation_options options = {.data = folder, .samples = 10};
        const gan_evaluation e = evaluate(&model, &options);
        assert_true(e.validation_was_trained_on == cases[i].trained_on);
        assert_int_equal(e.parzen.validation, cases[i].count);
        assert_near("validation mean", e.parzen.validation_means[9],
                    expected_mean(cases[i].count, cases[i].first, 0.25, 1.0), 1e-3);
    }
}

static void data_that_do_not_belong_are_refused(void **state) {
    (void)state;
    make_images("alone-train-images-idx3-ubyte", 5, 0);
    assert_refused(&images, NULL, "--data");
    assert_refused(&images, in_folder("alone-train-images-idx3-ubyte"), "no test set");
    assert_refused(&images, "builtin:digits", "16 elements");
    assert_refused(&images, in_folder("absent"), "absent");
    hand_made long_run = images;
    long_run.data = "{source: '', range: [-1, 1], limit: [0, 61]}";
    assert_refused(&long_run, in_folder("train-images-idx3-ubyte"), "data.limit");
}

// What float32 may cost: a sum of 784 products of norm 50 is good to 784 * 2^-24 * 50 = 2e-3 at
// worst and a tenth of that in practice; a log-likelihood is half of it over sigma^2.
#define MNIST_TOLERANCE 1e-4

// The line of reference on real data.
static void mnists_training_images_score_what_numpy_says(void **state) {
    (void)state;
    static const char name[] = "training_images", file[] = "parzen_mnist.txt";
    static const char mnist[] = CLGAN_TEST_SHARED "/data/mnist";
    double means[GAN_PARZEN_SIGMAS], sigma, mean, error;
    gan_recipe *recipe = NULL;
    gan_evaluation_data data;
    gan_parzen_figures got;
    if (!gan__file_exists(mnist)) {
        print_message("skipped: %s is absent\n", mnist);
        skip();
    }
    assert_ok(gan_recipe_load(CLGAN_TEST_SOURCE "/models/mnist-paper.yaml", &recipe));
    assert_ok(gan__evaluation_data_open(gan__recipe_values(recipe), mnist, &data));
    assert_int_equal(data.training.count, 50000);
    assert_int_equal(data.validation.count, 10000);
    data.training.count = GAN_PARZEN_SAMPLES;
    assert_ok(gan__parzen_protocol(device, data.elements, &data.training, &data.validation,
                                   &data.test, NULL, &got));
    golden_read(file, name, "validation_means", means, GAN_PARZEN_SIGMAS);
    golden_read(file, name, "sigma", &sigma, 1);
    golden_read(file, name, "mean", &mean, 1);
    golden_read(file, name, "standard_error", &error, 1);
    for (size_t i = 0; i < GAN_PARZEN_SIGMAS; i++)
        assert_near("validation mean", got.validation_means[i], means[i],
                    MNIST_TOLERANCE / (got.sigmas[i] * got.sigmas[i]));
    assert_near("sigma", got.sigma, sigma, 1e-15);
    assert_int_equal(got.test, 10000);
    assert_near("mean", got.mean, mean, MNIST_TOLERANCE / (sigma * sigma));
    assert_near("standard error", got.standard_error, error, 1e-4);
    gan__evaluation_data_close(&data);
    gan_recipe_destroy(recipe);
}

// A limit makes a built-in set a finite one, of the very samples that are otherwise held out.
static void what_a_limited_built_in_set_trains_on_tests_nothing(void **state) {
    (void)state;
    gan_recipe *recipe = NULL;
    gan_evaluation_data free_of_limit, limited;
    float sample[2], same[2];
    assert_ok(gan_recipe_load(CLGAN_TEST_SOURCE "/models/ring8.yaml", &recipe));
    assert_ok(gan__evaluation_data_open(gan__recipe_values(recipe), NULL, &free_of_limit));
    assert_ok(gan_recipe_set(recipe, "data.limit=[100, 5000]"));
    assert_ok(gan__evaluation_data_open(gan__recipe_values(recipe), NULL, &limited));
    assert_int_equal(limited.training.count, 5000);
    const gan_points *const seen = &limited.training, *const held = &free_of_limit.validation;
    assert_ok(seen->read(seen, 0, 1, sample));
    assert_ok(held->read(held, 100, 1, same));
    assert_memory_equal(sample, same, sizeof sample);
    const gan_points *const unseen = &limited.validation;
    assert_ok(unseen->read(unseen, 0, 1, sample));
    assert_ok(held->read(held, 5100, 1, same));
    assert_memory_equal(sample, same, sizeof sample);
    gan__evaluation_data_close(&free_of_limit);
    gan__evaluation_data_close(&limited);
    gan_recipe_destroy(recipe);
}

static int set_up(void **state) {
    if (open_device_and_folder(state) != 0) return -1;
    for (size_t i = 0; i < PIXELS; i++) flat_image[i] = -0.5F;
    make_images("train-images-idx3-ubyte", 60, 0);
    make_images("t10k-images-idx3-ubyte", 30, 50);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_collapsed_generator_has_one_mode),
        cmocka_unit_test(divergences_tell_the_right_density_from_a_wrong_one),
        cmocka_unit_test(a_generator_without_spread_has_no_density),
        cmocka_unit_test(images_are_scored_by_the_test_set_beside_the_training_set),
        cmocka_unit_test(validation_samples_are_those_that_the_limit_leaves),
        cmocka_unit_test(data_that_do_not_belong_are_refused),
        cmocka_unit_test(what_a_limited_built_in_set_trains_on_tests_nothing),
        cmocka_unit_test(mnists_training_images_score_what_numpy_says),
    };
    return cmocka_run_group_tests_name("evaluate", tests, set_up, close_device_and_folder);
}
