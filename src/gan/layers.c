// Implements clgan/layers.h: both networks in one program whose roots are every layer's output.
#include "clgan/layers.h"

#include "base/memory.h"
#include "gan/latent.h"
#include "gan/layer_statistics.h"
#include "gan/model_file.h"
#include "gan/run_record.h"
#include "gan/sides.h"
#include "recipe/recipe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BATCH 64

// One network on the device.
typedef struct measured_network {
    const char *name;
    gan_network *network;
    gan_node *parameters, *buffers; // buffers NULL when it has none
    gan_node **activations;         // one a layer
} measured_network;

typedef struct measurement {
    gan_recipe *recipe;
    gan_run_record record;
    measured_network generator, discriminator;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    // Inputs, a row a sample: behind the latent the numbers that the generator draws tokens by;
    // labels NULL where no network looks at them.
    gan_node *drawn, *labels;
    // The parts of `drawn`, batch innermost; draws NULL where there are none.
    gan_node *latents, *draws;
    gan_node **roots; // the generator's activations, then the discriminator's
    size_t count;
    gan_layer_figures *figures;
} measurement;

// --- Building ------------------------------------------------------------------------------------

static gan_status open_networks(measurement *m, const gan_checkpoint *checkpoint) {
    GAN_TRY(gan__run_record_open(checkpoint, &m->recipe, &m->record));
    if (!gan__recipe_has_generator(gan__recipe_values(m->recipe)))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the checkpoint is of a classifier; layers are measured on what a "
                         "generator makes, and it has none");
    return gan__recipe_networks(m->recipe, &m->record.sample, m->record.classes,
                                &m->generator.network, &m->discriminator.network);
}

static gan_status place_network(measurement *m, measured_network *own) {
    const size_t layers = gan__network_layer_count(own->network);
    const int64_t buffers = gan__network_buffer_elements(own->network);
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(own->network));
    void *memory = NULL;
    GAN_TRY(gan__alloc(layers, sizeof(gan_node *), &memory));
    own->activations = memory;
    own->parameters = gan__state(m->graph, own->name, &parameters);
    if (buffers > 0) own->buffers = gan__state(m->graph, "running statistics", &GAN_SHAPE(buffers));
    return GAN_STATUS_OK;
}

static gan_status apply_network(const measurement *m, const measured_network *own, gan_node *x,
                                gan_node **output) {
    void *weights = NULL;
    GAN_TRY(gan__alloc(gan__network_parameter_count(own->network), sizeof(gan_node *), &weights));
    gan__network_weights(own->network, own->parameters, weights);
    const gan_network_call call = {.weights = weights,
                                   .buffers = own->buffers,
                                   .labels = m->labels,
                                   .latents = m->latents,
                                   .draws = m->draws,
                                   .activations = own->activations};
    *output = gan__network_apply(own->network, &call, x).output;
    gan__free(weights);
    return GAN_STATUS_OK;
}

// What a discriminator of packs (objective.pack) is shown: each sample with those that follow it,
// the first ones behind the last, so that each is seen once at every place of a pack.
static gan_status pack_samples(const measurement *m, gan_node *samples, gan_node **out) {
    const size_t places = (size_t)gan__recipe_values(m->recipe)->objective.pack;
    const int axis = m->record.sample.rank;
    int64_t start[GAN_RANK_MAX] = {0};
    void *memory = NULL;
    *out = samples;
    if (samples == NULL || places == 1) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(places, sizeof(gan_node *), &memory));
    gan_node **const parts = memory;
    gan_node *const twice = gan__concat((gan_node *[]){samples, samples}, 2, axis);
    for (size_t i = 0; i < places; i++) {
        start[axis] = (int64_t)(i % BATCH);
        parts[i] = gan__slice(twice, start, gan__node_shape(samples)->size, NULL);
    }
    *out = gan__concat(parts, places, 0);
    gan__free(parts);
    return GAN_STATUS_OK;
}

static gan_status build_graph(measurement *m) {
    const int64_t size = gan__network_input_shape(m->generator.network)->size[0];
    const int64_t draws = gan__network_draws(m->generator.network);
    gan_shape samples = m->record.sample;
    gan_node *output = NULL;
    samples.size[samples.rank++] = BATCH;
    m->drawn = gan__input(m->graph, "latents", GAN_ELEMENT_F32, &GAN_SHAPE(BATCH, size + draws));
    gan_node *const turned = gan__transpose(m->drawn);
    m->latents = gan__rows(turned, 0, size);
    if (draws > 0) m->draws = gan__rows(turned, size, draws);
    if (gan__network_uses_labels(m->generator.network) ||
        gan__network_uses_labels(m->discriminator.network))
        m->labels = gan__input(m->graph, "labels", GAN_ELEMENT_F32, &GAN_SHAPE(BATCH));
    GAN_TRY(place_network(m, &m->generator));
    GAN_TRY(place_network(m, &m->discriminator));
    GAN_TRY(apply_network(m, &m->generator, m->latents, &output));
    GAN_TRY(pack_samples(m, gan__reshape(output, &samples), &output));
    GAN_TRY(apply_network(m, &m->discriminator, output, &output));
    return gan__graph_status(m->graph);
}

static gan_status collect_roots(measurement *m) {
    const size_t first = gan__network_layer_count(m->generator.network);
    const size_t second = gan__network_layer_count(m->discriminator.network);
    void *memory = NULL;
    GAN_TRY(gan__alloc(first + second, sizeof(gan_node *), &memory));
    m->roots = memory;
    m->count = first + second;
    memcpy(m->roots, m->generator.activations, first * sizeof(gan_node *));
    memcpy(m->roots + first, m->discriminator.activations, second * sizeof(gan_node *));
    return GAN_STATUS_OK;
}

static gan_status load_network(const measurement *m, const gan_checkpoint *checkpoint,
                               const measured_network *own) {
    char prefix[32];
    snprintf(prefix, sizeof prefix, "%s.", own->name);
    GAN_TRY(
        gan__model_load_flat(m->module, own->parameters, own->network, false, prefix, checkpoint));
    if (own->buffers == NULL) return GAN_STATUS_OK;
    return gan__model_load_flat(m->module, own->buffers, own->network, true, prefix, checkpoint);
}

static gan_status build(measurement *m, gan_device *device, const gan_checkpoint *checkpoint) {
    GAN_TRY(gan__graph_create(&m->graph));
    GAN_TRY(build_graph(m));
    GAN_TRY(collect_roots(m));
    GAN_TRY(gan__run_record_adopt_orders(device, checkpoint));
    GAN_TRY(gan__module_create(device, m->graph, &m->module));
    GAN_TRY(gan__program_create(m->module, "layers", m->roots, m->count, &m->program));
    GAN_TRY(gan__module_prepare(m->module, 1));
    GAN_TRY(load_network(m, checkpoint, &m->generator));
    return load_network(m, checkpoint, &m->discriminator);
}

// --- Figures -------------------------------------------------------------------------------------

static gan_status find_norm(const gan_checkpoint *checkpoint, const measured_network *own,
                            gan_layer_figures *figures) {
    void *values = NULL;
    char name[128];
    snprintf(name, sizeof name, "%s.%zu.weight", own->name, figures->index);
    const gan_tensor_info *const info = gan_checkpoint_find(checkpoint, name);
    figures->spectral_norm = NAN;
    if (info == NULL || gan_tensor_rank_limit(info) == 0 ||
        info->statistics.nans + info->statistics.infinities > 0)
        return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(gan_tensor_rank_limit(info), sizeof(double), &values));
    const gan_status status = gan_checkpoint_singular_values(checkpoint, info, values);
    if (status == GAN_STATUS_OK) figures->spectral_norm = ((const double *)values)[0];
    gan__free(values);
    return status;
}

static gan_status begin_figures(const measurement *m, const gan_checkpoint *checkpoint, size_t root,
                                gan_running_figures *running) {
    const size_t first = gan__network_layer_count(m->generator.network);
    const measured_network *const own = root < first ? &m->generator : &m->discriminator;
    gan_layer_figures *const figures = &m->figures[root];
    figures->network = own->name;
    figures->index = root < first ? root : root - first;
    const gan_shape *const shape = gan__network_layer_shape(own->network, figures->index);
    figures->units = (uint64_t)shape->size[0];
    snprintf(figures->kind, sizeof figures->kind, "%s",
             gan__network_layer(own->network, figures->index)->kind->name);
    gan__sides_text(shape, figures->output, sizeof figures->output);
    GAN_TRY(find_norm(checkpoint, own, figures));
    return gan__running_figures_begin(figures->units, running);
}

static gan_status feed_latents(const measurement *m, uint64_t first_seed) {
    const gan_recipe_values *const values = gan__recipe_values(m->recipe);
    const size_t size = (size_t)values->latent.size;
    const size_t draws = (size_t)gan__network_draws(m->generator.network);
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(m->module, m->drawn, &slot));
    for (uint64_t i = 0; i < BATCH; i++) {
        float *const own = (float *)slot + i * (size + draws);
        gan__latent_draw(values, first_seed + i, own);
        gan__latent_draw_tokens(first_seed + i, draws, own + size);
    }
    return gan__module_feed_end(m->module, m->drawn);
}

static gan_status add_layer(const measurement *m, size_t root, gan_running_figures *running) {
    const size_t elements = (size_t)gan__shape_elements(gan__node_shape(m->roots[root]));
    void *values = NULL;
    GAN_TRY(gan__alloc(elements, sizeof(float), &values));
    const gan_status status = gan__program_read(m->program, root, values);
    if (status == GAN_STATUS_OK)
        gan__running_figures_add(running, values, elements, &m->figures[root]);
    gan__free(values);
    return status;
}

static gan_status feed_labels(const measurement *m, uint64_t first_seed) {
    void *slot = NULL;
    if (m->labels == NULL) return GAN_STATUS_OK;
    GAN_TRY(gan__module_feed_begin(m->module, m->labels, &slot));
    for (uint64_t i = 0; i < BATCH; i++)
        ((float *)slot)[i] = (float)gan__label_draw(m->record.classes, first_seed + i);
    return gan__module_feed_end(m->module, m->labels);
}

static gan_status run_batches(const measurement *m, gan_running_figures *running) {
    for (uint64_t seed = 0; seed < GAN_LAYER_SAMPLES; seed += BATCH) {
        GAN_TRY(feed_latents(m, seed));
        GAN_TRY(feed_labels(m, seed));
        GAN_TRY(gan__program_run(m->program, 0));
        for (size_t root = 0; root < m->count; root++) GAN_TRY(add_layer(m, root, &running[root]));
    }
    for (size_t root = 0; root < m->count; root++)
        gan__running_figures_finish(&running[root], &m->figures[root]);
    return GAN_STATUS_OK;
}

static gan_status measure(measurement *m, const gan_checkpoint *checkpoint) {
    void *figures = NULL, *memory = NULL;
    GAN_TRY(gan__alloc(m->count, sizeof(gan_layer_figures), &figures));
    m->figures = figures;
    GAN_TRY(gan__alloc(m->count, sizeof(gan_running_figures), &memory));
    gan_running_figures *const running = memory;
    gan_status status = GAN_STATUS_OK;
    for (size_t root = 0; root < m->count && status == GAN_STATUS_OK; root++)
        status = begin_figures(m, checkpoint, root, &running[root]);
    if (status == GAN_STATUS_OK) status = run_batches(m, running);
    for (size_t root = 0; root < m->count; root++) gan__running_figures_destroy(&running[root]);
    gan__free(running);
    return status;
}

// --- All of it -----------------------------------------------------------------------------------

static void clear(measurement *m) {
    gan__module_destroy(m->module);
    gan__graph_destroy(m->graph);
    gan__network_destroy(m->generator.network);
    gan__network_destroy(m->discriminator.network);
    gan__free(m->generator.activations);
    gan__free(m->discriminator.activations);
    gan__free(m->roots);
    gan_recipe_destroy(m->recipe);
}

gan_status gan_layers_measure(gan_device *device, const gan_checkpoint *checkpoint,
                              gan_layer_figures **layers, size_t *count) {
    measurement m = {.generator.name = "generator", .discriminator.name = "discriminator"};
    gan_status status = open_networks(&m, checkpoint);
    if (status == GAN_STATUS_OK) status = build(&m, device, checkpoint);
    if (status == GAN_STATUS_OK) status = measure(&m, checkpoint);
    clear(&m);
    if (status != GAN_STATUS_OK) {
        gan__free(m.figures);
        m.figures = NULL;
        m.count = 0;
    }
    *layers = m.figures;
    *count = m.count;
    return status;
}

void gan_layer_figures_free(gan_layer_figures *layers) {
    gan__free(layers);
}
