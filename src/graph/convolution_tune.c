// The two ways of convolution_tune.h, each as a program of one operation on operands of its own.
#include "graph/convolution_tune.h"

#include "base/memory.h"
#include "graph/expand.h"
#include "graph/module.h"
#include "graph/node.h"

#include <math.h>

enum { KERNELS, WINDOWS, WAYS };

// --- One way ------------------------------------------------------------------------------------

typedef struct contender {
    gan_graph *graph;
    gan_module *module;
    gan_program *fill, *program;
    int64_t elements; // of the result
} contender;

static void close_contender(contender *c) {
    gan__module_destroy(c->module);
    gan__graph_destroy(c->graph);
    *c = (contender){0};
}

// Zeros behind the input, as far as its last place reaches.
static int after(const gan_convolution_desc *d, int axis) {
    const int64_t reach = (int64_t)(d->output[axis] - 1) * d->stride[axis] +
                          (int64_t)(d->kernel[axis] - 1) * d->dilation[axis] + 1;
    const int64_t rest = reach - d->before[axis] - d->input[axis];
    return rest > 0 ? (int)rest : 0;
}

static gan_node *build(gan_graph *graph, const gan_convolution_desc *d, gan_node *operands[2]) {
    const gan_shape x = GAN_SHAPE(d->groups * d->channels, d->input[0], d->input[1], d->images);
    const gan_shape y = GAN_SHAPE(d->groups * d->filters, d->output[0], d->output[1], d->images);
    const gan_shape w = GAN_SHAPE(d->groups * d->filters, d->channels, d->kernel[0], d->kernel[1]);
    const gan_convolution_settings settings = {
        .stride = {(int)d->stride[0], (int)d->stride[1]},
        .before = {(int)d->before[0], (int)d->before[1]},
        .after = {after(d, 0), after(d, 1)},
        .dilation = {(int)d->dilation[0], (int)d->dilation[1]},
        .groups = (int)d->groups};
    operands[0] = gan__state(graph, "a", d->member == GAN_CONVOLUTION_BY_INPUT ? &y : &x);
    operands[1] = gan__state(graph, "b", d->member == GAN_CONVOLUTION_BY_WEIGHT ? &y : &w);
    switch (d->member) {
    case GAN_CONVOLUTION_FORWARD:
        return gan__convolution(operands[0], operands[1], &settings);
    case GAN_CONVOLUTION_BY_INPUT:
        return gan__convolution_by_input(operands[0], operands[1], d->input[0], d->input[1],
                                         &settings);
    default:
        return gan__convolution_by_weight(operands[0], operands[1], d->kernel[0], d->kernel[1],
                                          &settings);
    }
}

static gan_status add_programs(contender *c, gan_device *device, const gan_convolution_desc *sizes,
                               int way) {
    gan_node *operands[2], *fills[2];
    gan_node *root = build(c->graph, sizes, operands);
    for (uint32_t i = 0; i < 2 && root; i++)
        fills[i] =
            gan__assign(operands[i], gan__random_normal(c->graph, &operands[i]->shape, i + 1));
    GAN_TRY(gan__graph_status(c->graph));
    c->elements = gan__shape_elements(&root->shape);
    if (way == WINDOWS) GAN_TRY(gan__expand_convolutions(c->graph, NULL, &root, 1, &root));
    GAN_TRY(gan__program_create(c->module, "operands", fills, 2, &c->fill));
    gan__tuner_set_aside(device, way == KERNELS); // the windows' product is made as it was tuned
    gan_status status = gan__program_create(c->module, "convolution", &root, 1, &c->program);
    gan__tuner_set_aside(device, false);
    return status;
}

static gan_status open_contender(contender *c, gan_device *device,
                                 const gan_convolution_desc *sizes, int way) {
    GAN_TRY(gan__graph_create(&c->graph));
    GAN_TRY(gan__module_create(device, c->graph, &c->module));
    GAN_TRY(add_programs(c, device, sizes, way));
    GAN_TRY(gan__module_prepare(c->module, 1));
    return gan__program_run(c->fill, 0);
}

// --- The task -----------------------------------------------------------------------------------

typedef struct tuning {
    gan_device *device;
    const gan_convolution_desc *sizes;
    contender contenders[WAYS];
} tuning;

static bool propose(void *user, size_t way, size_t best) {
    (void)user;
    (void)best;
    return way < WAYS;
}

static gan_status describe(void *user, size_t way, gan_text *text) {
    (void)user;
    gan__text_append(text, "%s", way == WINDOWS ? GAN_CONVOLUTION_WAY_WINDOWS : "kernels");
    return gan__text_status(text);
}

static bool reorders(void *user, size_t way) {
    (void)user;
    return way == WINDOWS;
}

static gan_status need(tuning *t, size_t way) {
    contender *c = &t->contenders[way];
    if (c->graph) return GAN_STATUS_OK;
    gan_status status = open_contender(c, t->device, t->sizes, (int)way);
    if (status != GAN_STATUS_OK) close_contender(c);
    return status;
}

static gan_status run_program(void *user) {
    const contender *c = user;
    return gan__program_run(c->program, 0);
}

// Both are sums of as many products, in different orders: those of normal numbers differ by less
// than this part of the largest, and a wrong one by more.
#define CLOSE 1e-4f

static bool are_close(const float *a, const float *b, int64_t count) {
    float largest = 0;
    for (int64_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(a[i]));
    for (int64_t i = 0; i < count; i++)
        if (!(fabsf(a[i] - b[i]) <= CLOSE * largest)) return false; // NaN is close to nothing
    return largest > 0;
}

static gan_status compare(const tuning *t, float *kernels, float *windows, bool *right) {
    const contender *c = t->contenders;
    for (int way = 0; way < WAYS; way++) GAN_TRY(gan__program_run(c[way].program, 0));
    GAN_TRY(gan__program_read(c[KERNELS].program, 0, kernels));
    GAN_TRY(gan__program_read(c[WINDOWS].program, 0, windows));
    *right = are_close(kernels, windows, c[KERNELS].elements);
    return GAN_STATUS_OK;
}

// The kernels have been checked where they were chosen; windows are compared with them.
static gan_status check(void *user, size_t way, bool *right) {
    tuning *t = user;
    void *memory = NULL;
    *right = way == KERNELS;
    if (way == KERNELS) return GAN_STATUS_OK;
    GAN_TRY(need(t, KERNELS));
    GAN_TRY(need(t, WINDOWS));
    const size_t count = (size_t)t->contenders[KERNELS].elements;
    GAN_TRY(gan__alloc(2 * count, sizeof(float), &memory));
    gan_status status = compare(t, memory, (float *)memory + count, right);
    gan__free(memory);
    return status;
}

static gan_status create(void *user, size_t way, size_t copy, gan_launch **out) {
    tuning *t = user;
    (void)copy;
    GAN_TRY(need(t, way));
    return gan__launch_create_from(t->device, "convolution", run_program, &t->contenders[way], out);
}

static gan_status tune(gan_device *device, const gan_convolution_desc *sizes, const char *key,
                       const gan_tuner_limits *limits, gan_tuner_result *result) {
    tuning t = {.device = device, .sizes = sizes};
    const gan_tuner_task task = {.key = key,
                                 .user = &t,
                                 .propose = propose,
                                 .describe = describe,
                                 .reorders = reorders,
                                 .check = check,
                                 .create = create,
                                 .copies = 1};
    gan_status status = gan__tuner_run(device, &task, limits, result);
    for (int way = 0; way < WAYS; way++) close_contender(&t.contenders[way]);
    return status;
}

gan_status gan__convolution_tune(gan_device *device, const gan_convolution_desc *sizes, bool anew,
                                 const gan_tuner_limits *limits, gan_tuner_result *result) {
    gan_text key = {0};
    gan_status status = gan__convolution_class(device, sizes, &key);
    *result = (gan_tuner_result){.gain = gan__tuner_gain(device, gan__text_string(&key)),
                                 .finished = true};
    result->known = result->gain > 0 && !anew;
    if (status == GAN_STATUS_OK && !result->known)
        status = tune(device, sizes, key.bytes, limits, result);
    gan__text_destroy(&key);
    return status;
}

gan_status gan__convolution_describe_way(gan_device *device, const gan_convolution_desc *sizes,
                                         gan_text *key, gan_text *way) {
    GAN_TRY(gan__convolution_class(device, sizes, key));
    const char *found = gan__tuner_find(device, key->bytes);
    gan__text_append(way, "%s", found ? found : "kernels");
    return gan__text_status(way);
}
