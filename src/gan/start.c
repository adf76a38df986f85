// Implements gan/start.h.
#include "gan/start.h"

#include "base/memory.h"
#include "gan/latent.h"

// Where it stands while the program lives.
typedef struct starter {
    const gan_start *of;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *examples, *labels;    // inputs (elements, count), (count); labels NULL: not used
    gan_node *parameters, *buffers; // states; buffers NULL: none
    gan_node *after;                // the parameters, initialised
} starter;

// --- The program ---------------------------------------------------------------------------------

// Weights as they are but where the layers give others, as one vector.
static gan_node *apply(const starter *s, gan_node **weights, gan_node **starts) {
    const gan_network *const network = s->of->network;
    gan_shape batch = *gan__network_input_shape(network);
    batch.size[batch.rank++] = s->of->count;
    gan__network_weights(network, s->parameters, weights);
    const gan_network_call call = {.training = true,
                                   .weights = weights,
                                   .buffers = s->buffers,
                                   .labels = s->labels,
                                   .starts = starts};
    (void)gan__network_apply(network, &call, gan__reshape(s->examples, &batch));
    for (size_t i = 0; i < gan__network_parameter_count(network); i++)
        if (starts[i] == NULL) starts[i] = weights[i];
    return gan__network_flatten(network, starts);
}

static gan_status build_graph(starter *s) {
    const gan_network *const network = s->of->network;
    const size_t count = gan__network_parameter_count(network);
    const int64_t buffers = gan__network_buffer_elements(network);
    const gan_shape examples =
        GAN_SHAPE(gan__shape_elements(gan__network_input_shape(network)), s->of->count);
    const gan_shape parameters = GAN_SHAPE(gan__network_parameter_elements(network));
    void *memory = NULL;
    GAN_TRY(gan__graph_create(&s->graph));
    s->examples = gan__input(s->graph, "examples", GAN_ELEMENT_F32, &examples);
    if (gan__network_uses_labels(network))
        s->labels = gan__input(s->graph, "labels", GAN_ELEMENT_F32, &GAN_SHAPE(s->of->count));
    s->parameters = gan__state(s->graph, "parameters", &parameters);
    if (buffers > 0) s->buffers = gan__state(s->graph, "buffers", &GAN_SHAPE(buffers));
    GAN_TRY(gan__alloc(2 * count, sizeof(gan_node *), &memory));
    gan_node **const nodes = memory;
    s->after = apply(s, nodes, nodes + count);
    gan__free(nodes);
    return gan__graph_status(s->graph);
}

// Planned, with nothing on the device yet.
static gan_status plan(starter *s) {
    GAN_TRY(build_graph(s));
    GAN_TRY(gan__module_create(s->of->device, s->graph, &s->module));
    gan__module_set_seed(s->module, (uint64_t)s->of->recipe->seed);
    return gan__program_create(s->module, "data-dependent initialisation", &s->after, 1,
                               &s->program);
}

// --- The examples --------------------------------------------------------------------------------

// Room for all of them, (elements, count), for their labels, and for one as it is read.
typedef struct examples {
    size_t elements, count;
    float *values, *labels, *own; // labels NULL: they are not wanted
} examples;

static void draw_latents(const gan_start *of, const examples *to) {
    const uint32_t classes = gan__dataset_info(of->dataset)->classes;
    for (size_t i = 0; i < to->count; i++) {
        const uint64_t seed = of->first_seed + i;
        gan__latent_draw(of->recipe, seed, to->own);
        for (size_t e = 0; e < to->elements; e++) to->values[e * to->count + i] = to->own[e];
        if (to->labels != NULL)
            to->labels[i] = classes > 0 ? (float)gan__label_draw(classes, seed) : 0;
    }
}

// Samples of the run's stream, in the recipe's range.
static gan_status read_samples(const gan_start *of, const examples *to) {
    const bool bytes = gan__dataset_info(of->dataset)->type == GAN_SAMPLE_TYPE_U8;
    const bool mapped = bytes && of->recipe->data.has_range;
    const double low = mapped ? of->recipe->data.range[0] : 0;
    const double scale = mapped ? (of->recipe->data.range[1] - low) / 255.0 : 1;
    for (size_t i = 0; i < to->count; i++) {
        uint32_t label = 0;
        GAN_TRY(gan__dataset_read(of->dataset, (uint64_t)of->recipe->seed, i, 1, to->own, &label));
        for (size_t e = 0; e < to->elements; e++) {
            const double value = bytes ? (double)((const uint8_t *)to->own)[e] : (double)to->own[e];
            to->values[e * to->count + i] = (float)(low + scale * value);
        }
        if (to->labels != NULL) to->labels[i] = (float)label;
    }
    return GAN_STATUS_OK;
}

gan_status gan__start_examples(const gan_start *start, float *values, float *labels) {
    examples to = {.elements =
                       (size_t)gan__shape_elements(gan__network_input_shape(start->network)),
                   .count = (size_t)start->count,
                   .values = values,
                   .labels = labels};
    void *memory = NULL;
    gan_status status = GAN_STATUS_OK;
    GAN_TRY(gan__alloc(to.elements, sizeof(float), &memory));
    to.own = memory;
    if (start->generates)
        draw_latents(start, &to);
    else
        status = read_samples(start, &to);
    gan__free(memory);
    return status;
}

static gan_status feed(const starter *s) {
    const size_t elements = (size_t)gan__shape_elements(gan__network_input_shape(s->of->network));
    const size_t count = (size_t)s->of->count;
    void *memory = NULL;
    GAN_TRY(gan__alloc(elements * count + count, sizeof(float), &memory));
    float *const values = memory, *const labels = values + elements * count;
    gan_status status = gan__start_examples(s->of, values, labels);
    if (status == GAN_STATUS_OK) status = gan__module_feed(s->module, s->examples, values);
    if (status == GAN_STATUS_OK && s->labels != NULL)
        status = gan__module_feed(s->module, s->labels, labels);
    gan__free(memory);
    return status;
}

gan_status gan__start_memory(const gan_start *start, gan_module_memory *out) {
    starter s = {.of = start};
    gan_status status = plan(&s);
    if (status == GAN_STATUS_OK) gan__module_get_memory(s.module, out);
    if (status == GAN_STATUS_OK) status = gan__module_settle(s.module);
    gan__module_destroy(s.module);
    gan__graph_destroy(s.graph);
    return status;
}

gan_status gan__start_parameters(const gan_start *start, float *parameters, const float *buffers) {
    starter s = {.of = start};
    gan_status status = plan(&s);
    if (status == GAN_STATUS_OK) status = gan__module_prepare(s.module, 2);
    if (status == GAN_STATUS_OK)
        status = gan__module_write_state(s.module, s.parameters, parameters);
    if (status == GAN_STATUS_OK && s.buffers != NULL)
        status = gan__module_write_state(s.module, s.buffers, buffers);
    if (status == GAN_STATUS_OK) status = feed(&s);
    if (status == GAN_STATUS_OK) status = gan__program_run(s.program, 0);
    if (status == GAN_STATUS_OK) status = gan__program_read(s.program, 0, parameters);
    gan__module_destroy(s.module);
    gan__graph_destroy(s.graph);
    return status;
}
