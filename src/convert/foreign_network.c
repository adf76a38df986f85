// Implements clgan/foreign.h: a file's graph on a device. Samples go through it in batches of one
// size, which depends on how large its values are.
#include "clgan/foreign.h"

#include "convert/foreign_graph.h"
#include "gan/generation.h"
#include "graph/module.h"
#include "recipe/recipe.h"

#include <string.h>
#include <strings.h>

// Batches are such that the largest value has about so many elements.
#define VALUE_ELEMENTS (INT64_C(1) << 24)
enum { BATCH_LEAST = 16, BATCH_MOST = 256 };

struct gan_foreign_network {
    char *path, *value; // value NULL: the first output
    gan_foreign_model model;
    gan_foreign_graph graph;
    gan_foreign_info info;
    gan_module *module;
    gan_program *program;  // NULL: not prepared
    float *results;        // (features, batch)
    size_t elements;       // of one sample
    double factor, offset; // of the samples, to what the network takes
};

// --- Opening -------------------------------------------------------------------------------------
// A text of the metadata, whose names and values have no case.
static const char *find_text(const gan_foreign_model *model, const char *name) {
    for (size_t i = 0; i < model->text_count; i++) {
        if (strcasecmp(model->texts[i].name, name) == 0) return model->texts[i].content;
    }
    return "";
}

// ONNX's own metadata of images (docs/MetadataProps.md of github.com/onnx/onnx).
static const struct {
    const char *name;
    double low, high;
} ranges[] = {
    {"Normalized_0_1", 0, 1},
    {"Normalized_1_1", -1, 1},
    {"NominalRange_0_255", 0, 255},
    {"NominalRange_16_235", 16, 235},
};

static gan_status range_of_recipe(const char *text, gan_foreign_info *info) {
    gan_recipe *recipe;
    GAN_TRY(gan__recipe_parse_saved(text, "its recipe", &recipe));
    const gan_recipe_values *const values = gan__recipe_values(recipe);
    info->low = values->data.has_range ? values->data.range[0] : 0;
    info->high = values->data.has_range ? values->data.range[1] : 255;
    gan_recipe_destroy(recipe);
    return GAN_STATUS_OK;
}

static gan_status find_range(const gan_foreign_model *model, gan_foreign_info *info) {
    const char *const range = find_text(model, "Image.NominalPixelRange");
    const char *const recipe = find_text(model, "recipe");
    if (strncasecmp(find_text(model, "Image.BitmapPixelFormat"), "Bgr", 3) == 0)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "it takes blue before red (Image.BitmapPixelFormat), which samples are not");
    info->low = 0;
    info->high = 1;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (strcasecmp(range, ranges[i].name) != 0) continue;
        info->low = ranges[i].low;
        info->high = ranges[i].high;
        return GAN_STATUS_OK;
    }
    if (range[0] != '\0')
        return gan__fail(GAN_STATUS_BAD_INPUT, "its Image.NominalPixelRange %.100s is not known",
                         range);
    return recipe[0] != '\0' ? range_of_recipe(recipe, info) : GAN_STATUS_OK;
}

static gan_status open_parts(gan_foreign_network *network, const char *path,
                             const gan_foreign_options *options) {
    GAN_TRY(gan__string_copy(path, &network->path));
    if (options->value) GAN_TRY(gan__string_copy(options->value, &network->value));
    GAN_TRY(gan__foreign_model_open(path, &network->model));
    if (!network->value && network->model.outputs.count == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "its graph has no output");
    network->info.value = network->value ? network->value : network->model.outputs.name[0];
    network->info.low = options->low;
    network->info.high = options->high;
    return options->low < options->high ? GAN_STATUS_OK
                                        : find_range(&network->model, &network->info);
}

gan_status gan_foreign_network_open(const char *path, const gan_foreign_options *options,
                                    gan_foreign_network **out) {
    static const gan_foreign_options defaults = {0};
    gan_foreign_network *network;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof *network, (void **)&network));
    const gan_status status = open_parts(network, path, options ? options : &defaults);
    if (status == GAN_STATUS_OK) {
        *out = network;
        return status;
    }
    gan_foreign_network_close(network);
    return gan__fail_in(status, "%s", path);
}

void gan_foreign_network_close(gan_foreign_network *network) {
    if (!network) return;
    gan__module_destroy(network->module);
    gan__foreign_graph_destroy(&network->graph);
    gan__foreign_model_close(&network->model);
    gan__free(network->results);
    gan__free(network->value);
    gan__free(network->path);
    gan__free(network);
}

const gan_foreign_info *gan_foreign_network_get_info(const gan_foreign_network *network) {
    return &network->info;
}

// --- On the device -------------------------------------------------------------------------------
// How many samples at a time, by the largest of the graph's values.
static int64_t choose_batch(const gan_foreign_graph *graph) {
    int64_t largest = 1, batch = BATCH_LEAST;
    for (size_t i = 0; i < graph->names.count; i++) {
        const gan_foreign_value *const value = &graph->values[i];
        if (!value->known || !value->batched) continue;
        const int64_t elements = gan__foreign_elements(value);
        if (elements > largest) largest = elements;
    }
    while (batch < BATCH_MOST && 2 * batch * largest <= VALUE_ELEMENTS) batch *= 2;
    return batch;
}

// Built once to see how large it is, and again where more samples fit.
static gan_status build_graph(gan_foreign_network *network, const gan_shape *sample) {
    gan_foreign_order order = {.sample = sample, .batch = BATCH_LEAST, .value = network->value};
    gan_foreign_fit fit;
    GAN_TRY(gan__foreign_graph_build(&network->model, &order, &network->graph, &fit));
    order.batch = choose_batch(&network->graph);
    if (order.batch != BATCH_LEAST) {
        gan__foreign_graph_destroy(&network->graph);
        GAN_TRY(gan__foreign_graph_build(&network->model, &order, &network->graph, &fit));
    }
    gan_foreign_info *const info = &network->info;
    info->features = (size_t)gan__node_shape(network->graph.output)->size[0];
    info->rank = fit.input.rank;
    memcpy(info->size, fit.input.size, sizeof info->size);
    info->repeated = fit.repeated;
    info->resized = fit.resized;
    return GAN_STATUS_OK;
}

static gan_status write_stored(gan_module *module, const gan_foreign_state *state) {
    const size_t element = state->stored->kind->bytes;
    uint8_t *owned;
    const uint8_t *bytes;
    float *values;
    GAN_TRY(gan__alloc((size_t)state->stored->elements, sizeof *values, (void **)&values));
    gan_status status = gan__onnx_tensor_bytes(state->stored, &owned, &bytes);
    for (uint64_t i = 0; i < state->stored->elements && status == GAN_STATUS_OK; i++)
        values[i] =
            state->stored->kind->convert(gan__get_word(bytes + i * element, element, false)).value;
    if (status == GAN_STATUS_OK) status = gan__module_write_state(module, state->node, values);
    gan__free(owned);
    gan__free(values);
    return status;
}

static gan_status load(gan_foreign_network *network, gan_device *device) {
    gan_foreign_graph *const graph = &network->graph;
    gan_program *program;
    GAN_TRY(gan__module_create(device, graph->graph, &network->module));
    GAN_TRY(gan__program_create(network->module, "features", &graph->output, 1, &program));
    GAN_TRY(gan__module_prepare(network->module, 2));
    for (size_t i = 0; i < graph->state_count; i++) {
        const gan_foreign_state *const state = &graph->states[i];
        GAN_TRY(state->stored
                    ? write_stored(network->module, state)
                    : gan__module_write_state(network->module, state->node, state->floats));
    }
    GAN_TRY(gan__alloc(network->info.features * (size_t)graph->batch, sizeof(float),
                       (void **)&network->results));
    network->program = program;
    return GAN_STATUS_OK;
}

gan_status gan_foreign_network_prepare(gan_foreign_network *network, gan_device *device,
                                       const gan_feature_samples *samples) {
    const gan_shape shape = gan__shape(samples->rank, samples->size);
    const gan_foreign_info *const info = &network->info;
    if (network->graph.graph)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s is prepared already", network->path);
    network->elements = (size_t)gan__shape_elements(&shape);
    network->factor = 1;
    if (samples->low < samples->high) {
        network->factor = (info->high - info->low) / (samples->high - samples->low);
        network->offset = info->low - samples->low * network->factor;
    }
    gan_status status = build_graph(network, &shape);
    if (status == GAN_STATUS_OK) status = load(network, device);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", network->path);
}

// --- Running -------------------------------------------------------------------------------------
static gan_status feed(gan_foreign_network *network, const float *samples, size_t count) {
    const size_t batch = (size_t)network->graph.batch;
    void *slot;
    GAN_TRY(gan__module_feed_begin(network->module, network->graph.samples, &slot));
    float *const values = slot;
    memset(values, 0, batch * network->elements * sizeof *values);
    for (size_t e = 0; e < network->elements; e++) {
        for (size_t i = 0; i < count; i++)
            values[e * batch + i] =
                (float)((double)samples[i * network->elements + e] * network->factor +
                        network->offset);
    }
    return gan__module_feed_end(network->module, network->graph.samples);
}

gan_status gan_foreign_network_run(gan_foreign_network *network, const float *samples, size_t count,
                                   float *features) {
    const size_t batch = (size_t)network->graph.batch, width = network->info.features;
    if (!network->program)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s is not prepared", network->path);
    for (size_t first = 0; first < count; first += batch) {
        const size_t now = count - first < batch ? count - first : batch;
        GAN_TRY(feed(network, samples + first * network->elements, now));
        GAN_TRY(gan__program_run(network->program, 0));
        GAN_TRY(gan__program_read(network->program, 0, network->results));
        gan__generation_take(network->results, batch, width, now, features + first * width);
    }
    return GAN_STATUS_OK;
}

// --- As a source of features ---------------------------------------------------------------------
static gan_status prepare_source(void *user, gan_device *device, const gan_feature_samples *samples,
                                 size_t *width) {
    gan_foreign_network *const network = user;
    GAN_TRY(gan_foreign_network_prepare(network, device, samples));
    *width = network->info.features;
    return GAN_STATUS_OK;
}

static gan_status run_source(void *user, const float *samples, size_t count, float *features) {
    return gan_foreign_network_run(user, samples, count, features);
}

gan_feature_source gan_foreign_network_source(gan_foreign_network *network) {
    return (gan_feature_source){network, prepare_source, run_source};
}
