// Implements clgan/encode.h: the encoder, and what it shares of the discriminator, in one program.
#include "clgan/encode.h"

#include "base/memory.h"
#include "gan/evaluate_data.h"
#include "gan/generation.h"
#include "gan/latent.h"
#include "gan/model_file.h"
#include "gan/run_record.h"

#include <inttypes.h>
#include <string.h>

#define BATCH 64

// One network on the device.
typedef struct placed_network {
    const char *prefix; // of its tensors
    gan_network *network;
    gan_node *parameters, *buffers; // buffers NULL when it has none
    gan_node **activations;         // one a layer
} placed_network;

enum { ROOT_ANSWER, ROOT_FEATURES, ROOTS };

struct gan_encoder {
    gan_recipe *recipe;
    const gan_recipe_values *values;
    gan_run_record record;
    placed_network discriminator, encoder;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *samples; // input (elements, BATCH)
    gan_encoder_info info;
    float *batch; // of answers or features
};

// --- Opening -------------------------------------------------------------------------------------

static gan_status open_networks(gan_encoder *encoder, const gan_checkpoint *checkpoint) {
    gan_network *generator = NULL;
    GAN_TRY(gan__run_record_open(checkpoint, &encoder->recipe, &encoder->record));
    encoder->values = gan__recipe_values(encoder->recipe);
    if (encoder->values->inference.kind == GAN_ENCODER_NONE)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the checkpoint has no encoder: its recipe has "
                                               "encoder.kind none");
    GAN_TRY(gan__recipe_networks(encoder->recipe, &encoder->record.sample, encoder->record.classes,
                                 &generator, &encoder->discriminator.network));
    gan__network_destroy(generator);
    return gan__recipe_encoder(encoder->recipe, &encoder->record.sample, encoder->record.classes,
                               encoder->discriminator.network, &encoder->encoder.network);
}

static gan_status place(gan_encoder *encoder, placed_network *own) {
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(own->network));
    const int64_t buffers = gan__network_buffer_elements(own->network);
    void *memory = NULL;
    GAN_TRY(gan__alloc(gan__network_layer_count(own->network), sizeof(gan_node *), &memory));
    own->activations = memory;
    own->parameters = gan__state(encoder->graph, own->prefix, &parameters);
    if (buffers > 0)
        own->buffers = gan__state(encoder->graph, "running statistics", &GAN_SHAPE(buffers));
    return GAN_STATUS_OK;
}

static gan_status apply(const placed_network *own, gan_node *x) {
    void *weights = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(own->network), sizeof(gan_node *), &weights));
    gan__network_weights(own->network, own->parameters, weights);
    const gan_network_call call = {
        .weights = weights, .buffers = own->buffers, .activations = own->activations};
    gan__network_apply(own->network, &call, x);
    gan__free(weights);
    return GAN_STATUS_OK;
}

static gan_node *columns(gan_node *a) {
    if (a == NULL) return NULL;
    return gan__reshape(a, &GAN_SHAPE(gan__shape_elements(gan__node_shape(a)) / BATCH, BATCH));
}

static size_t column_elements(const gan_node *a) {
    return (size_t)gan__node_shape(a)->size[0];
}

// What the last layer with weights says it by.
static gan_node *features_of(const placed_network *own, gan_node *input) {
    const size_t parameters = gan__network_parameter_count(own->network);
    const size_t last = gan__network_parameter(own->network, parameters - 1)->layer;
    return last == 0 ? input : own->activations[last - 1];
}

static gan_status build_graph(gan_encoder *encoder, gan_node *roots[ROOTS]) {
    const int64_t shares = encoder->values->inference.shares;
    gan_shape samples = encoder->record.sample;
    const int64_t elements = gan__shape_elements(&samples);
    samples.size[samples.rank++] = BATCH;
    GAN_TRY(gan__graph_create(&encoder->graph));
    encoder->samples =
        gan__input(encoder->graph, "samples", GAN_ELEMENT_F32, &GAN_SHAPE(elements, BATCH));
    gan_node *x = gan__reshape(encoder->samples, &samples);
    GAN_TRY(place(encoder, &encoder->encoder));
    if (shares > 0) {
        GAN_TRY(place(encoder, &encoder->discriminator));
        GAN_TRY(apply(&encoder->discriminator, x));
        x = encoder->discriminator.activations[shares - 1];
    }
    GAN_TRY(apply(&encoder->encoder, x));
    const size_t last = gan__network_layer_count(encoder->encoder.network) - 1;
    roots[ROOT_ANSWER] = columns(encoder->encoder.activations[last]);
    roots[ROOT_FEATURES] = columns(features_of(&encoder->encoder, x));
    return gan__graph_status(encoder->graph);
}

static void fill_info(gan_encoder *encoder, gan_node *const roots[ROOTS]) {
    const gan_latent_parts parts = gan__latent_parts(encoder->values);
    gan_encoder_info *const info = &encoder->info;
    info->elements = column_elements(encoder->samples);
    info->answer = column_elements(roots[ROOT_ANSWER]);
    info->features = column_elements(roots[ROOT_FEATURES]);
    info->gives_latents = encoder->values->inference.kind != GAN_ENCODER_CODES;
    info->categorical = info->gives_latents ? 0 : (size_t)parts.codes;
    info->categories = info->gives_latents ? 0 : (size_t)parts.categories;
}

static gan_status load(const gan_encoder *encoder, const placed_network *own,
                       const gan_checkpoint *checkpoint) {
    if (own->parameters == NULL) return GAN_STATUS_OK;
    GAN_TRY(gan__model_load_flat(encoder->module, own->parameters, own->network, false, own->prefix,
                                 checkpoint));
    if (own->buffers == NULL) return GAN_STATUS_OK;
    return gan__model_load_flat(encoder->module, own->buffers, own->network, true, own->prefix,
                                checkpoint);
}

static gan_status open_all(gan_encoder *encoder, gan_device *device,
                           const gan_checkpoint *checkpoint) {
    gan_node *roots[ROOTS];
    void *batch = NULL;
    GAN_TRY(open_networks(encoder, checkpoint));
    GAN_TRY(gan__run_record_adopt_orders(device, checkpoint));
    GAN_TRY(build_graph(encoder, roots));
    fill_info(encoder, roots);
    const size_t answer = encoder->info.answer, features = encoder->info.features;
    GAN_TRY(gan__alloc(answer > features ? answer : features, BATCH * sizeof(float), &batch));
    encoder->batch = batch;
    GAN_TRY(gan__module_create(device, encoder->graph, &encoder->module));
    GAN_TRY(gan__program_create(encoder->module, "encoding", roots, ROOTS, &encoder->program));
    GAN_TRY(gan__module_prepare(encoder->module, 2));
    GAN_TRY(load(encoder, &encoder->discriminator, checkpoint));
    return load(encoder, &encoder->encoder, checkpoint);
}

gan_status gan_encoder_create(gan_device *device, const gan_checkpoint *checkpoint,
                              gan_encoder **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_encoder), &memory));
    gan_encoder *const encoder = memory;
    encoder->discriminator.prefix = "discriminator.";
    encoder->encoder.prefix = "encoder.";
    const gan_status status = open_all(encoder, device, checkpoint);
    if (status != GAN_STATUS_OK) {
        gan_encoder_destroy(encoder);
        return status;
    }
    *out = encoder;
    return GAN_STATUS_OK;
}

void gan_encoder_destroy(gan_encoder *encoder) {
    if (encoder == NULL) return;
    gan__module_destroy(encoder->module);
    gan__graph_destroy(encoder->graph);
    gan__network_destroy(encoder->discriminator.network);
    gan__network_destroy(encoder->encoder.network);
    gan__free(encoder->discriminator.activations);
    gan__free(encoder->encoder.activations);
    gan__free(encoder->batch);
    gan_recipe_destroy(encoder->recipe);
    gan__free(encoder);
}

const gan_encoder_info *gan_encoder_get_info(const gan_encoder *encoder) {
    return &encoder->info;
}

// --- Asking --------------------------------------------------------------------------------------

static gan_status take(gan_encoder *encoder, size_t root, size_t elements, size_t wanted,
                       float *out) {
    if (out == NULL) return GAN_STATUS_OK;
    GAN_TRY(gan__program_read(encoder->program, root, encoder->batch));
    gan__generation_take(encoder->batch, BATCH, elements, wanted, out);
    return GAN_STATUS_OK;
}

gan_status gan_encoder_encode(gan_encoder *encoder, const float *samples, size_t count,
                              float *answers, float *features) {
    const gan_encoder_info *const info = &encoder->info;
    for (size_t done = 0; done < count; done += BATCH) {
        const size_t wanted = count - done < BATCH ? count - done : BATCH;
        void *slot = NULL;
        GAN_TRY(gan__module_feed_begin(encoder->module, encoder->samples, &slot));
        memset(slot, 0, BATCH * info->elements * sizeof(float));
        for (size_t i = 0; i < wanted; i++)
            gan__generation_put(slot, BATCH, i, samples + (done + i) * info->elements,
                                info->elements);
        GAN_TRY(gan__module_feed_end(encoder->module, encoder->samples));
        GAN_TRY(gan__program_run(encoder->program, 0));
        GAN_TRY(take(encoder, ROOT_ANSWER, info->answer, wanted,
                     answers == NULL ? NULL : answers + done * info->answer));
        GAN_TRY(take(encoder, ROOT_FEATURES, info->features, wanted,
                     features == NULL ? NULL : features + done * info->features));
    }
    return GAN_STATUS_OK;
}

static gan_status read_test(const gan_encoder *encoder, const gan_evaluation_data *data,
                            uint64_t first, size_t count, float *samples) {
    if (data->elements != encoder->info.elements)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "the encoder takes samples of %zu elements and those of the data have %zu; "
            "give the data it was trained on",
            encoder->info.elements, data->elements);
    if (first + count > data->test.count)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "the test set has %" PRIu64 " samples, not %" PRIu64, data->test.count,
                         first + count);
    GAN_TRY(data->test.read(&data->test, first, count, samples));
    gan__evaluation_to_range(encoder->values, data, count, samples);
    return GAN_STATUS_OK;
}

gan_status gan_encoder_read_test(const gan_encoder *encoder, const char *data, uint64_t first,
                                 size_t count, float *samples) {
    gan_evaluation_data opened;
    gan_status status = gan__evaluation_data_open(encoder->values, data, &opened);
    if (status == GAN_STATUS_OK) status = read_test(encoder, &opened, first, count, samples);
    gan__evaluation_data_close(&opened);
    return status;
}
