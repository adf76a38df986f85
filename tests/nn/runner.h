// Something that runs graphs, so that one test serves the interpreter and every device.
#ifndef GAN_TESTS_NN_RUNNER_H
#define GAN_TESTS_NN_RUNNER_H

#include "cmocka_headers.h"

#include "base/memory.h"
#include "graph/interpret.h"
#include "graph/module.h"

#include <stdio.h>

typedef struct runner runner;
struct runner {
    const char *name;
    double tolerance; // relative, against float64 numbers, for a few steps of training
    double rounding;  // absolute, of a function whose value is about 1
    // Takes a finished graph and what is to be computed each run.
    void (*open)(runner *self, gan_graph *graph, gan_node *const *roots, size_t count);
    void (*set_state)(runner *self, gan_node *state, const double *values);
    void (*set_input)(runner *self, gan_node *input, const double *values);
    void (*run)(runner *self, uint64_t counter);
    void (*get_state)(runner *self, gan_node *state, double *values);
    void (*get_root)(runner *self, size_t root, double *values);
    void (*close)(runner *self);
    gan_device *device; // for runners that have one
    void *machine;
    gan_program *program;
    gan_node *const *roots;
    size_t count;
};

static inline size_t node_elements(const gan_node *node) {
    return (size_t)gan__shape_elements(gan__node_shape(node));
}

// --- In double precision on the host -----------------------------------------------------------

static inline void interpreter_open(runner *self, gan_graph *graph, gan_node *const *roots,
                                    size_t count) {
    gan_interpreter *machine;
    assert_int_equal(gan__interpreter_create(graph, 7, &machine), GAN_STATUS_OK);
    self->machine = machine;
    self->roots = roots;
    self->count = count;
}

static inline void interpreter_set(runner *self, gan_node *leaf, const double *values) {
    assert_int_equal(gan__interpreter_set(self->machine, leaf, values), GAN_STATUS_OK);
}

static inline void interpreter_run(runner *self, uint64_t counter) {
    gan_status status = gan__interpreter_run(self->machine, self->roots, self->count, counter);
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static inline void interpreter_get(runner *self, gan_node *node, double *values) {
    const double *found;
    assert_int_equal(gan__interpreter_get(self->machine, node, &found), GAN_STATUS_OK);
    for (size_t i = 0; i < node_elements(node); i++) values[i] = found[i];
}

static inline void interpreter_get_root(runner *self, size_t root, double *values) {
    const double *found;
    assert_int_equal(gan__interpreter_read(self->machine, root, &found), GAN_STATUS_OK);
    for (size_t i = 0; i < node_elements(self->roots[root]); i++) values[i] = found[i];
}

static inline void interpreter_close(runner *self) {
    gan__interpreter_destroy(self->machine);
}

static inline runner interpreter_runner(void) {
    return (runner){.name = "interpreter",
                    .tolerance = 1e-9,
                    .rounding = 1e-12,
                    .open = interpreter_open,
                    .set_state = interpreter_set,
                    .set_input = interpreter_set,
                    .run = interpreter_run,
                    .get_state = interpreter_get,
                    .get_root = interpreter_get_root,
                    .close = interpreter_close};
}

// --- In float32 on an OpenCL device -------------------------------------------------------------

enum { RUNNER_VALUES_MAX = 4096 };

static inline void check_device(const runner *self, gan_status status) {
    if (status != GAN_STATUS_OK)
        fail_msg("%s: %s", gan_device_get_info(self->device)->name, gan_status_message());
}

static inline void device_open(runner *self, gan_graph *graph, gan_node *const *roots,
                               size_t count) {
    gan_module *module = NULL;
    self->roots = roots;
    self->count = count;
    check_device(self, gan__module_create(self->device, graph, &module));
    self->machine = module;
    gan__module_set_seed(module, 7);
    check_device(self, gan__program_create(module, "test", roots, count, &self->program));
    check_device(self, gan__module_prepare(module, 2));
}

static inline void device_values(const gan_node *node, const double *from, float *to) {
    assert_true(node_elements(node) <= RUNNER_VALUES_MAX);
    for (size_t i = 0; i < node_elements(node); i++) to[i] = (float)from[i];
}

static inline void device_set_state(runner *self, gan_node *state, const double *values) {
    float narrow[RUNNER_VALUES_MAX];
    device_values(state, values, narrow);
    check_device(self, gan__module_write_state(self->machine, state, narrow));
}

static inline void device_set_input(runner *self, gan_node *input, const double *values) {
    float narrow[RUNNER_VALUES_MAX];
    device_values(input, values, narrow);
    check_device(self, gan__module_feed(self->machine, input, narrow));
}

static inline void device_run(runner *self, uint64_t counter) {
    check_device(self, gan__program_run(self->program, counter));
}

static inline void device_get_state(runner *self, gan_node *state, double *values) {
    float narrow[RUNNER_VALUES_MAX];
    check_device(self, gan__module_read_state(self->machine, state, narrow));
    for (size_t i = 0; i < node_elements(state); i++) values[i] = narrow[i];
}

static inline void device_get_root(runner *self, size_t root, double *values) {
    float narrow[RUNNER_VALUES_MAX];
    check_device(self, gan__program_read(self->program, root, narrow));
    for (size_t i = 0; i < node_elements(self->roots[root]); i++) values[i] = narrow[i];
}

static inline void device_close(runner *self) {
    gan__module_destroy(self->machine);
}

// Rounding: OpenCL allows tanh and erf to be off by 5 and 16 units of 2^-24.
static inline runner device_runner(gan_device *device) {
    return (runner){.name = gan_device_get_info(device)->name,
                    .tolerance = 1e-4,
                    .rounding = 1e-6,
                    .device = device,
                    .open = device_open,
                    .set_state = device_set_state,
                    .set_input = device_set_input,
                    .run = device_run,
                    .get_state = device_get_state,
                    .get_root = device_get_root,
                    .close = device_close};
}

// Calls `test` with each OpenCL device there is; skips the test where there is none.
static inline void for_each_device(void (*test)(gan_device *device)) {
    gan_device_info *infos = NULL;
    size_t count = 0;
    gan_status status = gan_device_list(&infos, &count);
    if (status == GAN_STATUS_NO_DEVICE) skip();
    assert_int_equal(status, GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        char spec[32];
        gan_device *device = NULL;
        snprintf(spec, sizeof spec, "%u:%u", infos[i].platform, infos[i].device);
        if (gan_device_open(spec, &device) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
        test(device);
        gan_device_close(device);
    }
    gan_device_list_free(infos);
}

#endif
