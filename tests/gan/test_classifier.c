// Classifiers out of checkpoints whose weights are set by hand, so that all they say is known.
#include "runtime/device_fixture.h"

#include "clgan/classify.h"
#include "gan/modes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ELEMENTS = 4, FEATURES = 3, CLASSES = 2 };

static char path[] = "clgan-test-classifier-XXXXXX";

static const float first_weight[FEATURES][ELEMENTS] = {
    {0.5f, -1, 0.25f, 2}, {-0.75f, 0.5f, 1, -1}, {1, 1, -2, 0.5f}};
static const float first_bias[FEATURES] = {0.1f, 0.2f, -0.3f};
static const float last_weight[CLASSES][FEATURES] = {{1, -2, 0.5f}, {-1, 1, 1.5f}};
static const float last_bias[CLASSES] = {0.05f, -0.1f};

// Tensors of a network of that prefix, all weights times `factor`.
static void write_network(gan_checkpoint_writer *writer, const char *prefix, float factor) {
    const struct {
        const char *name;
        int rank;
        int64_t size[2];
        const float *values;
    } tensors[] = {{"0.weight", 2, {FEATURES, ELEMENTS}, first_weight[0]},
                   {"0.bias", 1, {FEATURES}, first_bias},
                   {"3.weight", 2, {CLASSES, FEATURES}, last_weight[0]},
                   {"3.bias", 1, {CLASSES}, last_bias}};
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++) {
        char name[64];
        float scaled[FEATURES * ELEMENTS];
        const int64_t count = tensors[i].size[0] * (tensors[i].rank > 1 ? tensors[i].size[1] : 1);
        for (int64_t k = 0; k < count; k++) scaled[k] = tensors[i].values[k] * factor;
        snprintf(name, sizeof name, "%s.%s", prefix, tensors[i].name);
        assert_ok(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, tensors[i].rank,
                                               tensors[i].size, scaled));
    }
}

// Dropout is to do nothing here.
static gan_checkpoint *make_checkpoint(const char *data, const char *objective, bool averaged) {
    char recipe[1024];
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    snprintf(recipe, sizeof recipe,
             "name: hand\nbatch: 8\nsteps: 10\ndata: {%s}\nobjective: {%s}\n"
             "discriminator: [dense: 3, relu, dropout: 0.5, dense: 2]\n%s",
             data, objective, averaged ? "ema: {discriminator: 0.9}\n" : "");
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", recipe));
    assert_ok(gan_checkpoint_writer_text(
        writer, "run",
        "{\"seed\": 7, \"step\": 10, \"data_position\": 80, \"logged_step\": 10, \"elapsed_s\": "
        "1.0, "
        "\"data\": {\"kind\": \"hand\", \"count\": 8, \"classes\": 2}, \"sample\": [1, 2, 2]}"));
    write_network(writer, "discriminator", 1);
    if (averaged) write_network(writer, "ema_discriminator", 2);
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    return checkpoint;
}

static gan_classifier *open_classifier(const char *data, bool averaged,
                                       gan_sample_weights weights) {
    gan_classifier *classifier = NULL;
    gan_checkpoint *const checkpoint = make_checkpoint(data, "classifier: alone", averaged);
    assert_ok(gan_classifier_create(device, checkpoint, weights, &classifier));
    gan_checkpoint_close(checkpoint);
    return classifier;
}

// What the weights, times `factor`, say of a sample of the classifier's own scale.
static void expect(const double *sample, double factor, double *features, double *probabilities) {
    double logits[CLASSES];
    for (int f = 0; f < FEATURES; f++) {
        features[f] = factor * (double)first_bias[f];
        for (int e = 0; e < ELEMENTS; e++)
            features[f] += factor * (double)first_weight[f][e] * sample[e];
        features[f] = fmax(features[f], 0);
    }
    for (int k = 0; k < CLASSES; k++) {
        logits[k] = factor * (double)last_bias[k];
        for (int f = 0; f < FEATURES; f++)
            logits[k] += factor * (double)last_weight[k][f] * features[f];
    }
    probabilities[0] = 1 / (1 + exp(logits[1] - logits[0]));
    probabilities[1] = 1 - probabilities[0];
}

static float value_of(size_t i) {
    return (float)sin((double)(3 * i + 1));
}

static void assert_near(float got, double wanted, double tolerance) {
    if (!(fabs((double)got - wanted) <= tolerance)) fail_msg("%g is not %g", (double)got, wanted);
}

enum { SAMPLES = 300 };
static float samples[SAMPLES * ELEMENTS];

static void fill_samples(void) {
    for (size_t i = 0; i < SAMPLES * ELEMENTS; i++) samples[i] = value_of(i);
}

// Of samples from 0 to 1, of which the classifier sees `scale` times them, plus `offset`.
static void assert_says(gan_classifier *classifier, double factor, double scale, double offset) {
    static float features[SAMPLES * FEATURES], probabilities[SAMPLES * CLASSES];
    const gan_classifier_input input = {samples, SAMPLES, 0, 1};
    fill_samples();
    assert_ok(gan_classifier_run(classifier, &input, features, probabilities));
    for (size_t i = 0; i < SAMPLES; i++) {
        double own[ELEMENTS], f[FEATURES], p[CLASSES];
        for (size_t e = 0; e < ELEMENTS; e++)
            own[e] = scale * (double)samples[i * ELEMENTS + e] + offset;
        expect(own, factor, f, p);
        for (size_t k = 0; k < FEATURES; k++)
            assert_near(features[i * FEATURES + k], f[k], 1e-5 * scale * factor);
        for (size_t k = 0; k < CLASSES; k++)
            assert_near(probabilities[i * CLASSES + k], p[k], 1e-5);
    }
}

static void features_and_probabilities_are_those_of_its_weights_in_inference(void **state) {
    (void)state;
    gan_classifier *classifier =
        open_classifier("range: [-1, 1]", false, GAN_SAMPLE_WEIGHTS_DEFAULT);
    const gan_classifier_info *const info = gan_classifier_get_info(classifier);
    assert_int_equal(info->elements, ELEMENTS);
    assert_int_equal(info->features, FEATURES);
    assert_int_equal(info->classes, CLASSES);
    assert_int_equal(info->step, 10);
    assert_false(info->averaged);
    assert_says(classifier, 1, 2, -1);
    gan_classifier_destroy(classifier);
}

static void averaged_weights_are_taken_where_there_are_any(void **state) {
    (void)state;
    gan_classifier *classifier = open_classifier("range: [0, 1]", true, GAN_SAMPLE_WEIGHTS_DEFAULT);
    assert_true(gan_classifier_get_info(classifier)->averaged);
    assert_says(classifier, 2, 1, 0);
    gan_classifier_destroy(classifier);
    classifier = open_classifier("range: [0, 1]", true, GAN_SAMPLE_WEIGHTS_RAW);
    assert_false(gan_classifier_get_info(classifier)->averaged);
    assert_says(classifier, 1, 1, 0);
    gan_classifier_destroy(classifier);
}

static void bytes_as_they_are_come_back_from_0_and_1(void **state) {
    (void)state;
    gan_classifier *classifier = open_classifier("", false, GAN_SAMPLE_WEIGHTS_DEFAULT);
    assert_says(classifier, 1, 255, 0);
    gan_classifier_destroy(classifier);
}

static void each_channel_is_assigned_its_own_likeliest_class(void **state) {
    (void)state;
    enum { CHANNELS = 3 };
    uint32_t classes[SAMPLES], seen[CLASSES] = {0};
    const gan_classifier_input input = {samples, SAMPLES / CHANNELS, 0, 0};
    gan_classifier *classifier =
        open_classifier("range: [0, 1]", false, GAN_SAMPLE_WEIGHTS_DEFAULT);
    fill_samples();
    assert_ok(gan_classifier_assign(classifier, &input, CHANNELS, classes));
    for (size_t i = 0; i < SAMPLES; i++) {
        double own[ELEMENTS], f[FEATURES], p[CLASSES];
        for (size_t e = 0; e < ELEMENTS; e++) own[e] = (double)samples[i * ELEMENTS + e];
        expect(own, 1, f, p);
        assert_int_equal(classes[i], p[1] > p[0]);
        seen[classes[i]]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
    gan_classifier_destroy(classifier);
}

// Samples of that shape have modes by the classifier, which is of 1x2x2.
static gan_status judge_shape(gan_classifier *classifier, int64_t channels, int64_t height,
                              int64_t width, gan_mode_judge *out) {
    const gan_dataset_info data = {.rank = 3, .size = {channels, height, width}};
    return gan__modes_of_classes(classifier, &data, 0, 0, out);
}

// The number that the channels' classes spell, of two classes each.
static void modes_are_counted_by_what_it_says_of_each_channel(void **state) {
    (void)state;
    enum { CHANNELS = 3, STACKS = SAMPLES / CHANNELS, MODES = 8 };
    uint64_t histogram[MODES] = {0}, expected[MODES] = {0};
    double divergence = 0;
    size_t captured = 0;
    gan_mode_judge judge;
    gan_classifier *classifier =
        open_classifier("range: [0, 1]", false, GAN_SAMPLE_WEIGHTS_DEFAULT);
    fill_samples();
    for (size_t n = 0; n < STACKS; n++) {
        size_t mode = 0;
        for (size_t i = n * CHANNELS; i < (n + 1) * CHANNELS; i++) {
            double own[ELEMENTS], f[FEATURES], p[CLASSES];
            for (size_t e = 0; e < ELEMENTS; e++) own[e] = (double)samples[i * ELEMENTS + e];
            expect(own, 1, f, p);
            mode = mode * 2 + (p[1] > p[0]);
        }
        expected[mode]++;
    }
    for (size_t k = 0; k < MODES; k++) {
        const double share = (double)expected[k] / STACKS;
        captured += expected[k] > 0;
        if (share > 0) divergence += share * log(share * MODES);
    }
    assert_ok(judge_shape(classifier, CHANNELS, 2, 2, &judge));
    assert_int_equal(judge.modes, MODES);
    assert_int_equal(gan__modes_samples(&judge), 26000);
    assert_ok(gan__modes_count(&judge, samples, STACKS, histogram));
    assert_memory_equal(histogram, expected, sizeof histogram);
    const gan_mode_figures figures = gan__modes_figures(&judge, histogram, STACKS);
    assert_int_equal(figures.captured, captured);
    assert_true(captured > 1);
    assert_true(fabs(figures.reverse_kl - divergence) < 1e-12);
    assert_true(isnan(figures.high_quality));
    assert_fails(judge_shape(classifier, 1, 5, 1, &judge), GAN_STATUS_BAD_INPUT, "no multiple");
    assert_fails(judge_shape(classifier, 17, 2, 2, &judge), GAN_STATUS_BAD_INPUT, "65536 modes");
    // As many elements as four of its samples have, which does not make them channels.
    assert_fails(judge_shape(classifier, 1, 4, 4, &judge), GAN_STATUS_BAD_INPUT,
                 "samples of (1, 2, 2), and those whose modes it is to tell are of (1, 4, 4)");
    gan_classifier_destroy(classifier);
}

static void a_checkpoint_without_a_classifier_is_refused(void **state) {
    (void)state;
    gan_classifier *classifier = NULL;
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    assert_ok(gan_checkpoint_writer_text(
        writer, "recipe", "name: hand\ngenerator: [dense: 4]\ndiscriminator: [dense: 1]\n"));
    assert_ok(gan_checkpoint_writer_text(writer, "run",
                                         "{\"seed\": 7, \"step\": 10, \"data_position\": 80, "
                                         "\"logged_step\": 10, \"elapsed_s\": 1.0, "
                                         "\"sample\": [4]}"));
    write_network(writer, "discriminator", 1);
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    assert_fails(gan_classifier_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &classifier),
                 GAN_STATUS_BAD_INPUT, "objective.classifier");
    gan_checkpoint_close(checkpoint);
    checkpoint = make_checkpoint("", "classifier: alone", false);
    assert_fails(gan_classifier_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_EMA, &classifier),
                 GAN_STATUS_BAD_INPUT, "ema.discriminator");
    gan_checkpoint_close(checkpoint);
}

static int set_up(void **state) {
    const int file = mkstemp(path);
    if (file < 0) return -1;
    close(file);
    return open_device(state);
}

static int tear_down(void **state) {
    unlink(path);
    return close_device(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_and_probabilities_are_those_of_its_weights_in_inference),
        cmocka_unit_test(averaged_weights_are_taken_where_there_are_any),
        cmocka_unit_test(bytes_as_they_are_come_back_from_0_and_1),
        cmocka_unit_test(each_channel_is_assigned_its_own_likeliest_class),
        cmocka_unit_test(modes_are_counted_by_what_it_says_of_each_channel),
        cmocka_unit_test(a_checkpoint_without_a_classifier_is_refused),
    };
    return cmocka_run_group_tests_name("classifier", tests, set_up, tear_down);
}
