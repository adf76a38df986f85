// What layers do with samples, where it is known: a generator of one dense layer made by hand.
#include "gan/golden_values.h"
#include "gan/pipe.h"
#include "test_device_folder.h"

#include "clgan/layers.h"
#include "gan/latent.h"

static void assert_ok(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static const char recipe_text[] =
    "name: hand\nbatch: 8\nsteps: 10\ndata: {source: \"builtin:ring8\"}\n"
    "latent: {size: 2, prior: normal}\ngenerator: [dense: 3, relu]\ndiscriminator: [dense: 1]\n"
    "optimizer:\n  generator: {kind: sgd, lr: 0.1}\n  discriminator: {kind: sgd, lr: 0.1}\n";
static const char run_text[] =
    "{\"seed\": 7, \"step\": 10, \"data_position\": 80, \"logged_step\": 10, \"elapsed_s\": 1.0, "
    "\"sample\": [3]}";

// 3 z0, 4 z1 and a unit that relu silences; the discriminator, which judges `pack` samples
// together, adds up the first one's, and twice those of the second.
static gan_checkpoint *make_checkpoint(int pack) {
    static const float weight[] = {3, 0, 0, 4, 0, 0}, bias[] = {0, 0, -1},
                       sums[] = {1, 1, 1, 2, 2, 2};
    const char *const path = in_folder("hand.gan");
    char text[sizeof recipe_text + 32];
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    snprintf(text, sizeof text, "%sobjective: {pack: %d}\n", recipe_text, pack);
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", text));
    assert_ok(gan_checkpoint_writer_text(writer, "run", run_text));
    assert_ok(gan_checkpoint_writer_tensor(writer, "generator.0.weight", GAN_DTYPE_F32, 2,
                                           (int64_t[]){3, 2}, weight));
    assert_ok(gan_checkpoint_writer_tensor(writer, "generator.0.bias", GAN_DTYPE_F32, 1,
                                           (int64_t[]){3}, bias));
    assert_ok(gan_checkpoint_writer_tensor(writer, "discriminator.0.weight", GAN_DTYPE_F32, 2,
                                           (int64_t[]){1, 3 * pack}, sums));
    assert_ok(gan_checkpoint_writer_tensor(writer, "discriminator.0.bias", GAN_DTYPE_F32, 1,
                                           (int64_t[]){1}, bias));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    return checkpoint;
}

// By the latents themselves: the mean of the discriminator's answers, and how many are positive.
static void expect_latents(double *answer, uint64_t *positive) {
    gan_recipe *recipe = NULL;
    assert_ok(gan_recipe_parse(recipe_text, "hand", &recipe));
    *answer = 0;
    *positive = 0;
    for (uint64_t seed = 0; seed < GAN_LAYER_SAMPLES; seed++) {
        float z[2];
        gan__latent_draw(gan__recipe_values(recipe), seed, z);
        *answer += (3 * fmax((double)z[0], 0) + 4 * fmax((double)z[1], 0)) / GAN_LAYER_SAMPLES;
        *positive += (uint64_t)(z[0] > 0) + (uint64_t)(z[1] > 0);
    }
    gan_recipe_destroy(recipe);
}

static void each_layer_is_measured_on_the_samples_of_the_first_seeds(void **state) {
    (void)state;
    gan_layer_figures *layers = NULL;
    size_t count = 0;
    double answer;
    uint64_t positive;
    gan_checkpoint *const checkpoint = make_checkpoint(1);
    expect_latents(&answer, &positive);
    assert_ok(gan_layers_measure(device, checkpoint, &layers, &count));
    assert_int_equal(count, 3);
    assert_string_equal(layers[1].kind, "relu");
    assert_int_equal(layers[1].values, 3 * GAN_LAYER_SAMPLES);
    assert_int_equal(layers[1].zeros, 3 * GAN_LAYER_SAMPLES - positive);
    assert_true(layers[1].minimum == 0);
    assert_int_equal(layers[1].dead, 1);
    assert_int_equal(layers[0].dead, 1); // -1, always
    assert_int_equal(layers[0].units, 3);
    assert_near("spectral norm", layers[0].spectral_norm, 4, 1e-12);
    assert_true(isnan(layers[1].spectral_norm));
    assert_string_equal(layers[2].network, "discriminator");
    assert_int_equal(layers[2].index, 0);
    assert_near("mean answer", layers[2].mean, answer, 1e-5);
    assert_near("spectral norm", layers[2].spectral_norm, sqrt(3), 1e-12);
    gan_layer_figures_free(layers);
    gan_checkpoint_close(checkpoint);
}

static void a_discriminator_of_packs_is_shown_each_sample_at_each_place(void **state) {
    (void)state;
    gan_layer_figures *layers = NULL;
    size_t count = 0;
    double answer;
    uint64_t positive;
    gan_checkpoint *const checkpoint = make_checkpoint(2);
    expect_latents(&answer, &positive);
    assert_ok(gan_layers_measure(device, checkpoint, &layers, &count));
    assert_int_equal(count, 3);
    assert_int_equal(layers[2].values, GAN_LAYER_SAMPLES);
    assert_near("mean answer", layers[2].mean, 3 * answer, 1e-5);
    gan_layer_figures_free(layers);
    gan_checkpoint_close(checkpoint);
}

static void a_checkpoint_without_a_recipe_is_refused(void **state) {
    (void)state;
    gan_layer_figures *layers = NULL;
    size_t count = 1;
    gan_checkpoint *checkpoint = NULL;
    assert_ok(
        gan_checkpoint_open(CLGAN_TEST_SOURCE "/tests/golden/checkpoint-example.gan", &checkpoint));
    assert_int_equal(gan_layers_measure(device, checkpoint, &layers, &count), GAN_STATUS_BAD_INPUT);
    assert_null(layers);
    assert_int_equal(count, 0);
    gan_checkpoint_close(checkpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_layer_is_measured_on_the_samples_of_the_first_seeds),
        cmocka_unit_test(a_discriminator_of_packs_is_shown_each_sample_at_each_place),
        cmocka_unit_test(a_checkpoint_without_a_recipe_is_refused),
    };
    return cmocka_run_group_tests(tests, open_device_and_folder, close_device_and_folder);
}
