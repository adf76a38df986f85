// Implements clgan/classify.h: a checkpoint's discriminator on a device, as a classifier. Samples
// go through it in batches of one fixed size, as through gan/sampler.c's generator.
#include "clgan/classify.h"

#include "base/memory.h"
#include "gan/class_names.h"
#include "gan/game.h"
#include "gan/generation.h"
#include "gan/likeliest.h"
#include "gan/model_file.h"
#include "gan/run_record.h"
#include "graph/module.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BATCH 256

enum { FEATURES, LOGITS, ROOTS };

struct gan_classifier {
    gan_recipe *recipe;
    const gan_recipe_values *values;
    gan_class_names *class_names; // NULL: none
    gan_network *network;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *samples;              // input (elements, BATCH)
    gan_node *parameters, *buffers; // buffers NULL when the network has none
    gan_classifier_info info;
    float *results[ROOTS]; // (width, BATCH) each, as they come, and (BATCH, width)
    float *turned[ROOTS];
};

// --- Opening -------------------------------------------------------------------------------------

static gan_status open_recipe(gan_classifier *classifier, const gan_checkpoint *checkpoint,
                              gan_run_record *record) {
    gan_network *generator = NULL;
    GAN_TRY(gan__run_record_open(checkpoint, &classifier->recipe, record));
    classifier->values = gan__recipe_values(classifier->recipe);
    if (classifier->values->objective.classifier == GAN_CLASSIFIER_NONE)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the checkpoint's discriminator tells no classes apart; train one whose "
                         "recipe has objective.classifier, such as models/mnist-classifier.yaml");
    GAN_TRY(gan__class_names_read(checkpoint, &classifier->class_names));
    GAN_TRY(gan__recipe_networks(classifier->recipe, &record->sample, record->classes, &generator,
                                 &classifier->network));
    gan__network_destroy(generator);
    return GAN_STATUS_OK;
}

static gan_status choose_weights(const gan_checkpoint *checkpoint, const gan_network *network,
                                 gan_sample_weights weights, bool *averaged) {
    char first[80];
    snprintf(first, sizeof first, "ema_discriminator.%s", gan__network_parameter(network, 0)->name);
    *averaged = weights != GAN_SAMPLE_WEIGHTS_RAW && gan_checkpoint_find(checkpoint, first) != NULL;
    if (weights != GAN_SAMPLE_WEIGHTS_EMA || *averaged) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "the checkpoint has no averaged weights of its discriminator; its recipe has "
                     "no ema.discriminator");
}

static void fill_info(gan_classifier *classifier, const gan_run_record *record, bool averaged) {
    gan_classifier_info *const info = &classifier->info;
    info->rank = record->sample.rank;
    memcpy(info->size, record->sample.size, (size_t)info->rank * sizeof info->size[0]);
    info->elements = (size_t)gan__shape_elements(&record->sample);
    info->classes = record->classes;
    info->step = record->step;
    info->averaged = averaged;
    if (!classifier->values->data.has_range) return;
    info->low = classifier->values->data.range[0];
    info->high = classifier->values->data.range[1];
}

// --- On the device -------------------------------------------------------------------------------

// The layer whose outputs are the features, -1 for the samples themselves.
static int64_t feature_layer(const gan_network *network) {
    const size_t parameters = gan__network_parameter_count(network);
    return (int64_t)gan__network_parameter(network, parameters - 1)->layer - 1;
}

// *roots: the features and the logits of classes, as matrices (width, BATCH).
static gan_status apply_network(gan_classifier *classifier, gan_node *const *weights,
                                gan_node **activations, gan_node **roots) {
    const gan_network *const network = classifier->network;
    gan_shape samples = *gan__network_input_shape(network);
    samples.size[samples.rank++] = BATCH;
    gan_node *const x = gan__reshape(classifier->samples, &samples);
    const gan_network_call call = {
        .weights = weights, .buffers = classifier->buffers, .activations = activations};
    const gan_network_result result = gan__network_apply(network, &call, x);
    const int64_t layer = feature_layer(network);
    gan_node *const features = layer < 0 ? classifier->samples : activations[layer];
    GAN_TRY(gan__graph_status(classifier->graph));
    const gan_shape wide = GAN_SHAPE(gan__shape_elements(gan__node_shape(features)) / BATCH, BATCH);
    classifier->info.features = (size_t)wide.size[0];
    roots[FEATURES] = gan__reshape(features, &wide);
    roots[LOGITS] = gan__game_class_logits(classifier->values, result.logits);
    return gan__graph_status(classifier->graph);
}

static gan_status build_roots(gan_classifier *classifier, gan_node **roots) {
    const gan_network *const network = classifier->network;
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(network));
    const gan_shape samples = GAN_SHAPE((int64_t)classifier->info.elements, BATCH);
    const int64_t buffers = gan__network_buffer_elements(network);
    void *weights = NULL, *activations = NULL;
    classifier->samples = gan__input(classifier->graph, "samples", GAN_ELEMENT_F32, &samples);
    classifier->parameters = gan__state(classifier->graph, "classifier", &parameters);
    if (buffers > 0)
        classifier->buffers =
            gan__state(classifier->graph, "running statistics", &GAN_SHAPE(buffers));
    gan_status status =
        gan__alloc(gan__network_parameter_count(network), sizeof(gan_node *), &weights);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(gan__network_layer_count(network), sizeof(gan_node *), &activations);
    if (status == GAN_STATUS_OK) {
        gan__network_weights(network, classifier->parameters, weights);
        status = apply_network(classifier, weights, activations, roots);
    }
    gan__free(weights);
    gan__free(activations);
    return status;
}

static size_t width_of(const gan_classifier *classifier, int root) {
    return root == FEATURES ? classifier->info.features : classifier->info.classes;
}

static gan_status build(gan_classifier *classifier, gan_device *device) {
    gan_node *roots[ROOTS];
    GAN_TRY(gan__graph_create(&classifier->graph));
    GAN_TRY(build_roots(classifier, roots));
    for (int i = 0; i < ROOTS; i++) {
        void *memory = NULL;
        GAN_TRY(gan__alloc(2 * BATCH * width_of(classifier, i), sizeof(float), &memory));
        classifier->results[i] = memory;
        classifier->turned[i] = classifier->results[i] + BATCH * width_of(classifier, i);
    }
    GAN_TRY(gan__module_create(device, classifier->graph, &classifier->module));
    GAN_TRY(gan__program_create(classifier->module, "classification", roots, ROOTS,
                                &classifier->program));
    return gan__module_prepare(classifier->module, 2);
}

static gan_status load_weights(gan_classifier *classifier, const gan_checkpoint *checkpoint,
                               bool averaged) {
    const char *const prefix = averaged ? "ema_discriminator." : "discriminator.";
    GAN_TRY(gan__model_load_flat(classifier->module, classifier->parameters, classifier->network,
                                 false, prefix, checkpoint));
    if (classifier->buffers == NULL) return GAN_STATUS_OK;
    return gan__model_load_flat(classifier->module, classifier->buffers, classifier->network, true,
                                prefix, checkpoint);
}

static gan_status open_all(gan_classifier *classifier, gan_device *device,
                           const gan_checkpoint *checkpoint, gan_sample_weights weights) {
    gan_run_record record;
    bool averaged = false;
    GAN_TRY(open_recipe(classifier, checkpoint, &record));
    GAN_TRY(choose_weights(checkpoint, classifier->network, weights, &averaged));
    fill_info(classifier, &record, averaged);
    GAN_TRY(build(classifier, device));
    return load_weights(classifier, checkpoint, averaged);
}

gan_status gan_classifier_create(gan_device *device, const gan_checkpoint *checkpoint,
                                 gan_sample_weights weights, gan_classifier **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_classifier), &memory));
    gan_classifier *const classifier = memory;
    const gan_status status = open_all(classifier, device, checkpoint, weights);
    if (status != GAN_STATUS_OK) {
        gan_classifier_destroy(classifier);
        return status;
    }
    *out = classifier;
    return GAN_STATUS_OK;
}

void gan_classifier_destroy(gan_classifier *classifier) {
    if (classifier == NULL) return;
    gan__module_destroy(classifier->module);
    gan__graph_destroy(classifier->graph);
    gan__network_destroy(classifier->network);
    gan__class_names_destroy(classifier->class_names);
    gan_recipe_destroy(classifier->recipe);
    for (int i = 0; i < ROOTS; i++) gan__free(classifier->results[i]);
    gan__free(classifier);
}

const gan_classifier_info *gan_classifier_get_info(const gan_classifier *classifier) {
    return &classifier->info;
}

const char *gan_classifier_class_name(const gan_classifier *classifier, uint32_t index) {
    return gan__class_names_get(classifier->class_names, index);
}

// --- Running -------------------------------------------------------------------------------------

// The samples from number `first` on, in the scale of training.
static gan_status feed(gan_classifier *classifier, const gan_classifier_input *input, size_t first,
                       size_t wanted) {
    const gan_classifier_info *const info = &classifier->info;
    const bool scaled = input->low < input->high, raw = info->low == info->high;
    const double low = raw ? 0 : info->low, high = raw ? 255 : info->high;
    const double factor = scaled ? (high - low) / (input->high - input->low) : 1;
    const double offset = scaled ? low - input->low * factor : 0;
    const float *const samples = input->samples + first * info->elements;
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(classifier->module, classifier->samples, &slot));
    float *const values = slot;
    memset(values, 0, BATCH * info->elements * sizeof(float));
    for (size_t e = 0; e < info->elements; e++)
        for (size_t i = 0; i < wanted; i++)
            values[e * BATCH + i] =
                (float)((double)samples[i * info->elements + e] * factor + offset);
    return gan__module_feed_end(classifier->module, classifier->samples);
}

static void softmax(const float *logits, size_t classes, float *probabilities) {
    double largest = -INFINITY, sum = 0;
    for (size_t k = 0; k < classes; k++) largest = fmax(largest, (double)logits[k]);
    for (size_t k = 0; k < classes; k++) sum += exp((double)logits[k] - largest);
    for (size_t k = 0; k < classes; k++)
        probabilities[k] = (float)(exp((double)logits[k] - largest) / sum);
}

// Features and logits of up to BATCH samples are then in `turned`.
static gan_status run_batch(gan_classifier *classifier, const gan_classifier_input *input,
                            size_t first, size_t wanted) {
    GAN_TRY(feed(classifier, input, first, wanted));
    GAN_TRY(gan__program_run(classifier->program, 0));
    for (int i = 0; i < ROOTS; i++) {
        GAN_TRY(gan__program_read(classifier->program, (size_t)i, classifier->results[i]));
        gan__generation_take(classifier->results[i], BATCH, width_of(classifier, i), wanted,
                             classifier->turned[i]);
    }
    return GAN_STATUS_OK;
}

static size_t batch_at(const gan_classifier_input *input, size_t first) {
    return input->count - first < BATCH ? input->count - first : BATCH;
}

gan_status gan_classifier_run(gan_classifier *classifier, const gan_classifier_input *input,
                              float *features, float *probabilities) {
    const size_t width = classifier->info.features, classes = classifier->info.classes;
    for (size_t first = 0; first < input->count; first += BATCH) {
        const size_t wanted = batch_at(input, first);
        GAN_TRY(run_batch(classifier, input, first, wanted));
        if (features != NULL)
            memcpy(features + first * width, classifier->turned[FEATURES],
                   wanted * width * sizeof(float));
        for (size_t i = 0; i < wanted && probabilities != NULL; i++)
            softmax(classifier->turned[LOGITS] + i * classes, classes,
                    probabilities + (first + i) * classes);
    }
    return GAN_STATUS_OK;
}

gan_status gan_classifier_assign(gan_classifier *classifier, const gan_classifier_input *input,
                                 size_t channels, uint32_t *classes) {
    gan_classifier_input each = *input;
    each.count = input->count * channels;
    for (size_t first = 0; first < each.count; first += BATCH) {
        const size_t wanted = batch_at(&each, first);
        GAN_TRY(run_batch(classifier, &each, first, wanted));
        for (size_t i = 0; i < wanted; i++)
            classes[first + i] =
                gan__likeliest(classifier->turned[LOGITS] + i * classifier->info.classes,
                               classifier->info.classes);
    }
    return GAN_STATUS_OK;
}
